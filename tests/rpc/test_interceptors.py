"""Interceptors around every call: what they see, what they may do, and that they break nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from waiting import wait_until
from xdr_sample import ADD, BREAK, ECHO, PROGRAM, TABLE, WAIT, Sample

from oncrpc.aclient import AsyncClient
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher, threaded
from oncrpc.errors import (
    AuthError,
    AuthStat,
    GarbageArguments,
    LocalError,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RpcMismatch,
    SystemFailure,
)
from oncrpc.interceptors import (
    SECONDS_BOUNDS,
    AccessLog,
    CallMetrics,
    Interceptor,
    Served,
    attributes_of,
    outcome_of,
)
from oncrpc.message import AUTH_SYS
from oncrpc.procedure import Call, Procedure
from oncrpc.server import Limits, Listener
from oncrpc.xdr import VOID

UNKNOWN: Procedure[None] = Procedure(77, "UNKNOWN", VOID, VOID, arity=0)
WRONG_ARGS: Procedure[None] = Procedure(1, "ECHO", VOID, VOID, arity=0)


class Recorder(Interceptor):
    """Writes down what it is told."""

    def __init__(self, name: str = "", log: list[tuple[str, ...]] | None = None) -> None:
        self.name = name
        self.log: list[tuple[str, ...]] = [] if log is None else log
        self.served: list[Served] = []

    def before(self, served: Served) -> None:
        self.log.append(("before", self.name + served.name))

    def after(self, served: Served) -> None:
        self.log.append(("after", self.name + served.name, served.outcome))
        self.served.append(served)

    def error(self, served: Served) -> None:
        self.log.append(("error", self.name + served.name, served.outcome))
        self.served.append(served)


@contextlib.asynccontextmanager
async def served(*interceptors: Interceptor) -> AsyncIterator[tuple[Sample, AsyncClient, AsyncClient]]:
    """Give the sample, and a client by tcp and one by udp, of a server with interceptors."""
    sample = Sample()
    dispatcher = Dispatcher(interceptors=interceptors)
    dispatcher.serve(sample)
    sock = socket.create_server(("127.0.0.1", 0))
    listener = Listener(dispatcher, lambda sock: "somebody", Limits())
    await listener.start(sock)
    datagrams = DatagramServer(dispatcher, lambda address: "sender", may_amplify=lambda address: True)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: datagrams, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    async with (
        asyncio.timeout(20),
        await AsyncClient.tcp("127.0.0.1", sock.getsockname()[1], PROGRAM, 2) as tcp,
        await AsyncClient.udp("127.0.0.1", port, PROGRAM, 2) as udp,
    ):
        yield sample, tcp, udp
    await listener.stop()
    datagrams.stop()
    await datagrams.closed


async def ends_of(client: AsyncClient, procedure: Procedure[Any], *args: object) -> Exception | None:
    try:
        await client.call(procedure, *args)
    except Exception as exc:  # noqa: BLE001 - given back for the test to look at
        return exc
    return None


def test_every_end_of_a_call_is_seen_on_streams_and_datagrams() -> None:
    async def main() -> None:
        recorder = Recorder()
        async with served(recorder) as (sample, tcp, udp):
            sample.gate.set()
            for client in (tcp, udp):
                recorder.log.clear()
                assert await ends_of(client, ADD, 1, 2) is None
                assert await ends_of(client, WAIT) is None
                assert isinstance(await ends_of(client, BREAK), SystemFailure)
                assert isinstance(await ends_of(client, WRONG_ARGS), GarbageArguments)
                assert isinstance(await ends_of(client, UNKNOWN), ProcedureUnavailable)
                await client.ping()
                client.version = 3
                assert isinstance(await ends_of(client, ADD, 1, 2), ProgramMismatch)
                client.version = 2
                assert recorder.log == [
                    ("before", "SAMPLE/ADD"), ("after", "SAMPLE/ADD", "SUCCESS"),
                    ("before", "SAMPLE/WAIT"), ("after", "SAMPLE/WAIT", "SUCCESS"),
                    ("before", "SAMPLE/BREAK"), ("error", "SAMPLE/BREAK", "SYSTEM_ERR"),
                    ("before", "SAMPLE/ECHO"), ("error", "SAMPLE/ECHO", "GARBAGE_ARGS"),
                    ("before", "_OTHER"), ("error", "_OTHER", "PROC_UNAVAIL"),
                    ("before", "SAMPLE/NULL"), ("after", "SAMPLE/NULL", "SUCCESS"),
                    ("before", "_OTHER"), ("error", "_OTHER", "PROG_MISMATCH"),
                ]  # fmt: skip
            add = recorder.served[0]
            assert (add.call.peer, add.reply_bytes, add.exception) == ("somebody", 4, None)
            assert add.duration_s > 0
            assert isinstance(recorder.served[2].exception, RuntimeError)

    asyncio.run(main())


def test_attributes_have_the_names_of_the_semantic_conventions() -> None:
    assert attributes_of(PROGRAM, 2, 2, TABLE) == {
        "rpc.system": "onc_rpc",
        "rpc.system.name": "onc_rpc",
        "rpc.method": "SAMPLE/ADD",
        "onc_rpc.program.name": "SAMPLE",
        "onc_rpc.procedure.name": "ADD",
        "onc_rpc.version": 2,
        "onc_rpc.procedure.number": 2,
    }
    assert attributes_of(100000, 2, 4)["rpc.method"] == "100000/4"


def test_what_is_not_there_is_one_method_with_its_numbers_beside_it() -> None:
    async def main() -> None:
        recorder = Recorder()
        async with served(recorder) as (_, tcp, _udp):
            await ends_of(tcp, UNKNOWN)
        found = recorder.served[0].attributes
        assert (found["rpc.method"], found["rpc.method_original"]) == ("_OTHER", f"{PROGRAM}/77")
        assert (found["onc_rpc.version"], found["onc_rpc.procedure.number"]) == (2, 77)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("exception", "outcome"),
    [
        (ProgramUnavailable(1), "PROG_UNAVAIL"),
        (AuthError(AuthStat.AUTH_TOOWEAK), "AUTH_TOOWEAK"),
        (AuthError(99), "AUTH_STAT_99"),
        (RpcMismatch(2, 2), "RPC_MISMATCH"),
        (ValueError(), "SYSTEM_ERR"),
        (asyncio.CancelledError(), "CANCELLED"),
    ],
)
def test_an_outcome_is_what_rfc_5531_calls_the_answer(exception: BaseException, outcome: str) -> None:
    assert outcome_of(exception) == outcome


def test_interceptors_stand_in_order_the_first_outermost() -> None:
    async def main() -> None:
        log: list[tuple[str, ...]] = []
        async with served(Recorder("outer ", log), Recorder("inner ", log)) as (_, tcp, _udp):
            await tcp.call(ADD, 1, 1)
        assert [(entry[0], entry[1].split()[0]) for entry in log] == [
            ("before", "outer"), ("before", "inner"), ("after", "inner"), ("after", "outer"),
        ]  # fmt: skip

    asyncio.run(main())


class Gate(Interceptor):
    """Lets nobody in who shows no AUTH_SYS."""

    def before(self, served: Served) -> None:
        if served.call.cred_flavor != AUTH_SYS:
            raise AuthError(AuthStat.AUTH_TOOWEAK)


def test_a_refusal_raised_before_refuses_the_call_and_it_does_not_run() -> None:
    async def main() -> None:
        outer, inner = Recorder(), Recorder()
        async with served(outer, Gate(), inner) as (sample, tcp, udp):
            for client in (tcp, udp):
                refusal = await ends_of(client, ECHO, "x")
                assert isinstance(refusal, AuthError)
                assert refusal.stat == AuthStat.AUTH_TOOWEAK
            assert sample.seen == []
        assert [entry[0] for entry in outer.log] == ["before", "error"] * 2
        assert inner.log == []

    asyncio.run(main())


class Clumsy(Interceptor):
    """Fails whenever it can."""

    def before(self, served: Served) -> None:
        raise KeyError("before")

    def ended(self, served: Served) -> None:
        raise KeyError("ended")


def test_an_interceptor_that_fails_is_logged_and_breaks_no_call(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        recorder = Recorder()
        async with served(Clumsy(), recorder) as (sample, tcp, _):
            sample.gate.set()
            assert await tcp.call(ADD, 1, 1) == 2
            assert await tcp.call(WAIT) == 1
            assert isinstance(await ends_of(tcp, BREAK), SystemFailure)
        assert [entry[0] for entry in recorder.log] == ["before", "after"] * 2 + ["before", "error"]

    asyncio.run(main())
    assert sum(record.message == "Clumsy.before failed" for record in caplog.records) == 3


def test_a_call_whose_caller_hung_up_ends_as_cancelled() -> None:
    async def main() -> None:
        recorder = Recorder()
        async with served(recorder) as (sample, tcp, _):
            waiting = asyncio.create_task(tcp.call(WAIT))
            await wait_until(lambda: sample.waiting)
            await tcp.close()
            await wait_until(lambda: recorder.served)
            assert recorder.served[0].outcome == "CANCELLED"
            await asyncio.wait([waiting])
            assert waiting.exception() is not None

    asyncio.run(main())


def test_without_interceptors_the_endpoints_are_those_that_were_registered() -> None:
    def answer(call: Call) -> bytes:
        return b""

    plain, watched = Dispatcher(), Dispatcher(interceptors=[Recorder()])
    for dispatcher in (plain, watched):
        dispatcher.register(5, 1, {1: answer})
    assert plain.find((5, 1, 1)) is answer
    assert watched.find((5, 1, 1)) is not answer


# -- the two that are ready -------------------------------------------------------------------------------------------


def test_the_access_log_has_a_line_a_call_and_nothing_of_the_arguments(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with served(AccessLog()) as (_, tcp, _udp):
            await tcp.call(ECHO, "secret")
            await ends_of(tcp, UNKNOWN)

    caplog.set_level(logging.INFO, "oncrpc.access")
    asyncio.run(main())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "oncrpc.access"]
    assert [(level, line.split()[0], line.split()[2:5]) for level, line in lines] == [
        ("INFO", "somebody", ["SAMPLE/ECHO", "v2", "SUCCESS"]),
        ("WARNING", "somebody", ["_OTHER", "v2", "PROC_UNAVAIL"]),
    ]
    assert "secret" not in "".join(line for _, line in lines)


def ended(metrics: CallMetrics, name: str, outcome: str, seconds: Sequence[float], version: int = 1) -> None:
    for duration in seconds:
        one = Served(Call(0, 5, version, 0, b"", 0), name, {})
        metrics.before(one)
        one.outcome, one.duration_s = outcome, duration
        metrics.ended(one)


def test_metrics_count_and_sort_durations_into_buckets() -> None:
    metrics = CallMetrics()
    ended(metrics, "P/A", "SUCCESS", [0.001, 0.005, 0.006, 99.0])
    ended(metrics, "P/A", "SYSTEM_ERR", [0.3])
    found = metrics.snapshot()
    assert (found["under_way"], found["bounds_s"]) == (0, list(SECONDS_BOUNDS))
    good, bad = found["calls"]
    assert (good["rpc.method"], good["onc_rpc.version"], good["rpc.response.status_code"]) == ("P/A", 1, "SUCCESS")
    assert (good["count"], round(good["seconds"], 3)) == (4, 99.012)
    assert (good["buckets"][0], good["buckets"][1], good["buckets"][-1], sum(good["buckets"])) == (2, 1, 1, 4)
    assert (bad["count"], bad["buckets"][SECONDS_BOUNDS.index(0.5)]) == (1, 1)


def test_metrics_do_not_grow_with_what_callers_choose() -> None:
    metrics = CallMetrics()
    for version in range(10_000):
        ended(metrics, "_OTHER", "PROG_MISMATCH", [0.0], version)
    found = metrics.snapshot()["calls"]
    assert len(found) <= 4097
    assert sum(series["count"] for series in found) == 10_000


def test_calls_under_way_are_counted_until_they_end() -> None:
    async def main() -> None:
        metrics = CallMetrics()
        async with served(metrics) as (sample, tcp, _):
            calls = [asyncio.create_task(tcp.call(WAIT)) for _ in range(3)]
            await wait_until(lambda: metrics.snapshot()["under_way"] == 3)
            sample.gate.set()
            await asyncio.gather(*calls)
            assert metrics.snapshot()["under_way"] == 0

    asyncio.run(main())


# -- methods in threads -----------------------------------------------------------------------------------------------


class Slow(Sample):
    """The sample, whose echo blocks until another call has been answered."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.thread: threading.Thread | None = None

    @threaded
    def echo(self, text: str, call: Call) -> str:
        self.thread = threading.current_thread()
        if not self.go_on.wait(20):
            raise RuntimeError("nobody else was answered")
        return text

    def add(self, left: int, right: int, call: Call) -> int:
        self.go_on.set()
        return left + right


def test_a_threaded_method_blocks_nobody_else() -> None:
    async def main() -> None:
        slow = Slow()
        dispatcher = Dispatcher()
        dispatcher.serve(slow)
        sock = socket.create_server(("127.0.0.1", 0))
        listener = Listener(dispatcher, lambda sock: None, Limits())
        await listener.start(sock)
        async with await AsyncClient.tcp("127.0.0.1", sock.getsockname()[1], PROGRAM, 2) as client:
            waiting = asyncio.create_task(client.call(ECHO, "x"))
            await wait_until(lambda: slow.thread)
            assert await client.call(ADD, 1, 1) == 2
            assert await waiting == "x"
        assert slow.thread is not threading.main_thread()
        await listener.stop()

    asyncio.run(main())


def test_an_async_method_cannot_be_threaded() -> None:
    class Wrong(Sample):
        @threaded
        async def wait(self, call: Call) -> int:
            return 1

    async def main() -> None:
        with pytest.raises(LocalError, match="wait is async"):
            Dispatcher().serve(Wrong())

    asyncio.run(main())
