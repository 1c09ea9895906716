"""A daemon on the qemu driver that cannot start says why in one line, without a trace, and exits 1."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_process import ROOT, SOURCES, running_daemon
from interop.programs import need

pytestmark = pytest.mark.interop


def config(folder: Path, text: str = "accel = 'tcg'") -> str:
    """Write a configuration file; return its path."""
    folder.mkdir(exist_ok=True)
    file = folder / "qemu.toml"
    file.write_text(f"[qemu]\n{text}\n")
    return str(file)


def refused(folder: Path, settings: str) -> str:
    """Start a daemon that is to refuse; return its last word, having checked that it is the only one of its kind."""
    options = ["--config", settings, "--driver", "qemu", "--state-dir", str(folder), "--portmap", "off"]
    done = subprocess.run(
        [sys.executable, "-m", "virtrpcd", *options],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("virtrpcd: ")
    return last


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder that a daemon has used."""
    need("qemu-system-x86_64")
    folder = tmp_path / "state"
    with running_daemon(folder, "--config", config(tmp_path), driver="qemu"):
        pass
    return folder


def test_a_state_of_a_later_release_is_refused_in_one_line(state: Path) -> None:
    connection = sqlite3.connect(state / "state.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    last = refused(state, config(state))
    assert "99" in last
    assert "later release" in last


def test_a_state_that_is_no_database_is_refused_in_one_line(state: Path) -> None:
    for left in state.glob("state.sqlite-*"):
        left.unlink()
    (state / "state.sqlite").write_bytes(b"not a database, whatever it may be" * 100)
    assert "state.sqlite" in refused(state, config(state))


def test_an_emulator_that_is_not_there_is_named_in_one_line(tmp_path: Path) -> None:
    settings = config(tmp_path, "emulator = '/nonexistent/qemu-system-x86_64'")
    assert "/nonexistent/qemu-system-x86_64" in refused(tmp_path / "state", settings)
