"""`import oncrpc` gives the public names, and loads no more than is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import oncrpc


def test_every_public_name_is_there_and_comes_from_where_the_type_checker_is_told() -> None:
    for name in oncrpc.__all__:
        assert getattr(oncrpc, name).__name__ == name
        assert name in dir(oncrpc)


def test_a_blocking_client_loads_no_asyncio() -> None:
    loaded = "print('asyncio' in sys.modules)"
    code = f"import sys, oncrpc; oncrpc.Client; {loaded}; oncrpc.Listener; {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        _ = oncrpc.nothing_of_this_name
