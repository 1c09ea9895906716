"""What a hostile reader of the libvirt door found: none of it works any more."""

from __future__ import annotations

import ssl
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificates
from daemon_process import DaemonProcess, running_daemon
from virnet_peer import REMOTE, Peer

from virnet.keepalive import PING
from virnet.packet import Kind, pack
from virtproto import libvirt as lv
from virtproto import virt as v
from virtrpcd.access import Right
from virtrpcd.sasl import Login, make_line


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("strangers")
    (folder / "users").write_text(make_line("fred", Right.WRITE, "secret"))
    config = folder / "virtrpcd.toml"
    config.write_text(f'[tls]\ncertificate = "{certificates().server}"\n[sasl]\nusers = "{folder}/users"\n')
    options = ("--config", str(config), "--libvirt", "tls:127.0.0.1:0", "--libvirt", f"unix:{folder}/lv.sock")
    with running_daemon(folder / "s", *options) as daemon:
        yield daemon


def stranger(daemon: DaemonProcess) -> Peer:
    """A connection over TLS that shows no certificate: nobody, until it logs in."""
    peer = Peer(daemon.ready["libvirt"][0].replace("tls:", "tcp:"))
    context = ssl.create_default_context(cafile=str(certificates().ca))
    peer.sock = context.wrap_socket(peer.sock, server_hostname="127.0.0.1")
    assert peer.read(1) == b"\1"
    return peer


def plain(name: str, password: str) -> bytes:
    said = list(f"\0{name}\0{password}".encode())
    return lv.remote_auth_sasl_start_args("PLAIN", 0, said).to_xdr()


def test_a_stranger_is_answered_nothing_but_how_to_log_in(daemon: DaemonProcess) -> None:
    with stranger(daemon) as peer:
        assert peer.call(lv.REMOTE_AUTH_LIST).body == struct.pack(">II", 1, 1)
        for procedure in (v.VIRT_CONNECT_OPEN, v.VIRT_CONNECT_SUPPORTS_FEATURE, v.VIRT_CONNECT_GET_TYPE, 316):
            assert peer.error(procedure)[:2] == (1, 7), procedure
        assert peer.call(68, plain("fred", "secret")).status == 0
        assert peer.call(v.VIRT_CONNECT_OPEN, v.virt_connect_open_args("", 0).to_xdr()).status == 0


def test_passwords_cannot_be_tried_many_at_a_time(daemon: DaemonProcess) -> None:
    """Two hundred guesses in one write, the last of them right: one is looked at, the others are refused unread."""
    with stranger(daemon) as peer:
        guesses = [plain("fred", f"wrong{number}") for number in range(199)] + [plain("fred", "secret")]
        packets = [pack(REMOTE, 1, 68, Kind.CALL, number, 0, args) for number, args in enumerate(guesses)]
        peer.sock.sendall(b"".join(packets))
        answers = [peer.packet() for _ in guesses]
        assert {answer.status for answer in answers if answer is not None} == {1}
        assert peer.error(v.VIRT_CONNECT_GET_TYPE)[:2] == (1, 7)


def test_after_three_failures_the_connection_ends(daemon: DaemonProcess) -> None:
    with stranger(daemon) as peer:
        began = time.monotonic()
        for _ in range(3):
            assert peer.error(68, plain("fred", "wrong"))[:2] == (45, 7)
        assert peer.packet() is None
        assert time.monotonic() - began > 2  # each takes a second


@pytest.mark.slow
def test_pings_do_not_keep_a_stranger_there_for_ever(daemon: DaemonProcess) -> None:
    with stranger(daemon) as peer:
        began = time.monotonic()
        peer.sock.settimeout(3)
        with pytest.raises((BrokenPipeError, ConnectionError)):
            keep_on_asking(peer)
        assert 20 < time.monotonic() - began < 60


def keep_on_asking(peer: Peer) -> None:
    while True:
        peer.sock.sendall(PING)
        if not peer.read(len(PING)):
            raise ConnectionError
        time.sleep(1)


def test_scram_does_not_tell_which_names_there_are(tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text(make_line("fred", Right.WRITE, "secret"))

    def salt(name: str) -> str:
        _, said = Login(users).start("SCRAM-SHA-256", f"n,,n={name},r=abcdefgh".encode())
        return (said or b"").decode().split(",")[1]

    assert salt("fred") == salt("fred")
    assert salt("nobody") == salt("nobody") != salt("somebody")


def test_a_reader_cannot_leave_long_names_behind(daemon: DaemonProcess) -> None:
    with Peer(daemon.ready["libvirt"][1]) as peer:
        peer.open(flags=v.VIRT_CONNECT_RO)
        args = lv.remote_node_device_event_register_args(0, lv.remote_node_device("x" * 1000)).to_xdr()
        assert peer.error(374, args)[0] == 8
