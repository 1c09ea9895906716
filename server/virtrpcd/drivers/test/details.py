"""What the test driver tells of its machines beyond their state: invented, and the same as libvirt's test driver's."""

from __future__ import annotations

import time
from typing import Final

from virtrpcd import metadata
from virtrpcd.drivers.test.queries import TestQueries
from virtrpcd.drivers.test.refusals import invalid, not_done, only_flags
from virtrpcd.drivers.test.tuning import find_disk, interface_of
from virtrpcd.errors import FROM_DOM, ConfigUnsupported, NoMetadata
from virtrpcd.model import Affect, MetadataChangeEvent, ParamKind, TypedParam
from virtrpcd.model_details import BlockInfo, BlockStats, InterfaceStats

SECURITY_LABEL: Final = "libvirt-test"
BLOCK_INFO: Final = BlockInfo(allocation=1 << 40, capacity=(1 << 40) - 5177344, physical=1 << 40)
_AFFECT: Final = int(Affect.LIVE | Affect.CONFIG)
_MESSAGES: Final = 3
_VIRTUAL: Final = 1
_PHYSICAL: Final = 2
_ACTIONS: Final = ("destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart")
_EVENTS: Final = ("poweroff", "reboot", "crash")
_CRASH: Final = 2
_FOR_CRASHES: Final = 4
_DESCRIPTION, _TITLE, _ELEMENT = range(3)
_ULLONG: Final = int(ParamKind.ULLONG)
_CPU_TIME_NS: Final = 48772617035
_USER_TIME_NS: Final = 5540000000
_SYSTEM_TIME_NS: Final = 6460000000
_VCPU_TIME_NS: Final = 23151740627
_CPUS: Final = 2


class TestDetails(TestQueries):
    """The optional methods of drivers/details.py. Counters grow with the time of day."""

    def block_stats(self, uuid: bytes, path: str) -> BlockStats:
        machine = self._find(uuid)
        if not path:
            raise not_done("summary statistics are not supported yet")
        live = machine.need_active()
        if find_disk(live, path) is None:
            raise invalid(f"invalid path: {path[:200]}")
        us = time.time_ns() // 1000
        return BlockStats(us // 10, us // 20, us // 30, us // 40, us // 2_000_000)

    def interface_stats(self, uuid: bytes, device: str) -> InterfaceStats:
        interface_of(self._find(uuid).need_active(), device)
        us = time.time_ns() // 1000
        s = us // 1_000_000
        return InterfaceStats(us // 10, us // 100, s, s // 2, us // 20, us // 110, s // 3, s // 4)

    def block_info(self, uuid: bytes, path: str, flags: int) -> BlockInfo:
        only_flags(flags, 0, "testDomainGetBlockInfo")
        if find_disk(self._find(uuid).current(), path) is None:
            raise invalid(f"invalid path {path[:200]} not assigned to domain")
        return BLOCK_INFO

    def disk_errors(self, uuid: bytes, flags: int) -> list[tuple[str, int]]:
        only_flags(flags, 0, "testDomainGetDiskErrors")
        return [(disk.target, 1 + index % 2) for index, disk in enumerate(self._find(uuid).need_active().disks)]

    def cpu_total(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, 0, "testDomainGetCPUStats")
        self._find(uuid).need_active()
        times = {"cpu_time": _CPU_TIME_NS, "user_time": _USER_TIME_NS, "system_time": _SYSTEM_TIME_NS}
        return [TypedParam(name, _ULLONG, ns) for name, ns in times.items()]

    def cpu_stats(self, uuid: bytes, flags: int) -> list[list[TypedParam]]:
        only_flags(flags, 0, "testDomainGetCPUStats")
        self._find(uuid).need_active()
        return [
            [
                TypedParam("cpu_time", _ULLONG, _CPU_TIME_NS // _CPUS + cpu),
                TypedParam("vcpu_time", _ULLONG, _VCPU_TIME_NS + cpu),
            ]
            for cpu in range(_CPUS)
        ]

    def memory_peek(self, uuid: bytes, offset: int, size: int, flags: int) -> bytes:
        only_flags(flags, _VIRTUAL | _PHYSICAL, "testDomainMemoryPeek")
        if not flags:
            raise invalid("flags parameter must be VIR_MEMORY_VIRTUAL or VIR_MEMORY_PHYSICAL")
        self._find(uuid).need_active()
        first = offset % 256
        return (bytes(range(256)) * (size // 256 + 2))[first : first + size]

    def security_label(self, uuid: bytes) -> tuple[str, bool]:
        return (SECURITY_LABEL, True) if self._find(uuid).active else ("", False)

    def messages(self, uuid: bytes, flags: int) -> list[str]:
        only_flags(flags, _MESSAGES, "testDomainGetMessages")
        self._find(uuid)
        return []

    def launch_security(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, 0, "testDomainGetLaunchSecurityInfo")
        self._find(uuid)
        return []

    def control_info(self, uuid: bytes) -> tuple[int, int, int]:
        self._find(uuid).need_active()
        return 0, 0, 0

    # -- metadata ---------------------------------------------------------------------------------------------------

    def metadata(self, uuid: bytes, kind: int, uri: str | None, flags: int) -> str:
        only_flags(flags, _AFFECT, "testDomainGetMetadata")
        definition = self._find(uuid).one(flags)
        if kind == _DESCRIPTION:
            found = definition.description
        elif kind == _TITLE:
            found = definition.title
        elif kind == _ELEMENT:
            found = metadata.piece(definition.metadata or [], uri or "")
        else:
            raise invalid(f"unknown metadata type '{kind}'", domain=FROM_DOM)
        if not found:
            why = "Requested metadata element is not present"
            raise NoMetadata(f"metadata not found: {why}", domain=FROM_DOM, detail=why)
        return found

    async def set_metadata(
        self, uuid: bytes, kind: int, text: str | None, key: str | None, uri: str | None, flags: int
    ) -> None:
        only_flags(flags, _AFFECT, "testDomainSetMetadata")
        machine = self._find(uuid)
        definitions = machine.affected(flags)
        if not _DESCRIPTION <= kind <= _ELEMENT:
            raise invalid(f"unknown metadata type '{kind}'", domain=FROM_DOM)
        for definition in definitions:
            if kind == _DESCRIPTION:
                definition.description = text or None
            elif kind == _TITLE:
                definition.title = text or None
            elif text is not None:
                definition.metadata = metadata.with_piece(definition.metadata or [], uri or "", key or "", text)
            elif definition.metadata is not None:
                definition.metadata = metadata.without_piece(definition.metadata, uri or "")
        machine.changed(definitions)
        self.bus.publish(MetadataChangeEvent(machine.ref, kind, uri))

    async def set_lifecycle_action(self, uuid: bytes, kind: int, action: int, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetLifecycleAction")
        machine = self._find(uuid)
        if action >= _FOR_CRASHES and kind != _CRASH:
            why = f"Lifecycle event '{_EVENTS[kind]}' doesn't support '{_ACTIONS[action]}' action"
            raise ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_DOM, detail=why)
        definitions = machine.affected(flags)
        for definition in definitions:
            setattr(definition, f"on_{_EVENTS[kind]}", _ACTIONS[action])
        machine.changed(definitions)
