"""The screens of the test driver: one picture for all of them."""

from __future__ import annotations

import functools
import struct
import zlib
from typing import Final

from virtrpcd.drivers.screens import Picture
from virtrpcd.drivers.test.queries import TestQueries
from virtrpcd.drivers.test.refusals import only_flags

WIDTH: Final = 640
HEIGHT: Final = 480

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_GREYSCALE_OF_8_BITS: Final = (8, 0, 0, 0, 0)


class TestScreen(TestQueries):
    """The methods of drivers/screens.py that libvirt's test driver has."""

    async def screenshot(self, uuid: bytes, screen: int, flags: int) -> Picture:
        """Return the picture, as libvirt's test driver does: whatever the screen, also of a machine that is off."""
        only_flags(flags, 0, "testDomainScreenshot")
        self._find(uuid)
        return Picture("image/png", picture())


@functools.cache
def picture() -> bytes:
    """Return rings of grey, as a PNG file."""
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        dy2 = (y - HEIGHT // 2) ** 2
        rows += bytes((dy2 + (x - WIDTH // 2) ** 2) // 64 & 0xFF for x in range(WIDTH))
    head = struct.pack(">II5B", WIDTH, HEIGHT, *_GREYSCALE_OF_8_BITS)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
