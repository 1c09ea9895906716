"""Whatever a QMP peer does, only its own session fails, and soon."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes.fake_qmp import GREETING, Answer, FakeQmp, listening, result
from waiting import wait_until

from virtrpcd.drivers.qemu.qmp import MAX_LINE_BYTES, MonitorError, MonitorRefused, QmpSession
from virtrpcd.drivers.qemu.qmp import listening as listen_at

DEADLINE_S = 0.3


class Heard:
    """What a session told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.lost = 0

    def session(self) -> QmpSession:
        def on_event(name: str, data: Mapping[str, Any]) -> None:
            self.events.append((name, data))

        def on_lost() -> None:
            self.lost += 1

        return QmpSession("m1", on_event, on_lost, timeout_s=DEADLINE_S)


def event(name: object, data: object) -> bytes:
    fields = {"event": name, "data": data, "timestamp": {"seconds": 1, "microseconds": 2}}
    return json.dumps(fields).encode() + b"\n"


async def try_answer(path: Path, answer: Answer) -> tuple[Heard, BaseException | None]:
    """Connect to a peer with this answer, run one command; return what was heard and what was raised."""
    heard = Heard()
    async with listening(path / "qmp", FakeQmp(answer)):
        session = heard.session()
        await session.connect(path / "qmp", DEADLINE_S)
        raised: BaseException | None = None
        try:
            await session.command("query-status")
        except (MonitorError, MonitorRefused) as error:
            raised = error
        await session.close()
    return heard, raised


def test_events_are_heard_before_the_answer_that_follows_them(tmp_path: Path) -> None:
    async def body() -> None:
        heard, raised = await try_answer(tmp_path, lambda c: event("STOP", {}) + event("RESUME", {}) + result(c))
        assert raised is None
        assert [name for name, _ in heard.events] == ["STOP", "RESUME"]

    asyncio.run(body())


def test_a_refusal_says_why(tmp_path: Path) -> None:
    def refuse(command: dict[str, Any]) -> bytes:
        error = {"class": "GenericError", "desc": "no\x1b[31m " + "x" * 1000}
        return json.dumps({"error": error, "id": command["id"]}).encode() + b"\n"

    async def body() -> None:
        _, raised = await try_answer(tmp_path, refuse)
        assert isinstance(raised, MonitorRefused)
        assert "\x1b" not in raised.message
        assert len(raised.message) < 400

    asyncio.run(body())


HOSTILE: list[tuple[str, Answer]] = [
    ("no answer", lambda c: b""),
    ("a wrong id", lambda c: b'{"return": {}, "id": "somebody"}\n'),
    ("an id that is no string", lambda c: b'{"return": {}, "id": 1}\n'),
    ("an id that is a list", lambda c: b'{"return": {}, "id": []}\n'),
    ("a null error", lambda c: json.dumps({"error": None, "id": c["id"]}).encode() + b"\n"),
    ("no JSON", lambda c: b"hello\n"),
    ("not UTF-8", lambda c: b"\xff\xfe\n"),
    ("an array", lambda c: b"[1, 2]\n"),
    ("neither result nor error", lambda c: json.dumps({"id": c["id"]}).encode() + b"\n"),
    ("a malformed error", lambda c: json.dumps({"error": 7, "id": c["id"]}).encode() + b"\n"),
    ("an error without id", lambda c: b'{"error": {"class": "GenericError", "desc": "x"}}\n'),
    ("deep nesting", lambda c: b"[" * 200_000 + b"\n"),
    ("deep nesting in an object", lambda c: b'{"return": ' + b'{"a":' * 100_000 + b"\n"),
    ("a line without end", lambda c: b"x" * (4 * MAX_LINE_BYTES)),
    ("a huge number", lambda c: b'{"return": ' + b"9" * 100_000 + b"}\n"),
]


@pytest.mark.parametrize("answer", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_answer_fails_the_command_in_time(answer: Answer, tmp_path: Path) -> None:
    async def body() -> None:
        async with asyncio.timeout(10 * DEADLINE_S):
            _, raised = await try_answer(tmp_path, answer)
        assert isinstance(raised, MonitorError)

    asyncio.run(body())


@pytest.mark.parametrize(
    "greeting", [b"", b"hello\n", b"{}\n", b'{"QMP": 7}\n', b"[" * 200_000 + b"\n", b"x" * 3_000_000]
)
def test_a_hostile_greeting_is_no_connection(greeting: bytes, tmp_path: Path) -> None:
    async def body() -> None:
        async with listening(tmp_path / "qmp", FakeQmp(result, greeting)):
            session = Heard().session()
            with pytest.raises(MonitorError):
                await session.connect(tmp_path / "qmp", DEADLINE_S)
            await session.close()

    asyncio.run(body())


@pytest.mark.parametrize(
    "bad", [event(7, {}), event("STOP", 7), event("STOP", None), event(None, {}), b'{"event": []}\n']
)
def test_a_malformed_event_is_not_handed_on(bad: bytes, tmp_path: Path) -> None:
    async def body() -> None:
        heard, raised = await try_answer(tmp_path, lambda c: bad + result(c))
        assert raised is None
        assert heard.events == []

    asyncio.run(body())


def test_an_event_that_the_handler_cannot_use_harms_nothing(tmp_path: Path) -> None:
    def handler(name: str, data: Mapping[str, Any]) -> None:
        int(data["actual"])

    async def body() -> None:
        answer: Callable[[dict[str, Any]], bytes] = lambda c: event("B", {}) + event("B", {"actual": "x"}) + result(c)  # noqa: E731
        async with listening(tmp_path / "qmp", FakeQmp(answer)):
            session = QmpSession("m1", handler, lambda: None, timeout_s=DEADLINE_S)
            await session.connect(tmp_path / "qmp", DEADLINE_S)
            assert await session.command("query-status") == {}
            await session.close()

    asyncio.run(body())


def test_a_peer_that_goes_is_lost_once(tmp_path: Path) -> None:
    async def body() -> None:
        heard = Heard()
        async with listening(tmp_path / "qmp", FakeQmp(lambda c: b"x\n")):
            session = heard.session()
            await session.connect(tmp_path / "qmp", DEADLINE_S)
            with pytest.raises(MonitorError):
                await session.command("query-status")
            await wait_until(lambda: heard.lost, 5.0)
            assert not session.usable
            with pytest.raises(MonitorError):
                await session.command("query-status")
            await session.close()
        assert heard.lost == 1

    asyncio.run(body())


def test_a_peer_that_takes_no_connection_is_an_error_at_once(tmp_path: Path) -> None:
    async def body() -> None:
        with listen_at(tmp_path / "qmp"):
            waiting = [Heard().session() for _ in range(4)]
            results = await asyncio.gather(
                *(session.connect(tmp_path / "qmp", DEADLINE_S) for session in waiting), return_exceptions=True
            )
        assert all(isinstance(result, MonitorError) for result in results)

    asyncio.run(body())


def test_an_endless_line_costs_bounded_memory(tmp_path: Path) -> None:
    async def body() -> None:
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        chunk = b"x" * (32 << 20)
        await try_answer(tmp_path, lambda c: chunk)
        # the fake peer is in this process too, and has its 32 MiB twice at most
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100 * 1024

    asyncio.run(body())


def test_nobody_there_is_no_connection(tmp_path: Path) -> None:
    async def body() -> None:
        session = Heard().session()
        with pytest.raises(MonitorError):
            await session.connect(tmp_path / "qmp", DEADLINE_S)

    asyncio.run(body())


def test_a_socket_path_may_be_longer_than_a_socket_address(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    assert GREETING.endswith(b"\n")

    async def body() -> None:
        with listen_at(deep / "qmp") as door:
            peer = FakeQmp(result)
            server = await asyncio.start_unix_server(peer.serve, sock=door)
            session = Heard().session()
            await session.connect(deep / "qmp", 5.0)
            assert await session.command("query-status") == {}
            await session.close()
            server.close()
            await peer.stop()
            await server.wait_closed()

    asyncio.run(body())
