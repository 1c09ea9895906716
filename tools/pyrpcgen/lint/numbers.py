"""Program numbers: the ranges that they are given out in, and whose the well-known ones are."""

from __future__ import annotations

from typing import Final

IANA_LAST: Final = 0x1FFFFFFF
LOCAL_LAST: Final = 0x3FFFFFFF
TRANSIENT_LAST: Final = 0x5FFFFFFF
"""Ranges of RFC 5531 section 13: what IANA gives out, the local administrator, nobody (taken at run time); the rest is
reserved."""

KNOWN: Final[dict[int, tuple[str, ...]]] = {
    100000: ("portmapper", "portmap", "pmap", "rpcb", "rpcbind", "sunrpc"),
    100001: ("rstatd", "rstat"),
    100002: ("rusersd", "rusers"),
    100003: ("nfs",),
    100004: ("ypserv", "yp"),
    100005: ("mountd", "mount", "mnt"),
    100007: ("ypbind", "yp"),
    100008: ("walld", "wall", "rwall"),
    100009: ("yppasswdd", "yppasswd"),
    100010: ("etherstatd", "etherstat", "ether"),
    100011: ("rquotad", "rquota"),
    100012: ("sprayd", "spray"),
    100017: ("rexd", "rex"),
    100020: ("llockmgr", "klm"),
    100021: ("nlockmgr", "nlm"),
    100023: ("statmon",),
    100024: ("status", "statd", "sm", "nsm"),
    100026: ("bootparam",),
    100028: ("ypupdated", "ypupdate", "ypu"),
    100029: ("keyserv", "key", "crypt"),
    100068: ("cmsd", "calendar"),
    100069: ("ypxfrd", "ypxfr"),
    100083: ("ttdbserverd", "tooltalk"),
    100133: ("nsm_addrand", "nsm", "sm"),
    100227: ("nfs_acl", "nfsacl", "acl"),
    100300: ("nis", "nisd"),
    100303: ("nis_callback", "nis", "cb"),
    100423: ("kiprop", "iprop"),
    150001: ("pcnfsd", "pcnfs"),
    300019: ("amd", "amq"),
    391002: ("sgi_fam", "fam"),
    395183: ("vxi11_core", "vxi11", "device_core"),
    395184: ("vxi11_async", "vxi11", "device_async"),
    395185: ("vxi11_intr", "vxi11", "device_intr"),
}
"""Whose a number is: the usual name, then what else a program may be called in a specification of that protocol."""


def taken(number: int, name: str) -> str | None:
    """Return whose number this is, None when it is nobody's known, or the program's own."""
    names = KNOWN.get(number)
    if names is None or any(_plain(known) in _plain(name) for known in names):
        return None
    return names[0]


def range_of(number: int) -> str | None:
    """Return what is wrong with taking a number from its range; None when it may be taken."""
    if number == 0:
        return "is reserved"
    if number <= IANA_LAST:
        return None if number in KNOWN else "is one that IANA gives out; ask there, or take one from 0x20000000"
    if number <= LOCAL_LAST:
        return None
    return "is transient: for programs that choose theirs while they run" if number <= TRANSIENT_LAST else "is reserved"


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
