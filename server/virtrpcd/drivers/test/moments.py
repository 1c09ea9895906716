"""What the test driver's snapshots and checkpoints share: the driver's means that they use, redefinition, selection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.test.definitions import PathCheck, read_definition
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.errors import FROM_DOM, FROM_TEST, ConfigUnsupported, InvalidArgument
from virtrpcd.lifecycle import Move
from virtrpcd.model import DomainRef
from virtrpcd.model_snapshot import MomentDef
from virtrpcd.moment_tree import Moment
from virtrpcd.moment_xml import ReadDomain

D = TypeVar("D", bound=MomentDef)

DESCENDANTS: Final = 1
LEAVES: Final = 4
NO_LEAVES: Final = 8


@dataclass(frozen=True, slots=True)
class Means:
    """What of the driver is used here.

    find: uuid -> machine. leave: end an active machine, as the move says; the last argument keeps a transient one.
    begin: start it with a definition. publish: a lifecycle event.
    """

    find: Callable[[bytes], Machine]
    leave: Callable[[Machine, Move, bool], None]
    begin: Callable[[Machine, DomainDef, Move], None]
    publish: Callable[[DomainRef, int, int], None]
    paths: PathCheck | None
    now_s: Callable[[], float] = time.time


class _OwnPaths:
    """Lets a machine's own disks pass: naming them again reaches nothing new."""

    def __init__(self, machine: Machine, paths: PathCheck) -> None:
        kept = [definition for definition in (machine.live, machine.config) if definition is not None]
        self._own = {disk.source for definition in kept for disk in definition.disks}
        self._paths = paths

    def check(self, path: str, what: str) -> str:
        return path if what == "disk" and path in self._own else self._paths.check(path, what)


def reader(machine: Machine, paths: PathCheck | None) -> ReadDomain:
    """Return what reads the machine within a redefined snapshot or checkpoint."""
    own = None if paths is None else _OwnPaths(machine, paths)
    return lambda xml: read_definition(xml, own)


def refuse_flags(flags: int, known: int, function: str) -> None:
    """Raise InvalidArgument for flags that this driver does not do, in libvirt's words."""
    if flags & ~known:
        why = f"unsupported flags (0x{flags & ~known:x}) in function {function}"
        raise InvalidArgument(why, domain=FROM_TEST)


def check_uuid(machine: Machine, found: MomentDef, what: str, domain: int) -> None:
    """Raise InvalidArgument when the machine in a redefined moment is another one."""
    if found.domain is not None and found.domain.uuid != machine.uuid:
        why = f"definition for {what} {found.name} must use uuid {format_uuid(machine.uuid)}"
        raise InvalidArgument(f"invalid argument: {why}", domain=domain)


def check_same_machine(new: DomainDef, old: DomainDef) -> None:
    """Raise ConfigUnsupported when a guest would notice that one definition took the place of the other."""
    pairs: list[tuple[str, object, object]] = [
        ("domain name", f"'{new.name}'", f"'{old.name}'"),
        ("domain max memory", new.memory_kib, old.memory_kib),
        ("domain current memory", new.current_memory_kib, old.current_memory_kib),
        ("domain vCPU max", new.max_vcpus, old.max_vcpus),
        ("domain vCPU count", new.vcpus, old.vcpus),
        ("domain OS type", new.os.type, old.os.type),
        ("domain architecture", new.os.arch, old.os.arch),
        ("domain disk count", len(new.disks), len(old.disks)),
    ]
    pairs += [
        ("disk", ours.target, theirs.target) for ours, theirs in zip(new.disks, old.disks, strict=False)
    ]
    for what, ours, theirs in pairs:
        if ours != theirs:
            why = f"unsupported configuration: Target {what} {ours} does not match source {theirs}"
            raise ConfigUnsupported(why, domain=FROM_DOM)


def by_leaves(moments: Iterable[Moment[D]], flags: int) -> list[Moment[D]]:
    """Return the moments that LEAVES and NO_LEAVES let through; both together let none, as in libvirt."""
    return [
        moment
        for moment in moments
        if not (flags & LEAVES and moment.children) and not (flags & NO_LEAVES and not moment.children)
    ]
