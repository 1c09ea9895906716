"""Machines to files and back: save, restore, managed save, core dump."""

from __future__ import annotations

import asyncio
import os
from typing import Final

from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.qemu import definition as definitions
from virtrpcd.drivers.qemu import image
from virtrpcd.drivers.qemu.change import QemuChange
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.errors import FROM_QEMU, SystemCallFailed, VirtError
from virtrpcd.lifecycle import Action, move
from virtrpcd.model import DomainState
from virtrpcd.store import RunPhase

_BYPASS_CACHE: Final = 1
_SAVE_RUNNING: Final = 2
_SAVE_PAUSED: Final = 4
_DUMP_CRASH: Final = 1
_DUMP_RESET: Final = 8
_DUMP_MEMORY_ONLY: Final = 16


class QemuSaving(QemuChange):
    """The part that writes machines to files and reads them."""

    async def save(self, uuid: bytes, path: str, flags: int) -> None:
        await self._whole(self._save(uuid, path, flags))

    async def _save(self, uuid: bytes, path: str, flags: int) -> None:
        async with self._job(uuid, "save") as machine:
            await self._save_to(machine, path, flags)

    async def managed_save(self, uuid: bytes, flags: int) -> None:
        await self._whole(self._managed_save(uuid, flags))

    async def _managed_save(self, uuid: bytes, flags: int) -> None:
        async with self._job(uuid, "save") as machine:
            machine.need_run()
            machine.need_config("do a managed save of")
            await self._save_to(machine, os.fspath(self._managed_path(uuid)), flags)
            machine.managed = True

    async def managed_save_remove(self, uuid: bytes) -> None:
        await self._whole(self._managed_save_remove(uuid))

    async def _managed_save_remove(self, uuid: bytes) -> None:
        async with self._job(uuid, "remove the saved image of") as machine:
            self._remove_managed(machine)

    async def _save_to(self, machine: Machine, path: str, flags: int) -> None:
        """Write a machine to a file and end it. When that fails it goes on as it was."""
        run = machine.need_run()
        move(machine.state, Action.SAVE, domain=FROM_QEMU)
        self._check_file_flags(flags)
        was_running = machine.state == DomainState.RUNNING
        file = await asyncio.to_thread(image.OutFile, path)
        running = bool(flags & _SAVE_RUNNING) or (was_running and not flags & _SAVE_PAUSED)
        run.quiet += 1
        try:
            if was_running:
                # a daemon that finds it stopped must know that it was us
                await self._in_pool(self._store.put_run, machine.run_row(run, RunPhase.SAVING))
                await run.command("stop")
            xml = machine.run_row(run).xml
            await asyncio.to_thread(image.write_head, file.fd, image.Saved(xml, running))
            await run.save_stream(file.fd)
            await asyncio.to_thread(image.finish_head, file.fd)
        except BaseException as error:
            await asyncio.to_thread(file.drop)
            await self._go_on(machine, run, was_running)
            if isinstance(error, OSError):
                raise SystemCallFailed(f"cannot write '{path}': {error.strerror}", domain=FROM_QEMU) from error
            raise
        finally:
            run.quiet -= 1
        try:
            await asyncio.to_thread(file.keep)
        except VirtError:
            await self._go_on(machine, run, was_running)
            raise
        await self._end(run, Action.SAVE)

    async def _go_on(self, machine: Machine, run: Run, was_running: bool) -> None:
        if was_running and machine.run is run:
            await self._quietly(run, "cont")
            await self._in_pool(self._store.put_run, machine.run_row(run))

    async def restore(self, path: str, flags: int) -> None:
        await self._whole(self._restore(path, flags))

    async def _restore(self, path: str, flags: int) -> None:
        self._check_file_flags(flags)
        fd, saved = await asyncio.to_thread(image.open_saved, path)
        try:
            # the file may come from anywhere: what is in it gets no more trust than what a client sends
            definition = definitions.read_definition(saved.xml, self.emulator, self.settings.paths)
            async with self._place_for(definition, "restore") as machine:
                machine.need_off()
                await self._restore_from(machine, fd, saved, definition, mode=flags)
        finally:
            os.close(fd)

    async def core_dump(self, uuid: bytes, path: str, flags: int) -> None:
        await self._whole(self._core_dump(uuid, path, flags))

    async def _core_dump(self, uuid: bytes, path: str, flags: int) -> None:
        async with self._job(uuid, "dump") as machine:
            run = machine.need_run()
            if flags & ~(_DUMP_CRASH | _DUMP_RESET | _DUMP_MEMORY_ONLY):
                self._refuse("a guest stands still while it is dumped, and the cache cannot be bypassed")
            if flags & _DUMP_CRASH and flags & _DUMP_RESET:
                self._refuse("crash and reset exclude each other")
            file = await asyncio.to_thread(image.OutFile, path)
            run.quiet += 1
            try:
                await run.dump(file.fd)
            except BaseException:
                await asyncio.to_thread(file.drop)
                raise
            finally:
                run.quiet -= 1
            await asyncio.to_thread(file.keep)
            if flags & _DUMP_CRASH:
                await self._end(run, Action.CRASH)
            elif flags & _DUMP_RESET:
                await run.reset()

    async def _restore_managed(self, machine: Machine, *, paused: bool) -> None:
        fd, saved = await asyncio.to_thread(image.open_saved, os.fspath(self._managed_path(machine.uuid)))
        try:
            definition = parse_domain(saved.xml, types=definitions.TYPES)
            await self._restore_from(machine, fd, saved, definition, mode=_SAVE_PAUSED if paused else 0)
        finally:
            os.close(fd)

    def _check_file_flags(self, flags: int) -> None:
        if flags & _BYPASS_CACHE:
            self._refuse("the cache cannot be bypassed")
        if flags & _SAVE_RUNNING and flags & _SAVE_PAUSED:
            self._refuse("running and paused exclude each other")
