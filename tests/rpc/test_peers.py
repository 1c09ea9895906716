"""Who is at the other end of a socket, as the kernel says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from oncrpc.peers import Peer, PeerCredentials, datagram_peer, peer_credentials, peer_groups, stream_peer

CONNECT = """
import os, socket, sys
sock = socket.socket(socket.AF_UNIX)
sock.connect(sys.argv[1])
print(os.getpid(), os.getuid(), os.getgid(), flush=True)
sys.stdin.read()
"""


def test_the_credentials_of_a_unix_peer_are_those_of_the_process_that_connected(tmp_path: Path) -> None:
    path = str(tmp_path / "sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        with subprocess.Popen(
            [sys.executable, "-c", CONNECT, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            accepted, _ = listening.accept()
            with accepted:
                assert other.stdout is not None
                said = PeerCredentials(*(int(word) for word in other.stdout.readline().split()))
                assert said.pid == other.pid
                assert peer_credentials(accepted) == said
                assert peer_groups(accepted) == frozenset(os.getgroups())
                assert stream_peer(accepted) == Peer("unix", (), said)
                assert str(stream_peer(accepted)) == f"unix uid {said.uid} pid {other.pid}"
            other.communicate()


def test_a_tcp_peer_has_an_address_and_no_credentials() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
        listening.accept()[0] as accepted,
    ):
        assert peer_credentials(accepted) is None
        assert stream_peer(accepted) == Peer("tcp", client.getsockname())
        assert str(stream_peer(accepted)) == f"tcp 127.0.0.1 port {client.getsockname()[1]}"


@pytest.mark.parametrize("address", [("::1", 9, 0, 0), ("::1", 9)])
def test_a_datagram_peer_is_the_address_it_claims(address: tuple[object, ...]) -> None:
    assert datagram_peer(address) == Peer("udp", ("::1", 9))


def test_a_socket_that_is_not_connected_is_nobodys() -> None:
    with socket.socket() as sock:
        assert str(stream_peer(sock)) == "tcp"
