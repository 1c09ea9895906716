"""What a portmapper answers: program 100000, portmap version 2 and rpcbind versions 3 and 4 (RFC 1833).

As in rpcbind: GETPORT and GETADDR give another version's address when the one asked for is not registered, so that the
client hears PROG_MISMATCH from the server itself; GETVERSADDR is exact; the network is that of the transport the
question came over, whatever the argument says; an address registered for "any" is answered as the one the asker
reached, or as the one towards the hint in r_addr; UNSET of what is not there is done already.

Unlike rpcbind: no CALLIT, BCAST or INDIRECT, and the registry's rules for who may change what; an address that was
registered for one interface is never told as another's; what is not exactly an address of a network is refused, not
guessed at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from oncrpc.dispatch import Dispatcher
from oncrpc.errors import AuthError, AuthStat, LocalError, RemoteError
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import Entry
from oncrpc.portmap.peer import Peer, own_address_towards
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.stat_types import rpcb_stat
from oncrpc.portmap.statistics import Statistics
from oncrpc.portmap.uaddr import (
    NETID_OF_PROTOCOL,
    NETWORKS,
    SOCKADDR_BYTES,
    from_sockaddr,
    from_uaddr,
    is_wildcard,
    to_sockaddr,
    to_uaddr,
)
from oncrpc.procedure import Call, Program


def _peer(call: Call) -> Peer:
    peer = call.peer
    if not isinstance(peer, Peer):
        raise TypeError(f"the portmapper needs a Peer, not {type(peer).__name__}")
    return peer


def _changer(call: Call) -> str:
    """Return the owner name of a caller that may change the table at all. Raises AuthError for one from afar."""
    peer = _peer(call)
    if not peer.local:
        raise AuthError(AuthStat.AUTH_TOOWEAK)
    return peer.owner


def address_for(entry: Entry, peer: Peer, hint: str = "") -> str:
    """Return the universal address of an entry as this asker can use it.

    hint: the address by which the asker says it reached this host, or another in the same network; empty for none.
    """
    address = entry.address
    if not isinstance(address, tuple) or not is_wildcard(address) or peer.reached is None:
        return entry.uaddr
    host: str | None = None
    if hint:
        try:
            hinted = from_uaddr(entry.netid, hint)
        except RemoteError:
            return entry.uaddr
        host = own_address_towards(str(hinted[0]))
    host = host or _reached(peer)
    if host is None or (":" in host) != (NETWORKS[entry.netid].family == "inet6"):
        return entry.uaddr
    return to_uaddr(entry.netid, (host.partition("%")[0], address[1]))


def _reached(peer: Peer) -> str | None:
    """Return the address of this host that the asker called; a guess where the socket is for all of them."""
    if peer.reached is not None and is_wildcard((peer.reached, 0)):
        return None if peer.host is None else own_address_towards(peer.host)
    return peer.reached


class Portmap2:
    """Portmap version 2: tcp and udp over IPv4, by protocol number and port."""

    PROGRAM: ClassVar[Program] = t.PMAP_V2_TABLE

    def __init__(self, registry: Registry, statistics: Statistics) -> None:
        self._registry = registry
        self._statistics = statistics

    def pmapproc_set(self, args: t.mapping, call: Call) -> bool:
        """Register a port on any address; FALSE when it is taken or not allowed."""
        owner = _changer(call)
        netid = NETID_OF_PROTOCOL.get(args.prot)
        if netid is None or not 0 < args.port <= 0xFFFF:
            return False
        done = self._registry.set(args.prog, args.vers, netid, to_uaddr(netid, ("0.0.0.0", args.port)), owner)
        self._statistics.count_set(t.PMAP_VERS, done)
        return done

    def pmapproc_unset(self, args: t.mapping, call: Call) -> bool:
        """Remove a program and version on tcp and udp; protocol and port do not count. FALSE when neither may go."""
        owner = _changer(call)
        gone = [self._registry.unset(args.prog, args.vers, netid, owner) for netid in NETID_OF_PROTOCOL.values()]
        self._statistics.count_unset(t.PMAP_VERS, any(gone))
        return any(gone)

    def pmapproc_getport(self, args: t.mapping, call: Call) -> int:
        """Return the port, 0 when the program is not registered."""
        netid = NETID_OF_PROTOCOL.get(args.prot)
        if netid is None:
            return 0
        entry = self._registry.find_any(args.prog, args.vers, netid)
        port = (entry.port or 0) if entry is not None else 0
        self._statistics.count_lookup(t.PMAP_VERS, (args.prog, args.vers, netid), port != 0)
        return port

    def pmapproc_dump(self, call: Call) -> t.pmaplist | None:
        """Return all that version 2 can express."""
        first: t.pmaplist | None = None
        for entry in reversed(self._registry.entries()):
            protocol = NETWORKS[entry.netid].protocol
            if protocol is not None:
                first = t.pmaplist(t.mapping(entry.program, entry.version, protocol, entry.port or 0), first)
        return first


class Rpcbind3:
    """Rpcbind version 3: any network, by universal address."""

    PROGRAM: ClassVar[Program] = t.RPCB_V3_TABLE

    def __init__(self, registry: Registry, statistics: Statistics, clock_s: Callable[[], float]) -> None:
        self._registry = registry
        self._statistics = statistics
        self._clock_s = clock_s

    def rpcbproc_set(self, args: t.rpcb, call: Call) -> bool:
        """Register; r_owner is not looked at. FALSE when it is taken or not allowed."""
        done = self._registry.set(args.r_prog, args.r_vers, args.r_netid, args.r_addr, _changer(call))
        self._statistics.count_set(call.version, done)
        return done

    def rpcbproc_unset(self, args: t.rpcb, call: Call) -> bool:
        """Remove a program and version, on one network or, with an empty r_netid, on all. FALSE when one may not go."""
        done = self._registry.unset(args.r_prog, args.r_vers, args.r_netid, _changer(call))
        self._statistics.count_unset(call.version, done)
        return done

    def rpcbproc_getaddr(self, args: t.rpcb, call: Call) -> str:
        """Return the address on the caller's network, empty when the program is not registered there."""
        return self._address(args, call, self._registry.find_any(args.r_prog, args.r_vers, _peer(call).netid))

    def _address(self, args: t.rpcb, call: Call, entry: Entry | None) -> str:
        peer = _peer(call)
        uaddr = "" if entry is None else address_for(entry, peer, args.r_addr)
        self._statistics.count_lookup(call.version, (args.r_prog, args.r_vers, peer.netid), uaddr != "")
        return uaddr

    def rpcbproc_dump(self, call: Call) -> t.rpcblist | None:
        """Return all registrations."""
        first: t.rpcblist | None = None
        for entry in reversed(self._registry.entries()):
            first = t.rpcblist(entry.to_rpcb(), first)
        return first

    def rpcbproc_gettime(self, call: Call) -> int:
        """Return the time in seconds since 1970."""
        return int(self._clock_s()) & 0xFFFFFFFF

    def rpcbproc_uaddr2taddr(self, args: str, call: Call) -> t.netbuf:
        """Return the socket address of the caller's network; an empty one for what is none."""
        netid = _peer(call).netid
        try:
            data = to_sockaddr(netid, from_uaddr(netid, args))
        except (RemoteError, LocalError):
            return t.netbuf(0, b"")
        return t.netbuf(SOCKADDR_BYTES[NETWORKS[netid].family], data)

    def rpcbproc_taddr2uaddr(self, args: t.netbuf, call: Call) -> str:
        """Return the universal address; an empty one for what is none."""
        netid = _peer(call).netid
        try:
            return to_uaddr(netid, from_sockaddr(netid, args.buf))
        except (RemoteError, LocalError):
            return ""


class Rpcbind4(Rpcbind3):
    """Rpcbind version 4: version 3, the exact lookup, the list of a program's addresses, the statistics."""

    PROGRAM: ClassVar[Program] = t.RPCB_V4_TABLE

    def rpcbproc_getversaddr(self, args: t.rpcb, call: Call) -> str:
        """Return the address of exactly this version, empty when it is not registered."""
        return self._address(args, call, self._registry.find(args.r_prog, args.r_vers, _peer(call).netid))

    def rpcbproc_getaddrlist(self, args: t.rpcb, call: Call) -> t.rpcb_entry_list | None:
        """Return the addresses of exactly this version on the networks of the caller's family."""
        peer = _peer(call)
        family = NETWORKS[peer.netid].family
        first: t.rpcb_entry_list | None = None
        for entry in reversed(self._registry.find_all(args.r_prog, args.r_vers)):
            network = NETWORKS[entry.netid]
            if network.family == family:
                uaddr = address_for(entry, peer, args.r_addr)
                item = t.rpcb_entry(uaddr, entry.netid, network.semantics, network.family, network.proto)
                first = t.rpcb_entry_list(item, first)
        self._statistics.count_lookup(call.version, (args.r_prog, args.r_vers, peer.netid), first is not None)
        return first

    def rpcbproc_getstat(self, call: Call) -> list[rpcb_stat]:
        """Return what versions 2, 3 and 4 were asked so far."""
        return self._statistics.to_wire()


OWN_VERSIONS: Final[dict[str, tuple[int, ...]]] = {
    "tcp": (4, 3, 2),
    "udp": (4, 3, 2),
    "tcp6": (4, 3),
    "udp6": (4, 3),
    "local": (4, 3),
}
"""Which versions the portmapper lists itself with, by network, as rpcbind does."""


class PortmapService:
    """The three versions over one registry.

    statistics: what GETSTAT tells; it counts the calls of dispatchers that have it among their interceptors.
    """

    def __init__(self, registry: Registry, *, clock_s: Callable[[], float] = time.time) -> None:
        self.registry = registry
        self.statistics = Statistics()
        self._versions: Iterable[object] = (
            Portmap2(registry, self.statistics),
            Rpcbind3(registry, self.statistics, clock_s),
            Rpcbind4(registry, self.statistics, clock_s),
        )

    def add_to(self, dispatcher: Dispatcher) -> None:
        """Make a server answer these. Its Call.peer must be a Peer."""
        for version in self._versions:
            dispatcher.serve(version)
