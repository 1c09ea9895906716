"""Hypothesis writes .x files that rpcgen takes as well: types of every kind, of each other, with and without bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

BASICS = (
    "int", "unsigned int", "hyper", "unsigned hyper", "short", "unsigned short", "char", "unsigned char", "float",
    "double", "bool",
)  # fmt: skip
MAX_TYPES = 7


@dataclass
class Draft:
    """A specification while it grows; `prefix` makes its names differ from those of others in one C program."""

    prefix: str
    lines: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    enums: list[tuple[str, list[str]]] = field(default_factory=list)
    pointers: set[str] = field(default_factory=set)
    """Types that are optional."""
    _count: int = 0

    def name(self, what: str) -> str:
        """Return a new name."""
        self._count += 1
        return f"{self.prefix}{what}{self._count}"


@st.composite
def specifications(draw: st.DrawFn, prefix: str) -> str:
    """Return the text of a .x file."""
    draft = Draft(prefix)
    for _ in range(draw(st.integers(0, 2))):
        name = draft.name("LIMIT")
        draft.lines.append(f"const {name} = {draw(st.sampled_from(['1', '3', '0x10', '07', '12']))};")
        draft.constants.append(name)
    for _ in range(draw(st.integers(2, MAX_TYPES))):
        draw(st.sampled_from([_enum, _struct, _struct, _list, _union, _union, _typedef, _pointers]))(draw, draft)
    return "\n".join(draft.lines) + "\n"


def _enum(draw: st.DrawFn, draft: Draft) -> None:
    name = draft.name("enum")
    members = [draft.name("MEMBER") for _ in range(draw(st.integers(1, 4)))]
    numbers = draw(st.lists(st.integers(-5, 40), min_size=len(members), max_size=len(members), unique=True))
    inside = ", ".join(f"{member} = {number}" for member, number in zip(members, numbers, strict=True))
    draft.lines.append(f"enum {name} {{ {inside} }};")
    draft.types.append(name)
    draft.enums.append((name, members))


def _struct(draw: st.DrawFn, draft: Draft) -> None:
    fields = [_declaration(draw, draft, draft.name("field")) for _ in range(draw(st.integers(1, 4)))]
    name = draft.name("struct")
    draft.lines += [f"struct {name} {{", *(f"    {item};" for item in fields), "};"]
    draft.types.append(name)


def _list(draw: st.DrawFn, draft: Draft) -> None:
    name = draft.name("node")
    fields = [_declaration(draw, draft, draft.name("field")), f"{name} *{draft.name('next')}"]
    draft.lines += [f"struct {name} {{", *(f"    {item};" for item in fields), "};"]
    draft.types.append(name)


def _union(draw: st.DrawFn, draft: Draft) -> None:
    kinds = ["int", "unsigned int", "bool"] + [name for name, _ in draft.enums]
    kind = draw(st.sampled_from(kinds))
    labels = dict(draft.enums).get(kind, ["TRUE", "FALSE"] if kind == "bool" else ["0", "1", "7"])
    count = draw(st.integers(1, len(labels)))
    name, switch = draft.name("union"), draft.name("switch")
    lines = [f"union {name} switch ({kind} {switch}) {{"]
    for label in labels[:count]:
        lines.append(f"case {label}:")
        if label == labels[count - 1] or not draw(st.booleans()):
            lines.append(f"    {_arm(draw, draft)};")
    if count < len(labels) or (kind in ("int", "unsigned int") and draw(st.booleans())):
        lines += ["default:", f"    {_arm(draw, draft)};"]
    draft.lines += [*lines, "};"]
    draft.types.append(name)


def _arm(draw: st.DrawFn, draft: Draft) -> str:
    return "void" if draw(st.integers(0, 3)) == 0 else _declaration(draw, draft, draft.name("arm"))


def _typedef(draw: st.DrawFn, draft: Draft) -> None:
    name = draft.name("type")
    declaration = _declaration(draw, draft, name)
    draft.lines.append(f"typedef {declaration};")
    if "*" in declaration or (declaration.split()[0] in draft.pointers and not set(declaration) & set("[<")):
        draft.pointers.add(name)
    draft.types.append(name)


def _pointers(draw: st.DrawFn, draft: Draft) -> None:
    """A pointer, and pointers to it: T **, T ***."""
    kind = draw(st.sampled_from([*BASICS, *draft.types]))
    for _ in range(draw(st.integers(1, 3))):
        name = draft.name("pointer")
        draft.lines.append(f"typedef {kind} *{name};")
        draft.pointers.add(name)
        draft.types.append(name)
        kind = name


def _declaration(draw: st.DrawFn, draft: Draft, name: str) -> str:
    kind = draw(st.sampled_from([*BASICS, *draft.types, *draft.types]))
    # At most one of an optional type is how T ** is typed: c_roundtrip.py takes it for that.
    bounds = ["2", "5"] if kind in draft.pointers else ["1", "2", "5", *draft.constants]
    bound = draw(st.sampled_from(bounds))
    most = draw(st.sampled_from(["", bound]))
    shapes = [f"{kind} {name}"] * 3 + [f"{kind} {name}[{bound}]", f"{kind} {name}<{most}>", f"{kind} *{name}"]
    shapes += [f"opaque {name}[{bound}]", f"opaque {name}<{most}>", f"string {name}<{most}>"]
    return draw(st.sampled_from(shapes))
