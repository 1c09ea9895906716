"""Which QEMU there is and what it can do. Each answer is kept for the life of the process.

All of it runs programs and waits for them, bounded in time: call it from a thread.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrpcd.errors import FROM_QEMU, NoConnect

ARCH: Final = "x86_64"
MAX_VCPUS: Final = 255

_ASK_S: Final = 20.0
_KVM_TRIAL_S: Final = 1.5
"""Far more than KVM needs; emulation, which it is there to outdo, takes 0.2 s. Broken nested KVM was seen to take 3."""
_KVM_WORKS: Final = (0x10 << 1) | 1
_DEBUG_EXIT_PORT: Final = 0x501


@dataclass(frozen=True, slots=True)
class Emulator:
    """A QEMU: where it is, its version (major * 1,000,000 + minor * 1,000 + release), its machine types.

    machines: each name that it knows -> the full name ("pc" -> "pc-i440fx-7.2"). cpus: models, without the versions of
    each. devices: all that -device takes.
    """

    path: str
    version: int
    machines: dict[str, str]
    cpus: tuple[str, ...] = ()
    devices: frozenset[str] = frozenset()


def find_emulator() -> str | None:
    """Return the path of the QEMU for this driver's architecture, None if it is not installed."""
    found = shutil.which(f"qemu-system-{ARCH}", path="/usr/bin:/usr/local/bin:/bin")
    if found is None and platform.machine() == ARCH:
        found = next((path for path in ("/usr/libexec/qemu-kvm",) if os.access(path, os.X_OK)), None)
    return found


@functools.lru_cache(maxsize=4)
def ask_emulator(path: str) -> Emulator:
    """Return what a QEMU says of itself. Raises NoConnect when it cannot be run or is none."""
    try:
        version = _output(path, "--version")
        machines = _output(path, "-machine", "help")
        cpus = _output(path, "-cpu", "help")
        devices = _output(path, "-device", "help")
    except (OSError, subprocess.SubprocessError) as error:
        raise NoConnect(f"{path} cannot be used: {error}", domain=FROM_QEMU) from error
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", version)
    if match is None:
        raise NoConnect(f"{path} does not say which version of QEMU it is", domain=FROM_QEMU)
    major, minor, release = (int(number) for number in match.groups())
    known = frozenset(re.findall(r'^name "([^"]+)"', devices, re.MULTILINE))
    number = major * 1_000_000 + minor * 1_000 + release
    return Emulator(path, number, parse_machines(machines), parse_cpus(cpus), known)


def parse_cpus(text: str) -> tuple[str, ...]:
    """Return the names from the output of `-cpu help`, without those of one version of a model and the host's."""
    names = re.findall(r"^x86 (\S+)", text, re.MULTILINE)
    return tuple(name for name in names if name not in ("host", "max", "base") and not re.search(r"-v\d+$", name))


def parse_machines(text: str) -> dict[str, str]:
    """Return the table of names from the output of `-machine help`; only types with PC hardware are in it."""
    machines: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        match = re.match(r"(\S+)\s+(.*)", line)
        if match is None or not (match[1] in ("pc", "q35") or match[1].startswith("pc-")):
            continue
        alias = re.search(r"\(alias of ([^)]+)\)", match[2])
        machines[match[1]] = alias[1] if alias else match[1]
    return machines


@functools.lru_cache(maxsize=4)
def kvm_works(path: str) -> bool:
    """Return whether a guest really runs under KVM here.

    /dev/kvm may be there and a guest hang in it without an error, so a boot sector of a few bytes is tried, which ends
    its QEMU with a code of its own.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    # mov dx,0x501; mov al,0x10; out dx,al; hlt; jmp back to hlt
    code = bytes((0xBA, _DEBUG_EXIT_PORT & 0xFF, _DEBUG_EXIT_PORT >> 8, 0xB0, 0x10, 0xEE, 0xF4, 0xEB, 0xFD))
    with tempfile.TemporaryDirectory(prefix="virtrpc-kvm-") as folder:
        image = Path(folder) / "boot"
        image.write_bytes(code.ljust(510, b"\0") + b"\x55\xaa")
        command = [path, "-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc,accel=kvm", "-m", "16"]
        command += ["-device", f"isa-debug-exit,iobase={_DEBUG_EXIT_PORT:#x},iosize=4", "-boot", "order=c"]
        command += ["-drive", f"file={image},format=raw,if=ide,readonly=off"]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_KVM_TRIAL_S, check=False
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return done.returncode == _KVM_WORKS


def _output(*command: str) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ASK_S, check=True, text=True, errors="replace"
    )
    return done.stdout
