"""Smallest values of any wire type, from its descriptor."""

from __future__ import annotations

from typing import Any

from oncrpc import xdr
from oncrpc.composite import Array, Optional, Ref, Struct, TupleOf
from oncrpc.items import Counted, Enumeration, FixedOpaque, Scalar
from oncrpc.unions import UnionType


def zero(kind: Any) -> Any:
    """Return the value that encodes to as few and as low bytes as the type allows."""
    if isinstance(kind, Ref):
        return zero(kind.target())
    if isinstance(kind, Struct):
        return kind.cls(*(zero(item) for _, item in kind.fields))
    if isinstance(kind, UnionType):
        members = getattr(kind.discriminant, "members", None)
        discriminant = min(members.values()) if members else min(kind.arms)
        return kind.cls(discriminant, zero(kind.arm(discriminant)[1]))
    if isinstance(kind, Array):
        return [zero(kind.element) for _ in range(kind.count or 0)]
    if isinstance(kind, TupleOf):
        return tuple(zero(item) for item in kind.items)
    if isinstance(kind, Optional) or kind is xdr.VOID:
        return None
    if isinstance(kind, Counted):
        return "" if kind.text else b""
    if isinstance(kind, FixedOpaque):
        return bytes(kind.size)
    if isinstance(kind, Enumeration):
        return next(iter(kind.members.values()))
    if isinstance(kind, Scalar):
        return kind.python[0](0)
    if kind is xdr.BOOL:
        return False
    raise AssertionError(f"no zero for {kind}")
