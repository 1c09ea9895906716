"""Emits programs: numbers, the procedure table, and the three stubs of each version."""

from __future__ import annotations

from pyrpcgen.check_program import is_callback, returns
from pyrpcgen.emit.docs import procedure_doc, version_doc
from pyrpcgen.emit.names import IN_CALL
from pyrpcgen.emit.types import Context, TypeEmitter
from pyrpcgen.nodes import Declaration, Literal, NamedType, Procedure, Program, Shape, Symbol, Union, Value, Version

_CALLER = {"Client": ("Caller", "blocking"), "AsyncClient": ("AsyncCaller", "asyncio")}


class ProgramEmitter:
    """Writes programs; the types they use are written before."""

    def __init__(self, context: Context, types: TypeEmitter) -> None:
        self.context = context
        self.out = context.out
        self.names = context.names
        self.types = types
        self._written = set(map(self.names.module, context.scope.constants))

    def program(self, item: Program) -> None:
        """All of one program."""
        self.out.need("typing", "Final")
        self._number(self.names.module(item.name), item.number)
        if item.doc.comment:
            self.out.docstring(item.doc.comment)
        for version in item.versions:
            self._number(self.names.number(item.name, version.name), version.number)
            for procedure in version.procedures:
                self._number(self.names.number(item.name, version.name, procedure.name), procedure.number)
        for version in item.versions:
            self._table(item, version)
            self._client(item, version, "Client")
            self._client(item, version, "AsyncClient")
            self._server(item, version)

    def _number(self, name: str | None, value: Value) -> None:
        """Write a number, if it has a name, and once: later versions have most procedures again."""
        if name is not None and name not in self._written:
            self.out.line(f"{name}: Final = {self._text(value)}")
            self._written.add(name)

    def _text(self, value: Value) -> str:
        text = value.text if isinstance(value, Literal) else ""
        number = self.context.scope.value(value) or 0
        return text if text.lower().startswith("0x") else str(number)

    def _table(self, program: Program, version: Version) -> None:
        self.out.need("oncrpc.procedure", "Procedure")
        self.out.need("oncrpc.procedure", "Program")
        self.out.need("oncrpc", "xdr")
        self.out.blank(1 if version is program.versions[0] else 2)
        for procedure in version.procedures:
            self._procedure(program, version, procedure)
        rows = [self.names.private(program, version, procedure) for procedure in version.procedures]
        table = "(" + ", ".join(rows) + ("," if len(rows) == 1 else "") + ")"
        if len(table) > 60:
            table = "(\n" + "".join(f"    {row},\n" for row in rows) + ")"
        number, which = self._text(program.number), self._text(version.number)
        items = [f'"{program.name}"', number, f'"{version.name}"', which, table]
        if is_callback(program):
            items.append("callback=True")
        self.out.call(f"{self.names.stub(program, version)}_TABLE: Final = Program(", items)

    def _procedure(self, program: Program, version: Version, item: Procedure) -> None:
        tables = [self.types.table(argument) for argument in item.arguments]
        args = tables[0] if len(tables) == 1 else f"xdr.tuple_of({', '.join(tables)})" if tables else "xdr.VOID"
        items = [self._text(item.number), f'"{item.name}"', args, self.types.table(item.result)]
        pairs = [f"({_string(note.word)}, {_string(note.rest)})" for note in item.annotations]
        returned = self._returned(program, item)
        if pairs:
            items.append(f"({', '.join(pairs)}{',' if len(pairs) == 1 else ''})")
        if len(tables) != 1:
            items.append(f"arity={len(tables)}")
        if returned is not None:
            items.append(f"returns={self.names.module(returned[0].name)}")
        if self.names.method(item) != item.name.lower():
            items.append(f'method="{self.names.method(item)}"')
        self.out.call(f"{self.names.private(program, version, item)}: Final = Procedure(", items)

    def _returned(self, program: Program, item: Procedure) -> tuple[Symbol, Declaration] | None:
        """Return the case and the arm that server handlers return by `@returns`, if this procedure has it."""
        scope, symbol = self.context.scope, returns(program)
        found = scope.resolve(item.result)
        union = scope.types.get(found.type.name) if isinstance(found.type, NamedType) else None
        if symbol is None or not isinstance(union, Union) or found.shape is not Shape.ONE:
            return None
        number = scope.value(symbol)
        for case in union.cases:
            if any(scope.value(label) == number for label in case.labels):
                return symbol, case.arm
        return None

    def _head(self, program: Program, version: Version) -> str:
        number, which = self._text(program.number), self._text(version.number)
        return f"{program.name} ({number}), {version.name} ({which})"

    def _parameters(self, item: Procedure) -> list[str]:
        kinds = [self.types.python_type(argument) for argument in item.arguments]
        return [f"{name}: {kind}" for name, kind in zip(self.names.parameters(item), kinds, strict=True)]

    def _client(self, program: Program, version: Version, kind: str) -> None:
        caller, how = _CALLER[kind]
        self.out.need("oncrpc.procedure", caller)
        word, wait = ("async def", "await ") if kind == "AsyncClient" else ("def", "")
        self.out.blank(2)
        with self.out.block(f"class {self.names.stub(program, version)}_{kind}:"):
            self.out.docstring(version_doc(f"Calls {self._head(program, version)}; {how}.", version.doc))
            self.out.blank(1)
            with self.out.block(f"def __init__(self, caller: {caller}) -> None:"):
                self.out.line("self._caller = caller")
            for item in version.procedures:
                parameters = self._parameters(item)
                result = self.types.python_type(item.result)
                self.out.blank(1)
                head = f"{word} {self.names.method(item)}("
                self.out.call(head, ["self", *parameters, "*", "timeout_s: float | None = None"], f") -> {result}:")
                with self.out.indented():
                    self.out.docstring(procedure_doc(item.doc))
                    passed = [self.names.private(program, version, item), *self.names.parameters(item)]
                    back = "" if item.result.is_void() else "return "
                    self.out.call(f"{back}{wait}self._caller.call(", [*passed, "timeout_s=timeout_s"])

    def _server(self, program: Program, version: Version) -> None:
        stub = self.names.stub(program, version)
        self.out.need("typing", "ClassVar")
        self.out.need("oncrpc.procedure", "Call")
        self.out.need("collections.abc", "Awaitable")
        self.out.need("oncrpc.errors", "ProcedureUnavailable")
        self.out.blank(2)
        with self.out.block(f"class {stub}_Server:"):
            head = f"Serves {self._head(program, version)}: derive, and define the procedures that you have."
            self.out.docstring(version_doc(head, version.doc))
            self.out.blank(1)
            self.out.line(f"PROGRAM: ClassVar[Program] = {stub}_TABLE")
            for item in version.procedures:
                returned = self._returned(program, item)
                result = self.types.python_type(returned[1] if returned else item.result)
                self.out.blank(1)
                parameters = ["self", *self._parameters(item), "call: Call"]
                both = [f"Awaitable[{result}]", result]  # None goes last, as it does everywhere
                tail = f") -> {' | '.join(both if result.endswith('None') else reversed(both))}:"
                self.out.call(f"def {self.names.method(item)}(", parameters, tail)
                with self.out.indented():
                    self.out.docstring(procedure_doc(item.doc))
                    number = self.names.number(program.name, version.name, item.name)
                    hidden = IN_CALL | set(self.names.parameters(item))  # a procedure called self: here something else
                    shown = self._text(item.number) if number is None or number in hidden else number
                    self.out.line(f"raise ProcedureUnavailable({shown})")


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped) + '"'
