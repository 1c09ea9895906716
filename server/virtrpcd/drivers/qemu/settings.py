"""What the qemu driver is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from virtrpcd.paths import PathRules


@dataclass(frozen=True, slots=True)
class QemuSettings:
    """Where the driver works, what machines may use, how long things may take.

    state_dir: definitions, managed save images (0700; one daemon at a time). run_dir: QMP sockets and logs (0700).
    paths: which files machines may use. accel: "tcg" runs everything by emulation; "kvm" refuses machines of type kvm
    where KVM does not work; "auto" emulates them there. emulator: the qemu-system-* to use, None to look for it.
    uri: the driver's libvirt URI. Seconds: job_wait_s, a change waits for another one on the same machine;
    qmp_timeout_s, QEMU may take to answer; start_timeout_s, from the start of QEMU to its first answer;
    stop_grace_s, from asking QEMU to end to killing it; transfer_timeout_s, to write or read a whole saved machine.
    """

    state_dir: Path
    run_dir: Path
    paths: PathRules
    accel: str = "auto"
    emulator: Path | None = None
    uri: str = "qemu:///system"
    job_wait_s: float = 30.0
    qmp_timeout_s: float = 10.0
    start_timeout_s: float = 30.0
    stop_grace_s: float = 5.0
    transfer_timeout_s: float = 600.0
