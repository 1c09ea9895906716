"""What every change of a machine stands on: its job lock, its place among the others, its end."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.qemu.life import QemuLife
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.errors import FROM_QEMU, OperationFailed, VirtError
from virtrpcd.lifecycle import Action

MAX_MACHINES: Final = 16384
"""No more than a list of machines can hold on any wire."""


class QemuChange(QemuLife):
    """Helpers of the changes in saving.py and driver.py."""

    @asynccontextmanager
    async def _job(self, uuid: bytes, job: str) -> AsyncIterator[Machine]:
        """Hold a machine's lock. NoDomain if it is not there, also if it went while we waited."""
        machine = self._find(uuid)
        async with machine.lock.hold(job):
            if self._find(uuid) is not machine:
                raise self.no_domain(uuid)
            yield machine

    @asynccontextmanager
    async def _place_for(self, definition: DomainDef, job: str) -> AsyncIterator[Machine]:
        """Hold the lock of the machine that a definition is for; a new one is gone again if nothing came of it."""
        while True:
            machine = self._match(definition) or self._new_place(definition)
            async with machine.lock.hold(job):
                if self._by_uuid.get(machine.uuid) is not machine or machine.name != definition.name:
                    continue  # it went, or was renamed, while we waited
                try:
                    yield machine
                finally:
                    if not machine.visible:
                        self._forget(machine)
                return

    def _new_place(self, definition: DomainDef) -> Machine:
        if len(self._by_uuid) >= MAX_MACHINES:
            raise OperationFailed(f"there are {MAX_MACHINES} domains already", domain=FROM_QEMU)
        return self._place(definition.uuid or os.urandom(16), definition.name)

    def _match(self, definition: DomainDef) -> Machine | None:
        """Return the machine of a definition, None for a new one; OperationFailed if only name or uuid agrees."""
        by_uuid = self._by_uuid.get(definition.uuid or b"")
        by_name = self._by_name.get(definition.name)
        if by_uuid is not None and by_uuid.name != definition.name:
            why = f"domain '{by_uuid.name}' is already defined with uuid {format_uuid(by_uuid.uuid)}"
            raise OperationFailed(why, domain=FROM_QEMU)
        if by_name is not None and by_uuid is None:
            why = f"domain '{by_name.name}' already exists with uuid {format_uuid(by_name.uuid)}"
            raise OperationFailed(why, domain=FROM_QEMU)
        return by_uuid

    async def _end(self, run: Run, action: Action, *, gracefully: bool = False) -> None:
        """End a run and wait until the machine knows it."""
        before, run.ending = run.ending, action
        try:
            await run.end(gracefully=gracefully)
        except VirtError:
            run.ending = before
            raise
        await run.over.wait()

    async def _quietly(self, run: Run, command: str) -> None:
        """Stop or continue the guest; its events about that are not taken for the guest's own doing."""
        run.quiet += 1
        try:
            await run.command(command)
        finally:
            run.quiet -= 1
