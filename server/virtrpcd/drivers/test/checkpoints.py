"""Checkpoints of the test driver's machines: names, times and disks in a tree; nothing is written down for real."""

from __future__ import annotations

import copy
from typing import Final

from virtrpcd.checkpoint_xml import align_disks, format_checkpoint, parse_checkpoint
from virtrpcd.drivers.snapshots import Checkpoints
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.moments import (
    DESCENDANTS,
    Means,
    by_leaves,
    check_uuid,
    reader,
    refuse_flags,
)
from virtrpcd.errors import FROM_CHECKPOINT, FROM_TEST, NoCheckpoint, OperationUnsupported
from virtrpcd.model_snapshot import (
    CheckpointCreate,
    CheckpointDef,
    CheckpointList,
    CheckpointRef,
    CheckpointXml,
    MomentDelete,
)
from virtrpcd.moment_tree import Moment

_CREATE_KNOWN: Final = int(CheckpointCreate.REDEFINE | CheckpointCreate.QUIESCE)


class TestCheckpoints(Checkpoints):
    """Checkpoints as libvirt's test driver makes them."""

    def __init__(self, means: Means) -> None:
        self._means = means

    # -- asking -----------------------------------------------------------------------------------------------------

    def exist(self, uuid: bytes) -> bool:
        return len(self._means.find(uuid).checkpoints) > 0

    def all(self, uuid: bytes, flags: int) -> list[CheckpointRef]:
        machine = self._means.find(uuid)
        tree = machine.checkpoints
        moments = by_leaves(tree.roots if flags & CheckpointList.ROOTS else tree.all(), flags)
        return [CheckpointRef(moment.name, machine.ref) for moment in moments]

    def children(self, uuid: bytes, name: str, flags: int) -> list[CheckpointRef]:
        machine, moment = self._find(uuid, name)
        moments = by_leaves(moment.descendants() if flags & DESCENDANTS else moment.children, flags)
        return [CheckpointRef(found.name, machine.ref) for found in moments]

    def lookup(self, uuid: bytes, name: str) -> CheckpointRef:
        machine, moment = self._find(uuid, name)
        return CheckpointRef(moment.name, machine.ref)

    def parent(self, uuid: bytes, name: str) -> CheckpointRef:
        machine, moment = self._find(uuid, name)
        if moment.parent is None:
            raise _no_checkpoint(f"checkpoint '{name}' does not have a parent")
        return CheckpointRef(moment.parent.name, machine.ref)

    def xml(self, uuid: bytes, name: str, flags: int) -> str:
        """SIZE adds nothing: no disk of this driver changes."""
        found = self._find(uuid, name)[1].definition
        with_domain = not flags & CheckpointXml.NO_DOMAIN
        return format_checkpoint(found, secure=bool(flags & CheckpointXml.SECURE), with_domain=with_domain)

    # -- changing ---------------------------------------------------------------------------------------------------

    async def create(self, uuid: bytes, xml: str, flags: int) -> CheckpointRef:
        refuse_flags(flags, _CREATE_KNOWN, "testDomainCheckpointCreateXML")
        machine = self._means.find(uuid)
        if len(machine.snapshots):
            raise _unsupported("cannot create checkpoint while snapshot exists")
        if not machine.active:
            raise _unsupported("cannot create checkpoint for inactive domain")
        redefine = bool(flags & CheckpointCreate.REDEFINE)
        read = reader(machine, self._means.paths)
        found = parse_checkpoint(xml, redefine=redefine, read_domain=read, now_s=int(self._means.now_s()))
        if redefine:
            _redefine(machine, found)
        else:
            machine.checkpoints.check_new(found.name)
            found.domain = copy.deepcopy(machine.current())
            align_disks(found, found.domain)
            machine.checkpoints.add(found)
        return CheckpointRef(found.name, machine.ref)

    async def delete(self, uuid: bytes, name: str, flags: int) -> None:
        machine, moment = self._find(uuid, name)
        if flags & (MomentDelete.CHILDREN | MomentDelete.CHILDREN_ONLY):
            machine.checkpoints.remove_below(moment)
        if not flags & MomentDelete.CHILDREN_ONLY:
            machine.checkpoints.remove(moment)

    # -- how it is done -----------------------------------------------------------------------------------------------

    def _find(self, uuid: bytes, name: str) -> tuple[Machine, Moment[CheckpointDef]]:
        machine = self._means.find(uuid)
        moment = machine.checkpoints.find(name)
        if moment is None:
            raise _no_checkpoint(f"no domain checkpoint with matching name '{name}'")
        return machine, moment


def _no_checkpoint(why: str) -> NoCheckpoint:
    return NoCheckpoint(f"Domain checkpoint not found: {why}", domain=FROM_TEST, detail=why)


def _unsupported(why: str) -> OperationUnsupported:
    return OperationUnsupported(f"Operation not supported: {why}", domain=FROM_TEST, detail=why)


def _redefine(machine: Machine, found: CheckpointDef) -> None:
    """Put a checkpoint where it says it was; it is current if it goes on from the current one, or is the first."""
    tree = machine.checkpoints
    tree.check_parent(found)
    check_uuid(machine, found, "checkpoint", FROM_CHECKPOINT)
    other = tree.find(found.name)
    if other is not None:
        found.domain = found.domain or other.definition.domain
    if found.domain is not None:
        align_disks(found, found.domain)
    goes_on = tree.current is None or found.parent == tree.current.name
    moment = tree.redefine(found)
    if goes_on:
        tree.current = moment
