"""The host that the test driver pretends to be: the same as that of libvirt's test:///default.

16 cpus: 2 NUMA nodes of 2 sockets of 2 cores of 2 threads, i686. As there, its answers contradict each other: the cpu
map has 8 cpus, and the nodes have twice the memory of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtrpcd.model import NodeInfo

HOST_CPUS: Final = 16
ALL_CPUS: Final = frozenset(range(HOST_CPUS))
CPU_MAP: Final = (True, False, True, False, True, False, False, False)
MAX_IOTHREADS: Final = 16384
SECURITY_MODEL: Final = "testSecurity"
MAX_VCPUS: Final = 32
FREE_MEMORY_BYTES: Final = 3072 * 1024
EMULATOR: Final = "/usr/bin/test-hv"
ARCH: Final = "i686"

NODE_INFO: Final = NodeInfo(
    model=ARCH, memory_kib=3145728, cpus=HOST_CPUS, mhz=1400, nodes=2, sockets=2, cores=2, threads=2
)

CELL_MEMORY_KIB: Final = (2097152, 4194304)
_PAGE_KIB: Final = (4, 8)
_HUGE_PAGES_KIB: Final = (2048, 1048576)


def _cells() -> Iterator[str]:
    per_cell = HOST_CPUS // len(CELL_MEMORY_KIB)
    for cell, memory_kib in enumerate(CELL_MEMORY_KIB):
        page_kib = _PAGE_KIB[cell]
        yield f"        <cell id='{cell}'>"
        yield f"          <memory unit='KiB'>{memory_kib}</memory>"
        yield f"          <pages unit='KiB' size='{page_kib}'>{memory_kib // page_kib}</pages>"
        yield from (f"          <pages unit='KiB' size='{kib}'>0</pages>" for kib in _HUGE_PAGES_KIB)
        yield f"          <cpus num='{per_cell}'>"
        for index in range(per_cell):
            cpu = cell * per_cell + index
            place = f"socket_id='{cell}' die_id='0' core_id='{index}'"
            yield f"            <cpu id='{cpu}' {place} siblings='{cpu}'/>"
        yield "          </cpus>"
        yield "        </cell>"


def _guest(os_type: str) -> list[str]:
    return [
        "  <guest>",
        f"    <os_type>{os_type}</os_type>",
        f"    <arch name='{ARCH}'>",
        "      <wordsize>32</wordsize>",
        f"      <emulator>{EMULATOR}</emulator>",
        "      <domain type='test'/>",
        "    </arch>",
        "    <features>",
        "      <pae/>",
        "      <nonpae/>",
        "    </features>",
        "  </guest>",
        "",
    ]


def capabilities_xml() -> str:
    """Return what the host and the driver can do, in libvirt's capabilities format."""
    lines = [
        "<capabilities>",
        "",
        "  <host>",
        "    <cpu>",
        f"      <arch>{ARCH}</arch>",
        "      <features>",
        "        <pae/>",
        "        <nonpae/>",
        "      </features>",
        *(f"      <pages unit='KiB' size='{kib}'/>" for kib in (*_PAGE_KIB, *_HUGE_PAGES_KIB)),
        "    </cpu>",
        "    <power_management/>",
        "    <iommu support='no'/>",
        "    <topology>",
        f"      <cells num='{len(CELL_MEMORY_KIB)}'>",
        *_cells(),
        "      </cells>",
        "    </topology>",
        "    <secmodel>",
        f"      <model>{SECURITY_MODEL}</model>",
        "      <doi></doi>",
        "    </secmodel>",
        "  </host>",
        "",
        *_guest("hvm"),
        *_guest("xen"),
        "</capabilities>",
        "",
    ]
    return "\n".join(lines)
