"""Many calls in one message. A call's coroutine is run until it asks, all questions go out together, and so on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from oncrpc.errors import (
    AcceptStat,
    GarbageArguments,
    OncRpcError,
    ProcedureUnavailable,
    RemoteError,
    SystemFailure,
    XdrError,
)
from oncrpc.procedure import Procedure
from virtproto import virt as v
from virtrpc.errors import NotRun, VirtrpcError
from virtrpc.events import Cursor, Event, cursor_to_wire, to_cursor, to_event
from virtrpc.operation import Face
from virtrpc.session import Session, body

R = TypeVar("R")

_REFUSALS: Final[dict[int, type[OncRpcError]]] = {
    AcceptStat.PROC_UNAVAIL: ProcedureUnavailable,
    AcceptStat.GARBAGE_ARGS: GarbageArguments,
    AcceptStat.SYSTEM_ERR: SystemFailure,
}


class BatchResult(NamedTuple):
    """results: for each call what it returned, or the VirtrpcError it raised. events, cursor and lost: the news since
    the cursor that was given, as News has them."""

    results: list[Any]
    events: list[Event]
    cursor: Cursor
    lost: bool


class _Question:
    """What a call asks; awaiting it hands it to the batch, which sends the answer in."""

    def __init__(self, procedure: Procedure[Any], packed: bytes) -> None:
        self.procedure = procedure
        self.packed = packed

    def __await__(self) -> Generator[_Question, Any, Any]:
        return (yield self)


class _Asking:
    """A wire that makes no call but hands out questions."""

    call_timeout_s: float | None = None

    def __init__(self, version: int) -> None:
        self.version = version

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        packed = procedure.pack_args(args)
        result: R = await _Question(procedure, packed)
        return result

    async def close(self) -> None:
        """Nothing to close."""


class _Item:
    """One call under way: its coroutine, and the question that it waits on (None once it ended)."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self.question: _Question | None = None
        self.outcome: Any = None
        self.failed = False
        self._step(lambda: self._coroutine.send(None))

    def answer(self, result: v.virt_batch_result) -> None:
        """Go on with an answer."""
        question = self.question
        if question is None:
            raise RuntimeError("an answer for a call that asked nothing")
        if result.accept_stat != AcceptStat.SUCCESS:
            kind = _REFUSALS.get(result.accept_stat)
            refusal = RemoteError(f"accept_stat {result.accept_stat}") if kind is None else kind()
            self._step(lambda: self._coroutine.throw(refusal))
            return
        try:
            value = question.procedure.result.unpack(result.result)
        except XdrError as exc:
            broken = RemoteError(f"{question.procedure.name}: the result does not decode: {exc}")
            self._step(lambda: self._coroutine.throw(broken))
            return
        self._step(lambda: self._coroutine.send(value))

    def give_up(self) -> None:
        """End a call that the daemon did not try."""
        self._coroutine.close()
        self.question, self.failed = None, True
        self.outcome = NotRun("not tried: a call before it in the batch failed")

    def _step(self, go_on: Callable[[], Any]) -> None:
        self.question = None
        try:
            self.question = go_on()
        except StopIteration as stop:
            self.outcome = stop.value
        except VirtrpcError as exc:
            self.outcome, self.failed = exc, True


def _begin(call: Callable[[], Any], session: Session) -> _Item:
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    while isinstance(call, functools.partial):
        args, kwargs = call.args + args, {**call.keywords, **kwargs}
        call = call.func
    owner = getattr(call, "__self__", None)
    function = getattr(call, "__func__", None)
    if not isinstance(owner, Face) or function is None:
        raise TypeError(f"a batch takes methods of domains and hosts, and functools.partial of them; not {call!r}")
    return _Item(getattr(function, "__wrapped__", function)(owner._over(session), *args, **kwargs))


def _chunks(items: list[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(items), v.VIRT_BATCH_MAX):
        yield items[start : start + v.VIRT_BATCH_MAX]


async def run_batch(
    session: Session, calls: Iterable[Callable[[], Any]], stop_on_error: bool, cursor: Cursor, max_events: int
) -> BatchResult:
    """Run calls together: 1024 in a message, in order. Calls that take several round trips take several messages."""
    asking = Session(_Asking(session.version), session.address, session.home)
    items = [_begin(call, asking) for call in calls]
    events: list[Event] = []
    lost = stopped = asked = False
    while True:
        waiting = [item for item in items if item.question is not None]
        if stopped:
            for item in waiting:
                item.give_up()
            waiting = []
        if not waiting and (asked or not max_events):
            return BatchResult([item.outcome for item in items], events, cursor, lost)
        for chunk in _chunks(waiting) if waiting else iter([[]]):
            wire = [v.virt_batch_item(item.question.procedure.number, item.question.packed)
                    for item in chunk if item.question is not None]  # fmt: skip
            args = v.virt_batch_args(wire, stop_on_error, cursor_to_wire(cursor), max_events)
            answer = body(await session.stub.virt_batch(args))
            asked = True
            for item, result in zip(chunk, answer.results, strict=False):
                item.answer(result)
            events += [to_event(event) for event in answer.events]
            cursor, lost = to_cursor(answer.cursor), lost or answer.lost
            if stop_on_error and any(item.failed for item in chunk):
                stopped = True
                break
