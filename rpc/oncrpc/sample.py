"""A value of any type, for people to start from: numbers are zero, each pointer and array holds one item."""

from __future__ import annotations

from typing import Any

from oncrpc.codegen import Node
from oncrpc.composite import Array, Optional, Ref, Struct, TupleOf
from oncrpc.items import Boolean, Counted, Enumeration, FixedOpaque, Scalar, Type
from oncrpc.unions import UnionType


def sample(kind: Type[Any]) -> Any:
    """Return a value that encodes as `kind`. A union shows its first arm; what holds itself ends after one turn."""
    return _sample(kind, ())


def _sample(kind: Type[Any], inside: tuple[Type[Any], ...]) -> Any:
    if isinstance(kind, Ref):
        kind = kind.target()
    if isinstance(kind, Optional | Array) and (inside.count(kind) or _loops(kind.element, inside)):
        return None if isinstance(kind, Optional) else [_sample(kind.element, inside) for _ in range(kind.count or 0)]
    deeper = (*inside, kind)
    match kind:
        case Optional():
            return _sample(kind.element, deeper)
        case Array():
            size = min(1, kind.bound) if kind.count is None else kind.count
            return [_sample(kind.element, deeper) for _ in range(size)]
        case TupleOf():
            return tuple(_sample(item, deeper) for item in kind.items)
        case Struct():
            return kind.cls(*(_sample(item, deeper) for _, item in kind.fields))
        case UnionType():
            number = next(iter(kind.arms), 0)
            chosen = _discriminant(kind.discriminant, number)
            return kind.cls(chosen, _sample(kind.arm(chosen)[1], deeper))
    return _item(kind)


def _loops(element: Type[Any], inside: tuple[Type[Any], ...]) -> bool:
    target = element.target() if isinstance(element, Ref) else element
    return target in inside


def _item(kind: Type[Any]) -> Any:
    match kind:
        case Enumeration():
            return next(iter(kind.members.values()))
        case FixedOpaque():
            return bytes(kind.size)
        case Counted():
            return "" if kind.text else b""
        case Boolean():
            return False
        case Scalar():
            return 0.0 if float in kind.python else 0
    return None


def _discriminant(kind: Type[Any], number: int) -> Any:
    if isinstance(kind, Enumeration):
        return kind.cls(number)
    return bool(number) if isinstance(kind, Boolean) else number


def classes_of(kind: Type[Any]) -> list[type]:
    """Return the classes that a type is made of, each once, those that use others before them."""
    found: dict[type, None] = {}
    left: list[Node] = [kind]
    while left:
        one = left.pop()
        if isinstance(one, Ref):
            one = one.target()
        if isinstance(one, Struct | UnionType | Enumeration):
            if one.cls in found:
                continue
            found[one.cls] = None
        left.extend(child for _, child in reversed(one.children()))
    return list(found)
