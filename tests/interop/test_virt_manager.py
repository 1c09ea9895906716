"""virt-install and virt-manager, from Debian, unmodified, on the qemu driver at libvirt's own paths.

In a network and /run of their own: `--libvirt default`, and nobody says where the daemon is.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess
from interop.programs import need
from namespaces import Namespace
from waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.slow]

DISPLAY = ":97"
START_BUTTON = ("124", "46")
"""Where virt-manager 4.1 has the button that starts a machine, in a window at the corner of the screen."""

WINDOW_S = 60.0


class Desktop:
    """A screen of its own, and virt-manager on it."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        self.namespace = namespace
        self.log = folder / "virt-manager.log"
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "DISPLAY": DISPLAY,
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "LC_ALL": "C",
        }
        self._started: list[subprocess.Popen[bytes]] = []
        self._start("Xvfb", DISPLAY, "-screen", "0", "1024x768x24", "-nolisten", "tcp")
        eventually(lambda: self.tool("xdotool", "getmouselocation").returncode == 0, WINDOW_S)

    def _start(self, *command: str) -> None:
        with self.log.open("ab") as log:
            entered = [*self.namespace.entry, *command]
            self._started.append(
                subprocess.Popen(entered, stdout=log, stderr=log, env=self.environment, start_new_session=True)
            )

    def tool(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self.namespace.entry, *command], env=self.environment, capture_output=True, timeout=60, check=False
        )

    def show(self, uri: str, machine: str) -> None:
        """Start virt-manager with a machine's window."""
        self._start(
            "dbus-run-session", "--", "virt-manager", "--no-fork", "--debug",
            "-c", uri, "--show-domain-console", machine,
        )  # fmt: skip
        eventually(lambda: b"virt-manager" in self.tool("xwininfo", "-root", "-tree").stdout, WINDOW_S)

    def said(self, words: str) -> bool:
        """Whether virt-manager's log has these words."""
        return words in self.log.read_text(errors="replace")

    def picture(self) -> bytes:
        """The screen, as RGB triples."""
        return self.tool("import", "-window", "root", "rgb:-").stdout

    def close(self) -> None:
        for process in reversed(self._started):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Namespace, Path]]:
    """A namespace with a daemon at libvirt's paths, and a machine that virt-install made there."""
    need("virsh", "virt-install", "virt-manager", "Xvfb", "xdotool", "xwininfo", "import", "qemu-system-x86_64")
    namespace = Namespace()
    folder = tmp_path_factory.mktemp("vm")
    config = folder / "virtrpcd.toml"
    config.write_text('[qemu]\naccel = "tcg"\n')
    options = ("--config", str(config), "--libvirt", "default", "--portmap", "off", "--onc", f"unix:{folder}/onc.sock")
    daemon = DaemonProcess(folder / "s", *options, driver="qemu", command=namespace.entry)
    try:
        yield namespace, folder
    finally:
        namespace.run("virsh", "destroy", "vm1")
        daemon.stop()
        namespace.close()


def virsh(namespace: Namespace, *command: str) -> str:
    done = namespace.run("virsh", "-q", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_virt_install_makes_a_machine_and_virsh_finds_it_without_being_told_where(
    place: tuple[Namespace, Path],
) -> None:
    namespace, folder = place
    disk = folder / "s" / "images" / "vm1.qcow2"
    assert namespace.run("qemu-img", "create", "-q", "-f", "qcow2", str(disk), "64M").returncode == 0
    done = namespace.run(
        "virt-install", "--import", "--name", "vm1", "--memory", "64", "--disk", str(disk), "--graphics", "vnc",
        "--network", "user", "--osinfo", "generic", "--noautoconsole",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert virsh(namespace, "uri").strip() == "qemu:///system"
    assert virsh(namespace, "domstate", "vm1").strip() == "running"
    assert "vm1" in virsh(namespace, "list")


def start_by_button(namespace: Namespace, desktop: Desktop, uri: str) -> None:
    """Open the window of a machine that is off, and press its start button until it runs."""
    virsh(namespace, "destroy", "vm1")
    desktop.show(uri, "vm1")

    def started() -> bool:
        desktop.tool("xdotool", "mousemove", *START_BUTTON, "click", "1")
        return virsh(namespace, "domstate", "vm1").strip() == "running"

    eventually(started, WINDOW_S, pause_s=1)


@pytest.fixture
def desktop(place: tuple[Namespace, Path], tmp_path: Path) -> Iterator[Desktop]:
    made = Desktop(place[0], tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_virt_manager_starts_a_machine_and_shows_its_screen(place: tuple[Namespace, Path], desktop: Desktop) -> None:
    start_by_button(place[0], desktop, "qemu:///system")
    eventually(lambda: desktop.said("Viewer connected"), WINDOW_S)
    # the text that QEMU's BIOS writes: bright points on what is black otherwise
    eventually(lambda: shows_text(desktop.picture()), WINDOW_S, pause_s=1)


def test_virt_manager_over_tcp_starts_a_machine(place: tuple[Namespace, Path], desktop: Desktop) -> None:
    start_by_button(place[0], desktop, "qemu+tcp://127.0.0.1/system")


def shows_text(picture: bytes) -> bool:
    """Whether the middle of the screen is black with something bright on it."""
    middle = [picture[(line * 1024 + 100) * 3 : (line * 1024 + 900) * 3] for line in range(200, 700)]
    black = sum(line.count(0) for line in middle) / sum(map(len, middle)) if picture else 0
    bright = sum(value > 150 for line in middle for value in line)
    return black > 0.7 and bright > 500
