"""A raw client of libvirt's framing, for tests that say what no library would say."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from virnet.packet import PAYLOAD_AT, Kind, header, pack
from virtproto import virt as v

REMOTE = 0x20008086
AUTH_LIST = 66


class Packet(NamedTuple):
    """A packet that came."""

    program: int
    procedure: int
    kind: int
    serial: int
    status: int
    body: bytes


class Peer:
    """One connection, without any knowledge of what may be said when."""

    def __init__(self, place: str, timeout_s: float = 20.0) -> None:
        kind, _, rest = place.removesuffix("?ro").partition(":")
        if kind == "unix":
            self.sock = socket.socket(socket.AF_UNIX)
            try:
                self.sock.connect(rest)  # with a timeout it would not wait for room in the backlog
            except OSError:
                self.sock.close()
                raise
            self.sock.settimeout(timeout_s)
        else:
            host, _, port = rest.rpartition(":")
            self.sock = socket.create_connection((host, int(port)), timeout_s)
        self.serial = 0

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.sock.close()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes; fewer when the peer hangs up."""
        found = b""
        while len(found) < size:
            part = self.sock.recv(size - len(found))
            if not part:
                break
            found += part
        return found

    def packet(self) -> Packet | None:
        """The next packet; None at the end of the connection."""
        try:
            length = self.read(4)
        except ConnectionResetError:
            return None
        if len(length) < 4:
            return None
        whole = length + self.read(struct.unpack(">I", length)[0] - 4)
        head = header(whole)
        return Packet(head.program, head.procedure, head.kind, head.serial, head.status, whole[PAYLOAD_AT:])

    def send(self, procedure: int, args: bytes = b"", *, program: int = REMOTE, version: int = 1) -> int:
        """Send a call; return its serial."""
        self.serial += 1
        self.sock.sendall(pack(program, version, procedure, Kind.CALL, self.serial, 0, args))
        return self.serial

    def call(self, procedure: int, args: bytes = b"", *, program: int = REMOTE, version: int = 1) -> Packet:
        """Call and return the reply; messages that come before it are dropped."""
        serial = self.send(procedure, args, program=program, version=version)
        while True:
            found = self.packet()
            assert found is not None, "the connection was closed"
            if found.kind == Kind.REPLY:
                assert (found.serial, found.procedure) == (serial, procedure)
                return found

    def error(
        self, procedure: int, args: bytes = b"", *, program: int = REMOTE, version: int = 1
    ) -> tuple[int, int, str]:
        """Call; return the code, domain and message of the error that it has to give."""
        found = self.call(procedure, args, program=program, version=version)
        assert found.status == 1, "the call was expected to fail"
        error = v.virt_error.from_xdr(found.body)
        return error.code, error.domain, str(error.message)

    def open(self, name: str | None = "test:///default", flags: int = 0) -> Peer:
        """Go through what every client says first."""
        assert self.call(AUTH_LIST).body == bytes([0, 0, 0, 1, 0, 0, 0, 0])
        assert self.call(v.VIRT_CONNECT_OPEN, v.virt_connect_open_args(name, flags).to_xdr()).status == 0
        return self
