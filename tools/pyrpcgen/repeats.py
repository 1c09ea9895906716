"""Definitions that say nothing new: the same one again, and TRUE and FALSE where a file declares its own.

C headers that include each other have made such files; in C they pass.
"""

from __future__ import annotations

from pyrpcgen.errors import Place
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Constant,
    Declaration,
    Definition,
    Enum,
    Literal,
    Typedef,
    same,
)
from pyrpcgen.scope import TRUTH


def without_repeats(definitions: list[Definition]) -> list[Definition]:
    """Return the definitions without those that stand there already; an enum of FALSE and TRUE is a name of bool."""
    first: dict[str, Definition] = {}
    kept: list[Definition] = []
    for item in definitions:
        if isinstance(item, Constant) and isinstance(item.value, Literal) and TRUTH.get(item.name) == item.value.value:
            continue
        if isinstance(item, Enum) and _is_bool(item):
            item = Typedef(item.place, item.name, _bool(item.place, item.name), item.doc)
        before = first.setdefault(item.name, item)
        if before is not item and same(before, item):
            continue
        kept.append(item)
    return kept


def _is_bool(item: Enum) -> bool:
    values = {
        one.name: one.value.value if isinstance(one.value, Literal) else number
        for number, one in enumerate(item.members)
    }
    return values == TRUTH


def _bool(place: Place, name: str) -> Declaration:
    return Declaration(place, name, BasicType(place, Basic.BOOL))
