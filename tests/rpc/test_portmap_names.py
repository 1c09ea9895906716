"""The names of programs, from an /etc/rpc and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncrpc.portmap import names


def test_the_lines_of_rpc_5_are_read() -> None:
    lines = ["# rpc", "", "portmapper\t100000\tportmap sunrpc rpcbind", "mine 536870915 # ours", "short", "x -1", "y z"]
    of_number, of_name = names.read_names(lines)
    assert of_number == {100000: "portmapper", 536870915: "mine"}
    assert of_name["rpcbind"] == of_name["portmapper"] == 100000
    assert set(of_name) == {"portmapper", "portmap", "sunrpc", "rpcbind", "mine"}


@pytest.mark.parametrize("text", [None, "nfs 1234567 nfsprog\n"])
def test_the_file_comes_before_the_table_which_is_there_without_it(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rpc"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(names, "RPC_FILE", path)
    names._tables.cache_clear()
    try:
        assert names.program_number("nfs") == (100003 if text is None else 1234567)
        assert names.program_name(100005) == "mountd"
        assert names.program_name(4) is None
        assert names.program_number("nobody") is None
    finally:
        names._tables.cache_clear()
