"""Values of typed modules as values of the modules that `--style xdrlib` writes, from the descriptor."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from oncrpc.composite import Array, Optional, Ref, Struct
from oncrpc.items import Counted, Enumeration, Scalar
from oncrpc.unions import UnionType
from pyrpcgen.compiler import Checked
from pyrpcgen.emit.xdrlib import emit_xdrlib
from pyrpcgen.emit.xdrlib_names import field


class Modules(NamedTuple):
    """What `--style xdrlib` writes."""

    const: ModuleType
    types: ModuleType
    pack: ModuleType


def write_and_load(checked: Checked, name: str, folder: Path) -> Modules:
    """Write the three modules into an empty package in `folder` and import them. `name` is to be used only once."""
    package = folder / f"package_{name}"
    package.mkdir()
    for file, text in emit_xdrlib(checked, name).items():
        (package / file).write_text(text)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        parts = (f"{package.name}.{name}_{part}" for part in ("const", "type", "pack"))
        return Modules(*map(importlib.import_module, parts))
    finally:
        sys.path.remove(str(folder))


def struct_fields(kind: Any) -> list[tuple[str, str]]:
    """Return (the typed name, the xdrlib name) of a struct's fields."""
    return [(name, name if name != "self_" else field("self")) for name, _ in kind.fields]


def converted(kind: Any, value: Any, types: ModuleType, names: Mapping[str, str]) -> Any:
    """Return `value`, of the typed module's type `kind`, as the xdrlib style has it. names: class -> its name there."""
    if isinstance(kind, Ref):
        kind = kind.target()
    if isinstance(kind, Struct):
        made = getattr(types, names.get(kind.cls.__name__, kind.cls.__name__))()
        for (own, other), (_, item) in zip(struct_fields(kind), kind.fields, strict=True):
            setattr(made, other, converted(item, getattr(value, own), types, names))
        return made
    if isinstance(kind, UnionType):
        made = getattr(types, names.get(kind.cls.__name__, kind.cls.__name__))()
        setattr(made, made._fields[0], int(value.discriminant))
        arm, item = kind.arm(value.discriminant)
        if arm:
            arm = arm if arm in made._fields else arm.removesuffix("_")  # a name that only the typed class needs itself
            setattr(made, arm, converted(item, value.value, types, names))
        return made
    if isinstance(kind, Optional):
        return [] if value is None else [converted(kind.element, value, types, names)]
    if isinstance(kind, Array):
        return [converted(kind.element, item, types, names) for item in value]
    if isinstance(kind, Counted) and kind.text:
        return value.encode("utf-8", "surrogateescape")
    if isinstance(kind, Enumeration):
        return int(value)
    assert isinstance(kind, Scalar) or not hasattr(kind, "fields"), kind
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two values of the xdrlib style are equal: its classes have no ==."""
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if hasattr(left, "_fields"):
        return type(left) is type(right) and all(same(vars(left)[name], vars(right)[name]) for name in left._fields)
    return bool(left == right)
