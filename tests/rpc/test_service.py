"""oncrpc.service.Server: a whole server, embedded and as a program of its own that is told to stop or start anew."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import small_server
import uvloop
from waiting import wait_until
from xdr_sample import ADD, ECHO, PROGRAM, WAIT, Sample

from oncrpc import service
from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.errors import LocalError, ProgramUnavailable, SystemFailure
from oncrpc.interceptors import CallMetrics
from oncrpc.portmap.client import PortmapClient
from oncrpc.procedure import Call
from oncrpc.service import Server

ROOT = Path(__file__).resolve().parent.parent.parent
ALL = ["tcp:127.0.0.1:0", "udp:127.0.0.1:0"]


class Child:
    """The program small_server.py, running."""

    def __init__(self, endpoints: list[str], **environment: str) -> None:
        path = os.pathsep.join([str(ROOT / "rpc"), str(ROOT / "tests")])
        self.process = subprocess.Popen(
            [sys.executable, small_server.__file__, *endpoints],
            env=os.environ | {"PYTHONPATH": path} | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ready = self.read()

    def read(self) -> dict[str, Any]:
        """Return the next line it prints: it has started, or started again."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def port(self, kind: str) -> int:
        return next(port_of(text) for text in self.ready["bound"] if text.startswith(kind))

    def close(self) -> int:
        """Tell it to stop; return its exit code. One that does not stop is killed, and the test fails."""
        assert self.process.stdout is not None
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


def port_of(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


@contextlib.contextmanager
def child(*endpoints: str, **environment: str) -> Iterator[Child]:
    made = Child(list(endpoints), **environment)
    try:
        yield made
    finally:
        made.close()


def test_an_embedded_server_answers_everywhere_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sock"

    async def main() -> None:
        metrics = CallMetrics()
        async with Server(Sample(), [*ALL, f"unix:{path}"], register=False, interceptors=[metrics]) as server:
            tcp, udp, unix = server.bound
            assert (tcp.split(":")[:2], udp.split(":")[:2]) == (["tcp", "127.0.0.1"], ["udp", "127.0.0.1"])
            assert (unix, server.portmap) == (f"unix:{path}", "off")
            for client in (
                await AsyncClient.tcp("127.0.0.1", port_of(tcp), PROGRAM, 2),
                await AsyncClient.udp("127.0.0.1", port_of(udp), PROGRAM, 2),
                await AsyncClient.unix(str(path), PROGRAM, 2),
            ):
                async with client:
                    assert await client.call(ADD, 2, 3) == 5
            assert metrics.snapshot()["calls"][0]["count"] == 3
        assert not path.exists()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port_of(tcp))

    asyncio.run(main())


@pytest.mark.parametrize(("options", "refused"), [({}, False), ({"amplify": False}, True)])
def test_answers_by_udp_to_other_hosts_may_be_longer_than_their_calls_unless_told_so(
    options: dict[str, Any], refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Verbose(Sample):
        def echo(self, text: str, call: Call) -> str:
            return text * 100

    monkeypatch.setattr(service, "is_loopback", lambda host: False)  # all senders are on other hosts

    async def main() -> None:
        async with Server(Verbose(), ["udp:127.0.0.1:0"], register=False, **options) as server:
            client = await AsyncClient.udp("127.0.0.1", port_of(server.bound[0]), PROGRAM, 2)
            async with client, asyncio.timeout(20):
                if refused:
                    with pytest.raises(SystemFailure):
                        await client.call(ECHO, "four")
                else:
                    assert await client.call(ECHO, "four") == "four" * 100

    asyncio.run(main())


def test_it_registers_every_program_on_every_network_and_unregisters() -> None:
    async def main() -> None:
        async with Server(Sample(), ALL, register="embedded:0") as server:
            port = port_of(server.portmap)

            def entries() -> list[tuple[int, str, int | None]]:
                with PortmapClient.tcp("127.0.0.1", port) as portmap:
                    return sorted((e.version, e.netid, e.port) for e in portmap.dump() if e.program == PROGRAM)

            tcp, udp = server.bound
            assert await asyncio.to_thread(entries) == [(2, "tcp", port_of(tcp)), (2, "udp", port_of(udp))]

    asyncio.run(main())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run])
def test_handing_over_keeps_the_sockets_and_answers_who_has_not_spoken_yet(
    runner: Callable[[Any], object], tmp_path: Path
) -> None:
    path = tmp_path / "sock"

    async def main() -> None:
        server = Server(Sample(), ["tcp:127.0.0.1:0", f"unix:{path}"], register=False)
        await server.start()
        port = port_of(server.bound[0])
        async with await AsyncClient.tcp("127.0.0.1", port, PROGRAM, 2) as fresh:
            stopping = asyncio.create_task(server.stop(handing_over=True))
            await wait_until(lambda: server._listeners and all(one.stopping for one in server._listeners))
            assert await fresh.call(ECHO, "hi") == "hi"
            await stopping
        with socket.create_connection(("127.0.0.1", port)), socket.socket(socket.AF_UNIX) as other:
            other.connect(str(path))
        await server.stop()
        assert not path.exists()

    runner(main())


@pytest.mark.parametrize("endpoint", ["tcp:127.0.0.1", "tcp::1:0", "unix:relative", "http:x:1", "udp:h:65536"])
def test_an_endpoint_that_is_none_is_refused_in_one_line(endpoint: str) -> None:
    with pytest.raises(LocalError) as caught:
        Server(Sample(), [endpoint])
    assert repr(endpoint) in str(caught.value)


def test_nothing_is_left_open_when_one_endpoint_cannot_be_had(tmp_path: Path) -> None:
    async def main() -> None:
        async with Server(Sample(), ["tcp:127.0.0.1:0"], register=False) as first:
            second = Server(Sample(), [f"unix:{tmp_path / 'sock'}", first.bound[0]], register=False)
            with pytest.raises(OSError, match="in use"):
                await second.start()
            assert list(tmp_path.iterdir()) == []
            assert second.bound == []

    asyncio.run(main())


def test_nothing_is_left_open_when_a_host_has_no_name_that_can_be(tmp_path: Path) -> None:
    async def main() -> None:
        server = Server(Sample(), [f"unix:{tmp_path / 'sock'}", "tcp:a..b:0"], register=False)
        with pytest.raises(LocalError, match=r"'a\.\.b' can be no host's name"):
            await server.start()
        assert list(tmp_path.iterdir()) == []
        assert server.bound == []

    asyncio.run(main())


def test_a_program_runs_until_sigterm_and_answers_what_is_under_way_first() -> None:
    with child("tcp:127.0.0.1:0") as made, Client.tcp("127.0.0.1", made.port("tcp"), PROGRAM, 2) as client:
        answers: list[int] = []
        caller = threading.Thread(target=lambda: answers.append(client.call(WAIT)))
        caller.start()
        with Client.tcp("127.0.0.1", made.port("tcp"), PROGRAM, 2) as other:
            other.call(ADD, 1, 1)
        made.tell(signal.SIGTERM)
        caller.join(20)
        assert answers == [made.ready["pid"]]
        assert made.process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_a_restart_refuses_no_connection_and_loses_no_call(number: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "sock"
    with child(*ALL, f"unix:{path}") as made:
        tcp, udp = made.port("tcp"), made.port("udp")
        stop = threading.Event()
        counts: dict[str, int] = {}
        errors: list[Exception] = []

        def calls(name: str, connect: Callable[[], Client]) -> None:
            while not stop.is_set():
                try:
                    with connect() as client:
                        assert client.call(ECHO, "x").startswith("x ")
                except Exception as exc:  # noqa: BLE001 - whatever it is, it is the finding
                    errors.append(exc)
                    return
                counts[name] = counts.get(name, 0) + 1

        clients = {
            "tcp": lambda: Client.tcp("127.0.0.1", tcp, PROGRAM, 2, call_timeout_s=20),
            "udp": lambda: Client.udp("127.0.0.1", udp, PROGRAM, 2, call_timeout_s=20),
            "unix": lambda: Client.unix(str(path), PROGRAM, 2, call_timeout_s=20),
        }
        threads = [threading.Thread(target=calls, args=item) for item in clients.items()]
        for thread in threads:
            thread.start()
        pid = made.ready["pid"]
        for _ in range(3):
            before = dict(counts)
            made.tell(number)
            again = made.read()
            assert (again["pid"], again["bound"]) == (pid, made.ready["bound"])
            while not errors and any(counts.get(name, 0) <= before.get(name, 0) for name in clients):
                stop.wait(0.01)
        stop.set()
        for thread in threads:
            thread.join(30)
        assert errors == []
        assert made.close() == 0
        assert not path.exists()


def test_signals_in_quick_succession_end_in_a_server_that_runs() -> None:
    with child("tcp:127.0.0.1:0") as made:
        for _ in range(40):
            made.tell(signal.SIGHUP)
            made.tell(signal.SIGUSR2)
        with Client.tcp("127.0.0.1", made.port("tcp"), PROGRAM, 2, call_timeout_s=20) as client:
            assert client.call(ADD, 1, 1) == 2
        assert made.process.poll() is None


def test_what_was_registered_is_registered_again_after_a_restart() -> None:
    with child("tcp:127.0.0.1:0", SMALL_SERVER_PORTMAP="embedded:0") as made:
        made.tell(signal.SIGHUP)
        again = made.read()
        with PortmapClient.tcp("127.0.0.1", port_of(again["portmap"])) as portmap:
            assert [e.port for e in portmap.dump() if e.program == PROGRAM] == [made.port("tcp")]


def test_another_program_is_unavailable() -> None:
    async def main() -> None:
        async with (
            Server([], ["tcp:127.0.0.1:0"], register=False) as server,
            await AsyncClient.tcp("127.0.0.1", port_of(server.bound[0]), PROGRAM, 2) as client,
        ):
            with pytest.raises(ProgramUnavailable):
                await client.ping()

    asyncio.run(main())
