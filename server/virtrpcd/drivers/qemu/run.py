"""One run of a machine: a QEMU process and its QMP session, from start (or finding it again) to its end.

Mechanics only: what a guest's doings mean for the machine's state is decided in life.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from virtrpcd.cpuset import parse_cpuset
from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.qemu import cmdline, definition, host
from virtrpcd.drivers.qemu.cmdline_devices import serials_in_order
from virtrpcd.drivers.qemu.counters import DiskCounters, read_counters
from virtrpcd.drivers.qemu.launch import LOOPBACK, Launch
from virtrpcd.drivers.qemu.process import Process, find_by_argument
from virtrpcd.drivers.qemu.qmp import MonitorError, MonitorRefused, QmpSession, listening
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.drivers.qemu.transfers import Transfers
from virtrpcd.errors import FROM_QEMU, OperationFailed, OperationInvalid, SystemCallFailed, VirtError
from virtrpcd.lifecycle import Action

MAX_EVENTS_A_SECOND: Final = 500
"""Of one machine; QEMU itself keeps each kind that a guest can cause to one a second."""

log = logging.getLogger(__name__)

_FIRST_FD: Final = 10
_LOG_TAIL_BYTES: Final = 2048
_WRITING: Final = ("setup", "active", "device", "pre-switchover")
_STOPPED: Final = ("paused", "postmigrate", "finish-migrate")

EventHandler = Callable[["Run", str, Mapping[str, Any]], None]


class Run(Transfers):
    """A machine's process. `live` is what it runs with; `ending` says why it will end, None if by itself.

    on_event, on_exit are called with this run: at each QMP event, once when the process has ended. Events that come
    before `settle` are kept until then. on_monitor is called at once, with the event's name and all that QEMU said.
    """

    def __init__(
        self,
        live: DomainDef,
        id: int,
        settings: QemuSettings,
        *,
        on_event: EventHandler,
        on_exit: Callable[[Run], None],
        on_monitor: EventHandler | None = None,
    ) -> None:
        self.live = live
        self.id = id
        self.uuid = live.uuid or b""
        self.ending: Action | None = None
        self.over = asyncio.Event()
        """Set when the process has ended and the machine knows."""
        self.fake_reboot = False
        self.quiet = 0
        """Above 0 while we stop and continue the guest ourselves; its events about that mean nothing then."""
        self.io_error = False
        self.threads: dict[int, int] = {}
        self.counters: dict[str, DiskCounters] = {}
        """By target, as QEMU said when it was last asked (learn_counters)."""
        self._settings = settings
        self._on_event = on_event
        self._on_exit = on_exit
        self._on_monitor = on_monitor
        self._second = self._spoken = self._pictures = 0
        self._early: list[tuple[str, Mapping[str, Any]]] | None = []
        self._process: Process | None = None
        self._qmp: QmpSession | None = None

    # -- names ------------------------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """What tells this run's process from all others: in its arguments, the same after a restart of the daemon."""
        place = os.path.realpath(self._settings.run_dir)
        return hashlib.sha256(f"{place}\0{self.uuid.hex()}\0{self.id}".encode()).hexdigest()[:24]

    @property
    def socket_path(self) -> Path:
        """Where QEMU listens for QMP."""
        return self._settings.run_dir / f"{format_uuid(self.uuid)}.qmp"

    def console_path(self, port: int) -> Path:
        """Where QEMU listens for who wants to talk to a serial port of type pty."""
        return self._settings.run_dir / f"{format_uuid(self.uuid)}.serial{port}"

    def channel_path(self, number: int) -> Path:
        """Where QEMU listens for who wants to talk over a channel."""
        return self._settings.run_dir / f"{format_uuid(self.uuid)}.channel{number}"

    def picture_path(self) -> Path:
        """A new path for a picture of the screen; QEMU writes it, who asked for it takes it away."""
        self._pictures += 1
        return self._settings.run_dir / f"{format_uuid(self.uuid)}.screen{self._pictures}"

    @property
    def socket_paths(self) -> list[Path]:
        """Where QEMU listens beside QMP: for its serial ports, then its channels, in their order."""
        consoles = [self.console_path(serial.port) for serial in serials_in_order(self.live) if serial.type == "pty"]
        return consoles + [self.channel_path(number) for number in range(len(self.live.channels))]

    @property
    def log_path(self) -> Path:
        """Where QEMU's own messages go."""
        return self._settings.run_dir / f"{format_uuid(self.uuid)}.log"

    # -- start ------------------------------------------------------------------------------------------------------

    async def launch(self, accel: str, *, incoming: bool) -> None:
        """Start QEMU, stopped, with everything that the definition asks for; waiting for a stream if `incoming`.

        Raises SystemCallFailed, OperationFailed (with QEMU's own words), what the path rules raise. A process that was
        started is then still there: `kill` it.
        """
        files = definition.check_files(self.live, self._settings.paths)
        definition.check_disks(self.live, self._settings.paths)
        self._spawn(accel, files, incoming)
        try:
            await self._connect(self._settings.start_timeout_s)
            await self._furnish()
        except (MonitorError, MonitorRefused) as error:
            words = self.last_words()
            raise OperationFailed(f"QEMU did not start: {words or error.message}", domain=FROM_QEMU) from error

    def _spawn(self, accel: str, files: dict[str, str], incoming: bool) -> None:
        opened: list[int] = []
        try:
            log = os.open(
                self.log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
            opened.append(log)
            door = listening(self.socket_path)
            opened.append(door.detach())
            for serial in sorted(self.live.serials, key=lambda serial: serial.port):
                if serial.path is not None:
                    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (0 if serial.append or incoming else os.O_TRUNC)
                    opened.append(self._settings.paths.open(serial.path, "serial output", flags))
            for path in self.socket_paths:
                opened.append(listening(path).detach())
            numbers = {_FIRST_FD + index: fd for index, fd in enumerate(opened[1:])}
            others = list(numbers)[1:]
            files_end = len(others) - len(self.socket_paths)
            launch = Launch(
                accel, self.token, _FIRST_FD, others[:files_end], files, incoming, socket_fds=others[files_end:]
            )
            self._process = Process.spawn(cmdline.arguments(self.live, launch), log, numbers)
        except OSError as error:
            raise SystemCallFailed(f"cannot start QEMU: {error}", domain=FROM_QEMU) from error
        finally:
            for fd in opened:
                os.close(fd)
        self._process.watch(self._exited)

    async def _connect(self, timeout_s: float) -> None:
        session = QmpSession(
            self.live.name,
            self._event,
            self._lost,
            timeout_s=self._settings.qmp_timeout_s,
            on_message=None if self._on_monitor is None else partial(self._on_monitor, self),
        )
        await session.connect(self.socket_path, timeout_s)
        self._qmp = session

    async def _furnish(self) -> None:
        """Do what no argument can say: secrets, pinning, the balloon."""
        await self.learn_threads()
        for vcpu, tid in self.threads.items():
            if vcpu in self.live.vcpu_pins:
                self._pin(tid, parse_cpuset(self.live.vcpu_pins[vcpu]))
        for graphics in self.live.graphics:
            if graphics.passwd is not None:
                await self.command("set_password", {"protocol": "vnc", "password": graphics.passwd})
        for number, interface in enumerate(self.live.interfaces):
            if interface.link_up is False:
                await self.command("set_link", {"name": f"net{number}", "up": False})
        await self._learn_ports()
        if self.live.current_memory_kib < self.live.memory_kib and self.live.memballoon != "none":
            await self.balloon(self.live.current_memory_kib)

    async def find(self, pid: int, ticks: int) -> bool:
        """Find the process of this run again, started by an earlier daemon; return whether it is there."""
        if pid:
            self._process = Process.adopt(pid, ticks)
        else:
            wanted = cmdline.monitor_id(self.token)
            found = (Process.adopt(candidate, None) for candidate in find_by_argument(wanted))
            self._process = next((process for process in found if process is not None), None)
        if self._process is None:
            return False
        self._process.watch(self._exited)
        return True

    async def reconnect(self, *, saving: bool) -> str:
        """Connect to the process that `find` found; return its QEMU run state. Raises MonitorError.

        saving: the earlier daemon had stopped the guest to save it, and nobody was told that it is saved: it goes on.
        """
        await self._connect(self._settings.qmp_timeout_s)
        await self.learn_threads()
        await self._learn_ports()
        if self.live.memballoon != "none":
            self.live.current_memory_kib = min(self.live.memory_kib, await self.query_balloon_kib())
        return await self._learn_state(saving=saving)

    async def _learn_state(self, *, saving: bool) -> str:
        try:
            status = str((await self.command("query-status"))["status"])
            stream = (await self.command("query-migrate")).get("status")
        except (AttributeError, KeyError, TypeError) as error:
            raise MonitorError("QEMU's answer about its state is malformed") from error
        if stream in _WRITING:
            await self.command("migrate_cancel")
        if saving and status in _STOPPED:
            await self._poll("query-migrate", "calling off the save", (None, "completed", "failed", "cancelled"), ())
            await self.command("cont")
            return "running"
        return status

    def settle(self) -> None:
        """From now on, hand on events as they come; first those that have come."""
        early, self._early = self._early or [], None
        for name, data in early:
            self._on_event(self, name, data)
        if self.process.ended.is_set():
            self._on_exit(self)

    # -- what is there ----------------------------------------------------------------------------------------------

    @property
    def process(self) -> Process:
        """The process; OperationInvalid when there is none yet."""
        if self._process is None:
            raise OperationInvalid("domain is not running", domain=FROM_QEMU)
        return self._process

    async def command(
        self, name: str, arguments: Mapping[str, object] | None = None, *, timeout_s: float | None = None
    ) -> Any:
        """Run a QMP command. Raises MonitorError, MonitorRefused."""
        if self._qmp is None:
            raise MonitorError("there is no connection to QEMU's monitor")
        return await self._qmp.command(name, arguments, timeout_s=timeout_s)

    async def raw_command(self, message: Mapping[str, object]) -> dict[str, object]:
        """Send a whole QMP command, return the whole answer. Raises MonitorError."""
        if self._qmp is None:
            raise MonitorError("there is no connection to QEMU's monitor")
        return await self._qmp.raw_command(message)

    async def give_file(self, name: str, fd: int) -> None:
        """Pass an open file to QEMU under a name. Raises MonitorError."""
        if self._qmp is None:
            raise MonitorError("there is no connection to QEMU's monitor")
        await self._qmp.give_file(name, fd)

    async def learn_threads(self) -> None:
        """Ask which thread is which vcpu. Raises MonitorError."""
        try:
            cpus = await self.command("query-cpus-fast")
            self.threads = {int(cpu["cpu-index"]): int(cpu["thread-id"]) for cpu in cpus}
        except (KeyError, TypeError, ValueError) as error:
            raise MonitorError("QEMU's list of vcpus is malformed") from error

    async def learn_counters(self) -> None:
        """Ask for the counters and sizes of all disks. Raises MonitorError, MonitorRefused."""
        self.counters = read_counters(await self.command("query-block"), await self.command("query-blockstats"))

    async def _learn_ports(self) -> None:
        try:
            for graphics in self.live.graphics:
                graphics.listen = graphics.listen or LOOPBACK[0]
                graphics.port = int((await self.command("query-vnc"))["service"])
        except (KeyError, TypeError, ValueError) as error:
            raise MonitorError("QEMU's answer about vnc is malformed") from error

    def last_words(self) -> str:
        """Return what QEMU wrote last to its log, on one line, for the person who reads the error."""
        try:
            tail = self.log_path.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace")
        except OSError:
            return ""
        lines = [line for line in tail.splitlines() if line.strip()]
        return "".join(c if c.isprintable() else "?" for c in " / ".join(lines[-2:]))

    # -- changes ----------------------------------------------------------------------------------------------------

    async def query_balloon_kib(self) -> int:
        """Return the memory that the guest has now."""
        try:
            return int((await self.command("query-balloon"))["actual"]) // 1024
        except (KeyError, TypeError, ValueError) as error:
            raise MonitorError("QEMU's answer about the balloon is malformed") from error

    async def balloon(self, kib: int) -> None:
        """Ask the guest to make do with this much memory."""
        await self.command("balloon", {"value": kib * 1024})

    async def plug_vcpus(self, count: int) -> None:
        """Plug in vcpus until there are `count`. Raises MonitorError, MonitorRefused; some may then be plugged in."""
        try:
            slots = await self.command("query-hotpluggable-cpus")
            free = [(dict(slot["props"]), str(slot["type"])) for slot in slots if "qom-path" not in slot]
        except (KeyError, TypeError, ValueError) as error:
            raise MonitorError("QEMU's list of vcpus is malformed") from error
        # QEMU lists them last one first
        free.reverse()
        for number in range(self.live.vcpus, count):
            if not free:
                raise OperationFailed("QEMU has no place for another vcpu", domain=FROM_QEMU)
            props, kind = free.pop(0)
            await self.command("device_add", {**props, "driver": kind, "id": f"vcpu{number}"})
            self.live.vcpus = number + 1
        await self.learn_threads()
        for vcpu, tid in self.threads.items():
            if vcpu in self.live.vcpu_pins:
                self._pin(tid, parse_cpuset(self.live.vcpu_pins[vcpu]))

    def pin_vcpu(self, vcpu: int, cpus: frozenset[int]) -> None:
        """Let a vcpu's thread run on these cpus only; nothing to do for one that is not plugged in."""
        if vcpu in self.threads:
            self._pin(self.threads[vcpu], cpus)

    def _pin(self, tid: int, cpus: frozenset[int]) -> None:
        try:
            self.process.pin(tid, cpus & host.online_cpus())
        except OSError as error:
            raise SystemCallFailed(f"cannot pin a vcpu: {error.strerror}", domain=FROM_QEMU) from error

    async def reset(self) -> None:
        """Press the reset button, also where a reboot by the guest is to be its end."""
        ends = self.live.on_reboot != "restart"
        if ends:
            await self.command("set-action", {"reboot": "reset"})
        await self.command("system_reset")
        if ends:
            await self.command("set-action", {"reboot": "shutdown"})

    # -- end --------------------------------------------------------------------------------------------------------

    async def end(self, *, gracefully: bool = False) -> None:
        """End the process: ask, then SIGTERM, then (not if `gracefully`) SIGKILL. OperationFailed if it is still there.

        Returns when the process has ended.
        """
        grace_s = self._settings.stop_grace_s
        try:
            await self.command("quit", timeout_s=grace_s)
        except VirtError:
            # it answers by ending, or not at all
            self.process.terminate()
        if await self.process.wait(grace_s):
            return
        self.process.terminate()
        if await self.process.wait(grace_s if gracefully else 0.2):
            return
        if gracefully:
            raise OperationFailed("QEMU does not end when it is asked to", domain=FROM_QEMU)
        self.process.kill()
        if not await self.process.wait(grace_s):
            raise OperationFailed("QEMU does not end even when killed", domain=FROM_QEMU)

    async def abandon(self) -> None:
        """Kill the process of a start that failed, and clean up."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait(self._settings.stop_grace_s)
        await self.close(remove=True)

    async def close(self, *, remove: bool) -> None:
        """Let go of the process and its session; remove: also its socket, as it has ended."""
        if self._qmp is not None:
            await self._qmp.close()
            self._qmp = None
        if self._process is not None:
            self._process.close()
        if remove:
            for path in (self.socket_path, *self.socket_paths):
                path.unlink(missing_ok=True)

    # -- what comes from below --------------------------------------------------------------------------------------

    def _event(self, name: str, data: Mapping[str, Any]) -> None:
        if not self._may_speak():
            return
        if self._early is not None:
            self._early.append((name, data))
            return
        self._on_event(self, name, data)

    def _may_speak(self) -> bool:
        """Return whether one more event is believable; a flood would push other machines' events off the bus."""
        now_s = int(time.monotonic())
        if now_s != self._second:
            self._second, self._spoken = now_s, 0
        self._spoken += 1
        if self._spoken == MAX_EVENTS_A_SECOND + 1:
            log.warning("machine %.100r: QEMU sends too many events; some are dropped", self.live.name)
        return self._spoken <= MAX_EVENTS_A_SECOND

    def _lost(self) -> None:
        self._qmp = None

    def _exited(self) -> None:
        if self._early is None:
            self._on_exit(self)
