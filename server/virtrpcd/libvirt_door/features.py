"""Features that clients ask for before they use them (virDrvFeature), as far as the door decides them."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Feature(IntEnum):
    """Numbers of features."""

    REMOTE = 2
    FD_PASSING = 8
    TYPED_PARAM_STRING = 9
    PROGRAM_KEEPALIVE = 10
    REMOTE_EVENT_CALLBACK = 14
    REMOTE_CLOSE_CALLBACK = 15
    NETWORK_UPDATE_HAS_CORRECT_ORDER = 16


# FD_PASSING is the connection's to say: only unix sockets carry descriptors.
OFFERED: Final[dict[int, int]] = {
    Feature.REMOTE: 0,  # clients answer it themselves
    Feature.TYPED_PARAM_STRING: 1,
    Feature.PROGRAM_KEEPALIVE: 1,
    Feature.REMOTE_EVENT_CALLBACK: 1,
    Feature.REMOTE_CLOSE_CALLBACK: 1,
    Feature.NETWORK_UPDATE_HAS_CORRECT_ORDER: 1,
}
