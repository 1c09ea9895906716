"""What a program is made of: numbers bound to argument and result types. Clients, servers and stubs share it."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from oncrpc.errors import XdrError
from oncrpc.xdr import Type

R = TypeVar("R")

Annotations = tuple[tuple[str, str], ...]


class Procedure(Generic[R]):
    """One procedure: its number in the program, the type of its arguments and of its result.

    arity: 0 (args is VOID), 1 (args is the argument's type) or more (args is a tuple_of). annotations: (word, rest) of
    the `@word rest` lines before it in the .x file. returns: the discriminant whose arm server handlers give back, None
    when they give the whole result. method: what its methods are called, None where that is its name in small letters
    (pyrpcgen puts an underscore behind one that means something else in Python or in the module).
    """

    __slots__ = ("annotations", "args", "arity", "method", "name", "number", "result", "returns")

    def __init__(
        self,
        number: int,
        name: str,
        args: Type[Any],
        result: Type[R],
        annotations: Annotations = (),
        arity: int = 1,
        returns: int | None = None,
        method: str | None = None,
    ) -> None:
        self.number = number
        self.name = name
        self.args = args
        self.result = result
        self.annotations = annotations
        self.arity = arity
        self.returns = returns
        self.method = name.lower() if method is None else method

    def pack_args(self, args: tuple[object, ...]) -> bytes:
        """Return the wire form of the arguments. Raises XdrError, also for a wrong number of them."""
        if len(args) != self.arity:
            raise XdrError(f"{self.name} takes {self.arity} arguments, not {len(args)}")
        if self.arity == 0:
            return b""
        return self.args.encode(args[0] if self.arity == 1 else args)

    def __repr__(self) -> str:
        return f"<procedure {self.name} = {self.number}>"


class Program:
    """One version of a program: its numbers, its names, its procedures.

    callback: whether servers may call it on a connection that the client opened (`@callback` before the program).
    """

    __slots__ = ("_by_name", "_by_number", "callback", "name", "number", "procedures", "version", "version_name")

    def __init__(
        self,
        name: str,
        number: int,
        version_name: str,
        version: int,
        procedures: tuple[Procedure[Any], ...],
        *,
        callback: bool = False,
    ) -> None:
        self.name = name
        self.callback = callback
        self.number = number
        self.version_name = version_name
        self.version = version
        self.procedures = procedures
        self._by_number = {procedure.number: procedure for procedure in procedures}
        self._by_name = {procedure.name: procedure for procedure in procedures}

    def __getitem__(self, name: str) -> Procedure[Any]:
        """Return the procedure with this name in the .x file. Raises KeyError."""
        return self._by_name[name]

    def procedure(self, number: int) -> Procedure[Any]:
        """Return the procedure with this number. Raises KeyError."""
        return self._by_number[number]

    def __repr__(self) -> str:
        return f"<program {self.name} {self.version_name} = {self.number}.{self.version}>"


class Caller(Protocol):
    """What blocking stubs need: something that carries a call to one program and version."""

    def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Return the result. Raises the errors of oncrpc.errors."""


class AsyncCaller(Protocol):
    """What asyncio stubs need."""

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Return the result. Raises the errors of oncrpc.errors."""


class BackConnection(Protocol):
    """The connection a call came in on, as far as a handler may use it: to call its client back."""

    def client(self, program: Program, *, timeout_s: float | None = 60.0) -> AsyncCaller:
        """Return what carries calls to the client's own `program`: give it to that program's `..._AsyncClient`.

        timeout_s: how long a call may take unless it says otherwise (None: for ever). Raises LocalError for a program
        that is not marked `@callback` in its .x file.
        """


class Call:
    """A call as a server sees it.

    record is the message, offset where the arguments begin in it. cred_flavor and cred are the credential as sent: a
    claim. peer is what the transport knows of the caller (its type is the server's own affair). connection is what the
    call came in on, None for a datagram.
    """

    __slots__ = (
        "connection", "cred", "cred_flavor", "offset", "peer", "procedure", "program", "record", "version", "xid"
    )  # fmt: skip

    def __init__(
        self,
        xid: int,
        program: int,
        version: int,
        procedure: int,
        record: bytes,
        offset: int,
        cred_flavor: int = 0,
        cred: bytes = b"",
        peer: Any = None,
        connection: BackConnection | None = None,
    ) -> None:
        self.xid = xid
        self.program = program
        self.version = version
        self.procedure = procedure
        self.record = record
        self.offset = offset
        self.cred_flavor = cred_flavor
        self.cred = cred
        self.peer = peer
        self.connection = connection
