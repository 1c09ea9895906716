"""Logging in with a name and a password, by virsh's own SASL library; and TLS, by virsh's GnuTLS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificates
from daemon_process import ROOT, SOURCES, DaemonProcess, running_daemon
from interop.programs import need
from needs import skip_without

pytestmark = pytest.mark.interop

NOBODY = "65534"


def users_line(name: str, password: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "virtrpcd", "--sasl-user", name],
        input=password + "\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCES},
        cwd=ROOT,
        check=True,
    )
    return made.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DaemonProcess, Path]]:
    need("virsh", "setpriv")
    skip_without(None if os.geteuid() == 0 else "needs root, to be somebody else")
    folder = tmp_path_factory.mktemp("login")
    for parent in (folder, *list(folder.parents)[:2]):
        parent.chmod(0o755)
    lines = users_line("fred:write", "secret") + users_line("eve:read", "öl")
    (folder / "users").write_text("# who may log in\n" + lines)
    config = folder / "virtrpcd.toml"
    config.write_text(f'[sasl]\nusers = "{folder}/users"\n')
    with running_daemon(folder / "s", "--config", str(config)) as daemon:
        yield daemon, folder


def virsh(place: tuple[DaemonProcess, Path], name: str, password: str, *command: str, read_only: bool = False) -> str:
    """What virsh says as nobody with these credentials: its output and its errors."""
    daemon, folder = place
    auth = folder / "auth.conf"
    auth.write_text(
        f"[credentials-x]\nauthname={name}\nusername={name}\npassword={password}\n\n"
        "[auth-libvirt-localhost]\ncredentials=x\n"
    )
    socket = daemon.ready["libvirt"][1 if read_only else 0].removeprefix("unix:").removesuffix("?ro")
    done = subprocess.run(
        [
            "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups",
            "virsh", "-c", f"test+unix:///default?socket={socket}", *command,
        ],
        env={**os.environ, "LIBVIRT_AUTH_FILE": str(auth), "HOME": str(folder), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_who_logs_in_has_the_right_of_that_user(place: tuple[DaemonProcess, Path]) -> None:
    assert "Domain 'test' suspended" in virsh(place, "fred", "secret", "suspend", "test")
    assert "access denied" in virsh(place, "eve", "öl", "suspend", "test")
    assert "running" in virsh(place, "eve", "öl", "domstate", "test")


@pytest.mark.parametrize(("name", "password"), [("fred", "wrong"), ("nobody", "secret"), ("eve", "secret")])
def test_a_wrong_name_or_password_gets_nothing(place: tuple[DaemonProcess, Path], name: str, password: str) -> None:
    assert "authentication failed" in virsh(place, name, password, "list")


def test_the_read_only_socket_asks_nobody(place: tuple[DaemonProcess, Path]) -> None:
    assert "running" in virsh(place, "nobody", "wrong", "domstate", "test", read_only=True)


def test_over_tls_the_certificates_name_gives_the_right(tmp_path: Path) -> None:
    need("virsh")
    made = certificates()
    pki = tmp_path / "pki"
    pki.mkdir()
    both = made.alice.read_text()
    end_of_key = both.index("-----BEGIN CERTIFICATE")
    (pki / "cacert.pem").write_bytes(made.ca.read_bytes())
    (pki / "clientkey.pem").write_text(both[:end_of_key])
    (pki / "clientcert.pem").write_text(both[end_of_key:])
    config = tmp_path / "virtrpcd.toml"
    config.write_text(f'[tls]\ncertificate = "{made.server}"\nca = "{made.ca}"\nwrite = ["CN:alice"]\n')
    with running_daemon(tmp_path / "s", "--config", str(config), "--libvirt", "tls:127.0.0.1:0") as daemon:
        port = daemon.ready["libvirt"][0].rpartition(":")[2]
        uri = f"test+tls://127.0.0.1:{port}/default?pkipath={pki}"
        done = subprocess.run(
            ["virsh", "-c", uri, "suspend test; list"], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "suspended" in done.stdout
