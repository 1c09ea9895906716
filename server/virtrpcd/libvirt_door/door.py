"""(program, version, procedure) of libvirt -> endpoint: the ONC door's own, and those that only a connection has.

An endpoint's answer begins with a status word; the framing puts it into the header. So one handler, decoded, guarded
and encoded by one piece of code, serves both doors.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Final, cast

from oncrpc.dispatch import Dispatcher, Endpoint
from oncrpc.errors import ProcedureUnavailable
from oncrpc.procedure import Call, Program
from virtproto import libvirt as lv
from virtproto import virt as v
from virtrpcd.access import requirements
from virtrpcd.door import Door, encode_error, guarded
from virtrpcd.errors import FROM_RPC, VirtError
from virtrpcd.libvirt_door import elsewhere
from virtrpcd.libvirt_door.features import OFFERED, Feature
from virtrpcd.libvirt_door.handlers import QemuHandlers, RemoteHandlers

OURS_ALONE: Final = 1000
"""Procedures from this number on are not libvirt's, so they are not there."""

BEFORE_LOGIN: Final = frozenset(
    {
        lv.REMOTE_AUTH_LIST,
        lv.REMOTE_AUTH_SASL_INIT,
        lv.REMOTE_AUTH_SASL_START,
        lv.REMOTE_AUTH_SASL_STEP,
        lv.REMOTE_AUTH_POLKIT,
    }
)

SPOKEN: Final = 9_000_000
"""The release of libvirt whose calls are answered: clients decide by it what they ask for."""

_NOT_OPEN: Final = encode_error(VirtError("internal error: hypervisor connection not open", domain=FROM_RPC))
_NOT_LOGGED_IN: Final = encode_error(VirtError("authentication required", domain=FROM_RPC))


def make_dispatcher(door: Door) -> Dispatcher:
    """Return what answers the calls of connections on this door."""
    remote = {number: answer for number, answer in door.endpoints.items() if number < OURS_ALONE}
    # libvirtd looks at "read only" alone; clients send bits that are meant for their own library too.
    remote[v.VIRT_CONNECT_OPEN] = _opening(door.taking_any_flags(v.VIRT_CONNECT_OPEN))
    remote[v.VIRT_CONNECT_SUPPORTS_FEATURE] = _features(remote[v.VIRT_CONNECT_SUPPORTS_FEATURE])
    remote[v.VIRT_CONNECT_GET_LIB_VERSION] = _lib_version
    remote = elsewhere.endpoints(elsewhere.NAMES) | remote | _endpoints(lv.REMOTE_V1_TABLE, RemoteHandlers())
    dispatcher = Dispatcher()
    qemu = elsewhere.endpoints(elsewhere.QEMU_NAMES) | _endpoints(lv.QEMU_V1_TABLE, QemuHandlers())
    for program, endpoints in ((lv.REMOTE_V1_TABLE, remote), (lv.QEMU_V1_TABLE, qemu)):
        # ONC RPC has a procedure 0 everywhere; libvirt has none.
        dispatcher.register(program.number, program.version, {0: _nothing, **endpoints})
    return dispatcher


def _endpoints(program: Program, handlers: Any) -> dict[int, Endpoint]:
    needs = requirements(program)
    return {
        procedure.number: guarded(procedure, needs[procedure.number], getattr(handlers, procedure.method))
        for procedure in program.procedures
    }


def _lib_version(call: Call) -> bytes:
    return bytes(4) + SPOKEN.to_bytes(8, "big")


def _nothing(call: Call) -> bytes:
    raise ProcedureUnavailable(call.procedure)


def _opening(answer: Endpoint) -> Endpoint:
    async def opened(call: Call, result: Awaitable[bytes]) -> bytes:
        said = await result
        if said[3] == v.VIRT_OK:
            cast(Any, call.connection).opened()
        return said

    def endpoint(call: Call) -> bytes | Awaitable[bytes]:
        result = answer(call)
        return result if isinstance(result, bytes) else opened(call, result)

    return endpoint


def _features(answer: Endpoint) -> Endpoint:
    """Answer for what is this door's own affair; ask the driver for the rest."""

    def endpoint(call: Call) -> bytes | Awaitable[bytes]:
        feature = int.from_bytes(call.record[call.offset : call.offset + 4], "big")
        offered = int(cast(Any, call.connection).on_unix) if feature == Feature.FD_PASSING else OFFERED.get(feature)
        if offered is None or len(call.record) < call.offset + 4:
            return answer(call)
        if feature == Feature.PROGRAM_KEEPALIVE:
            cast(Any, call.connection).start_keepalive()
        return bytes(4) + offered.to_bytes(4, "big")

    return endpoint


def before_open(answer: Endpoint | None, call_key: tuple[int, int, int]) -> Endpoint | None:
    """Return what answers a call on a connection that has no driver open yet."""
    program, _, procedure = call_key
    if program == lv.REMOTE_PROGRAM and (procedure in BEFORE_LOGIN or procedure == v.VIRT_CONNECT_OPEN):
        return answer
    if program == lv.REMOTE_PROGRAM and procedure == v.VIRT_CONNECT_SUPPORTS_FEATURE and answer is not None:
        return _keepalive_only(answer)
    if answer is None:
        return None
    return _not_open


def before_login(answer: Endpoint | None, call_key: tuple[int, int, int]) -> Endpoint | None:
    """Return what answers a call on a connection whose caller has to say first who it is."""
    program, _, procedure = call_key
    if answer is None or (program == lv.REMOTE_PROGRAM and procedure in BEFORE_LOGIN):
        return answer
    return _not_logged_in


def _keepalive_only(answer: Endpoint) -> Endpoint:
    def endpoint(call: Call) -> bytes | Awaitable[bytes]:
        feature = int.from_bytes(call.record[call.offset : call.offset + 4], "big")
        return answer(call) if feature == Feature.PROGRAM_KEEPALIVE else _NOT_OPEN

    return endpoint


def _not_open(call: Call) -> bytes:
    return _NOT_OPEN


def _not_logged_in(call: Call) -> bytes:
    return _NOT_LOGGED_IN
