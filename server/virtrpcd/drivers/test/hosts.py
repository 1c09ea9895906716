"""What the test driver tells of the host that it pretends to be."""

from __future__ import annotations

from typing import Final

from virtrpcd.drivers.test import cpus, host
from virtrpcd.drivers.test.queries import TestQueries
from virtrpcd.drivers.test.refusals import invalid, only_flags
from virtrpcd.errors import NotSupported

FROM_CPU: Final = 31
_SYSINFO: Final = """\
<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>LENOVO</entry>
    <entry name='version'>G4ETA1WW (2.61 )</entry>
    <entry name='date'>05/07/2014</entry>
    <entry name='release'>2.61</entry>
  </bios>
</sysinfo>
"""
_CPU_TIME_NS: Final = (("user", 9797400000), ("kernel", 34678723400000), ("idle", 87264900000), ("iowait", 763600000))


class TestHost(TestQueries):
    """The optional methods of drivers/hosts.py."""

    def cells_free_memory(self, first: int, most: int) -> list[int]:
        cells = host.CELL_MEMORY_KIB
        if not 0 <= first < len(cells):
            raise invalid("Range exceeds available cells")
        return list(cells[first : first + most])

    def free_pages(self, sizes_kib: list[int], first: int, count: int, flags: int) -> list[int]:
        """Return the numbers that libvirt's test driver makes up: each twice the one before and 7, from 19 on."""
        only_flags(flags, 0, "testNodeGetFreePages")
        return [26 * 2**place - 7 for place in range(len(sizes_kib) * count)]

    def node_cpu_stats(self, cpu: int, flags: int) -> list[tuple[str, int]]:
        only_flags(flags, 0, "testNodeGetCPUStats")
        return list(_CPU_TIME_NS)

    def security_model(self) -> tuple[str, str]:
        return host.SECURITY_MODEL, ""

    def sysinfo(self, flags: int) -> str:
        only_flags(flags, 0, "testConnectGetSysinfo")
        return _SYSINFO

    def cpu_model_names(self, arch: str, flags: int) -> list[str]:
        only_flags(flags, 0, "testConnectGetCPUModelNames")
        if arch in cpus.WITHOUT_MODELS:
            raise NotSupported(f"'{arch}' architecture is not supported by CPU driver", domain=FROM_CPU)
        models = cpus.MODELS.get(arch)
        if models is None:
            raise invalid(f"cannot find architecture {arch[:80]}")
        return list(models)

    def baseline_cpu(self, xmls: list[str], flags: int) -> str:
        only_flags(flags, cpus.EXPAND_FEATURES, "testConnectBaselineCPU")
        return cpus.baseline(xmls, expand=bool(flags))
