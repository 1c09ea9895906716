"""A session: one way to the daemon, the version that both sides have, and errors in this package's terms."""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeVar

from oncrpc.client import NULL, Client
from oncrpc.errors import (
    AuthError,
    AuthStat,
    OncRpcError,
    OutcomeUnknown,
    ProgramMismatch,
    ProgramUnavailable,
    RpcRefusal,
    TransportError,
    XdrError,
)
from oncrpc.procedure import Procedure
from virtproto import virt as v
from virtrpc.errors import BadValue, NeedsVersion, NotReached, RpcRefused, VirtError, VirtrpcError
from virtrpc.uri import Address

R = TypeVar("R")
B = TypeVar("B", covariant=True)

OLDEST: Final = 1
NEWEST: Final = 2
"""The versions of the interface that this client knows."""
IN_VERSION_1: Final = frozenset(procedure.number for procedure in v.VIRT_V1_TABLE.procedures)


class Wire(Protocol):
    """What carries calls to one program: AsyncClient, or BlockingWire, which never suspends."""

    call_timeout_s: float | None

    @property
    def version(self) -> int: ...
    @version.setter
    def version(self, version: int) -> None: ...
    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R: ...
    async def close(self) -> None: ...


class BlockingWire:
    """A blocking client as a Wire: its coroutines end at their first step."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.call_timeout_s = client.call_timeout_s

    @property
    def version(self) -> int:
        """The version called."""
        return self.client.version

    @version.setter
    def version(self, version: int) -> None:
        self.client.version = version

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call, blocking."""
        return self.client.call(procedure, *args, timeout_s=timeout_s)

    async def close(self) -> None:
        """Close the connection."""
        self.client.close()


class Session:
    """Calls over one wire. `stub` has a method for each procedure; domains found over it belong to `home`."""

    def __init__(self, wire: Wire, address: Address, home: Session | None = None) -> None:
        self.wire = wire
        self.address = address
        self.home = self if home is None else home
        self.stub = v.VIRT_V2_AsyncClient(self)

    @property
    def version(self) -> int:
        """The version of the interface that is spoken."""
        return self.wire.version

    async def settle(self) -> None:
        """Ping, and settle on the highest version that both sides have. Raises NotReached."""
        try:
            await self.wire.call(NULL)
        except ProgramMismatch as exc:
            highest = min(NEWEST, exc.high)
            if highest < max(OLDEST, exc.low):
                ours = f"{OLDEST} to {NEWEST}"
                raise NotReached(f"{exc}, and this client has {ours}: none in common") from exc
            self.wire.version = highest
            await self.call(NULL)
        except OncRpcError as exc:
            raise translated(exc) from exc

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call and return the result. Raises NeedsVersion, NotReached, RpcRefused, BadValue."""
        if self.wire.version < NEWEST and procedure.number not in IN_VERSION_1 and procedure is not NULL:
            raise NeedsVersion(procedure.name.removeprefix("VIRT_").lower(), NEWEST, self.wire.version)
        try:
            return await self.wire.call(procedure, *args, timeout_s=timeout_s)
        except OncRpcError as exc:
            raise translated(exc) from exc

    async def close(self) -> None:
        """Close the connection; again is no error."""
        await self.wire.close()


def translated(exc: OncRpcError) -> VirtrpcError:
    """Return this package's error for one of oncrpc."""
    if isinstance(exc, XdrError):
        return BadValue(str(exc))
    if isinstance(exc, TransportError):
        return NotReached(str(exc), may_have_run=isinstance(exc, OutcomeUnknown))
    if isinstance(exc, ProgramUnavailable | ProgramMismatch):
        return NotReached(f"there is a server, but no virtrpcd: {exc}")
    if isinstance(exc, AuthError) and exc.stat == AuthStat.AUTH_TOOWEAK:
        return RpcRefused("calls go through TLS only there: use onc+tls://")
    if isinstance(exc, RpcRefusal):
        return RpcRefused(str(exc))
    return NotReached(f"no virtrpcd answers there: {exc}", may_have_run=True)


class _Result(Protocol[B]):
    @property
    def status(self) -> v.virt_status: ...
    @property
    def ok(self) -> B: ...
    @property
    def error(self) -> v.virt_error: ...


def body(result: _Result[B]) -> B:
    """Return what a call returned. Raises the VirtError that it failed with."""
    if result.status == v.VIRT_OK:
        return result.ok
    raise VirtError.from_wire(result.error)


def done(result: v.virt_void_res) -> None:
    """Check the result of a call that returns nothing. Raises the VirtError that it failed with."""
    if result.status != v.VIRT_OK:
        raise VirtError.from_wire(result.error)


def param_value(param: v.virt_typed_param) -> Any:
    """Return the value of a typed parameter: int, float, bool or str."""
    if param.value.discriminant == v.VIRT_TYPED_PARAM_BOOLEAN:
        return bool(param.value.value)
    return param.value.value
