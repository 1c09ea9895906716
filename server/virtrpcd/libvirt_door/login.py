"""Who has to log in on a connection of the libvirt door, and how that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from virtrpcd.access import Peer, Right
from virtrpcd.errors import FROM_RPC, AuthFailed, VirtError
from virtrpcd.sasl import MECHANISMS, Login

if TYPE_CHECKING:
    from virtrpcd.libvirt_door.connection import LibvirtConnection

Said = tuple[bool, bytes | None]
"""Whether a login is complete, and what the mechanism answers."""

MOST_FAILURES: Final = 3
"""After so many a connection is closed."""

FAILURE_S: Final = 1.0
"""How long a failed try takes at least."""


def has_to_log_in(peer: Peer, users: Path | None) -> bool:
    """Return whether a caller is asked for a name and a password: nobody vouches for a right to change things."""
    return users is not None and peer.right < Right.WRITE and not peer.read_only


_hashers: Final = ThreadPoolExecutor(1, "login")
"""One thread for all passwords: who guesses many waits for himself, and nothing else of the daemon waits for it."""


def _hashing(function: Callable[..., Said], *args: object) -> Awaitable[Said]:
    return asyncio.get_running_loop().run_in_executor(_hashers, function, *args)


class LoginGate:
    """The login of one connection."""

    def __init__(self, connection: LibvirtConnection, users: Path) -> None:
        self._connection = connection
        self._users = users
        self._login: Login | None = None
        self._failures = 0
        self._busy = False

    @property
    def mechanisms(self) -> str:
        """The names of the mechanisms, as libvirt's clients want them."""
        return ",".join(MECHANISMS)

    async def start(self, mechanism: str, data: bytes | None) -> Said:
        """Begin with a mechanism; return whether that was all, and what is answered."""
        self._refuse_too_many()
        login = self._login = Login(self._users)
        return self._done(login, await self._try(_hashing(login.start, mechanism, data)))

    async def step(self, data: bytes | None) -> Said:
        """Go on with it."""
        login = self._login
        if login is None:
            raise VirtError("internal error: no SASL session was begun", domain=FROM_RPC)
        self._refuse_too_many()
        return self._done(login, await self._try(_hashing(login.step, data)))

    def _refuse_too_many(self) -> None:
        """Raise AuthFailed for one try beside another, or after too many, before anything is looked at."""
        if self._busy or self._failures >= MOST_FAILURES:
            raise AuthFailed("authentication failed: one at a time, and not for ever")

    async def _try(self, work: Awaitable[Said]) -> Said:
        self._busy = True
        try:
            return await work
        except AuthFailed:
            self._login = None
            self._failures += 1
            await asyncio.sleep(FAILURE_S)
            if self._failures >= MOST_FAILURES:
                self._connection.hang_up_soon("too many failed logins")
            raise
        finally:
            self._busy = False

    def _done(self, login: Login, said: Said) -> Said:
        if said[0] and login.user is not None:
            self._login = None
            self._connection.logged_in(login.user)
        return said
