"""The tour: a virtual machine defined, started, inspected and stopped over ONC RPC, from Python, C and Java; and virsh.

Run by tools/run --demo, in a network of its own where the portmapper can have port 111. Exit 0 if every step worked.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / "build" / "demo"
BIN = Path(sys.executable).parent
PROGRAM = "537329957"
WAIT_S = 60.0

MACHINE = """\
<domain type='{type}'>
  <name>tour</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64'>hvm</type>{boot}
  </os>
  <features><acpi/></features>
  <devices>{serial}
  </devices>
</domain>
"""
BOOT = """
    <kernel>{folder}/vmlinuz</kernel>
    <initrd>{folder}/initrd.gz</initrd>
    <cmdline>console=ttyS0 quiet panic=-1</cmdline>"""
SERIAL = """
    <serial type='file'><source path='{folder}/console.log'/><target port='0'/></serial>"""


class StepFailed(Exception):
    """A step of the tour did not work; the text says which and how."""


def headline(text: str) -> None:
    print(f"\n\033[1m--- {text}\033[0m", flush=True)


def show(command: list[str], *, expect: int = 0, shown: str | None = None) -> str:
    """Run a command, print it and what it says; return that. Raises StepFailed for another exit code."""
    print(f"\033[36m$ {shown or ' '.join(command)}\033[0m", flush=True)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WAIT_S, check=False
    )
    print(done.stdout, end="", flush=True)
    if done.returncode != expect:
        raise StepFailed(f"`{shown or ' '.join(command)}` ended with {done.returncode}")
    return done.stdout


def wait_for(what: str, check: Callable[[], bool]) -> None:
    """Wait until `check` holds. Raises StepFailed."""
    deadline = time.monotonic() + WAIT_S
    while not check():
        if time.monotonic() > deadline:
            raise StepFailed(f"{what}: not within {WAIT_S:.0f} s")
        time.sleep(0.1)


class Tour:
    """The daemon of the tour, and the steps."""

    def __init__(self, folder: Path, portmap: str) -> None:
        self.folder = folder
        self.images = folder / "images"
        self.images.mkdir()
        self.qemu = shutil.which("qemu-system-x86_64") is not None
        self.parts = json.loads((BUILT / "parts.json").read_text())
        self.guest = self.qemu and "guest" in self.parts["made"]
        command = [str(BIN / "virtrpcd"), "--state-dir", str(folder), "--log-level", "warning", "--portmap", portmap]
        command += ["--driver", "qemu" if self.qemu else "test", "--config", os.devnull]
        print("\033[36m$ virtrpcd --driver " + command[command.index("--driver") + 1] + " &\033[0m", flush=True)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise StepFailed("the daemon did not start")
        self.ready: dict[str, Any] = json.loads(line)
        print(line, end="", flush=True)
        self.portmap_port = int(self.ready["portmap"].partition(":")[2])
        path = next(text[5:] for text in self.ready["onc"] if text.startswith("unix:") and not text.endswith("?ro"))
        self.virtrpc = [str(BIN / "virtrpc"), "-c", f"onc+unix://{path}"]

    def stop(self) -> None:
        """End the daemon as a sysadmin would."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(WAIT_S) != 0:
            raise StepFailed("the daemon did not end cleanly")

    def python(self, *arguments: str, expect: int = 0) -> str:
        """Run the Python command line."""
        return show([*self.virtrpc, *arguments], shown="virtrpc " + " ".join(arguments), expect=expect)

    def rpcinfo(self, *arguments: str, expect: int = 0) -> str:
        """Run the real rpcinfo; without port 111, our own command."""
        if self.portmap_port == 111 and shutil.which("rpcinfo"):
            return show(["rpcinfo", *arguments], expect=expect)
        return show([str(BIN / "oncrpc"), "info", f"127.0.0.1:{self.portmap_port}"], shown="oncrpc info 127.0.0.1")

    def state(self) -> str:
        """Return the machine's state as the command line prints it."""
        command = [*self.virtrpc, "--json", "state", "tour"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
        return str(json.loads(done.stdout).get("state")) if done.returncode == 0 else "?"

    # -- the steps ------------------------------------------------------------------------------------------------

    def find(self) -> None:
        headline("rpcinfo finds the daemon")
        listed = self.rpcinfo("-p", "127.0.0.1")
        if PROGRAM not in listed:
            raise StepFailed("rpcinfo does not list the program")
        if self.portmap_port == 111 and shutil.which("rpcinfo"):
            self.rpcinfo("-T", "tcp", "127.0.0.1", PROGRAM, "2")

    def define_and_start(self) -> None:
        headline("Python: define a machine and start it")
        boot = serial = ""
        if self.guest:
            for name in ("vmlinuz", "initrd.gz"):
                shutil.copyfile(BUILT / name, self.images / name)
            boot, serial = BOOT.format(folder=self.images), SERIAL.format(folder=self.images)
        xml = MACHINE.format(type="qemu" if self.qemu else "test", boot=boot, serial=serial)
        path = self.folder / "tour.xml"
        path.write_text(xml)
        print(xml, end="")
        self.python("define", str(path))
        self.python("start", "tour")
        self.python("list", "--all")
        self.python("info", "tour")
        if self.guest:
            console = self.images / "console.log"
            wait_for("the guest's first words", lambda: console.exists() and "guest up" in console.read_text())
            print("\033[36m$ head -n 1 console.log\033[0m\nguest up", flush=True)

    def c_client(self) -> None:
        client = ROOT / "client" / "c" / "virtc"
        if "c" not in self.parts["made"]:
            return
        headline("C, over rpcgen's stubs and libtirpc: inspect it, stop it, start it again")
        where = ["127.0.0.1"] if self.portmap_port == 111 else ["--portmap", str(self.portmap_port), "127.0.0.1"]
        for arguments in (["list"], ["info", "tour"], ["stop", "tour"], ["start", "tour"], ["info", "tour"]):
            show([str(client), *where, *arguments], shown=" ".join(["virtc", *where, *arguments]))

    def java_client(self) -> None:
        client = ROOT / "client" / "java" / "virtj"
        if "java" not in self.parts["made"]:
            return
        headline("Java, over remotetea: the same")
        where = ["127.0.0.1"] if self.portmap_port == 111 else ["--portmap", str(self.portmap_port), "127.0.0.1"]
        for arguments in (["list"], ["info", "tour"], ["stop", "tour"], ["start", "tour"], ["info", "tour"]):
            show([str(client), *where, *arguments], shown=" ".join(["virtj", *where, *arguments]))

    def virsh(self) -> None:
        if not shutil.which("virsh"):
            print("left out: virsh is not installed")
            return
        headline("virsh, libvirt's own, over libvirt's framing of the same calls")
        scheme, name = ("qemu", "system") if self.qemu else ("remote", "")
        path = self.ready["libvirt"][0].removeprefix("unix:")
        uri = f"{scheme}+unix:///{name}?socket={path}"
        print(f"\033[36m$ export LIBVIRT_DEFAULT_URI='{uri}'\033[0m", flush=True)
        for arguments in (["list"], ["dominfo", "tour"], ["suspend", "tour"], ["resume", "tour"]):
            show(["virsh", "-q", "-c", uri, *arguments], shown="virsh -q " + " ".join(arguments))

    def shut_down(self) -> None:
        headline("Python: what happened, and the end of it")
        if self.guest:
            console = self.images / "console.log"
            wait_for("the guest's first words", lambda: console.read_text().count("guest up") > 0)
            self.python("shutdown", "tour")
        else:
            self.python("destroy", "tour")
        wait_for("the machine's end", lambda: self.state() in ("shut off", "shutoff"))
        self.python("state", "tour")
        self.python("undefine", "tour")
        self.python("list", "--all")


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder for the tour's state, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="virtrpc-tour-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def steps(tour: Tour) -> tuple[Callable[[], None], ...]:
    """Return the steps in their order."""
    return tour.find, tour.define_and_start, tour.c_client, tour.java_client, tour.virsh, tour.shut_down


def main() -> int:
    parser = argparse.ArgumentParser(description="The tour; tools/run --demo prepares for it and runs it.")
    parser.add_argument("--portmap", default="embedded:0")
    arguments = parser.parse_args()
    began = time.monotonic()
    with workplace() as folder:
        headline("the daemon, with a portmapper of its own")
        try:
            tour = Tour(folder, arguments.portmap)
        except StepFailed as exc:
            print(f"demo: {exc}", file=sys.stderr)
            return 1
        try:
            for step in steps(tour):
                step()
            headline("SIGTERM: the daemon unregisters and ends")
            tour.stop()
        except (StepFailed, subprocess.TimeoutExpired) as exc:
            print(f"demo: {exc}", file=sys.stderr)
            tour.process.kill()
            return 1
    headline(f"all of it worked, in {time.monotonic() - began:.0f} s")
    for reason in tour.parts["left_out"]:
        print(f"left out: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
