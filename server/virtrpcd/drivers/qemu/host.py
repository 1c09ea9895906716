"""The host as Linux tells of it in /proc and /sys, in the terms of the driver contract."""

from __future__ import annotations

import functools
import os
import platform
from pathlib import Path
from typing import Final

from virtrpcd.cpuset import parse_cpuset
from virtrpcd.model import NodeInfo

_CPUS: Final = Path("/sys/devices/system/cpu")
_MODEL_BYTES: Final = 31


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _set(path: Path) -> frozenset[int]:
    try:
        return parse_cpuset(_text(path).strip())
    except ValueError:
        return frozenset()


def online_cpus() -> frozenset[int]:
    """Return the numbers of the cpus that are online."""
    return _set(_CPUS / "online") or frozenset(range(os.cpu_count() or 1))


def cpu_map() -> list[bool]:
    """Return, for each cpu that is present, whether it is online."""
    online = online_cpus()
    present = _set(_CPUS / "present") | online
    return [cpu in online for cpu in range(max(present) + 1)]


def memory_kib(field: str) -> int:
    """Return a field of /proc/meminfo ("MemTotal") in KiB, 0 if it is not there."""
    for line in _text(Path("/proc/meminfo")).splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0])
    return 0


def _mhz() -> int:
    for line in _text(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("cpu MHz"):
            return round(float(line.partition(":")[2]))
    return 0


@functools.lru_cache(maxsize=1)
def node_info() -> NodeInfo:
    """Return what the host is; a topology that does not add up is given as one socket of single cores."""
    online = sorted(online_cpus())
    packages: dict[str, set[str]] = {}
    for cpu in online:
        topology = _CPUS / f"cpu{cpu}" / "topology"
        package = _text(topology / "physical_package_id").strip()
        packages.setdefault(package, set()).add(_text(topology / "core_id").strip())
    sockets = len(packages)
    cores = max((len(ids) for ids in packages.values()), default=1)
    threads = len(online) // (sockets * cores) if sockets * cores else 0
    if sockets * cores * threads != len(online):
        sockets, cores, threads = 1, len(online), 1
    model = platform.machine().encode()[:_MODEL_BYTES].decode(errors="ignore")
    return NodeInfo(model, memory_kib("MemTotal"), len(online), _mhz(), 1, sockets, cores, threads)
