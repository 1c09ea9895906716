"""Where `@threaded` methods run: a few threads that a program which ends does not wait for."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

WORKERS: Final = min(32, (os.cpu_count() or 1) + 4)


class Threads(Executor):
    """As ThreadPoolExecutor, but its threads are daemons: Python cannot stop one, and the program has to end."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._idle = 0
        self._started = 0
        self._guard = threading.Lock()
        self._work: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a thread as soon as one is free."""
        future: Future[T] = Future()
        with self._guard:
            more = self._idle == 0 and self._started < self._workers
            self._started += more
            self._idle -= not more and self._idle > 0
        self._work.put((future, lambda: fn(*args, **kwargs)))
        if more:
            threading.Thread(target=self._run, name="oncrpc-threaded", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, work = self._work.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as exc:  # noqa: BLE001 - the boundary: it is raised where the result is awaited
                    future.set_exception(exc)
            del future, work  # not kept while waiting for the next
            with self._guard:
                self._idle += 1
