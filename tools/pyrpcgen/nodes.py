"""The syntax tree: plain data, what the parser makes and everything after it reads.

Places say where a node's name stands (or its first word, where it has none). Values are as written; `Scope` (scope.py)
knows what they come to.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import Enum as _Enum
from typing import Any, TypeAlias

from pyrpcgen.errors import Place


@dataclass(frozen=True, slots=True)
class Literal:
    """A number as written: `0x10`, `-1`."""

    place: Place
    text: str
    value: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a constant or of a member of an enum, or TRUE or FALSE."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, which rpcgen allows as a constant's value. It is no number and means nothing on the wire."""

    place: Place
    text: str


Value: TypeAlias = Literal | Symbol


class Basic(_Enum):
    """The types that the language has by itself; the value is how they are written."""

    INT = "int"
    UINT = "unsigned int"
    HYPER = "hyper"
    UHYPER = "unsigned hyper"
    CHAR = "char"
    UCHAR = "unsigned char"
    SHORT = "short"
    USHORT = "unsigned short"
    FLOAT = "float"
    DOUBLE = "double"
    QUADRUPLE = "quadruple"
    BOOL = "bool"
    STRING = "string"
    OPAQUE = "opaque"
    VOID = "void"


class Shape(_Enum):
    """How many of its type a declaration holds."""

    ONE = "x"
    FIXED = "x[n]"
    VARIABLE = "x<n>"
    OPTIONAL = "*x"


@dataclass(frozen=True, slots=True)
class BasicType:
    """One of the language's own types."""

    place: Place
    kind: Basic


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type by its name; `tag` is the struct, union or enum written before it, if any."""

    place: Place
    name: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class InlineType:
    """A struct, union or enum defined where it is used. Its definition has no name yet; hoist.py gives it one."""

    place: Place
    definition: Struct | Union | Enum


TypeSpec: TypeAlias = BasicType | NamedType | InlineType


@dataclass(frozen=True, slots=True)
class Doc:
    """What the source says about a node: its own text, and the comments about it, without their marks."""

    source: str
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A member, arm, argument or typedef: a type, a shape and a name. void has neither name nor shape.

    bound: the n of x[n] or x<n>; None for x<>, and for shapes that have none.
    """

    place: Place
    name: str
    type: TypeSpec
    shape: Shape = Shape.ONE
    bound: Value | None = None

    def is_void(self) -> bool:
        """Return whether this is `void`."""
        return isinstance(self.type, BasicType) and self.type.kind is Basic.VOID

    def basic(self) -> Basic | None:
        """Return the language's own type that this is made of, if it is."""
        return self.type.kind if isinstance(self.type, BasicType) else None


@dataclass(frozen=True, slots=True)
class Constant:
    """const NAME = value;"""

    place: Place
    name: str
    value: Value | Text
    doc: Doc


@dataclass(frozen=True, slots=True)
class Typedef:
    """typedef declaration; the declaration's name is the type's."""

    place: Place
    name: str
    declaration: Declaration
    doc: Doc


@dataclass(frozen=True, slots=True)
class EnumMember:
    """NAME or NAME = value."""

    place: Place
    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class Enum:
    """enum NAME { ... };"""

    place: Place
    name: str
    members: tuple[EnumMember, ...]
    doc: Doc


@dataclass(frozen=True, slots=True)
class Struct:
    """struct NAME { ... };"""

    place: Place
    name: str
    fields: tuple[Declaration, ...]
    doc: Doc


@dataclass(frozen=True, slots=True)
class Case:
    """One or more `case value:` and the arm they select."""

    place: Place
    labels: tuple[Value, ...]
    arm: Declaration


@dataclass(frozen=True, slots=True)
class Union:
    """union NAME switch (discriminant) { cases; default: arm; };  default is None where there is none."""

    place: Place
    name: str
    discriminant: Declaration
    cases: tuple[Case, ...]
    default: Declaration | None
    doc: Doc


@dataclass(frozen=True, slots=True)
class Annotation:
    """A line `@word rest` of a comment."""

    place: Place
    word: str
    rest: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """result NAME(arguments) = number; arguments is empty for void."""

    place: Place
    name: str
    arguments: tuple[Declaration, ...]
    result: Declaration
    number: Value
    doc: Doc
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """version NAME { procedures } = number;"""

    place: Place
    name: str
    procedures: tuple[Procedure, ...]
    number: Value
    doc: Doc


@dataclass(frozen=True, slots=True)
class Program:
    """program NAME { versions } = number; annotations are those of its own comment (@require, @returns)."""

    place: Place
    name: str
    versions: tuple[Version, ...]
    number: Value
    doc: Doc
    annotations: tuple[Annotation, ...] = ()


Type: TypeAlias = Typedef | Enum | Struct | Union
Definition: TypeAlias = Constant | Type | Program


@dataclass(frozen=True, slots=True)
class Specification:
    """A whole file: its base name, the digest of its bytes, the comment that opens it, its definitions in order."""

    file: str
    digest: str
    comment: tuple[str, ...]
    definitions: tuple[Definition, ...]

    def programs(self) -> list[Program]:
        """Return the programs, in order."""
        return [item for item in self.definitions if isinstance(item, Program)]


def same(left: Any, right: Any) -> bool:
    """Return whether two nodes say the same, wherever they stand and whatever comments say of them."""
    return bool(_bare(left) == _bare(right))


def _bare(node: Any) -> Any:
    """Return a node as tuples, without its places and comments."""
    if isinstance(node, tuple):
        return tuple(_bare(item) for item in node)
    if is_dataclass(node) and not isinstance(node, type):
        inner = [getattr(node, one.name) for one in fields(node)]
        return (type(node).__name__, *(_bare(item) for item in inner if not isinstance(item, Place | Doc)))
    return node
