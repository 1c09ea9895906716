"""Runs the real daemon as a process of its own, for tests that need one."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oncrpc.client import Client
from virtproto import virt as v

ROOT = Path(__file__).resolve().parent.parent
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in ("rpc", "xdr_spec", "server", "client", "tools"))
START_TIMEOUT_S = 60.0


class DaemonProcess:
    """A daemon that is ready. `ready` is its ready line; logs are in `log`.

    command: put before it, to run it in some other place. program: an installed virtrpcd to run instead of our sources.
    """

    def __init__(
        self,
        state: Path,
        *options: str,
        driver: str = "test",
        command: tuple[str, ...] = (),
        program: Path | None = None,
    ) -> None:
        self.state = state
        state.mkdir(parents=True, exist_ok=True)
        self.log = state / "daemon.log"
        environment = {**os.environ, "PYTHONPATH": SOURCES, "XDG_CONFIG_HOME": str(state / "config")}
        if not any(option.startswith("--portmap") for option in options):
            options = (*options, "--portmap", "embedded:0")
        if "--config" not in options:
            empty = state / "empty.toml"
            empty.write_text("")
            options = ("--config", str(empty), *options)
        daemon = [sys.executable, "-m", "virtrpcd"] if program is None else [str(program)]
        if program is not None:
            del environment["PYTHONPATH"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *daemon, "--driver", driver, "--state-dir", str(state), *options],
                cwd=None if program is None else state,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self.ready = self._read_ready()

    def _read_ready(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        got, _, _ = select.select([self.process.stdout], [], [], START_TIMEOUT_S)
        line = self.process.stdout.readline() if got else b""
        if not line:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"the daemon did not get ready:\n{self.log.read_text()[-3000:]}")
        ready: dict[str, Any] = json.loads(line)
        return ready

    @property
    def pid(self) -> int:
        """The daemon's own pid (the process started may be a wrapper round it)."""
        return int(self.ready["pid"])

    def unix(self, *, read_only: bool = False) -> str:
        """The path of the unix socket."""
        paths: list[str] = [text[5:] for text in self.ready["onc"] if text.startswith("unix:")]
        return next(path.removesuffix("?ro") for path in paths if path.endswith("?ro") == read_only)

    def port(self, kind: str = "tcp") -> int:
        """The port on tcp or udp."""
        return int(next(text for text in self.ready["onc"] if text.startswith(kind + ":")).rpartition(":")[2])

    @property
    def portmap_port(self) -> int:
        """The port of the embedded portmapper."""
        return int(self.ready["portmap"].partition(":")[2])

    def client(self, version: int = 2, *, read_only: bool = False) -> Client:
        """A blocking client on the unix socket."""
        return Client.unix(self.unix(read_only=read_only), v.VIRT_PROGRAM, version, call_timeout_s=60)

    def rss_kib(self) -> int:
        """Resident memory of the daemon."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def stop(self) -> int:
        """SIGTERM, and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def kill(self) -> None:
        """SIGKILL, and wait."""
        if self.process.poll() is None:
            self.process.kill()
        self._reap()

    def _reap(self) -> int:
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


@contextlib.contextmanager
def running_daemon(
    state: Path, *options: str, driver: str = "test", command: tuple[str, ...] = ()
) -> Iterator[DaemonProcess]:
    """A daemon while the block runs; its end must be clean."""
    daemon = DaemonProcess(state, *options, driver=driver, command=command)
    try:
        yield daemon
    except BaseException:
        daemon.kill()
        raise
    assert daemon.stop() == 0, daemon.log.read_text()[-3000:]


def blocking_wait(predicate: Any, timeout_s: float = 30.0, what: str = "the state") -> Any:
    """Return predicate()'s first true value. Raises AssertionError."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {timeout_s} s")
        select.select([], [], [], 0.02)
