"""What GETSTAT tells. That real rpcinfo reads it as it reads rpcbind's is in tests/interop/test_rpcbind_agrees.py."""

from __future__ import annotations

from typing import Any

from oncrpc.dispatch import Dispatcher
from oncrpc.errors import RpcRefusal
from oncrpc.message import pack_call, unpack_call
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import UNKNOWN
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import PortmapService
from oncrpc.portmap.stat_types import rpcb_stat, rpcbs_addrlist, rpcbs_rmtcalllist, xdr_rpcb_stat, xdr_rpcb_stat_byvers
from oncrpc.portmap.statistics import MAX_LOOKUPS, Statistics
from oncrpc.procedure import Procedure

VIRT = 0x20070125
USER = Peer("tcp", True, "1000", "127.0.0.1", "127.0.0.1")


class Service:
    """A portmapper without sockets."""

    def __init__(self) -> None:
        service = PortmapService(Registry())
        self.dispatcher = Dispatcher(interceptors=(service.statistics,))
        service.add_to(self.dispatcher)

    def ask(self, version: int, procedure: Procedure[Any], *args: object, peer: Peer = USER) -> Any:
        record = pack_call(7, t.PMAP_PROG, version, procedure.number, procedure.pack_args(args))
        result = self.dispatcher.dispatch(unpack_call(record, peer))
        assert isinstance(result, bytes)
        return procedure.result.unpack(result)

    def refused(self, version: int, number: int, args: bytes, peer: Peer = USER) -> None:
        try:
            self.dispatcher.dispatch(unpack_call(pack_call(7, t.PMAP_PROG, version, number, args), peer))
        except RpcRefusal:
            return
        raise AssertionError("not refused")


def test_calls_and_what_came_of_them_are_counted_a_version() -> None:
    service = Service()
    assert service.ask(4, t.RPCBPROC_SET, t.rpcb(VIRT, 2, "tcp", "127.0.0.1.156.187", ""))
    assert not service.ask(4, t.RPCBPROC_SET, t.rpcb(VIRT, 2, "tcp", "127.0.0.1.156.188", ""))
    assert service.ask(2, t.PMAPPROC_GETPORT, t.mapping(VIRT, 2, 6, 0)) == 40123
    assert service.ask(2, t.PMAPPROC_GETPORT, t.mapping(VIRT, 2, 17, 0)) == 0
    service.ask(3, t.RPCBPROC_GETADDR, t.rpcb(VIRT, 2, "", "", ""))
    service.ask(4, t.RPCBPROC_GETVERSADDR, t.rpcb(VIRT, 9, "", "", ""))
    assert service.ask(4, t.RPCBPROC_UNSET, t.rpcb(VIRT, 2, "", "", ""))
    v2, v3, v4 = service.ask(4, t.RPCBPROC_GETSTAT)
    assert v2.info == [0, 0, 0, 2] + [0] * 9
    assert v2.addrinfo == rpcbs_addrlist(VIRT, 2, 0, 1, "udp", rpcbs_addrlist(VIRT, 2, 1, 0, "tcp", None))
    assert v3.info == [0, 0, 0, 1] + [0] * 9
    assert v3.addrinfo == rpcbs_addrlist(VIRT, 2, 1, 0, "tcp", None)
    assert v4.info == [0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]
    assert (v4.setinfo, v4.unsetinfo, v4.rmtinfo) == (1, 1, None)
    assert v4.addrinfo == rpcbs_addrlist(VIRT, 9, 0, 1, "tcp", None)


def test_refused_calls_are_counted_too_and_change_no_outcome() -> None:
    service = Service()
    afar = Peer("tcp", False, UNKNOWN, "192.0.2.1", "192.0.2.77")
    service.refused(4, 1, t.rpcb(VIRT, 2, "tcp", "127.0.0.1.156.187", "").to_xdr(), afar)
    service.refused(2, 5, bytes(16))
    service.refused(4, 13, b"")
    service.refused(9, 3, b"")
    v2, _, v4 = service.ask(4, t.RPCBPROC_GETSTAT)
    assert v2.info[5] == 1
    assert (v4.info[1], v4.setinfo, sum(v4.info)) == (1, 0, 2)


def test_lookups_are_bounded_the_oldest_forgotten() -> None:
    statistics = Statistics()
    for program in range(MAX_LOOKUPS + 3):
        statistics.count_lookup(4, (program, 1, "tcp"), True)
    seen = []
    node = statistics.to_wire()[2].addrinfo
    while node is not None:
        seen.append(node.prog)
        node = node.next
    assert seen == list(range(MAX_LOOKUPS + 2, 2, -1))


def test_the_wire_form_is_that_of_the_rfc() -> None:
    remote = rpcbs_rmtcalllist(7, 8, 9, 1, 2, 3, "udp", None)
    stat = rpcb_stat(list(range(13)), 14, 15, rpcbs_addrlist(1, 2, 3, 4, "tcp", None), remote)
    words = [*range(13), 14, 15, 1, 1, 2, 3, 4, 3]
    expected = b"".join(word.to_bytes(4, "big") for word in words) + b"tcp\0" + bytes(4)
    expected += b"".join(word.to_bytes(4, "big") for word in (1, 7, 8, 9, 1, 2, 3, 3)) + b"udp\0" + bytes(4)
    assert xdr_rpcb_stat.encode(stat) == expected
    assert xdr_rpcb_stat_byvers.unpack(expected * 3) == [stat] * 3
