"""Our portmapper types and service against messages that libtirpc and rpcbind made (vectors/portmap_rpcbind.hex)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oncrpc.dispatch import Dispatcher
from oncrpc.message import pack_call, pack_success, unpack_call, unpack_reply
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import Registration
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import OWN_VERSIONS, PortmapService
from oncrpc.procedure import Procedure

VECTORS = Path(__file__).parents[1] / "vectors" / "portmap_rpcbind.hex"
TABLES = {2: t.PMAP_V2_TABLE, 3: t.RPCB_V3_TABLE, 4: t.RPCB_V4_TABLE}
VIRT = 0x20070125


def load() -> dict[str, bytes]:
    lines = [line.split() for line in VECTORS.read_text().splitlines() if not line.startswith("#")]
    return {name: bytes.fromhex(data) for name, data in lines}


MESSAGES = load()
NAMES = sorted({name.rpartition("-")[0] for name in MESSAGES})


def procedure_of(call_bytes: bytes) -> tuple[int, Procedure[Any]]:
    call = unpack_call(call_bytes)
    return call.version, TABLES[call.version].procedure(call.procedure)


def result_of(reply_bytes: bytes) -> bytes:
    reply = unpack_reply(reply_bytes)
    assert reply.refusal is None
    return reply.record[reply.offset :]


@pytest.mark.parametrize("name", NAMES)
def test_libtirpcs_call_decodes_and_encodes_to_the_same_bytes(name: str) -> None:
    message = MESSAGES[name + "-call"]
    call = unpack_call(message)
    version, procedure = procedure_of(message)
    value = procedure.args.unpack(message[call.offset :])
    args = () if procedure.arity == 0 else (value,)
    made = pack_call(call.xid, t.PMAP_PROG, version, procedure.number, procedure.pack_args(args))
    assert made == message


@pytest.mark.parametrize("name", NAMES)
def test_rpcbinds_reply_decodes_and_encodes_to_the_same_bytes(name: str) -> None:
    _, procedure = procedure_of(MESSAGES[name + "-call"])
    message = MESSAGES[name + "-reply"]
    value = procedure.result.unpack(result_of(message))
    xid = int.from_bytes(message[:4], "big")
    remade = pack_success(xid, procedure.result.encode(value))
    if procedure is t.RPCBPROC_UADDR2TADDR:
        # rpcbind leaves what was in its buffer in the padding.
        remade, message = remade[:-1], message[:-1]
    assert remade == message


def test_values_are_those_the_c_program_gave() -> None:
    call = unpack_call(MESSAGES["v3-set-1-call"])
    args = t.xdr_rpcb.unpack(call.record[call.offset :])
    assert args == t.rpcb(VIRT, 2, "tcp", "127.0.0.1.156.187", "0")
    call = unpack_call(MESSAGES["v2-getport-2-call"])
    assert t.xdr_mapping.unpack(call.record[call.offset :]) == t.mapping(VIRT, 3, 17, 0)
    listed = t.RPCBPROC_DUMP.result.unpack(result_of(MESSAGES["v4-dump-1-reply"]))
    found = []
    while listed is not None:
        found.append(listed.rpcb_map)
        listed = listed.rpcb_next
    assert found[0] == t.rpcb(100000, 4, "tcp6", "::.0.111", "superuser")
    assert found[-1] == t.rpcb(VIRT, 1, "tcp", "0.0.0.0.156.187", "superuser")
    assert len(found) == 15


def service_like_rpcbinds() -> Dispatcher:
    """A service that lists itself as that rpcbind did, in its order."""
    registry = Registry()
    for netid in ("tcp6", "udp6", "tcp", "udp", "local"):
        host = "::" if netid.endswith("6") else "0.0.0.0"
        address = "/run/rpcbind.sock" if netid == "local" else (host, 111)
        for version in OWN_VERSIONS[netid]:
            registry.add_own(Registration(t.PMAP_PROG, version, netid, address), "superuser")
    dispatcher = Dispatcher()
    PortmapService(registry).add_to(dispatcher)
    return dispatcher


def test_the_c_programs_calls_get_rpcbinds_very_answers_from_us() -> None:
    dispatcher = service_like_rpcbinds()
    local = Peer("local", True, "superuser")
    tcp = Peer("tcp", True, "superuser", "127.0.0.1", "127.0.0.1")
    udp = Peer("udp", True, "superuser", "0.0.0.0", "127.0.0.1")
    script = [
        ("v3-set-1", local),
        ("v3-set-2", local),
        ("v3-set-3", local),
        ("v4-getaddr-1", tcp),
        ("v2-getport-1", udp),
        ("v2-getport-2", udp),
        ("v2-dump-1", tcp),
        ("v4-dump-1", tcp),
        ("v3-set-4", local),
        ("v3-unset-2", local),
        ("v4-getaddrlist-1", tcp),
        ("v3-dump-1", tcp),
        ("v3-unset-3", local),
    ]
    for name, peer in script:
        call = unpack_call(MESSAGES[name + "-call"], peer)
        result = dispatcher.dispatch(call)
        assert isinstance(result, bytes)
        assert pack_success(call.xid, result) == MESSAGES[name + "-reply"], name
