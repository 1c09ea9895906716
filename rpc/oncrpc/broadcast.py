"""One call to many hosts by udp: to a subnet's broadcast address, or to a list of addresses.

Nothing else in this package ever broadcasts. A broadcast makes every host that serves the program answer at once, so
ask for little, and only what may run more than once: it is sent again while the time lasts (RFC 5531 section 7.4.2).
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final, Generic, NamedTuple, TypeVar

from oncrpc.client_session import ClientSession, decode_result
from oncrpc.errors import NotDelivered, OncRpcError
from oncrpc.message import NO_AUTH, OpaqueAuth
from oncrpc.procedure import Procedure

R = TypeVar("R")

TIMEOUT_S: Final = 4.0
FIRST_RETRY_S: Final = 0.5
MOST_ANSWERS: Final = 1024
DATAGRAM_BYTES: Final = 65_536


class Answer(NamedTuple, Generic[R]):
    """What one host said: its (host, port), and the result, or the error that decoding or the host gave."""

    address: tuple[str, int]
    result: R | None
    error: OncRpcError | None


def broadcast(
    addresses: Iterable[str],
    port: int,
    program: int,
    version: int,
    procedure: Procedure[R],
    *args: object,
    cred: OpaqueAuth = NO_AUTH,
    timeout_s: float = TIMEOUT_S,
    most: int = MOST_ANSWERS,
) -> Iterator[Answer[R]]:
    """Send a call to all addresses at a port and yield the answers as they come, the first of each host.

    addresses: numeric IPv4 addresses, "192.0.2.255" for the hosts of 192.0.2.0/24. Ends after timeout_s, or `most`
    answers. The call is sent again after 0.5 s, 1 s, 2 s and so on. Raises XdrError (nothing sent), and NotDelivered
    when no address can be sent to.
    """
    session = ClientSession(program, version, cred=cred, stream=False)
    places = [(address, port) for address in addresses]
    packed = procedure.pack_args(args)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setblocking(False)
        xid, message = session.call(procedure.number, packed)
        seen: set[tuple[str, int]] = set()
        for data, address in _answers(sock, places, message, timeout_s):
            # Every host answers with the same xid: it is ours again for each of them.
            reply = session.receive_datagram(data)
            if reply is None:
                continue
            session.expect(xid)
            if address in seen:
                continue
            seen.add(address)
            try:
                yield Answer(address, decode_result(procedure, reply), None)
            except OncRpcError as error:
                yield Answer(address, None, error)
            if len(seen) >= most:
                return


def _answers(
    sock: socket.socket, places: list[tuple[str, int]], message: bytes, timeout_s: float
) -> Iterator[tuple[bytes, tuple[str, int]]]:
    """Send the message, again and again, and yield the datagrams that come, with where they came from."""
    ends = time.monotonic() + timeout_s
    wait, again = FIRST_RETRY_S, 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        while (now := time.monotonic()) < ends:
            if now >= again:
                _send(sock, places, message)
                again, wait = now + wait, wait * 2
            if selector.select(max(min(again, ends) - now, 0)):
                yield from _waiting(sock)


def _waiting(sock: socket.socket) -> Iterator[tuple[bytes, tuple[str, int]]]:
    with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
        while True:
            data, address = sock.recvfrom(DATAGRAM_BYTES)
            yield data, (str(address[0]), int(address[1]))


def _send(sock: socket.socket, places: list[tuple[str, int]], message: bytes) -> None:
    error: Any = None
    sent = 0
    for place in places:
        try:
            sock.sendto(message, place)
            sent += 1
        except BlockingIOError:
            sent += 1  # the buffer is full: it is sent again in a moment
        except OSError as exc:
            error = exc
    if not sent:
        raise NotDelivered(f"the broadcast cannot be sent: {error.strerror or error}" if error else "no addresses")
