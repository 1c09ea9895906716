"""What the drivers' contract stands on: the driver under test, a watch on its events, waiting with a deadline."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import NotSupported, OperationInvalid, VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model import DomainEvent, DomainRef, DomainState, LifecycleEvent, RunningReason, StartedDetail
from virtrpcd.model_network import NetworkEvent, NodeDeviceEvent


@dataclass(frozen=True)
class Exemption:
    """A promise that a driver does not keep: why, and how it fails (it must still fail that way, or be taken off)."""

    reason: str
    raises: type[BaseException]


class Subject(ABC):
    """A driver under test, and what a test must know of it. One a test; the driver may use `folder`."""

    lacks: ClassVar[Mapping[str, str]] = {}
    """Driver methods that raise NotSupported, each with the reason; the contract checks that they do."""

    exemptions: ClassVar[Mapping[str, Exemption]] = {}
    """Promises by name that the driver does not keep."""

    guest_listens: ClassVar[bool] = True
    """Whether the guest obeys ACPI and the balloon; if not, being asked is all that is promised."""

    os_type: ClassVar[str | None] = None
    """What the driver says of every machine, if it does not look at the definition."""

    tells_reboots: ClassVar[bool] = True
    """Whether an event says that a guest was reset or rebooted."""

    managed_start: ClassVar[tuple[RunningReason, StartedDetail]] = (RunningReason.RESTORED, StartedDetail.RESTORED)
    """What the start of a machine with a managed save image is called."""

    deadline_s: ClassVar[float] = 20.0
    """How long anything may take to become true."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def driver(self, bus: EventBus) -> Driver:
        """Make a driver; the harness starts and stops it."""

    @abstractmethod
    def definition(self, name: str) -> DomainDef:
        """Return the definition of a small machine that the driver can run: no uuid, 1 of 2 vcpus, 64 MiB or more."""

    async def let_run(self) -> None:
        """Let some time pass for running machines: move the clock, or nothing where it moves by itself."""


Refusal = type[VirtError] | tuple[type[VirtError], ...]


class Bench:
    """A started driver and the machines that a promise made; `end` leaves none running."""

    def __init__(self, subject: Subject, driver: Driver) -> None:
        self.subject = subject
        self.driver = driver
        self.folder = subject.folder
        self._cursor = Cursor(driver.bus.epoch, driver.bus.next_number)

    # -- definitions ------------------------------------------------------------------------------------------------

    def definition(self, name: str = "m1", **changes: Any) -> DomainDef:
        """Return a definition with a uuid and `changes`."""
        return replace(self.subject.definition(name), **({"uuid": os.urandom(16)} | changes))

    def xml(self, name: str = "m1", **changes: Any) -> str:
        """Return the XML of a definition with a uuid and `changes`."""
        return format_domain(self.definition(name, **changes), id=None, secure=True)

    async def defined(self, name: str = "m1", **changes: Any) -> DomainRef:
        """Return a machine that is defined and off."""
        return await self.driver.define(self.xml(name, **changes), 0)

    async def running(self, name: str = "m1", **changes: Any) -> DomainRef:
        """Return a machine that is defined and runs."""
        ref = await self.defined(name, **changes)
        return await self.driver.start_domain(ref.uuid, 0)

    async def transient(self, name: str = "m1", **changes: Any) -> DomainRef:
        """Return a machine that runs and is not defined."""
        return await self.driver.create_xml(self.xml(name, **changes), 0)

    # -- events -----------------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Forget the events up to now."""
        self._cursor = Cursor(self.driver.bus.epoch, self.driver.bus.next_number)

    def events(self, uuid: bytes) -> list[DomainEvent]:
        """Return the events of a machine since the last mark."""
        read = self.driver.bus.read(self._cursor, 1 << 20)
        assert not read.lost
        return [
            entry.event
            for entry in read.entries
            if not isinstance(entry.event, NetworkEvent | NodeDeviceEvent) and entry.event.dom.uuid == uuid
        ]

    def host_events(self) -> list[NetworkEvent | NodeDeviceEvent]:
        """Return what happened to networks and devices of the host since the last mark."""
        read = self.driver.bus.read(self._cursor, 1 << 20)
        return [entry.event for entry in read.entries if isinstance(entry.event, NetworkEvent | NodeDeviceEvent)]

    def lifecycle(self, uuid: bytes) -> list[tuple[int, int]]:
        """Return the (event, detail) pairs of a machine's lifecycle since the last mark."""
        return [(event.event, event.detail) for event in self.events(uuid) if isinstance(event, LifecycleEvent)]

    def check_lifecycle(self, uuid: bytes, *wanted: tuple[int, int]) -> None:
        """Check that these came, in this order; a hypervisor may say more in between."""
        seen = self.lifecycle(uuid)
        rest = iter(seen)
        missing = [pair for pair in wanted if pair not in rest]
        assert not missing, f"events {seen} lack {missing} (in the order {list(wanted)})"

    # -- states -----------------------------------------------------------------------------------------------------

    def state(self, ref: DomainRef) -> DomainState:
        """Return the present state."""
        return DomainState(self.driver.domain_state(ref.uuid)[0])

    def check_state(self, ref: DomainRef, state: DomainState, reason: int) -> None:
        """Check state, reason, and that the other queries agree."""
        assert self.driver.domain_state(ref.uuid) == (state, reason)
        assert self.driver.domain_info(ref.uuid).state == state
        active = state is not DomainState.SHUTOFF
        assert (self.driver.lookup_by_uuid(ref.uuid).id >= 0) == active

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until `true()`, looking again at each event and now and then; fail at the deadline."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.subject.deadline_s
        while not true():
            if loop.time() >= deadline:
                pytest.fail(f"not within {self.subject.deadline_s} s: {what}")
            await self.subject.let_run()
            await self.driver.bus.wait_beyond(self.driver.bus.next_number, 0.05)

    def exists(self, uuid: bytes) -> bool:
        """Return whether the driver knows the machine."""
        return any(ref.uuid == uuid for ref in self.driver.domains())

    # -- refusals -----------------------------------------------------------------------------------------------------

    def has(self, method: str) -> bool:
        """Return whether the driver has a method that not all drivers have."""
        return method not in self.subject.lacks

    async def refused(self, error: Refusal, method: str, *args: object) -> VirtError:
        """Check that a call raises `error` (NotSupported if the driver lacks it) and changes no state; return it."""
        before = snapshot(self.driver)
        wanted = error if self.has(method) else NotSupported
        with pytest.raises(VirtError) as caught:
            await call(self.driver, method, *args)
        assert isinstance(caught.value, wanted), f"{method} raised {caught.value!r}, not {wanted}"
        assert caught.value.message
        assert snapshot(self.driver) == before, f"{method} was refused but changed something"
        return caught.value

    async def end(self) -> None:
        """End every machine that runs, forget every definition."""
        for ref in self.driver.domains():
            with suppress(OperationInvalid):  # it was off
                await self.driver.destroy(ref.uuid, 0)
        for ref in self.driver.domains():
            await self.driver.undefine(ref.uuid, 0 if not self.driver.has_managed_save(ref.uuid) else 1)


def snapshot(driver: Driver) -> dict[bytes, tuple[object, ...]]:
    """Return what can be seen of every machine, except what moves by itself."""
    return {
        ref.uuid: (
            ref,
            driver.domain_state(ref.uuid),
            driver.domain_info(ref.uuid)[1:4],
            driver.is_persistent(ref.uuid),
            driver.is_updated(ref.uuid),
            driver.autostart(ref.uuid),
            driver.has_managed_save(ref.uuid),
            driver.domain_xml(ref.uuid, 0),
        )
        for ref in driver.domains()
    }


async def call(driver: Driver, method: str, *args: object) -> object:
    """Call a driver method by name, waiting for it if it is one that waits."""
    result = getattr(driver, method)(*args)
    return await result if asyncio.iscoroutine(result) else result


Promise = Callable[[Bench], Awaitable[None]]


def keep(promise: Promise, subject: Subject) -> None:
    """Hold the subject's driver to a promise, or to its exemption from it."""
    name = getattr(promise, "__name__", repr(promise))
    exemption = subject.exemptions.get(name)
    if exemption is None:
        asyncio.run(_run(promise, subject))
        return
    with pytest.raises(exemption.raises):
        asyncio.run(_run(promise, subject))


async def _run(promise: Promise, subject: Subject) -> None:
    driver = subject.driver(EventBus())
    await driver.start()
    bench = Bench(subject, driver)
    try:
        await promise(bench)
    finally:
        try:
            await bench.end()
        finally:
            await driver.stop()
