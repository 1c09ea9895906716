"""Driver methods about what a machine may use of its host: all optional.

`flags` are Affect's; a question is for one definition, so LIVE and CONFIG together are refused. Parameters that are not
named stay as they are.
"""

from __future__ import annotations

from virtrpcd.drivers.optional import OptionalMethods
from virtrpcd.model import TypedParam
from virtrpcd.model_details import IoThread


class TuningMethods(OptionalMethods):
    """Memory, disks, networks, NUMA, cpus of emulator and iothreads, performance counters."""

    def memory_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return the memory limits."""
        self._unsupported("virDomainGetMemoryParameters")

    async def set_memory_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        """Change memory limits."""
        self._unsupported("virDomainSetMemoryParameters")

    def blkio_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return the shares of the host's disks."""
        self._unsupported("virDomainGetBlkioParameters")

    async def set_blkio_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        """Change the shares of the host's disks."""
        self._unsupported("virDomainSetBlkioParameters")

    def numa_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return which NUMA nodes the memory comes from."""
        self._unsupported("virDomainGetNumaParameters")

    async def set_numa_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        """Say which NUMA nodes the memory comes from."""
        self._unsupported("virDomainSetNumaParameters")

    def block_io_tune(self, uuid: bytes, disk: str | None, flags: int) -> list[TypedParam]:
        """Return a disk's limits (`disk` None: those any disk can have)."""
        self._unsupported("virDomainGetBlockIoTune")

    async def set_block_io_tune(self, uuid: bytes, disk: str, params: list[TypedParam], flags: int) -> None:
        """Change a disk's limits."""
        self._unsupported("virDomainSetBlockIoTune")

    def interface_parameters(self, uuid: bytes, device: str, flags: int) -> list[TypedParam]:
        """Return a network interface's limits."""
        self._unsupported("virDomainGetInterfaceParameters")

    async def set_interface_parameters(self, uuid: bytes, device: str, params: list[TypedParam], flags: int) -> None:
        """Change a network interface's limits."""
        self._unsupported("virDomainSetInterfaceParameters")

    def perf_events(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return which performance counters are on."""
        self._unsupported("virDomainGetPerfEvents")

    async def set_perf_events(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        """Turn performance counters on and off."""
        self._unsupported("virDomainSetPerfEvents")

    def scheduler_parameters_flags(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return the scheduler's parameters of one definition."""
        self._unsupported("virDomainGetSchedulerParametersFlags")

    async def set_scheduler_parameters_flags(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        """Change the scheduler's parameters of one definition."""
        self._unsupported("virDomainSetSchedulerParametersFlags")

    def emulator_pin(self, uuid: bytes, flags: int) -> bytes:
        """Return the host cpus that the emulator's own threads may run on, as a map."""
        self._unsupported("virDomainGetEmulatorPinInfo")

    async def pin_emulator(self, uuid: bytes, cpumap: bytes, flags: int) -> None:
        """Let the emulator's own threads run only on the cpus of `cpumap`."""
        self._unsupported("virDomainPinEmulator")

    def iothreads(self, uuid: bytes, flags: int) -> list[IoThread]:
        """Return the threads that do disk work."""
        self._unsupported("virDomainGetIOThreadInfo")

    async def pin_iothread(self, uuid: bytes, iothread: int, cpumap: bytes, flags: int) -> None:
        """Let an iothread run only on the cpus of `cpumap`."""
        self._unsupported("virDomainPinIOThread")

    async def add_iothread(self, uuid: bytes, iothread: int, flags: int) -> None:
        """Add an iothread with that id."""
        self._unsupported("virDomainAddIOThread")

    async def delete_iothread(self, uuid: bytes, iothread: int, flags: int) -> None:
        """Take an iothread away."""
        self._unsupported("virDomainDelIOThread")

    async def set_iothread_params(self, uuid: bytes, iothread: int, params: list[TypedParam], flags: int) -> None:
        """Change how an iothread polls."""
        self._unsupported("virDomainSetIOThreadParams")

    async def set_memory_stats_period(self, uuid: bytes, period_s: int, flags: int) -> None:
        """Have the balloon gather statistics every `period_s` seconds, 0 for never."""
        self._unsupported("virDomainSetMemoryStatsPeriod")
