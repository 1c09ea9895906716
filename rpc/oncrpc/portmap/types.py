"""The portmapper's types and procedures: portmap version 2 and rpcbind versions 3 and 4 (RFC 1833).

Hand-written in the shape of generated code, with the RFC's names. Strings, which the RFC leaves without a bound, have
one here: no address, network id or owner comes near it.
"""

from __future__ import annotations

from typing import Final

from oncrpc import xdr
from oncrpc.portmap.stat_types import xdr_rpcb_stat_byvers
from oncrpc.procedure import Procedure, Program

PMAP_PORT: Final = 111
PMAP_PROG: Final = 100000
PMAP_VERS: Final = 2
RPCBVERS: Final = 3
RPCBVERS4: Final = 4
IPPROTO_TCP: Final = 6
IPPROTO_UDP: Final = 17

MAX_STRING: Final = 1024
"""The longest string that is read, in bytes."""

NC_TPI_CLTS: Final = 1
NC_TPI_COTS: Final = 2
NC_TPI_COTS_ORD: Final = 3


class mapping(xdr.Record):
    """struct mapping { unsigned int prog, vers, prot, port; };   Wire size: 16 bytes. prot: 6 is tcp, 17 udp."""

    __slots__ = ("prog", "vers", "prot", "port")
    __match_args__ = ("prog", "vers", "prot", "port")

    def __init__(self, prog: int, vers: int, prot: int, port: int) -> None:
        self.prog = prog
        self.vers = vers
        self.prot = prot
        self.port = port


xdr_mapping: Final = xdr.struct(mapping, ("prog", xdr.UINT), ("vers", xdr.UINT), ("prot", xdr.UINT), ("port", xdr.UINT))


class pmaplist(xdr.Record):
    """struct pmaplist { mapping map; pmaplist *next; };   Wire size: 20 bytes or more."""

    __slots__ = ("map", "next")
    __match_args__ = ("map", "next")

    def __init__(self, map: mapping, next: pmaplist | None) -> None:
        self.map = map
        self.next = next


xdr_pmaplist: Final[xdr.Type[pmaplist]] = xdr.struct(
    pmaplist, ("map", xdr_mapping), ("next", xdr.optional(xdr.ref(lambda: xdr_pmaplist)))
)


class rpcb(xdr.Record):
    """struct rpcb: program, version, network id, universal address, owner.   Wire size: 20 bytes or more."""

    __slots__ = ("r_prog", "r_vers", "r_netid", "r_addr", "r_owner")
    __match_args__ = ("r_prog", "r_vers", "r_netid", "r_addr", "r_owner")

    def __init__(self, r_prog: int, r_vers: int, r_netid: str, r_addr: str, r_owner: str) -> None:
        self.r_prog = r_prog
        self.r_vers = r_vers
        self.r_netid = r_netid
        self.r_addr = r_addr
        self.r_owner = r_owner


xdr_rpcb: Final = xdr.struct(
    rpcb,
    ("r_prog", xdr.UINT),
    ("r_vers", xdr.UINT),
    ("r_netid", xdr.string(MAX_STRING)),
    ("r_addr", xdr.string(MAX_STRING)),
    ("r_owner", xdr.string(MAX_STRING)),
)


class rpcblist(xdr.Record):
    """struct rpcblist { rpcb rpcb_map; rpcblist *rpcb_next; };   Wire size: 24 bytes or more."""

    __slots__ = ("rpcb_map", "rpcb_next")
    __match_args__ = ("rpcb_map", "rpcb_next")

    def __init__(self, rpcb_map: rpcb, rpcb_next: rpcblist | None) -> None:
        self.rpcb_map = rpcb_map
        self.rpcb_next = rpcb_next


xdr_rpcblist: Final[xdr.Type[rpcblist]] = xdr.struct(
    rpcblist, ("rpcb_map", xdr_rpcb), ("rpcb_next", xdr.optional(xdr.ref(lambda: xdr_rpcblist)))
)


class rpcb_entry(xdr.Record):
    """struct rpcb_entry: one address, and what its network is.   Wire size: 20 bytes or more."""

    __slots__ = ("r_maddr", "r_nc_netid", "r_nc_semantics", "r_nc_protofmly", "r_nc_proto")
    __match_args__ = ("r_maddr", "r_nc_netid", "r_nc_semantics", "r_nc_protofmly", "r_nc_proto")

    def __init__(
        self, r_maddr: str, r_nc_netid: str, r_nc_semantics: int, r_nc_protofmly: str, r_nc_proto: str
    ) -> None:
        self.r_maddr = r_maddr
        self.r_nc_netid = r_nc_netid
        self.r_nc_semantics = r_nc_semantics
        self.r_nc_protofmly = r_nc_protofmly
        self.r_nc_proto = r_nc_proto


xdr_rpcb_entry: Final = xdr.struct(
    rpcb_entry,
    ("r_maddr", xdr.string(MAX_STRING)),
    ("r_nc_netid", xdr.string(MAX_STRING)),
    ("r_nc_semantics", xdr.UINT),
    ("r_nc_protofmly", xdr.string(MAX_STRING)),
    ("r_nc_proto", xdr.string(MAX_STRING)),
)


class rpcb_entry_list(xdr.Record):
    """struct rpcb_entry_list { rpcb_entry rpcb_entry_map; rpcb_entry_list *rpcb_entry_next; };"""

    __slots__ = ("rpcb_entry_map", "rpcb_entry_next")
    __match_args__ = ("rpcb_entry_map", "rpcb_entry_next")

    def __init__(self, rpcb_entry_map: rpcb_entry, rpcb_entry_next: rpcb_entry_list | None) -> None:
        self.rpcb_entry_map = rpcb_entry_map
        self.rpcb_entry_next = rpcb_entry_next


xdr_rpcb_entry_list: Final[xdr.Type[rpcb_entry_list]] = xdr.struct(
    rpcb_entry_list,
    ("rpcb_entry_map", xdr_rpcb_entry),
    ("rpcb_entry_next", xdr.optional(xdr.ref(lambda: xdr_rpcb_entry_list))),
)


class netbuf(xdr.Record):
    """struct netbuf { unsigned int maxlen; opaque buf<>; }: a C sockaddr of the host.   Wire size: 8 bytes or more."""

    __slots__ = ("maxlen", "buf")
    __match_args__ = ("maxlen", "buf")

    def __init__(self, maxlen: int, buf: bytes) -> None:
        self.maxlen = maxlen
        self.buf = buf


xdr_netbuf: Final = xdr.struct(netbuf, ("maxlen", xdr.UINT), ("buf", xdr.opaque(MAX_STRING)))

_ADDRESS: Final = xdr.string(MAX_STRING)

PMAPPROC_SET: Final = Procedure(1, "PMAPPROC_SET", xdr_mapping, xdr.BOOL)
PMAPPROC_UNSET: Final = Procedure(2, "PMAPPROC_UNSET", xdr_mapping, xdr.BOOL)
PMAPPROC_GETPORT: Final = Procedure(3, "PMAPPROC_GETPORT", xdr_mapping, xdr.UINT)
PMAPPROC_DUMP: Final = Procedure(4, "PMAPPROC_DUMP", xdr.VOID, xdr.optional(xdr_pmaplist), arity=0)

RPCBPROC_SET: Final = Procedure(1, "RPCBPROC_SET", xdr_rpcb, xdr.BOOL)
RPCBPROC_UNSET: Final = Procedure(2, "RPCBPROC_UNSET", xdr_rpcb, xdr.BOOL)
RPCBPROC_GETADDR: Final = Procedure(3, "RPCBPROC_GETADDR", xdr_rpcb, _ADDRESS)
RPCBPROC_DUMP: Final = Procedure(4, "RPCBPROC_DUMP", xdr.VOID, xdr.optional(xdr_rpcblist), arity=0)
RPCBPROC_GETTIME: Final = Procedure(6, "RPCBPROC_GETTIME", xdr.VOID, xdr.UINT, arity=0)
RPCBPROC_UADDR2TADDR: Final = Procedure(7, "RPCBPROC_UADDR2TADDR", _ADDRESS, xdr_netbuf)
RPCBPROC_TADDR2UADDR: Final = Procedure(8, "RPCBPROC_TADDR2UADDR", xdr_netbuf, _ADDRESS)
RPCBPROC_GETVERSADDR: Final = Procedure(9, "RPCBPROC_GETVERSADDR", xdr_rpcb, _ADDRESS)
RPCBPROC_GETADDRLIST: Final = Procedure(11, "RPCBPROC_GETADDRLIST", xdr_rpcb, xdr.optional(xdr_rpcb_entry_list))
RPCBPROC_GETSTAT: Final = Procedure(12, "RPCBPROC_GETSTAT", xdr.VOID, xdr_rpcb_stat_byvers, arity=0)

_RPCB_3: Final = (
    RPCBPROC_SET,
    RPCBPROC_UNSET,
    RPCBPROC_GETADDR,
    RPCBPROC_DUMP,
    RPCBPROC_GETTIME,
    RPCBPROC_UADDR2TADDR,
    RPCBPROC_TADDR2UADDR,
)

# CALLIT, BCAST and INDIRECT (5 and 10), which call others in the portmapper's name, are left out on purpose: they let
# a stranger borrow the address of this host.
PMAP_V2_TABLE: Final = Program(
    "PMAP_PROG", PMAP_PROG, "PMAP_VERS", PMAP_VERS, (PMAPPROC_SET, PMAPPROC_UNSET, PMAPPROC_GETPORT, PMAPPROC_DUMP)
)
RPCB_V3_TABLE: Final = Program("RPCBPROG", PMAP_PROG, "RPCBVERS", RPCBVERS, _RPCB_3)
RPCB_V4_TABLE: Final = Program(
    "RPCBPROG",
    PMAP_PROG,
    "RPCBVERS4",
    RPCBVERS4,
    (*_RPCB_3, RPCBPROC_GETVERSADDR, RPCBPROC_GETADDRLIST, RPCBPROC_GETSTAT),
)
