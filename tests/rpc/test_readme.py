"""The exchange in rpc/README.md is what really goes over the wire."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from oncrpc.client_session import ClientSession
from oncrpc.message import Refused
from oncrpc.server_session import ServerSession
from virtproto import virt as v

README = Path(__file__).resolve().parent.parent.parent / "rpc" / "README.md"
UUID = uuid.UUID("6695eb01-f6a4-8304-79aa-97f2502e193f").bytes


def hex_blocks() -> list[bytes]:
    """The indented blocks that begin with hex words, as bytes."""
    blocks: list[bytes] = []
    for block in re.findall(r"(?:^    [0-9a-f]{8}[ \n].*\n)+", README.read_text(), re.M):
        words = [re.match(r"    ((?:[0-9a-f]{8} ?)+)", line) for line in block.splitlines()]
        blocks.append(bytes.fromhex("".join(found.group(1) for found in words if found)))
    return blocks


def test_the_worked_exchange_is_true() -> None:
    call_bytes, reply_bytes = hex_blocks()
    args = v.virt_domain_get_info_args(v.virt_domain("test", UUID, 1))
    client = ClientSession(v.VIRT_PROGRAM, 2, first_xid=1)
    assert client.call(v.VIRT_DOMAIN_GET_INFO, args.to_xdr())[1] == call_bytes
    (call,) = ServerSession().receive(call_bytes)
    assert not isinstance(call, Refused)
    info = v.virt_domain_get_info_ret(1, 8388608, 2097152, 2, 1_000_000_000)
    result = v.virt_domain_get_info_res(v.virt_status.VIRT_OK, info).to_xdr()
    assert ServerSession.success(call, result) == reply_bytes
