"""The command line: what it writes, prints and exits with."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pyrpcgen import __version__, compile_text
from pyrpcgen.__main__ import main

TEXT = "program P { version V { void A(void) = 1; } = 1; } = 1;\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "a-b.x"
    path.write_text(TEXT)
    return path


def test_compile_writes_one_module_and_says_so(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = spec.parent / "out"
    out.mkdir()
    assert main([str(spec), "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"wrote {out / 'a_b.py'}\n"
    assert [path.name for path in out.iterdir()] == ["a_b.py"]
    assert (out / "a_b.py").read_text() == compile_text(TEXT, "a-b.x")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((out / "a_b.py").stat().st_mode) == 0o666 & ~umask


def test_quiet_says_nothing(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(spec), "-q", "-o", str(spec.parent)]) == 0
    assert capsys.readouterr() == ("", "")


def test_errors_go_to_stderr_and_leave_the_old_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.x").write_text("const A = ;\nconst B = ;\n")
    (tmp_path / "bad.py").write_text("old")
    assert main([str(tmp_path / "bad.x"), "-o", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(": expected")[0] for line in captured.err.splitlines()] == [
        f"{tmp_path}/bad.x:1:11", f"{tmp_path}/bad.x:2:11",
    ]  # fmt: skip
    assert (tmp_path / "bad.py").read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.x"], "cannot read nowhere.x: No such file or directory"),
        (["."], "the name of a specification ends in .x, and '.' does not"),
        (["a.x", "--style", "other"], "--style is typed or xdrlib, not 'other'"),
        (["dump", "nowhere.x"], "cannot read nowhere.x: No such file or directory"),
        (["diff", "nowhere.x", "nowhere.x"], "cannot read nowhere.x: No such file or directory"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"pyrpcgen: {message}\n"


def test_a_folder_that_is_not_there_is_said(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(spec), "-o", str(spec.parent / "no")]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_a_target_that_cannot_be_replaced_leaves_no_rubbish(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec.parent / "a_b.py").mkdir()
    assert main([str(spec), "-o", str(spec.parent)]) == 2
    assert "cannot write" in capsys.readouterr().err
    assert sorted(path.name for path in spec.parent.iterdir()) == ["a-b.x", "a_b.py"]


def test_dump_prints_the_version(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", str(spec), "P.V"]) == 0
    assert capsys.readouterr().out == "program P = 0x00000001\nversion V = 1\n\nprocedure 1 A(void) -> void\n"
    assert main(["dump", str(spec), "P.W"]) == 2


def test_diff_exits_1_for_changes_and_0_for_additions(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = spec.parent / "new.x"
    new.write_text(TEXT.replace("= 1; }", "= 1; int B(void) = 2; }", 1))
    assert main(["diff", str(spec), str(new)]) == 0
    assert main(["diff", str(new), str(spec), "--version", "1"]) == 1
    assert f"breaks: {spec}:1: P 1: procedure 2 B: is gone\n" in capsys.readouterr().out
    assert main(["diff", str(new), str(spec), "--version", "2"]) == 2


def test_it_runs_as_a_module_and_names_its_version() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "tools")}
    command = [sys.executable, "-m", "pyrpcgen"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (0, f"pyrpcgen {__version__}\n")
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0
    assert "pyrpcgen diff OLD.x NEW.x" in done.stdout
    assert subprocess.run(command, capture_output=True, env=environment).returncode == 2


def test_a_second_file_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.x", "b.x", "-o", str(tmp_path)]) == 2
    assert "one file is compiled at a time: a.x first, then b.x" in capsys.readouterr().err
