"""The exchange in rpc/README.md is what really goes over the wire."""

from __future__ import annotations

import asyncio
import re
import uuid
from pathlib import Path

import pytest

from oncrpc.client import Client
from oncrpc.client_session import ClientSession
from oncrpc.message import Refused
from oncrpc.procedure import Call
from oncrpc.server_session import ServerSession
from oncrpc.service import Server
from oncrpc.specification import load
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


def test_pipelines_and_one_way_calls_run_as_they_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = README.read_text()
    (specification,) = re.findall(r"```c\n(typedef string name<64>.*?)```", text, re.S)
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    shown = [block for block in blocks if block.startswith(("with client.p", "client.s"))]
    assert len(shown) == 2
    (tmp_path / "phone.x").write_text(specification)
    phone = load(tmp_path / "phone.x").module
    added: list[str] = []

    def phone_add(self: object, who: str, number: int, call: Call) -> bool:
        added.append(who)
        return True

    served = type("Phone", (phone.PHONE_V1_Server,), {"phone_add": phone_add})

    def use() -> None:
        with Client.unix(str(tmp_path / "sock"), phone.PHONE, phone.PHONE_V1) as client:
            for block in shown:
                exec(block, {"client": client, "phone": phone})  # what our own page shows
            with client.pipeline() as calls:
                assert phone.PHONE_V1_Client(calls).phone_add("Ada", 1).result() is True

    async def main() -> None:
        async with Server(served(), [f"unix:{tmp_path}/sock"], register=False):
            await asyncio.to_thread(use)

    asyncio.run(main())
    assert capsys.readouterr().out == "[True, True]\n"
    assert added == ["Ada", "Alan", "Grace", "Edsger", "Ada"]
