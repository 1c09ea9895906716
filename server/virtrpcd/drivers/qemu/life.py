"""Starting machines, and finding them again after a restart of the daemon.

A start is on disk before its process exists and again when it is done, so that a daemon killed in between finds either
a machine that runs, which it keeps, or one that never got to run its guest, which it ends.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import os
from pathlib import Path
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.qemu import image, probe
from virtrpcd.drivers.qemu.definition import TYPES, fill_in
from virtrpcd.drivers.qemu.guest import QemuGuests
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, NoConnect, OperationInvalid, SystemCallFailed, VirtError
from virtrpcd.lifecycle import Action, Move, move
from virtrpcd.model import (
    CrashedReason,
    DomainState,
    Lifecycle,
    PausedReason,
    ResumedDetail,
    RunningReason,
    ShutoffReason,
    StoppedDetail,
)
from virtrpcd.store import Loaded, RunPhase, RunRecord, StateError, Store

log = logging.getLogger(__name__)

_RECONNECTS_AT_ONCE: Final = 16
_STARTS_AT_ONCE: Final = 2
_DYING_S: Final = 1.0
"""A process that was killed just now may still take connections."""

_SAVE_RUNNING: Final = 2
_SAVE_PAUSED: Final = 4
_RESUMED: Final = (int(Lifecycle.RESUMED), int(ResumedDetail.UNPAUSED))

# what QEMU's run state means for a machine that is found again
_FOUND: Final[dict[str, tuple[int, int]]] = {
    "running": (DomainState.RUNNING, RunningReason.UNKNOWN),
    "paused": (DomainState.PAUSED, PausedReason.USER),
    "prelaunch": (DomainState.PAUSED, PausedReason.USER),
    "postmigrate": (DomainState.PAUSED, PausedReason.USER),
    "finish-migrate": (DomainState.PAUSED, PausedReason.USER),
    "io-error": (DomainState.PAUSED, PausedReason.IOERROR),
    "save-vm": (DomainState.PAUSED, PausedReason.DUMP),
    "watchdog": (DomainState.PAUSED, PausedReason.WATCHDOG),
    "guest-panicked": (DomainState.CRASHED, CrashedReason.PANICKED),
}
_NEVER_RAN: Final = ("prelaunch", "inmigrate")


class QemuLife(QemuGuests):
    """The part that makes machines run."""

    _next_id = 1

    # -- start ------------------------------------------------------------------------------------------------------

    async def _start_machine(
        self, machine: Machine, definition: DomainDef, action: Action, *, stream: int | None = None
    ) -> None:
        """Start a machine that is off, its lock held. stream: a saved machine's stream, open. Nothing is left when it
        fails."""
        to = move(machine.state, action, domain=FROM_QEMU)
        run = self._new_run(definition)
        await self._in_pool(self._store.put_run, machine.run_row(run, RunPhase.STARTING))
        try:
            await run.launch(self._accel(definition), incoming=stream is not None)
            if stream is not None:
                await run.load_stream(stream)
            if to.state == DomainState.RUNNING:
                await run.command("cont")
            await self._in_pool(self._store.put_run, machine.run_row(run))
        except BaseException:
            await run.abandon()
            await self._drop_row(run)
            raise
        machine.begin(run, to)
        events = to.events
        if to.state == DomainState.RUNNING:
            # libvirt's qemu driver says this first, as it, too, starts machines stopped
            events = (_RESUMED, *events)
        for event, detail in events:
            self._publish(machine.ref, event, detail)
        run.settle()

    def _new_run(self, definition: DomainDef) -> Run:
        live = copy.deepcopy(definition)
        live.emulator = self.emulator.path
        # one that was kept by an earlier version may lack what is filled in by now
        fill_in(live, self.emulator)
        run = self._run_of(live, self._next_id)
        self._next_id += 1
        return run

    def _run_of(self, live: DomainDef, id: int) -> Run:
        return Run(
            live,
            id,
            self.settings,
            on_event=self._on_event,
            on_exit=self._on_exit,
            on_monitor=self._on_monitor,
        )

    async def _drop_row(self, run: Run) -> None:
        try:
            await self._in_pool(self._store.remove_run, run.uuid)
        except StateError as error:
            log.error("machine %.100r: %s", run.live.name, error)

    def _accel(self, definition: DomainDef) -> str:
        """Return how QEMU is to run a machine: type qemu always by emulation, type kvm as the settings say."""
        if definition.type == "qemu" or self.settings.accel == "tcg":
            return "tcg"
        if not self._kvm and self.settings.accel == "kvm":
            raise ConfigUnsupported("KVM does not work on this host", domain=FROM_QEMU)
        if not self._kvm:
            log.warning("machine %.100r is emulated, as KVM does not work here", definition.name)
        return "kvm" if self._kvm else "tcg"

    async def _restore_from(
        self, machine: Machine, stream: int, saved: image.Saved, definition: DomainDef, *, mode: int
    ) -> None:
        """Start a machine, its lock held, from a saved one. stream: the open file, positioned at the stream.

        mode: 0 running or paused as it was, 2 running, 4 paused (virDomainSaveRestoreFlags).
        """
        running = bool(mode & _SAVE_RUNNING) or (saved.running and not mode & _SAVE_PAUSED)
        action = Action.RESTORE if running else Action.RESTORE_PAUSED
        await self._start_machine(machine, definition, action, stream=stream)

    # -- managed save -----------------------------------------------------------------------------------------------

    def _managed_path(self, uuid: bytes) -> Path:
        return self.settings.state_dir / "save" / f"{format_uuid(uuid)}.save"

    def _remove_managed(self, machine: Machine) -> None:
        try:
            self._managed_path(machine.uuid).unlink(missing_ok=True)
        except OSError as error:
            raise SystemCallFailed(f"cannot remove the saved image: {error.strerror}", domain=FROM_QEMU) from error
        machine.managed = False

    # -- the driver's own start and stop ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the state, find running machines, start those that start with the daemon.

        Raises NoConnect without a usable QEMU, StateError's children for a state that cannot be used.
        """
        path = os.fspath(self.settings.emulator) if self.settings.emulator else probe.find_emulator()
        if path is None:
            raise NoConnect(f"there is no qemu-system-{probe.ARCH} on this host", domain=FROM_QEMU)
        self._emulator = await asyncio.to_thread(probe.ask_emulator, path)
        if self.settings.accel != "tcg":
            self._kvm = await asyncio.to_thread(probe.kvm_works, path)
        try:
            self.settings.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._kept = await self._in_pool(Store, self.settings.state_dir)
            self._managed_path(b"").parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SystemCallFailed(f"{error.filename}: {error.strerror}", domain=FROM_QEMU) from error
        loaded = await self._in_pool(self._store.load)
        self._load_definitions(loaded)
        await self._pools.start(loaded.pools)
        await self._recover_all(loaded.runs)
        await self._autostart_all()

    async def stop(self) -> None:
        """Let go of everything; the machines go on."""
        await self._pools.stop()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self.settings.stop_grace_s)
        runs = [machine.run for machine in self._by_uuid.values() if machine.run is not None]
        await asyncio.gather(*(run.close(remove=False) for run in runs))
        if self._kept is not None:
            await self._in_pool(self._kept.close)
        self._pool.shutdown(wait=True)

    def _load_definitions(self, loaded: Loaded) -> None:
        self._next_id = loaded.next_id
        for row in loaded.definitions:
            machine = self._place(row.uuid, row.name)
            machine.autostart = row.autostart
            machine.managed = self._managed_path(row.uuid).exists()
            try:
                machine.set_config(parse_domain(row.xml, types=TYPES), changed=False)
            except VirtError as error:
                machine.damage = error.message
                log.error("the definition of machine %.100r is damaged: %s", row.name, error.message)
        for damage in loaded.damaged:
            log.error("a row of %s is damaged (machine %.100r): %s", damage.table, damage.name, damage.why)
            known = damage.uuid is None or damage.uuid in self._by_uuid or damage.name in self._by_name
            if damage.table == "definitions" and not known and damage.uuid and damage.name:
                self._place(damage.uuid, damage.name).damage = damage.why

    def _place(self, uuid: bytes, name: str) -> Machine:
        machine = Machine(uuid, name, job_wait_s=self.settings.job_wait_s)
        self._by_uuid[uuid] = machine
        self._by_name[name] = machine
        return machine

    async def _recover_all(self, rows: list[RunRecord]) -> None:
        some = asyncio.Semaphore(_RECONNECTS_AT_ONCE)

        async def one(row: RunRecord) -> None:
            async with some:
                try:
                    await self._recover(row)
                except (VirtError, OSError) as error:
                    log.error("machine %.100r could not be found again: %s", row.name, error)

        await asyncio.gather(*(one(row) for row in rows))

    async def _recover(self, row: RunRecord) -> None:
        """Find a machine that ran when the last daemon ended, and go on with it; or say that it died."""
        live = parse_domain(row.xml, types=TYPES)
        machine = self._by_uuid.get(row.uuid) or self._place(row.uuid, row.name)
        run = self._run_of(live, row.id)
        if not await run.find(row.pid, row.start_ticks):
            await self._died(machine, row, run)
            return
        try:
            status = await run.reconnect(saving=row.phase is RunPhase.SAVING)
        except VirtError as error:
            if await run.process.wait(_DYING_S):
                await self._died(machine, row, run)
                return
            # it runs, for all we know: it stays listed, and can be destroyed
            log.error("machine %.100r runs, but cannot be spoken to: %s", row.name, error)
            status = "running"
        if row.phase is RunPhase.STARTING and status in _NEVER_RAN:
            await self._died(machine, row, run)
            return
        if machine.managed:
            # it was used by the start that this run comes from
            self._remove_managed(machine)
        self._take_up(machine, run, status)
        if row.phase is not RunPhase.STARTED:
            await self._in_pool(self._store.put_run, machine.run_row(run))

    def _take_up(self, machine: Machine, run: Run, status: str) -> None:
        state, reason = _FOUND.get(status, (DomainState.RUNNING, RunningReason.UNKNOWN))
        machine.begin(run, Move(int(state), int(reason), ()))
        run.settle()
        if status == "shutdown":
            self._guest_powered_off(machine, run, rebooting=False)

    async def _died(self, machine: Machine, row: RunRecord, run: Run) -> None:
        """Take a machine for off; a process that never ran its guest is ended."""
        await run.abandon()
        await self._drop_row(run)
        reason, detail = ShutoffReason.CRASHED, StoppedDetail.CRASHED
        if row.phase is RunPhase.STARTING:
            reason, detail = ShutoffReason.FAILED, StoppedDetail.FAILED
        machine.enter(DomainState.SHUTOFF, reason)
        self._publish(machine.ref, Lifecycle.STOPPED, detail)
        if not machine.visible:
            self._forget(machine)

    async def _autostart_all(self) -> None:
        some = asyncio.Semaphore(_STARTS_AT_ONCE)

        async def one(machine: Machine) -> None:
            async with some:
                try:
                    await self.start_domain(machine.uuid, 0)
                except OperationInvalid:
                    return  # it runs
                except VirtError as error:
                    log.error("machine %.100r could not be started with the daemon: %s", machine.name, error)

        wanted = [machine for machine in self._by_uuid.values() if machine.autostart and machine.run is None]
        await asyncio.gather(*(one(machine) for machine in wanted))
