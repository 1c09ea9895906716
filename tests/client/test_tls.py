"""Which certificates a client takes, and the whole road: virtrpc -c onc+tls:// to a daemon on a tls: endpoint."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificates
from daemon_process import SOURCES, DaemonProcess, running_daemon

import virtrpc
import virtrpc.aio
from virtrpc.errors import AccessDenied, NotReached, RpcRefused, UriError
from virtrpc.tls import Files, client_tls, find_files
from virtrpc.uri import Address, parse_uri


def files(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("PEM")


def test_the_uri_comes_first_then_the_environment_then_the_own_folder(tmp_path: Path) -> None:
    own = tmp_path / "virtrpc" / "tls"
    environment = {"HOME": str(tmp_path / "nobody"), "XDG_CONFIG_HOME": str(tmp_path)}
    plain = Address("tls", host="h")
    assert find_files(plain, environment) == Files(None, None, None)
    files(own, "ca.pem", "cert.pem", "key.pem")
    assert find_files(plain, environment) == Files(f"{own}/ca.pem", f"{own}/cert.pem", f"{own}/key.pem")
    environment |= {"VIRTRPC_TLS_CA": "/e/ca", "VIRTRPC_TLS_CERT": "/e/cert", "VIRTRPC_TLS_KEY": "/e/key"}
    assert find_files(plain, environment) == Files("/e/ca", "/e/cert", "/e/key")
    # A certificate of the URI never goes with the key of somewhere else.
    assert find_files(Address("tls", host="h", cert="/u/both"), environment) == Files("/e/ca", "/u/both", None)
    named = Address("tls", host="h", ca="/u/ca", cert="/u/cert", key="/u/key")
    assert find_files(named, environment) == Files("/u/ca", "/u/cert", "/u/key")


def test_a_certificate_without_its_key_in_a_folder_is_not_taken(tmp_path: Path) -> None:
    files(tmp_path / "virtrpc" / "tls", "ca.pem", "cert.pem")
    found = find_files(Address("tls", host="h"), {"XDG_CONFIG_HOME": str(tmp_path)})
    assert found == Files(f"{tmp_path}/virtrpc/tls/ca.pem", None, None)


def test_a_key_alone_makes_no_sense() -> None:
    with pytest.raises(UriError, match="a key without cert="):
        find_files(Address("tls", host="h", key="/k"), {})


def test_without_tls_no_file_is_looked_at() -> None:
    assert client_tls(Address("tcp", host="h")) is None


def test_a_file_of_no_use_is_an_error_of_the_uri(tmp_path: Path) -> None:
    with pytest.raises(UriError, match=r"none\.pem: No such file or directory"):
        virtrpc.connect(f"onc+tls://localhost:1/?ca={tmp_path}/none.pem")


# -- against the daemon ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    made, folder = certificates(), tmp_path_factory.mktemp("tls")
    config = folder / "virtrpcd.toml"
    config.write_text(
        f"""
        [tls]
        certificate = "{made.server}"
        ca = "{made.ca}"
        write = ["email:alice@example.org"]
        read = ["CN:bob"]
        """
    )
    endpoints = ("--onc", "tls:127.0.0.1:0", "--onc", "tcp:127.0.0.1:0")
    with running_daemon(folder / "state", "--config", str(config), *endpoints) as running:
        yield running


def uri(
    daemon: DaemonProcess, cert: Path | None = None, *, kind: str = "tls", port: bool = True, name: str = ""
) -> str:
    where = f":{daemon.port(kind)}" if port else ""
    text = f"onc+tls://localhost{where}/?ca={certificates().ca}"
    if cert is not None:
        text += f"&cert={cert}"
    if name:
        text += f"&name={name}"
    return text if port else f"{text}&portmap={daemon.portmap_port}"


def test_who_has_the_right_by_certificate_may_change_machines(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon, certificates().alice)) as host:
        machine = host.domain("test")
        machine.suspend()
        machine.resume()


def test_who_may_read_may_not_change(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon, certificates().bob)) as host:
        assert [domain.name for domain in host.domains()] == ["test"]
        with pytest.raises(AccessDenied):
            host.domain("test").suspend()


def test_who_shows_no_certificate_has_the_right_of_strangers_on_loopback_too(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon)) as host, pytest.raises(AccessDenied):
        host.domains()


def test_a_certificate_by_another_authority_does_not_get_in(daemon: DaemonProcess) -> None:
    with pytest.raises(NotReached, match="wants a certificate, or another one"):
        virtrpc.connect(uri(daemon, certificates().strange_alice))


def test_a_daemon_with_another_name_is_not_called(daemon: DaemonProcess) -> None:
    with pytest.raises(NotReached, match=r"not valid for 'other\.example'"):
        virtrpc.connect(uri(daemon, name="other.example"))


def test_plain_tcp_is_refused_on_a_tls_endpoint(daemon: DaemonProcess) -> None:
    with pytest.raises((RpcRefused, NotReached), match="through TLS only"):
        virtrpc.connect(f"onc+tcp://localhost:{daemon.port('tls')}/").domains()


def test_a_tcp_endpoint_offers_tls_and_the_portmapper_leads_to_it(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon, certificates().alice, kind="tcp")) as host:
        assert host.domain("test").info()
    with virtrpc.connect(uri(daemon, certificates().alice, port=False)) as host:
        assert host.domain("test").info()


def test_the_same_awaited(daemon: DaemonProcess) -> None:
    async def main() -> list[str]:
        async with await virtrpc.aio.connect(uri(daemon, certificates().bob)) as host:
            return [domain.name for domain in await host.domains()]

    assert asyncio.run(main()) == ["test"]


def test_a_watch_sees_what_another_does(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon, certificates().bob)) as reader:
        watch = reader.watch()
        with virtrpc.connect(uri(daemon, certificates().alice)) as writer:
            writer.domain("test").suspend()
            writer.domain("test").resume()
        event = next(watch)
        assert isinstance(event, virtrpc.Event)
        assert event.what == "suspended"


def cli(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "virtrpc.cli", *arguments],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": SOURCES, "HOME": "/nowhere", "VIRTRPC_TLS_CA": str(certificates().ca)},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_goes_the_whole_road(daemon: DaemonProcess, tmp_path: Path) -> None:
    where = f"onc+tls://localhost:{daemon.port('tls')}/"
    code, out, err = cli("-c", f"{where}?cert={certificates().alice}", "list")
    assert (code, err) == (0, "")
    assert "test" in out
    assert cli("-c", where, "list")[0] == 1
    code, _, err = cli("-c", f"{where}?ca={certificates().strange_ca}", "list")
    assert (code, err.count("\n")) == (3, 1)
    assert "does not hold" in err
    absent = tmp_path / "ca.pem"
    assert cli("-c", f"{where}?ca={absent}", "list") == (2, "", f"virtrpc: {absent}: No such file or directory\n")
    code, _, err = cli("-c", where.replace("onc+tls", "onc+tcp"), "list")
    assert (code, err) == (1, "virtrpc: calls go through TLS only there: use onc+tls://\n")


def test_an_address_with_files_reads_back() -> None:
    address = Address("tls", host="h", ca="/a b/c&d.pem", name="x.example")
    assert parse_uri(str(address)) == address
