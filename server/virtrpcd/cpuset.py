"""Sets of host cpus: as text in XML ("0-3,^2"), as bit maps on the wire, as Python sets in between. Pure.

Bit 0 of byte 0 of a map is cpu 0. A map may be shorter or longer than the host has cpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

MAX_CPUS = 16384
"""Cpu numbers in text must be below this, so that a short text cannot stand for a huge set."""

_TERM = re.compile(r"(\^)?([0-9]{1,5})(?:-([0-9]{1,5}))?\Z", re.ASCII)


def parse_cpuset(text: str) -> frozenset[int]:
    """Return the cpus that text like "0-3,^2,8" names; ^N takes one out of what came before.

    Raises ValueError when the text is no such list, a cpu is MAX_CPUS or above, or no cpu is left.
    """
    mask = 0  # as one number, so that a long text of wide ranges is cheap
    for term in text.split(","):
        match = _TERM.match(term.strip(" \t\n"))
        if match is None or (match[1] and match[3]):
            raise ValueError(f"'{term}' is not a cpu, a range or ^cpu")
        first = int(match[2])
        last = int(match[3]) if match[3] else first
        if not first <= last < MAX_CPUS:
            raise ValueError(f"'{term}' is not a range of cpus below {MAX_CPUS}")
        if match[1]:
            mask &= ~(1 << first)
        else:
            mask |= (1 << last + 1) - (1 << first)
    if not mask:
        raise ValueError("the list of cpus is empty")
    return cpus_of_map(mask.to_bytes((mask.bit_length() + 7) // 8, "little"))


def format_cpuset(cpus: Iterable[int]) -> str:
    """Return the shortest text for a set of cpus, ranges joined, ascending: "0-1,3"."""
    ranges: list[list[int]] = []
    for cpu in sorted(set(cpus)):
        if ranges and ranges[-1][1] == cpu - 1:
            ranges[-1][1] = cpu
        else:
            ranges.append([cpu, cpu])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def cpus_of_map(cpumap: bytes) -> frozenset[int]:
    """Return the cpus whose bits are set."""
    return frozenset(
        8 * index + bit for index, byte in enumerate(cpumap) if byte for bit in range(8) if byte & (1 << bit)
    )


def map_of_cpus(cpus: Set[int], host_cpus: int) -> bytes:
    """Return the bit map, (host_cpus + 7) // 8 bytes; cpus the host does not have are left out."""
    cpumap = bytearray((host_cpus + 7) // 8)
    for cpu in cpus:
        if cpu < host_cpus:
            cpumap[cpu // 8] |= 1 << (cpu % 8)
    return bytes(cpumap)
