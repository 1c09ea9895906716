"""Real rpcinfo finds the daemon: through real rpcbind, and through the daemon's own portmapper on port 111."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess, blocking_wait, running_daemon
from namespaces import Namespace, answers

from virtproto import virt as v

pytestmark = pytest.mark.interop

VIRT = str(v.VIRT_PROGRAM)
READY = f"program {VIRT} version {{}} ready and waiting"
PORTMAP = {"rpcbind": "system", "our own": "embedded:111"}
Start = Callable[[], DaemonProcess]


@pytest.fixture(params=list(PORTMAP))
def portmap(request: pytest.FixtureRequest, namespace: Namespace) -> str:
    """The portmapper of the namespace; what `--portmap auto` is to find is what the ready line must say."""
    if request.param == "rpcbind":
        namespace.start_rpcbind()
    return PORTMAP[request.param]


@pytest.fixture
def start(namespace: Namespace, tmp_path: Path) -> Iterator[Start]:
    """Starts daemons in the namespace; those left over are killed."""
    started: list[DaemonProcess] = []

    def begin() -> DaemonProcess:
        daemon = DaemonProcess(tmp_path, "--portmap", "auto", command=namespace.entry)
        started.append(daemon)
        return daemon

    yield begin
    for daemon in started:
        daemon.kill()


def listed(text: str) -> list[list[str]]:
    """Return the lines about our program, as words."""
    return [line.split() for line in text.splitlines() if line.split()[:1] == [VIRT]]


def by_port(daemon: DaemonProcess) -> list[list[str]]:
    """Return what `rpcinfo -p` has to list of this daemon, sorted."""
    return sorted([VIRT, version, kind, str(daemon.port(kind))] for version in ("1", "2") for kind in ("tcp", "udp"))


def test_rpcinfo_lists_both_versions_on_tcp_and_udp_while_the_daemon_runs_and_no_longer(
    namespace: Namespace, portmap: str, start: Start
) -> None:
    daemon = start()
    assert daemon.ready["portmap"] == portmap
    for arguments in (["-p"], ["-p", "127.0.0.1"]):
        assert sorted(words[:4] for words in listed(namespace.rpcinfo(*arguments))) == by_port(daemon)
    version_4 = {tuple(words[1:4]) for words in listed(namespace.rpcinfo())}
    wanted = {(version, "local", daemon.unix()) for version in ("1", "2")}
    for kind in ("tcp", "udp"):
        port = daemon.port(kind)
        wanted |= {(version, kind, f"127.0.0.1.{port >> 8}.{port & 255}") for version in ("1", "2")}
    assert version_4 == wanted
    assert daemon.stop() == 0
    if portmap == "system":
        assert VIRT not in namespace.rpcinfo("-p")
        assert VIRT not in namespace.rpcinfo()
    else:
        # the portmapper was the daemon's own: it went with it, and its socket too
        assert namespace.run("rpcinfo", "-p").returncode == 1
        assert os.listdir(namespace.run_folder) == []


def test_rpcinfo_calls_both_versions_and_hears_of_a_third_that_there_are_1_to_2(
    namespace: Namespace, portmap: str, start: Start
) -> None:
    daemon = start()
    assert daemon.ready["portmap"] == portmap
    for kind in ("tcp", "udp"):
        for version in ("1", "2"):
            assert namespace.rpcinfo("-T", kind, "127.0.0.1", VIRT, version).splitlines() == [READY.format(version)]
        both = namespace.rpcinfo("-T", kind, "127.0.0.1", VIRT).splitlines()
        assert both == [READY.format(1), READY.format(2)]
        third = namespace.run("rpcinfo", "-T", kind, "127.0.0.1", VIRT, "3")
        assert (third.returncode, third.stdout) == (1, f"program {VIRT} version 3 is not available\n")
        assert third.stderr == "rpcinfo: RPC: Program/version mismatch; low version = 1, high version = 2\n"
    for option in ("-u", "-t"):
        assert namespace.rpcinfo(option, "127.0.0.1", VIRT).splitlines() == [READY.format(1), READY.format(2)]
        assert namespace.rpcinfo(option, "127.0.0.1", VIRT, "2").splitlines() == [READY.format(2)]
    assert daemon.stop() == 0


def test_what_a_killed_daemon_left_in_rpcbind_is_replaced_by_the_next(namespace: Namespace, start: Start) -> None:
    namespace.start_rpcbind()
    first = start()
    stale = by_port(first)
    first.kill()
    assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == stale
    second = start()
    assert second.ready["portmap"] == "system"
    fresh = by_port(second)
    assert fresh != stale
    assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == fresh
    assert len(listed(namespace.rpcinfo())) == 6
    assert namespace.rpcinfo("-T", "tcp", "127.0.0.1", VIRT, "2").splitlines() == [READY.format(2)]
    assert second.stop() == 0
    assert VIRT not in namespace.rpcinfo()


def test_root_without_rpcbind_serves_its_socket_and_takes_it_over_from_a_killed_daemon(
    namespace: Namespace, start: Start
) -> None:
    first = start()
    assert first.ready["portmap"] == "embedded:111"
    assert answers(namespace.socket)
    first.kill()
    assert os.listdir(namespace.run_folder) == ["rpcbind.sock"]
    assert not answers(namespace.socket)
    second = start()
    assert answers(namespace.socket)
    assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == by_port(second)
    assert second.stop() == 0
    assert os.listdir(namespace.run_folder) == []


def test_an_earlier_daemon_that_ends_leaves_a_later_ones_registrations(
    namespace: Namespace, start: Start, tmp_path: Path
) -> None:
    """Two daemons of one user share rpcbind: the later one is found, and goes on being found."""
    namespace.start_rpcbind()
    first = start()
    with running_daemon(tmp_path / "second", "--portmap", "auto", command=namespace.entry) as second:
        assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == by_port(second)
        assert first.stop() == 0
        assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == by_port(second)
    assert VIRT not in namespace.rpcinfo()


def test_a_daemon_whose_rpcbind_is_gone_ends_cleanly(namespace: Namespace, start: Start) -> None:
    namespace.start_rpcbind()
    daemon = start()
    namespace.stop_servers()
    assert daemon.stop() == 0


@pytest.mark.slow
def test_a_daemon_comes_back_into_an_rpcbind_that_was_started_anew(namespace: Namespace, start: Start) -> None:
    namespace.start_rpcbind()
    daemon = start()
    namespace.stop_servers()
    namespace.start_rpcbind()
    assert VIRT not in namespace.rpcinfo("-p")
    # the daemon looks every 30 seconds
    blocking_wait(lambda: len(listed(namespace.rpcinfo("-p"))) == 4, 60)
    assert sorted(words[:4] for words in listed(namespace.rpcinfo("-p"))) == by_port(daemon)
    assert daemon.stop() == 0
    assert VIRT not in namespace.rpcinfo()
