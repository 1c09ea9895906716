"""The daemon as a process: its command line, ready line, doors, end, and what bad input does to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from daemon_process import ROOT, SOURCES, DaemonProcess, blocking_wait, running_daemon

from oncrpc.client import Client
from oncrpc.errors import (
    AcceptStat,
    ConnectionLost,
    NotDelivered,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
)
from oncrpc.message import pack_call
from oncrpc.portmap import PortmapClient, lookup
from oncrpc.procedure import Procedure
from oncrpc.record import mark
from oncrpc.xdr import VOID
from virtproto import virt as v
from virtrpcd.daemon import portmap_host
from virtrpcd.endpoint import Endpoint

NOBODY_UID = 65534


def virtrpcd(*options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    command = [sys.executable, "-m", "virtrpcd", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)


def domain(client: Client, name: str = "test") -> v.virt_domain:
    args = v.virt_domain_lookup_by_name_args(name)
    return v.VIRT_V2_Client(client).virt_domain_lookup_by_name(args).ok.dom


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--driver", "xen"], "virtrpcd: --driver: driver: expected auto or test or qemu, found 'xen'\n"),
        (["--onc", "tcp:x"], "virtrpcd: --onc: 'tcp:x': expected tcp:HOST:PORT\n"),
        (["--config", "/nonexistent"], "virtrpcd: /nonexistent: No such file or directory\n"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_2(options: list[str], line: str) -> None:
    done = virtrpcd(*options)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


def test_a_port_in_use_is_one_line_and_exit_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"tcp:127.0.0.1:{taken.getsockname()[1]}"
        done = virtrpcd("--driver", "test", "--state-dir", str(tmp_path), "--portmap", "off", "--onc", place)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"virtrpcd: cannot listen on {place}: Address already in use"


def test_the_ready_line_says_where_the_daemon_is_and_sigterm_ends_it(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        ready = daemon.ready
        assert (ready["ready"], ready["pid"]) == (True, daemon.process.pid)
        assert ready["driver"] == "test"
        assert [text.partition(":")[0] for text in ready["onc"]] == ["tcp", "udp", "unix", "unix"]
        run = Path(daemon.unix()).parent
        assert ready["libvirt"] == [f"unix:{run}/libvirt-sock", f"unix:{run}/libvirt-sock-ro?ro"]
        paths = [daemon.unix(), daemon.unix(read_only=True), run / "libvirt-sock", run / "libvirt-sock-ro"]
        assert all(Path(path).is_socket() for path in paths)
    assert not any(Path(path).exists() for path in paths)


def test_a_second_daemon_on_the_same_state_is_refused(tmp_path: Path) -> None:
    with running_daemon(tmp_path):
        done = virtrpcd("--driver", "test", "--state-dir", str(tmp_path), "--portmap", "off")
        assert done.returncode == 1
        assert "another virtrpcd works with this state folder" in done.stderr


def test_a_socket_left_by_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path)
    daemon.kill()
    assert Path(daemon.unix()).exists()
    with running_daemon(tmp_path) as again, again.client() as client:
        client.ping()


def test_versions_and_the_portmapper_agree(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        port = daemon.portmap_port
        for version in (1, 2):
            assert lookup("127.0.0.1", v.VIRT_PROGRAM, version, "tcp", port) == daemon.port("tcp")
            assert lookup("127.0.0.1", v.VIRT_PROGRAM, version, "udp", port) == daemon.port("udp")
        # asked for one that is not there, the portmapper leads to the server, which says what it has
        found = lookup("127.0.0.1", v.VIRT_PROGRAM, 3, "tcp", port)
        with Client.tcp("127.0.0.1", found, v.VIRT_PROGRAM, 3) as client:
            with pytest.raises(ProgramMismatch) as caught:
                client.ping()
            assert (caught.value.low, caught.value.high) == (1, 2)
        with PortmapClient.tcp("127.0.0.1", port) as portmap:
            ours = {(entry.version, entry.netid) for entry in portmap.dump() if entry.program == v.VIRT_PROGRAM}
        assert ours == {(version, netid) for version in (1, 2) for netid in ("tcp", "udp", "local")}


def test_a_newer_state_is_refused_with_a_clear_error(tmp_path: Path) -> None:
    import sqlite3

    with running_daemon(tmp_path, "--config", str(_config(tmp_path, "[qemu]\naccel = 'tcg'\n")), driver="qemu"):
        pass
    (database,) = tmp_path.glob("*.sqlite*")
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    done = virtrpcd("--driver", "qemu", "--state-dir", str(tmp_path), "--portmap", "off")
    assert done.returncode == 1
    assert "99" in done.stderr.splitlines()[-1]


def _config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return path


def raw(daemon: DaemonProcess) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(daemon.unix())
    sock.settimeout(30)
    return sock


BROKEN = {
    "a record over the limit": struct.pack(">I", 0x80000000 | (33_554_432 + 1)),
    "a fragment of two gigabytes": b"\x7f\xff\xff\xff",
    "empty fragments without end": bytes(4) * 100_000,
    "fragments of one byte without end": b"\0\0\0\x01x" * 100_000,
    "a message too short": mark(b"\0" * 8),
    "a reply instead of a call": mark(struct.pack(">6I", 1, 1, 0, 0, 0, 0)),
    "http": b"GET / HTTP/1.0\r\n\r\n" + b"x" * 100_000,
}


def test_bad_input_is_refused_the_daemon_goes_on_and_its_memory_is_flat(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon, daemon.client() as client:
        dom = domain(client)
        info = v.virt_domain_get_info_args(dom)
        before = 0
        for round_number in range(6):
            for what, junk in BROKEN.items():
                with raw(daemon) as sock:
                    try:
                        sock.sendall(junk)
                        assert sock.recv(100) == b"", what
                    except ConnectionError:
                        pass
                assert v.VIRT_V2_Client(client).virt_domain_get_info(info).discriminant == v.VIRT_OK, what
            _refusals(daemon, dom)
            if round_number == 0:
                before = daemon.rss_kib()
        assert daemon.rss_kib() - before < 16_384


def _refusals(daemon: DaemonProcess, dom: v.virt_domain) -> None:
    """Calls that are refused and leave their connection usable."""
    nothing: Procedure[None] = Procedure(999, "NOTHING", VOID, VOID, arity=0)
    with daemon.client() as client:
        with pytest.raises(ProcedureUnavailable):
            client.call(nothing)
        client.version = 9
        with pytest.raises(ProgramMismatch):
            client.ping()
        client.version = 2
        client.session.program = 77
        with pytest.raises(ProgramUnavailable):
            client.ping()
        client.session.program = v.VIRT_PROGRAM
        client.ping()
    whole = v.virt_domain_create_with_flags_args(dom, 0).to_xdr()
    params = v.virt_domain_set_scheduler_parameters_args(dom, []).to_xdr()[:-4]
    wrong_arm = params + struct.pack(">I", 1) + struct.pack(">I", 1) + b"x\0\0\0" + struct.pack(">Ii", 99, 1)
    garbage = [(v.VIRT_DOMAIN_CREATE_WITH_FLAGS, whole[:cut]) for cut in range(0, len(whole), 3)]
    garbage.append((v.VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, wrong_arm))
    undecodable = len(garbage)
    for offset in range(0, len(whole) - 4, 4):
        garbage.append((v.VIRT_DOMAIN_CREATE_WITH_FLAGS, whole[:offset] + b"\xff\xff\xff\xff" + whole[offset + 4 :]))
    with raw(daemon) as sock:
        for number, (procedure, args) in enumerate(garbage):
            sock.sendall(mark(pack_call(number, v.VIRT_PROGRAM, 2, procedure, args)))
            head = sock.recv(4096)
            xid, accept_stat = struct.unpack_from(">I", head, 4)[0], struct.unpack_from(">I", head, 24)[0]
            assert xid == number
            if number < undecodable:
                assert accept_stat == AcceptStat.GARBAGE_ARGS
            elif accept_stat != AcceptStat.GARBAGE_ARGS:  # it decoded: then some machine or flag that is not there
                assert (accept_stat, head[31]) == (AcceptStat.SUCCESS, v.VIRT_FAILED)


def as_nobody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this file's helper as another user."""
    return subprocess.run(
        [sys.executable, str(Path(__file__).parent.parent / "other_user.py"), *arguments],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_another_user_on_loopback_reads_and_never_writes(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        codes = json.loads(as_nobody("calls", "tcp", str(daemon.port("tcp"))).stdout)
        assert codes == {"info": 0, "define": 88}
        os.chmod(tmp_path, 0o755)
        for parent in tmp_path.parents:
            if parent.stat().st_uid == os.geteuid() and str(parent) != "/":
                parent.chmod(parent.stat().st_mode | 0o011)
        codes = json.loads(as_nobody("calls", "unix", daemon.unix()).stdout)
        assert codes == {"info": 0, "define": 88}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_a_define_by_another_user_who_closes_at_once_defines_nothing(tmp_path: Path) -> None:
    """Before accept (the daemon stands still meanwhile) and after; the closed socket would read as root's."""
    with running_daemon(tmp_path) as daemon:
        os.kill(daemon.pid, signal.SIGSTOP)
        try:
            as_nobody("define-and-go", "tcp", str(daemon.port("tcp")), "before-accept")
        finally:
            os.kill(daemon.pid, signal.SIGCONT)
        as_nobody("define-and-go", "tcp", str(daemon.port("tcp")), "after-accept")
        with daemon.client() as client:
            for _ in range(3):
                client.ping()
            args = v.virt_connect_list_all_domains_args(1, 0)
            names = [dom.name for dom in v.VIRT_V2_Client(client).virt_connect_list_all_domains(args).ok.domains]
        assert names == ["test"]


def test_nothing_changes_over_the_read_only_socket_or_udp(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        clients = [
            daemon.client(read_only=True),
            Client.udp("127.0.0.1", daemon.port("udp"), v.VIRT_PROGRAM, 2),
        ]
        for client in clients:
            with client:
                stubs = v.VIRT_V2_Client(client)
                dom = domain(client)
                assert stubs.virt_domain_suspend(v.virt_domain_suspend_args(dom)).error.code == 29
                assert stubs.virt_domain_get_xml_desc(v.virt_domain_get_xml_desc_args(dom, 0)).discriminant == v.VIRT_OK
                secrets = stubs.virt_domain_get_xml_desc(v.virt_domain_get_xml_desc_args(dom, 1))
                assert secrets.error.code == 29


def test_an_answer_too_long_for_udp_says_use_tcp(tmp_path: Path) -> None:
    xml = "<domain type='test'><name>n{}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
    with running_daemon(tmp_path) as daemon, daemon.client() as client:
        stubs = v.VIRT_V2_Client(client)
        for number in range(300):
            args = v.virt_domain_define_xml_args(xml.format(number))
            assert stubs.virt_domain_define_xml(args).discriminant == v.VIRT_OK
        with Client.udp("127.0.0.1", daemon.port("udp"), v.VIRT_PROGRAM, 2) as datagrams:
            everything = v.virt_connect_list_all_domains_args(1, 0)
            answer = v.VIRT_V2_Client(datagrams).virt_connect_list_all_domains(everything)
            assert answer.error.code == 84
            assert "use tcp" in (answer.error.message or "")
        assert stubs.virt_connect_list_all_domains(everything).ok.ret == 301


def test_sigterm_answers_who_waits_for_events(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path)
    answers: list[Any] = []
    with daemon.client() as client:
        stubs = v.VIRT_V2_Client(client)
        start = stubs.virt_events(v.virt_events_args(v.virt_cursor(bytes(16), 0), 10, 0)).ok.cursor

        def wait() -> None:
            answers.append(stubs.virt_events(v.virt_events_args(start, 10, 50_000)))

        waiter = threading.Thread(target=wait)
        waiter.start()
        blocking_wait(lambda: len(client.session.pending) == 1)
        with daemon.client() as other:
            other.ping()
        assert daemon.stop() == 0
        waiter.join(30)
    assert len(answers) == 1
    assert answers[0].ok.events == []


def test_a_daemon_that_is_gone_is_told_apart_from_one_that_lost_the_connection(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path)
    with daemon.client() as client:
        client.ping()
        daemon.kill()
        with pytest.raises(ConnectionLost):
            client.ping()
        with pytest.raises(NotDelivered):
            client.ping()
    with pytest.raises(NotDelivered):
        daemon.client()


def test_the_embedded_portmapper_leaves_loopback_only_with_a_door_that_does() -> None:
    unix, local = Endpoint("unix", path="/x"), Endpoint("tcp", host="localhost", port=5)
    assert portmap_host([unix, local, Endpoint("udp", host="127.0.0.2", port=5)]) == "127.0.0.1"
    assert portmap_host([unix, local, Endpoint("tcp", host="0.0.0.0", port=5)]) == "0.0.0.0"


def test_a_long_name_that_names_nothing_does_not_come_back_whole(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon, daemon.client() as client:
        args = v.virt_domain_lookup_by_name_args("x" * 1_000_000)
        error = v.VIRT_V2_Client(client).virt_domain_lookup_by_name(args).error
        assert error.code == 42
        assert len(error.message or "") <= 2048


def test_the_daemon_may_open_as_many_files_as_the_system_lets_it(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as daemon:
        limits = Path(f"/proc/{daemon.pid}/limits").read_text()
        (line,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
        soft, hard = line.split()[3:5]
        assert soft == hard
