"""A small real Linux guest: Debian's cloud kernel, unpacked and not installed, with a busybox initramfs.

It loads its few drivers, prints "guest up" on its serial console once it listens to ACPI and then a "tick N" every half
second, says "going down" and powers off when asked by ACPI. With LOGIN added to its command line it says no ticks, and
lets root log in there, without a password. Debian's apt, cpio and busybox-static are
needed. Made once, kept in VIRTRPC_CACHE (default ~/.cache/virtrpc).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

CMDLINE: Final = "console=ttyS0 quiet panic=-1"
LOGIN: Final = " login"
UP: Final = "guest up"
MEMORY_KIB: Final = 128 * 1024

_META_PACKAGE: Final = "linux-image-cloud-amd64"
_MODULES: Final = ("virtio_pci", "virtio_net", "virtio_blk", "virtio_balloon", "button", "evdev")
_INIT: Final = """#!/bin/busybox sh
/bin/busybox mkdir -p /bin /proc /sys /dev
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in {modules}; do insmod /modules/$module.ko; done
acpid -d -c /etc/acpi >/dev/null 2>&1 &
while ! ls -l /proc/$!/fd | grep -q input; do sleep 0.1; done
echo "guest up"
quiet=
case " $(cat /proc/cmdline) " in *" login "*)
  quiet=1
  (while :; do setsid getty -L 115200 ttyS0 vt100; done) &
esac
n=0
while sleep 0.5; do
  n=$((n+1))
  [ "$quiet" ] || echo "tick $n"
  cpu=/sys/devices/system/cpu
  for c in $cpu/cpu[1-9]*/online; do [ "$(cat $c 2>/dev/null)" = 0 ] && echo 1 > $c; done
done
"""
_PASSWD: Final = "root::0:0:root:/:/bin/sh\n"
_POWER_BUTTON: Final = """#!/bin/busybox sh
echo "going down" > /dev/console
poweroff -f
"""


class Guest(NamedTuple):
    """What a machine boots: files on this host."""

    kernel: Path
    initrd: Path


class NoGuest(RuntimeError):
    """The guest cannot be made here: why."""


def cache_folder() -> Path:
    """Return where the guest is kept."""
    return Path(os.environ.get("VIRTRPC_CACHE") or Path.home() / ".cache" / "virtrpc")


def guest() -> Guest:
    """Return the guest, made now if it is not there yet. Raises NoGuest."""
    folder = cache_folder() / "guest-3"
    found = Guest(folder / "vmlinuz", folder / "initrd.gz")
    if not all(file.exists() for file in found):
        _make(folder)
    return found


def _make(folder: Path) -> None:
    for command in ("apt-get", "dpkg", "cpio"):
        if shutil.which(command) is None:
            raise NoGuest(f"{command} is not installed")
    busybox = next((path for path in map(Path, ("/bin/busybox", "/usr/bin/busybox")) if path.exists()), None)
    if busybox is None or not (folder.parent.mkdir(parents=True, exist_ok=True) or os.access(folder.parent, os.W_OK)):
        raise NoGuest("busybox-static is not installed, or the cache folder cannot be written")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-") as made:
        work = Path(made)
        _unpack_kernel(work)
        out = work / "out"
        out.mkdir()
        shutil.copy(next((work / "kernel/boot").glob("vmlinuz-*")), out / "vmlinuz")
        (out / "initrd.gz").write_bytes(_initramfs(work, busybox))
        # whole or not at all, also when two tests make it at once
        try:
            out.rename(folder)
        except OSError:
            if not folder.exists():
                raise


def _unpack_kernel(work: Path) -> None:
    listing = _run(work, "apt-cache", "depends", "--important", _META_PACKAGE)
    package = next((line.split()[-1] for line in listing.splitlines() if "Depends:" in line), None)
    if package is None:
        raise NoGuest(f"apt knows no {_META_PACKAGE}; run apt-get update")
    _run(work, "apt-get", "download", package)
    archive = next(work.glob("*.deb"))
    _run(work, "dpkg", "-x", archive.name, "kernel")


def _initramfs(work: Path, busybox: Path) -> bytes:
    root = work / "root"
    known = {file.stem: file for file in (work / "kernel/lib/modules").rglob("*.ko")}
    modules = _in_order(known)
    files = {"init": _INIT.format(modules=" ".join(modules)), "etc/acpi/PWRF/00000080": _POWER_BUTTON}
    files |= {"etc/passwd": _PASSWD, "etc/group": "root:x:0:\n"}
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    for folder in ("bin", "modules"):
        (root / folder).mkdir()
    shutil.copy(busybox, root / "bin/busybox")
    for module in modules:
        shutil.copy(known[module], root / "modules")
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    packed = subprocess.run(
        ["cpio", "-o", "-H", "newc", "--quiet", "-R", "0:0"],
        cwd=root,
        input=names.encode(),
        capture_output=True,
        check=True,
    )
    return gzip.compress(packed.stdout, compresslevel=6)


def _in_order(known: dict[str, Path]) -> list[str]:
    """Return the modules and those they depend on, each after what it needs."""
    order: list[str] = []

    def add(module: str) -> None:
        if module in order:
            return
        needs = re.search(rb"\0depends=([^\0]*)\0", known[module].read_bytes())
        for needed in needs[1].decode().split(",") if needs and needs[1] else []:
            add(needed.replace("-", "_") if needed not in known else needed)
        order.append(module)

    for module in _MODULES:
        add(module)
    return order


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoGuest(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
    return done.stdout
