"""One call to many addresses: each host's answer once, whatever else arrives."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from oncrpc import xdr
from oncrpc.broadcast import Answer, broadcast
from oncrpc.client import NULL
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import NotDelivered, ProgramMismatch, XdrError
from oncrpc.procedure import Procedure

ADD = Procedure(1, "ADD", xdr.UINT, xdr.UINT)
HOSTS = ["127.0.0.2", "127.0.0.3", "127.0.0.4"]


async def answers_of(versions: dict[str, int], *, most: int = 10) -> list[Answer[int]]:
    """Serve program 300 on several addresses at one port, each with its version; return what a broadcast gets."""
    servers, port = [], 0
    loop = asyncio.get_running_loop()
    for host, version in versions.items():
        dispatcher = Dispatcher()
        dispatcher.register(300, version, {1: lambda call: ADD.result.encode(ADD.args.unpack(call.record[40:]) + 1)})
        server = DatagramServer(dispatcher, lambda address: None, may_amplify=lambda address: True)
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((host, port))
        port = sock.getsockname()[1]
        await loop.create_datagram_endpoint(lambda server=server: server, sock=sock)  # type: ignore[misc]
        servers.append(server)

    def ask() -> list[Answer[int]]:
        return list(broadcast(list(versions), port, 300, 1, ADD, 41, timeout_s=0.8, most=most))

    try:
        return await asyncio.to_thread(ask)
    finally:
        for server in servers:
            server.stop()
            await server.closed


def test_every_host_answers_once_although_it_is_asked_again() -> None:
    found = asyncio.run(answers_of(dict.fromkeys(HOSTS, 1)))
    assert sorted(answer.address[0] for answer in found) == HOSTS
    assert {(answer.result, answer.error) for answer in found} == {(42, None)}


def test_a_host_that_refuses_is_an_answer_too() -> None:
    found = {answer.address[0]: answer for answer in asyncio.run(answers_of({HOSTS[0]: 1, HOSTS[1]: 3}))}
    assert found[HOSTS[0]].result == 42
    refusal = found[HOSTS[1]].error
    assert isinstance(refusal, ProgramMismatch)
    assert (refusal.low, refusal.high) == (3, 3)


def test_it_ends_at_the_most_answers_that_are_wanted() -> None:
    assert len(asyncio.run(answers_of(dict.fromkeys(HOSTS, 1), most=2))) == 2


def test_what_is_no_answer_to_it_is_passed_over() -> None:
    class Stranger(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, address: Any) -> None:
            for reply in (b"", b"rubbish", bytes(4) + b"\0\0\0\1" + bytes(16), data):
                self.transport.sendto(reply, address)

    async def ask() -> list[Answer[None]]:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            Stranger, local_addr=("127.0.0.2", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        try:
            return await asyncio.to_thread(
                lambda: list(broadcast(["127.0.0.2"], port, 300, 1, NULL, timeout_s=0.3))
            )
        finally:
            transport.close()

    assert asyncio.run(ask()) == []


def test_nothing_is_sent_for_arguments_that_do_not_fit_or_without_an_address() -> None:
    with pytest.raises(XdrError):
        list(broadcast(["127.0.0.2"], 9, 300, 1, ADD, -1))
    with pytest.raises(NotDelivered, match="no addresses"):
        list(broadcast([], 9, 300, 1, ADD, 1))
    with pytest.raises(NotDelivered, match="cannot be sent"):
        list(broadcast(["no.such.host.invalid"], 9, 300, 1, ADD, 1))
