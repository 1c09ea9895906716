"""Sitting down at a machine of the qemu driver: console, channels, screen, keyboard, and QEMU's monitor."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.qemu.change import QemuChange
from virtrpcd.drivers.qemu.cmdline_devices import serials_in_order
from virtrpcd.drivers.qemu.keycodes import codeset_known, to_qnum
from virtrpcd.drivers.qemu.qmp import MonitorRefused, connected
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.drivers.screens import MonitorEvent, MonitorListener, Picture
from virtrpcd.drivers.streams import SocketDuplex
from virtrpcd.errors import (
    FROM_QEMU,
    OperationFailed,
    OperationInvalid,
    OperationUnsupported,
    SystemCallFailed,
    VirtError,
)
from virtrpcd.events import EventBus
from virtrpcd.model import DomainRef

MAX_KEYS: Final = 16
MAX_ANSWER_BYTES: Final = 4 << 20
MAX_PICTURE_BYTES: Final = 64 << 20
"""A screen of 4096 x 4096 uncompressed."""

_FORCE: Final = 1
_SKIP_PASSWORD: Final = 1
_CONSOLE_FLAGS: Final = 3
_PNG: Final = "image/png"
_PPM: Final = "image/x-portable-pixmap"


class QemuScreen(QemuChange):
    """The methods of drivers/screens.py, and those of drivers/guest.py that need no agent in the guest."""

    def __init__(self, bus: EventBus, settings: QemuSettings) -> None:
        super().__init__(bus, settings)
        # who is at which console or channel: one at a time, as QEMU serves one
        self._sessions: dict[Path, SocketDuplex] = {}
        self._listeners: dict[int, MonitorListener] = {}
        self._listener_numbers = itertools.count(1)

    async def stop(self) -> None:
        for session in self._sessions.values():
            await session.close()
        await super().stop()

    # -- consoles and channels ----------------------------------------------------------------------------------------

    async def open_console(self, uuid: bytes, device: str | None, flags: int) -> SocketDuplex:
        if flags & ~_CONSOLE_FLAGS:
            self._refuse(f"flags {flags & ~_CONSOLE_FLAGS:#x} are not supported by this driver")
        run = self._find(uuid).need_run()
        serials = {f"serial{serial.port}": serial for serial in serials_in_order(run.live)}
        name = next(iter(serials), None) if device is None else device.replace("console", "serial")
        serial = serials.get(name or "")
        if serial is None:
            raise VirtError(f"internal error: cannot find console device '{device or '<default>'}'", domain=FROM_QEMU)
        if serial.type != "pty":
            raise VirtError(f"internal error: character device {name} is not using a PTY", domain=FROM_QEMU)
        return await self._sit_down(run.console_path(serial.port), "console", force=bool(flags & _FORCE))

    async def open_channel(self, uuid: bytes, name: str | None, flags: int) -> SocketDuplex:
        if flags & ~_FORCE:
            self._refuse(f"flags {flags & ~_FORCE:#x} are not supported by this driver")
        run = self._find(uuid).need_run()
        for number, channel in enumerate(run.live.channels):
            if name is None or name in (channel.name, f"channel{number}"):
                return await self._sit_down(run.channel_path(number), "channel", force=bool(flags & _FORCE))
        raise VirtError(f"internal error: cannot find channel {name or '<default>'}", domain=FROM_QEMU)

    async def _sit_down(self, path: Path, what: str, *, force: bool) -> SocketDuplex:
        self._sessions = {place: one for place, one in self._sessions.items() if not one.closed}
        before = self._sessions.get(path)
        if before is not None:
            if not force:
                raise OperationFailed(f"Active {what} session exists for this domain", domain=FROM_QEMU)
            await before.close()
        peer = connected(path)
        try:
            reader, writer = await asyncio.open_unix_connection(sock=peer)
        except OSError as error:
            peer.close()
            raise SystemCallFailed(f"cannot open the {what}: {error.strerror}", domain=FROM_QEMU) from error
        found = self._sessions[path] = SocketDuplex(reader, writer)
        return found

    # -- screen and keyboard ------------------------------------------------------------------------------------------

    async def screenshot(self, uuid: bytes, screen: int, flags: int) -> Picture:
        if flags:
            self._refuse(f"flags {flags:#x} are not supported by this driver")
        run = self._find(uuid).need_run()
        place = _screen(run.live, screen)
        path = run.picture_path()
        try:
            try:
                await run.command("screendump", {"filename": os.fspath(path), "format": "png", **place})
                mime = _PNG
            except MonitorRefused:
                # a QEMU that was built without PNG, or is older than 7.1
                await run.command("screendump", {"filename": os.fspath(path), **place})
                mime = _PPM
            return Picture(mime, await asyncio.to_thread(_read_picture, path))
        finally:
            path.unlink(missing_ok=True)

    async def open_graphics(self, uuid: bytes, index: int, flags: int) -> socket.socket:
        async with self._job(uuid, "open the display of") as machine:
            run = machine.need_run()
            if not 0 <= index < len(run.live.graphics):
                raise VirtError(f"internal error: No graphics backend with index {index}", domain=FROM_QEMU)
            ours, qemus = socket.socketpair()
            try:
                with qemus:
                    name = f"display-{ours.fileno()}"
                    await run.give_file(name, qemus.fileno())
                passing = {"skipauth": True} if flags & _SKIP_PASSWORD else {}
                await run.command("add_client", {"protocol": "vnc", "fdname": name, **passing})
            except BaseException:
                ours.close()
                raise
            return ours

    async def send_key(self, uuid: bytes, codeset: int, hold_ms: int, keycodes: list[int], flags: int) -> None:
        if flags:
            self._refuse(f"flags {flags:#x} are not supported by this driver")
        if not 0 < len(keycodes) <= MAX_KEYS:
            self._refuse(f"the number of keys must be within 1 to {MAX_KEYS}, not {len(keycodes)}")
        if not codeset_known(codeset):
            self._refuse(f"there is no keycode set {codeset}")
        keys = []
        for key in keycodes:
            number = to_qnum(codeset, key)
            if number is None:
                why = f"internal error: cannot translate keycode {key} of codeset {codeset} to qnum keycode"
                raise VirtError(why, domain=FROM_QEMU)
            keys.append({"type": "number", "data": number})
        hold = {"hold-time": hold_ms} if hold_ms else {}
        async with self._job(uuid, "send keys to") as machine:
            await machine.need_run().command("send-key", {"keys": keys, **hold})

    async def inject_nmi(self, uuid: bytes, flags: int) -> None:
        if flags:
            self._refuse(f"flags {flags:#x} are not supported by this driver")
        async with self._job(uuid, "inject an NMI into") as machine:
            await machine.need_run().command("inject-nmi")

    # -- QEMU's monitor -----------------------------------------------------------------------------------------------

    async def monitor_command(self, uuid: bytes, command: str, hmp: bool) -> str:
        async with self._job(uuid, "command the monitor of") as machine:
            run = machine.need_run()
            if hmp:
                answer = str(await run.command("human-monitor-command", {"command-line": command}))
            else:
                answer = json.dumps(await run.raw_command(_object(command)), separators=(",", ":"))
            if len(answer.encode(errors="replace")) > MAX_ANSWER_BYTES:
                raise OperationFailed("QEMU's answer is longer than any wire takes", domain=FROM_QEMU)
            return answer

    def listen_to_monitor(self, listener: MonitorListener) -> Callable[[], None]:
        number = next(self._listener_numbers)
        self._listeners[number] = listener

        def end() -> None:
            self._listeners.pop(number, None)

        return end

    def _on_monitor(self, run: Run, name: str, message: Mapping[str, Any]) -> None:
        if not self._listeners:
            return
        machine = self._by_uuid.get(run.uuid)
        if machine is None:
            return
        stamp, data = message.get("timestamp"), message.get("data")
        seconds, micros = _time(stamp, "seconds"), _time(stamp, "microseconds")
        details = json.dumps(data, separators=(",", ":")) if isinstance(data, dict) else None
        ref = DomainRef(machine.name, run.uuid, run.id)
        event = MonitorEvent(ref, name, seconds, micros, details)
        for listener in list(self._listeners.values()):
            listener(event)


def _time(stamp: object, part: str) -> int:
    value = stamp.get(part) if isinstance(stamp, dict) else None
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else 0


def _object(command: str) -> dict[str, object]:
    try:
        found = json.loads(command)
    except (ValueError, RecursionError) as error:
        raise VirtError(f"internal error: cannot parse json {command[:80]}: {error}", domain=FROM_QEMU) from error
    if not isinstance(found, dict) or not isinstance(found.get("execute"), str):
        raise VirtError("internal error: a monitor command is an object with 'execute'", domain=FROM_QEMU)
    return found


def _screen(live: DomainDef, screen: int) -> dict[str, object]:
    """Return what names a screen to QEMU; the first needs no name."""
    cards = [(number, card) for number, card in enumerate(live.videos) if card.type != "none"]
    if not cards:
        raise OperationUnsupported("Operation not supported: no screens to take screenshot from", domain=FROM_QEMU)
    heads = [(number, head) for number, card in cards for head in range(card.heads or 1)]
    if screen >= len(heads):
        raise OperationInvalid("Requested operation is not valid: no such screen ID", domain=FROM_QEMU)
    number, head = heads[screen]
    return {} if screen == 0 else {"device": f"video{number}", "head": head}


def _read_picture(path: Path) -> bytes:
    """Read what QEMU, which is not trusted, has left in a file. Raises SystemCallFailed, OperationFailed."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            data = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise SystemCallFailed(f"cannot read the picture: {error.strerror}", domain=FROM_QEMU) from error
    if len(data) > MAX_PICTURE_BYTES:
        raise OperationFailed("the picture is too large", domain=FROM_QEMU)
    return data
