"""`pyrpcgen diff`: whether those who speak a new specification still talk to those who speak the old one.

Procedures, versions, programs and types that are only in the new one are additions. A version that stays must not
change on the wire, as client and server may each be the older one; names of its parts do not travel and may.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyrpcgen.changes import Change, Effect, Kind, Way, victims
from pyrpcgen.compiler import Checked
from pyrpcgen.diff_types import Found, TypeComparison
from pyrpcgen.dump import NoSuchVersion, versions
from pyrpcgen.errors import Place
from pyrpcgen.places import Places
from pyrpcgen.wire import WireVersion


def diff(old: Checked, new: Checked, version: int | None = None) -> list[Change]:
    """Return what changed; version: look at versions of this number only.

    Raises NoSuchVersion when the old specification has no such version.
    """
    before = [item for item in versions(old) if version is None or item.number == version]
    if not before:
        wanted = "version" if version is None else f"version {version}"
        raise NoSuchVersion(f"no {wanted} in {old.specification.file}")
    after = [item for item in versions(new) if version is None or item.number == version]
    return list(_Comparison(before, after, versions(new), Places(new)).changes())


class _Comparison:
    def __init__(
        self, before: list[WireVersion], after: list[WireVersion], all_after: list[WireVersion], places: Places
    ) -> None:
        self._before = before
        self._after = after
        self._all_after = all_after
        self._places = places

    def changes(self) -> Iterator[Change]:
        after = {(item.program_number, item.number): item for item in self._after}
        known = {(item.program_number, item.number) for item in self._before}
        for item in self._before:
            other = after.get((item.program_number, item.number))
            if other is None:
                yield self._gone(item)
            else:
                yield from self._version(item, other)
        for key, item in after.items():
            if key not in known:
                place = self._places.numbered(*key)
                yield self._change(Kind.ADDS, f"{item.program}: version {item.number} {item.name} is new", place)

    def _gone(self, item: WireVersion) -> Change:
        """Return what became of a version that is not there by its numbers."""
        head = f"{item.program} {item.number}"
        namesakes = [other for other in self._all_after if other.program == item.program]
        moved = next((other for other in namesakes if other.name == item.name), None)
        if namesakes and all(other.program_number != item.program_number for other in namesakes):
            number = namesakes[0].program_number
            text = f"{head}: the program's number was {item.program_number}, is {number}"
            return self._change(Kind.BREAKS, text, self._places.numbered(number))
        if moved is not None and moved.number not in {old.number for old in self._before}:
            text = f"{head}: the number of version {item.name} was {item.number}, is {moved.number}"
            return self._change(Kind.BREAKS, text, self._places.numbered(moved.program_number, moved.number))
        return self._change(Kind.BREAKS, f"{head}: the version {item.name} is gone", None)

    def _version(self, old: WireVersion, new: WireVersion) -> Iterator[Change]:
        head, key = f"{old.program} {old.number}", (new.program_number, new.number)
        for what, before, after in (("program", old.program, new.program), ("version", old.name, new.name)):
            if before != after:
                text = f"{head}: the {what} was called {before}, is called {after}"
                yield self._change(Kind.NOTE, text, self._places.numbered(*key))
        comparison = TypeComparison(old, new, self._places)
        found: dict[tuple[str, Found], set[Way]] = {}
        for number, procedure in old.procedures.items():
            about = f"{head}: procedure {number} {procedure.name}"
            place = self._places.numbered(*key, number)
            other = new.procedures.get(number)
            if other is None:
                yield self._missing(about, procedure.name, old, new)
                continue
            if procedure.name != other.name:
                yield self._change(Kind.NOTE, f"{about}: is called {other.name} now", place)
            for item, way in comparison.procedure(procedure, other, place):
                found.setdefault((about, item), set()).add(way)
        for about, item, way in comparison.types():
            found.setdefault((f"{head}: {about}", item), set()).add(way)
        for (about, item), ways in found.items():
            who = victims(item.effect, ways) if item.effect is not Effect.OTHER else ""
            yield self._change(item.kind, f"{about}: {item.text}", item.place, who)
        for number, procedure in new.procedures.items():
            if number not in old.procedures:
                text = f"{head}: procedure {number} {procedure.name} is new"
                yield self._change(Kind.ADDS, text, self._places.numbered(*key, number))

    def _missing(self, about: str, name: str, old: WireVersion, new: WireVersion) -> Change:
        moved = next((number for number, item in new.procedures.items() if item.name == name), None)
        if moved is not None and (moved not in old.procedures or old.procedures[moved].name != name):
            place = self._places.numbered(new.program_number, new.number, moved)
            return self._change(Kind.BREAKS, f"{about}: has number {moved} now", place)
        return self._change(Kind.BREAKS, f"{about}: is gone", self._places.numbered(new.program_number, new.number))

    def _change(self, kind: Kind, text: str, place: Place | None, who: str = "") -> Change:
        file, line = self._places.origin(place) if place is not None else (None, None)
        return Change(kind, text, file, line, who)
