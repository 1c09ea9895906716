"""One QMP session, round qemu.qmp: bounded lines, a deadline for each answer, errors in the driver's terms.

QEMU is not trusted: a guest that has broken out of it speaks here. Whatever comes, only this session fails.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from qemu.qmp import EventListener, ExecuteError, Message, QMPClient, QMPError, Runstate

from virtrpcd.errors import FROM_QEMU, OperationFailed

MAX_LINE_BYTES: Final = 10 << 20
"""The longest answer that is read; what we ask for stays far below (255 vcpus: 60 kB), a person at the monitor may ask
for more."""

MAX_ERROR_TEXT: Final = 256

_WHATEVER: Final = (
    QMPError, OSError, TimeoutError, RuntimeError, ValueError, TypeError, LookupError, AttributeError, AssertionError,
)  # fmt: skip
"""What the library's reader may end with: it does not check the types of what a peer sends."""

log = logging.getLogger(__name__)
# its own words on each lost connection are for its developers; what matters is told by us
logging.getLogger("qemu.qmp").setLevel(logging.CRITICAL)

_NO_CHARACTERS: Final = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)

EventHandler = Callable[[str, Mapping[str, Any]], None]
MessageHandler = Callable[[str, Mapping[str, Any]], None]


class MonitorError(OperationFailed):
    """QEMU did not answer, or said what no QEMU says. Whether the command ran is not known."""

    default_domain = FROM_QEMU


class MonitorRefused(OperationFailed):
    """QEMU answered that it cannot do that; nothing was done."""

    default_domain = FROM_QEMU


class _Listener(EventListener):
    """Hands on each event while it is read, so that a command's events are known before its answer."""

    def __init__(self, handler: EventHandler, on_message: MessageHandler | None) -> None:
        super().__init__()
        self._handler = handler
        self._on_message = on_message

    def accept(self, event: Message) -> bool:
        name, data = event.get("event"), event.get("data", {})
        if isinstance(name, str) and isinstance(data, dict):
            self._handler(name, data)
            if self._on_message is not None:
                self._on_message(name, event)
        return False


class QmpSession:
    """A connection to one QEMU.

    name: for logs. on_event: called with each event's name and data. on_lost: called once when the session has ended
    by itself. timeout_s: for each answer. on_message: called after on_event, with the event's name and all of it.
    """

    def __init__(
        self,
        name: str,
        on_event: EventHandler,
        on_lost: Callable[[], None],
        *,
        timeout_s: float,
        on_message: MessageHandler | None = None,
    ) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._on_event = on_event
        self._on_lost = on_lost
        self._client = QMPClient(None, MAX_LINE_BYTES)
        self._client.register_listener(_Listener(self._handle, on_message))
        self._peer: socket.socket | None = None
        self._monitor: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._numbers = itertools.count(1)

    @property
    def usable(self) -> bool:
        """Whether commands can be sent."""
        return self._client.runstate is Runstate.RUNNING

    async def connect(self, path: Path, timeout_s: float) -> None:
        """Connect and agree on QMP. Raises MonitorError."""
        peer = connected(path)
        self._peer = peer.dup()
        try:
            async with asyncio.timeout(timeout_s):
                await self._client.connect(peer)
        except (QMPError, OSError, TimeoutError, RecursionError) as error:
            peer.close()
            self._drop_peer()
            raise MonitorError(f"no connection to QEMU's monitor: {_brief(error)}") from error
        self._monitor = asyncio.create_task(self._watch())

    async def command(
        self, name: str, arguments: Mapping[str, object] | None = None, *, timeout_s: float | None = None
    ) -> Any:
        """Run a command and return its result.

        Raises MonitorRefused with QEMU's reason, MonitorError when there is no (proper) answer.
        """
        _check_sendable(arguments or {})
        try:
            async with asyncio.timeout(self._timeout_s if timeout_s is None else timeout_s):
                return await self._client.execute(name, arguments)
        except ExecuteError as error:
            raise MonitorRefused(f"QEMU refused '{name}': {_brief(error)}") from error
        except TimeoutError as error:
            raise MonitorError(f"QEMU did not answer '{name}' in time") from error
        except (QMPError, OSError) as error:
            raise MonitorError(f"QEMU's monitor failed at '{name}': {_brief(error)}") from error

    async def raw_command(self, message: Mapping[str, object]) -> dict[str, object]:
        """Send a whole command and return the whole answer, also one that says it failed. Raises as `command`."""
        _check_sendable(message)
        sent = {**message, "id": message.get("id", f"virtrpc-{next(self._numbers)}")}
        try:
            async with asyncio.timeout(self._timeout_s):
                result = await self._client.execute_msg(Message({key: sent[key] for key in sent if key != "id"}))
        except ExecuteError as error:
            refusal = {"class": error.error.error.class_, "desc": error.error.error.desc}
            return {"id": sent["id"], "error": refusal}
        except TimeoutError as error:
            raise MonitorError("QEMU did not answer in time") from error
        except (QMPError, OSError, ValueError, TypeError) as error:
            raise MonitorError(f"QEMU's monitor failed: {_brief(error)}") from error
        return {"return": result, "id": sent["id"]}

    async def give_file(self, name: str, fd: int) -> None:
        """Pass an open file to QEMU, which calls it `name` (for "fd:NAME" in a later command)."""
        try:
            if self._peer is None:
                raise BrokenPipeError("the session has ended")
            # not by the library, whose way fails on uvloop. QEMU skips the blank between commands
            socket.send_fds(self._peer, [b" "], [fd])
        except OSError as error:
            raise MonitorError(f"QEMU's monitor takes no file: {_brief(error)}") from error
        await self.command("getfd", {"fdname": name})

    async def close(self) -> None:
        """End the session; QEMU goes on."""
        self._closing.set()
        if self._monitor is not None:
            await self._monitor

    def _handle(self, name: str, data: Mapping[str, Any]) -> None:
        try:
            self._on_event(name, data)
        except (KeyError, TypeError, ValueError) as error:
            log.warning("machine %s: event %.40r of QEMU is malformed: %s", self._name, name, _brief(error))

    async def _watch(self) -> None:
        """Wait for the end of the session, from either side, and take it down: here only, so that it is done once."""
        closing = asyncio.create_task(self._closing.wait())
        changed = asyncio.create_task(self._until_not_running())
        await asyncio.wait((closing, changed), return_when=asyncio.FIRST_COMPLETED)
        for task in (closing, changed):
            task.cancel()
        self._drop_peer()
        await self._disconnect()
        if not self._closing.is_set():
            self._on_lost()

    def _drop_peer(self) -> None:
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    async def _until_not_running(self) -> None:
        while self._client.runstate is Runstate.RUNNING:
            await self._client.runstate_changed()

    async def _disconnect(self) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._client.disconnect()
        except EOFError:
            return  # QEMU ended
        except _WHATEVER as error:
            log.warning("machine %s: QEMU's monitor failed: %s", self._name, _brief(error))


def connected(path: Path) -> socket.socket:
    """Connect to a unix socket, whose path may be longer than a socket address."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # a peer that takes no connections is an error at once, not a wait
    peer.setblocking(False)
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            peer.connect(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)
    except OSError as error:
        peer.close()
        raise MonitorError(f"no connection to QEMU's monitor: {_brief(error)}") from error
    return peer


def listening(path: Path) -> socket.socket:
    """Return a socket that listens at `path`, for QEMU to inherit. Raises OSError."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            path.unlink(missing_ok=True)
            door.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)
        door.listen(1)
    except OSError:
        door.close()
        raise
    return door


def _check_sendable(message: Mapping[str, object]) -> None:
    """Raise MonitorRefused for what QEMU's reader does not take for JSON: its answer to that would end the session."""
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise MonitorRefused(f"QEMU cannot be told that: {_brief(error)}") from error
    if _NO_CHARACTERS.search(text):
        raise MonitorRefused("QEMU cannot be told that: a character in it is none")


def _brief(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_ERROR_TEXT])
