"""Snapshots of the test driver's machines: a copy of the definition each, and the state to go back to."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.snapshots import Snapshots
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.moments import (
    DESCENDANTS,
    Means,
    by_leaves,
    check_same_machine,
    check_uuid,
    reader,
    refuse_flags,
)
from virtrpcd.errors import (
    FROM_SNAPSHOT,
    FROM_TEST,
    InvalidArgument,
    NoSnapshot,
    OperationInvalid,
    OperationUnsupported,
    VirtError,
)
from virtrpcd.lifecycle import Move
from virtrpcd.model import (
    DomainState,
    Lifecycle,
    PausedReason,
    RunningReason,
    ShutoffReason,
    StartedDetail,
    StoppedDetail,
    SuspendedDetail,
)
from virtrpcd.model_snapshot import (
    DISK_SNAPSHOT,
    PAUSED,
    RUNNING,
    SHUTOFF,
    MomentDelete,
    SnapshotCreate,
    SnapshotDef,
    SnapshotList,
    SnapshotRef,
    SnapshotRevert,
)
from virtrpcd.moment_tree import Moment
from virtrpcd.snapshot_xml import align_disks, format_snapshot, parse_snapshot

_CREATE_KNOWN: Final = int(
    SnapshotCreate.REDEFINE
    | SnapshotCreate.CURRENT
    | SnapshotCreate.HALT
    | SnapshotCreate.QUIESCE
    | SnapshotCreate.ATOMIC
    | SnapshotCreate.LIVE
    | SnapshotCreate.VALIDATE
)
_REVERT_KNOWN: Final = int(SnapshotRevert.RUNNING | SnapshotRevert.PAUSED | SnapshotRevert.FORCE)
_DELETE_KNOWN: Final = int(MomentDelete.CHILDREN | MomentDelete.CHILDREN_ONLY)

_STARTED: Final = (int(Lifecycle.STARTED), int(StartedDetail.FROM_SNAPSHOT))
_SUSPENDED: Final = (int(Lifecycle.SUSPENDED), int(SuspendedDetail.FROM_SNAPSHOT))
_STOPPED: Final = (int(Lifecycle.STOPPED), int(StoppedDetail.FROM_SNAPSHOT))
_TO_RUNNING: Final = Move(int(DomainState.RUNNING), int(RunningReason.FROM_SNAPSHOT), (_STARTED,))
_TO_PAUSED: Final = Move(int(DomainState.PAUSED), int(PausedReason.FROM_SNAPSHOT), (_STARTED, _SUSPENDED))
_TO_OFF: Final = Move(int(DomainState.SHUTOFF), int(ShutoffReason.FROM_SNAPSHOT), (_STOPPED,))


class TestSnapshots(Snapshots):
    """Snapshots as libvirt's test driver makes them: internal ones of everything, kept in memory."""

    def __init__(self, means: Means) -> None:
        self._means = means

    # -- asking -----------------------------------------------------------------------------------------------------

    def exist(self, uuid: bytes) -> bool:
        return len(self._means.find(uuid).snapshots) > 0

    def all(self, uuid: bytes, flags: int) -> list[SnapshotRef]:
        machine = self._means.find(uuid)
        tree = machine.snapshots
        return _chosen(machine, tree.roots if flags & SnapshotList.ROOTS else tree.all(), flags)

    def children(self, uuid: bytes, name: str, flags: int) -> list[SnapshotRef]:
        machine, moment = self._find(uuid, name)
        return _chosen(machine, moment.descendants() if flags & DESCENDANTS else moment.children, flags)

    def lookup(self, uuid: bytes, name: str) -> SnapshotRef:
        machine, moment = self._find(uuid, name)
        return SnapshotRef(moment.name, machine.ref)

    def xml(self, uuid: bytes, name: str, flags: int) -> str:
        return format_snapshot(self._find(uuid, name)[1].definition, secure=bool(flags & 1))

    def has_current(self, uuid: bytes) -> bool:
        return self._means.find(uuid).snapshots.current is not None

    def current(self, uuid: bytes) -> SnapshotRef:
        machine = self._means.find(uuid)
        found = machine.snapshots.current
        if found is None:
            raise _no_snapshot("the domain does not have a current snapshot")
        return SnapshotRef(found.name, machine.ref)

    def parent(self, uuid: bytes, name: str) -> SnapshotRef:
        machine, moment = self._find(uuid, name)
        if moment.parent is None:
            raise _no_snapshot(f"snapshot '{name}' does not have a parent")
        return SnapshotRef(moment.parent.name, machine.ref)

    def is_current(self, uuid: bytes, name: str) -> bool:
        machine, moment = self._find(uuid, name)
        return machine.snapshots.current is moment

    def has_metadata(self, uuid: bytes, name: str) -> bool:
        self._find(uuid, name)
        return True

    # -- changing ---------------------------------------------------------------------------------------------------

    async def create(self, uuid: bytes, xml: str, flags: int) -> SnapshotRef:
        refuse_flags(flags, _CREATE_KNOWN, "testDomainSnapshotCreateXML")
        machine = self._means.find(uuid)
        if len(machine.checkpoints):
            why = "cannot create snapshot while checkpoint exists"
            raise OperationUnsupported(f"Operation not supported: {why}", domain=FROM_TEST, detail=why)
        if machine.config is None and flags & SnapshotCreate.HALT:
            raise _invalid("cannot halt after transient domain snapshot")
        found = parse_snapshot(
            xml,
            redefine=bool(flags & SnapshotCreate.REDEFINE),
            read_domain=reader(machine, self._means.paths),
            now_s=int(self._means.now_s()),
            strict=bool(flags & SnapshotCreate.VALIDATE),
        )
        if flags & SnapshotCreate.REDEFINE:
            _complete_old(machine, found)
            self._check_paths(found)
            moment = machine.snapshots.redefine(found)
            if flags & SnapshotCreate.CURRENT:
                machine.snapshots.current = moment
        else:
            _complete_new(machine, found)
            self._check_paths(found)
            machine.snapshots.add(found)
            if flags & SnapshotCreate.HALT and machine.active:
                self._means.leave(machine, _TO_OFF, False)
        return SnapshotRef(found.name, machine.ref)

    async def revert(self, uuid: bytes, name: str, flags: int) -> None:
        refuse_flags(flags, _REVERT_KNOWN, "testDomainRevertToSnapshot")
        machine, moment = self._find(uuid, name)
        state = moment.definition.state
        forced = flags & (SnapshotRevert.RUNNING | SnapshotRevert.PAUSED)
        if machine.config is None and state not in (RUNNING, PAUSED) and not forced:
            why = "transient domain needs to request run or pause to revert to inactive snapshot"
            raise _invalid(why)
        definition = _own_copy(machine, moment.definition)
        if state in (RUNNING, PAUSED):
            paused = flags & SnapshotRevert.PAUSED or (state == PAUSED and not flags & SnapshotRevert.RUNNING)
            self._restart(machine, definition, _TO_PAUSED if paused else _TO_RUNNING)
        else:
            self._turn_off(machine, definition, flags)
        machine.snapshots.current = moment

    async def delete(self, uuid: bytes, name: str, flags: int) -> None:
        refuse_flags(flags, _DELETE_KNOWN, "testDomainSnapshotDelete")
        machine, moment = self._find(uuid, name)
        if flags & (MomentDelete.CHILDREN | MomentDelete.CHILDREN_ONLY):
            machine.snapshots.remove_below(moment)
        if not flags & MomentDelete.CHILDREN_ONLY:
            machine.snapshots.remove(moment)

    # -- how it is done -----------------------------------------------------------------------------------------------

    def _find(self, uuid: bytes, name: str) -> tuple[Machine, Moment[SnapshotDef]]:
        machine = self._means.find(uuid)
        moment = machine.snapshots.find(name)
        if moment is None:
            raise _no_snapshot(f"no domain snapshot with matching name '{name}'")
        return machine, moment

    def _check_paths(self, found: SnapshotDef) -> None:
        """Hold the files that a snapshot names to the rules, though none of them is opened here."""
        paths = self._means.paths
        if paths is None:
            return
        if found.memory_file is not None:
            paths.check(found.memory_file, "memory snapshot")
        for disk in found.disks:
            if disk.source is not None:
                paths.check(disk.source, "disk snapshot")

    def _restart(self, machine: Machine, definition: DomainDef, to: Move) -> None:
        """Stop the machine if it is active, and start it as it was."""
        if machine.active:
            self._means.leave(machine, _TO_OFF, True)
        if machine.config is not None:
            machine.config = definition
        machine.managed = None
        self._means.begin(machine, definition, to)

    def _turn_off(self, machine: Machine, definition: DomainDef, flags: int) -> None:
        """Leave the machine off with the definition it had.

        Asked for a running or paused machine, libvirt's test driver says by its events that it started one, but leaves
        it off; clients see the same here.
        """
        persistent = machine.config is not None
        if persistent:
            machine.config = definition
        if machine.active:
            self._means.leave(machine, _TO_OFF, False)
        elif persistent:
            machine.changed()
        events = [_STARTED] if flags & SnapshotRevert.RUNNING else []
        events += [_STARTED, _SUSPENDED] if flags & SnapshotRevert.PAUSED else []
        for event, detail in events if persistent else ():
            self._means.publish(machine.ref, event, detail)



def _no_snapshot(why: str) -> NoSnapshot:
    return NoSnapshot(f"Domain snapshot not found: {why}", domain=FROM_TEST, detail=why)


def _invalid(why: str) -> OperationInvalid:
    return OperationInvalid(f"Requested operation is not valid: {why}", domain=FROM_TEST, detail=why)


def _own_copy(machine: Machine, found: SnapshotDef) -> DomainDef:
    """Return the machine in a snapshot under the machine's present name: it may have been renamed since."""
    if found.domain is None:
        raise _no_snapshot(f"snapshot '{found.name}' lacks domain '{machine.name}' rollback info")
    definition = copy.deepcopy(found.domain)
    definition.name = machine.name
    return definition


def _complete_new(machine: Machine, found: SnapshotDef) -> None:
    """Fill in what the machine is now."""
    external = found.memory == "external"
    found.domain = copy.deepcopy(machine.current())
    found.state = DomainState(machine.state).name.lower()
    if not external:
        found.memory = "no" if found.state == SHUTOFF else "internal"
    align_disks(found, found.domain, "external" if external else "internal", match=not external)


def _complete_old(machine: Machine, found: SnapshotDef) -> None:
    """Check a snapshot that is redefined, and fill in what it leaves to the one of that name."""
    tree = machine.snapshots
    tree.check_parent(found)
    check_uuid(machine, found, "snapshot", FROM_SNAPSHOT)
    other = tree.find(found.name)
    if other is not None:
        _check_replaces(found, other.definition)
        found.domain = found.domain or other.definition.domain
    if found.domain is None:
        raise VirtError("internal error: missing domain in snapshot", domain=FROM_SNAPSHOT)
    external = found.state == DISK_SNAPSHOT or found.external
    align_disks(found, found.domain, "external" if external else "internal", match=not external)


def _check_replaces(new: SnapshotDef, old: SnapshotDef) -> None:
    """Raise InvalidArgument or ConfigUnsupported when a snapshot would become one of another kind or machine."""
    online = (RUNNING, PAUSED)
    for what, differs in (
        ("online and offline snapshot state", (new.state in online) != (old.state in online)),
        ("disk only and full system", (new.state == DISK_SNAPSHOT) != (old.state == DISK_SNAPSHOT)),
    ):
        if differs:
            why = f"invalid argument: cannot change between {what} in snapshot {new.name}"
            raise InvalidArgument(why, domain=FROM_SNAPSHOT)
    if new.domain is not None and old.domain is not None:
        check_same_machine(new.domain, old.domain)


_BY_STATE: Final = int(SnapshotList.INACTIVE | SnapshotList.ACTIVE | SnapshotList.DISK_ONLY)
_BY_PLACE: Final = int(SnapshotList.INTERNAL | SnapshotList.EXTERNAL)
_BY_METADATA: Final = int(SnapshotList.METADATA | SnapshotList.NO_METADATA)


def _chosen(machine: Machine, moments: Iterable[Moment[SnapshotDef]], flags: int) -> list[SnapshotRef]:
    if flags & _BY_METADATA == SnapshotList.NO_METADATA:
        return []
    found = by_leaves(moments, flags)
    return [SnapshotRef(moment.name, machine.ref) for moment in found if _passes(moment.definition, flags)]


def _passes(found: SnapshotDef, flags: int) -> bool:
    kind = {SHUTOFF: SnapshotList.INACTIVE, DISK_SNAPSHOT: SnapshotList.DISK_ONLY}.get(found.state, SnapshotList.ACTIVE)
    place = SnapshotList.EXTERNAL if found.external else SnapshotList.INTERNAL
    return (not flags & _BY_STATE or bool(flags & kind)) and (not flags & _BY_PLACE or bool(flags & place))
