"""What C's <rpc/rpc.h> declares: every file that rpcgen makes includes it, so specifications use it without a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

TYPES: Final = {
    "netobj": "opaque netobj<1024>",
    "des_block": "opaque des_block[8]",
    "rpcprog_t": "unsigned int rpcprog_t",
    "rpcvers_t": "unsigned int rpcvers_t",
    "rpcproc_t": "unsigned int rpcproc_t",
    "rpcprot_t": "unsigned int rpcprot_t",
    "rpcport_t": "unsigned int rpcport_t",
}

CONSTANTS: Final = {
    "AUTH_NONE": 0, "AUTH_NULL": 0, "AUTH_SYS": 1, "AUTH_UNIX": 1, "AUTH_SHORT": 2, "AUTH_DH": 3, "AUTH_DES": 3,
    "AUTH_KERB": 4, "RPCSEC_GSS": 6, "MAX_AUTH_BYTES": 400, "MAXNETNAMELEN": 255, "MAX_MACHINE_NAME": 255, "NGRPS": 16,
    "MAX_NETOBJ_SZ": 1024, "HOST_NAME_MAX": 64,
}  # fmt: skip


def declarations(names: Iterable[str]) -> str:
    """Return the declarations of those of the names that are known, a line each."""
    lines = []
    for name in names:
        if name in TYPES:
            lines.append(f"typedef {TYPES[name]};\n")
        elif name in CONSTANTS:
            lines.append(f"const {name} = {CONSTANTS[name]};\n")
    return "".join(lines)
