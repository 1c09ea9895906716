"""The wheel: everything is in it, and what it installs works in a fresh venv, in another folder."""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest
from daemon_process import ROOT, DaemonProcess
from needs import skip_without

from oncrpc import __version__
from oncrpc.client import Client
from virtproto import virt as v

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SOURCES: Final = ("LICENSE", "README.md", "pyproject.toml", "setup.cfg", "rpc", "xdr_spec", "server", "client", "tools")
NOT_SOURCES: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", "*.pyc")
BUILD_S: Final = 300
INSTALL_S: Final = 600


def clean_environment() -> dict[str, str]:
    """Return the environment without what would let our sources be found instead of what is installed."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def run(*command: str | Path, cwd: Path, timeout_s: float = 60) -> str:
    """Run a command, which must succeed; return what it printed on stdout."""
    done = subprocess.run(
        command, cwd=cwd, env=clean_environment(), capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def settings() -> configparser.ConfigParser:
    """setup.cfg."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources: building writes into them."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=NOT_SOURCES)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder)]
    if all(importlib.util.find_spec(name) for name in ("setuptools", "wheel")):
        build.append("--no-isolation")
    if importlib.util.find_spec("build") is None:
        build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder)]
    run(*build, str(copy), cwd=folder, timeout_s=BUILD_S)
    (made,) = folder.glob("*.whl")
    return made


def packages(settings: configparser.ConfigParser) -> dict[str, Path]:
    """Return every package that setup.cfg names, and its folder."""
    places = dict(line.split(" = ") for line in settings["options"]["package_dir"].split("\n") if line)
    found = {}
    for name in settings["options"]["packages"].split():
        top, _, rest = name.partition(".")
        found[name] = ROOT / places[top] / rest.replace(".", "/")
    return found


def test_setup_cfg_names_every_package_there_is(settings: configparser.ConfigParser) -> None:
    named = packages(settings)
    tops = [folder for name, folder in named.items() if "." not in name]
    there = {file.parent for top in tops for file in top.rglob("*.py") if "__pycache__" not in file.parts}
    assert there == set(named.values())
    assert [folder for folder in there if not (folder / "__init__.py").exists()] == []


def test_the_wheel_holds_every_module_type_marker_and_the_specification(
    wheel: Path, settings: configparser.ConfigParser
) -> None:
    named = packages(settings)
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        for name, folder in named.items():
            place = name.replace(".", "/")
            assert {f"{place}/{file.name}" for file in folder.glob("*.py")} <= held, name
            assert "." in name or f"{name}/py.typed" in held
        (specification,) = [name for name in held if name.endswith("virt.x")]
        assert archive.read(specification) == (ROOT / "xdr_spec" / "virt.x").read_bytes()
    tops = {name.partition("/")[0] for name in held}
    ours = {name for name in named if "." not in name}
    others = {name for name in tops - ours if not name.startswith(f"virtrpc-{__version__}.d")}
    assert others == set(), "nothing else may land in site-packages"


@pytest.fixture(scope="module")
def venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh venv with the wheel and what it depends on, from the package index."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", str(folder), cwd=folder, timeout_s=BUILD_S)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    needed = settings_of_wheel(wheel)
    reachable = subprocess.run(
        [*pip, "download", "--no-deps", "-d", str(folder / "probe"), needed],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
        check=False,
    )
    skip_without(f"needs a package index: {reachable.stderr[-300:]}" if reachable.returncode else None)
    run(*pip, "install", str(wheel), cwd=folder, timeout_s=INSTALL_S)
    return folder / "bin"


def settings_of_wheel(wheel: Path) -> str:
    """Return the first thing the wheel depends on, as pip takes it."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(metadata).decode().splitlines()
    first = next(line for line in lines if line.startswith("Requires-Dist:"))
    return first.removeprefix("Requires-Dist:").partition(";")[0].strip()


def test_every_command_of_the_wheel_starts_in_a_fresh_venv(venv: Path, tmp_path: Path) -> None:
    run(venv / "python", "-m", "pip", "check", cwd=tmp_path)
    assert run(venv / "virtrpcd", "--version", cwd=tmp_path) == f"virtrpcd {__version__}\n"
    assert __version__ in run(venv / "pyrpcgen", "--version", cwd=tmp_path)
    for command in ("virtrpcd", "virtrpc", "pyrpcgen", "oncrpc"):
        assert "usage" in run(venv / command, "--help", cwd=tmp_path).lower(), command


def test_the_compiler_and_the_specification_of_the_wheel_make_the_module_of_the_wheel(
    venv: Path, tmp_path: Path
) -> None:
    code = "import importlib.resources as r; print(r.files('virtproto'))"
    package = Path(run(venv / "python", "-c", code, cwd=tmp_path).strip())
    assert package.is_relative_to(venv.parent)
    run(venv / "pyrpcgen", package / "virt.x", "-o", tmp_path, cwd=tmp_path)
    assert (tmp_path / "virt.py").read_bytes() == (package / "virt.py").read_bytes()


def test_daemon_and_clients_of_the_wheel_talk_in_another_folder(venv: Path, tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path / "state", program=venv / "virtrpcd")
    try:
        uri = f"onc+unix://{daemon.unix()}"
        assert "test" in run(venv / "virtrpc", "-c", uri, "list", "--all", cwd=tmp_path)
        assert "test" in json.dumps(json.loads(run(venv / "virtrpc", "-c", uri, "--json", "list", cwd=tmp_path)))
        code = f"import virtrpc\nwith virtrpc.connect({uri!r}) as host: print([d.name for d in host.domains()])"
        assert run(venv / "python", "-c", code, cwd=tmp_path) == "['test']\n"
        listed = run(venv / "oncrpc", "info", f"127.0.0.1:{daemon.portmap_port}", cwd=tmp_path)
        assert str(v.VIRT_PROGRAM) in listed
        with Client.unix(daemon.unix(), v.VIRT_PROGRAM, 2) as client:
            assert v.VIRT_V2_Client(client).virt_connect_num_of_domains().ok.num == 1
        assert daemon.stop() == 0
    finally:
        daemon.kill()
