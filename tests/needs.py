"""Foreign programs that a test needs: skipped where they are missing, but not on CI, where all of them are to be."""

from __future__ import annotations

import os

import pytest


def skip_without(reason: str | None) -> None:
    """Skip the test for a reason, if there is one; on CI, fail it."""
    if reason is None:
        return
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
