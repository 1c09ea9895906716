"""`pyrpcgen lint`: what is right by the grammar, and still a trap for those who speak the protocol."""

from __future__ import annotations

from collections.abc import Collection

from pyrpcgen.compiler import Checked
from pyrpcgen.lint.bounds import check_bounds
from pyrpcgen.lint.findings import CODES, Finding, Findings
from pyrpcgen.lint.names import check_names
from pyrpcgen.lint.programs import check_programs
from pyrpcgen.lint.types import check_types

__all__ = ["CODES", "Finding", "lint"]


def lint(checked: Checked, ignore: Collection[str] = ()) -> list[Finding]:
    """Return what is doubtful about a specification, in the order of the file, without the codes to ignore."""
    findings = Findings(checked.scope.reporter)
    for note in checked.scope.reporter.notes:
        findings.add(note.place, note.code, note.text)
    for check in (check_types, check_bounds, check_programs, check_names):
        check(checked, findings)
    return [item for item in findings.sorted() if item.code not in ignore]
