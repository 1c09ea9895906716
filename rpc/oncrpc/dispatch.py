"""(program, version, procedure) -> what answers it, else the right refusal (RFC 5531 section 9)."""

from __future__ import annotations

import inspect
import logging
import struct
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from oncrpc.errors import (
    GarbageArguments,
    LocalError,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RpcRefusal,
    SystemFailure,
    XdrError,
)
from oncrpc.interceptors import Interceptor, attributes_of, attributes_of_other, intercepted
from oncrpc.message import pack_refusal, pack_success
from oncrpc.procedure import Call, Procedure, Program
from oncrpc.threads import Threads

log = logging.getLogger("oncrpc.server")

Endpoint = Callable[[Call], "bytes | Awaitable[bytes]"]
"""Answers a call: decodes the arguments, does the work, returns the encoded result, now or later.

May raise any RpcRefusal; whatever else it raises is answered SYSTEM_ERR.
"""


Method = TypeVar("Method", bound=Callable[..., Any])

_THREADED = "_oncrpc_threaded_"


def threaded(method: Method) -> Method:
    """Mark a plain method of a server class that waits for a disk or another program: it runs in a thread.

    Other calls go on meanwhile, also of the same object: the method has to be ready for that.
    """
    setattr(method, _THREADED, True)
    return method


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


class _Later:
    """The encoded result of a method that waits. `close` is for a server that will not wait for it."""

    __slots__ = ("_encode", "_result")

    def __init__(self, result: Awaitable[Any], encode: Callable[[Any], bytes]) -> None:
        self._result = result
        self._encode = encode

    def __await__(self) -> Generator[Any, Any, bytes]:
        return self._encode((yield from self._result.__await__()))

    def close(self) -> None:
        give_up(self._result)


def give_up(result: Awaitable[Any]) -> None:
    """Let go of what an endpoint gave, unawaited: a coroutine is closed, a future cancelled."""
    for name in ("close", "cancel"):
        end = getattr(result, name, None)
        if end is not None:
            end()
            return


def endpoint(procedure: Procedure[Any], method: Callable[..., Any]) -> Endpoint:
    """Return an endpoint around a method of a generated server class: typed in, typed out.

    The method may be plain or async. With `procedure.returns` it gives that arm's value, else the whole result.
    """
    kind = procedure.result
    arm: Callable[[Any], bytes] | None = None
    if procedure.returns is not None:
        arm = kind.arm_encoder(procedure.returns)  # type: ignore[attr-defined]

    def answer(call: Call) -> bytes | Awaitable[bytes]:
        if procedure.arity == 0:
            result = method(call)
        elif procedure.arity == 1:
            result = method(decode_args(procedure, call), call)
        else:
            result = method(*decode_args(procedure, call), call)
        encode = arm or kind.encode  # looked up now: a type's first use puts a quicker one there
        return _Later(result, encode) if inspect.isawaitable(result) else encode(result)

    return answer


def failed(call: Call, exc: Exception) -> SystemFailure:
    """Log what nobody foresaw, with its trace, and return the refusal that tells the caller no more than that."""
    log.error("program %d version %d procedure %d failed", call.program, call.version, call.procedure, exc_info=exc)
    return SystemFailure()


def _in_thread(method: Callable[..., Any], executor: Executor) -> Callable[..., Awaitable[Any]]:
    if inspect.iscoroutinefunction(method):
        raise LocalError(f"{method.__qualname__} is async: it cannot be @threaded")
    import asyncio  # here: a blocking client that answers calls has no use for it

    def start(*args: Any) -> Awaitable[Any]:
        return asyncio.get_running_loop().run_in_executor(executor, method, *args)

    return start


def _is_stub(method: Any, implementation: Any) -> bool:
    """Return whether a handler is the generated one, which only says that the procedure is not there."""
    generated = next((cls for cls in type(implementation).__mro__ if "PROGRAM" in vars(cls)), object)
    return getattr(method, "__func__", None) in vars(generated).values()


def told(call: Call, refusal: RpcRefusal) -> RpcRefusal:
    """Return what the caller is told of a refusal: itself, unless it is the answer to a call that the handler made."""
    return failed(call, refusal) if refusal.received else refusal


class Dispatcher:
    """The programs a server has.

    interceptors: what stands around every call, the first outermost; none costs nothing. executor: where `@threaded`
    methods run; None for a few threads that a server which stops waits for no longer than for its other calls.
    """

    def __init__(self, *, interceptors: Sequence[Interceptor] = (), executor: Executor | None = None) -> None:
        self._interceptors = tuple(interceptors)
        self._executor = Threads() if executor is None else executor
        self._table: dict[tuple[int, int, int], Endpoint] = {}
        self._versions: dict[int, set[int]] = {}
        self.find: Callable[[tuple[int, int, int]], Endpoint | None] = self._table.get
        """The endpoint of a (program, version, procedure), None when there is none: for callers in a hurry."""

    def register(
        self, program: int, version: int, endpoints: Mapping[int, Endpoint], table: Program | None = None
    ) -> None:
        """Add one version of a program. Procedure 0 answers nothing to nothing unless it is among the endpoints.

        table: where interceptors find names.
        """
        self._versions.setdefault(program, set()).add(version)
        for number, answer in ({0: _null} | dict(endpoints)).items():
            if self._interceptors:
                answer = intercepted(answer, self._interceptors, attributes_of(program, version, number, table))
            self._table[program, version, number] = answer

    def serve(self, implementation: Any) -> None:
        """Add an instance of a class derived from a generated `..._Server`. Raises LocalError for a wrong @threaded."""
        program: Program = implementation.PROGRAM
        endpoints = {}
        for procedure in program.procedures:
            method = getattr(implementation, procedure.method)
            if procedure.number == 0 and _is_stub(method, implementation):
                continue  # `register` answers it: callers ping by it, whether it was thought of or not
            if getattr(method, _THREADED, False):
                method = _in_thread(method, self._executor)
            endpoints[procedure.number] = endpoint(procedure, method)
        self.register(program.number, program.version, endpoints, program)

    def programs(self) -> list[tuple[int, int]]:
        """Return the (program, version) pairs that are registered."""
        return sorted((program, version) for program, versions in self._versions.items() for version in versions)

    def dispatch(self, call: Call) -> bytes | Awaitable[bytes]:
        """Return the encoded result, or an awaitable of it. Raises RpcRefusal."""
        answer = self._table.get((call.program, call.version, call.procedure))
        if answer is None:
            if self._interceptors:
                return intercepted(self._refuse, self._interceptors, attributes_of_other(call))(call)
            raise self._refusal(call)
        return answer(call)

    def reply(self, call: Call) -> bytes | Awaitable[bytes]:
        """Return the whole reply message, without record mark, or an awaitable of it.

        Neither raises for what the caller or the endpoint does: that is what the reply says.
        """
        begun = self._begin(call)
        return begun if isinstance(begun, bytes) else self._reply_later(call, begun)

    def reply_now(self, call: Call) -> bytes:
        """Return the whole reply message, of a server that cannot wait: an endpoint that would gives SYSTEM_ERR."""
        begun = self._begin(call)
        if isinstance(begun, bytes):
            return begun
        give_up(begun)
        log.error("program %d procedure %d waits: a blocking client cannot", call.program, call.procedure)
        return pack_refusal(call.xid, SystemFailure())

    def _begin(self, call: Call) -> bytes | Awaitable[bytes]:
        """Return the reply, or an awaitable of the result."""
        try:
            result = self.dispatch(call)
        except RpcRefusal as refusal:
            return pack_refusal(call.xid, told(call, refusal))
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            return pack_refusal(call.xid, failed(call, exc))
        return pack_success(call.xid, result) if isinstance(result, bytes) else result

    async def _reply_later(self, call: Call, result: Awaitable[bytes]) -> bytes:
        try:
            return pack_success(call.xid, await result)
        except RpcRefusal as refusal:
            return pack_refusal(call.xid, told(call, refusal))
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            return pack_refusal(call.xid, failed(call, exc))

    def _refuse(self, call: Call) -> bytes:
        raise self._refusal(call)

    def _refusal(self, call: Call) -> ProgramUnavailable | ProgramMismatch | ProcedureUnavailable:
        versions = self._versions.get(call.program)
        if versions is None:
            return ProgramUnavailable(call.program)
        if call.version not in versions:
            return ProgramMismatch(min(versions), max(versions))
        return ProcedureUnavailable(call.procedure)
