"""The portmapper client over a transport in memory, against portmappers of each age."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oncrpc.client import Client
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import (
    AuthError,
    LocalError,
    NotDelivered,
    ProgramMismatch,
    ProgramUnavailable,
    RecordTooLong,
    RemoteError,
    RpcRefusal,
)
from oncrpc.message import pack_success
from oncrpc.portmap import types as t
from oncrpc.portmap.client import MAX_RECORD, PortmapClient, lookup
from oncrpc.portmap.entries import SUPERUSER, UNKNOWN, Entry, Lookups, NetworkAddress, NotRegistered
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.plans import unset_owned
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import Portmap2, PortmapService, Rpcbind3
from oncrpc.portmap.statistics import Statistics
from oncrpc.procedure import Call
from oncrpc.record import mark
from oncrpc.server_session import ServerSession
from oncrpc.transport.memory import MemoryTransport

VIRT = 0x20070125
USER = Peer("local", True, "1000")
TCP = Peer("tcp", True, UNKNOWN, "127.0.0.1", "127.0.0.1")


def portmapper(registry: Registry, versions: tuple[int, ...]) -> Dispatcher:
    dispatcher = Dispatcher()
    if versions == (2, 3, 4):
        PortmapService(registry, clock_s=lambda: 5).add_to(dispatcher)
    elif versions == (2, 3):
        dispatcher.serve(Portmap2(registry, Statistics()))
        dispatcher.serve(Rpcbind3(registry, Statistics(), lambda: 5))
    else:
        dispatcher.serve(Portmap2(registry, Statistics()))
    return dispatcher


def answering(dispatcher: Dispatcher, peer: Peer) -> Callable[[bytes], list[bytes]]:
    session = ServerSession(peer)

    def answer(data: bytes) -> list[bytes]:
        out = []
        for event in session.receive(data):
            assert isinstance(event, Call)
            try:
                result = dispatcher.dispatch(event)
                assert isinstance(result, bytes)
                out.append(session.success(event, result))
            except RpcRefusal as refusal:
                out.append(session.refusal(event, refusal))
        return out

    return answer


def connect(answer: Callable[[bytes], list[bytes]], netid: str) -> PortmapClient:
    transport = MemoryTransport(answer)
    return PortmapClient(Client(transport, t.PMAP_PROG, 4, call_timeout_s=1.0, max_record=MAX_RECORD), netid)


AGES = [(2, 3, 4), (2, 3), (2,)]


@pytest.mark.parametrize("versions", AGES)
@pytest.mark.parametrize("peer", [USER, TCP._replace(owner="1000")])
def test_a_program_is_registered_found_listed_and_removed(versions: tuple[int, ...], peer: Peer) -> None:
    registry = Registry()
    with connect(answering(portmapper(registry, versions), peer), peer.netid) as client:
        assert client.null() == max(versions)
        assert client.set(VIRT, 2, "tcp", ("127.0.0.1", 40123))
        assert client.set(VIRT, 2, "udp", ("127.0.0.1", 40124))
        for netid, port in (("tcp", 40123), ("udp", 40124)):
            found = client.getaddr(VIRT, 2, netid)
            assert isinstance(found, tuple)
            assert found[1] == port
            assert client.getport(VIRT, 2, netid) == port
            # Another version: that of the one there is.
            assert client.getaddr(VIRT, 7, netid) == found
        assert client.getaddr(VIRT + 1, 2, "tcp") is None
        assert client.getport(VIRT + 1, 2) is None
        owner = "1000" if 3 in versions else ""
        assert [(e.netid, e.port, e.owner) for e in client.dump()] == [("tcp", 40123, owner), ("udp", 40124, owner)]
        assert client.unset(VIRT, 2)
        assert client.dump() == []


def test_exact_asks_for_one_version_only() -> None:
    registry = Registry()
    registry.set(VIRT, 1, "tcp", "127.0.0.1.156.187", "1000")
    for peer in (TCP, USER):
        with connect(answering(portmapper(registry, (2, 3, 4)), peer), peer.netid) as client:
            assert client.getaddr(VIRT, 1, "tcp", exact=True) == ("127.0.0.1", 40123)
            assert client.getaddr(VIRT, 2, "tcp", exact=True) is None


def test_a_path_cannot_be_registered_with_version_2() -> None:
    with connect(answering(portmapper(Registry(), (2,)), USER), "tcp") as client, pytest.raises(LocalError):
        client.set(VIRT, 2, "local", "/run/virtrpcd.sock")


def test_time_needs_version_3() -> None:
    with connect(answering(portmapper(Registry(), (2, 3)), TCP), "tcp") as client:
        assert client.gettime() == 5
    with connect(answering(portmapper(Registry(), (2,)), TCP), "tcp") as client, pytest.raises(ProgramMismatch):
        client.gettime()


def test_lists_statistics_and_conversions_need_version_4_or_3() -> None:
    registry = Registry()
    registry.set(VIRT, 1, "tcp", "127.0.0.1.156.187", "1000")
    with connect(answering(portmapper(registry, (2, 3, 4)), TCP), "tcp") as client:
        assert client.getaddrlist(VIRT, 1) == [NetworkAddress("127.0.0.1.156.187", "tcp", 3, "inet", "tcp")]
        assert client.getaddrlist(VIRT, 2) == []
        v2, v3, v4 = client.getstat()
        assert [v2.version, v3.version, v4.version] == [2, 3, 4]
        assert v4.lookups == [Lookups(VIRT, 2, "tcp", 0, 1), Lookups(VIRT, 1, "tcp", 1, 0)]
        assert client.uaddr2taddr("127.0.0.1.8.1") == b"\x02\x00\x08\x01\x7f\x00\x00\x01" + bytes(8)
        assert client.taddr2uaddr(client.uaddr2taddr("127.0.0.1.8.1")) == "127.0.0.1.8.1"
        assert client.uaddr2taddr("nonsense") == b""
    with connect(answering(portmapper(registry, (2,)), TCP), "tcp") as client:
        for ask in (lambda: client.getaddrlist(VIRT, 1), client.getstat, lambda: client.uaddr2taddr("127.0.0.1.8.1")):
            with pytest.raises(ProgramMismatch):
                ask()


def test_a_refusal_of_the_caller_is_not_taken_for_an_old_portmapper() -> None:
    afar = Peer("tcp", False, UNKNOWN, "192.0.2.1", "192.0.2.2")
    with connect(answering(portmapper(Registry(), (2, 3, 4)), afar), "tcp") as client, pytest.raises(AuthError):
        client.set(VIRT, 2, "tcp", ("127.0.0.1", 40123))


def test_no_portmapper_at_all_on_that_port_is_said() -> None:
    with connect(answering(Dispatcher(), TCP), "tcp") as client, pytest.raises(ProgramUnavailable):
        client.dump()


def test_only_the_owners_registrations_at_these_addresses_are_removed() -> None:
    registry = Registry()
    registry.set(VIRT, 2, "tcp", "127.0.0.1.156.187", SUPERUSER)
    registry.set(VIRT, 2, "udp", "127.0.0.1.156.188", SUPERUSER)
    registry.set(VIRT, 2, "tcp6", "::1.156.187", "1000")
    root = Peer("local", True, SUPERUSER)
    with connect(answering(portmapper(registry, (2, 3, 4)), root), "local") as client:
        uaddrs = {"tcp": "127.0.0.1.156.187", "udp": "127.0.0.1.1.1", "tcp6": "::1.156.187"}
        gone = client._run(unset_owned(VIRT, 2, SUPERUSER, uaddrs))
        assert [entry.netid for entry in gone] == ["tcp"]
        assert client._run(unset_owned(VIRT, 2, SUPERUSER)) == [Entry(VIRT, 2, "udp", "127.0.0.1.156.188", SUPERUSER)]
        assert [entry.netid for entry in registry.entries()] == ["tcp6"]


def replying(result: bytes) -> Callable[[bytes], list[bytes]]:
    return lambda data: [mark(pack_success(int.from_bytes(data[4:8], "big"), result))]


@pytest.mark.parametrize(
    "result",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x04\x01" + bytes(1028),
        b"\x00\x00\x00\x05hello\0\0\0",
        b"\x00\x00\x00\x0f127.0.0.1.256.1\0",
        b"",
    ],
)
def test_a_portmapper_that_answers_nonsense_is_a_remote_error(result: bytes) -> None:
    with connect(replying(result), "tcp") as client, pytest.raises(RemoteError):
        client.getaddr(VIRT, 2)


def test_a_list_without_end_is_cut_by_the_record_limit() -> None:
    with (
        connect(lambda data: [(0x80000000 | MAX_RECORD + 1).to_bytes(4, "big")], "tcp") as client,
        pytest.raises(RecordTooLong),
    ):
        client.dump()


def test_the_longest_list_is_read_in_a_loop() -> None:
    node = b"\x00\x00\x00\x01" + bytes(20)
    count = (MAX_RECORD - 64) // len(node)
    with connect(replying(node * count + bytes(4)), "tcp") as client:
        assert len(client.dump()) == count


def test_lookup_says_when_nobody_answers() -> None:
    with pytest.raises(NotDelivered) as caught:
        lookup("127.0.0.1", VIRT, 2, port=1)
    assert not isinstance(caught.value, NotRegistered)
