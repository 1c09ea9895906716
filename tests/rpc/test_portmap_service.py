"""What the portmapper answers, to whom; called without any socket."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from oncrpc.dispatch import Dispatcher
from oncrpc.errors import AuthError, AuthStat, GarbageArguments, ProcedureUnavailable, ProgramMismatch
from oncrpc.message import pack_call, unpack_call
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import SUPERUSER, UNKNOWN
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import PortmapService
from oncrpc.procedure import Procedure

VIRT = 0x20070125
ROOT = Peer("local", True, SUPERUSER)
USER = Peer("local", True, "1000")
TCP = Peer("tcp", True, UNKNOWN, "127.0.0.1", "127.0.0.1")
UDP = Peer("udp", True, UNKNOWN, "127.0.0.1", "127.0.0.1")
AFAR = Peer("tcp", False, UNKNOWN, "192.0.2.1", "192.0.2.77")


class Service:
    def __init__(self) -> None:
        self.registry = Registry()
        self.dispatcher = Dispatcher()
        PortmapService(self.registry, clock_s=lambda: 1_167_609_600.9).add_to(self.dispatcher)

    def raw(self, peer: object, version: int, number: int, args: bytes) -> bytes:
        record = pack_call(7, t.PMAP_PROG, version, number, args)
        result = self.dispatcher.dispatch(unpack_call(record, peer))
        assert isinstance(result, bytes)
        return result

    def ask(self, peer: object, version: int, procedure: Procedure[Any], *args: object) -> Any:
        return procedure.result.unpack(self.raw(peer, version, procedure.number, procedure.pack_args(args)))

    def set(self, peer: Peer, version: int, netid: str, uaddr: str) -> bool:
        return bool(self.ask(peer, 4, t.RPCBPROC_SET, t.rpcb(VIRT, version, netid, uaddr, "root")))


@pytest.mark.parametrize("version", [2, 3, 4])
def test_null_is_answered_in_every_version(version: int) -> None:
    assert Service().raw(AFAR, version, 0, b"") == b""


@pytest.mark.parametrize("version", [1, 5])
def test_other_versions_are_a_mismatch_of_2_to_4(version: int) -> None:
    with pytest.raises(ProgramMismatch) as caught:
        Service().raw(TCP, version, 0, b"")
    assert (caught.value.low, caught.value.high) == (2, 4)


@pytest.mark.parametrize(("version", "number"), [(2, 5), (3, 5), (4, 5), (4, 10), (4, 13), (3, 9)])
def test_calls_in_the_portmappers_name_are_not_there(version: int, number: int) -> None:
    with pytest.raises(ProcedureUnavailable):
        Service().raw(ROOT, version, number, bytes(64))


@pytest.mark.parametrize("peer", [AFAR, Peer("udp", False, UNKNOWN, "192.0.2.1", "192.0.2.77")])
@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("name", ["SET", "UNSET"])
def test_changes_from_afar_are_refused(peer: Peer, version: int, name: str) -> None:
    service = Service()
    service.set(ROOT, 2, "tcp", "127.0.0.1.156.187")
    number = {"SET": 1, "UNSET": 2}[name]
    args = t.mapping(VIRT, 2, 6, 40123).to_xdr() if version == 2 else t.rpcb(VIRT, 2, "tcp", "", "").to_xdr()
    with pytest.raises(AuthError) as caught:
        service.raw(peer, version, number, args)
    assert caught.value.stat == AuthStat.AUTH_TOOWEAK
    assert len(service.registry) == 1


@pytest.mark.parametrize("peer", [USER._replace(owner="1001"), TCP, UDP])
@pytest.mark.parametrize("version", [2, 3, 4])
def test_another_users_registration_cannot_be_unset(peer: Peer, version: int) -> None:
    service = Service()
    assert service.set(USER, 2, "tcp", "127.0.0.1.156.187")
    assert service.set(USER, 2, "udp", "127.0.0.1.156.187")
    args = t.mapping(VIRT, 2, 6, 40123).to_xdr() if version == 2 else t.rpcb(VIRT, 2, "", "", "1000").to_xdr()
    assert service.raw(peer, version, 2, args) == bytes(4)
    assert len(service.registry) == 2


def test_the_owner_is_who_the_kernel_says_not_who_the_argument_says() -> None:
    service = Service()
    assert service.set(USER, 2, "tcp", "127.0.0.1.156.187")
    assert [entry.owner for entry in service.registry.entries()] == ["1000"]


def test_version_2_sets_on_any_address_and_unsets_tcp_and_udp_at_once() -> None:
    service = Service()
    for protocol in (6, 17):
        assert service.ask(USER, 2, t.PMAPPROC_SET, t.mapping(VIRT, 2, protocol, 40123))
    assert {entry.uaddr for entry in service.registry.entries()} == {"0.0.0.0.156.187"}
    assert service.ask(TCP, 2, t.PMAPPROC_GETPORT, t.mapping(VIRT, 2, 17, 0)) == 40123
    assert service.ask(USER, 2, t.PMAPPROC_UNSET, t.mapping(VIRT, 2, 0, 0))
    assert len(service.registry) == 0


@pytest.mark.parametrize(("protocol", "port"), [(6, 0), (6, 65536), (6, 0xFFFFFFFF), (1, 40123), (0, 40123)])
def test_version_2_refuses_ports_and_protocols_that_are_none(protocol: int, port: int) -> None:
    assert not Service().ask(ROOT, 2, t.PMAPPROC_SET, t.mapping(VIRT, 2, protocol, port))


def test_an_unregistered_version_gets_another_ones_address_but_not_from_getversaddr() -> None:
    service = Service()
    service.set(ROOT, 2, "tcp", "127.0.0.1.156.187")
    question = t.rpcb(VIRT, 9, "tcp", "", "")
    assert service.ask(TCP, 2, t.PMAPPROC_GETPORT, t.mapping(VIRT, 9, 6, 0)) == 40123
    for version in (3, 4):
        assert service.ask(TCP, version, t.RPCBPROC_GETADDR, question) == "127.0.0.1.156.187"
    assert service.ask(TCP, 4, t.RPCBPROC_GETVERSADDR, question) == ""
    assert service.ask(TCP, 4, t.RPCBPROC_GETADDRLIST, question) is None


def test_an_unknown_program_has_port_0_and_no_address() -> None:
    service = Service()
    assert service.ask(TCP, 2, t.PMAPPROC_GETPORT, t.mapping(VIRT, 2, 6, 0)) == 0
    assert service.ask(TCP, 4, t.RPCBPROC_GETADDR, t.rpcb(VIRT, 2, "tcp", "", "")) == ""


def test_an_address_for_any_is_answered_as_the_one_the_asker_reached() -> None:
    service = Service()
    service.set(ROOT, 1, "tcp", "0.0.0.0.156.187")
    service.set(ROOT, 2, "tcp", "127.0.0.1.156.188")
    question = t.RPCBPROC_GETADDR, t.rpcb(VIRT, 1, "tcp", "", "")
    assert service.ask(TCP, 4, *question) == "127.0.0.1.156.187"
    assert service.ask(AFAR, 4, *question) == "192.0.2.1.156.187"
    assert service.ask(AFAR, 4, t.RPCBPROC_GETADDR, t.rpcb(VIRT, 2, "tcp", "", "")) == "127.0.0.1.156.188"


def test_a_portmapper_on_any_address_asks_the_way_back_to_the_asker() -> None:
    service = Service()
    service.set(ROOT, 2, "udp", "0.0.0.0.156.187")
    peer = Peer("udp", True, UNKNOWN, "0.0.0.0", "127.0.0.1")
    assert service.ask(peer, 4, t.RPCBPROC_GETADDR, t.rpcb(VIRT, 2, "udp", "", "")) == "127.0.0.1.156.187"


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("127.0.0.1.0.111", "127.0.0.1.156.187"),
        ("::1.0.111", "0.0.0.0.156.187"),
        ("junk", "0.0.0.0.156.187"),
    ],
)
def test_a_hint_chooses_the_address_and_a_wrong_one_leaves_what_was_registered(hint: str, told: str) -> None:
    service = Service()
    service.set(ROOT, 1, "tcp", "0.0.0.0.156.187")
    service.set(ROOT, 2, "tcp", "198.51.100.1.156.187")
    for version, address in ((1, told), (2, "198.51.100.1.156.187")):
        question = t.rpcb(VIRT, version, "", hint, "")
        assert service.ask(AFAR, 4, t.RPCBPROC_GETVERSADDR, question) == address
        listed = service.ask(AFAR, 4, t.RPCBPROC_GETADDRLIST, question)
        assert listed.rpcb_entry_map.r_maddr == address


def test_the_network_asked_about_is_that_of_the_question() -> None:
    service = Service()
    service.set(ROOT, 2, "tcp", "127.0.0.1.156.187")
    service.set(ROOT, 2, "local", "/run/virtrpcd.sock")
    question = t.RPCBPROC_GETADDR, t.rpcb(VIRT, 2, "tcp", "", "")
    assert service.ask(UDP, 4, *question) == ""
    assert service.ask(USER, 4, *question) == "/run/virtrpcd.sock"


def test_dump_in_version_2_leaves_out_what_it_cannot_express() -> None:
    service = Service()
    service.set(ROOT, 2, "local", "/run/virtrpcd.sock")
    service.set(ROOT, 2, "tcp6", "::1.156.187")
    service.set(ROOT, 2, "udp", "127.0.0.1.156.187")
    assert service.ask(TCP, 2, t.PMAPPROC_DUMP) == t.pmaplist(t.mapping(VIRT, 2, 17, 40123), None)
    first = service.ask(TCP, 4, t.RPCBPROC_DUMP)
    assert first.rpcb_map == t.rpcb(VIRT, 2, "local", "/run/virtrpcd.sock", SUPERUSER)


def test_time_and_address_conversions() -> None:
    service = Service()
    assert service.ask(TCP, 3, t.RPCBPROC_GETTIME) == 1_167_609_600
    taddr = service.ask(TCP, 3, t.RPCBPROC_UADDR2TADDR, "127.0.0.1.8.1")
    assert taddr.buf == b"\x02\x00\x08\x01\x7f\x00\x00\x01" + bytes(8)
    assert service.ask(TCP, 4, t.RPCBPROC_TADDR2UADDR, taddr) == "127.0.0.1.8.1"
    assert service.ask(TCP, 4, t.RPCBPROC_UADDR2TADDR, "nonsense") == t.netbuf(0, b"")
    assert service.ask(TCP, 4, t.RPCBPROC_TADDR2UADDR, t.netbuf(4, b"\xff\xff\xff\xff")) == ""


LENGTHS = [b"\xff\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x04\x01" + bytes(1028)]
BOMBS = [bytes(8) + length for length in LENGTHS] + [b""]


@pytest.mark.parametrize("number", [1, 2, 3, 9, 11])
@pytest.mark.parametrize("args", BOMBS)
def test_lengths_beyond_the_bound_or_the_data_are_garbage(number: int, args: bytes) -> None:
    with pytest.raises(GarbageArguments):
        Service().raw(ROOT, 4, number, args)


@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("version", [2, 3, 4])
def test_no_bytes_make_it_fail_otherwise_than_by_a_refusal(version: int, number: int) -> None:
    service = Service()
    for args in (b"\xff" * 64, bytes(64), b"\x00\x00\x00\x04\xff\xfe\x00\n" * 8):
        with contextlib.suppress(GarbageArguments, ProcedureUnavailable):
            service.raw(USER, version, number, args)
