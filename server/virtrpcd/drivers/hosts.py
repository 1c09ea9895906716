"""Driver methods about the host beyond its description: all optional."""

from __future__ import annotations

from virtrpcd.drivers.optional import OptionalMethods
from virtrpcd.model import TypedParam


class HostMethods(OptionalMethods):
    """NUMA nodes, statistics, firmware, cpu models."""

    def cells_free_memory(self, first: int, most: int) -> list[int]:
        """Return the free bytes of at most `most` NUMA nodes from `first` on."""
        self._unsupported("virNodeGetCellsFreeMemory")

    def free_pages(self, sizes_kib: list[int], first: int, count: int, flags: int) -> list[int]:
        """Return the free pages of each size, node after node."""
        self._unsupported("virNodeGetFreePages")

    def node_cpu_stats(self, cpu: int, flags: int) -> list[tuple[str, int]]:
        """Return (name, ns) pairs of a cpu, -1 for all of them."""
        self._unsupported("virNodeGetCPUStats")

    def node_memory_stats(self, cell: int, flags: int) -> list[tuple[str, int]]:
        """Return (name, KiB) pairs of a NUMA node, -1 for all of them."""
        self._unsupported("virNodeGetMemoryStats")

    def node_memory_parameters(self, flags: int) -> list[TypedParam]:
        """Return how the host shares memory pages."""
        self._unsupported("virNodeGetMemoryParameters")

    async def set_node_memory_parameters(self, params: list[TypedParam], flags: int) -> None:
        """Say how the host shares memory pages."""
        self._unsupported("virNodeSetMemoryParameters")

    def security_model(self) -> tuple[str, str]:
        """Return (model, domain of interpretation); both empty where no model keeps machines apart."""
        return "", ""

    def sysinfo(self, flags: int) -> str:
        """Return what the host's firmware says of it, as XML."""
        self._unsupported("virConnectGetSysinfo")

    def cpu_model_names(self, arch: str, flags: int) -> list[str]:
        """Return the cpu models of an architecture that have a name."""
        self._unsupported("virConnectGetCPUModelNames")

    def baseline_cpu(self, cpus: list[str], flags: int) -> str:
        """Return the XML of the best cpu that all of `cpus` (XML each) have in common."""
        self._unsupported("virConnectBaselineCPU")

    def compare_cpu(self, xml: str, flags: int) -> int:
        """Return how a cpu compares with the host's: a virCPUCompareResult."""
        self._unsupported("virConnectCompareCPU")

    def domain_capabilities(
        self, emulator: str | None, arch: str | None, machine: str | None, kind: str | None, flags: int
    ) -> str:
        """Return what a machine of this kind can have, as XML."""
        self._unsupported("virConnectGetDomainCapabilities")
