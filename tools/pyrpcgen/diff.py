"""`pyrpcgen diff`: what changed on the wire from one specification to another.

Procedures, versions, programs and types that are only in the new one are additions and pass. Names of types, fields and
members do not travel and may change; numbers, kinds, bounds, orders, and the values that may come do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyrpcgen.compiler import Checked
from pyrpcgen.dump import NoSuchVersion, versions
from pyrpcgen.wire import Wire, WireEnum, WireProcedure, WireStruct, WireType, WireUnion, WireVersion


def diff(old: Checked, new: Checked, version: int | None = None) -> list[str]:
    """Return what changed or is gone, one line each; version: look at versions of this number only.

    Raises NoSuchVersion when the old specification has no such version.
    """
    before = [item for item in versions(old) if version is None or item.number == version]
    if not before:
        wanted = "version" if version is None else f"version {version}"
        raise NoSuchVersion(f"no {wanted} in {old.specification.file}")
    after = {(item.program_number, item.number): item for item in versions(new)}
    lines: list[str] = []
    for item in before:
        head = f"{item.program} {item.number}"
        other = after.get((item.program_number, item.number))
        lines += _Comparison(head, item, other).lines() if other else [f"{head}: the version is gone"]
    return lines


class _Comparison:
    """Compares two versions; each pair of types once, so recursive types come to an end."""

    def __init__(self, head: str, old: WireVersion, new: WireVersion) -> None:
        self._head = head
        self._old = old
        self._new = new
        self._pairs: set[tuple[str, str]] = set()
        self._waiting: list[tuple[str, str, str]] = []

    def lines(self) -> list[str]:
        found: list[str] = []
        for number, procedure in self._old.procedures.items():
            head = f"{self._head}: procedure {number} {procedure.name}"
            other = self._new.procedures.get(number)
            if other is None:
                found.append(f"{head}: is gone")
            else:
                found += [f"{head}: {line}" for line in self._procedure(procedure, other)]
        while self._waiting:
            name, other_name, where = self._waiting.pop(0)
            changes = self._types(self._old.types[name], self._new.types[other_name])
            found += [f"{self._head}: {where}: {line}" for line in changes]
        return found

    def _procedure(self, old: WireProcedure, new: WireProcedure) -> Iterator[str]:
        if len(old.arguments) != len(new.arguments):
            yield f"took {len(old.arguments)} arguments, takes {len(new.arguments)}"
        for number, (before, after) in enumerate(zip(old.arguments, new.arguments, strict=False), 1):
            yield from self._wires(f"argument {number}", before, after)
        yield from self._wires("result", old.result, new.result)

    def _wires(self, what: str, old: Wire, new: Wire) -> Iterator[str]:
        """Compare two uses of types; what they are made of is compared later, once."""
        both_named = isinstance(old.base, str) and isinstance(new.base, str)
        if old.layers != new.layers or (not both_named and old.base != new.base):
            yield f"{what} was {old}, is {new}"
        elif isinstance(old.base, str) and isinstance(new.base, str) and (old.base, new.base) not in self._pairs:
            self._pairs.add((old.base, new.base))
            name = old.base if old.base == new.base else f"{old.base} (now {new.base})"
            self._waiting.append((old.base, new.base, f"type {name}"))

    def _types(self, old: WireType, new: WireType) -> Iterator[str]:
        if isinstance(old, WireEnum) and isinstance(new, WireEnum):
            yield from _enums(old, new)
        elif isinstance(old, WireStruct) and isinstance(new, WireStruct):
            yield from self._structs(old, new)
        elif isinstance(old, WireUnion) and isinstance(new, WireUnion):
            yield from self._unions(old, new)
        else:
            yield f"was {_kind(old)}, is {_kind(new)}"

    def _structs(self, old: WireStruct, new: WireStruct) -> Iterator[str]:
        for (name, before), (_, after) in zip(old.fields, new.fields, strict=False):
            yield from self._wires(f"field {name}", before, after)
        for name, _ in old.fields[len(new.fields) :]:
            yield f"field {name} is gone"
        for name, _ in new.fields[len(old.fields) :]:
            yield f"field {name} is new"

    def _unions(self, old: WireUnion, new: WireUnion) -> Iterator[str]:
        yield from self._wires("the discriminant", old.discriminant, new.discriminant)
        before = {number: wire for number, _, wire in old.arms}
        after = {number: wire for number, _, wire in new.arms}
        for number in sorted(before.keys() | after.keys()):
            if number not in after:
                yield f"case {number} is gone"
            elif number not in before:
                yield f"case {number} is new"
            else:
                yield from self._wires(f"case {number}", before[number], after[number])
        if old.default and new.default:
            yield from self._wires("the default", old.default[1], new.default[1])
        elif old.default or new.default:
            yield "the default is gone" if old.default else "the default is new"


def _enums(old: WireEnum, new: WireEnum) -> Iterator[str]:
    before, after = dict(old.values), dict(new.values)
    for number in sorted(before.keys() | after.keys()):
        if number not in after:
            yield f"value {number} ({before[number]}) is gone"
        elif number not in before:
            yield f"value {number} ({after[number]}) is new"


def _kind(item: WireType) -> str:
    return {WireEnum: "an enum", WireStruct: "a struct", WireUnion: "a union"}[type(item)]
