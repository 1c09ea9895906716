"""The host that the test driver pretends to be: the same as that of libvirt's test:///default, in numbers that agree.

16 cpus: 2 NUMA nodes of 2 sockets of 2 cores of 2 threads, i686. Where libvirt's own answers contradict each other (its
cpu map has 8 cpus), the 16 of its node information are meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtrpcd.model import NodeInfo

HOST_CPUS: Final = 16
MAX_VCPUS: Final = 32
FREE_MEMORY_BYTES: Final = 3072 * 1024
EMULATOR: Final = "/usr/bin/test-hv"
ARCH: Final = "i686"

NODE_INFO: Final = NodeInfo(
    model=ARCH, memory_kib=3145728, cpus=HOST_CPUS, mhz=1400, nodes=2, sockets=2, cores=2, threads=2
)

_CELL_MEMORY_KIB: Final = (1048576, 2097152)


def _cells() -> Iterator[str]:
    per_cell = HOST_CPUS // len(_CELL_MEMORY_KIB)
    for cell, memory_kib in enumerate(_CELL_MEMORY_KIB):
        yield f"        <cell id='{cell}'>"
        yield f"          <memory unit='KiB'>{memory_kib}</memory>"
        yield f"          <pages unit='KiB' size='4'>{memory_kib // 4}</pages>"
        yield f"          <cpus num='{per_cell}'>"
        for index in range(per_cell):
            cpu = cell * per_cell + index
            first = cpu - cpu % 2
            place = f"socket_id='{cell * 2 + index // 4}' die_id='0' core_id='{index // 2 % 2}'"
            yield f"            <cpu id='{cpu}' {place} siblings='{first}-{first + 1}'/>"
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
        "      </features>",
        "      <pages unit='KiB' size='4'/>",
        "    </cpu>",
        "    <power_management/>",
        "    <iommu support='no'/>",
        "    <topology>",
        f"      <cells num='{len(_CELL_MEMORY_KIB)}'>",
        *_cells(),
        "      </cells>",
        "    </topology>",
        "  </host>",
        "",
        *_guest("hvm"),
        *_guest("linux"),
        "</capabilities>",
        "",
    ]
    return "\n".join(lines)
