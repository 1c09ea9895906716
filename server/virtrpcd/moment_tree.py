"""The tree that a machine's snapshots, or its checkpoints, stand in: names, parents, the current one. Pure.

Children are kept newest first, as libvirt lists them. A tree may be one long branch, so nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from virtrpcd.errors import FROM_DOM, InvalidArgument, OperationFailed
from virtrpcd.model_snapshot import MomentDef

D = TypeVar("D", bound=MomentDef)


class Moment(Generic[D]):
    """One snapshot or checkpoint in its tree; `parent` is None for a root."""

    __slots__ = ("children", "definition", "parent")

    def __init__(self, definition: D) -> None:
        self.definition = definition
        self.parent: Moment[D] | None = None
        self.children: list[Moment[D]] = []

    @property
    def name(self) -> str:
        """The name, unique in the tree."""
        return self.definition.name

    def descendants(self) -> Iterator[Moment[D]]:
        """Yield all below this one, parents before their children."""
        waiting = self.children[::-1]
        while waiting:
            moment = waiting.pop()
            yield moment
            waiting += moment.children[::-1]


class MomentTree(Generic[D]):
    """All snapshots (or checkpoints) of one machine; at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_name: dict[str, Moment[D]] = {}
        self.roots: list[Moment[D]] = []
        self.current: Moment[D] | None = None

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, name: str) -> Moment[D] | None:
        """Return the moment called `name`."""
        return self._by_name.get(name)

    def all(self) -> Iterator[Moment[D]]:
        """Yield every moment, parents before their children."""
        for root in self.roots:
            yield root
            yield from root.descendants()

    def check_new(self, name: str) -> None:
        """Raise OperationFailed when there is a moment called `name`, or no room for another."""
        if name in self._by_name:
            raise OperationFailed(f"operation failed: domain moment {name} already exists", domain=FROM_DOM)
        if len(self._by_name) >= self._most:
            raise OperationFailed(f"operation failed: the domain has {self._most} moments already", domain=FROM_DOM)

    def add(self, definition: D) -> Moment[D]:
        """Add a moment below the current one, which it then is instead."""
        self.check_new(definition.name)
        parent = self.current
        definition.parent = None if parent is None else parent.name
        moment = self._by_name[definition.name] = Moment(definition)
        self._hang(moment, parent)
        self.current = moment
        return moment

    def check_parent(self, definition: D) -> None:
        """Raise InvalidArgument when the parent that a definition names is not there, or itself or below it."""
        name, parent = definition.name, definition.parent
        if parent is None:
            return
        if parent == name:
            why = f"cannot set moment {name} as its own parent"
            raise InvalidArgument(f"invalid argument: {why}", domain=FROM_DOM)
        above = self.find(parent)
        if above is None:
            raise InvalidArgument(f"invalid argument: parent {parent} for moment {name} not found", domain=FROM_DOM)
        while above is not None:
            if above.name == name:
                why = f"parent {parent} would create cycle to {name}"
                raise InvalidArgument(f"invalid argument: {why}", domain=FROM_DOM)
            above = above.parent

    def redefine(self, definition: D) -> Moment[D]:
        """Put a definition, checked by check_parent, in the place of the one of its name, or beside the others.

        One that is replaced keeps its children and stays current if it was.
        """
        moment = self.find(definition.name)
        if moment is None:
            self.check_new(definition.name)
            moment = self._by_name[definition.name] = Moment(definition)
        else:
            self._siblings(moment).remove(moment)
            moment.definition = definition
        self._hang(moment, None if definition.parent is None else self._by_name[definition.parent])
        return moment

    def remove(self, moment: Moment[D]) -> None:
        """Take one out; its children become its parent's, and its parent current if it was."""
        parent = moment.parent
        siblings = self._siblings(moment)
        siblings.remove(moment)
        siblings[:0] = moment.children
        for child in moment.children:
            child.parent = parent
            child.definition.parent = None if parent is None else parent.name
        del self._by_name[moment.name]
        if self.current is moment:
            self.current = parent

    def remove_below(self, moment: Moment[D]) -> None:
        """Take out all below one, which becomes current if any of them was."""
        for child in moment.descendants():
            del self._by_name[child.name]
            if self.current is child:
                self.current = moment
        moment.children = []

    def _siblings(self, moment: Moment[D]) -> list[Moment[D]]:
        return self.roots if moment.parent is None else moment.parent.children

    def _hang(self, moment: Moment[D], parent: Moment[D] | None) -> None:
        moment.parent = parent
        self._siblings(moment).insert(0, moment)
