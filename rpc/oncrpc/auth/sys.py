"""AUTH_SYS: who the caller says it is (RFC 5531 appendix A). A claim without proof: grant nothing for it."""

from __future__ import annotations

import os
import socket
import time

from oncrpc import xdr
from oncrpc.errors import AuthError, AuthStat, XdrError
from oncrpc.message import AUTH_SYS, OpaqueAuth


class AuthSysParms(xdr.Record):
    """struct authsys_parms: stamp, machine name (at most 255 bytes), uid, gid, at most 16 further gids."""

    __slots__ = ("stamp", "machine_name", "uid", "gid", "gids")
    __match_args__ = ("stamp", "machine_name", "uid", "gid", "gids")

    def __init__(self, stamp: int, machine_name: str, uid: int, gid: int, gids: list[int]) -> None:
        self.stamp = stamp
        self.machine_name = machine_name
        self.uid = uid
        self.gid = gid
        self.gids = gids


xdr_authsys_parms = xdr.struct(
    AuthSysParms,
    ("stamp", xdr.UINT),
    ("machine_name", xdr.string(255)),
    ("uid", xdr.UINT),
    ("gid", xdr.UINT),
    ("gids", xdr.varray(xdr.UINT, 16)),
)


def credential(parms: AuthSysParms | None = None) -> OpaqueAuth:
    """Return the credential for `parms`, or for this process."""
    if parms is None:
        name = socket.gethostname()[:255]
        stamp = int(time.time()) & 0xFFFFFFFF
        parms = AuthSysParms(stamp, name, os.geteuid(), os.getegid(), os.getgroups()[:16])
    return OpaqueAuth(AUTH_SYS, xdr_authsys_parms.encode(parms))


def parse(body: bytes) -> AuthSysParms:
    """Return what a credential claims. Raises AuthError(AUTH_BADCRED)."""
    try:
        return xdr_authsys_parms.unpack(body)
    except XdrError as exc:
        raise AuthError(AuthStat.AUTH_BADCRED) from exc
