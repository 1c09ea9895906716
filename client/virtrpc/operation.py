"""Each call is written once, as an `async def`, and shown by two faces: blocking and asyncio.

A call awaits nothing but its session, and the session nothing but its wire. On the asyncio face the wire is an
AsyncClient and the coroutine is awaited as usual. On the blocking face the wire is a socket whose `async def call`
never suspends: the coroutine runs to its end at the first step, so there is no event loop and no thread anywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

if TYPE_CHECKING:
    from virtrpc.session import Session

P = ParamSpec("P")
T = TypeVar("T")


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result. Raises what it raises."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("a call of the blocking client waited for an event loop")


class operation(Generic[P, T]):
    """Marks an `async def` of a class of calls; the faces derived from it turn it into their kind of method."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: BlockingFace, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: AsyncFace, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: object, owner: type) -> object:
        # The faces replace operations by methods of their own, so this is seen only on the class of calls itself.
        return self if instance is None else functools.partial(self.function, instance)

    def blocking(self) -> Callable[..., T]:
        """Return the method of the blocking face."""
        function = self.function

        @functools.wraps(function)
        def method(self: object, /, *args: Any, **kwargs: Any) -> T:
            return run_now(function(self, *args, **kwargs))

        return method


def _operations(cls: type) -> dict[str, operation[..., Any]]:
    found: dict[str, operation[..., Any]] = {}
    for base in reversed(cls.__mro__):
        found.update((name, value) for name, value in vars(base).items() if isinstance(value, operation))
    return found


class Face:
    """What has calls and a session to make them over."""

    _session: Session

    def _over(self, session: Session) -> Self:
        """Return the same thing, making its calls over another session."""
        raise NotImplementedError


class BlockingFace(Face):
    """Derived classes have blocking methods for the operations that they inherit."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, call in _operations(cls).items():
            setattr(cls, name, call.blocking())


class AsyncFace(Face):
    """Derived classes have coroutine methods for the operations that they inherit."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, call in _operations(cls).items():
            setattr(cls, name, call.function)
