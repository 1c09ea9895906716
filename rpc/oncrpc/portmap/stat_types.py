"""The statistics that GETSTAT returns: struct rpcb_stat of rpcbind version 4 (RFC 1833 section 2.1), an item a version.

RFC 1833 gives each version an array of thirteen counters, one a procedure, and two lists: of the lookups that were
answered, and of the calls that the portmapper made for others (CALLIT, BCAST, INDIRECT).
"""

from __future__ import annotations

from typing import Final

from oncrpc import xdr

STAT_PROCEDURES: Final = 13
"""RPCBSTAT_HIGHPROC: counters a version, for procedures 0 to 12."""
STAT_VERSIONS: Final = (2, 3, 4)
"""Which versions have statistics, in the order of the array (RPCBVERS_STAT of them)."""
MAX_NETID: Final = 1024

_NETID: Final = xdr.string(MAX_NETID)


class rpcbs_addrlist(xdr.Record):
    """struct rpcbs_addrlist: lookups of a program, by their outcome.   Wire size: 24 bytes or more."""

    __slots__ = ("prog", "vers", "success", "failure", "netid", "next")
    __match_args__ = ("prog", "vers", "success", "failure", "netid", "next")

    def __init__(
        self, prog: int, vers: int, success: int, failure: int, netid: str, next: rpcbs_addrlist | None
    ) -> None:
        self.prog = prog
        self.vers = vers
        self.success = success
        self.failure = failure
        self.netid = netid
        self.next = next


xdr_rpcbs_addrlist: Final[xdr.Type[rpcbs_addrlist]] = xdr.struct(
    rpcbs_addrlist,
    ("prog", xdr.UINT),
    ("vers", xdr.UINT),
    ("success", xdr.INT),
    ("failure", xdr.INT),
    ("netid", _NETID),
    ("next", xdr.optional(xdr.ref(lambda: xdr_rpcbs_addrlist))),
)


class rpcbs_rmtcalllist(xdr.Record):
    """struct rpcbs_rmtcalllist: calls made for others, by their outcome.   Wire size: 32 bytes or more."""

    __slots__ = ("prog", "vers", "proc", "success", "failure", "indirect", "netid", "next")
    __match_args__ = ("prog", "vers", "proc", "success", "failure", "indirect", "netid", "next")

    def __init__(
        self,
        prog: int,
        vers: int,
        proc: int,
        success: int,
        failure: int,
        indirect: int,
        netid: str,
        next: rpcbs_rmtcalllist | None,
    ) -> None:
        self.prog = prog
        self.vers = vers
        self.proc = proc
        self.success = success
        self.failure = failure
        self.indirect = indirect
        self.netid = netid
        self.next = next


xdr_rpcbs_rmtcalllist: Final[xdr.Type[rpcbs_rmtcalllist]] = xdr.struct(
    rpcbs_rmtcalllist,
    ("prog", xdr.UINT),
    ("vers", xdr.UINT),
    ("proc", xdr.UINT),
    ("success", xdr.INT),
    ("failure", xdr.INT),
    ("indirect", xdr.INT),
    ("netid", _NETID),
    ("next", xdr.optional(xdr.ref(lambda: xdr_rpcbs_rmtcalllist))),
)


class rpcb_stat(xdr.Record):
    """struct rpcb_stat: what one version was asked.   Wire size: 68 bytes or more."""

    __slots__ = ("info", "setinfo", "unsetinfo", "addrinfo", "rmtinfo")
    __match_args__ = ("info", "setinfo", "unsetinfo", "addrinfo", "rmtinfo")

    def __init__(
        self,
        info: list[int],
        setinfo: int,
        unsetinfo: int,
        addrinfo: rpcbs_addrlist | None,
        rmtinfo: rpcbs_rmtcalllist | None,
    ) -> None:
        self.info = info
        self.setinfo = setinfo
        self.unsetinfo = unsetinfo
        self.addrinfo = addrinfo
        self.rmtinfo = rmtinfo


xdr_rpcb_stat: Final = xdr.struct(
    rpcb_stat,
    ("info", xdr.array(xdr.INT, STAT_PROCEDURES)),
    ("setinfo", xdr.INT),
    ("unsetinfo", xdr.INT),
    ("addrinfo", xdr.optional(xdr_rpcbs_addrlist)),
    ("rmtinfo", xdr.optional(xdr_rpcbs_rmtcalllist)),
)
xdr_rpcb_stat_byvers: Final = xdr.array(xdr_rpcb_stat, len(STAT_VERSIONS))
