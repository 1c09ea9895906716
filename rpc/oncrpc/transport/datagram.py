"""What both datagram clients share: when a call is sent again, and what they say when the system does not send."""

from __future__ import annotations

import errno
import random
from typing import Final

from oncrpc.errors import NotDelivered

RECEIVE_BYTES: Final = 65_536
"""More than any udp datagram holds (65,507 bytes of IPv4): none is cut short."""

FIRST_RETRY_S: Final = 0.5
"""How long the udp client waits before it sends a call again; doubled each time, to MAX_RETRY_S."""
MAX_RETRY_S: Final = 8.0
RETRY_JITTER: Final = 0.25
"""How much each of these waits is lengthened or shortened by chance: clients of one server must not keep step."""


def retry_wait_s(copies: int) -> float:
    """Return the seconds until a call by udp is sent once more, after so many copies."""
    wait: float = min(FIRST_RETRY_S * 2.0 ** min(copies - 1, 30), MAX_RETRY_S)
    return wait * random.uniform(1 - RETRY_JITTER, 1 + RETRY_JITTER)


def not_sent(size: int, error: OSError) -> NotDelivered:
    """Return the error of a datagram that was not sent."""
    if error.errno == errno.EMSGSIZE:
        return NotDelivered(f"a message of {size} bytes is too long for udp: use tcp")
    return NotDelivered(f"cannot send {size} bytes by udp: {error.strerror or error}")
