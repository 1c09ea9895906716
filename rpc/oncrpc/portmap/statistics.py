"""What a portmapper was asked, counted as rpcbind counts, so that `rpcinfo -m` reads it."""

from __future__ import annotations

from typing import Final

from oncrpc.interceptors import Interceptor, Served
from oncrpc.portmap.stat_types import STAT_PROCEDURES, STAT_VERSIONS, rpcb_stat, rpcbs_addrlist
from oncrpc.portmap.types import PMAP_PROG

MAX_LOOKUPS: Final = 128
"""Programs whose lookups are counted, a version of the portmapper; askers choose them, so the oldest is forgotten."""

_COUNTER: Final = 0x7FFFFFFF

Lookup = tuple[int, int, str]


class _Version:
    """The counters of one version; lookups: (program, version, netid) -> [found, not found]."""

    def __init__(self) -> None:
        self.calls = [0] * STAT_PROCEDURES
        self.sets = 0
        self.unsets = 0
        self.lookups: dict[Lookup, list[int]] = {}

    def to_wire(self) -> rpcb_stat:
        """Return the wire form, the newest lookup first; counters begin again at zero past 2**31 - 1."""
        first: rpcbs_addrlist | None = None
        for (program, version, netid), (found, missed) in self.lookups.items():
            first = rpcbs_addrlist(program, version, found & _COUNTER, missed & _COUNTER, netid, first)
        calls = [count & _COUNTER for count in self.calls]
        return rpcb_stat(calls, self.sets & _COUNTER, self.unsets & _COUNTER, first, None)


class Statistics(Interceptor):
    """The counters. As an interceptor of the dispatcher it counts every call; handlers add what came of it."""

    def __init__(self) -> None:
        self._versions = {version: _Version() for version in STAT_VERSIONS}

    def before(self, served: Served) -> None:
        """Count a call, be it one that is refused."""
        call = served.call
        version = self._versions.get(call.version)
        if version is not None and call.program == PMAP_PROG and call.procedure < STAT_PROCEDURES:
            version.calls[call.procedure] += 1

    def count_set(self, version: int, done: bool) -> None:
        """Count a SET that was done."""
        self._versions[version].sets += done

    def count_unset(self, version: int, done: bool) -> None:
        """Count an UNSET that was done."""
        self._versions[version].unsets += done

    def count_lookup(self, version: int, sought: Lookup, found: bool) -> None:
        """Count a lookup of (program, version, netid)."""
        lookups = self._versions[version].lookups
        counts = lookups.get(sought)
        if counts is None:
            if len(lookups) >= MAX_LOOKUPS:
                del lookups[next(iter(lookups))]
            counts = lookups[sought] = [0, 0]
        counts[not found] += 1

    def to_wire(self) -> list[rpcb_stat]:
        """Return what GETSTAT answers: versions 2, 3 and 4."""
        return [version.to_wire() for version in self._versions.values()]
