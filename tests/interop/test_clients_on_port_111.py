"""The C and the Java client as most people call them, `virtc HOST list`: the portmapper on port 111 knows the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import ROOT, DaemonProcess
from interop.programs import JRPCGEN, ONCRPC_JAR, TIRPC, build_copy, need
from namespaces import Namespace

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module", params=["C", "Java"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a client, built."""
    folder = tmp_path_factory.mktemp("client")
    if request.param == "C":
        need("rpcgen", "gcc", "make", TIRPC)
        return str(build_copy(ROOT / "client" / "c", folder) / "virtc")
    need("java", "javac", "make", JRPCGEN, ONCRPC_JAR)
    return str(build_copy(ROOT / "client" / "java", folder) / "virtj")


@pytest.fixture(params=["rpcbind", "our own"])
def daemon(request: pytest.FixtureRequest, namespace: Namespace, tmp_path: Path) -> Iterator[DaemonProcess]:
    """A daemon in the namespace, with real rpcbind there or its own portmapper in its place."""
    if request.param == "rpcbind":
        namespace.start_rpcbind()
    running = DaemonProcess(tmp_path, "--portmap", "auto", command=namespace.entry)
    yield running
    running.kill()


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_host_name_is_all_it_takes(program: str, namespace: Namespace, daemon: DaemonProcess, protocol: str) -> None:
    for version, settled in (("3", 2), ("1", 1)):
        done = namespace.run(program, "-p", protocol, "--version", version, "127.0.0.1", "version")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"interface   version {settled}\n")
    done = namespace.run(program, "-p", protocol, "127.0.0.1", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "test" in done.stdout
    daemon.stop()
    done = namespace.run(program, "-p", protocol, "127.0.0.1", "list")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
