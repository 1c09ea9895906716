"""A small hand-written program in the shape of generated code, for the runtime's own tests."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from oncrpc import xdr
from oncrpc.procedure import Call, Procedure, Program


class Color(IntEnum):
    RED = 0
    BLUE = 7


class Dom(xdr.Record):
    __slots__ = ("name", "uuid", "id")
    __match_args__ = ("name", "uuid", "id")

    def __init__(self, name: str, uuid: bytes, id: int) -> None:
        self.name = name
        self.uuid = uuid
        self.id = id


xdr_color = xdr.enum(Color)
xdr_dom = xdr.struct(Dom, ("name", xdr.string(255)), ("uuid", xdr.fixed_opaque(16)), ("id", xdr.INT))


class Node(xdr.Record):
    """A linked list."""

    __slots__ = ("value", "next")

    def __init__(self, value: int, next: Node | None) -> None:
        self.value = value
        self.next = next


xdr_node = xdr.struct(Node, ("value", xdr.INT), ("next", xdr.optional(xdr.ref(lambda: xdr_node))))


class Tree(xdr.Record):
    """Not a list: it branches."""

    __slots__ = ("left", "right")

    def __init__(self, left: Tree | None, right: Tree | None) -> None:
        self.left = left
        self.right = right


xdr_tree = xdr.struct(
    Tree,
    ("left", xdr.optional(xdr.ref(lambda: xdr_tree))),
    ("right", xdr.optional(xdr.ref(lambda: xdr_tree))),
)


class Answer(xdr.Union):
    __slots__ = ()


xdr_answer = xdr.union(Answer, xdr_color, {Color.RED: ("dom", xdr_dom), Color.BLUE: None}, default=xdr.NO_DEFAULT)

PROGRAM = 0x20000099
ECHO: Procedure[str] = Procedure(1, "ECHO", xdr.string(1 << 20), xdr.string(1 << 20))
ADD: Procedure[int] = Procedure(2, "ADD", xdr.tuple_of(xdr.INT, xdr.INT), xdr.INT, arity=2)
WAIT: Procedure[int] = Procedure(3, "WAIT", xdr.VOID, xdr.INT, arity=0)
BREAK: Procedure[int] = Procedure(4, "BREAK", xdr.VOID, xdr.INT, arity=0, method="break_")
TABLE = Program("SAMPLE", PROGRAM, "SAMPLE_V2", 2, (ECHO, ADD, WAIT, BREAK))


class Sample:
    """The program's implementation. `gate` holds WAIT back until it is set."""

    PROGRAM = TABLE

    def __init__(self) -> None:
        import asyncio

        self.gate = asyncio.Event()
        self.waiting = 0
        self.seen: list[Any] = []

    def echo(self, text: str, call: Call) -> str:
        self.seen.append(text)
        return text

    def add(self, left: int, right: int, call: Call) -> int:
        return left + right

    async def wait(self, call: Call) -> int:
        self.waiting += 1
        await self.gate.wait()
        return self.waiting

    def break_(self, call: Call) -> int:
        raise RuntimeError("on purpose")
