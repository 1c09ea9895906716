"""What a machine may use of its host, as data: the tuning elements of domain XML (domxml_tuning.py reads and writes).

Numbers and names are libvirt's. What is absent, 0 or None is not limited.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MEMORY_UNLIMITED_KIB: Final = 9007199254740991
"""What stands for "no limit" in memory parameters."""

MEMORY_LIMITS: Final = ("hard_limit", "soft_limit", "min_guarantee", "swap_hard_limit")
CPU_SHARES: Final = (
    "shares", "period", "quota", "global_period", "global_quota",
    "emulator_period", "emulator_quota", "iothread_period", "iothread_quota",
)  # fmt: skip
BLKIO_DEVICE_LIMITS: Final = ("weight", "read_iops_sec", "write_iops_sec", "read_bytes_sec", "write_bytes_sec")
NUMA_MODES: Final = ("strict", "preferred", "interleave", "restrictive")
PERF_EVENTS: Final = (
    "cmt", "mbmt", "mbml", "cpu_cycles", "instructions", "cache_references", "cache_misses", "branch_instructions",
    "branch_misses", "bus_cycles", "stalled_cycles_frontend", "stalled_cycles_backend", "ref_cpu_cycles", "cpu_clock",
    "task_clock", "page_faults", "context_switches", "cpu_migrations", "page_faults_min", "page_faults_maj",
    "alignment_faults", "emulation_faults",
)  # fmt: skip
IO_TUNE: Final = (
    "total_bytes_sec", "read_bytes_sec", "write_bytes_sec", "total_iops_sec", "read_iops_sec", "write_iops_sec",
    "total_bytes_sec_max", "read_bytes_sec_max", "write_bytes_sec_max",
    "total_iops_sec_max", "read_iops_sec_max", "write_iops_sec_max",
    "size_iops_sec", "group_name",
    "total_bytes_sec_max_length", "read_bytes_sec_max_length", "write_bytes_sec_max_length",
    "total_iops_sec_max_length", "read_iops_sec_max_length", "write_iops_sec_max_length",
)  # fmt: skip
BANDWIDTH: Final = {"inbound": ("average", "peak", "burst", "floor"), "outbound": ("average", "peak", "burst")}

IoTune = dict[str, int | str]
"""How fast a disk may be: IO_TUNE name to limit (a text for group_name)."""


@dataclass(slots=True)
class TuningDef:
    """Everything but the tuning of single devices.

    memory_kib: MEMORY_LIMITS name to limit. cpu: CPU_SHARES name to value. blkio_devices: path to BLKIO_DEVICE_LIMITS
    name to value. iothreads: their ids in order; iothread_pins and emulator_pin: cpusets as text. perf: event to
    whether it is enabled. balloon_period_s: how often the balloon's statistics are gathered.
    """

    memory_kib: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, int] = field(default_factory=dict)
    emulator_pin: str | None = None
    blkio_weight: int = 0
    blkio_devices: dict[str, dict[str, int]] = field(default_factory=dict)
    iothreads: list[int] = field(default_factory=list)
    iothread_pins: dict[int, str] = field(default_factory=dict)
    numa_mode: str | None = None
    numa_nodeset: str | None = None
    perf: dict[str, bool] = field(default_factory=dict)
    balloon_period_s: int = 0
