"""(program, version, procedure) -> what answers it, else the right refusal (RFC 5531 section 9)."""

from __future__ import annotations

import inspect
import logging
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from oncrpc.errors import (
    GarbageArguments,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    SystemFailure,
    XdrError,
)
from oncrpc.procedure import Call, Procedure, Program

log = logging.getLogger("oncrpc.server")

Endpoint = Callable[[Call], "bytes | Awaitable[bytes]"]
"""Answers a call: decodes the arguments, does the work, returns the encoded result, now or later.

May raise any RpcRefusal; whatever else it raises is answered SYSTEM_ERR.
"""


class LastReply(bytes):
    """A result after which the server hangs up."""


def _null(call: Call) -> bytes:
    return b""


def decode_args(procedure: Procedure[Any], call: Call) -> Any:
    """Return the call's arguments. Raises GarbageArguments; bytes behind them are ignored, as libtirpc does."""
    try:
        return procedure.args.decoder(call.record, call.offset, 0)[0]
    except (XdrError, struct.error) as exc:
        raise GarbageArguments from exc


def endpoint(procedure: Procedure[Any], method: Callable[..., Any]) -> Endpoint:
    """Return an endpoint around a method of a generated server class: typed in, typed out.

    The method may be plain or async. With `procedure.returns` it gives that arm's value, else the whole result.
    """
    encode: Callable[[Any], bytes] = procedure.result.encode
    if procedure.returns is not None:
        encode = procedure.result.arm_encoder(procedure.returns)  # type: ignore[attr-defined]

    async def finish(result: Awaitable[Any]) -> bytes:
        return encode(await result)

    def answer(call: Call) -> bytes | Awaitable[bytes]:
        if procedure.arity == 0:
            result = method(call)
        elif procedure.arity == 1:
            result = method(decode_args(procedure, call), call)
        else:
            result = method(*decode_args(procedure, call), call)
        return finish(result) if inspect.isawaitable(result) else encode(result)

    return answer


def failed(call: Call, exc: Exception) -> SystemFailure:
    """Log what nobody foresaw, with its trace, and return the refusal that tells the caller no more than that."""
    log.error("program %d version %d procedure %d failed", call.program, call.version, call.procedure, exc_info=exc)
    return SystemFailure()


class Dispatcher:
    """The programs a server has."""

    def __init__(self) -> None:
        self._table: dict[tuple[int, int, int], Endpoint] = {}
        self._versions: dict[int, set[int]] = {}
        self.find: Callable[[tuple[int, int, int]], Endpoint | None] = self._table.get
        """The endpoint of a (program, version, procedure), None when there is none: for callers in a hurry."""

    def register(self, program: int, version: int, endpoints: Mapping[int, Endpoint]) -> None:
        """Add one version of a program. Procedure 0 answers nothing to nothing unless it is among the endpoints."""
        self._versions.setdefault(program, set()).add(version)
        self._table[program, version, 0] = _null
        for number, answer in endpoints.items():
            self._table[program, version, number] = answer

    def serve(self, implementation: Any) -> None:
        """Add an instance of a class derived from a generated `..._Server`."""
        program: Program = implementation.PROGRAM
        endpoints = {
            procedure.number: endpoint(procedure, getattr(implementation, procedure.name.lower()))
            for procedure in program.procedures
        }
        self.register(program.number, program.version, endpoints)

    def programs(self) -> list[tuple[int, int]]:
        """Return the (program, version) pairs that are registered."""
        return sorted((program, version) for program, versions in self._versions.items() for version in versions)

    def dispatch(self, call: Call) -> bytes | Awaitable[bytes]:
        """Return the encoded result, or an awaitable of it. Raises RpcRefusal."""
        answer = self._table.get((call.program, call.version, call.procedure))
        if answer is None:
            raise self._refusal(call)
        return answer(call)

    def _refusal(self, call: Call) -> ProgramUnavailable | ProgramMismatch | ProcedureUnavailable:
        versions = self._versions.get(call.program)
        if versions is None:
            return ProgramUnavailable(call.program)
        if call.version not in versions:
            return ProgramMismatch(min(versions), max(versions))
        return ProcedureUnavailable(call.procedure)
