"""Statistics of the qemu driver's machines: processes from /proc, disks from what QEMU said when last asked.

`learn_details` asks; the questions themselves answer from what it brought, without waiting.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from virtrpcd.domain_def import DiskDef
from virtrpcd.drivers.base import STATS_BALLOON, STATS_CPU, STATS_STATE, STATS_VCPU
from virtrpcd.drivers.qemu import qcow2
from virtrpcd.drivers.qemu.counters import DiskCounters
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.qmp import MonitorError, MonitorRefused
from virtrpcd.drivers.qemu.queries import QemuQueries
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.errors import FROM_QEMU, InvalidArgument, OperationFailed, VirtError
from virtrpcd.model import ParamKind, TypedParam
from virtrpcd.model_details import BlockInfo, BlockStats, InterfaceStats

STATS_INTERFACE: Final = 0x10
STATS_BLOCK: Final = 0x20

_ASK_S: Final = 2.0
"""How long one machine that does not answer may hold up the statistics of all."""

_BLOCK: Final = 512
_INT: Final = int(ParamKind.INT)
_UINT: Final = int(ParamKind.UINT)
_ULLONG: Final = int(ParamKind.ULLONG)
_STRING: Final = int(ParamKind.STRING)

log = logging.getLogger(__name__)


class QemuDetails(QemuQueries):
    """The methods of drivers/details.py about disks and interfaces, and domain_stats."""

    stats_groups: ClassVar[int] = (
        STATS_STATE | STATS_CPU | STATS_BALLOON | STATS_VCPU | STATS_INTERFACE | STATS_BLOCK
    )

    async def learn_details(self, uuids: Iterable[bytes]) -> None:
        machines = (self._by_uuid.get(uuid) for uuid in uuids)
        await asyncio.gather(*(_learn(machine.run) for machine in machines if machine is not None and machine.run))

    # -- disks --------------------------------------------------------------------------------------------------------

    def block_stats(self, uuid: bytes, path: str) -> BlockStats:
        run = self._find(uuid).need_run()
        counters = [self._counters(run, disk) for disk in _disks(run, path)]
        return BlockStats(
            sum(one.rd_operations for one in counters),
            sum(one.rd_bytes for one in counters),
            sum(one.wr_operations for one in counters),
            sum(one.wr_bytes for one in counters),
        )

    def block_stats_parameters(self, uuid: bytes, path: str, flags: int) -> list[TypedParam]:
        run = self._find(uuid).need_run()
        counters = [self._counters(run, disk) for disk in _disks(run, path)]
        names = {
            "wr_bytes": "wr_bytes", "wr_operations": "wr_operations", "rd_bytes": "rd_bytes",
            "rd_operations": "rd_operations", "flush_operations": "flush_operations",
            "wr_total_times": "wr_total_time_ns", "rd_total_times": "rd_total_time_ns",
            "flush_total_times": "flush_total_time_ns",
        }  # fmt: skip
        return [
            TypedParam(name, int(ParamKind.LLONG), sum(getattr(one, field) for one in counters))
            for name, field in names.items()
        ]

    def block_info(self, uuid: bytes, path: str, flags: int) -> BlockInfo:
        if flags:
            self._refuse(f"flags {flags:#x} are not supported by this driver")
        machine = self._find(uuid)
        disk = _find_disk(machine.current().disks, path)
        if disk is None or not path:
            why = f"invalid path {path[:200]} not assigned to domain"
            raise InvalidArgument(f"invalid argument: {why}", domain=FROM_QEMU, detail=why)
        if disk.source is None:
            why = f"disk '{path[:200]}' does not currently have a source assigned"
            raise InvalidArgument(f"invalid argument: {why}", domain=FROM_QEMU, detail=why)
        found = self._sizes(disk)
        counters = None if machine.run is None else machine.run.counters.get(disk.target)
        if counters is None:
            return found
        return BlockInfo(counters.wr_highest_offset or found.allocation, counters.capacity, found.physical)

    def _counters(self, run: Run, disk: DiskDef) -> DiskCounters:
        found = run.counters.get(disk.target)
        if found is None:
            raise OperationFailed(f"QEMU gives no counters of disk '{disk.target}'", domain=FROM_QEMU)
        return found

    def _sizes(self, disk: DiskDef) -> BlockInfo:
        """Return the sizes of an image that no QEMU has open, or of its file."""
        handle = self.settings.paths.open(disk.source or "", "disk", os.O_RDONLY)
        try:
            status = os.fstat(handle)
            capacity = qcow2.virtual_size(handle) if disk.format == "qcow2" else None
        finally:
            os.close(handle)
        return BlockInfo(status.st_blocks * _BLOCK, status.st_size if capacity is None else capacity, status.st_size)

    # -- interfaces ---------------------------------------------------------------------------------------------------

    def interface_stats(self, uuid: bytes, device: str) -> InterfaceStats:
        """Refuse: user-mode networks have no interface on the host that would count."""
        run = self._find(uuid).need_run()
        if any(device == interface.mac for interface in run.live.interfaces):
            raise VirtError("internal error: Interface name not provided", domain=FROM_QEMU)
        why = f"'{device[:200]}' is not a known interface"
        raise InvalidArgument(f"invalid argument: {why}", domain=FROM_QEMU, detail=why)

    # -- all statistics -----------------------------------------------------------------------------------------------

    def domain_stats(self, uuid: bytes, groups: int) -> list[TypedParam]:
        machine = self._find(uuid)
        wanted = groups or ~0
        params: list[TypedParam] = []
        if wanted & STATS_STATE:
            params += [TypedParam("state.state", _INT, machine.state), TypedParam("state.reason", _INT, machine.reason)]
        if machine.damage is not None and machine.run is None:
            return params
        if wanted & STATS_CPU and machine.run is not None:
            user_ns, system_ns = machine.run.process.cpu_times_ns()
            total_ns = machine.run.process.cpu_time_ns()
            for name, ns in (("time", total_ns), ("user", user_ns), ("system", system_ns)):
                params.append(TypedParam(f"cpu.{name}", _ULLONG, ns))
        if wanted & STATS_BALLOON:
            params += _balloon_stats(machine)
        if wanted & STATS_VCPU:
            params += self._vcpu_stats(machine)
        if wanted & STATS_INTERFACE and machine.run is not None:
            # user-mode networks are counted, and have nothing else to tell
            params.append(TypedParam("net.count", _UINT, len(machine.run.live.interfaces)))
        if wanted & STATS_BLOCK:
            params += self._block_stats(machine)
        return params

    def _vcpu_stats(self, machine: Machine) -> Iterator[TypedParam]:
        definition = machine.current()
        yield TypedParam("vcpu.current", _UINT, definition.vcpus)
        yield TypedParam("vcpu.maximum", _UINT, definition.max_vcpus)
        if machine.run is None:
            return
        for vcpu in self.vcpus(machine.uuid):
            yield TypedParam(f"vcpu.{vcpu.number}.state", _INT, vcpu.state)
            yield TypedParam(f"vcpu.{vcpu.number}.time", _ULLONG, vcpu.cpu_time_ns)
            delay_ns = machine.run.process.run_delay_ns(machine.run.threads[vcpu.number])
            if delay_ns is not None:
                yield TypedParam(f"vcpu.{vcpu.number}.delay", _ULLONG, delay_ns)

    def _block_stats(self, machine: Machine) -> Iterator[TypedParam]:
        disks = machine.current().disks
        yield TypedParam("block.count", _UINT, len(disks))
        for number, disk in enumerate(disks):
            name = f"block.{number}"
            yield TypedParam(f"{name}.name", _STRING, disk.target)
            if disk.source is not None:
                yield TypedParam(f"{name}.path", _STRING, disk.source)
            if machine.run is not None:
                counters = machine.run.counters.get(disk.target)
                yield from [] if counters is None else _counted(name, counters, sizes=disk.source is not None)
            elif disk.source is not None:
                yield from self._sizes_of_off(name, disk)

    def _sizes_of_off(self, name: str, disk: DiskDef) -> Iterator[TypedParam]:
        try:
            sizes = self._sizes(disk)
        except VirtError as error:
            # one image that is not there must not hide all other statistics
            log.debug("no sizes of %.200s: %s", disk.source, error)
            return
        for field, value in sizes._asdict().items():
            yield TypedParam(f"{name}.{field}", _ULLONG, value)


async def _learn(run: Run) -> None:
    try:
        async with asyncio.timeout(_ASK_S):
            await run.learn_counters()
    except (MonitorError, MonitorRefused, TimeoutError) as error:
        run.counters = {}
        log.warning("machine %.100r: QEMU gives no statistics: %s", run.live.name, error)


def _disks(run: Run, path: str) -> list[DiskDef]:
    """Return the disk called so, by target or source; all of them for no name."""
    if not path:
        return [disk for disk in run.live.disks if disk.source is not None]
    disk = _find_disk(run.live.disks, path)
    if disk is None:
        why = f"invalid path: {path[:200]}"
        raise InvalidArgument(f"invalid argument: {why}", domain=FROM_QEMU, detail=why)
    return [disk]


def _find_disk(disks: list[DiskDef], path: str) -> DiskDef | None:
    return next((disk for disk in disks if path in (disk.target, disk.source)), None)


def _balloon_stats(machine: Machine) -> Iterator[TypedParam]:
    yield TypedParam("balloon.current", _ULLONG, machine.memory_kib)
    yield TypedParam("balloon.maximum", _ULLONG, machine.max_memory_kib)
    if machine.run is not None:
        yield TypedParam("balloon.rss", _ULLONG, machine.run.process.resident_kib())


def _counted(name: str, counters: DiskCounters, *, sizes: bool) -> Iterator[TypedParam]:
    values: dict[str, Any] = {
        "rd.reqs": counters.rd_operations,
        "rd.bytes": counters.rd_bytes,
        "rd.times": counters.rd_total_time_ns,
        "wr.reqs": counters.wr_operations,
        "wr.bytes": counters.wr_bytes,
        "wr.times": counters.wr_total_time_ns,
        "fl.reqs": counters.flush_operations,
        "fl.times": counters.flush_total_time_ns,
    }
    if sizes:
        values["allocation"] = counters.wr_highest_offset
        values["capacity"] = counters.capacity
        values["physical"] = counters.actual_size
    for field, value in values.items():
        yield TypedParam(f"{name}.{field}", _ULLONG, value)
