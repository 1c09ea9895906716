"""Who may import whom, and that setup.cfg names every package (an editable install would hide one that is missing)."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = {"oncrpc", "virnet", "virtproto", "virtrpcd", "virtrpc", "pyrpcgen"}
FOLDERS = {
    "oncrpc": "rpc/oncrpc",
    "virnet": "rpc/virnet",
    "virtproto": "xdr_spec/virtproto",
    "virtrpcd": "server/virtrpcd",
    "virtrpc": "client/virtrpc",
    "pyrpcgen": "tools/pyrpcgen",
}

# package -> what of ours it may import
MAY_IMPORT: dict[str, set[str]] = {
    "oncrpc": set(),
    "virnet": {"oncrpc"},
    "virtproto": {"oncrpc"},
    "virtrpcd": {"oncrpc", "virnet", "virtproto"},
    "virtrpc": {"oncrpc", "virnet", "virtproto"},
    "pyrpcgen": set(),
}
# package -> what it may import that is neither ours nor the standard library's
OUTSIDE: dict[str, set[str]] = {
    "oncrpc": set(),
    "virnet": set(),
    "virtproto": set(),
    "virtrpcd": {"lxml", "qemu", "scramp", "uvloop"},
    "virtrpc": {"click", "rich"},
    "pyrpcgen": set(),
}
# a single module that may import one package more, and why
EXCEPTIONS = {("oncrpc.specification", "pyrpcgen")}  # compiles a .x at run time; imported when it is used
VIRTPROTO_SEES = {"oncrpc", "oncrpc.xdr", "oncrpc.procedure", "oncrpc.errors"}
# The floors of oncrpc, bottom first: a module may import its own floor and those below.
ONCRPC_FLOORS = [
    {"errors", "__init__"},
    {"emitters"},
    {"codegen", "certificate", "listening", "peers", "sockdiag", "activation", "duplicates", "threads"},
    {"plain"},
    {"items"},
    {"composite"},
    {"unions"},
    {"values"},
    {"xdr"},
    {"record", "procedure"},
    {"message"},
    {"auth"},
    {"client_session", "server_session", "dispatch", "interceptors", "answering", "reconnect"},
    {"pipeline", "broadcast", "oneway"},
    {"tls"},
    {"tls_aio"},
    {"transport"},
    {"line"},
    {"client"},
    {"aclient"},
    {"backchannel"},
    {"server_tls"},
    {"connection", "server", "datagram_server"},
    {"portmap"},
    {"service", "sample", "specification", "capture", "rpc"},
    {"commands"},
    {"__main__"},
]
# What drivers may see of the daemon: model terms, never wire types, services or doors.
DRIVERS_SEE_NOT = {"virtproto", "oncrpc", "virtrpcd.convert", "virtrpcd.service", "virtrpcd.door", "virtrpcd.daemon"}
SERVICE_SEES_NOT = {"virtrpcd.drivers.test", "virtrpcd.drivers.qemu", "virtrpcd.door", "virtrpcd.daemon"}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    folder = ROOT / FOLDERS[package]
    for path in sorted(folder.rglob("*.py")):
        parts = [package, *path.relative_to(folder).with_suffix("").parts]
        yield ".".join(parts), path


def imports(path: Path) -> Iterator[str]:
    """Names of the modules imported anywhere in a file, but for those under TYPE_CHECKING."""
    tree = ast.parse(path.read_text())
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped.update(child for inner in node.body for child in ast.walk(inner))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(name: str, prefixes: set[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def test_packages_import_only_what_is_below_them() -> None:
    import sys

    wrong = []
    for package in OURS:
        allowed = MAY_IMPORT[package] | OUTSIDE[package] | {package} | sys.stdlib_module_names
        for name, path in modules(package):
            here = allowed | {seen for module, seen in EXCEPTIONS if module == name}
            wrong += [f"{name} imports {seen}" for seen in imports(path) if seen.partition(".")[0] not in here]
    assert wrong == []


def test_generated_modules_see_only_three_modules_of_oncrpc() -> None:
    wrong = []
    for name, path in modules("virtproto"):
        for seen in imports(path):
            if seen.startswith("oncrpc") and not inside(seen, VIRTPROTO_SEES - {"oncrpc"}) and seen != "oncrpc":
                wrong.append(f"{name} imports {seen}")
    assert wrong == []


def floor_of(module: str) -> int:
    part = module.split(".")[1] if "." in module else "__init__"
    for number, floor in enumerate(ONCRPC_FLOORS):
        if part in floor:
            return number
    raise AssertionError(f"{module} stands on no floor: add it to ONCRPC_FLOORS")


def test_oncrpc_imports_downwards_only() -> None:
    known = {name for name, _ in modules("oncrpc")}
    wrong = []
    for name, path in modules("oncrpc"):
        for seen in imports(path):
            ours = seen in known or f"{seen}.__init__" in known
            if ours and seen != "oncrpc" and floor_of(seen) > floor_of(name):
                wrong.append(f"{name} imports {seen}")
    assert wrong == []


def test_drivers_never_see_wire_types() -> None:
    wrong = []
    for name, path in modules("virtrpcd"):
        if name.startswith("virtrpcd.drivers.") and not name.endswith("registry"):
            wrong += [f"{name} imports {seen}" for seen in imports(path) if inside(seen, DRIVERS_SEE_NOT)]
    assert wrong == []


def test_handlers_see_no_particular_driver() -> None:
    wrong = []
    for name, path in modules("virtrpcd"):
        if name.startswith("virtrpcd.service"):
            wrong += [f"{name} imports {seen}" for seen in imports(path) if inside(seen, SERVICE_SEES_NOT)]
    assert wrong == []


def test_setup_cfg_names_every_package() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    named = set(config["options"]["packages"].split())
    found = set()
    for package, folder in FOLDERS.items():
        base = ROOT / folder
        for init in base.rglob("__init__.py"):
            found.add(".".join([package, *init.parent.relative_to(base).parts]))
    assert named == found


def test_every_package_says_it_is_typed() -> None:
    assert [package for package, folder in FOLDERS.items() if not (ROOT / folder / "py.typed").exists()] == []
