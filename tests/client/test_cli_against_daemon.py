"""The command line and the library on the real daemon with the test driver."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon_process import SOURCES, DaemonProcess, running_daemon

import virtrpc
import virtrpc.aio

UUID = "11111111-2222-3333-4444-555555555555"
XML = (
    f"<domain type='test'><name>vm1</name><uuid>{UUID}</uuid><memory unit='MiB'>64</memory><vcpu>2</vcpu>"
    "<os><type>hvm</type></os></domain>"
)
WAIT_S = 30


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("d")
    doors = [f"unix:{folder}/s", f"unix:{folder}/ro?ro", "tcp:127.0.0.1:0", "udp:127.0.0.1:0"]
    with running_daemon(folder, *(word for door in doors for word in ("--onc", door))) as process:
        yield process


def command(uri: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "virtrpc.cli", "-c", uri, *arguments]


ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCES}


class Cli:
    def __init__(self, uri: str) -> None:
        self.uri = uri

    def __call__(self, *arguments: str, code: int = 0, stdin: str = "") -> str:
        done = subprocess.run(
            command(self.uri, *arguments), env=ENVIRONMENT, input=stdin, capture_output=True, text=True, timeout=WAIT_S,
            check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        if code:
            assert done.stderr.startswith("virtrpc: ")
            assert done.stderr.count("\n") == 1
            return done.stderr
        assert done.stderr == ""
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self("--json", *arguments))


@pytest.fixture
def cli(daemon: DaemonProcess) -> Cli:
    return Cli(f"onc+unix://{daemon.unix()}")


@pytest.fixture
def vm1(daemon: DaemonProcess) -> Iterator[str]:
    """A machine that is defined and off, and gone afterwards."""
    with virtrpc.connect(f"onc+unix://{daemon.unix()}") as host:
        domain = host.define(XML)
        yield domain.name
        if domain.is_active():
            domain.destroy()
        if [one for one in host.domains() if one == domain]:
            domain.undefine()


def test_the_life_of_a_machine(cli: Cli) -> None:
    assert cli("define", "-", stdin=XML) == "vm1: defined\n"
    assert "vm1" not in cli("list")
    assert cli.json("list", "--all")[-1] == {"id": None, "name": "vm1", "state": "shut off", "uuid": UUID}
    assert cli("start", "vm1") == "vm1: started\n"
    assert cli("state", UUID) == "running (booted)\n"
    assert cli("suspend", "vm1") == "vm1: suspended\n"
    assert cli.json("state", "vm1") == {"state": "paused", "reason": "user"}
    cli("resume", "vm1")
    number = cli.json("info", "vm1")["id"]
    assert cli.json("info", str(number))["name"] == "vm1"
    cli("reboot", "vm1")
    cli("setmem", "vm1", "32M")
    cli("setvcpus", "vm1", "1")
    info = cli.json("info", "vm1")
    assert (info["memory_kib"], info["max_memory_kib"], info["vcpus"]) == (32768, 65536, 1)
    cli("autostart", "vm1")
    assert cli.json("info", "vm1")["autostart"] is True
    cli("autostart", "vm1", "--disable")
    assert "<name>vm1</name>" in cli("dumpxml", "vm1")
    assert "already" in cli("start", "vm1", code=1)
    cli("destroy", "vm1")
    assert cli.json("state", "vm1") == {"state": "shut off", "reason": "destroyed"}
    cli("undefine", "vm1")
    assert "vm1" in cli("info", "vm1", code=1)


def test_create_makes_a_machine_that_is_gone_with_its_end(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "vm.xml"
    file.write_text(XML)
    assert cli.json("create", str(file))["name"] == "vm1"
    assert cli.json("info", "vm1")["persistent"] is False
    cli("shutdown", "vm1")
    assert "vm1" not in cli("list", "--all")


def test_vcpus_are_shown_and_pinned(cli: Cli, vm1: str) -> None:
    cli("start", vm1)
    cli("pin", vm1, "1", "0-2,5")
    rows = cli.json("vcpuinfo", vm1)
    assert rows[1]["pins"] == [0, 1, 2, 5]
    assert "0,1,2,5" in cli("vcpuinfo", vm1)


def test_what_the_host_is(cli: Cli) -> None:
    node = cli.json("node")
    assert (node["cpus"], node["memory_kib"]) == (16, 3145728)
    assert cli.json("version")["interface"] == 2
    assert cli("uri") == "test:///default\n"
    assert cli("capabilities").startswith("<capabilities>")
    assert cli.json("hostname")["hostname"] in cli("hostname")
    stats = cli.json("stats", "test")
    assert stats["state.state"] == 1
    assert "state.reason" in cli("stats")


def test_a_broken_definition_is_refused_in_one_line(cli: Cli) -> None:
    assert "line" in cli("define", "-", stdin="<domain type='test'>\n<name>x</name>\n<frob/>\n</domain>", code=1)


def test_the_port_is_asked_of_the_portmapper(daemon: DaemonProcess) -> None:
    for kind in ("tcp", "udp"):
        uri = f"onc+{kind}://127.0.0.1/?portmap={daemon.portmap_port}"
        assert Cli(uri).json("list")[0]["name"] == "test"
    assert Cli(f"onc+tcp://127.0.0.1:{daemon.port('tcp')}/").json("list")[0]["name"] == "test"


def test_read_only_doors_refuse_changes(daemon: DaemonProcess) -> None:
    for uri in (f"onc+unix://{daemon.unix(read_only=True)}", f"onc+udp://127.0.0.1:{daemon.port('udp')}/"):
        assert Cli(uri).json("state", "test")["state"] == "running"
        with virtrpc.connect(uri) as host, pytest.raises(virtrpc.ReadOnly):
            host.domain("test").destroy()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_following_events_prints_lines_and_ends_cleanly(cli: Cli, vm1: str, number: signal.Signals) -> None:
    follower = subprocess.Popen(
        command(cli.uri, "--json", "events", "--follow"), env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert follower.stdout is not None
        row = follow_until_seen(cli, vm1, follower.stdout)
        assert (row["kind"], row["name"], row["uuid"]) == ("lifecycle", "vm1", UUID)
        follower.send_signal(number)
        _, said = follower.communicate(timeout=WAIT_S)
        assert (follower.returncode, said) == (0, "")
    finally:
        follower.kill()
        follower.communicate()


def follow_until_seen(cli: Cli, name: str, lines: Any) -> Any:
    """Start and destroy a machine until the follower, which begins some time, has seen one of it."""
    import select

    with virtrpc.connect(cli.uri) as host:
        domain = host.domain(name)
        for _ in range(200):
            domain.start()
            domain.destroy()
            if select.select([lines], [], [], 0.1)[0]:
                return json.loads(lines.readline())
    raise AssertionError("the follower printed nothing")


def test_a_follower_whose_reader_left_ends_cleanly(cli: Cli, vm1: str) -> None:
    follower = subprocess.Popen(
        command(cli.uri, "events", "--follow"), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert follower.stdout is not None
        follower.stdout.close()
        with virtrpc.connect(cli.uri) as host:
            domain = host.domain(vm1)
            for _ in range(200):
                domain.start()
                domain.destroy()
                try:
                    follower.wait(0.1)
                    break
                except subprocess.TimeoutExpired:
                    continue
        assert follower.wait(1) == 0
        assert follower.stderr is not None
        assert follower.stderr.read() == b""
    finally:
        follower.kill()
        follower.wait()
        if follower.stderr is not None:
            follower.stderr.close()


def test_watching_sees_what_another_client_does(daemon: DaemonProcess, vm1: str) -> None:
    uri = f"onc+unix://{daemon.unix()}"
    with virtrpc.connect(uri) as watcher, virtrpc.connect(uri) as host:
        watch = watcher.watch()
        domain = host.domain(vm1)
        domain.start()
        domain.destroy()
        first, second = next(watch), next(watch)
        assert isinstance(first, virtrpc.Event)
        assert isinstance(second, virtrpc.Event)
        assert [(first.what, first.detail), (second.what, second.detail)] == [
            ("started", "booted"), ("stopped", "destroyed"),
        ]  # fmt: skip
        assert second.number == first.number + 1


def test_a_cursor_from_another_life_hears_that_it_lost_some(daemon: DaemonProcess) -> None:
    with virtrpc.connect(f"onc+unix://{daemon.unix()}") as host:
        watch = host.watch(virtrpc.Cursor(b"\x01" * 16, 5))
        assert isinstance(next(watch), virtrpc.Lost)
        assert watch.cursor == host.events().cursor


def test_the_same_names_awaited(daemon: DaemonProcess, vm1: str) -> None:
    async def tour(uri: str) -> None:
        async with await virtrpc.aio.connect(uri) as host:
            watch = await host.watch()
            domain = await host.domain(vm1)
            await domain.start(paused=True)
            assert (await domain.state()).state == virtrpc.State.PAUSED
            first = await anext(watch)
            assert isinstance(first, virtrpc.Event)
            assert first.what == "started"
            infos = await asyncio.gather(*(domain.info() for _ in range(100)))
            assert len(infos) == 100
            found = await host.batch([domain.info, host.hostname])
            assert found.results[0].state == virtrpc.State.PAUSED
            waiting = asyncio.ensure_future(host.events((await host.events()).cursor, wait_s=WAIT_S))
            await domain.destroy()
            assert [event.what for event in (await waiting).events] == ["stopped"]

    asyncio.run(tour(f"onc+unix://{daemon.unix()}"))
    asyncio.run(tour(f"onc+tcp://127.0.0.1/?portmap={daemon.portmap_port}"))


def test_secrets_and_rights_are_errors_of_their_own(daemon: DaemonProcess) -> None:
    with (
        virtrpc.connect(f"onc+unix://{daemon.unix(read_only=True)}") as host,
        pytest.raises(virtrpc.AccessDenied),
    ):
        host.domain("test").xml(secure=True)
