"""What the tests of the compiler share."""

from __future__ import annotations

import pytest

from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.compiler import Checked, load_text


def errors(text: str | bytes) -> list[str]:
    """Return the errors of a specification called t.x, without its name."""
    with pytest.raises(CompileErrors) as caught:
        compile_text(text, "t.x")
    lines = str(caught.value).split("\n")
    assert all(line.startswith("t.x:") for line in lines)
    return [line.removeprefix("t.x:") for line in lines]


def good(text: str) -> Checked:
    """Return a specification that must be without errors."""
    return load_text(text, "t.x")
