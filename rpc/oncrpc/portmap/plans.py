"""What a portmapper client asks, without IO: each plan is a generator of questions that is sent the answers.

A plan yields Question, is sent the decoded result or thrown the RpcRefusal, and returns what the caller wanted. The
blocking and the asyncio client run the same plans. Versions are tried from 4 down; a plan goes to an older one when the
portmapper lacks the version (PROG_MISMATCH) or the procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final, NamedTuple, TypeVar

from oncrpc.client import NULL
from oncrpc.errors import LocalError, ProcedureUnavailable, ProgramMismatch
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import UNKNOWN, Entry, Lookups, NetworkAddress, VersionStatistics
from oncrpc.portmap.stat_types import STAT_VERSIONS, rpcb_stat
from oncrpc.portmap.uaddr import NETID_OF_PROTOCOL, NETWORKS, Address, from_uaddr, to_uaddr
from oncrpc.procedure import Procedure

T = TypeVar("T")

VERSIONS: Final = (4, 3, 2)


class Question(NamedTuple):
    """A call to make: program 100000, this version and procedure."""

    version: int
    procedure: Procedure[Any]
    args: tuple[object, ...]


Plan = Generator[Question, Any, T]


def fall_back(ask: Callable[[int], Plan[T]], versions: tuple[int, ...] = VERSIONS) -> Plan[T]:
    """Follow ask(version), from the newest to the first that the portmapper has. Raises the last refusal."""
    for version in versions[:-1]:
        try:
            return (yield from ask(version))
        except (ProgramMismatch, ProcedureUnavailable):
            continue
    return (yield from ask(versions[-1]))


def null() -> Plan[int]:
    """Return the newest version that answers."""

    def ask(version: int) -> Plan[int]:
        yield Question(version, NULL, ())
        return version

    return fall_back(ask)


def set_(program: int, version: int, netid: str, address: Address, owner: str) -> Plan[bool]:
    """Register; return whether the portmapper did. Raises LocalError for an address that does not fit the netid."""
    uaddr = to_uaddr(netid, address)

    def ask(rpcbind: int) -> Plan[bool]:
        if rpcbind > t.PMAP_VERS:
            args: object = t.rpcb(program, version, netid, uaddr, owner)
            return bool((yield Question(rpcbind, t.RPCBPROC_SET, (args,))))
        args = t.mapping(program, version, _protocol(netid), address[1] if isinstance(address, tuple) else 0)
        return bool((yield Question(rpcbind, t.PMAPPROC_SET, (args,))))

    return fall_back(ask)


def unset(program: int, version: int, netid: str, owner: str) -> Plan[bool]:
    """Remove a registration, on all networks when netid is ""; version 2 can only remove tcp and udp together."""

    def ask(rpcbind: int) -> Plan[bool]:
        if rpcbind > t.PMAP_VERS:
            args: object = t.rpcb(program, version, netid, "", owner)
            return bool((yield Question(rpcbind, t.RPCBPROC_UNSET, (args,))))
        args = t.mapping(program, version, 0, 0)
        return bool((yield Question(rpcbind, t.PMAPPROC_UNSET, (args,))))

    return fall_back(ask)


def getaddr(
    program: int, version: int, netid: str, transport: str, exact: bool = False, hint: str = ""
) -> Plan[Address | None]:
    """Return where the program is served, None when it is not registered on that network.

    transport: the netid that the question itself goes over; GETADDR tells addresses of that network only, so for
    another one the whole list is read. Another version's address counts too, unless exact. hint: the universal address
    that the portmapper was reached by, so that of several addresses of its host it tells the right one.
    """
    if netid != transport:
        entries = yield from dump()
        return _choose(entries, program, version, netid, exact)

    def ask(rpcbind: int) -> Plan[Address | None]:
        if rpcbind > t.PMAP_VERS:
            procedure = t.RPCBPROC_GETVERSADDR if exact and rpcbind >= t.RPCBVERS4 else t.RPCBPROC_GETADDR
            uaddr: str = yield Question(rpcbind, procedure, (t.rpcb(program, version, netid, hint, ""),))
            return from_uaddr(netid, uaddr) if uaddr else None
        port = yield from _getport(program, version, _protocol(netid))
        return ("0.0.0.0", port) if port else None

    return (yield from fall_back(ask))


def getport(program: int, version: int, protocol: int) -> Plan[int]:
    """Ask version 2 for a port (protocol: 6 tcp, 17 udp); 0 when the program is not registered."""
    return _getport(program, version, protocol)


def dump() -> Plan[list[Entry]]:
    """Return everything that is registered."""

    def ask(rpcbind: int) -> Plan[list[Entry]]:
        if rpcbind > t.PMAP_VERS:
            return _rpcb_entries((yield Question(rpcbind, t.RPCBPROC_DUMP, ())))
        return _pmap_entries((yield Question(rpcbind, t.PMAPPROC_DUMP, ())))

    return fall_back(ask)


def gettime() -> Plan[int]:
    """Return the portmapper's time, in seconds since 1970. Raises ProgramMismatch where only version 2 is there."""

    def ask(rpcbind: int) -> Plan[int]:
        return int((yield Question(rpcbind, t.RPCBPROC_GETTIME, ())))

    return fall_back(ask, VERSIONS[:2])


def getaddrlist(program: int, version: int, hint: str = "") -> Plan[list[NetworkAddress]]:
    """Return where exactly this version is served on the networks of the connection's family. Version 4 only."""
    args = t.rpcb(program, version, "", hint, "")
    node: t.rpcb_entry_list | None = yield Question(t.RPCBVERS4, t.RPCBPROC_GETADDRLIST, (args,))
    found = []
    while node is not None:
        item = node.rpcb_entry_map
        found.append(
            NetworkAddress(item.r_maddr, item.r_nc_netid, item.r_nc_semantics, item.r_nc_protofmly, item.r_nc_proto)
        )
        node = node.rpcb_entry_next
    return found


def getstat() -> Plan[list[VersionStatistics]]:
    """Return what versions 2, 3 and 4 were asked. Version 4 only."""
    answer: list[rpcb_stat] = yield Question(t.RPCBVERS4, t.RPCBPROC_GETSTAT, ())
    return [_statistics(version, stat) for version, stat in zip(STAT_VERSIONS, answer, strict=True)]


def uaddr2taddr(uaddr: str) -> Plan[bytes]:
    """Return the C sockaddr, on the portmapper's host, of an address of the connection's network; empty for none."""

    def ask(rpcbind: int) -> Plan[bytes]:
        return bytes((yield Question(rpcbind, t.RPCBPROC_UADDR2TADDR, (uaddr,))).buf)

    return fall_back(ask, VERSIONS[:2])


def taddr2uaddr(sockaddr: bytes) -> Plan[str]:
    """Return the universal address of a C sockaddr of the connection's network; empty for none."""

    def ask(rpcbind: int) -> Plan[str]:
        args = t.netbuf(len(sockaddr), sockaddr)
        return str((yield Question(rpcbind, t.RPCBPROC_TADDR2UADDR, (args,))))

    return fall_back(ask, VERSIONS[:2])


def unset_owned(program: int, version: int, owner: str, uaddrs: dict[str, str] | None = None) -> Plan[list[Entry]]:
    """Remove what `owner` has of a program and version, network by network; return what there was.

    uaddrs: netid -> address: only registrations that still have this address, be they owned by "unknown" (asked over
    tcp, rpcbind cannot tell who we are). Where the portmapper names no owners (version 2), all of the program and
    version are taken for ours.
    """
    owners = {owner, ""} if uaddrs is None else {owner, "", UNKNOWN}
    entries = yield from dump()
    mine = [
        entry
        for entry in entries
        if (entry.program, entry.version) == (program, version)
        and entry.owner in owners
        and (uaddrs is None or _same(uaddrs.get(entry.netid), entry))
    ]
    for entry in mine:
        yield from unset(program, version, entry.netid, owner)
    return mine


def _same(uaddr: str | None, entry: Entry) -> bool:
    """Return whether an entry is at this address; version 2 tells its port only."""
    if uaddr is None or entry.owner:
        return uaddr == entry.uaddr
    return uaddr.split(".")[-2:] == entry.uaddr.split(".")[-2:]


def _getport(program: int, version: int, protocol: int) -> Plan[int]:
    return int((yield Question(t.PMAP_VERS, t.PMAPPROC_GETPORT, (t.mapping(program, version, protocol, 0),))))


def _protocol(netid: str) -> int:
    network = NETWORKS.get(netid)
    if network is None or network.protocol is None:
        raise LocalError(f"this portmapper speaks version 2 only, which knows tcp and udp, not {netid}")
    return network.protocol


def _choose(entries: list[Entry], program: int, version: int, netid: str, exact: bool) -> Address | None:
    fit = [entry for entry in entries if entry.program == program and entry.netid == netid]
    for entry in fit:
        if entry.version == version:
            return entry.address
    return None if exact or not fit else max(fit, key=lambda entry: entry.version).address


def _statistics(version: int, stat: rpcb_stat) -> VersionStatistics:
    lookups = []
    node = stat.addrinfo
    while node is not None:
        lookups.append(Lookups(node.prog, node.vers, node.netid, node.success, node.failure))
        node = node.next
    remote_calls = 0
    remote = stat.rmtinfo
    while remote is not None:
        remote_calls += remote.success + remote.failure
        remote = remote.next
    return VersionStatistics(version, stat.info, stat.setinfo, stat.unsetinfo, lookups, remote_calls)


def _rpcb_entries(node: t.rpcblist | None) -> list[Entry]:
    entries = []
    while node is not None:
        item = node.rpcb_map
        entries.append(Entry(item.r_prog, item.r_vers, item.r_netid, item.r_addr, item.r_owner))
        node = node.rpcb_next
    return entries


def _pmap_entries(node: t.pmaplist | None) -> list[Entry]:
    entries = []
    while node is not None:
        item = node.map
        netid = NETID_OF_PROTOCOL.get(item.prot, str(item.prot))
        uaddr = f"0.0.0.0.{item.port >> 8 & 0xFF}.{item.port & 0xFF}"
        entries.append(Entry(item.prog, item.vers, netid, uaddr, ""))
        node = node.next
    return entries
