"""What QEMU tells of its guest, and what it means for the machine: QMP events -> states and events on the bus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.queries import QemuQueries
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.drivers.qemu.storage import QemuStorage
from virtrpcd.errors import FROM_QEMU, OperationFailed, VirtError
from virtrpcd.events import EventBus
from virtrpcd.lifecycle import MOVES, Action, Move, move
from virtrpcd.model import (
    BalloonEvent,
    DeviceRemovedEvent,
    DomainRef,
    DomainState,
    IoErrorEvent,
    Lifecycle,
    LifecycleEvent,
    PausedReason,
    RebootEvent,
    ResumedDetail,
    RtcChangeEvent,
    RunningReason,
    SuspendedDetail,
    WatchdogEvent,
)
from virtrpcd.store import StateError, Store

log = logging.getLogger(__name__)

WATCHDOG_ACTIONS: Final = {
    "none": 0, "pause": 1, "reset": 2, "poweroff": 3, "shutdown": 4, "debug": 5, "inject-nmi": 6,
}  # fmt: skip
IO_ERROR_ACTIONS: Final = {"ignore": 0, "stop": 1, "report": 2}

_RUNNING: Final = int(DomainState.RUNNING)
_PAUSED: Final = int(DomainState.PAUSED)
_SHUTDOWN: Final = int(DomainState.SHUTDOWN)
_MAX_REASON: Final = 256

_T = TypeVar("_T")


class QemuGuests(QemuQueries):
    """The part that listens to running machines and brings them to their end when their process ends."""

    def __init__(self, bus: EventBus, settings: QemuSettings) -> None:
        super().__init__(bus, settings)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._pool = ThreadPoolExecutor(1, "virtrpc-state")
        self._kept: Store | None = None
        self._pools = QemuStorage(bus, settings.paths, self._keep)
        self.storage = self._pools

    # -- work that goes on ------------------------------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        if self._kept is None:
            raise OperationFailed("the qemu driver is not started", domain=FROM_QEMU)
        return self._kept

    async def _keep(self, work: Callable[[Store], None]) -> None:
        await self._in_pool(work, self._store)

    async def _in_pool(self, work: Any, *args: object) -> Any:
        """Run blocking work of the store in the one thread that may touch it; in the order asked for."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)

    def _spawn(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _whole(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a change to its end, also when who asked for it goes away meanwhile."""
        return await asyncio.shield(self._spawn(work))

    # -- events on the bus ------------------------------------------------------------------------------------------

    def _publish(self, ref: DomainRef, event: int, detail: int) -> None:
        self.bus.publish(LifecycleEvent(ref, int(event), int(detail)))

    def _enter(self, machine: Machine, to: Move) -> None:
        machine.enter(to.state, to.reason)
        for event, detail in to.events:
            self._publish(machine.ref, event, detail)

    # -- the end of a process ---------------------------------------------------------------------------------------

    def _on_exit(self, run: Run) -> None:
        machine = self._by_uuid.get(run.uuid)
        if machine is not None and machine.run is run:
            self._spawn(self._finish(machine, run))

    async def _finish(self, machine: Machine, run: Run) -> None:
        """Bring a machine whose process has ended to SHUTOFF: on disk, then in memory, then on the bus."""
        if run.ending is None:
            run.ending = Action.SHUT_DOWN if machine.state == _SHUTDOWN else Action.CRASH
            log.warning("machine %.100r: QEMU ended by itself; its last words: %s", machine.name, run.last_words())
        try:
            await self._in_pool(self._store.remove_run, run.uuid)
        except StateError as error:
            # it will be found dead at the next start, which comes to the same
            log.error("machine %.100r: %s", machine.name, error)
        await run.close(remove=True)
        if machine.run is run:
            to = MOVES.get((machine.state, run.ending)) or move(_RUNNING, run.ending, domain=FROM_QEMU)
            machine.end(to)
            if not machine.visible:
                self._forget(machine)
            for event, detail in to.events:
                self._publish(machine.ref, event, detail)
        run.over.set()

    def _forget(self, machine: Machine) -> None:
        if self._by_uuid.get(machine.uuid) is machine:
            del self._by_uuid[machine.uuid]
            del self._by_name[machine.name]

    def _on_monitor(self, run: Run, name: str, message: Mapping[str, Any]) -> None:
        """Hand on an event as QEMU told it; for whoever listens (screen.py)."""

    # -- QMP events -------------------------------------------------------------------------------------------------

    def _on_event(self, run: Run, name: str, data: Mapping[str, Any]) -> None:
        machine = self._by_uuid.get(run.uuid)
        handler = _HANDLERS.get(name)
        if handler is not None and machine is not None and machine.run is run:
            handler(self, machine, run, data)

    def _on_stop(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        if run.quiet or run.fake_reboot or machine.state != _RUNNING:
            return
        if run.io_error:
            self._enter(machine, move(machine.state, Action.IO_ERROR, domain=FROM_QEMU))
            return
        machine.enter(_PAUSED, PausedReason.UNKNOWN)
        self._publish(machine.ref, Lifecycle.SUSPENDED, SuspendedDetail.PAUSED)

    def _on_resume(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        run.io_error = False
        if run.quiet or machine.state != _PAUSED:
            return
        machine.enter(_RUNNING, RunningReason.UNPAUSED)
        self._publish(machine.ref, Lifecycle.RESUMED, ResumedDetail.UNPAUSED)

    def _on_reset(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        self.bus.publish(RebootEvent(machine.ref))

    def _on_shutdown(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        reason = data.get("reason")
        if reason in ("host-qmp-quit", "host-signal", "host-error"):
            return
        if run.fake_reboot:
            self._spawn(self._guest_ended(machine, run, "restart"))
            return
        self._guest_powered_off(machine, run, rebooting=reason == "guest-reset")

    def _guest_powered_off(self, machine: Machine, run: Run, *, rebooting: bool) -> None:
        to = MOVES.get((machine.state, Action.POWER_DOWN))
        if to is None:
            return
        then = run.live.on_reboot if rebooting else run.live.on_poweroff
        if then == "restart":
            run.fake_reboot = True
        else:
            self._enter(machine, to)
        self._spawn(self._guest_ended(machine, run, then))

    async def _guest_ended(self, machine: Machine, run: Run, then: str) -> None:
        """Do what the definition says to a guest that has ended."""
        try:
            if then == "destroy":
                run.ending = run.ending or Action.SHUT_DOWN
                await run.end()
            elif then == "restart":
                await run.reset()
                await run.command("cont")
                run.fake_reboot = False
                machine.enter(_RUNNING, RunningReason.BOOTED)
        except VirtError as error:
            log.error("machine %.100r: the guest ended, and %s failed: %s", machine.name, then, error)

    def _on_panic(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        to = MOVES.get((machine.state, Action.PANIC))
        if to is None:
            return
        self._enter(machine, to)
        if run.live.on_crash == "destroy":
            run.ending = Action.CRASH
        self._spawn(self._guest_ended(machine, run, run.live.on_crash))

    def _on_balloon(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        kib = min(int(data["actual"]) // 1024, run.live.memory_kib)
        if kib != run.live.current_memory_kib:
            run.live.current_memory_kib = kib
            machine.refresh()
            self.bus.publish(BalloonEvent(machine.ref, kib))

    def _on_rtc(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        self.bus.publish(RtcChangeEvent(machine.ref, int(data["offset"])))

    def _on_watchdog(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        self.bus.publish(WatchdogEvent(machine.ref, WATCHDOG_ACTIONS.get(str(data["action"]), 0)))

    def _on_io_error(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        action = IO_ERROR_ACTIONS.get(str(data["action"]), 0)
        run.io_error = run.io_error or data["action"] == "stop"
        node = str(data.get("node-name", "")).removesuffix("-file").removeprefix("disk-")
        path = next((disk.source or "" for disk in run.live.disks if disk.target == node), "")
        reason = "enospc" if data.get("nospace") else str(data.get("reason", ""))[:_MAX_REASON]
        self.bus.publish(IoErrorEvent(machine.ref, path, str(data.get("device") or node)[:_MAX_REASON], action, reason))

    def _on_device_deleted(self, machine: Machine, run: Run, data: Mapping[str, Any]) -> None:
        if "device" in data:
            self.bus.publish(DeviceRemovedEvent(machine.ref, str(data["device"])[:_MAX_REASON]))


_HANDLERS: Final = {
    "STOP": QemuGuests._on_stop,
    "RESUME": QemuGuests._on_resume,
    "RESET": QemuGuests._on_reset,
    "SHUTDOWN": QemuGuests._on_shutdown,
    "GUEST_PANICKED": QemuGuests._on_panic,
    "BALLOON_CHANGE": QemuGuests._on_balloon,
    "RTC_CHANGE": QemuGuests._on_rtc,
    "WATCHDOG": QemuGuests._on_watchdog,
    "BLOCK_IO_ERROR": QemuGuests._on_io_error,
    "DEVICE_DELETED": QemuGuests._on_device_deleted,
}
