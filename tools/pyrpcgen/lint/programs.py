"""Findings about programs: their numbers, their versions, the numbers of their procedures."""

from __future__ import annotations

from itertools import pairwise

from pyrpcgen.compiler import Checked
from pyrpcgen.lint.findings import Findings, missing
from pyrpcgen.lint.numbers import range_of, taken
from pyrpcgen.nodes import Program, Value, Version
from pyrpcgen.scope import Scope


def check_programs(checked: Checked, findings: Findings) -> None:
    """Look at every program."""
    for program in checked.specification.programs():
        _number(program, checked.scope, findings)
        _versions(program, checked.scope, findings)
        for version in program.versions:
            _procedures(version, checked.scope, findings)


def _number(program: Program, scope: Scope, findings: Findings) -> None:
    number = _value(program.number, scope)
    owner, reason = taken(number, program.name), range_of(number)
    if owner is not None:
        findings.add(program.number.place, "program-number-taken", f"program number {number} is that of {owner}")
    elif reason is not None:
        text = f"program number {number} (0x{number:08x}) {reason}"
        findings.add(program.number.place, "program-number", text)


def _versions(program: Program, scope: Scope, findings: Findings) -> None:
    ordered = sorted(program.versions, key=lambda version: _value(version.number, scope))
    for before, after in pairwise(ordered):
        low, high = _value(before.number, scope), _value(after.number, scope)
        if high > low + 1:
            text = f"version {after.name} is {high}, and the one before it is {low} ({before.name})"
            findings.add(after.number.place, "version-gap", text)


def _procedures(version: Version, scope: Scope, findings: Findings) -> None:
    numbers = sorted(_value(item.number, scope) for item in version.procedures)
    for item in version.procedures:
        void = all(part.is_void() for part in (*item.arguments, item.result))
        if _value(item.number, scope) == 0 and not void:
            text = f"procedure 0 is NULL, which takes and returns void; {item.name} does not"
            findings.add(item.place, "procedure-zero", text)
    gaps = missing(numbers)
    if gaps:
        findings.add(version.place, "procedure-gap", f"version {version.name} has no procedure {gaps}")


def _value(value: Value, scope: Scope) -> int:
    return scope.value(value) or 0
