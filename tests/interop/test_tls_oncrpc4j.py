"""RPC-with-TLS against oncrpc4j, another implementation of RFC 9289, both ways. Maven fetches it (oncrpc4j/pom.xml).

Skipped, on CI too, where Maven does not get it: it is no package of Debian.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import certificates
from tls_server import DEADLINE_S, LOOPS, served
from xdr_sample import ECHO, PROGRAM

from oncrpc.client import Client
from oncrpc.errors import TlsRefused
from oncrpc.tls import ClientTls, ServerTls

pytestmark = [pytest.mark.interop, pytest.mark.slow]

HERE = Path(__file__).resolve().parent / "oncrpc4j"
CLASSPATH = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath"
MAVEN_S = 120
PASSWORD = "changeit"


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """Return the command that runs TlsPeer."""
    missing = [name for name in ("mvn", "java", "javac", "keytool", "openssl") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("oncrpc4j")
    listed = folder / "classpath"
    maven = ["mvn", "-q", "-B", "-f", HERE / "pom.xml", CLASSPATH, f"-Dmdep.outputFile={listed}"]
    try:
        done = subprocess.run(maven, cwd=folder, capture_output=True, text=True, timeout=MAVEN_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"Maven did not get oncrpc4j within {MAVEN_S} s")
    if done.returncode != 0:
        said = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
        pytest.skip(f"Maven does not get oncrpc4j: {said}")
    classpath = listed.read_text().strip()
    subprocess.run(["javac", "-cp", classpath, "-d", folder, HERE / "TlsPeer.java"], check=True, timeout=MAVEN_S)
    return ["java", "-cp", f"{folder}:{classpath}", "TlsPeer"]


def keystore(folder: Path, mine: Path, theirs: Path) -> Path:
    """Return a PKCS12 file with a certificate and its key, and the authority that may vouch for the peer."""
    path = folder / f"{mine.stem}-{theirs.stem}.p12"
    make = ["openssl", "pkcs12", "-export", "-in", mine, "-out", path, "-passout", f"pass:{PASSWORD}", "-name", "us"]
    add = ["keytool", "-importcert", "-noprompt", "-alias", "theirs", "-file", theirs, "-keystore", path]
    for command in (make, [*add, "-storepass", PASSWORD, "-storetype", "PKCS12"]):
        subprocess.run(command, capture_output=True, check=True, timeout=MAVEN_S)
    return path


def java_call(java: list[str | Path], how: str, port: int, keys: Path, text: str) -> str:
    command = [*java, how, str(port), keys, text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("loop", list(LOOPS))
def test_its_client_calls_our_server(java: list[str | Path], tmp_path: Path, loop: str) -> None:
    made = certificates()
    seen: list[str] = []

    def identify(sock: Any, certificate: Any) -> str:
        seen.append(str(certificate))
        return str(certificate)

    keys = keystore(tmp_path, made.alice, made.ca)
    with served(ServerTls(made.server, ca_file=made.ca, clients="required", identify=identify), loop) as where:
        assert java_call(java, "client", where.port, keys, "hello from Java") == "hello from Java"
        assert where.sample.seen == ["hello from Java"]
        assert seen == ["CN:alice email:alice@example.org"]
        assert "AUTH" in java_call(java, "clear", where.port, keys, "in the clear").upper()
        assert where.sample.seen == ["hello from Java"]


def test_its_client_does_not_go_on_with_a_server_it_does_not_trust(java: list[str | Path], tmp_path: Path) -> None:
    made = certificates()
    keys = keystore(tmp_path, made.alice, made.strange_ca)
    with served(ServerTls(made.server)) as where:
        assert "Exception" in java_call(java, "client", where.port, keys, "hello")
        assert where.sample.seen == []


@contextlib.contextmanager
def java_server(java: list[str | Path], keys: Path) -> Iterator[int]:
    running = subprocess.Popen([*java, "server", keys], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        yield int(running.stdout.readline())
    finally:
        running.stdin.close()
        running.stdout.close()
        running.wait(DEADLINE_S)


def test_our_client_calls_its_server(java: list[str | Path], tmp_path: Path) -> None:
    made = certificates()
    with java_server(java, keystore(tmp_path, made.server, made.ca)) as port:
        with Client.tcp("localhost", port, PROGRAM, 2, tls=ClientTls(made.ca), call_timeout_s=DEADLINE_S) as client:
            assert client.call(ECHO, "hello from Python") == "hello from Python"
            assert client.call(ECHO, "x" * 500_000) == "x" * 500_000
        with pytest.raises(TlsRefused, match="does not hold"):
            Client.tcp("localhost", port, PROGRAM, 2, tls=ClientTls(made.strange_ca))
