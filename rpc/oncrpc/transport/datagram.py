"""What both datagram transports say when the system does not send."""

from __future__ import annotations

import errno
from typing import Final

from oncrpc.errors import NotDelivered

RECEIVE_BYTES: Final = 65_536
"""More than any udp datagram holds (65,507 bytes of IPv4): none is cut short."""


def not_sent(size: int, error: OSError) -> NotDelivered:
    """Return the error of a datagram that was not sent."""
    if error.errno == errno.EMSGSIZE:
        return NotDelivered(f"a message of {size} bytes is too long for udp: use tcp")
    return NotDelivered(f"cannot send {size} bytes by udp: {error.strerror or error}")
