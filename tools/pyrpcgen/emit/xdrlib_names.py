"""Names in style `xdrlib`: those of the specification, with an underscore behind what Python or xdrlib3 needs."""

from __future__ import annotations

from typing import Final

from pyrpcgen.emit.names import escape
from pyrpcgen.nodes import Basic, Literal, Value

IN_TYPES: Final = frozenset(
    {
        "AttributeError", "KeyError", "const", "getattr", "isinstance", "len", "list", "property", "repr", "type",
        "vars",
    }
)
"""What the module of types itself uses."""

IN_CLASS: Final = frozenset({"self", "switch"})
IN_XDRLIB: Final = frozenset(
    {"array", "bytes", "farray", "fopaque", "fstring", "list", "uhyper", "uint", "unsigned"}
)
"""Types of these names would hide xdrlib3's own methods."""

WORDS: Final = {
    Basic.INT: "int", Basic.UINT: "uint", Basic.HYPER: "hyper", Basic.UHYPER: "uhyper", Basic.CHAR: "char",
    Basic.UCHAR: "u_char", Basic.SHORT: "short", Basic.USHORT: "u_short", Basic.FLOAT: "float",
    Basic.DOUBLE: "double", Basic.QUADRUPLE: "quadruple", Basic.BOOL: "bool",
    Basic.STRING: "string", Basic.OPAQUE: "opaque",
}  # fmt: skip
"""What stands behind pack_ and unpack_ for the language's own types."""

SMALL: Final = {
    Basic.CHAR: (-128, 255), Basic.UCHAR: (0, 255), Basic.SHORT: (-(2**15), 2**15 - 1), Basic.USHORT: (0, 2**16 - 1),
}  # fmt: skip
"""The types narrower than their 4 bytes, with their least and greatest value."""


class XdrlibNames:
    """The names of one specification's types: as classes, and behind pack_ and unpack_."""

    def __init__(self, types: frozenset[str], small: frozenset[str]) -> None:
        """types: the specification's; small: the words of SMALL's types that get methods of their own."""
        self._taken = IN_XDRLIB | small
        self._types = types

    def cls(self, name: str) -> str:
        """Return the name of a type's class."""
        return escape(name, IN_TYPES)

    def method(self, name: str) -> str:
        """Return what stands behind pack_ and unpack_ for a type."""
        own = name
        while own in self._taken or (own != name and own in self._types):
            own += "_"
        return own


def field(name: str) -> str:
    """Return the name of a field or arm as an attribute."""
    return escape(name, IN_CLASS)


def constant(name: str) -> str:
    """Return the name of a constant, an enum's table or a number of a program, in the module of constants."""
    return escape(name)


def value(item: Value) -> str:
    """Return a value as the other two modules write it."""
    return str(item.value) if isinstance(item, Literal) else f"const.{constant(item.name)}"
