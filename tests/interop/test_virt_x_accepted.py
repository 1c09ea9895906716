"""virt.x, unchanged, goes through other people's compilers, and what they make compiles: rpcgen, jrpcgen."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from interop.programs import need

pytestmark = pytest.mark.interop

VIRT_X = Path(__file__).resolve().parents[2] / "xdr_spec" / "virt.x"
TIRPC = Path("/usr/include/tirpc")
JRPCGEN = Path("/usr/share/java/jrpcgen.jar")
ONCRPC_JAR = Path("/usr/share/java/oncrpc.jar")
DEADLINE_S = 180


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command in `cwd`; it must succeed. Returns all that it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{output}"
    return output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds nothing but a copy of virt.x."""
    shutil.copyfile(VIRT_X, tmp_path / "virt.x")
    return tmp_path


def declared(pattern: str) -> set[str]:
    """Return the names that `pattern` (one group) finds in virt.x, comments left out."""
    return set(re.findall(pattern, re.sub(r"/\*.*?\*/", "", VIRT_X.read_text(), flags=re.DOTALL), flags=re.MULTILINE))


def test_virt_x_uses_neither_the_preprocessor_nor_lines_that_pass_through() -> None:
    assert [line for line in VIRT_X.read_text().splitlines() if line[:1] in ("%", "#")] == []


def test_rpcgen_accepts_virt_x_and_gcc_compiles_what_it_makes(folder: Path) -> None:
    need("rpcgen", "gcc", TIRPC)
    outputs = {"-h": "virt.h", "-c": "virt_xdr.c", "-l": "virt_clnt.c", "-m": "virt_svc.c"}
    for option, name in outputs.items():
        assert run("rpcgen", "-N", "-C", option, "-o", name, "virt.x", cwd=folder) == ""
    for name in ("virt_xdr", "virt_clnt", "virt_svc"):
        # rpcgen declares `buf` in each routine, whether it needs it or not.
        flags = ("-Wall", "-Werror", "-Wno-unused-variable", f"-I{TIRPC}")
        assert run("gcc", *flags, "-c", f"{name}.c", "-o", f"{name}.o", cwd=folder) == ""
    words = set(re.findall(r"\w+", (folder / "virt_clnt.c").read_text()))
    procedures = declared(r"\b(VIRT_\w+)\(\w+\) = \d+;")
    assert len(procedures) > 59
    assert {f"{name.lower()}_2" for name in procedures} <= words
    assert len({word for word in words if re.fullmatch(r"virt_\w+_1", word)}) == 59


def test_jrpcgen_accepts_virt_x_and_javac_compiles_what_it_makes(folder: Path) -> None:
    need("java", "javac", JRPCGEN, ONCRPC_JAR)
    run("java", "-jar", JRPCGEN, "-nobackup", "-p", "org.example.virt", "virt.x", cwd=folder)
    sources = sorted(path.name for path in folder.glob("*.java"))
    assert {f"{name}.java" for name in declared(r"^(?:struct|union|enum) (virt_\w+)")} <= set(sources)
    run("javac", "-nowarn", "-cp", ONCRPC_JAR, "-d", "out", *sources, cwd=folder)
    made = {path.name for path in (folder / "out").rglob("*.class")}
    assert {name.replace(".java", ".class") for name in sources} <= made
