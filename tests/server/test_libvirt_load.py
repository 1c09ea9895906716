"""The libvirt door under clients that behave badly, or are many: nobody else waits for them, nothing is left behind."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificates
from daemon_process import DaemonProcess, running_daemon
from virnet_peer import REMOTE, Peer
from waiting import eventually

from virnet.keepalive import PING
from virnet.packet import Kind, Status, pack
from virtproto import libvirt as lv
from virtproto import virt as v

UUID = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
SCREENSHOT = lv.remote_domain_screenshot_args(lv.remote_domain("test", UUID, 1), 0, 0).to_xdr()
IDLE = 5000


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("load")
    made = certificates()
    config = folder / "virtrpcd.toml"
    config.write_text(f'[tls]\ncertificate = "{made.server}"\n[limits]\nconnections = 6000\nconnections_each = 6000\n')
    options = ("--config", str(config), "--libvirt", f"unix:{folder}/lv.sock", "--libvirt", "tls:127.0.0.1:0")
    with running_daemon(folder / "s", *options) as daemon:
        yield daemon


def local(daemon: DaemonProcess) -> Peer:
    place: str = daemon.ready["libvirt"][0]
    return Peer(place)


def descriptors(daemon: DaemonProcess) -> int:
    return len(os.listdir(f"/proc/{daemon.pid}/fd"))


def answers(daemon: DaemonProcess) -> None:
    with local(daemon) as peer:
        peer.open()


def test_silent_clients_in_tls_handshakes_keep_nobody_waiting(daemon: DaemonProcess) -> None:
    """Twenty silent clients on a login port lock everybody out of libvirtd, its local socket included."""
    host, _, port = daemon.ready["libvirt"][1].removeprefix("tls:").rpartition(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(50)]
    try:
        for sock in silent[::2]:
            sock.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a hello
        took = []
        for _ in range(20):
            began = time.monotonic()
            answers(daemon)
            took.append(time.monotonic() - began)
        assert sorted(took)[10] < 1
    finally:
        for sock in silent:
            sock.close()


def test_handshakes_count_as_connections(tmp_path: Path) -> None:
    made = certificates()
    config = tmp_path / "virtrpcd.toml"
    config.write_text(f'[tls]\ncertificate = "{made.server}"\n[limits]\nconnections = 20\n')
    options = ("--config", str(config), "--libvirt", "tls:127.0.0.1:0", "--libvirt", f"unix:{tmp_path}/lv.sock")
    with running_daemon(tmp_path / "s", *options) as own:
        before = descriptors(own)
        port = int(own.ready["libvirt"][0].rpartition(":")[2])
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
        try:
            with Peer(own.ready["libvirt"][1]) as peer:
                peer.open()
            eventually(lambda: descriptors(own) < before + 100)  # root's connections: 20 and those kept for it
        finally:
            for sock in silent:
                sock.close()


@pytest.mark.slow
def test_thousands_of_idle_clients_leave_the_door_open_for_the_next(daemon: DaemonProcess) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, IDLE + 1000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    count = min(IDLE, wanted - 500)
    before = daemon.rss_kib()
    idle: list[socket.socket] = []
    try:
        place = daemon.ready["libvirt"][0].removeprefix("unix:")
        for _ in range(count):
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(place)
            idle.append(sock)
        answers(daemon)
        each = (daemon.rss_kib() - before) / count
        assert count >= 1000
        assert each < 32, f"{each} KiB a connection"
    finally:
        for sock in idle:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    eventually(lambda: descriptors(daemon) < 200, 60)


def test_clients_that_vanish_in_the_middle_of_a_stream_leave_nothing(daemon: DaemonProcess) -> None:
    answers(daemon)
    before = descriptors(daemon)
    for cut in range(20):
        with local(daemon) as peer:
            peer.open()
            for _ in range(cut + 1):
                peer.send(211, SCREENSHOT)
            if cut % 2:
                peer.read(10 * cut)
    answers(daemon)
    eventually(lambda: descriptors(daemon) <= before + 1)


def test_a_client_that_does_not_read_what_it_asked_for_is_not_answered_for_ever(daemon: DaemonProcess) -> None:
    """Thousands of questions with long answers, none of which is read: memory stays, others are served."""
    with local(daemon) as peer:
        peer.open()
        before = daemon.rss_kib()
        peer.sock.settimeout(1)
        question = pack(REMOTE, 1, v.VIRT_CONNECT_GET_CAPABILITIES, Kind.CALL, 1, Status.OK)

        def ask_on_and_on() -> None:
            for _ in range(200):
                peer.sock.sendall(question * 1000)

        with pytest.raises(TimeoutError):  # the daemon stops reading before it holds too much
            ask_on_and_on()
        answers(daemon)
        assert daemon.rss_kib() - before < 64 << 10


def test_a_connection_has_so_many_streams_and_one_of_each_serial(daemon: DaemonProcess) -> None:
    with local(daemon) as peer:
        peer.open()
        opened = [peer.call(211, SCREENSHOT) for _ in range(64)]  # none of them is finished
        assert all(found.status == 0 for found in opened)
        assert peer.error(211, SCREENSHOT)[0] == 9
    with local(daemon) as peer:
        peer.open()
        assert peer.call(211, SCREENSHOT).status == 0
        peer.serial -= 1
        assert peer.error(211, SCREENSHOT)[0] == 8


def test_packets_of_streams_that_are_not_open_are_dropped_without_end(daemon: DaemonProcess) -> None:
    with local(daemon) as peer:
        peer.open()
        for kind in (Kind.STREAM, Kind.STREAM_HOLE):
            for status in (Status.OK, Status.ERROR, Status.CONTINUE):
                peer.sock.sendall(pack(REMOTE, 1, 208, kind, 77, status, bytes(1000)) * 50)
        assert peer.call(v.VIRT_CONNECT_GET_TYPE).status == 0


@pytest.mark.slow
def test_a_client_that_stops_answering_keepalive_is_given_up(daemon: DaemonProcess, tmp_path: Path) -> None:
    with local(daemon) as peer:
        assert peer.call(v.VIRT_CONNECT_SUPPORTS_FEATURE, (10).to_bytes(4, "big")).body == (1).to_bytes(4, "big")
        peer.open()
        peer.sock.settimeout(90)
        began = time.monotonic()
        pings = 0
        while packet := peer.read(len(PING)):
            assert packet == PING
            pings += 1
        assert pings == 5
        assert time.monotonic() - began > 20
