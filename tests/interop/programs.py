"""Other people's programs: whether they are there, and running them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from needs import skip_without

ROOT = Path(__file__).resolve().parents[2]
VIRT_X = ROOT / "xdr_spec" / "virt.x"
TIRPC = Path("/usr/include/tirpc")
JRPCGEN = Path("/usr/share/java/jrpcgen.jar")
ONCRPC_JAR = Path("/usr/share/java/oncrpc.jar")
DEADLINE_S = 180


def need(*things: str | Path) -> None:
    """Skip the test (on CI: fail it) unless these programs (names) and files (paths) are there."""
    there = {thing: thing.exists() if isinstance(thing, Path) else shutil.which(thing) for thing in things}
    missing = [str(thing) for thing, found in there.items() if not found]
    skip_without(f"needs {', '.join(missing)}" if missing else None)


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command in `cwd`; it must succeed. Returns all that it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{output}"
    return output


def build_copy(folder: Path, into: Path, *arguments: str) -> Path:
    """Copy an example client's sources and virt.x, laid out as in the project; make it there, return its folder."""
    target = into / folder.relative_to(ROOT)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("build", "virtc", "virtc-v1"))
    (into / "xdr_spec").mkdir(exist_ok=True)
    shutil.copyfile(VIRT_X, into / "xdr_spec" / "virt.x")
    run("make", "-s", *arguments, cwd=target)
    return target
