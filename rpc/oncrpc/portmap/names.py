"""The names of programs: /etc/rpc (rpc(5)), and a few of the best known where it is missing."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Final

RPC_FILE: Final = Path("/etc/rpc")

KNOWN: Final = {
    100000: "portmapper",
    100001: "rstatd",
    100002: "rusersd",
    100003: "nfs",
    100004: "ypserv",
    100005: "mountd",
    100007: "ypbind",
    100008: "walld",
    100011: "rquotad",
    100012: "sprayd",
    100021: "nlockmgr",
    100024: "status",
    100227: "nfs_acl",
    395183: "vxi11_core",
    395184: "vxi11_async",
    395185: "vxi11_intr",
}
KNOWN_ALIASES: Final = {"rpcbind": 100000, "portmap": 100000, "mount": 100005, "nlm": 100021, "nsm": 100024}


def program_name(program: int) -> str | None:
    """Return what a program is called, None when nobody here knows."""
    return _tables()[0].get(program)


def program_number(name: str) -> int | None:
    """Return the number of a program, by its name or an alias of it, None for an unknown one."""
    return _tables()[1].get(name)


def read_names(lines: Iterable[str]) -> tuple[dict[int, str], dict[str, int]]:
    """Return (number -> name, name or alias -> number) of the lines of an /etc/rpc; what is no entry is skipped."""
    names: dict[int, str] = {}
    numbers: dict[str, int] = {}
    for line in lines:
        words = line.partition("#")[0].split()
        if len(words) >= 2 and words[1].isascii() and words[1].isdigit():
            number = int(words[1])
            names.setdefault(number, words[0])
            for word in (words[0], *words[2:]):
                numbers.setdefault(word, number)
    return names, numbers


@functools.cache
def _tables() -> tuple[dict[int, str], dict[str, int]]:
    try:
        names, numbers = read_names(RPC_FILE.read_text(errors="replace").splitlines())
    except OSError:
        names, numbers = {}, {}
    known = {name: number for number, name in KNOWN.items()} | KNOWN_ALIASES
    return KNOWN | names, known | numbers
