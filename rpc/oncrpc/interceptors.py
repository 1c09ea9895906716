"""What stands around each call that a server answers: for logs, metrics, traces and rules of one's own.

Give interceptors to the Dispatcher: `Dispatcher(interceptors=[AccessLog(), CallMetrics()])`. They are wrapped around
the endpoints when these are registered, so a server without any pays nothing. They see every call that reaches a
dispatcher, on streams and datagrams, also one for a program that is not there; not what the RPC layer itself denies
(another RPC version, a credential that does not parse), and not a datagram that is answered from the duplicate-request
cache.

Attributes have the names of OpenTelemetry's semantic conventions. After 1.37 these call the system `rpc.system.name`;
older ones, and what instruments ONC RPC today, say `rpc.system`. Both are given, as the conventions advise while one
name follows the other ("rpc/dup"); `rpc.method` and the status of the answer have the newer names.

A bridge to OpenTelemetry's own tracer:

    class Traces(Interceptor):
        def before(self, served):
            served.state[self] = tracer.start_span(served.name, kind=SpanKind.SERVER, attributes=served.attributes)
        def ended(self, served):
            served.state.pop(self).set_attribute("rpc.response.status_code", served.outcome).end()
"""

from __future__ import annotations

import logging
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, Final, cast

from oncrpc.errors import AcceptedRefusal, AcceptStat, AuthError, AuthStat, RejectStat, RpcRefusal
from oncrpc.procedure import Call, Program

log = logging.getLogger("oncrpc.server")

Answer = Callable[[Call], "bytes | Awaitable[bytes]"]

SECONDS_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""The histogram bounds that the conventions advise for `rpc.server.call.duration`, in seconds."""

OTHER: Final = "_OTHER"
"""The method of a call to what is not there: callers choose such numbers, and series are not to grow with them."""
MAX_SERIES: Final = 4096
"""More series than this are added up in one."""


class Served:
    """One call, as interceptors see it.

    attributes: rpc.system.name, rpc.method, onc_rpc.version and so on; the same mapping for every call of a procedure,
    not to be changed. name: rpc.method, "PROGRAM/PROCEDURE", or "_OTHER" for what is not there: fit for a span. state:
    for interceptors to keep something until the end. After the end: duration_s; outcome, "SUCCESS" or the accept_stat,
    reject_stat or auth_stat that the caller is told, by its name in RFC 5531; exception, None for SUCCESS; reply_bytes,
    the size of the result.
    """

    __slots__ = ("attributes", "call", "duration_s", "exception", "name", "outcome", "reply_bytes", "started", "state")

    def __init__(self, call: Call, name: str, attributes: Mapping[str, str | int]) -> None:
        self.call = call
        self.name = name
        self.attributes = attributes
        self.state: dict[Any, Any] = {}
        self.started = time.perf_counter()
        self.duration_s = 0.0
        self.outcome = ""
        self.exception: BaseException | None = None
        self.reply_bytes = 0


class Interceptor:
    """Derive from it and override what is wanted.

    `before` may raise an RpcRefusal: the call is refused with it and does not run. Whatever else an interceptor raises
    is logged, and the call goes on. Nothing may wait.
    """

    def before(self, served: Served) -> None:
        """The call is about to run; its arguments are not decoded yet."""

    def after(self, served: Served) -> None:
        """The call succeeded."""

    def error(self, served: Served) -> None:
        """The call was refused, failed, or was given up (asyncio.CancelledError) as its caller hung up."""

    def ended(self, served: Served) -> None:
        """After either of these: calls `after` or `error` unless overridden."""
        if served.exception is None:
            self.after(served)
        else:
            self.error(served)


def attributes_of(program: int, version: int, number: int, table: Program | None = None) -> dict[str, str | int]:
    """Return the attributes of a procedure; names only where the table has them."""
    names: dict[str, str | int] = {}
    if table is not None:
        names["onc_rpc.program.name"] = table.name
        known = {0: "NULL"} | {procedure.number: procedure.name for procedure in table.procedures}
        if number in known:
            names["onc_rpc.procedure.name"] = known[number]
    method = f"{names.get('onc_rpc.program.name', program)}/{names.get('onc_rpc.procedure.name', number)}"
    return {
        "rpc.system": "onc_rpc",
        "rpc.system.name": "onc_rpc",
        "rpc.method": method,
        **names,
        "onc_rpc.version": version,
        "onc_rpc.procedure.number": number,
    }


def attributes_of_other(call: Call) -> dict[str, str | int]:
    """Return the attributes of a call to what is not there."""
    found = attributes_of(call.program, call.version, call.procedure)
    return {**found, "rpc.method": OTHER, "rpc.method_original": found["rpc.method"]}


def outcome_of(exception: BaseException) -> str:
    """Return what RFC 5531 calls the answer that the caller of a call that ended so is given."""
    if isinstance(exception, RpcRefusal) and exception.received:
        return AcceptStat.SYSTEM_ERR.name
    if isinstance(exception, AcceptedRefusal):
        return exception.accept_stat.name
    if isinstance(exception, AuthError):
        return AuthStat(exception.stat).name if exception.stat in list(AuthStat) else f"AUTH_STAT_{exception.stat}"
    if isinstance(exception, RpcRefusal):
        return RejectStat.RPC_MISMATCH.name
    return AcceptStat.SYSTEM_ERR.name if isinstance(exception, Exception) else "CANCELLED"


def intercepted(
    answer: Answer, interceptors: Sequence[Interceptor], attributes: Mapping[str, str | int]
) -> Answer:
    """Return an endpoint with interceptors around it: the first given is the outermost."""
    inwards, outwards = tuple(interceptors), tuple(reversed(interceptors))
    name = str(attributes["rpc.method"])

    def observed(call: Call) -> bytes | Awaitable[bytes]:
        served = Served(call, name, attributes)
        begun = 0
        try:
            for interceptor in inwards:
                _before(interceptor, served)
                begun += 1
            result = answer(call)
        except Exception as exc:
            _failed(served, exc, outwards[len(outwards) - begun :])
            raise
        if not isinstance(result, bytes):
            return _Later(served, result, outwards)
        _succeeded(served, result, outwards)
        return result

    return observed


class _Later:
    """The result of a call that waits. `close` is for a server that will not wait for it."""

    def __init__(self, served: Served, result: Awaitable[bytes], interceptors: Sequence[Interceptor]) -> None:
        self._served = served
        self._result = result
        self._interceptors = interceptors

    def __await__(self) -> Generator[Any, Any, bytes]:
        try:
            value = yield from self._result.__await__()
        except BaseException as exc:
            _failed(self._served, exc, self._interceptors)
            raise
        _succeeded(self._served, value, self._interceptors)
        return value

    def close(self) -> None:
        end = getattr(self._result, "close", None) or cast(Any, self._result).cancel
        end()
        _failed(self._served, GeneratorExit(), self._interceptors)


def _before(interceptor: Interceptor, served: Served) -> None:
    try:
        interceptor.before(served)
    except RpcRefusal:
        raise
    except Exception:
        log.exception("%s.before failed", type(interceptor).__name__)


def _succeeded(served: Served, result: bytes, interceptors: Sequence[Interceptor]) -> None:
    served.reply_bytes = len(result)
    served.outcome = AcceptStat.SUCCESS.name
    _ended(served, interceptors)


def _failed(served: Served, exc: BaseException, interceptors: Sequence[Interceptor]) -> None:
    served.exception = exc
    served.outcome = outcome_of(exc)
    _ended(served, interceptors)


def _ended(served: Served, interceptors: Sequence[Interceptor]) -> None:
    served.duration_s = time.perf_counter() - served.started
    for interceptor in interceptors:
        try:
            interceptor.ended(served)
        except Exception:
            log.exception("%s failed after a call", type(interceptor).__name__)


class AccessLog(Interceptor):
    """One line a call to a logger: who, what, outcome, microseconds, bytes of the result.

    level: of calls that succeeded; others are one level up, WARNING at least. Nothing of the arguments is written.
    """

    def __init__(self, logger: logging.Logger | None = None, level: int = logging.INFO) -> None:
        self._logger = logging.getLogger("oncrpc.access") if logger is None else logger
        self._level = level

    def ended(self, served: Served) -> None:
        level = self._level if served.exception is None else max(self._level, logging.WARNING)
        if self._logger.isEnabledFor(level):
            call, outcome = served.call, served.outcome
            took_us = round(served.duration_s * 1e6)
            self._logger.log(
                level, "%s xid=%08x %s v%d %s %d us %d bytes",
                call.peer, call.xid, served.name, call.version, outcome, took_us, served.reply_bytes,
            )  # fmt: skip


class Series:
    """What is counted of one (method, version, outcome): calls, seconds in all, how many within each bound."""

    __slots__ = ("buckets", "count", "seconds")

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(SECONDS_BOUNDS) + 1)


class CallMetrics(Interceptor):
    """Counts calls and measures how long they took (`rpc.server.call.duration`, a histogram in seconds).

    At most MAX_SERIES series are kept; what comes after is counted under the method "_OTHER", version 0.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self._series: dict[tuple[str, int, str], Series] = {}

    def before(self, served: Served) -> None:
        self.under_way += 1

    def ended(self, served: Served) -> None:
        self.under_way -= 1
        key = (served.name, served.call.version, served.outcome)
        series = self._series.get(key)
        if series is None:
            if len(self._series) >= MAX_SERIES:
                key = (OTHER, 0, served.outcome)
            series = self._series.setdefault(key, Series())
        series.count += 1
        series.seconds += served.duration_s
        series.buckets[bisect_left(SECONDS_BOUNDS, served.duration_s)] += 1

    def snapshot(self) -> dict[str, Any]:
        """Return what was counted, of plain values:

        {"under_way": calls, "bounds_s": [...], "calls": [{"rpc.method", "onc_rpc.version", "rpc.response.status_code",
        "count", "seconds", "buckets"}]}; a bucket holds what took up to its bound, the last one what took longer.
        """
        calls = [
            {
                "rpc.method": method,
                "onc_rpc.version": version,
                "rpc.response.status_code": outcome,
                "count": series.count,
                "seconds": series.seconds,
                "buckets": list(series.buckets),
            }
            for (method, version, outcome), series in sorted(self._series.items())
        ]
        return {"under_way": self.under_way, "bounds_s": list(SECONDS_BOUNDS), "calls": calls}
