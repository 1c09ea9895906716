"""What the grammar cannot say about programs: numbers, names, and the rules of the annotations in their comments.

In the comment before a program, `@require WORD` makes every procedure of it carry `@WORD`, and a procedure that several
versions have carry the same annotations in all; `@returns CASE` changes the shape of server stubs; `@callback` lets
servers call the program on a connection that its server, their client, opened (README.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.nodes import Annotation, Procedure, Program, Specification, Symbol, Value
from pyrpcgen.scope import TRUTH, UINT_MAX, Scope


def check_programs(specification: Specification, scope: Scope) -> None:
    """Report numbers and names that come twice or are out of range, and annotations against the program's rules."""
    programs = specification.programs()
    _numbers(((item.number, item.place) for item in programs), "program", scope)
    for program in programs:
        _numbers(((item.number, item.place) for item in program.versions), "version", scope)
        _names(((item.name, item.place) for item in program.versions), scope.reporter)
        for version in program.versions:
            procedures = version.procedures
            _numbers(((item.number, item.place) for item in procedures), "procedure", scope)
            _names(((item.name, item.place) for item in procedures), scope.reporter)
            for procedure in procedures:
                _names(((item.name, item.place) for item in procedure.arguments if item.name), scope.reporter)
        _annotations(program, scope)


def required(program: Program) -> list[str]:
    """Return the words that every procedure of the program must be annotated with."""
    return [item.rest for item in program.annotations if item.word == "require"]


def returns(program: Program) -> Symbol | None:
    """Return the case whose arm the program's server stubs return, if it says so."""
    for item in program.annotations:
        if item.word == "returns":
            return Symbol(item.place, item.rest)
    return None


def is_callback(program: Program) -> bool:
    """Return whether servers may call the program on a connection that their client opened."""
    return any(item.word == "callback" for item in program.annotations)


def _numbers(items: Iterable[tuple[Value, Place]], kind: str, scope: Scope) -> None:
    seen: dict[int, Place] = {}
    for value, _ in items:
        number = scope.number(value, 0, UINT_MAX, f"a {kind} number")
        if number is None:
            continue
        if number in seen:
            scope.reporter.report(
                value.place, f"a {kind} number of its own", f"{number}, which {scope.reporter.where(seen[number])} has"
            )
        seen.setdefault(number, value.place)


def _names(items: Iterable[tuple[str, Place]], reporter: Reporter) -> None:
    seen: dict[str, Place] = {}
    for name, place in items:
        if name in seen:
            reporter.report(place, "a new name", f"{quoted(name)}, which {reporter.where(seen[name])} declares")
        seen.setdefault(name, place)


def _annotations(program: Program, scope: Scope) -> None:
    words = []
    for item in program.annotations:
        if item.word == "require":
            if not item.rest or " " in item.rest:
                scope.reporter.report(item.place, "one word after '@require'", quoted(item.rest))
            else:
                words.append(item.rest)
        elif item.word == "returns":
            _returns(item, scope)
        elif item.word == "callback":
            if item.rest:
                scope.reporter.report(item.place, "'@callback' with nothing behind it", quoted(item.rest))
        else:
            expected = "'@require', '@returns' or '@callback' before a program"
            scope.reporter.report(item.place, expected, quoted("@" + item.word))
    for word in ("returns", "callback"):
        found = [item for item in program.annotations if item.word == word]
        if len(found) > 1:
            scope.reporter.report(found[-1].place, f"one '@{word}'", "another")
    if words:
        _required(program, words, scope)


def _returns(item: Annotation, scope: Scope) -> None:
    known = item.rest in scope.constants or item.rest in TRUTH
    if not known:
        scope.reporter.report(item.place, "the name of a case after '@returns'", quoted(item.rest))


def _required(program: Program, words: list[str], scope: Scope) -> None:
    first: dict[int, tuple[list[tuple[str, str]], Procedure]] = {}
    for version in program.versions:
        for procedure in version.procedures:
            pairs = [(item.word, item.rest) for item in procedure.annotations]
            for word in words:
                if not any(pair[0] == word and pair[1] for pair in pairs):
                    what = f"'@{word}' and a value in the comment before {procedure.name}"
                    scope.reporter.report(procedure.place, what, "none")
            number = scope.value(procedure.number)
            if number is None:
                continue
            before = first.setdefault(number, (pairs, procedure))
            if before[0] != pairs:
                expected = f"the annotations that {scope.reporter.where(before[1].place)} gives procedure {number}"
                scope.reporter.report(procedure.place, expected, _shown(pairs))


def _shown(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"@{word} {rest}".strip() for word, rest in pairs) or "none"
