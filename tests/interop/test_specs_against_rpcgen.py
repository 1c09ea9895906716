"""Specifications as they are around, ours in tests/pyrpcgen/specs and Debian's: C, made by rpcgen, has the same bytes.

Left out is what rpcgen or the C compiler refuses: nis.x (rpcgen stops at line 411), nis_callback.x (the types of which
are in a header), crypt.x (the C file has a line that only BSD compiles), and of ours those of other dialects.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Final

import pytest
from compiled_specs import TEXTS, compiled
from interop.c_roundtrip import Peer, types_of
from interop.programs import TIRPC, need
from wire_samples import Samples

from pyrpcgen.options import Options, options

SPECS: Final = Path(__file__).resolve().parents[1] / "pyrpcgen" / "specs"
RPCSVC: Final = Path("/usr/include/rpcsvc")
OURS: Final = [SPECS / f"{name}.x" for name in ("mount", "nfs3", "nfs40", "nlm", "nsm", "rquota", "vxi11")]
DEBIANS: Final = [
    RPCSVC / f"{name}.x"
    for name in (
        "bootparam_prot", "key_prot", "klm_prot", "mount", "nfs_prot", "nis_object", "nlm_prot", "rex", "rquota",
        "rstat", "rusers", "sm_inter", "spray", "yp", "yppasswd",
    )
]  # fmt: skip
NEEDS: Final = {"nlm_prot": options(["LM_MAXSTRLEN=1024", "MAXNAMELEN=1025"])}
OF_STDINT: Final = re.compile(rb"typedef [a-z ]+ (u?int(?:32|64)_t);\n")
"""RFC 7531 declares these itself. rpcgen makes an xdr_int64_t of that which calls itself until the stack ends."""
ROUNDS: Final = 30

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("file", OURS + DEBIANS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_c_reads_what_we_write_and_writes_it_again(file: Path, tmp_path: Path) -> None:
    need("rpcgen", "gcc", TIRPC, file)
    source = file.read_bytes()
    own = {name.decode() for name in OF_STDINT.findall(source)}
    module = compiled(file, tmp_path, NEEDS.get(file.stem, Options()))
    types = {name: kind for name, kind in types_of(module).items() if name not in own}
    (tmp_path / "for_c.x").write_bytes(OF_STDINT.sub(b"", source))
    (tmp_path / "c").mkdir()
    peer = Peer(tmp_path / "for_c.x", types, tmp_path / "c", fill=False)
    samples = Samples(random.Random(file.name), special={}, texts=TEXTS)
    try:
        for name, kind in types.items():
            for _ in range(ROUNDS):
                wire = kind.encode(samples.of(kind))
                assert peer.recode(name, wire) == wire, name
    finally:
        peer.close()
