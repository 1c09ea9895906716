"""What a machine's definition says of cpu and timers, as data (domxml_machine.py reads and writes it)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Topology(NamedTuple):
    """How the vcpus are told to sit: their product is the most vcpus that the machine can have."""

    sockets: int
    dies: int
    cores: int
    threads: int

    @property
    def vcpus(self) -> int:
        """How many vcpus have a place."""
        return self.sockets * self.dies * self.cores * self.threads


@dataclass(slots=True)
class CpuDef:
    """<cpu>: mode custom with a model, or host-model, host-passthrough, maximum; None: only the topology is said.

    features: policy by name, in order ("require", "disable", ...). fallback, vendor_id: of <model>.
    """

    mode: str | None = None
    match: str | None = None
    check: str | None = None
    migratable: str | None = None
    model: str | None = None
    fallback: str | None = None
    vendor: str | None = None
    topology: Topology | None = None
    features: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TimerDef:
    """<timer>: each field an attribute, None when not said."""

    name: str
    present: bool | None = None
    tickpolicy: str | None = None
    track: str | None = None
    frequency: int | None = None
    mode: str | None = None
    line: int = 0
