"""What C's <rpc/rpc.h> declares: every file that rpcgen makes includes it, so specifications use it without a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_UNIX: Final = (
    "unsigned int aup_time; string aup_machname<255>; unsigned int aup_uid; unsigned int aup_gid;"
    " unsigned int aup_gids<16>;"
)

TYPES: Final = {
    "netobj": "typedef opaque netobj<1024>",
    "des_block": "typedef opaque des_block[8]",
    "rpcprog_t": "typedef unsigned int rpcprog_t",
    "rpcvers_t": "typedef unsigned int rpcvers_t",
    "rpcproc_t": "typedef unsigned int rpcproc_t",
    "rpcprot_t": "typedef unsigned int rpcprot_t",
    "rpcport_t": "typedef unsigned int rpcport_t",
    "enum_t": "typedef int enum_t",
    "u_hyper": "typedef unsigned hyper u_hyper",
    "opaque_auth": "struct opaque_auth { int oa_flavor; opaque oa_base<400>; }",
    "authunix_parms": f"struct authunix_parms {{ {_UNIX} }}",
    "authsys_parms": f"struct authsys_parms {{ {_UNIX} }}",
    "pmap": "struct pmap { unsigned int pm_prog; unsigned int pm_vers; unsigned int pm_prot; unsigned int pm_port; }",
    "netbuf": "struct netbuf { unsigned int maxlen; opaque buf<>; }",
}
"""With the names that C has; how they travel is what C's library does with them."""

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
            lines.append(f"{TYPES[name]};\n")
        elif name in CONSTANTS:
            lines.append(f"const {name} = {CONSTANTS[name]};\n")
    return "".join(lines)
