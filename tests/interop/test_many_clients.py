"""Eight clients at once, readers and writers, C and Python, unix and tcp, for a minute against one daemon.

VIRTRPC_SOAK_S: how many seconds instead of 60. Without rpcgen and gcc (not on CI) Python takes the places of C.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from daemon_process import ROOT, SOURCES, DaemonProcess, running_daemon
from interop.programs import TIRPC, need

from virtproto import virt as v

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SOAK_S: Final = int(os.environ.get("VIRTRPC_SOAK_S", "60"))
LAST: Final = "soak-end"
XML: Final = "<domain type='test'><name>{}</name><memory>65536</memory><os><type>hvm</type></os></domain>"
RUNNING, SHUTOFF = 1, 5
STARTED, SUSPENDED, RESUMED, STOPPED = 2, 3, 4, 5
C_TOOLS: Final = ("gcc", "rpcgen")


def build_c(folder: Path) -> Path:
    """Compile soak.c with what rpcgen makes of virt.x."""
    shutil.copy(ROOT / "xdr_spec" / "virt.x", folder)
    for option, name in (("-h", "virt.h"), ("-c", "virt_xdr.c"), ("-l", "virt_clnt.c")):
        subprocess.run(["rpcgen", "-N", "-C", option, "-o", name, "virt.x"], cwd=folder, check=True, timeout=60)
    sources = [str(Path(__file__).parent / "soak.c"), "virt_xdr.c", "virt_clnt.c"]
    command = ["gcc", "-O1", "-w", "-I.", f"-I{TIRPC}", "-o", "soak", *sources, "-ltirpc"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    return folder / "soak"


class Clients:
    """The client processes, all started at once; `finish` waits for one and gives what it reported."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, *command: str) -> None:
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        self._running[name] = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def python(self, name: str, role: str, where: str, cursor: str) -> None:
        script = str(ROOT / "tests" / "soak_client.py")
        self.start(name, sys.executable, script, role, where, str(SOAK_S), cursor, name)

    def finish(self, name: str) -> dict[str, Any]:
        out, err = self._running[name].communicate(timeout=SOAK_S + 90)
        assert (self._running[name].returncode, err) == (0, ""), name
        report: dict[str, Any] = json.loads(out)
        return report

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
            process.communicate()


def c_tally(report: dict[str, Any], name: str) -> Counter[str]:
    """Return the events that a C writer caused."""
    rounds, restarts = report["rounds"], report["restarts"]
    counts = {SUSPENDED: rounds, RESUMED: rounds, STOPPED: restarts, STARTED: restarts}
    return Counter({f"{name} {event}": count for event, count in counts.items() if count})


def now(daemon: DaemonProcess) -> str:
    """Return the cursor of now, as soak_client.py takes it."""
    with daemon.client() as client:
        args = v.virt_events_args(v.virt_cursor(bytes(16), 0), 1, 0)
        cursor = v.VIRT_V2_Client(client).virt_events(args).ok.cursor
    return f"{cursor.epoch.hex()}:{cursor.next}"


def define(daemon: DaemonProcess, name: str, *, start: bool = False) -> None:
    with daemon.client() as client:
        stubs = v.VIRT_V2_Client(client)
        dom = stubs.virt_domain_define_xml(v.virt_domain_define_xml_args(XML.format(name))).ok.dom
        if start:
            assert stubs.virt_domain_create(v.virt_domain_create_args(dom)).discriminant == v.VIRT_OK


def states(daemon: DaemonProcess) -> dict[str, int]:
    """Return every machine's state by name."""
    with daemon.client() as client:
        stubs = v.VIRT_V2_Client(client)
        found = stubs.virt_connect_list_all_domains(v.virt_connect_list_all_domains_args(1, 0)).ok.domains
        return {dom.name: stubs.virt_domain_get_state(v.virt_domain_get_state_args(dom, 0)).ok.state for dom in found}


def settings(folder: Path) -> Path:
    """Return a configuration that keeps all events of the test: a reader may be kept from running for long."""
    file = folder / "soak.toml"
    file.write_text("[limits]\nevents_kept = 1_000_000\n")
    return file


READERS: Final = ("follow-unix", "follow-tcp", "news-tcp", "both-unix")


def test_eight_clients_at_once_meet_no_error_miss_no_event_and_leave_the_right_state(tmp_path: Path) -> None:
    if os.environ.get("CI"):
        need(*C_TOOLS, TIRPC)
    soak = build_c(tmp_path) if TIRPC.exists() and all(map(shutil.which, C_TOOLS)) else None
    with running_daemon(tmp_path, "--config", str(settings(tmp_path))) as daemon, Clients() as clients:
        places = {"unix": f"unix:{daemon.unix()}", "tcp": f"127.0.0.1:{daemon.port('tcp')}"}
        define(daemon, "c-tcp", start=True)
        cursor = now(daemon)
        for name in READERS:
            role, _, kind = name.partition("-")
            clients.python(name, role, places[kind], cursor)
        clients.python("py-unix", "write", places["unix"], cursor)
        clients.python("py-tcp", "write", places["tcp"], cursor)
        if soak is not None:
            clients.start("c-tcp", str(soak), places["tcp"], "write", "c-tcp", str(SOAK_S))
            clients.start("c-unix", str(soak), places["unix"], "read", "-", str(SOAK_S))
        else:
            clients.python("c-tcp", "write", places["tcp"], cursor)
            clients.python("c-unix", "write", places["unix"], cursor)
        written = {name: clients.finish(name) for name in ("py-unix", "py-tcp", "c-tcp", "c-unix")}
        define(daemon, LAST)
        read = [clients.finish(name) for name in READERS]
        ended = states(daemon)
    assert ended == {"test": RUNNING, "c-tcp": RUNNING, LAST: SHUTOFF}
    assert all(report["rounds"] > SOAK_S for report in written.values()), written
    caused = Counter({f"{LAST} 0": 1})
    if soak is not None:
        written["c-tcp"]["tally"] = c_tally(written["c-tcp"], "c-tcp")
        written["c-unix"]["tally"] = {}  # it only read
    for report in written.values():
        caused += Counter(report["tally"])
    for name, report in zip(READERS, read, strict=True):
        first, following = report["numbers"]
        seen = Counter(report["tally"])
        assert (seen - caused, caused - seen) == ({}, {}), name
        assert following - first == sum(caused.values()), name
        assert report["digest"] == read[0]["digest"], name
    log = daemon.log.read_text()
    assert not any(f"level={level}" in log for level in ("warning", "error", "critical")), log[-3000:]
