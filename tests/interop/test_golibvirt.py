"""go-libvirt, from Debian, unmodified: lists, starts, stops, watches, takes a screenshot by stream."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from daemon_process import running_daemon
from needs import skip_without

pytestmark = pytest.mark.interop

SOURCE = Path(__file__).parent / "golibvirt"
LIBRARY = Path("/usr/share/gocode/src/github.com/digitalocean/go-libvirt")
GO = "/usr/bin/go"
"""Debian's own: it builds what Debian's library is, without modules and without a network."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    skip_without(None if LIBRARY.exists() and shutil.which(GO) else "needs golang-go and go-libvirt's Debian package")
    folder = tmp_path_factory.mktemp("go")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOROOT": "",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    built = folder / "golibvirt"
    subprocess.run([GO, "build", "-o", str(built), "."], cwd=SOURCE, env=environment, check=True, timeout=300)
    return built


def test_go_libvirt_lists_starts_stops_watches_and_takes_a_screenshot(program: Path, tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        socket = daemon.ready["libvirt"][0].removeprefix("unix:")
        run = subprocess.run(
            [program, socket, "test:///default", "test"], capture_output=True, text=True, timeout=60, check=False
        )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    picture = found.pop("picture")
    assert found == {
        "library": "9.0.0",
        "before": ["test 1"],
        "after": ["test 1"],
        "events": ["test 5 1", "test 2 0"],
        "missing": True,
        "unknown": True,
        "magic": "89504e470d0a1a0a",
    }
    assert picture > 100
