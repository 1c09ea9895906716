"""One change from a specification to the next, and whom it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a change does to those who speak the old specification."""

    BREAKS = "breaks"
    NOTE = "note"
    ADDS = "adds"


class Effect(Enum):
    """What a change does to the values that may come."""

    LOOSER = "more of them"
    TIGHTER = "fewer of them"
    OTHER = "others"


class Way(Enum):
    """Which way values go."""

    ARGUMENT = "to the server"
    RESULT = "to the client"


@dataclass(frozen=True, slots=True)
class Change:
    """What is other now. file and line: where in the new specification, None where nothing of it is left there.

    who: what goes wrong between whom, "" for notes and additions, and where nothing can be exchanged any more.
    """

    kind: Kind
    text: str
    file: str | None = None
    line: int | None = None
    who: str = ""

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}:{self.line}: "
        return f"{self.kind.value}: {place}{self.text}{f' ({self.who})' if self.who else ''}"


_VICTIMS: Final = {
    (Effect.LOOSER, Way.ARGUMENT): "old servers refuse what new clients may send",
    (Effect.LOOSER, Way.RESULT): "old clients refuse what new servers may send",
    (Effect.TIGHTER, Way.ARGUMENT): "new servers refuse what old clients may send",
    (Effect.TIGHTER, Way.RESULT): "new clients refuse what old servers may send",
}


def victims(effect: Effect, ways: set[Way]) -> str:
    """Return who breaks by what values may come now; "" for everybody."""
    return "; ".join(text for (kind, way), text in _VICTIMS.items() if kind is effect and way in ways)
