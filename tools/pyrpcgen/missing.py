"""Names that a specification uses and nobody declares: mostly C headers have them. One error tells of all."""

from __future__ import annotations

from typing import Final

from pyrpcgen.errors import MAX_SHOWN, quoted
from pyrpcgen.scope import Missing, Scope

HOW: Final = {
    "constant": "give -D NAME=VALUE",
    "type": "give --extern NAME=TYPE, such as --extern 'NAME=opaque<1024>'",
}


def report_missing(scope: Scope) -> None:
    """Report what is missing: by itself when it is one name, else as a list, in the order of first use."""
    missing = sorted(scope.missing.items(), key=lambda pair: pair[1].place)
    if not missing:
        return
    first, found = missing[0]
    if len(missing) == 1:
        what = f"{quoted(first)}, which nothing declares ({HOW[found.kind]}, or --prelude FILE.x)"
        scope.reporter.report(found.place, f"a {found.kind}", what)
        return
    lines = [f"none of these {len(missing)}:", *_list(scope, missing), *_advice(missing)]
    scope.reporter.report(found.place, "names that something declares", "\n".join(lines))


def _list(scope: Scope, missing: list[tuple[str, Missing]]) -> list[str]:
    shown = [name if len(name) <= MAX_SHOWN else f"{name[:MAX_SHOWN]}..." for name, _ in missing]
    width = max(map(len, shown))
    return [
        f"  {name:{width}}  {item.kind:8}  {scope.reporter.where(item.place)}"
        for name, (_, item) in zip(shown, missing, strict=True)
    ]


def _advice(missing: list[tuple[str, Missing]]) -> list[str]:
    kinds = {item.kind for _, item in missing}
    ways = [f"for a {kind} {how}" for kind, how in HOW.items() if kind in kinds]
    return [f"  ({'; '.join(ways)}; or for all --prelude FILE.x, which declares them)"]
