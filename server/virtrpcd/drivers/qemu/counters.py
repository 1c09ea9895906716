"""What QEMU tells of its disks -> counters and sizes by target; what no QEMU would tell is refused."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from virtrpcd.drivers.qemu.qmp import MonitorError

MAX_COUNTER: Final = (1 << 63) - 1


class DiskCounters(NamedTuple):
    """What QEMU counts of a disk since it started (names are QEMU's), and the sizes of its image in bytes."""

    rd_operations: int
    rd_bytes: int
    rd_total_time_ns: int
    wr_operations: int
    wr_bytes: int
    wr_total_time_ns: int
    flush_operations: int
    flush_total_time_ns: int
    wr_highest_offset: int
    capacity: int = 0
    actual_size: int = 0


_COUNTED: Final = DiskCounters._fields[:9]


def read_counters(blocks: Any, stats: Any) -> dict[str, DiskCounters]:
    """Return the counters of each disk, from the answers to query-block and query-blockstats. Raises MonitorError."""
    try:
        images = {block.get("qdev"): (block.get("inserted") or {}).get("image") or {} for block in blocks}
        found: dict[str, DiskCounters] = {}
        for block in stats:
            target = _target_of(str(block.get("qdev", "")))
            if target is None:
                continue
            counted = [_counter(block["stats"].get(name, 0)) for name in _COUNTED]
            image = images.get(block.get("qdev"), {})
            sizes = [_counter(image.get(name, 0)) for name in ("virtual-size", "actual-size")]
            found[target] = DiskCounters._make([*counted, *sizes])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MonitorError("QEMU's statistics of disks are malformed") from error
    return found


def _target_of(qdev: str) -> str | None:
    """Return the disk target whose device has this path ("/machine/peripheral/dev-vda/virtio-backend")."""
    return next((part.removeprefix("dev-") for part in qdev.split("/") if part.startswith("dev-")), None)


def _counter(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError("a counter is a number")
    return min(max(value, 0), MAX_COUNTER)
