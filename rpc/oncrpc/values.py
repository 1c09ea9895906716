"""The values of structs and unions: what generated classes derive from."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar, Final, TypeVar, cast

from oncrpc.composite import Struct
from oncrpc.errors import ArmMismatch
from oncrpc.unions import UnionType

R = TypeVar("R", bound="Record")
U = TypeVar("U", bound="Union")

REPR_CHARACTERS: Final = 4000
"""About how long a repr gets."""

REPR_LEVELS: Final = 16
"""How many levels of structs, unions and arrays a repr shows; a linked list is one."""


class Record:
    """Base of generated structs: equality, repr, and the way to and from bytes."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    _xdr_: ClassVar[Struct[Any]]

    def to_xdr(self) -> bytes:
        """Return the wire form. Raises XdrError when a field does not fit."""
        data = self._xdr_.encode(self)
        _bind(self._xdr_)
        return data

    @classmethod
    def from_xdr(cls: type[R], data: bytes) -> R:
        """Return the value that `data` holds, all of it; made without `__init__`. Raises XdrError."""
        value = cast("R", cls._xdr_.unpack(data))
        _bind(cls._xdr_)
        return value

    def to_plain(self) -> dict[str, Any]:
        """Return plain data, which json.dumps takes (shapes: README.md). Raises XdrError naming what does not fit."""
        return cast("dict[str, Any]", self._xdr_.to_plain(self, type(self).__name__))

    @classmethod
    def from_plain(cls: type[R], data: object) -> R:
        """Return the value that plain data stands for. Raises XdrError naming what does not fit, by its path."""
        return cast("R", cls._xdr_.from_plain(data, cls.__name__))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _same(self, other)

    def __repr__(self) -> str:
        return _Picture(self).text

    def __deepcopy__(self: R, memo: dict[int, Any]) -> R:
        return _copied(self, memo)


def _bind(kind: Struct[Any]) -> None:
    """Put what was compiled for a type into its class, so that no step is left between; what the class has stays."""
    for name, compiled in (("to_xdr", kind.__dict__.get("encode")), ("from_xdr", kind.__dict__.get("unpack"))):
        if compiled is not None and name not in vars(kind.cls):
            setattr(kind.cls, name, compiled if name == "to_xdr" else staticmethod(compiled))


class Union:
    """Base of generated unions: `discriminant` selects the arm, `value` is the arm's value (None for void)."""

    __slots__ = ("discriminant", "value")
    __match_args__ = ("discriminant", "value")
    __hash__ = None  # type: ignore[assignment]
    _xdr_: ClassVar[UnionType[Any]]

    def __init__(self, discriminant: int, value: object = None) -> None:
        """Raises ArmMismatch when no arm is selected, or `value` is not of the selected arm's type."""
        name, arm = self._xdr_.arm(discriminant)
        if not arm.accepts(value):
            raise ArmMismatch(f"{self._xdr_}: arm {name or 'void'} ({arm}) does not take {type(value).__name__}")
        self.discriminant: Any = discriminant
        self.value: Any = value

    def _arm(self, name: str) -> Any:
        selected = self._xdr_.arm(self.discriminant)[0]
        if selected != name:
            raise ArmMismatch(f"{self._xdr_}: {self.discriminant!r} selects {selected or 'void'}, not {name}")
        return self.value

    def to_xdr(self) -> bytes:
        """Return the wire form. Raises XdrError when the value does not fit."""
        return self._xdr_.encode(self)

    @classmethod
    def from_xdr(cls: type[U], data: bytes) -> U:
        """Return the value that `data` holds, all of it. Raises XdrError."""
        return cast("U", cls._xdr_.unpack(data))

    def to_plain(self) -> dict[str, Any]:
        """Return plain data, which json.dumps takes (shapes: README.md). Raises XdrError naming what does not fit."""
        return cast("dict[str, Any]", self._xdr_.to_plain(self, type(self).__name__))

    @classmethod
    def from_plain(cls: type[U], data: object) -> U:
        """Return the value that plain data stands for. Raises XdrError naming what does not fit, by its path."""
        return cast("U", cls._xdr_.from_plain(data, cls.__name__))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Union) or type(other) is not type(self):
            return NotImplemented
        return _same(self, other)

    def __repr__(self) -> str:
        return _Picture(self).text


def _same(left: Any, right: Any) -> bool:
    """Return whether two values are equal. In a loop, as lists may be long and values deep."""
    pairs = [(left, right)]
    while pairs:
        left, right = pairs.pop()
        kind = type(left)
        if left is right:
            continue
        if kind is type(right) and issubclass(kind, Record | Union):
            # The first field is looked at first, so that of a linked list one node is open at a time.
            pairs.extend((getattr(left, name), getattr(right, name)) for name in reversed(_fields(left)))
        elif kind is list and type(right) is list:
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def _copied(first: R, memo: dict[int, Any]) -> R:
    """Return a deep copy. The nodes of a linked list are made in a loop, as it may be long, and then filled."""
    nodes: list[Any] = []
    node: Any = first
    kind = type(first)
    while type(node) is kind and id(node) not in memo:
        nodes.append(node)
        memo[id(node)] = kind.__new__(kind)
        *_, last = _fields(node) or ("",)
        node = getattr(node, last, None)
    for node in nodes:
        copy = memo[id(node)]
        for name in _fields(node):
            setattr(copy, name, deepcopy(getattr(node, name), memo))
        if hasattr(node, "__dict__"):  # of a class that somebody derived
            vars(copy).update(deepcopy(vars(node), memo))
    return cast("R", memo[id(first)])


def _fields(value: Record | Union) -> tuple[str, ...]:
    return Union.__slots__ if isinstance(value, Union) else value.__slots__


class _Picture:
    """The repr of a value: as it would be written in Python, but for `...` where it gets too long or too deep."""

    def __init__(self, value: object) -> None:
        self._parts: list[str] = []
        self._left = REPR_CHARACTERS
        self._item(value, 0)

    @property
    def text(self) -> str:
        """The whole."""
        return "".join(self._parts)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._left -= len(text)

    def _item(self, value: Any, level: int) -> None:
        if self._left <= 0 or level > REPR_LEVELS:
            self._put("...")
        elif isinstance(value, Record):
            self._record(value, level)
        elif isinstance(value, Union):
            self._put(f"{type(value).__name__}(")
            self._item(value.discriminant, level + 1)
            self._put(", ")
            self._item(value.value, level + 1)
            self._put(")")
        elif isinstance(value, list):
            self._list(value, level)
        elif isinstance(value, str | bytes) and len(value) > self._left:
            self._put(f"{value[: self._left]!r}...")
        else:
            self._put(repr(value))

    def _list(self, items: list[Any], level: int) -> None:
        self._put("[")
        for number, item in enumerate(items):
            self._put(", " if number else "")
            self._item(item, level + 1)
            if self._left <= 0:
                break
        self._put("]")

    def _record(self, value: Record, level: int) -> None:
        """A struct; in a loop, if it is a linked list."""
        node: Any = value
        nodes = 0
        while type(node) is type(value) and self._left > 0:
            nodes += 1
            *names, last = _fields(node) or ("",)
            self._put(f"{type(node).__name__}(")
            for name in names:
                self._put(f"{name}=")
                self._item(getattr(node, name), level + 1)
                self._put(", ")
            if not last:
                break
            self._put(f"{last}=")
            node = getattr(node, last)
        else:
            self._item(node, level + 1)
        self._put(")" * nodes)
