"""AUTH_NONE: no credential (RFC 5531 section 10.1)."""

from __future__ import annotations

from oncrpc.message import NO_AUTH, OpaqueAuth


def credential() -> OpaqueAuth:
    """Return the empty credential."""
    return NO_AUTH
