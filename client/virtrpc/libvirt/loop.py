"""The event loop that libvirt's users may register: descriptors and timers, and the default one that polls them."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

HANDLE_READABLE: Final = 1
HANDLE_WRITABLE: Final = 2
HANDLE_ERROR: Final = 4
HANDLE_HANGUP: Final = 8

_POLL: Final = (
    (HANDLE_READABLE, select.POLLIN),
    (HANDLE_WRITABLE, select.POLLOUT),
    (HANDLE_ERROR, select.POLLERR),
    (HANDLE_HANGUP, select.POLLHUP),
)


class Loop(Protocol):
    """What a loop does; timeouts in ms, -1: never."""

    def add_handle(self, fd: int, events: int, cb: Callable[..., Any], opaque: Any) -> int: ...
    def update_handle(self, watch: int, events: int) -> Any: ...
    def remove_handle(self, watch: int) -> Any: ...
    def add_timeout(self, timeout: int, cb: Callable[..., Any], opaque: Any) -> int: ...
    def update_timeout(self, timer: int, timeout: int) -> Any: ...
    def remove_timeout(self, timer: int) -> Any: ...


@dataclass
class _Handle:
    fd: int
    events: int
    cb: Callable[..., Any]
    opaque: Any


@dataclass
class _Timer:
    interval_ms: int
    due: float
    cb: Callable[..., Any]
    opaque: Any


class PollLoop:
    """The default loop: any thread may add and change, one runs it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._handles: dict[int, _Handle] = {}
        self._timers: dict[int, _Timer] = {}
        self._next = 1
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)

    def add_handle(self, fd: int, events: int, cb: Callable[..., Any], opaque: Any) -> int:
        """Call cb(watch, fd, events, opaque) when a descriptor is ready; return the watch."""
        with self._guard:
            watch = self._number()
            self._handles[watch] = _Handle(fd, events, cb, opaque)
        self._wake()
        return watch

    def update_handle(self, watch: int, events: int) -> None:
        """Wait for other events."""
        with self._guard:
            if watch in self._handles:
                self._handles[watch].events = events
        self._wake()

    def remove_handle(self, watch: int) -> int:
        """Forget a watch; return 0, -1 when there is none."""
        with self._guard:
            found = self._handles.pop(watch, None)
        self._wake()
        return -1 if found is None else 0

    def add_timeout(self, timeout: int, cb: Callable[..., Any], opaque: Any) -> int:
        """Call cb(timer, opaque) every so many ms; return the timer."""
        with self._guard:
            timer = self._number()
            self._timers[timer] = _Timer(timeout, _due(timeout), cb, opaque)
        self._wake()
        return timer

    def update_timeout(self, timer: int, timeout: int) -> None:
        """Change a timer, and begin it anew."""
        with self._guard:
            found = self._timers.get(timer)
            if found is not None:
                found.interval_ms, found.due = timeout, _due(timeout)
        self._wake()

    def remove_timeout(self, timer: int) -> int:
        """Forget a timer; return 0, -1 when there is none."""
        with self._guard:
            found = self._timers.pop(timer, None)
        return -1 if found is None else 0

    def run_once(self) -> None:
        """Wait until something is ready or due, and call whom it concerns."""
        poll = select.poll()
        poll.register(self._wake_in, select.POLLIN)
        with self._guard:
            wanted: dict[int, int] = {}
            for handle in self._handles.values():
                wanted[handle.fd] = wanted.get(handle.fd, 0) | sum(bit for ours, bit in _POLL if handle.events & ours)
            due = min((timer.due for timer in self._timers.values()), default=float("inf"))
        for fd, mask in wanted.items():
            poll.register(fd, mask)
        wait = None if due == float("inf") else max(0, int((due - time.monotonic()) * 1000) + 1)
        ready = dict(poll.poll(wait))
        if self._wake_in in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_in, 4096)
        self._call_timers()
        self._call_handles(ready)

    def _call_timers(self) -> None:
        now = time.monotonic()
        with self._guard:
            ripe = [(number, timer) for number, timer in self._timers.items() if timer.due <= now]
            for _, timer in ripe:
                timer.due = _due(timer.interval_ms)
        for number, timer in ripe:
            if number in self._timers:
                timer.cb(number, timer.opaque)

    def _call_handles(self, ready: dict[int, int]) -> None:
        with self._guard:
            hit = [(watch, handle) for watch, handle in self._handles.items() if handle.fd in ready]
        for watch, handle in hit:
            events = sum(ours for ours, bit in _POLL if ready[handle.fd] & bit)
            if watch in self._handles and events:
                handle.cb(watch, handle.fd, events, handle.opaque)

    def _number(self) -> int:
        number = self._next
        self._next += 1
        return number

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_out, b"\0")


class _Functions:
    """A loop made of the six functions that virEventRegisterImpl takes."""

    def __init__(self, functions: tuple[Callable[..., Any], ...]) -> None:
        (
            self.add_handle, self.update_handle, self.remove_handle,
            self.add_timeout, self.update_timeout, self.remove_timeout,
        ) = functions  # fmt: skip


_registered: list[Loop] = []


def current() -> Loop | None:
    """Return the loop that was registered."""
    return _registered[0] if _registered else None


def virEventRegisterDefaultImpl() -> int:
    """Use the loop that virEventRunDefaultImpl runs. Before the first connection is opened."""
    if not _registered:
        _registered.append(PollLoop())
    return 0


def virEventRegisterImpl(
    addHandle: Callable[..., Any],
    updateHandle: Callable[..., Any],
    removeHandle: Callable[..., Any],
    addTimeout: Callable[..., Any],
    updateTimeout: Callable[..., Any],
    removeTimeout: Callable[..., Any],
) -> None:
    """Use a loop of the program's own."""
    functions = (addHandle, updateHandle, removeHandle, addTimeout, updateTimeout, removeTimeout)
    _registered[:] = [_Functions(functions)]


def virEventRunDefaultImpl() -> int:
    """Wait for one round of events, and have them handled; call it again and again."""
    loop = current()
    if not isinstance(loop, PollLoop):
        return -1
    loop.run_once()
    return 0


def _need() -> Loop:
    loop = current()
    if loop is None:
        raise RuntimeError("no event loop is registered: call virEventRegisterDefaultImpl first")
    return loop


def virEventAddHandle(fd: int, events: int, cb: Callable[..., Any], opaque: Any) -> int:
    """Call cb(watch, fd, events, opaque) when a descriptor is ready."""
    return _need().add_handle(fd, events, cb, opaque)


def virEventUpdateHandle(watch: int, events: int) -> None:
    """Wait for other events of a descriptor."""
    _need().update_handle(watch, events)


def virEventRemoveHandle(watch: int) -> int:
    """Forget a descriptor."""
    found: int = _need().remove_handle(watch)
    return found


def virEventAddTimeout(timeout: int, cb: Callable[..., Any], opaque: Any) -> int:
    """Call cb(timer, opaque) every so many ms."""
    return _need().add_timeout(timeout, cb, opaque)


def virEventUpdateTimeout(timer: int, timeout: int) -> None:
    """Change a timer."""
    _need().update_timeout(timer, timeout)


def virEventRemoveTimeout(timer: int) -> int:
    """Forget a timer."""
    found: int = _need().remove_timeout(timer)
    return found


def virEventInvokeFreeCallback(opaque: Any) -> None:
    """Nothing is to be freed in Python; loops written for libvirt's module call it."""


def _due(interval_ms: int) -> float:
    return float("inf") if interval_ms < 0 else time.monotonic() + interval_ms / 1000
