"""Tokens to syntax tree: RFC 4506 section 6.3, RFC 5531 section 12.2, by recursive descent.

After an error it goes on behind the next `;` or before the `}` of the same nesting, so that one run tells more than one
error. What RFC grammars do not have is refused with a word on what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from pyrpcgen import comments
from pyrpcgen.errors import Place, Reporter
from pyrpcgen.escapes import unquoted
from pyrpcgen.lexer import Comment, Kind, Source, Token
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Case,
    Constant,
    Declaration,
    Definition,
    Doc,
    Enum,
    EnumMember,
    InlineType,
    Literal,
    NamedType,
    Shape,
    Struct,
    Symbol,
    Text,
    Typedef,
    TypeSpec,
    Union,
    Value,
    same,
)

MAX_DEPTH: Final = 64
"""Types defined inside types, deep: beyond any use, and far from the end of Python's stack."""

T = TypeVar("T")

_BASIC = {kind.value: kind for kind in Basic if " " not in kind.value}
_UNSIGNED = {"int": Basic.UINT, "hyper": Basic.UHYPER, "char": Basic.UCHAR, "short": Basic.USHORT, "long": Basic.UINT}
_ALIASES = {
    "long": Basic.INT, "int8_t": Basic.CHAR, "int16_t": Basic.SHORT, "int32_t": Basic.INT, "bool_t": Basic.BOOL,
    "uint8_t": Basic.UCHAR, "uint16_t": Basic.USHORT, "uint32_t": Basic.UINT, "int64_t": Basic.HYPER,
    "u_int8_t": Basic.UCHAR, "u_int16_t": Basic.USHORT, "u_int32_t": Basic.UINT, "u_int64_t": Basic.UHYPER,
    "uint64_t": Basic.UHYPER, "u_char": Basic.UCHAR, "u_short": Basic.USHORT, "u_int": Basic.UINT,
    "u_long": Basic.UINT, "longlong_t": Basic.HYPER, "u_longlong_t": Basic.UHYPER, "quad_t": Basic.HYPER,
    "u_quad_t": Basic.UHYPER,
}  # fmt: skip
"""What C programmers call the language's own types; a long has 4 bytes on the wire, as in rpcgen."""


class Resync(Exception):
    """An error has been reported; what is being parsed cannot be made sense of any further."""


class Cursor:
    """A place among the tokens, and the small steps that all of the grammar is made of."""

    def __init__(self, source: Source, reporter: Reporter) -> None:
        self.source = source
        self.reporter = reporter
        self.depth = 0
        self.typedefs = _defined(source.tokens)
        self._tokens = source.tokens
        self._at = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    @property
    def previous(self) -> Token:
        """The token taken last."""
        return self._tokens[self._at - 1]

    def take(self) -> Token:
        """Step over the next token and return it; the end of the file is never stepped over."""
        token = self._tokens[self._at]
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def at(self, *texts: str) -> bool:
        """Return whether the next token is one of these words or marks."""
        return self.token.text in texts and self.token.kind is not Kind.END

    def accept(self, text: str) -> bool:
        """Step over the next token if it is `text`; return whether it was."""
        if self.at(text):
            self.take()
            return True
        return False

    def fail(self, expected: str, hint: str = "") -> Resync:
        """Report that the next token is not what was expected; return the exception to raise."""
        self.reporter.report(self.token.place, expected, self.token.found() + (f" ({hint})" if hint else ""))
        return Resync()

    def expect(self, text: str, where: str = "") -> Token:
        """Step over `text`. Raises Resync when it is not there."""
        if not self.at(text):
            raise self.fail(f"'{text}'{where}")
        return self.take()

    def semicolon(self, where: str) -> Token:
        """Step over a `;`. Where it lacks at the end of a line, that is reported and taken as if it were there."""
        if self.at(";"):
            return self.take()
        error = self.fail(f"';' {where}")
        if self.token.place.line == self.previous.place.line or self.token.kind is Kind.END:
            raise error
        return self.previous

    def name(self, what: str) -> Token:
        """Step over a name. Raises Resync."""
        if self.token.kind is Kind.NAME:
            return self.take()
        raise self.fail(what, "a word of the language is no name" if self.token.kind is Kind.KEYWORD else "")

    def value(self, what: str) -> Value:
        """Step over a number, the name of a constant, TRUE or FALSE. Raises Resync."""
        token = self.token
        if token.kind is Kind.NUMBER:
            self.take()
            return Literal(token.place, token.text, token.value)
        if self.at_name():
            name = self.qualified()
            return Symbol(name.place, name.text)
        raise self.fail(what)

    def at_name(self) -> bool:
        """Return whether a name comes next, qualified or not."""
        return self.token.kind is Kind.NAME or self.at("::")

    def qualified(self) -> Token:
        """Step over a name, or one as a::b and ::b; return its last part. Raises Resync."""
        self.accept("::")
        token = self.name("a name")
        while self.accept("::"):
            token = self.name("a name")
        return token

    def skip_member(self) -> None:
        """After an error: step behind the next `;`, or before the `}` that ends this nesting."""
        depth = 0
        while self.token.kind is not Kind.END:
            if self.at("{"):
                depth += 1
            elif self.at("}"):
                if not depth:
                    return
                depth -= 1
            elif self.at(";") and not depth:
                self.take()
                return
            self.take()

    def members(self, parse: Callable[[], T | None], what: str) -> list[T]:
        """Parse `{`, one or more of what `parse` parses, `}`; go on behind one that has an error."""
        self.expect("{")
        found: list[T] = []
        begin, failed = self.token, False
        while not self.at("}") and self.token.kind is not Kind.END:
            try:
                item = parse()
            except Resync:
                failed = True
                self.skip_member()
            else:
                found += [] if item is None else [item]
        if not found and not failed and self.token is begin:
            raise self.fail(what)
        self.expect("}")
        return found


class TypeParser(Cursor):
    """The type language: RFC 4506 section 6.3, but for the list of definitions."""

    def constant(self) -> Constant:
        """const NAME = value;"""
        first = self.expect("const")
        name = self.name("the constant's name")
        self.expect("=", " and the constant's value")
        if self.token.kind is Kind.TEXT:
            text = self.take()
            value: Value | Text = Text(text.place, unquoted(text.text))
        else:
            value = self.value("a number or the name of a constant")
        last = self.semicolon("after the constant")
        return Constant(name.place, name.text, value, self.doc(first, last))

    def typedef(self) -> Definition:
        """typedef declaration; a typedef of a body in braces is that type by the typedef's name."""
        first = self.expect("typedef")
        declaration = self.declaration("the new type's name")
        last = self.semicolon("after the typedef")
        doc = self.doc(first, last)
        if declaration.is_void():
            self.reporter.report(declaration.place, "a type to give a name to", "'void'")
            raise Resync
        if isinstance(declaration.type, InlineType) and declaration.shape is Shape.ONE:
            return _named(declaration.type.definition, declaration.place, declaration.name, doc)
        return Typedef(declaration.place, declaration.name, declaration, doc)

    def tagged(self) -> Definition:
        """enum NAME {...};  struct NAME {...};  union NAME switch (...) {...};"""
        first = self.token
        kind = self.take().text
        name = self.name(f"the {kind}'s name")
        body = self._body(kind)
        last = self.semicolon(f"after the {kind}")
        return _named(body, name.place, name.text, self.doc(first, last))

    def declaration(self, what: str = "the member's name") -> Declaration:
        """A member, arm or typedef without its `;`; `what` is how errors call its name. Raises Resync."""
        place = self.token.place
        if self.accept("void"):
            return Declaration(place, "", BasicType(place, Basic.VOID))
        spec = self.type_spec()
        if self.accept("*"):
            name = self.name(what)
            return Declaration(name.place, name.text, spec, Shape.OPTIONAL)
        name = self.name(what)
        shape, bound = self.shape()
        return Declaration(name.place, name.text, spec, shape, bound)

    def shape(self) -> tuple[Shape, Value | None]:
        """[n], <n>, <> or nothing."""
        if self.accept("["):
            bound = self.value("the number of items")
            self.expect("]")
            return Shape.FIXED, bound
        if self.accept("<"):
            most = None if self.at(">") else self.value("the largest number of items, or '>'")
            self.expect(">")
            return Shape.VARIABLE, most
        return Shape.ONE, None

    def type_spec(self) -> TypeSpec:
        """A type: one of the language's own, a name, or a body in braces. Raises Resync."""
        token = self.token
        if self.accept("unsigned"):
            word = self.token.text
            kind = _UNSIGNED.get(word)
            if kind is not None:
                self.take()
            return BasicType(token.place, self._int_behind(word, kind or Basic.UINT))
        if token.text in _BASIC and token.text != "void":
            self.take()
            return BasicType(token.place, self._int_behind(token.text, _BASIC[token.text]))
        if self.at("struct", "union", "enum"):
            self.take()
            if self.at_name():
                name = self.qualified()
                return NamedType(name.place, name.text, token.text)
            return self._inline(token)
        if self.at_name():
            token = self.qualified()
            alias = _ALIASES.get(token.text)
            if alias is not None and token.text not in self.typedefs:
                return BasicType(token.place, self._int_behind(token.text, alias))
            return NamedType(token.place, token.text)
        raise self.fail("a type")

    def _int_behind(self, word: str, kind: Basic) -> Basic:
        """Step over what C allows behind `short` and `long`: `short int`, `long int`, `long long int`."""
        if word == "long" and self.accept("long"):
            kind = Basic.HYPER if kind is Basic.INT else Basic.UHYPER
        if word in ("short", "long"):
            self.accept("int")
        return kind

    def doc(self, first: Token, last: Token, strict: bool = True, read: Sequence[Comment] = ()) -> Doc:
        """Return the text from `first` to `last` with the comments about it, without the annotations of `read`."""
        return comments.doc(self.source.between(first, last), first, last, strict, read)

    def _inline(self, first: Token) -> InlineType:
        if self.depth >= MAX_DEPTH:
            raise self.fail(f"types nested at most {MAX_DEPTH} deep", "one more")
        self.depth += 1
        try:
            body = self._body(first.text)
        finally:
            self.depth -= 1
        doc = Doc(self.source.between(first, self.previous))
        return InlineType(first.place, _named(body, first.place, "", doc))

    def _body(self, kind: str) -> Struct | Union | Enum:
        place, doc = self.token.place, Doc("")
        if kind == "enum":
            return Enum(place, "", self._enum_members(), doc)
        if kind == "struct":
            return Struct(place, "", tuple(self.members(self._field, "a member of the struct")), doc)
        self.expect("switch")
        self.expect("(")
        discriminant = self.declaration("the discriminant's name")
        self.expect(")")
        defaults: list[tuple[Place, Declaration]] = []
        cases = self.members(lambda: self._case(defaults), "'case' or 'default'")
        default = defaults[0][1] if defaults else None
        return Union(place, "", discriminant, _merged(cases), default, doc)

    def _field(self) -> Declaration:
        declaration = self.declaration()
        self.semicolon("after the member")
        return declaration

    def _enum_members(self) -> tuple[EnumMember, ...]:
        self.expect("{")
        members = []
        while True:
            name = self.name("a member of the enum")
            value = self.value("the member's value") if self.accept("=") else None
            members.append(EnumMember(name.place, name.text, value))
            if not self.accept(",") or self.at("}"):
                break
        self.expect("}", " or ',' after the member")
        return tuple(members)

    def _case(self, defaults: list[tuple[Place, Declaration]]) -> Case | None:
        labels: list[Value] = []
        place = self.token.place
        if self.accept("default"):
            self.expect(":")
            arm = self._arm()
            if defaults:
                self.reporter.report(place, "one 'default' in a union", "another")
            defaults.append((place, arm))
            return None
        while not labels or self.at("case"):
            if defaults:
                raise self.fail("'}' after the default arm")
            self.expect("case", " or 'default'")
            labels.append(self.value("the case's value"))
            self.expect(":")
        if self.at("default"):
            raise self.fail("an arm for this case", "a case cannot share its arm with 'default'; leave it out")
        return Case(place, tuple(labels), self._arm())

    def _arm(self) -> Declaration:
        arm = self.declaration("the arm's name")
        self.semicolon("after the arm")
        return arm


def _merged(cases: list[Case]) -> tuple[Case, ...]:
    """Return the cases with those put together whose arms are the same member: RFC 3530 writes one arm twice."""
    merged: dict[str, Case] = {}
    for number, case in enumerate(cases):
        name = case.arm.name or str(number)
        before = merged.get(name)
        if before is None:
            merged[name] = case
        elif same(before.arm, case.arm):
            merged[name] = Case(before.place, before.labels + case.labels, before.arm)
        else:
            merged[f"{name} {number}"] = case  # an error, which the checks report
    return tuple(merged.values())


def _named(body: Struct | Union | Enum | Definition, place: Place, name: str, doc: Doc) -> Struct | Union | Enum:
    """Return the type with the name and documentation that were read around its body."""
    if isinstance(body, Enum):
        return Enum(place, name, body.members, doc)
    if isinstance(body, Struct):
        return Struct(place, name, body.fields, doc)
    if isinstance(body, Union):
        return Union(place, name, body.discriminant, body.cases, body.default, doc)
    raise TypeError(f"{type(body).__name__} has no body")


def _defined(tokens: list[Token]) -> set[str]:
    """Return which of the aliases the file defines itself: `typedef unsigned int uint32_t;`, `struct quad_t {`."""
    found: set[str] = set()
    depth, typedef_depth = 0, -1  # how many braces are open; the same where a typedef began, -1 outside of one
    for before, token, behind in zip([None, *tokens], tokens, tokens[1:], strict=False):
        if token.text in ("{", "}"):
            depth += 1 if token.text == "{" else -1
        elif token.text == "typedef":
            typedef_depth = depth
        elif token.text == ";" and depth == typedef_depth:
            typedef_depth = -1
        elif token.text in _ALIASES:
            tagged = before is not None and before.text in ("struct", "union", "enum")
            named = depth == typedef_depth and behind.text in (";", "<", "[")
            if named or (tagged and behind.text in ("{", "switch")):
                found.add(token.text)
    return found
