"""The set of registrations of an embedded portmapper, and the rules of changing it. No IO.

Who asks is an owner name as rpcbind writes it: "superuser", a uid in decimal, or "unknown" for a caller of this host
that the kernel does not vouch for. The rules, tighter than rpcbind's where it lets one user harm another:

- One address a (program, version, netid). A second SET with the same address is done already, with another refused.
- A registration goes away only at the word of its owner or of a trusted one. Nobody is the owner of what "unknown"
  registered: two unknown callers may be two users.
- Ports below 1024, and programs below 0x20000000 (which IANA assigns: NFS and its kin), only from a trusted one.
- Bounded: `max_entries` in all, `max_per_owner` for one who is not trusted; and the length of every text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from oncrpc.errors import LocalError, RemoteError
from oncrpc.portmap.entries import SUPERUSER, UNKNOWN, Entry, Registration
from oncrpc.portmap.uaddr import NETWORKS, from_uaddr

MAX_ENTRIES: Final = 4096
MAX_PER_OWNER: Final = 256
MAX_NETID_BYTES: Final = 32
MAX_UADDR_BYTES: Final = 256
MAX_OWNER_BYTES: Final = 64
FIRST_FREE_PORT: Final = 1024
FIRST_USER_PROGRAM: Final = 0x20000000
"""Programs from here to 0x3fffffff are for their users to choose; those below are assigned (RFC 5531 section 8.4)."""

Key = tuple[int, int, str]


class Registry:
    """The registrations, in the order in which they came.

    trusted: the owners that may do everything besides "superuser" (the portmapper's own uid, say). reserved: the
    program that only `add_own` registers.
    """

    def __init__(
        self,
        *,
        trusted: Iterable[str] = (),
        reserved: int = 100000,
        max_entries: int = MAX_ENTRIES,
        max_per_owner: int = MAX_PER_OWNER,
    ) -> None:
        self._trusted = frozenset(trusted) | {SUPERUSER}
        self._reserved = reserved
        self._max_entries = max_entries
        self._max_per_owner = max_per_owner
        self._entries: dict[Key, Entry] = {}
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> list[Entry]:
        """Return all registrations, oldest first."""
        return list(self._entries.values())

    def add_own(self, registration: Registration, owner: str) -> None:
        """Add a registration of the portmapper itself; no rule is asked. Raises LocalError for a wrong address."""
        self._add(Entry(registration.program, registration.version, registration.netid, registration.uaddr, owner))

    def set(self, program: int, version: int, netid: str, uaddr: str, owner: str) -> bool:
        """Register at the word of `owner`; return whether it is registered now, at that address."""
        entry = Entry(program, version, netid, uaddr, owner)
        if not self._is_sound(entry) or not self._may_set(entry):
            return False
        present = self._entries.get((program, version, netid))
        if present is not None:
            return present.uaddr == uaddr
        if len(self._entries) >= self._max_entries:
            return False
        if owner not in self._trusted and self._counts.get(owner, 0) >= self._max_per_owner:
            return False
        self._add(entry)
        return True

    def unset(self, program: int, version: int, netid: str, owner: str) -> bool:
        """Remove what `owner` may of a program and version, on one network or ("") all.

        Return whether nothing is left that was meant, be it that there was nothing (as rpcbind does).
        """
        if program == self._reserved:
            return False
        netids = [netid] if netid else list(NETWORKS)
        meant = [entry for each in netids if (entry := self._entries.get((program, version, each))) is not None]
        allowed = [entry for entry in meant if self._may_remove(entry, owner)]
        for entry in allowed:
            self._remove(entry)
        return len(allowed) == len(meant)

    def unset_all(self, owner: str) -> int:
        """Remove everything that `owner` registered, but not the portmapper itself; return how many went."""
        mine = [entry for entry in self._entries.values() if entry.owner == owner and entry.program != self._reserved]
        for entry in mine:
            self._remove(entry)
        return len(mine)

    def find(self, program: int, version: int, netid: str) -> Entry | None:
        """Return the registration of exactly this version."""
        return self._entries.get((program, version, netid))

    def find_any(self, program: int, version: int, netid: str) -> Entry | None:
        """Return the registration of this version, else the last one of another (whose server says PROG_MISMATCH)."""
        exact = self.find(program, version, netid)
        if exact is not None:
            return exact
        others = (e for e in reversed(self._entries.values()) if e.program == program and e.netid == netid)
        return next(others, None)

    def find_all(self, program: int, version: int) -> list[Entry]:
        """Return the registrations of exactly this version on all networks."""
        return [e for e in self._entries.values() if e.program == program and e.version == version]

    def _may_set(self, entry: Entry) -> bool:
        if entry.program == self._reserved:
            return False
        if entry.owner in self._trusted:
            return True
        if entry.program < FIRST_USER_PROGRAM:
            return False
        return entry.port is None or entry.port >= FIRST_FREE_PORT

    def _may_remove(self, entry: Entry, owner: str) -> bool:
        return owner in self._trusted or (owner == entry.owner and owner != UNKNOWN)

    @staticmethod
    def _is_sound(entry: Entry) -> bool:
        texts = ((entry.netid, MAX_NETID_BYTES), (entry.uaddr, MAX_UADDR_BYTES), (entry.owner, MAX_OWNER_BYTES))
        if any(len(text.encode("utf-8", "surrogateescape")) > bound for text, bound in texts):
            return False
        try:
            address = from_uaddr(entry.netid, entry.uaddr)
        except (RemoteError, LocalError):
            return False
        return isinstance(address, str) or address[1] != 0

    def _add(self, entry: Entry) -> None:
        self._entries[entry.program, entry.version, entry.netid] = entry
        self._counts[entry.owner] = self._counts.get(entry.owner, 0) + 1

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.program, entry.version, entry.netid]
        left = self._counts[entry.owner] - 1
        if left:
            self._counts[entry.owner] = left
        else:
            del self._counts[entry.owner]
