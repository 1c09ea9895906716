"""A namespace of its own for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from namespaces import Namespace, missing
from needs import skip_without


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    """Root's own network and /run, empty; skips (on CI: fails) where that cannot be had."""
    skip_without(missing())
    made = Namespace()
    try:
        yield made
    finally:
        made.close()
