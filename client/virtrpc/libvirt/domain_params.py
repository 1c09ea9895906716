"""What virDomain has as typed parameters, and by cpu: settings of scheduler, memory, disks; pins; statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from virtrpc.libvirt.calls import TYPED_STRINGS, Thing, bits, packed_bits, params, typed


class DomainParams(Thing):
    """Part of virDomain."""

    # -- typed parameters: how many there are is asked first

    def _params(self, name: str, *before: Any, flags: int) -> list[Any]:
        flags |= TYPED_STRINGS
        count = self._call(name, *before, 0, flags).nparams
        found: list[Any] = self._call(name, *before, count, flags).params if count else []
        return found

    def _set_params(self, name: str, values: Mapping[str, Any], known: list[Any], *before: Any, flags: int) -> int:
        self._call(name, *before, typed(values, known), flags)
        return 0

    def _scheduler(self, flags: int | None) -> list[Any]:
        count = self._call("domain_get_scheduler_type").nparams
        if flags is None:
            found: list[Any] = self._call("domain_get_scheduler_parameters", count).params
        else:
            found = self._call("domain_get_scheduler_parameters_flags", count, flags | TYPED_STRINGS).params
        return found

    def schedulerParameters(self) -> dict[str, Any]:
        """Return the settings of its scheduler."""
        return params(self._scheduler(None))

    def schedulerParametersFlags(self, flags: int = 0) -> dict[str, Any]:
        """Return the settings of its scheduler, now or when it starts."""
        return params(self._scheduler(flags))

    def setSchedulerParameters(self, params: Mapping[str, Any]) -> int:
        """Change the settings of its scheduler."""
        self._call("domain_set_scheduler_parameters", typed(params, self._scheduler(None)))
        return 0

    def setSchedulerParametersFlags(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change the settings of its scheduler, now or when it starts."""
        return self._set_params("domain_set_scheduler_parameters_flags", params, self._scheduler(flags), flags=flags)

    def memoryParameters(self, flags: int = 0) -> dict[str, Any]:
        """Return its limits of memory."""
        return params(self._params("domain_get_memory_parameters", flags=flags))

    def setMemoryParameters(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change its limits of memory."""
        known = self._params("domain_get_memory_parameters", flags=flags)
        return self._set_params("domain_set_memory_parameters", params, known, flags=flags)

    def blkioParameters(self, flags: int = 0) -> dict[str, Any]:
        """Return its shares of the disks."""
        return params(self._params("domain_get_blkio_parameters", flags=flags))

    def setBlkioParameters(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change its shares of the disks."""
        known = self._params("domain_get_blkio_parameters", flags=flags)
        return self._set_params("domain_set_blkio_parameters", params, known, flags=flags)

    def numaParameters(self, flags: int = 0) -> dict[str, Any]:
        """Return where its memory lies."""
        return params(self._params("domain_get_numa_parameters", flags=flags))

    def setNumaParameters(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change where its memory lies."""
        known = self._params("domain_get_numa_parameters", flags=flags)
        return self._set_params("domain_set_numa_parameters", params, known, flags=flags)

    def interfaceParameters(self, device: str, flags: int = 0) -> dict[str, Any]:
        """Return the limits of a network card."""
        return params(self._params("domain_get_interface_parameters", device, flags=flags))

    def setInterfaceParameters(self, device: str, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change the limits of a network card."""
        known = self._params("domain_get_interface_parameters", device, flags=flags)
        return self._set_params("domain_set_interface_parameters", params, known, device, flags=flags)

    def blockIoTune(self, disk: str | None, flags: int = 0) -> dict[str, Any]:
        """Return the limits of a disk."""
        return params(self._params("domain_get_block_io_tune", disk, flags=flags))

    def setBlockIoTune(self, disk: str, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change the limits of a disk."""
        known = self._params("domain_get_block_io_tune", disk, flags=flags)
        return self._set_params("domain_set_block_io_tune", params, known, disk, flags=flags)

    def blockStatsFlags(self, path: str, flags: int = 0) -> dict[str, Any]:
        """Return figures of a disk."""
        return params(self._params("domain_block_stats_flags", path, flags=flags))

    def setPerfEvents(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Have figures of performance counted, or not."""
        known = self._call("domain_get_perf_events", flags).params
        return self._set_params("domain_set_perf_events", params, known, flags=flags)

    def setIOThreadParams(self, iothread_val: int, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change how an I/O thread polls."""
        return self._set_params("domain_set_iothread_params", params, [], iothread_val, flags=flags)

    def getCPUStats(self, total: bool, flags: int = 0) -> list[dict[str, Any]]:
        """Return figures of all cpus together, or of each of the host's."""
        name, flags = "domain_get_cpu_stats", flags | TYPED_STRINGS
        if total:
            count = self._call(name, 0, -1, 1, flags).nparams
            return [params(self._call(name, count, -1, 1, flags).params)] if count else [{}]
        cpus = self._call(name, 0, 0, 0, flags).nparams
        count = self._call(name, 0, 0, 1, flags).nparams
        if not count:
            return [{} for _ in range(cpus)]
        found: list[dict[str, Any]] = []
        for start in range(0, cpus, 128):
            answer = self._call(name, count, start, min(128, cpus - start), flags)
            size = answer.nparams or count
            found += [params(answer.params[at : at + size]) for at in range(0, len(answer.params), size)]
        return found

    # -- which cpus of the host

    def vcpus(self) -> tuple[list[tuple[int, int, int, int]], list[tuple[bool, ...]]]:
        """Return for each vcpu number, state, time and cpu; and the cpus that it may use."""
        cpus = self._conn._cpus()
        most, size = self._call("domain_get_info").nr_virt_cpu, (cpus + 7) // 8
        found = self._call("domain_get_vcpus", most, size)
        rows = [(item.number, item.state, item.cpu_time, item.cpu) for item in found.info]
        maps = [bits(found.cpumaps[at * size : (at + 1) * size], cpus) for at in range(len(rows))]
        return rows, maps

    def pinVcpu(self, vcpu: int, cpumap: Sequence[object]) -> int:
        """Have a vcpu use only these cpus."""
        self._call("domain_pin_vcpu", vcpu, packed_bits(cpumap, self._conn._cpus()))
        return 0

    def pinVcpuFlags(self, vcpu: int, cpumap: Sequence[object], flags: int = 0) -> int:
        """Have a vcpu use only these cpus, now or when it starts."""
        self._call("domain_pin_vcpu_flags", vcpu, packed_bits(cpumap, self._conn._cpus()), flags)
        return 0

    def vcpuPinInfo(self, flags: int = 0) -> list[tuple[bool, ...]]:
        """Return for each vcpu the cpus that it may use."""
        cpus = self._conn._cpus()
        most, size = self._call("domain_get_info").nr_virt_cpu, (cpus + 7) // 8
        found = self._call("domain_get_vcpu_pin_info", most, size, flags)
        return [bits(found.cpumaps[at * size : (at + 1) * size], cpus) for at in range(found.num)]

    def pinEmulator(self, cpumap: Sequence[object], flags: int = 0) -> int:
        """Have the emulator use only these cpus."""
        self._call("domain_pin_emulator", packed_bits(cpumap, self._conn._cpus()), flags)
        return 0

    def emulatorPinInfo(self, flags: int = 0) -> tuple[bool, ...]:
        """Return the cpus that the emulator may use."""
        cpus = self._conn._cpus()
        return bits(self._call("domain_get_emulator_pin_info", (cpus + 7) // 8, flags).cpumaps, cpus)

    def pinIOThread(self, iothread_val: int, cpumap: Sequence[object], flags: int = 0) -> int:
        """Have an I/O thread use only these cpus."""
        self._call("domain_pin_iothread", iothread_val, packed_bits(cpumap, self._conn._cpus()), flags)
        return 0

    def ioThreadInfo(self, flags: int = 0) -> list[tuple[int, list[bool]]]:
        """Return the I/O threads, and the cpus that each may use."""
        cpus = self._conn._cpus()
        found = self._call("domain_get_iothread_info", flags).info
        return [(item.iothread_id, list(bits(item.cpumap, cpus))) for item in found]
