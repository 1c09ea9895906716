"""virsh on the qemu driver with a real guest: console, screenshot, keys, statistics, events, the monitor."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess, running_daemon
from interop.programs import need
from waiting import eventually

import guest as guests

pytestmark = [pytest.mark.interop, pytest.mark.slow]

NAME = "guest1"
GUEST_S = 120.0


def definition(guest: guests.Guest) -> str:
    return f"""<domain type='qemu'><name>{NAME}</name><memory>{guests.MEMORY_KIB}</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type><kernel>{guest.kernel}</kernel><initrd>{guest.initrd}</initrd>
<cmdline>{guests.CMDLINE}{guests.LOGIN}</cmdline></os><features><acpi/></features>
<devices><serial type='pty'><target port='0'/></serial><console type='pty'/>
<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video>
<interface type='user'><model type='virtio'/></interface><memballoon model='virtio'/></devices></domain>"""


class Virsh:
    """virsh on one daemon; its files are in `folder`."""

    def __init__(self, daemon: DaemonProcess, folder: Path) -> None:
        self.uri = "qemu+unix:///system?socket=" + daemon.ready["libvirt"][0].removeprefix("unix:")
        self.folder = folder

    def __call__(self, *command: str, code: int = 0) -> str:
        run = subprocess.run(
            ["virsh", "-q", "-c", self.uri, *command],
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == code, run.stdout + run.stderr
        return run.stdout if code == 0 else run.stderr


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    need("virsh", "qemu-system-x86_64")
    folder = tmp_path_factory.mktemp("q")
    config = folder / "virtrpcd.toml"
    config.write_text(f'allowed_dirs = ["{folder}", "{guests.cache_folder()}"]\n[qemu]\naccel = "tcg"\n')
    with running_daemon(folder / "s", "--config", str(config), driver="qemu") as daemon:
        yield daemon


@pytest.fixture(scope="module")
def virsh(daemon: DaemonProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virsh]:
    """virsh with a guest that runs and lets one log in on its console."""
    folder = tmp_path_factory.mktemp("virsh")
    found = Virsh(daemon, folder)
    (folder / "guest.xml").write_text(definition(guests.guest()))
    found("define", "guest.xml")
    found("start", NAME)
    try:
        yield found
    finally:
        found("destroy", NAME)
        found("undefine", NAME)


class Terminal:
    """virsh console in a terminal of its own."""

    def __init__(self, virsh: Virsh, *options: str) -> None:
        command = ["virsh", "-c", virsh.uri, "console", NAME, *options]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp("virsh", command)
        self.seen = b""

    def type(self, text: bytes) -> None:
        os.write(self.fd, text)

    def until(self, wanted: bytes, again: bytes = b"") -> None:
        """Read until something was said; type `again` every two seconds, as nothing tells when virsh listens."""
        deadline = time.monotonic() + GUEST_S
        while wanted not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], 2)
            assert time.monotonic() < deadline, f"{wanted!r} did not come: {self.seen[-500:]!r}"
            if ready:
                self.seen += os.read(self.fd, 4096)
            elif again:
                self.type(again)
        self.seen = b""

    def end(self) -> int:
        """Wait for virsh to end; return its exit code."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def test_one_logs_in_on_the_console_runs_a_command_and_leaves(virsh: Virsh) -> None:
    terminal = Terminal(virsh)
    terminal.until(b"Escape character")
    terminal.until(b"login:", again=b"\r")
    terminal.type(b"root\r")
    terminal.until(b"#")
    terminal.type(b"echo it is $((6*7))\r")
    terminal.until(b"it is 42")
    terminal.type(b"\x1d")
    assert terminal.end() == 0
    # The console is free again, and remembers where one was.
    again = Terminal(virsh)
    again.until(b"Escape character")
    again.until(b"#", again=b"\r")
    again.type(b"echo still $((40+3))\r")
    again.until(b"still 43")
    again.type(b"\x1d")
    assert again.end() == 0


def test_a_screenshot_is_a_picture_of_the_screen(virsh: Virsh) -> None:
    virsh("screenshot", NAME, "screen.bin")
    picture = (virsh.folder / "screen.bin").read_bytes()
    assert picture.startswith((b"\x89PNG\r\n\x1a\n", b"P6\n"))
    assert len(picture) > 1000


def test_domstats_has_what_libvirts_has(virsh: Virsh) -> None:
    found = dict(
        line.strip().split("=", 1) for line in virsh("domstats", NAME).splitlines() if "=" in line
    )
    assert (found["state.state"], found["vcpu.current"], found["balloon.maximum"]) == ("1", "1", str(guests.MEMORY_KIB))
    assert int(found["cpu.time"]) > 0
    assert found["net.count"] == "1"


def test_keys_go_to_the_guest_and_a_wrong_one_is_refused(virsh: Virsh) -> None:
    virsh("send-key", NAME, "KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_F2")
    assert "invalid keycode" in virsh("send-key", NAME, "KEY_NOSUCH", code=1)


class Watcher:
    """A virsh that prints events until it is ended."""

    def __init__(self, virsh: Virsh, *command: str) -> None:
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "virsh", "-c", virsh.uri, *command, "--loop"], stdout=subprocess.PIPE, text=True
        )
        self.virsh = virsh
        self.lines: list[str] = []
        assert self.process.stdout is not None
        self.reader = threading.Thread(target=self.lines.extend, args=(self.process.stdout,))
        self.reader.start()

    def sees(self, *words: str) -> bool:
        """Suspend and resume the machine; return whether all words were printed by now."""
        self.virsh("suspend", NAME)
        self.virsh("resume", NAME)
        return all(any(word in line for line in list(self.lines)) for word in words)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_the_monitor_is_for_admins_and_its_events_arrive(virsh: Virsh) -> None:
    found = json.loads(virsh("qemu-monitor-command", NAME, '{"execute": "query-status"}'))
    assert found["return"]["status"] == "running"
    assert "VM status: running" in virsh("qemu-monitor-command", NAME, "--hmp", "info status")
    watcher = Watcher(virsh, "qemu-monitor-event", "--event", "STOP|RESUME", "--regex")
    try:
        # nothing tells when virsh has registered, so it is given things to see until it sees them
        eventually(lambda: watcher.sees("event STOP", "event RESUME"), 60)
    finally:
        watcher.end()
    with_less = virsh.uri.replace("libvirt-sock", "libvirt-sock-ro")
    denied = subprocess.run(
        ["virsh", "-c", with_less, "qemu-monitor-command", NAME, "--hmp", "info status"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert denied.returncode == 1


def test_lifecycle_events_come_as_they_happen(virsh: Virsh) -> None:
    watcher = Watcher(virsh, "event", "--all")
    begin = f"event 'lifecycle' for domain '{NAME}': "
    try:
        eventually(lambda: watcher.sees(begin + "Suspended Paused", begin + "Resumed Unpaused"), 60)
    finally:
        watcher.end()


def test_what_the_driver_does_not_have_is_said_plainly(virsh: Virsh) -> None:
    for command in (("net-list",), ("nwfilter-list",), ("snapshot-create", NAME), ("secret-list",)):
        assert "not supported by the connection driver" in virsh(*command, code=1)


def test_the_guest_shuts_down_when_asked(virsh: Virsh) -> None:
    virsh("shutdown", NAME)
    eventually(lambda: virsh("domstate", NAME).strip() == "shut off", GUEST_S)
    virsh("start", NAME)
