"""What changed in the types of a version, on the wire: each pair of types compared once for each way it travels.

Names of types, fields and members do not travel. Structs in structs, several arguments, and one struct of the same
fields have the same bytes (RFC 4506 section 4.14), as have an optional and an array of at most one (section 4.19), and
a string and an opaque (sections 4.10, 4.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pyrpcgen.changes import Effect, Kind, Way
from pyrpcgen.errors import Place
from pyrpcgen.nodes import Basic, Shape
from pyrpcgen.places import Places
from pyrpcgen.wire import Layer, Wire, WireEnum, WireProcedure, WireStruct, WireType, WireUnion, WireVersion

Fields: TypeAlias = tuple[tuple[str, Wire], ...]

EXPANDED_MAX: Final = 1000
"""Fields to which structs in structs are spread out, to see if the bytes are the same; past it they count as others."""


@dataclass(frozen=True, slots=True)
class Found:
    """A change, before it is known which ways it travels. place: in the new specification."""

    kind: Kind
    text: str
    place: Place | None
    effect: Effect = Effect.OTHER


class TypeComparison:
    """Compares procedures, and the types that they lead to; recursive types come to an end."""

    def __init__(self, old: WireVersion, new: WireVersion, places: Places) -> None:
        self._old = old
        self._new = new
        self._places = places
        self._pairs: set[tuple[str, str, Way]] = set()
        self._waiting: list[tuple[str, str, Way]] = []
        self._way = Way.ARGUMENT

    def procedure(self, old: WireProcedure, new: WireProcedure, place: Place | None) -> Iterator[tuple[Found, Way]]:
        """Compare what a procedure takes and returns."""
        before, after = _numbered(old.arguments), _numbered(new.arguments)
        self._way = Way.ARGUMENT
        if len(before) == len(after) or self._spread(before, after) is None:
            if len(before) != len(after):
                yield _broken(f"took {len(before)} arguments, takes {len(after)}", place), self._way
            for (what, wire), (_, other) in zip(before, after, strict=False):
                yield from self._here(self._wires(what, wire, other, place))
        else:
            yield from self._here(self._same_bytes("its arguments are", before, after, place))
        self._way = Way.RESULT
        yield from self._here(self._wires("result", old.result, new.result, place))

    def types(self) -> Iterator[tuple[str, Found, Way]]:
        """Compare the types that were met, and those that they lead to; first comes what a change is about."""
        while self._waiting:
            name, other, self._way = self._waiting.pop(0)
            about = f"type {name}" if name == other else f"type {name} (now {other})"
            place = self._places.type(other)
            if name != other:
                yield f"type {name}", Found(Kind.NOTE, f"is called {other} now", place), self._way
            for found in self._types(name, other):
                yield about, found, self._way

    def _here(self, found: Iterator[Found]) -> Iterator[tuple[Found, Way]]:
        return ((item, self._way) for item in found)

    def _wires(self, what: str, old: Wire, new: Wire, place: Place | None) -> Iterator[Found]:
        """Compare two uses of types; what they are made of is compared later, once."""
        was = f"{what} was {old}, is {new}"
        if not _may_be(old, new):
            one, other = (("", old),), (("", new),)
            if self._spread(one, other) is None:
                yield _broken(was, place)
            else:
                yield from self._same_bytes(f"{was}:", one, other, place)
            return
        if isinstance(old.base, str) and isinstance(new.base, str):
            self._later(old.base, new.base)
        other_word = isinstance(old.base, Basic) and old.base != new.base
        if other_word or [layer.shape for layer in old.layers] != [layer.shape for layer in new.layers]:
            yield Found(Kind.NOTE, f"{was}: the same bytes", place)
        for effect in _bounds(old.layers, new.layers):
            yield Found(Kind.BREAKS, was, place, effect)

    def _later(self, old: str, new: str) -> None:
        pair = (old, new, self._way)
        if pair not in self._pairs:
            self._pairs.add(pair)
            self._waiting.append(pair)

    def _types(self, before: str, name: str) -> Iterator[Found]:
        old, new = self._old.types[before], self._new.types[name]
        if isinstance(old, WireEnum) and isinstance(new, WireEnum):
            yield from self._enums(old, new, name)
        elif isinstance(old, WireStruct) and isinstance(new, WireStruct):
            yield from self._structs(old, new, name)
        elif isinstance(old, WireUnion) and isinstance(new, WireUnion):
            yield from self._unions(old, new, name)
        else:
            text, place = f"was {_kind(old)}, is {_kind(new)}", self._places.type(name)
            one, other = (("", Wire(before)),), (("", Wire(name)),)
            if self._spread(one, other) is None:
                yield _broken(text, place)
            else:
                yield from self._same_bytes(f"{text}:", one, other, place)

    def _enums(self, old: WireEnum, new: WireEnum, name: str) -> Iterator[Found]:
        before, after = dict(old.values), dict(new.values)
        for number in sorted(before.keys() | after.keys()):
            if number not in after:
                text = f"value {number} ({before[number]}) is gone"
                yield Found(Kind.BREAKS, text, self._places.type(name), Effect.TIGHTER)
            elif number not in before:
                place = self._places.constant(after[number])
                yield Found(Kind.BREAKS, f"value {number} ({after[number]}) is new", place, Effect.LOOSER)
            elif before[number] != after[number]:
                text = f"value {number} was called {before[number]}, is called {after[number]}"
                yield Found(Kind.NOTE, text, self._places.constant(after[number]))

    def _structs(self, old: WireStruct, new: WireStruct, name: str) -> Iterator[Found]:
        if self._other_structure(old.fields, new.fields) and self._spread(old.fields, new.fields) is not None:
            yield from self._same_bytes("its fields are", old.fields, new.fields, self._places.type(name))
            return
        for (before, wire), (after, other) in zip(old.fields, new.fields, strict=False):
            place = self._places.field(name, after)
            name_now = "" if before == after else f" (now {after})"
            found = list(self._wires(f"field {before}{name_now}", wire, other, place))
            yield from found
            if before != after and not found:
                yield Found(Kind.NOTE, f"field {before} is called {after} now", place)
        for gone, _ in old.fields[len(new.fields) :]:
            yield _broken(f"field {gone} is gone", self._places.type(name))
        for added, _ in new.fields[len(old.fields) :]:
            yield _broken(f"field {added} is new", self._places.field(name, added))

    def _unions(self, old: WireUnion, new: WireUnion, name: str) -> Iterator[Found]:
        place = self._places.type(name)
        switch = list(self._wires("the discriminant", old.discriminant, new.discriminant, place))
        yield from switch
        if any(item.kind is Kind.BREAKS for item in switch):
            return
        values = self._values(old, new)
        before, after = _arms(old, values), _arms(new, values)
        for number in sorted(before.keys() | after.keys()):
            # A value without a case of its own has the default's arm.
            was, now = before.get(number, old.default), after.get(number, new.default)
            where = self._places.field(name, now[0]) if now else place
            if was is None or now is None:
                effect = Effect.LOOSER if was is None else Effect.TIGHTER
                yield Found(Kind.BREAKS, f"case {number} is {'new' if was is None else 'gone'}", where, effect)
                continue
            yield from self._wires(f"case {number}", was[1], now[1], where)
            if was[0] != now[0] and was[1] == now[1]:
                yield Found(Kind.NOTE, f"the arm of case {number} was called {was[0]}, is called {now[0]}", where)
        if values is None:
            yield from self._defaults(old, new, place)

    def _defaults(self, old: WireUnion, new: WireUnion, place: Place | None) -> Iterator[Found]:
        if old.default and new.default:
            yield from self._wires("the default", old.default[1], new.default[1], place)
        elif old.default or new.default:
            effect = Effect.TIGHTER if old.default else Effect.LOOSER
            yield Found(Kind.BREAKS, f"the default is {'gone' if old.default else 'new'}", place, effect)

    def _values(self, old: WireUnion, new: WireUnion) -> set[int] | None:
        """Return the values that both discriminants may have; None for numbers, where they are too many."""
        before, after = (
            types.get(str(union.discriminant.base)) for union, types in ((old, self._old.types), (new, self._new.types))
        )
        if isinstance(before, WireEnum) and isinstance(after, WireEnum):
            return {number for number, _ in before.values} & {number for number, _ in after.values}
        return {0, 1} if old.discriminant.base is Basic.BOOL else None

    def _other_structure(self, old: Fields, new: Fields) -> bool:
        """Return whether the fields are not of the same numbers of fields, structs in them spread out."""

        def counts(fields: Fields, types: dict[str, WireType]) -> list[int]:
            return [len(_expanded((field,), types) or ()) for field in fields]

        return counts(old, self._old.types) != counts(new, self._new.types)

    def _spread(self, old: Fields, new: Fields) -> list[tuple[str, Wire, Wire]] | None:
        """Return the two sides field by field, structs in them spread out; None when they do not match so."""
        before, after = _expanded(old, self._old.types), _expanded(new, self._new.types)
        if before is None or after is None or len(before) != len(after):
            return None
        pairs = [(name, wire, other) for (name, wire), (_, other) in zip(before, after, strict=True)]
        return pairs if all(self._same_kind(wire, other) for _, wire, other in pairs) else None

    def _same_kind(self, old: Wire, new: Wire) -> bool:
        before, after = self._old.types.get(str(old.base)), self._new.types.get(str(new.base))
        return _may_be(old, new) and type(before) is type(after)

    def _same_bytes(self, what: str, old: Fields, new: Fields, place: Place | None) -> Iterator[Found]:
        yield Found(Kind.NOTE, f"{what} in other structs, with the same bytes", place)
        for name, wire, other in self._spread(old, new) or ():
            yield from self._wires(f"field {name}" if name else "the value", wire, other, place)


def _numbered(arguments: tuple[Wire, ...]) -> Fields:
    return tuple((f"argument {number}", wire) for number, wire in enumerate(arguments, 1))


def _arms(union: WireUnion, values: set[int] | None) -> dict[int, tuple[str, Wire]]:
    """Return the arms by number; the default's stands for those of the values that have none of their own."""
    default = dict.fromkeys(values, union.default) if values is not None and union.default else {}
    return {**default, **{number: (arm, wire) for number, arm, wire in union.arms}}


def _expanded(fields: Fields, types: dict[str, WireType]) -> list[tuple[str, Wire]] | None:
    """Return fields with the structs among them spread out; None past EXPANDED_MAX."""
    found: list[tuple[str, Wire]] = []
    waiting = list(reversed(fields))
    steps = 0
    while waiting:
        steps += 1
        if steps > EXPANDED_MAX:
            return None
        name, wire = waiting.pop()
        inner = types.get(wire.base) if isinstance(wire.base, str) and not wire.layers else None
        if isinstance(inner, WireStruct):
            waiting += [(f"{name}.{part}" if name else part, below) for part, below in reversed(inner.fields)]
        elif wire.base is not Basic.VOID:
            found.append((name, wire))
    return found


def _may_be(old: Wire, new: Wire) -> bool:
    """Return whether two wires may have the same bytes; what named types hold is compared by itself."""
    named = isinstance(old.base, str) and isinstance(new.base, str)
    texts = {old.base, new.base} == {Basic.STRING, Basic.OPAQUE}
    return _alike(old.layers, new.layers) and (named or texts or old.base == new.base)


def _alike(old: tuple[Layer, ...], new: tuple[Layer, ...]) -> bool:
    """Return whether layers are the same, but for bounds."""
    one, other = ([replace(layer, count=0) if layer.shape is Shape.VARIABLE else layer for layer in _plain(layers)]
                  for layers in (old, new))  # fmt: skip
    return one == other


def _bounds(old: tuple[Layer, ...], new: tuple[Layer, ...]) -> Iterator[Effect]:
    for before, after in zip(_plain(old), _plain(new), strict=True):
        if before.count != after.count:
            yield Effect.LOOSER if after.count > before.count else Effect.TIGHTER


def _plain(layers: tuple[Layer, ...]) -> list[Layer]:
    return [Layer(Shape.VARIABLE, 1) if layer.shape is Shape.OPTIONAL else layer for layer in layers]


def _broken(text: str, place: Place | None) -> Found:
    return Found(Kind.BREAKS, text, place)


def _kind(item: WireType) -> str:
    return {WireEnum: "an enum", WireStruct: "a struct", WireUnion: "a union"}[type(item)]
