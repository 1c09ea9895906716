"""The two session machines wired to each other: each test checks both sides."""

from __future__ import annotations

import pytest
from xdr_sample import PROGRAM

from oncrpc.client_session import ClientSession
from oncrpc.errors import BrokenSession, ProcedureUnavailable, RemoteError, RpcMismatch
from oncrpc.message import Refused, pack_success
from oncrpc.record import mark
from oncrpc.server_session import ServerSession


def pair() -> tuple[ClientSession, ServerSession]:
    return ClientSession(PROGRAM, 2, first_xid=100), ServerSession("peer")


def test_a_call_crosses_and_its_result_comes_back() -> None:
    client, server = pair()
    xid, data = client.call(1, b"args")
    (call,) = server.receive(data)
    assert not isinstance(call, Refused)
    assert (call.xid, call.procedure, call.peer, call.record[call.offset :]) == (xid, 1, "peer", b"args")
    (reply,) = client.receive(server.success(call, b"result!!"))
    assert (reply.xid, reply.record[reply.offset :]) == (xid, b"result!!")
    assert client.pending == frozenset()


def test_many_calls_in_one_read_cut_anywhere() -> None:
    client, _ = pair()
    stream = b"".join(client.call(number, b"")[1] for number in range(5))
    for cut in range(0, len(stream), 7):
        server = ServerSession()
        calls = server.receive(stream[:cut]) + server.receive(stream[cut:])
        assert [call.procedure for call in calls if not isinstance(call, Refused)] == [0, 1, 2, 3, 4]


def test_replies_may_come_in_any_order() -> None:
    client, server = pair()
    first, one = client.call(1, b"")
    second, two = client.call(2, b"")
    calls = server.receive(one + two)
    stream = b"".join(server.success(call, b"") for call in reversed(calls) if not isinstance(call, Refused))
    assert [reply.xid for reply in client.receive(stream)] == [second, first]


def test_a_refusal_reaches_the_client_as_it_was_raised() -> None:
    client, server = pair()
    _, data = client.call(9, b"")
    (call,) = server.receive(data)
    assert not isinstance(call, Refused)
    (reply,) = client.receive(server.refusal(call, ProcedureUnavailable(9)))
    assert isinstance(reply.refusal, ProcedureUnavailable)


def test_another_rpc_version_is_denied_and_the_connection_goes_on() -> None:
    client, server = pair()
    xid, data = client.call(1, b"")
    (denied,) = server.receive(data[:12] + b"\0\0\0\x09" + data[16:])
    assert isinstance(denied, Refused)
    (reply,) = client.receive(server.denied(denied))
    assert reply.xid == xid
    assert isinstance(reply.refusal, RpcMismatch)
    assert len(server.receive(client.call(1, b"")[1])) == 1


def test_a_late_reply_is_dropped_and_counted() -> None:
    client, server = pair()
    xid, data = client.call(1, b"")
    client.forget(xid)
    (call,) = server.receive(data)
    assert not isinstance(call, Refused)
    assert client.receive(server.success(call, b"late")) == []
    assert client.dropped_replies == 1


def test_an_xid_that_is_still_pending_is_not_used_again() -> None:
    client = ClientSession(PROGRAM, 2, first_xid=0xFFFFFFFF)
    assert [client.call(0, b"")[0] for _ in range(2)] == [0xFFFFFFFF, 0]
    client._xid = 0xFFFFFFFF
    assert client.call(0, b"")[0] == 1


@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", mark(b"short"), mark(bytes(24))])
def test_a_broken_peer_breaks_the_client_session_for_good(junk: bytes) -> None:
    client, _ = pair()
    client.call(1, b"")
    with pytest.raises(RemoteError):
        client.receive(junk)
    with pytest.raises(BrokenSession):
        client.receive(b"")
    with pytest.raises(BrokenSession):
        client.call(1, b"")


def test_a_datagram_that_is_no_reply_of_ours_is_dropped() -> None:
    client = ClientSession(PROGRAM, 2, stream=False)
    xid, data = client.call(1, b"")
    assert data[:4] == xid.to_bytes(4, "big")
    assert client.receive_datagram(b"junk") is None
    assert client.receive_datagram(pack_success(xid ^ 1, b"")) is None
    reply = client.receive_datagram(pack_success(xid, b""))
    assert reply is not None
    assert reply.xid == xid
    assert client.dropped_replies == 2
