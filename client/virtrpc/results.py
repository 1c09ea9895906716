"""What calls return: plain tuples with names. Units are in the names of the fields."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Any, Final, NamedTuple
from uuid import UUID

from virtproto import virt as v


class State(IntEnum):
    """What a machine is doing. A number that is not known here reads as NOSTATE."""

    NOSTATE = 0
    RUNNING = 1
    BLOCKED = 2
    PAUSED = 3
    SHUTDOWN = 4
    SHUTOFF = 5
    CRASHED = 6
    PMSUSPENDED = 7

    @classmethod
    def _missing_(cls, value: object) -> State:
        return cls.NOSTATE

    @property
    def text(self) -> str:
        """For people: "running", "shut off", ..."""
        return _STATE_TEXTS[self]


_STATE_TEXTS: Final = {
    State.NOSTATE: "no state",
    State.RUNNING: "running",
    State.BLOCKED: "blocked",
    State.PAUSED: "paused",
    State.SHUTDOWN: "in shutdown",
    State.SHUTOFF: "shut off",
    State.CRASHED: "crashed",
    State.PMSUSPENDED: "asleep",
}

_REASONS: Final[dict[State, tuple[type[IntEnum], str]]] = {
    State.RUNNING: (v.virt_running_reason, "VIRT_RUNNING_"),
    State.PAUSED: (v.virt_paused_reason, "VIRT_PAUSED_"),
    State.SHUTDOWN: (v.virt_shutdown_reason, "VIRT_SHUTDOWN_"),
    State.SHUTOFF: (v.virt_shutoff_reason, "VIRT_SHUTOFF_"),
    State.CRASHED: (v.virt_crashed_reason, "VIRT_CRASHED_"),
}


def member_text(kind: type[IntEnum], prefix: str, number: int) -> str:
    """Return a member of a generated enum for people ("from snapshot"), the number itself when it has no name."""
    try:
        return kind(number).name.removeprefix(prefix).lower().replace("_", " ")
    except ValueError:
        return str(number)


class Affect(IntFlag):
    """Which description of a machine a call is about."""

    CURRENT = 0  # what runs if it runs, else the kept one
    LIVE = 1
    CONFIG = 2


class DomainRef(NamedTuple):
    """Names a machine: its name, its uuid, its id at that moment (None when off)."""

    name: str
    uuid: UUID
    id: int | None


class DomainState(NamedTuple):
    """A machine's state and the number of its reason (None from a daemon of version 1, which does not say)."""

    state: State
    reason: int | None

    @property
    def reason_text(self) -> str:
        """The reason for people: "booted", "destroyed"; "" when there is none."""
        if self.reason is None or self.state not in _REASONS:
            return ""
        return member_text(*_REASONS[self.state], self.reason)


class DomainInfo(NamedTuple):
    """A machine's figures: memory in KiB, cpu time since its start in nanoseconds (0 when off)."""

    state: State
    max_memory_kib: int
    memory_kib: int
    vcpus: int
    cpu_time_ns: int


class VcpuInfo(NamedTuple):
    """A vcpu: 1 running, 2 blocked, 0 offline; the cpu of the host that it last ran on (None: not known); where it may
    run, as numbers of the host's cpus in order."""

    number: int
    state: int
    cpu_time_ns: int
    cpu: int | None
    pins: list[int]


class NodeInfo(NamedTuple):
    """The host: memory in KiB, frequency in MHz (0: not known); sockets are per node, cores per socket, and so on."""

    model: str
    memory_kib: int
    cpus: int
    mhz: int
    nodes: int
    sockets: int
    cores: int
    threads: int

    @property
    def max_cpus(self) -> int:
        """The most cpus that there can be, offline ones too."""
        return self.nodes * self.sockets * self.cores * self.threads


class VersionInfo(NamedTuple):
    """Versions as "1.2.3": of the hypervisor, of the daemon (None: interface version 1), of the interface."""

    hypervisor: str
    daemon: str | None
    interface: int
    type: str


class DomainStats(NamedTuple):
    """The statistics of one machine: {"cpu.time": 123, "state.state": 1, ...}, named as in virt.x section 5."""

    domain: DomainRef
    values: dict[str, Any]


def to_ref(dom: v.virt_domain) -> DomainRef:
    """Return what the wire names."""
    return DomainRef(dom.name, UUID(bytes=dom.uuid), dom.id if dom.id >= 0 else None)


def to_wire(ref: DomainRef) -> v.virt_domain:
    """Return the wire form."""
    return v.virt_domain(ref.name, ref.uuid.bytes, -1 if ref.id is None else ref.id)


def version_text(number: int) -> str:
    """Return 8002003 as "8.2.3"."""
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"


def pack_cpus(cpus: list[int]) -> bytes:
    """Return a set of cpus as bytes: bit 0 of byte 0 is cpu 0. Raises ValueError for a number below 0."""
    if any(not 0 <= cpu < 8 * v.VIRT_CPUMAP_MAX for cpu in cpus):
        raise ValueError(f"the numbers of cpus go from 0 to {8 * v.VIRT_CPUMAP_MAX - 1}")
    packed = bytearray(max(cpus, default=0) // 8 + 1)
    for cpu in cpus:
        packed[cpu // 8] |= 1 << cpu % 8
    return bytes(packed)


def unpack_cpus(packed: bytes) -> list[int]:
    """Return the numbers of the cpus in a set, in order."""
    return [8 * at + bit for at, byte in enumerate(packed) for bit in range(8) if byte >> bit & 1]
