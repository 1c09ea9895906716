"""Handlers of snapshots and checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert_snapshot as convert
from virtrpcd.errors import FROM_CHECKPOINT, FROM_SNAPSHOT, InvalidArgument
from virtrpcd.service.context import Handlers, at_most, driver_of

Flag = tuple[int, str]

_REDEFINE: Final = (0x1, "VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE")
_CURRENT: Final = (0x2, "VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT")
_NO_METADATA: Final = (0x4, "VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA")
_HALT: Final = (0x8, "VIR_DOMAIN_SNAPSHOT_CREATE_HALT")
_RUNNING: Final = (0x1, "VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING")
_PAUSED: Final = (0x2, "VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED")
_CHILDREN: Final = (0x1, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN")
_CHILDREN_ONLY: Final = (0x4, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY")
_CHECKPOINT_REDEFINE: Final = (0x1, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE")
_CHECKPOINT_QUIESCE: Final = (0x2, "VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE")
_CHECKPOINT_VALIDATE: Final = (0x4, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE")
_CHECKPOINT_CHILDREN: Final = (0x1, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN")
_CHECKPOINT_CHILDREN_ONLY: Final = (0x4, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY")


def _require(flags: int, flag: Flag, needed: Flag, domain: int) -> None:
    """Raise InvalidArgument for `flag` without the one that it needs."""
    if flags & flag[0] and not flags & needed[0]:
        raise InvalidArgument(f"Flag '{needed[1]}' is required by flag '{flag[1]}'", domain=domain)


def _exclude(flags: int, one: Flag, other: Flag, domain: int) -> None:
    """Raise InvalidArgument for two flags that contradict each other."""
    if flags & one[0] and flags & other[0]:
        raise InvalidArgument(f"Flags '{one[1]}' and '{other[1]}' are mutually exclusive", domain=domain)


def _names(found: Sequence[tuple[str, object]], most: int) -> list[str]:
    return [one[0] for one in found[: at_most(most, v.VIRT_SNAPSHOT_LIST_MAX, "maxnames")]]


class SnapshotListHandlers(Handlers):
    """Which snapshots there are."""

    def virt_domain_snapshot_num(
        self, args: v.virt_domain_snapshot_num_args, call: Call
    ) -> v.virt_domain_snapshot_num_ret:
        return v.virt_domain_snapshot_num_ret(len(driver_of(call).snapshots.all(args.dom.uuid, args.flags)))

    def virt_domain_snapshot_list_names(
        self, args: v.virt_domain_snapshot_list_names_args, call: Call
    ) -> v.virt_domain_snapshot_list_names_ret:
        found = driver_of(call).snapshots.all(args.dom.uuid, args.flags)
        return v.virt_domain_snapshot_list_names_ret(_names(found, args.maxnames))

    def virt_domain_list_all_snapshots(
        self, args: v.virt_domain_list_all_snapshots_args, call: Call
    ) -> v.virt_domain_list_all_snapshots_ret:
        found = driver_of(call).snapshots.all(args.dom.uuid, args.flags)
        wire = [convert.snapshot(ref) for ref in found] if args.need_results else []
        return v.virt_domain_list_all_snapshots_ret(wire, len(found))

    def virt_domain_snapshot_num_children(
        self, args: v.virt_domain_snapshot_num_children_args, call: Call
    ) -> v.virt_domain_snapshot_num_children_ret:
        found = driver_of(call).snapshots.children(args.snap.dom.uuid, args.snap.name, args.flags)
        return v.virt_domain_snapshot_num_children_ret(len(found))

    def virt_domain_snapshot_list_children_names(
        self, args: v.virt_domain_snapshot_list_children_names_args, call: Call
    ) -> v.virt_domain_snapshot_list_children_names_ret:
        found = driver_of(call).snapshots.children(args.snap.dom.uuid, args.snap.name, args.flags)
        return v.virt_domain_snapshot_list_children_names_ret(_names(found, args.maxnames))

    def virt_domain_snapshot_list_all_children(
        self, args: v.virt_domain_snapshot_list_all_children_args, call: Call
    ) -> v.virt_domain_snapshot_list_all_children_ret:
        found = driver_of(call).snapshots.children(args.snapshot.dom.uuid, args.snapshot.name, args.flags)
        wire = [convert.snapshot(ref) for ref in found] if args.need_results else []
        return v.virt_domain_snapshot_list_all_children_ret(wire, len(found))

    def virt_domain_snapshot_lookup_by_name(
        self, args: v.virt_domain_snapshot_lookup_by_name_args, call: Call
    ) -> v.virt_domain_snapshot_lookup_by_name_ret:
        ref = driver_of(call).snapshots.lookup(args.dom.uuid, args.name)
        return v.virt_domain_snapshot_lookup_by_name_ret(convert.snapshot(ref))


class SnapshotHandlers(Handlers):
    """What one snapshot is; making, removing and going back."""

    def virt_domain_snapshot_get_xml_desc(
        self, args: v.virt_domain_snapshot_get_xml_desc_args, call: Call
    ) -> v.virt_domain_snapshot_get_xml_desc_ret:
        xml = driver_of(call).snapshots.xml(args.snap.dom.uuid, args.snap.name, args.flags)
        return v.virt_domain_snapshot_get_xml_desc_ret(xml)

    def virt_domain_has_current_snapshot(
        self, args: v.virt_domain_has_current_snapshot_args, call: Call
    ) -> v.virt_domain_has_current_snapshot_ret:
        return v.virt_domain_has_current_snapshot_ret(int(driver_of(call).snapshots.has_current(args.dom.uuid)))

    def virt_domain_snapshot_current(
        self, args: v.virt_domain_snapshot_current_args, call: Call
    ) -> v.virt_domain_snapshot_current_ret:
        return v.virt_domain_snapshot_current_ret(convert.snapshot(driver_of(call).snapshots.current(args.dom.uuid)))

    def virt_domain_snapshot_get_parent(
        self, args: v.virt_domain_snapshot_get_parent_args, call: Call
    ) -> v.virt_domain_snapshot_get_parent_ret:
        ref = driver_of(call).snapshots.parent(args.snap.dom.uuid, args.snap.name)
        return v.virt_domain_snapshot_get_parent_ret(convert.snapshot(ref))

    def virt_domain_snapshot_is_current(
        self, args: v.virt_domain_snapshot_is_current_args, call: Call
    ) -> v.virt_domain_snapshot_is_current_ret:
        current = driver_of(call).snapshots.is_current(args.snap.dom.uuid, args.snap.name)
        return v.virt_domain_snapshot_is_current_ret(int(current))

    def virt_domain_snapshot_has_metadata(
        self, args: v.virt_domain_snapshot_has_metadata_args, call: Call
    ) -> v.virt_domain_snapshot_has_metadata_ret:
        kept = driver_of(call).snapshots.has_metadata(args.snap.dom.uuid, args.snap.name)
        return v.virt_domain_snapshot_has_metadata_ret(int(kept))

    async def virt_domain_snapshot_create_xml(
        self, args: v.virt_domain_snapshot_create_xml_args, call: Call
    ) -> v.virt_domain_snapshot_create_xml_ret:
        _require(args.flags, _CURRENT, _REDEFINE, FROM_SNAPSHOT)
        _exclude(args.flags, _REDEFINE, _NO_METADATA, FROM_SNAPSHOT)
        _exclude(args.flags, _REDEFINE, _HALT, FROM_SNAPSHOT)
        ref = await driver_of(call).snapshots.create(args.dom.uuid, args.xml_desc, args.flags)
        return v.virt_domain_snapshot_create_xml_ret(convert.snapshot(ref))

    async def virt_domain_revert_to_snapshot(self, args: v.virt_domain_revert_to_snapshot_args, call: Call) -> None:
        _exclude(args.flags, _RUNNING, _PAUSED, FROM_SNAPSHOT)
        await driver_of(call).snapshots.revert(args.snap.dom.uuid, args.snap.name, args.flags)

    async def virt_domain_snapshot_delete(self, args: v.virt_domain_snapshot_delete_args, call: Call) -> None:
        _exclude(args.flags, _CHILDREN, _CHILDREN_ONLY, FROM_SNAPSHOT)
        await driver_of(call).snapshots.delete(args.snap.dom.uuid, args.snap.name, args.flags)


class CheckpointHandlers(Handlers):
    """Which checkpoints there are, what one is; making and removing."""

    def virt_domain_list_all_checkpoints(
        self, args: v.virt_domain_list_all_checkpoints_args, call: Call
    ) -> v.virt_domain_list_all_checkpoints_ret:
        found = driver_of(call).checkpoints.all(args.dom.uuid, args.flags)
        wire = [convert.checkpoint(ref) for ref in found] if args.need_results else []
        return v.virt_domain_list_all_checkpoints_ret(wire, len(found))

    def virt_domain_checkpoint_list_all_children(
        self, args: v.virt_domain_checkpoint_list_all_children_args, call: Call
    ) -> v.virt_domain_checkpoint_list_all_children_ret:
        found = driver_of(call).checkpoints.children(args.checkpoint.dom.uuid, args.checkpoint.name, args.flags)
        wire = [convert.checkpoint(ref) for ref in found] if args.need_results else []
        return v.virt_domain_checkpoint_list_all_children_ret(wire, len(found))

    def virt_domain_checkpoint_lookup_by_name(
        self, args: v.virt_domain_checkpoint_lookup_by_name_args, call: Call
    ) -> v.virt_domain_checkpoint_lookup_by_name_ret:
        ref = driver_of(call).checkpoints.lookup(args.dom.uuid, args.name)
        return v.virt_domain_checkpoint_lookup_by_name_ret(convert.checkpoint(ref))

    def virt_domain_checkpoint_get_parent(
        self, args: v.virt_domain_checkpoint_get_parent_args, call: Call
    ) -> v.virt_domain_checkpoint_get_parent_ret:
        ref = driver_of(call).checkpoints.parent(args.checkpoint.dom.uuid, args.checkpoint.name)
        return v.virt_domain_checkpoint_get_parent_ret(convert.checkpoint(ref))

    def virt_domain_checkpoint_get_xml_desc(
        self, args: v.virt_domain_checkpoint_get_xml_desc_args, call: Call
    ) -> v.virt_domain_checkpoint_get_xml_desc_ret:
        xml = driver_of(call).checkpoints.xml(args.checkpoint.dom.uuid, args.checkpoint.name, args.flags)
        return v.virt_domain_checkpoint_get_xml_desc_ret(xml)

    async def virt_domain_checkpoint_create_xml(
        self, args: v.virt_domain_checkpoint_create_xml_args, call: Call
    ) -> v.virt_domain_checkpoint_create_xml_ret:
        _require(args.flags, _CHECKPOINT_VALIDATE, _CHECKPOINT_REDEFINE, FROM_CHECKPOINT)
        _exclude(args.flags, _CHECKPOINT_REDEFINE, _CHECKPOINT_QUIESCE, FROM_CHECKPOINT)
        ref = await driver_of(call).checkpoints.create(args.dom.uuid, args.xml_desc, args.flags)
        return v.virt_domain_checkpoint_create_xml_ret(convert.checkpoint(ref))

    async def virt_domain_checkpoint_delete(self, args: v.virt_domain_checkpoint_delete_args, call: Call) -> None:
        _exclude(args.flags, _CHECKPOINT_CHILDREN, _CHECKPOINT_CHILDREN_ONLY, FROM_CHECKPOINT)
        await driver_of(call).checkpoints.delete(args.checkpoint.dom.uuid, args.checkpoint.name, args.flags)
