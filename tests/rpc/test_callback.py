"""From an .x file with `@callback` to generated stubs that call back over the client's one connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import LocalError
from oncrpc.procedure import Call
from oncrpc.service import Server
from oncrpc.specification import load

NEWS_X = """
struct item { int number; string title<>; };

program NEWS { version NEWS_V1 {
    int NEWS_SUBSCRIBE(int count) = 1;
} = 1; } = 0x20000090;

/*
 * What a reader offers.
 * @callback
 */
program READER { version READER_V1 {
    int READER_NOTIFY(item) = 1;
} = 1; } = 0x20000091;
"""


@pytest.fixture(scope="module")
def m(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("callback") / "news.x"
    path.write_text(NEWS_X)
    return load(path).module


def news(m: Any, back: str) -> Any:
    """A server whose SUBSCRIBE tells the program `back` of its caller of items, and returns the sum of what it said."""

    class News(m.NEWS_V1_Server):  # type: ignore[misc]
        async def news_subscribe(self, count: int, call: Call) -> int:
            assert call.connection is not None
            reader = m.READER_V1_AsyncClient(call.connection.client(getattr(m, back)))
            return sum([await reader.reader_notify(m.item(number, f"item {number}")) for number in range(count)])

    return News()


def reader(m: Any) -> tuple[Dispatcher, list[str]]:
    """What a client answers calls with, and the titles that came in them."""
    titles: list[str] = []

    class Reader(m.READER_V1_Server):  # type: ignore[misc]
        def reader_notify(self, item: Any, call: Call) -> int:
            titles.append(item.title)
            return int(item.number) * 10

    dispatcher = Dispatcher()
    dispatcher.serve(Reader())
    return dispatcher, titles


def test_only_the_marked_program_is_one_to_call_back(m: Any) -> None:
    assert m.READER_V1_TABLE.callback
    assert not m.NEWS_V1_TABLE.callback


def test_generated_stubs_call_back_over_the_one_connection(m: Any) -> None:
    dispatcher, titles = reader(m)

    async def main() -> int:
        async with Server(news(m, "READER_V1_TABLE"), ["tcp:127.0.0.1:0"], register=False) as server:
            port = int(server.bound[0].rpartition(":")[2])
            async with await AsyncClient.tcp("127.0.0.1", port, m.NEWS, m.NEWS_V1, serve=dispatcher) as client:
                return int(await m.NEWS_V1_AsyncClient(client).news_subscribe(3))

    assert asyncio.run(main()) == 0 + 10 + 20
    assert titles == ["item 0", "item 1", "item 2"]


def test_a_blocking_client_answers_while_it_waits(m: Any) -> None:
    dispatcher, titles = reader(m)

    def ask(port: int) -> int:
        with Client.tcp("127.0.0.1", port, m.NEWS, m.NEWS_V1, serve=dispatcher) as client:
            return int(m.NEWS_V1_Client(client).news_subscribe(2))

    async def main() -> int:
        async with Server(news(m, "READER_V1_TABLE"), ["tcp:127.0.0.1:0"], register=False) as server:
            return await asyncio.to_thread(ask, int(server.bound[0].rpartition(":")[2]))

    assert asyncio.run(main()) == 10
    assert titles == ["item 0", "item 1"]


def test_without_the_mark_a_server_may_not(m: Any) -> None:
    refused: list[LocalError] = []

    class Other(m.NEWS_V1_Server):  # type: ignore[misc]
        def news_subscribe(self, count: int, call: Call) -> int:
            assert call.connection is not None
            with pytest.raises(LocalError, match="NEWS is not marked @callback") as caught:
                call.connection.client(m.NEWS_V1_TABLE)
            refused.append(caught.value)
            return 1

    async def main() -> int:
        async with Server(Other(), ["tcp:127.0.0.1:0"], register=False) as server:
            port = int(server.bound[0].rpartition(":")[2])
            async with await AsyncClient.tcp("127.0.0.1", port, m.NEWS, m.NEWS_V1) as client:
                return int(await m.NEWS_V1_AsyncClient(client).news_subscribe(3))

    assert asyncio.run(main()) == 1
    assert len(refused) == 1
