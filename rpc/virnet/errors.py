"""What goes wrong in libvirt's framing, on oncrpc's tree: RemoteError for the peer, LocalError for our own caller."""

from __future__ import annotations

from oncrpc.errors import BrokenSession, LocalError, RemoteError, XdrError


class PacketTooLong(RemoteError):
    """A length word announces more than is allowed."""


class PacketTooShort(RemoteError):
    """A length word announces less than a header."""


class TooManyDescriptors(RemoteError):
    """A packet comes with more file descriptors than are allowed, or with fewer than it says."""


__all__ = [
    "BrokenSession", "LocalError", "PacketTooLong", "PacketTooShort", "RemoteError", "TooManyDescriptors", "XdrError"
]  # fmt: skip
