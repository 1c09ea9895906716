"""Replies that bring a file descriptor: the reply, then one byte that carries it.

The event loop's transport does not send descriptors, so both go by the socket itself, in a moment in which the
transport has nothing to send.
"""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Final

PAUSE_S: Final = 0.01
"""Between looks whether there is room."""


async def send_with_descriptor(transport: asyncio.Transport, packet: bytes, passed: socket.socket) -> None:
    """Send `packet` and the descriptor of `passed`, which is closed then. Ends without a word when the peer is gone."""
    try:
        copy = os.dup(transport.get_extra_info("socket").fileno())
    except OSError:
        passed.close()  # the connection was closed just now
        return
    with passed, socket.socket(fileno=copy) as sock:
        while packet and not transport.is_closing():
            if transport.get_write_buffer_size() == 0:
                try:
                    packet = packet[sock.send(packet) :]
                    continue
                except BlockingIOError:
                    pass
                except OSError:
                    return
            await asyncio.sleep(PAUSE_S)
        while not transport.is_closing():
            try:
                socket.send_fds(sock, [b"\0"], [passed.fileno()])
            except BlockingIOError:
                await asyncio.sleep(PAUSE_S)
            except OSError:
                return
            else:
                return
