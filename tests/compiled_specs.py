"""A specification compiled and imported under a name of its own, all its types, and values of them there and back."""

from __future__ import annotations

import importlib
import itertools
import random
import sys
from pathlib import Path
from typing import Any, Final

from wire_samples import Samples

from oncrpc.procedure import Program
from oncrpc.xdr import Type
from pyrpcgen import compile_file
from pyrpcgen.options import Options

TEXTS: Final = ("", "x", "/export/home", "grün")
_NUMBERS = itertools.count(1)


def compiled(file: Path, folder: Path, how: Options) -> Any:
    """Compile a file into `folder` and import it from there."""
    own = f"spec_{next(_NUMBERS)}"
    (folder / f"{own}.py").write_text(compile_file(file, how), encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(own)
    finally:
        sys.path.remove(str(folder))


def tables(module: Any) -> dict[str, Program]:
    """Return each version's table by the version's name, in the order of the file."""
    return {name.removesuffix("_TABLE"): item for name, item in vars(module).items() if isinstance(item, Program)}


def kinds(module: Any) -> list[Type[Any]]:
    """Return every type of a module, and what its procedures take and give."""
    found = [item for name, item in vars(module).items() if name.startswith("xdr_")]
    procedures = [procedure for table in tables(module).values() for procedure in table.procedures]
    return found + [procedure.args for procedure in procedures] + [procedure.result for procedure in procedures]


def go_there_and_back(found: list[Type[Any]], seed: str, rounds: int) -> None:
    """Encode, decode and encode again: the same bytes, for so many values of every type."""
    samples = Samples(random.Random(seed), special={}, texts=TEXTS)
    for kind in found:
        for _ in range(rounds):
            value = samples.of(kind)
            wire = kind.encode(value)
            assert len(wire) % 4 == 0, kind
            back = kind.unpack(wire)
            assert kind.encode(back) == wire, (kind, value, back)
