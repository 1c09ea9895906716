"""`oncrpc call`: any program with only its .x file, arguments and answers as JSON."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from certificates import certificates
from tls_server import served
from xdr_sample import PROGRAM

from oncrpc.__main__ import main
from oncrpc.auth.sys import parse
from oncrpc.procedure import Call
from oncrpc.service import Server
from oncrpc.specification import load
from oncrpc.tls import ServerTls

ROOT = Path(__file__).resolve().parents[2]
MOUNT_X = str(ROOT / "rpc" / "examples" / "mount.x")
ADD_X = """
program ADD { version ADD_V1 { hyper ADD_TWO(int, hyper) = 1; unsigned int ADD_WHO(void) = 2; } = 1; } = 0x20000055;
"""

Outcome = tuple[int, str, str]



@pytest.fixture
def add_x(tmp_path: Path) -> str:
    path = tmp_path / "add.x"
    path.write_text(ADD_X)
    return str(path)


@pytest.fixture
def against(add_x: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command while a server is there: its words, with TCP, UDP and UNIX standing for where."""
    base: Any = load(add_x).module.ADD_V1_Server

    class Adder(base):  # type: ignore[misc]
        def add_two(self, one: int, other: int, call: Call) -> int:
            return one + other

        def add_who(self, call: Call) -> int:
            return parse(call.cred).uid if call.cred_flavor == 1 else 0xFFFFFFFF

    async def run(words: tuple[str, ...]) -> int:
        places = ["tcp:127.0.0.1:0", "udp:127.0.0.1:0", f"unix:{tmp_path}/s"]
        async with Server(Adder(), places, register="off") as server:
            tcp, udp = (place.rpartition(":")[2] for place in server.bound[:2])
            where = {"TCP": tcp, "UDP": udp, "UNIX": f"{tmp_path}/s"}
            return await asyncio.to_thread(main, ["call", *(where.get(word, word) for word in words)])

    def outcome(*words: str) -> Outcome:
        code = asyncio.run(run(words))
        return code, *capsys.readouterr()

    return outcome


@pytest.mark.parametrize(
    "way", [("--port", "TCP", "127.0.0.1"), ("--udp", "--port", "UDP", "127.0.0.1"), ("--unix", "UNIX")]
)
def test_the_answer_is_json_by_each_way(against: Callable[..., Outcome], add_x: str, way: tuple[str, ...]) -> None:
    assert against(*way, add_x, "ADD.ADD_V1.ADD_TWO", "[40, 2]") == (0, "42\n", "")


def test_arguments_from_a_file_and_from_stdin(
    against: Callable[..., Outcome], add_x: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "args.json").write_text("[-1, 9007199254740993]")
    words = ("--unix", "UNIX", add_x, "ADD_TWO")
    assert against(*words, f"@{tmp_path}/args.json") == (0, "9007199254740992\n", "")
    monkeypatch.setattr("sys.stdin", io.StringIO("[1, 1]"))
    assert against(*words, "-") == (0, "2\n", "")


def test_auth_sys_says_who_we_are(against: Callable[..., Outcome], add_x: str) -> None:
    assert against("--unix", "UNIX", add_x, "2") == (0, "4294967295\n", "")
    assert against("--unix", "UNIX", "--auth-sys", add_x, "2") == (0, f"{os.geteuid()}\n", "")


def test_a_refusal_exits_with_1(against: Callable[..., Outcome], tmp_path: Path) -> None:
    other = tmp_path / "other.x"
    other.write_text(ADD_X.replace("ADD_WHO(void) = 2", "ADD_WHO(void) = 7"))
    code, out, err = against("--unix", "UNIX", str(other), "ADD_WHO")
    assert (code, out, err) == (1, "", "oncrpc: the program does not have this procedure\n")


def test_nobody_there_exits_with_3(add_x: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
        assert main(["call", "127.0.0.1", add_x, "2", "--port", port]) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("h", "FILE", "ADD_TOW", "1"), "did you mean ADD_TWO"),
        (("h", "FILE", "ADD_TWO"), "ADD_TWO takes an argument: see --describe"),
        (("h", "FILE", "ADD_WHO", "1"), "ADD_WHO takes no argument"),
        (("h", "FILE", "ADD_TWO", "[1,"), "the argument is no JSON"),
        (("h", "FILE", "ADD_TWO", "@/not/there"), "cannot read @/not/there"),
        (("h", "FILE", "ADD_TWO", "[1,", "2]"), "one word too many"),
        (("FILE", "ADD_WHO"), "say either HOST"),
        (("h", "nothing", "ADD_WHO"), "no FILE.x among the first two words"),
        (("h", "/not/there.x", "ADD_WHO"), "cannot read /not/there.x"),
        (("h:99999", "FILE", "ADD_WHO"), "is not a port"),
        (("h", "FILE", "ADD_WHO", "--tls", "--udp"), "--tls is for tcp"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    words: tuple[str, ...], why: str, add_x: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["call", *(add_x if word == "FILE" else word for word in words)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("oncrpc: ")
    assert err.count("\n") == 1
    assert why in err


def test_without_a_procedure_it_lists_what_the_file_has(add_x: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", add_x]) == 0
    declared = "  hyper ADD_TWO(int, hyper) = 1;\n  unsigned int ADD_WHO(void) = 2;\n"
    assert capsys.readouterr() == (f"ADD (536870997) ADD_V1 (1)\n{declared}", "")


def test_describe_shows_declarations_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "--describe", MOUNT_X, "MOUNTPROC3_EXPORT"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("MOUNT_PROGRAM.MOUNT_V3.MOUNTPROC3_EXPORT\nexports MOUNTPROC3_EXPORT(void) = 5;\n")
    assert "takes nothing" in text
    example, _, declared = text.partition("gives, for example:\n")[2].partition("\n\n")
    assert json.loads(example) == [{"ex_dir": "", "ex_groups": [{"gr_name": ""}]}]
    assert "struct exportnode {" in declared


def test_by_tls_the_server_must_be_vouched_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = certificates()
    file = tmp_path / "sample.x"
    file.write_text(f"program P {{ version V {{ void NOTHING(void) = 0; }} = 2; }} = {PROGRAM};")
    with served(ServerTls(made.server)) as server:
        words = ["call", "127.0.0.1", str(file), "NOTHING", "--port", str(server.port)]
        assert main([*words, "--tls", "--ca", str(made.ca)]) == 0
        assert capsys.readouterr() == ("null\n", "")
        assert main([*words, "--tls", "--ca", str(made.strange_ca)]) == 3
        assert capsys.readouterr().err.count("\n") == 1


def test_what_a_file_takes_from_c_headers_is_given_as_to_pyrpcgen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "far.x"
    file.write_text(
        "const FAR_PROGRAM = 0x20000056; const FAR_VERSION = 1; struct far_open_args { handle h; opaque key[SIZE]; };\n"
        "enum far_procedure { FAR_PROC_OPEN = 1 };\n"
    )
    words = ["call", "--describe", str(file), "FAR_PROC_OPEN"]
    assert main(words) == 2
    assert "SIZE    constant  line 1" in capsys.readouterr().err
    more = ["-D", "SIZE=4", "--extern", "handle=unsigned hyper", "--program-from-enum", "far_procedure"]
    assert main([*words, *more]) == 0
    assert json.loads(capsys.readouterr().out.partition("example:\n")[2].partition("\n\n")[0]) == {
        "h": 0,
        "key": "AAAAAA==",
    }
