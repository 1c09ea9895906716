"""Debian's virsh, unmodified: the same commands of libvirt's own test driver and of ours print the same.

Both are reached through a daemon and begin anew for each row. DIFFERENT says where they differ and why.
"""

from __future__ import annotations

import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from daemon_process import DaemonProcess, running_daemon
from interop.libvirtd import running_libvirtd
from interop.virsh_rows import FILES, rows
from needs import skip_without

pytestmark = pytest.mark.interop

_PINS = "libvirt's test driver pins vcpus of what runs only, and knows no flags there; ours has pins in definitions"
_PAGES = "libvirtd takes what its own test driver returns there for an error; in virsh's own process it works as here"
DIFFERENT: Final[dict[str, str]] = {
    "freepages --all": _PAGES,
    "freepages --cellno 0 --pagesize 4": _PAGES,
    "vcpupin test 0 0,3 --live; vcpuinfo test": _PINS,
    "vcpupin test 0 0-1 --config": _PINS,
    "define d1.xml; start d1; domiftune d1 nosuch": "the same error, said when the parameters are counted already",
}
"""A row that is not the same: why."""

# What may differ without a reason: moments, how long something ran, identifiers made by chance.
_LOOSE: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d[ T][\d:]+( [+-]\d+)?"), "TIME"),
    (re.compile(r"<creationTime>\d+"), "<creationTime>N"),
    (re.compile(r"([Cc][Pp][Uu][ _]time:?\s+)[\d.]+"), r"\1N"),
    (re.compile(r"\b1[67]\d{8}\b"), "EPOCH"),
    (re.compile(r"(cpu\.time=|last_update )\d+"), r"\1N"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"52:54:00:[0-9a-f:]{8}"), "MAC"),
    (re.compile(r"(Time: +)[\d.]+"), r"\1N"),
    # Figures of the test driver's disks and interfaces, made of the time of day; and moments in nanoseconds.
    (re.compile(r"((?:rx|tx)_\w+|errs|error count:|rd_\w+|wr_\w+)(\s+)\d+"), r"\1\2N"),
    (re.compile(r"\b\d{11,}\b"), "N"),
)


def virsh(uri: str, row: str, folder: Path) -> str:
    """What virsh prints and how it ends."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    run = subprocess.run(
        ["virsh", "-c", uri, row],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "EDITOR": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    shutil.rmtree(folder)
    said = f"{run.stdout}\n--- stderr\n{run.stderr}\n--- exit code {run.returncode}\n".replace(str(folder), "FOLDER")
    for pattern, word in _LOOSE:
        said = pattern.sub(word, said)
    return said


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    skip_without(None if shutil.which("virsh") else "needs virsh (libvirt-clients)")
    folder = tmp_path_factory.mktemp("virsh")
    config = folder / "virtrpcd.toml"
    config.write_text('allowed_dirs = ["/"]\n')  # libvirt's test driver takes any file
    with running_daemon(folder, "--config", str(config)) as daemon:
        yield daemon


def our_uri(daemon: DaemonProcess) -> str:
    return "test+unix:///default?socket=" + daemon.ready["libvirt"][0].removeprefix("unix:")


@pytest.fixture(scope="module")
def libvirtd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A URI of libvirt's own test driver, in a libvirtd."""
    with running_libvirtd(tmp_path_factory.mktemp("libvirtd")) as (path, _):
        yield f"test+unix:///default?socket={path}"


def test_every_row_prints_the_same_on_libvirts_test_driver_and_on_ours(
    daemon: DaemonProcess, libvirtd: str, tmp_path: Path
) -> None:
    # One at a time on each: the test driver that connections share is to be a new one for each row.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = []
        for number, row in enumerate(rows()):
            asked = pool.submit(virsh, libvirtd, row, tmp_path / f"libvirt{number}")
            ours = virsh(our_uri(daemon), row, tmp_path / f"ours{number}")
            libvirt = asked.result()
            if (libvirt == ours) == (row in DIFFERENT):
                diff = difflib.unified_diff(libvirt.splitlines(), ours.splitlines(), "libvirt", "ours", "", "", 0, "")
                wrong.append("\n".join([f"# {row}", *list(diff)[2:12]]))
    assert not wrong, f"{len(wrong)} rows:\n" + "\n".join(wrong)


def test_rows_that_differ_are_rows() -> None:
    assert set(DIFFERENT) <= set(rows())
