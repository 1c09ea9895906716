"""`oncrpc decode`: calls in a capture, in the names of the .x files given, for people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rpc.captures import CLIENT, SERVER, frame, pcap, udp

from oncrpc.__main__ import main
from oncrpc.auth.sys import AuthSysParms, credential
from oncrpc.errors import ProcedureUnavailable
from oncrpc.message import pack_call, pack_refusal, pack_success
from oncrpc.specification import load

MOUNT_X = str(Path(__file__).resolve().parents[2] / "rpc" / "examples" / "mount.x")
m: Any = load(MOUNT_X).module
CLAIM = credential(AuthSysParms(1, "client.example.org", 1000, 100, [4, 24]))


@pytest.fixture
def capture(tmp_path: Path) -> str:
    """A mount with its answer, a call of an unknown program, one that is refused, one that does not decode."""
    path = m.xdr_dirpath.encode("/srv")
    answer = m.mountres3(m.MNT3_OK, m.mountres3_ok(b"\x01\x02", [1])).to_xdr()
    messages = [
        (CLIENT, SERVER, pack_call(1, 100005, 3, 1, path, CLAIM)),
        (SERVER, CLIENT, pack_success(1, answer)),
        (CLIENT, SERVER, pack_call(2, 400000, 9, 8, b"")),
        (SERVER, CLIENT, pack_success(2, b"")),
        (CLIENT, SERVER, pack_call(3, 100005, 3, 5, b"")),
        (SERVER, CLIENT, pack_refusal(3, ProcedureUnavailable())),
        (CLIENT, SERVER, pack_call(4, 100005, 3, 1, b"\xff\xff\xff\xff")),
    ]
    file = tmp_path / "mount.pcap"
    file.write_bytes(pcap([frame(1, udp(src, dst, data)) for src, dst, data in messages]))
    return str(file)


def test_json_has_names_values_and_times(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "--json", MOUNT_X, capture]) == 0
    mounted, unknown, refused, wrong = map(json.loads, capsys.readouterr().out.splitlines())
    assert mounted.pop("result")["mountinfo"] == {"fhandle": "AQI=", "auth_flavors": [1]}
    assert mounted == {
        "time": "1970-01-01T00:00:00.000000Z", "src": "192.0.2.1:700", "dst": "192.0.2.2:2049", "transport": "udp",
        "xid": 1, "program": "MOUNT_PROGRAM", "program_number": 100005, "version": "MOUNT_V3", "version_number": 3,
        "procedure": "MOUNTPROC3_MNT", "procedure_number": 1,
        "cred": {"flavor": "AUTH_SYS", "machine": "client.example.org", "uid": 1000, "gid": 100, "gids": [4, 24]},
        "args": "/srv", "answered": True, "latency_us": 1000001.0,
    }  # fmt: skip
    assert (unknown["program"], unknown["program_number"], "args" in unknown) == (None, 400000, False)
    assert refused["refusal"] == "the program does not have this procedure"
    assert "args_error" in wrong
    assert not wrong["answered"]


def test_text_is_for_people(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", MOUNT_X, capture]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "1970-01-01T00:00:00.000000Z 192.0.2.1:700 > 192.0.2.2:2049 udp xid 0x00000001 "
        "MOUNT_PROGRAM.MOUNT_V3.MOUNTPROC3_MNT, 1000.001 ms"
    )
    assert lines[1] == '  "/srv"'
    assert "400000.9.8, 1000.001 ms" in lines[3]
    assert "  refused: the program does not have this procedure" in lines
    assert lines[-1] == "  no answer"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("/not/there.x", "CAPTURE"), 2, "cannot read /not/there.x"),
        ((MOUNT_X, "/not/there.pcap"), 2, "cannot read /not/there.pcap"),
        ((MOUNT_X, MOUNT_X), 1, "neither pcap nor pcapng"),
    ],
)
def test_errors_are_one_line(
    words: tuple[str, ...], code: int, why: str, capture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", *(capture if word == "CAPTURE" else word for word in words)]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert why in err
