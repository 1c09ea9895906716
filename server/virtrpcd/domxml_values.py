"""Single values in domain XML: names, uuids, sizes, numbers, paths, addresses.

Pure; what is no such value raises ValueError with the reason.
"""

from __future__ import annotations

import re
from typing import Final

MAX_NAME_BYTES: Final = 255
MAX_PATH_BYTES: Final = 4095
MAX_BYTES: Final = (1 << 63) - 1

ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
"""What text becomes where it is written as XML."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UUID = re.compile(r"\s*((?:-*[0-9a-fA-F]{2}){16})\s*\Z", re.ASCII)
_NUMBER = re.compile(r"\s*\+?([0-9]{1,20})\s*\Z", re.ASCII)
_HEXADECIMAL = re.compile(r"0[xX]([0-9a-fA-F]{1,16})\Z", re.ASCII)
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}\Z", re.ASCII)

_KILO: Final = {"": 1, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6}


def check_text(text: str, *, lines: bool = False) -> str:
    """Return text without control characters (but tab and line feed if `lines`) and what XML cannot carry."""
    if (_CONTROL_BUT_LINES if lines else _CONTROL).search(text):
        raise ValueError("control characters are not allowed")
    if _NOT_XML.search(text):
        raise ValueError("a character is not allowed in XML")
    return text


def check_name(name: str) -> str:
    """Return a machine's name: not blank, no '/', no control characters, at most 255 bytes."""
    check_text(name)
    if not name.strip():
        raise ValueError("a name must not be empty")
    if "/" in name:
        raise ValueError("a name must not have a '/'")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"a name must not be longer than {MAX_NAME_BYTES} bytes")
    return name


def check_path(path: str) -> str:
    """Return an absolute path; whether it may be used is for the path rules."""
    check_text(path)
    if not path.startswith("/"):
        raise ValueError("the path is not absolute")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise ValueError(f"the path is longer than {MAX_PATH_BYTES} bytes")
    return path


def parse_uuid(text: str) -> bytes:
    """Return 16 bytes of 32 hex digits; hyphens may stand between bytes, blanks around the whole."""
    match = _UUID.match(text)
    if match is None:
        raise ValueError("it is not a uuid")
    return bytes.fromhex(match[1].replace("-", ""))


def parse_number(text: str, low: int, high: int) -> int:
    """Return a decimal number within [low, high]; blanks around it are ignored."""
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError("it is not a number")
    value = int(match[1])
    if not low <= value <= high:
        raise ValueError(f"it is not within {low} to {high}")
    return value


def parse_whole(text: str, low: int, high: int) -> int:
    """Return a number within [low, high], decimal or hexadecimal with 0x."""
    match = _HEXADECIMAL.match(text)
    return parse_number(text if match is None else str(int(match[1], 16)), low, high)


def unit_bytes(unit: str) -> int:
    """Return how many bytes a unit is: b, bytes, k or KiB (1024), KB (1000), ... up to E; in any case."""
    name = unit.lower()
    if name in ("b", "byte", "bytes"):
        return 1
    for suffix, base in (("ib", 1024), ("b", 1000), ("", 1024)):
        letter = name.removesuffix(suffix)
        if name.endswith(suffix) and letter and letter in _KILO:
            return int(base ** _KILO[letter])
    raise ValueError(f"unknown unit '{unit}'")


def parse_memory_kib(text: str, unit: str | None) -> int:
    """Return KiB, rounded up; the unit is KiB when none is given. 0 < bytes < 2**63."""
    size_bytes = parse_number(text, 1, 1 << 64) * unit_bytes(unit or "KiB")
    if size_bytes > MAX_BYTES:
        raise ValueError("it is too large")
    return (size_bytes + 1023) // 1024


def parse_mac(text: str) -> str:
    """Return a unicast hardware address as six lower-case pairs."""
    if not _MAC.match(text):
        raise ValueError("it is not a MAC address")
    octets = [int(part, 16) for part in text.split(":")]
    if octets[0] & 1:
        raise ValueError("it is not a unicast MAC address")
    return ":".join(f"{octet:02x}" for octet in octets)
