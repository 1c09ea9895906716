"""tests/vectors/storage.txt: storage XML and what libvirt itself answers to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

_FILE: Final = Path(__file__).parent / "vectors" / "storage.txt"

UUID: Final = "11111111-2222-3333-4444-555555555555"
POOL_OF: Final = {
    "dir": "<target><path>/a</path></target>",
    "logical": "",
    "disk": "<source><device path='/dev/x'/></source><target><path>/a</path></target>",
    "rbd": "<source><host name='h'/><name>p</name></source>",
    "iscsi-direct": "<source><host name='h'/><initiator><iqn name='i'/></initiator></source>",
    "zfs": "",
}
"""What stands in <pool> after its name, for the pools that the file's volumes are in."""


class Shown(NamedTuple):
    """XML that is read: the type of the pool, what was given, what is shown (as the file's head says)."""

    type: str
    given: str
    answer: str


class Refused(NamedTuple):
    """XML that is not: error code, error domain, text."""

    given: str
    code: int
    domain: int
    message: str


def _entries() -> list[tuple[str, str, str]]:
    """Return (what, what was given, answer) of each entry."""
    found: list[tuple[str, str, str]] = []
    for entry in _FILE.read_text().split("\n\n")[1:]:
        first, _, answer = entry.partition("\n")
        what, _, given = first.partition(": ")
        found.append((what, given, answer.rstrip("\n") + "\n"))
    return found


def shown(noun: str) -> list[Shown]:
    """Return the XML of that noun ("pool", "volume") that is read."""
    return [
        Shown(what.removeprefix(f"{noun} "), given, answer)
        for what, given, answer in _entries()
        if what.startswith(f"{noun} ")
    ]


def refused(noun: str) -> list[Refused]:
    """Return the XML of that noun that is refused."""
    found: list[Refused] = []
    for what, given, answer in _entries():
        if what == f"bad-{noun}":
            code, domain, message = answer.rstrip("\n").split(" ", 2)
            found.append(Refused(given, int(code), int(domain), message))
    return found


def pool_xml(row: Shown) -> str:
    """Return the whole XML of a row of pools."""
    return f"<pool type='{row.type}'><name>n</name><uuid>{UUID}</uuid>{row.given}</pool>"


def pool_answer(row: Shown) -> str:
    """Return all that libvirt shows of a row of pools."""
    return (
        f"<pool type='{row.type}'>\n  <name>n</name>\n  <uuid>{UUID}</uuid>\n"
        "  <capacity unit='bytes'>107374182400</capacity>\n  <allocation unit='bytes'>0</allocation>\n"
        f"  <available unit='bytes'>107374182400</available>\n{row.answer}</pool>\n"
    )


def volume_xml(row: Shown) -> str:
    """Return the whole XML of a row of volumes."""
    return f"<volume><name>v</name>{row.given}</volume>"


def volume_answer(row: Shown) -> str:
    """Return all that libvirt shows of a row of volumes."""
    return f"<volume type='file'>\n  <name>v</name>\n{row.answer}</volume>\n"
