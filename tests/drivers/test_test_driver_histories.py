"""Whatever is asked of the test driver, in whatever order: its answers agree, and its events tell the whole story."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.drivers.test.definitions import first_machine
from virtrpcd.errors import VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.lifecycle import is_active
from virtrpcd.model import DomainRef, DomainState, Lifecycle, LifecycleEvent, UndefinedDetail

UUIDS: Final = (first_machine().uuid or b"", bytes(16))
NAMES: Final = ("test", "a")

Step = Callable[[test_driver.TestDriver, str], Awaitable[object]]


def xml(name: str, uuid: bytes) -> str:
    return (
        f"<domain type='test'><name>{name}</name><uuid>{uuid.hex()}</uuid><memory>4096</memory>"
        "<vcpu current='1'>2</vcpu><os><type>hvm</type></os></domain>"
    )


def steps_on(uuid: bytes) -> list[Step]:
    return [
        lambda driver, folder: driver.start_domain(uuid, 0),
        lambda driver, folder: driver.start_domain(uuid, 1),
        lambda driver, folder: driver.suspend(uuid),
        lambda driver, folder: driver.resume(uuid),
        lambda driver, folder: driver.shutdown(uuid, 0),
        lambda driver, folder: driver.reboot(uuid, 0),
        lambda driver, folder: driver.destroy(uuid, 0),
        lambda driver, folder: driver.undefine(uuid, 0),
        lambda driver, folder: driver.undefine(uuid, 1),
        lambda driver, folder: driver.save(uuid, f"{folder}/saved", 0),
        lambda driver, folder: driver.restore(f"{folder}/saved", 0),
        lambda driver, folder: driver.core_dump(uuid, f"{folder}/core", 1),
        lambda driver, folder: driver.managed_save(uuid, 0),
        lambda driver, folder: driver.managed_save_remove(uuid),
        lambda driver, folder: driver.set_memory(uuid, 2048, 3),
        lambda driver, folder: driver.set_vcpus(uuid, 2, 2),
        lambda driver, folder: driver.set_autostart(uuid, True),
    ]


def steps_with_xml(name: str, uuid: bytes) -> list[Step]:
    return [
        lambda driver, folder: driver.define(xml(name, uuid), 0),
        lambda driver, folder: driver.create_xml(xml(name, uuid), 0),
        lambda driver, folder: driver.rename(uuid, name),
    ]


STEPS: Final = [
    *(step for uuid in UUIDS for step in steps_on(uuid)),
    *(step for uuid in UUIDS for name in NAMES for step in steps_with_xml(name, uuid)),
]


def check_agreement(driver: test_driver.TestDriver) -> None:
    """Check that all questions about all machines agree with each other."""
    refs = driver.domains()
    assert len({ref.name for ref in refs}) == len({ref.uuid for ref in refs}) == len(refs)
    for ref in refs:
        assert driver.lookup_by_uuid(ref.uuid) == driver.lookup_by_name(ref.name) == ref
        state, _ = driver.domain_state(ref.uuid)
        info = driver.domain_info(ref.uuid)
        assert info.state == state
        assert is_active(state) == (ref.id > 0)
        assert is_active(state) or driver.is_persistent(ref.uuid)
        if ref.id > 0:
            assert driver.lookup_by_id(ref.id) == ref
        else:
            assert info.cpu_time_ns == 0
        assert f"<name>{ref.name}</name>" in driver.domain_xml(ref.uuid, 0)
        assert info.memory_kib <= info.max_memory_kib
        assert info.vcpus == driver.vcpu_count(ref.uuid, 0)
        assert not (driver.has_managed_save(ref.uuid) and ref.id > 0)
        assert not (driver.autostart(ref.uuid) and not driver.is_persistent(ref.uuid))
    active = [ref.id for ref in refs if ref.id > 0]
    assert len(set(active)) == len(active) == len(driver._by_id)


class Reader:
    """Somebody who knows only the events: what is defined, what runs or is paused, under which name and id."""

    def __init__(self, driver: test_driver.TestDriver) -> None:
        self.cursor = Cursor(driver.bus.epoch, driver.bus.next_number)
        self.active = {ref.uuid: ref for ref in driver.domains() if ref.id > 0}
        self.paused: set[bytes] = set()
        self.defined = {ref.uuid for ref in driver.domains() if driver.is_persistent(ref.uuid)}

    def follow(self, driver: test_driver.TestDriver) -> None:
        read = driver.bus.read(self.cursor, 1000)
        assert not read.lost
        self.cursor = read.cursor
        for entry in read.entries:
            if isinstance(entry.event, LifecycleEvent):
                self.hear(entry.event.dom, entry.event.event, entry.event.detail)

    def hear(self, ref: DomainRef, event: int, detail: int) -> None:
        if event == Lifecycle.DEFINED:
            self.defined.add(ref.uuid)
        elif event == Lifecycle.UNDEFINED and detail != UndefinedDetail.RENAMED:
            self.defined.remove(ref.uuid)
        elif event == Lifecycle.STARTED:
            assert ref.uuid not in self.active
            self.active[ref.uuid] = ref
        elif event == Lifecycle.STOPPED:
            assert ref.id == -1
            del self.active[ref.uuid]
            self.paused.discard(ref.uuid)
        elif event == Lifecycle.SUSPENDED:
            self.paused.add(ref.uuid)
        elif event == Lifecycle.RESUMED:
            self.paused.remove(ref.uuid)

    def check(self, driver: test_driver.TestDriver) -> None:
        refs = driver.domains()
        assert {ref.uuid for ref in refs} == self.defined | self.active.keys()
        assert {ref.uuid for ref in refs if driver.is_persistent(ref.uuid)} == self.defined
        assert {ref for ref in refs if ref.id > 0} == set(self.active.values())
        paused = {ref.uuid for ref in refs if driver.domain_state(ref.uuid)[0] == DomainState.PAUSED}
        assert paused == self.paused


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=20, max_size=60))
def test_answers_agree_and_events_tell_all(history: list[Step]) -> None:
    async def scenario(folder: str) -> None:
        driver = test_driver.TestDriver(EventBus(), clock_ns=iter(range(0, 1 << 40, 1000)).__next__)
        reader = Reader(driver)
        for step in history:
            before = driver.bus.next_number
            try:
                await step(driver, folder)
            except VirtError:
                assert driver.bus.next_number == before
            check_agreement(driver)
            reader.follow(driver)
            reader.check(driver)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(scenario(folder))
