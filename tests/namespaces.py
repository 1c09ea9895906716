"""Private network and mount namespaces: port 111 and /run/rpcbind.sock are there for the taking, and nobody else's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from daemon_process import SOURCES

from oncrpc.errors import NotDelivered
from oncrpc.portmap.client import PortmapClient

DEADLINE_S = 15.0
PROGRAMS = ("unshare", "nsenter", "ip", "rpcbind", "rpcinfo")


def missing() -> str | None:
    """Return why these tests cannot run here, None when they can."""
    if os.geteuid() != 0:
        return "needs root, for a network namespace"
    for program in PROGRAMS:
        if shutil.which(program) is None:
            return f"needs {program}"
    tried = subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, text=True, check=False)
    return f"unshare: {tried.stderr.strip()}" if tried.returncode else None


class Namespace:
    """A network and mount namespace with loopback up and an empty /run, and the processes started in it."""

    def __init__(self) -> None:
        script = "ip link set lo up && mount -t tmpfs tmpfs /run && echo ready && exec cat"
        command = ["unshare", "-n", "-m", "sh", "-c", script]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"ready\n"
        self._started: list[subprocess.Popen[str]] = []
        self.run_folder = f"/proc/{self._holder.pid}/root/run"
        self.socket = f"{self.run_folder}/rpcbind.sock"

    @property
    def entry(self) -> tuple[str, ...]:
        """What to put before a command to run it in here; it becomes that command (same pid)."""
        return ("nsenter", "-t", str(self._holder.pid), "-n", "-m")

    def _enter(self, command: list[str]) -> list[str]:
        return [*self.entry, *command]

    def run(self, *command: str, uid: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        entered = self._enter(["setpriv", "--reuid", str(uid), "--clear-groups", *command] if uid else [*command])
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        return subprocess.run(entered, capture_output=True, text=True, timeout=60, check=False, env=environment)

    def python(self, code: str, uid: int | None = None) -> str:
        """Run Python code with our packages at hand and return what it prints."""
        done = self.run(sys.executable, "-c", code, uid=uid)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def rpcinfo(self, *arguments: str) -> str:
        """Run rpcinfo, which must not complain, and return what it prints."""
        done = self.run("rpcinfo", *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a server."""
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        process = subprocess.Popen(self._enter([*command]), stdout=subprocess.PIPE, text=True, env=environment)
        self._started.append(process)
        return process

    def start_rpcbind(self) -> None:
        """Start the real one and wait until it answers."""
        self.start("rpcbind", "-f")
        wait_until(lambda: answers(self.socket))

    def start_ours(self, *arguments: str) -> None:
        """Start our own and wait until it says it is ready."""
        process = self.start(sys.executable, "-m", "oncrpc", "portmap", "--local", "/run/rpcbind.sock", *arguments)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["port"] == 111

    def stop_servers(self) -> None:
        """End what was started, by SIGTERM."""
        for process in self._started:
            process.terminate()
            process.communicate(timeout=DEADLINE_S)
        self._started.clear()

    def close(self) -> None:
        """End everything in it."""
        for process in self._started:
            process.kill()
            process.communicate()
        self._holder.communicate()


def wait_until(true: Callable[[], bool]) -> None:
    """Return when `true()` is. Raises AssertionError at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not true():
        assert time.monotonic() < deadline, "not within the time allowed"
        pause.wait(0.02)


def answers(path: str) -> bool:
    """Return whether a portmapper answers on this unix socket."""
    try:
        with PortmapClient.local(path) as client:
            return client.null() == 4
    except NotDelivered:
        return False
