"""The error that an answer of status ERROR carries, and those that the framing itself gives.

Wire: code, domain, message, level, domain's reference, three texts, two numbers, network's reference; the texts and
references are optional. Clients look at code, domain, level and message.
"""

from __future__ import annotations

import struct
from typing import Final

from oncrpc.errors import (
    GarbageArguments,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RpcRefusal,
)
from oncrpc.procedure import Call

CODE_INTERNAL: Final = 1
CODE_RPC: Final = 39
FROM_RPC: Final = 7
LEVEL_ERROR: Final = 2

_HEAD: Final = struct.Struct(">IIII")  # code, domain, the message is there, its length
_TAIL: Final = struct.Struct(">5I2iI").pack(LEVEL_ERROR, 0, 0, 0, 0, -1, -1, 0)
"""level; no machine; no texts; two numbers; no network."""


def pack_error(code: int, domain: int, message: str) -> bytes:
    """Return an error with a code, where it comes from, and a sentence."""
    text = message.encode("utf-8", "replace")
    return _HEAD.pack(code, domain, 1, len(text)) + text + bytes(-len(text) % 4) + _TAIL


def refusal_error(call: Call, refusal: RpcRefusal) -> bytes:
    """Return the error for a call that no handler answered.

    The words "unknown procedure" are what libvirt's clients and go-libvirt take for "not supported".
    """
    if isinstance(refusal, ProcedureUnavailable):
        return pack_error(CODE_RPC, FROM_RPC, f"unknown procedure: {call.procedure}")
    if isinstance(refusal, ProgramUnavailable | ProgramMismatch):
        return pack_error(CODE_RPC, FROM_RPC, f"Cannot find program {call.program} version {call.version}")
    if isinstance(refusal, GarbageArguments):
        return pack_error(CODE_RPC, FROM_RPC, "Unable to decode message payload")
    return pack_error(CODE_INTERNAL, FROM_RPC, "internal error: the daemon's log says more")
