"""Which events of the bus a libvirt client can ask for, and what each looks like in a message.

A client asks for an event id of a family; the bus knows events by the number of libvirt's message whose body it has.
Some of these serve two ids: an I/O error with its reason is also one without.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from virtproto import virt as v


class Family(Enum):
    """What events are about: each family counts its event ids from 0. The value is the field that names the subject."""

    DOMAIN = "dom"
    NETWORK = "net"
    STORAGE_POOL = "pool"
    NODE_DEVICE = "dev"


class Kind(NamedTuple):
    """An event id: the message that carries it, the bus's number, what makes the message's body of the bus's.

    legacy: the message for clients of old, 0 where there is none; skip: the bytes at the beginning of the body that it
    lacks (the callback id, and a reason).
    """

    message: int
    bus: int
    reshape: Callable[[bytes], bytes] | None = None
    legacy: int = 0
    skip: int = 4


def _without_reason(body: bytes) -> bytes:
    whole = v.virt_event_io_error_reason.from_xdr(body)
    return v.virt_event_io_error(
        whole.callback_id, whole.dom, whole.src_path, whole.dev_alias, whole.action
    ).to_xdr()


_DOMAIN: Final[dict[int, Kind]] = {
    0: Kind(318, 318, legacy=107),
    1: Kind(319, 319, legacy=169),
    2: Kind(320, 320, legacy=170),
    3: Kind(321, 321, legacy=171),
    4: Kind(322, 324, _without_reason, legacy=172),
    5: Kind(323, 323, legacy=173),
    6: Kind(324, 324, legacy=195),
    7: Kind(325, 325, legacy=224),
    8: Kind(326, 326, legacy=241),
    9: Kind(327, 327, legacy=248),
    10: Kind(328, 328, legacy=268),
    11: Kind(329, 329, legacy=269, skip=8),
    12: Kind(330, 330, legacy=270, skip=8),
    13: Kind(331, 331, legacy=276),
    14: Kind(332, 332, legacy=292, skip=8),
    15: Kind(333, 333, legacy=311),
    16: Kind(339, 339),
    17: Kind(346, 346),
    18: Kind(348, 348),
    19: Kind(354, 354),
    20: Kind(359, 359),
    21: Kind(363, 363),
    22: Kind(367, 367),
    23: Kind(379, 379),
    24: Kind(385, 385),
    25: Kind(423, 423),
    26: Kind(438, 438),
}

KINDS: Final[dict[Family, dict[int, Kind]]] = {
    Family.DOMAIN: _DOMAIN,
    Family.NETWORK: {0: Kind(315, 315)},
    Family.STORAGE_POOL: {0: Kind(370, 370), 1: Kind(373, 373)},
    Family.NODE_DEVICE: {0: Kind(376, 376), 1: Kind(377, 377)},
}

LEGACY: Final[dict[int, Kind]] = {id: kind for id, kind in _DOMAIN.items() if kind.legacy}
