"""The rest of the grammar: programs, versions, procedures (RFC 5531 section 12.2), and the list of definitions."""

from __future__ import annotations

from collections.abc import Callable

from pyrpcgen import comments
from pyrpcgen.errors import Reporter
from pyrpcgen.hoist import hoist
from pyrpcgen.lexer import Comment, Kind, Source
from pyrpcgen.namespaces import Namespaces
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Declaration,
    Definition,
    Literal,
    NamedType,
    Procedure,
    Program,
    Shape,
    Specification,
    Typedef,
    Value,
    Version,
)
from pyrpcgen.parser import Resync, TypeParser
from pyrpcgen.repeats import without_repeats


class Parser(TypeParser):
    """Parses a whole specification."""

    def __init__(self, source: Source, reporter: Reporter) -> None:
        super().__init__(source, reporter)
        self._namespaces = Namespaces(reporter)
        self._strict = comments.are_strict(source.tokens)
        self._starters: dict[str, Callable[[], Definition]] = {
            "const": self.constant,
            "typedef": self.typedef,
            "enum": self.tagged,
            "struct": self.tagged,
            "union": self.tagged,
            "program": self.program,
        }

    def specification(self, file: str, digest: str) -> Specification:
        """Return the whole file as a tree. Errors are reported; what had errors is left out of the tree."""
        definitions: list[Definition] = []
        opening = self.source.first_comment
        if opening is not None and opening in comments.attached(self.token) and len(self.token.leading) == 1:
            opening = None  # it is about the first definition
        while self.token.kind is not Kind.END and not self.reporter.full():
            try:
                if self._dialect():
                    continue
                found = hoist(self._definition())
                self._namespaces.declare(found)
                definitions += found
            except Resync:
                self._skip_definition()
        if self._namespaces:
            self.reporter.report(self.token.place, "'}' to end the namespace", self.token.found())
        kept = without_repeats([item for item in definitions if not _names_itself(item)])
        return Specification(file, digest, comments.prose([opening] if opening else []), tuple(kept))

    def program(self) -> Program:
        """program NAME { versions } = number;"""
        first = self.expect("program")
        name = self.name("the program's name")
        versions = self.members(self._version, "'version'")
        self._refuse(self.previous.leading)
        self.expect("=", " and the program's number")
        number = self.value("the program's number")
        last = self.semicolon("after the program")
        about = comments.attached(first, strict=False)
        head = f"program {name.text} {{ ... }} = {_text(number)};"
        if not self._strict:
            self._refuse(about)
        read = about if self._strict else []
        doc = comments.doc(head, first, last, strict=False, read=read)
        return Program(name.place, name.text, tuple(versions), number, doc, comments.read_annotations(read))

    def _dialect(self) -> bool:
        """Step over what other dialects put between definitions and that changes nothing on the wire."""
        if self.at("pragma", "package", "import"):
            word = self.token.text
            while not self.at(";") and self.token.kind is not Kind.END:
                self.take()
            self.expect(";", f" after '{word}'")
        elif self.accept("namespace"):
            parts = [self.name("the namespace's name").text]
            while self.accept("::"):
                parts.append(self.name("the inner namespace's name").text)
            self.expect("{")
            self._namespaces.enter("::".join(parts))
        elif self._namespaces and self.accept("}"):
            self._namespaces.leave()
            self.accept(";")
        else:
            return False
        return True

    def _definition(self) -> Definition:
        start = self._starters.get(self.token.text) if self.token.kind is not Kind.END else None
        if start is None:
            what = "a definition (const, typedef, enum, struct, union or program)"
            raise self.fail(what)
        return start()

    def _skip_definition(self) -> None:
        """After an error: step behind the `;` that ends this definition, or before the word that begins another."""
        depth = 0
        begin = self.token
        while self.token.kind is not Kind.END:
            starts_line = self.token is not begin and self.token.place.line > self.previous.place.line
            if starts_line and self.token.place.column == 1 and self.token.text in self._starters:
                return
            text = self.take().text
            if text == "{":
                depth += 1
            elif text == "}":
                depth = max(0, depth - 1)
            elif text == ";" and not depth:
                return

    def _version(self) -> Version:
        first = self.token
        self.expect("version")
        self._refuse(first.leading)
        name = self.name("the version's name")
        procedures = self.members(self._procedure, "a procedure")
        self._refuse(self.previous.leading)
        self.expect("=", " and the version's number")
        number = self.value("the version's number")
        last = self.semicolon("after the version")
        self._refuse(last.trailing)
        doc = self.doc(first, last, strict=False)
        return Version(name.place, name.text, tuple(procedures), number, doc)

    def _procedure(self) -> Procedure:
        first = self.token
        about = comments.attached(first, strict=False)
        self._refuse([comment for comment in first.leading if comment not in about])
        result = self._result()
        name = self.name("the procedure's name")
        self.expect("(", " and the procedure's arguments")
        arguments = self._arguments()
        self.expect(")", " after the arguments")
        self.expect("=", " and the procedure's number")
        number = self.value("the procedure's number")
        last = self.semicolon("after the procedure")
        self._refuse(last.trailing)
        doc = self.doc(first, last, strict=False, read=about)
        return Procedure(name.place, name.text, arguments, result, number, doc, comments.read_annotations(about))

    def _result(self) -> Declaration:
        place = self.token.place
        if self.accept("void"):
            return Declaration(place, "", BasicType(place, Basic.VOID))
        spec = self.type_spec()
        shape, bound = (Shape.OPTIONAL, None) if self.accept("*") else self.shape()
        return _loose(Declaration(place, "", spec, shape, bound))

    def _arguments(self) -> tuple[Declaration, ...]:
        if self.accept("void") or self.at(")"):
            return ()
        found: list[Declaration] = []
        while not found or self.accept(","):
            found.append(self._argument())
        return tuple(found)

    def _argument(self) -> Declaration:
        place = self.token.place
        if self.at("void"):
            raise self.fail("an argument's type", "void stands alone")
        spec = self.type_spec()
        optional = self.accept("*")
        name = self.take().text if self.token.kind is Kind.NAME else ""
        shape, bound = (Shape.OPTIONAL, None) if optional else self.shape()
        return _loose(Declaration(place, name, spec, shape, bound))

    def _refuse(self, found: list[Comment]) -> None:
        comments.lost_annotations(found, self._strict, self.reporter)


def _loose(declaration: Declaration) -> Declaration:
    """Let `string` stand for `string<>` among arguments and results, as rpcgen does."""
    if declaration.basic() is Basic.STRING and declaration.shape is Shape.ONE:
        return Declaration(declaration.place, declaration.name, declaration.type, Shape.VARIABLE)
    return declaration


def _names_itself(item: Definition) -> bool:
    """Return whether this is `typedef struct x x;`, which C programmers write and which says nothing."""
    if not isinstance(item, Typedef) or item.declaration.shape is not Shape.ONE:
        return False
    spec = item.declaration.type
    return isinstance(spec, NamedType) and spec.name == item.name and spec.tag is not None


def _text(value: Value) -> str:
    return value.text if isinstance(value, Literal) else value.name
