"""A machine's memory into an open file and out of one again: saving, restoring, dumping."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from virtrpcd.drivers.qemu.qmp import MonitorError, MonitorRefused
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.errors import FROM_QEMU, OperationFailed

_POLL_S: Final = 0.02
_MAX_POLL_S: Final = 0.25
_LONGEST_REASON: Final = 2048


class Transfers(ABC):
    """What a run does with files; it has the monitor for it."""

    _settings: QemuSettings

    @abstractmethod
    async def command(
        self, name: str, arguments: Mapping[str, object] | None = None, *, timeout_s: float | None = None
    ) -> Any:
        """Run a monitor command."""

    @abstractmethod
    async def give_file(self, name: str, fd: int) -> None:
        """Let QEMU have an open file under a name."""

    @abstractmethod
    def last_words(self) -> str:
        """Return the end of QEMU's log."""

    async def save_stream(self, fd: int) -> None:
        """Write the stopped machine to an open file. Raises OperationFailed."""
        await self.give_file("save", fd)
        # the guest does not run: there is nobody to spare the bandwidth for
        await self.command("migrate-set-parameters", {"max-bandwidth": 1 << 62})
        await self.command("migrate", {"uri": "fd:save"})
        await self._until_migrated("saving")

    async def load_stream(self, fd: int) -> None:
        """Read a machine from an open file. Raises OperationFailed."""
        try:
            await self.give_file("saved", fd)
            await self.command("migrate-incoming", {"uri": "fd:saved"}, timeout_s=self._settings.transfer_timeout_s)
            await self._until_migrated("restoring")
        except (MonitorError, MonitorRefused) as error:
            words = self.last_words()
            raise OperationFailed(f"the saved machine cannot be read: {words or error.message}") from error

    async def _until_migrated(self, doing: str) -> None:
        await self._poll("query-migrate", f"{doing} the machine", ("completed",), ("failed", "cancelled", "cancelling"))

    async def dump(self, fd: int) -> None:
        """Write the guest's memory to an open file as an ELF core. The guest stands still meanwhile."""
        await self.give_file("dump", fd)
        await self.command("dump-guest-memory", {"paging": False, "protocol": "fd:dump", "detach": True})
        await self._poll("query-dump", "dumping the machine", ("completed",), ("failed",))

    async def _poll(self, query: str, doing: str, good: tuple[str | None, ...], bad: tuple[str, ...]) -> None:
        pause_s = _POLL_S
        try:
            async with asyncio.timeout(self._settings.transfer_timeout_s):
                while True:
                    answer = await self.command(query)
                    status = answer.get("status") if isinstance(answer, dict) else None
                    if status in good:
                        return
                    if status in bad:
                        why = str(answer.get("error-desc", "QEMU does not say why"))[:_LONGEST_REASON]
                        raise OperationFailed(f"{doing} failed: {why}", domain=FROM_QEMU)
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 1.5, _MAX_POLL_S)
        except TimeoutError as error:
            raise OperationFailed(f"{doing} took too long", domain=FROM_QEMU) from error
