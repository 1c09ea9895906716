"""Hypothesis strategies for the values of any wire type, from its descriptor."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from oncrpc import xdr
from oncrpc.composite import Array, Optional, Ref, Struct
from oncrpc.items import Boolean, Counted, Enumeration, FixedOpaque, Scalar
from oncrpc.unions import UnionType

_MOST_ITEMS = 3
_MOST_BYTES = 9

_RANGES = {
    "int": (-(2**31), 2**31 - 1),
    "unsigned int": (0, 2**32 - 1),
    "hyper": (-(2**63), 2**63 - 1),
    "unsigned hyper": (0, 2**64 - 1),
    # What C's char holds where it is signed; ours takes 128 to 255 as well.
    "char": (-128, 127),
    "unsigned char": (0, 255),
    "short": (-(2**15), 2**15 - 1),
    "unsigned short": (0, 2**16 - 1),
}

# No NUL: it ends a string in C.
_TEXT = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=_MOST_BYTES // 3)

_ASCII = st.characters(min_codepoint=1, max_codepoint=127)

_made: dict[int, tuple[Any, st.SearchStrategy[Any]]] = {}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the Python values of a type; the same object for the same type."""
    if id(kind) not in _made:
        _made[id(kind)] = (kind, _make(kind))
    return _made[id(kind)][1]


def _make(kind: Any) -> st.SearchStrategy[Any]:
    if kind is xdr.VOID:
        return st.none()
    if isinstance(kind, Ref):
        return st.deferred(lambda: values(kind.target()))
    if isinstance(kind, Struct):
        return st.builds(kind.cls, *(values(item) for _, item in kind.fields))
    if isinstance(kind, UnionType):
        return _union(kind)
    if isinstance(kind, Array):
        fixed = kind.count
        most = min(kind.bound, _MOST_ITEMS) if fixed is None else fixed
        return st.lists(values(kind.element), min_size=fixed or 0, max_size=most)
    if isinstance(kind, Optional):
        return st.none() | values(kind.element)
    if isinstance(kind, Counted):
        most = min(kind.bound, _MOST_BYTES)
        return _text(kind.bound) if kind.text else st.binary(max_size=most)
    return _item(kind)


def _text(bound: int) -> st.SearchStrategy[str]:
    """Return text of at most `bound` bytes of UTF-8, of which a character has up to 4."""
    return _TEXT if bound >= 4 * (_MOST_BYTES // 3) else st.text(_ASCII, max_size=bound)


def _item(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, Boolean):
        return st.booleans()
    if isinstance(kind, FixedOpaque):
        return st.binary(min_size=kind.size, max_size=kind.size)
    if isinstance(kind, Enumeration):
        return st.sampled_from(list(kind.members.values()))
    assert isinstance(kind, Scalar), f"no strategy for {kind}"
    if float in kind.python:
        return st.floats(allow_nan=False, width=32 if kind.min_size == 4 else 64)
    return st.integers(*_RANGES[str(kind)])


def _union(kind: Any) -> st.SearchStrategy[Any]:
    members = getattr(kind.discriminant, "members", None)
    numbers = [members[number] if members else number for number in kind.arms]
    if kind.default is not None and members:
        numbers += [member for number, member in members.items() if number not in kind.arms]
    arms = [st.builds(kind.cls, st.just(number), values(kind.arm(number)[1])) for number in numbers]
    if kind.default is not None and not members:
        others = values(kind.discriminant).filter(lambda number: number not in kind.arms)
        arms.append(st.builds(kind.cls, others, values(kind.default[1])))
    return st.one_of(arms)
