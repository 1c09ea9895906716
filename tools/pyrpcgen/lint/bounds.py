"""What a caller may make as long as it likes: strings, opaques and arrays without a bound, in arguments."""

from __future__ import annotations

from pyrpcgen.compiler import Checked
from pyrpcgen.finite import declarations
from pyrpcgen.lint.findings import Findings
from pyrpcgen.lint.types import named
from pyrpcgen.nodes import BasicType, Declaration, InlineType, Shape
from pyrpcgen.scope import UINT_MAX, Scope


def check_bounds(checked: Checked, findings: Findings) -> None:
    """Look at everything that procedures take; each declaration once, for the first procedure that takes it."""
    scope = checked.scope
    seen: set[str] = set()
    for program in checked.specification.programs():
        for version in program.versions:
            for procedure in version.procedures:
                taker = f"{version.name}.{procedure.name}"
                waiting = [(part, procedure.name) for part in reversed(procedure.arguments)]
                while waiting:
                    part, holder = waiting.pop()
                    if _is_unbounded(part, scope):
                        text = f"{_shown(part)} in {holder} has no bound, and comes in the arguments of {taker}"
                        findings.add(part.place, "unbounded-argument", text)
                    name = named(part, scope)
                    if name is not None and name not in seen:
                        seen.add(name)
                        waiting += [(inner, name) for inner in reversed(declarations(scope.types[name]))]


def _is_unbounded(part: Declaration, scope: Scope) -> bool:
    if part.shape is not Shape.VARIABLE:
        return False
    bound = None if part.bound is None else scope.value(part.bound)
    return bound is None or bound == UINT_MAX


def _shown(part: Declaration) -> str:
    if isinstance(part.type, InlineType):
        return f"{part.name}<>"
    kind = part.type.kind.value if isinstance(part.type, BasicType) else part.type.name
    return f"{kind} {part.name}<>".replace(" <", "<")
