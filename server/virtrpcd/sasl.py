"""SASL with names and passwords (PLAIN, SCRAM-SHA-256), for callers whom nothing else vouches for.

Passwords are not kept: a line of the users file has what SCRAM needs to check one (RFC 5802 section 3), in the form
that PostgreSQL has made common:

    NAME RIGHT SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY

RIGHT is read, write or admin; salt and keys are base64. `virtrpcd --sasl-user NAME` prints such a line. The file is
read anew for each login, so changes count at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from scramp import ScramException, ScramMechanism

from virtrpcd.access import Right
from virtrpcd.errors import AuthFailed

MECHANISMS: Final = ("SCRAM-SHA-256", "PLAIN")
ITERATIONS: Final = 15_000
"""How often a new password is hashed: about 10 ms of work for who checks one, and for each guess."""
MAX_ITERATIONS: Final = 1_000_000
SALT_BYTES: Final = 16
MAX_MESSAGE: Final = 4096
"""The longest thing that a client says in one step, in bytes."""

_LINE = re.compile(r"(\S+)\s+(read|write|admin)\s+SCRAM-SHA-256\$(\d{1,7}):([^$]+)\$([^:]+):(\S+)\s*")
_SCRAM: Final = ScramMechanism("SCRAM-SHA-256")


class UsersError(ValueError):
    """A users file that cannot be used; one line that says where and why."""


class AuthInfo(NamedTuple):
    """What SCRAM needs to know of a password."""

    salt: bytes
    stored_key: bytes
    server_key: bytes
    iterations: int


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in, and what that one may do then."""

    name: str
    right: Right
    info: AuthInfo


def make_line(name: str, right: Right, password: str) -> str:
    """Return the line of a user. Raises UsersError for a name or password that cannot be one."""
    if not name or re.search(r"\s|[\0,=]", name):
        raise UsersError(f"{name!r}: a name has no blanks, commas or equals signs")
    try:
        info = AuthInfo(*_SCRAM.make_auth_info(password, iteration_count=ITERATIONS, salt=os.urandom(SALT_BYTES)))
    except ScramException as exc:
        raise UsersError(f"that password cannot be used: {exc}") from exc
    salt, stored, server = (base64.b64encode(part).decode() for part in info[:3])
    return f"{name} {right.name.lower()} SCRAM-SHA-256${ITERATIONS}:{salt}${stored}:{server}"


def read_users(path: Path) -> dict[str, User]:
    """Return the users of a file by name. Raises UsersError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsersError(f"{path}: {getattr(exc, 'strerror', None) or exc}") from exc
    found: dict[str, User] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        user = _user(line)
        if user is None:
            raise UsersError(f"{path}:{number}: expected NAME RIGHT SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY")
        if user.name in found:
            raise UsersError(f"{path}:{number}: {user.name} is there twice")
        found[user.name] = user
    return found


def _user(line: str) -> User | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    name, right, iterations, *coded = match.groups()
    try:
        salt, stored, server = (base64.b64decode(part, validate=True) for part in coded)
    except binascii.Error:
        return None
    if not 1 <= int(iterations) <= MAX_ITERATIONS:
        return None
    return User(name, Right[right.upper()], AuthInfo(salt, stored, server, int(iterations)))


class Login:
    """One try to log in: `start` with a mechanism, `step` until it is complete. AuthFailed ends it.

    Hashing takes a while: both are for a thread.
    """

    def __init__(self, users: Path) -> None:
        self.user: User | None = None
        self._users = users
        self._known: dict[str, User] = {}
        self._claimed = ""
        self._scram = _SCRAM.make_server(self._info)
        self._begun = False

    def start(self, mechanism: str, data: bytes | None) -> tuple[bool, bytes | None]:
        """Return whether that was all, and what is answered."""
        if mechanism not in MECHANISMS or len(data or b"") > MAX_MESSAGE:
            raise AuthFailed(f"authentication failed: mechanism {mechanism[:40]!r} is not offered")
        try:
            self._known = read_users(self._users)
        except UsersError as exc:
            raise AuthFailed("authentication failed: the users file cannot be read") from exc
        if mechanism == "PLAIN":
            self.user = self._plain(data or b"")
            return True, None
        self._begun = True
        return False, self._first(data or b"")

    def step(self, data: bytes | None) -> tuple[bool, bytes | None]:
        """As start, for what the client says next."""
        if not self._begun or len(data or b"") > MAX_MESSAGE:
            raise _failed()
        self._begun = False
        try:
            self._scram.set_client_final(_text(data))
            answer = self._scram.get_server_final()
        except (ScramException, ValueError) as exc:
            raise _failed() from exc
        self.user = self._known.get(self._claimed)
        if self.user is None:
            raise _failed()
        return True, str(answer).encode()

    def _first(self, data: bytes) -> bytes:
        try:
            self._scram.set_client_first(_text(data))
            return str(self._scram.get_server_first()).encode()
        except (ScramException, ValueError) as exc:
            raise _failed() from exc

    def _info(self, name: str) -> AuthInfo:
        self._claimed = name
        user = self._known.get(name)
        return _nobody(name) if user is None else user.info

    def _plain(self, data: bytes) -> User:
        parts = data.split(b"\0")
        if len(parts) != 3:
            raise _failed()
        name, password = _text(parts[1]), _text(parts[2])
        if parts[0] and parts[0] != parts[1]:
            raise _failed()  # one cannot log in as one and be another
        user = self._known.get(name)
        info = _nobody(name) if user is None else user.info
        try:
            made = _SCRAM.make_auth_info(password, iteration_count=info.iterations, salt=info.salt)
        except (ScramException, ValueError) as exc:
            raise _failed() from exc
        if not hmac.compare_digest(made[1], info.stored_key) or user is None:
            raise _failed()
        return user


_secret: Final = os.urandom(32)


def _nobody(name: str) -> AuthInfo:
    """What a name that is not there is checked against: it takes as long as one that is, and has its salt too."""
    salt = hmac.digest(_secret, name.encode("utf-8", "surrogateescape"), "sha256")[:SALT_BYTES]
    return AuthInfo(salt, os.urandom(32), os.urandom(32), ITERATIONS)


def _text(data: bytes | None) -> str:
    try:
        return (data or b"").decode("utf-8")
    except UnicodeDecodeError as exc:
        raise _failed() from exc


def _failed() -> AuthFailed:
    return AuthFailed("authentication failed: authentication failed")
