"""Where the parts of a checked specification stand, for what knows them by name."""

from __future__ import annotations

from pyrpcgen.compiler import Checked
from pyrpcgen.errors import Place
from pyrpcgen.finite import declarations


class Places:
    """Places by name; None where there is no such thing."""

    def __init__(self, checked: Checked) -> None:
        scope = checked.scope
        self._scope = scope
        self._reporter = scope.reporter
        self._parts: dict[str, dict[str, Place]] = {}
        self._numbers: dict[tuple[int, ...], Place] = {}
        for program in checked.specification.programs():
            number = scope.value(program.number) or 0
            self._numbers[number,] = program.place
            for version in program.versions:
                key = (number, scope.value(version.number) or 0)
                self._numbers[key] = version.place
                for procedure in version.procedures:
                    self._numbers[*key, scope.value(procedure.number) or 0] = procedure.place

    def numbered(self, *numbers: int) -> Place | None:
        """Return the place of a program, version or procedure, by its numbers."""
        return self._numbers.get(numbers)

    def type(self, name: str) -> Place | None:
        """Return the place of a type."""
        return self._scope.types[name].place if name in self._scope.types else None

    def constant(self, name: str) -> Place | None:
        """Return the place of a constant or a member of an enum."""
        return self._scope.places.get(name)

    def field(self, owner: str, name: str) -> Place | None:
        """Return the place of a struct's field or a union's arm; the type's own for an arm of void."""
        if owner not in self._parts:
            item = self._scope.types.get(owner)
            named = [part for part in declarations(item) if part.name] if item is not None else []
            self._parts[owner] = {part.name: part.place for part in named}
        return self._parts[owner].get(name, self.type(owner))

    def origin(self, place: Place) -> tuple[str, int]:
        """Return the file and line that a place came from."""
        file, at = self._reporter.origin(place)
        return file, at.line
