"""The test driver keeps the drivers' contract, and what it promises beyond it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from drivers.contract import PROMISES, Exemption, Promise, Subject, keep

from virtrpcd.domain_def import DomainDef, OsDef
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.errors import (
    AccessDenied,
    ConfigUnsupported,
    InvalidArgument,
    NoDomain,
    OperationFailed,
    OperationInvalid,
    OperationUnsupported,
    VirtError,
)
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model import (
    DomainRef,
    DomainState,
    LifecycleEvent,
    ParamKind,
    RunningReason,
    StartedDetail,
    TypedParam,
)

TEST: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def __call__(self) -> int:
        return self.now_ns


class InMemory(Subject):
    """The test driver on a clock of its own."""

    deadline_s = 2.0
    os_type = "linux"
    tells_reboots = False
    managed_start = (RunningReason.BOOTED, StartedDetail.BOOTED)
    exemptions: ClassVar = {
        "the_host_is_described_without_contradiction": Exemption(
            "libvirt's test driver has 16 cpus and a map of 8", AssertionError
        ),
        "a_machine_saved_while_paused_stays_paused": Exemption(
            "libvirt's test driver lets every restored machine run", AssertionError
        ),
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clock = Clock()

    def driver(self, bus: EventBus) -> Driver:
        return test_driver.TestDriver(bus, clock_ns=self.clock)

    def definition(self, name: str) -> DomainDef:
        return DomainDef(
            "test", name, memory_kib=65536, current_memory_kib=65536, max_vcpus=2, vcpus=1, os=OsDef(boot=["hd"])
        )

    async def let_run(self) -> None:
        self.clock.now_ns += 1_000_000


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_contract(promise: Promise, tmp_path: Path) -> None:
    keep(promise, InMemory(tmp_path))


# -- what the test driver promises beyond the contract ----------------------------------------------------------------


def begun(clock: Clock | None = None, **options: Any) -> test_driver.TestDriver:
    return test_driver.TestDriver(EventBus(), clock_ns=clock or Clock(), **options)


def test_it_begins_with_libvirts_machine() -> None:
    driver = begun()
    assert driver.domains() == [DomainRef("test", TEST, 1)]
    assert driver.domain_state(TEST) == (DomainState.RUNNING, RunningReason.UNKNOWN)
    assert driver.domain_info(TEST) == (1, 8388608, 2097152, 2, 0)
    assert driver.uri() == "test:///default"
    assert driver.node_info().model == "i686"
    assert driver.max_vcpus(None) == 32
    assert driver.scheduler_type(TEST) == ("fair", 1)
    assert driver.scheduler_parameters(TEST) == [TypedParam("weight", ParamKind.UINT, 50)]
    assert driver.is_persistent(TEST)
    assert driver.bus.next_number == 1


def test_cpu_time_is_the_clocks() -> None:
    async def scenario() -> None:
        clock = Clock()
        driver = begun(clock)
        clock.now_ns += 3_000
        assert driver.domain_info(TEST).cpu_time_ns == 3_000
        assert [vcpu.cpu_time_ns for vcpu in driver.vcpus(TEST)] == [1_500, 1_500]
        await driver.suspend(TEST)
        clock.now_ns += 5_000
        assert driver.domain_info(TEST).cpu_time_ns == 3_000
        assert [vcpu.state for vcpu in driver.vcpus(TEST)] == [1, 1]
        await driver.resume(TEST)
        clock.now_ns += 1_000
        assert driver.domain_info(TEST).cpu_time_ns == 4_000
        await driver.destroy(TEST, 0)
        clock.now_ns += 1_000
        assert driver.domain_info(TEST).cpu_time_ns == 0
        await driver.start_domain(TEST, 0)
        assert driver.domain_info(TEST).cpu_time_ns == 0

    asyncio.run(scenario())


def test_cpu_time_goes_on_after_restore(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = Clock()
        driver = begun(clock)
        clock.now_ns += 3_000
        await driver.save(TEST, str(tmp_path / "saved"), 0)
        clock.now_ns += 3_000
        await driver.restore(str(tmp_path / "saved"), 0)
        clock.now_ns += 500
        assert driver.domain_info(TEST).cpu_time_ns == 3_500

    asyncio.run(scenario())


def lifecycle_of(steps: Callable[[test_driver.TestDriver], Awaitable[object]]) -> list[tuple[int, int, int]]:
    """Return (event, detail, id in it) of what happens to the first machine."""
    driver = begun()
    asyncio.run(_wait(steps(driver)))
    read = driver.bus.read(Cursor(driver.bus.epoch, 1), 100)
    return [
        (entry.event.event, entry.event.detail, entry.event.dom.id)
        for entry in read.entries
        if isinstance(entry.event, LifecycleEvent)
    ]


async def _wait(one: Awaitable[object]) -> None:
    await one


def test_events_are_libvirts(tmp_path: Path) -> None:
    async def steps(driver: test_driver.TestDriver) -> None:
        await driver.define(driver.domain_xml(TEST, 0), 0)
        await driver.suspend(TEST)
        await driver.resume(TEST)
        await driver.shutdown(TEST, 0)
        await driver.start_domain(TEST, 0)
        await driver.save(TEST, str(tmp_path / "saved"), 0)
        await driver.restore(str(tmp_path / "saved"), 0)
        await driver.destroy(TEST, 0)
        await driver.undefine(TEST, 0)

    assert lifecycle_of(steps) == [
        (0, 1, 1),
        (3, 0, 1),
        (4, 0, 1),
        (5, 0, -1),
        (2, 0, 2),
        (5, 4, -1),
        (2, 2, 3),
        (5, 1, -1),
        (1, 0, -1),
    ]


@pytest.mark.parametrize(
    ("ending", "state", "id"),
    [("destroy", 5, -1), ("preserve", 5, -1), ("restart", 1, 2), ("rename-restart", 1, 2)],
)
@pytest.mark.parametrize("what", ["shutdown", "reboot"])
def test_a_guest_ends_as_its_definition_says(what: str, ending: str, state: int, id: int) -> None:
    async def scenario() -> None:
        driver = begun()
        on = "on_poweroff" if what == "shutdown" else "on_reboot"
        xml = f"<{on}>{ending}</{on}>"
        ref = await driver.create_xml(definition_xml(xml), 0)
        await driver.define(definition_xml(xml), 0)
        await getattr(driver, what)(ref.uuid, 0)
        assert driver.domain_state(ref.uuid)[0] == state
        assert driver.lookup_by_uuid(ref.uuid).id == id

    asyncio.run(scenario())


def definition_xml(inside: str = "", *, uuid: str = "11111111222233334444555555555555") -> str:
    return (
        f"<domain type='test'><name>d1</name><uuid>{uuid}</uuid><memory>1024</memory>"
        f"<os><type>hvm</type></os>{inside}</domain>"
    )


def test_what_libvirts_driver_refuses_is_refused() -> None:
    async def scenario() -> None:
        driver = begun()
        for flags in (1, 2, 4, 8, 16):
            with pytest.raises(InvalidArgument):
                await driver.shutdown(TEST, flags)
            await driver.reboot(TEST, flags)
        with pytest.raises(InvalidArgument, match=r"unsupported flags \(0x20\) in function testDomainReboot"):
            await driver.reboot(TEST, 0x21)
        with pytest.raises(InvalidArgument):
            await driver.core_dump(TEST, "/nowhere", 3)
        with pytest.raises(InvalidArgument):
            driver.vcpu_count(TEST, 8)
        with pytest.raises(InvalidArgument):
            await driver.define(definition_xml("<vcpu>33</vcpu>"), 0)
        with pytest.raises(InvalidArgument):
            await driver.set_vcpus(TEST, 33, 4 | 2)
        with pytest.raises(ConfigUnsupported):
            await driver.define(definition_xml().replace("'test'", "'qemu'"), 0)

    asyncio.run(scenario())


def test_errors_are_of_the_test_domain() -> None:
    driver = begun()
    with pytest.raises(NoDomain) as caught:
        driver.domain_info(bytes(16))
    assert (caught.value.code, caught.value.domain) == (42, 12)
    with pytest.raises(OperationInvalid) as invalid:
        asyncio.run(_wait(driver.resume(TEST)))
    assert (invalid.value.code, invalid.value.domain) == (1, 12)
    assert invalid.value.message == "internal error: domain 'test' not paused"


class OnlyUnder:
    """Path rules that allow one folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def check(self, path: str, what: str) -> str:
        if not path.startswith(self.folder):
            raise AccessDenied(f"{what} '{path}' is not allowed")
        return path


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<devices><disk device='disk'><source file='{}/a'/><target dev='vda'/></disk></devices>", "disk"),
        ("<devices><serial type='file'><source path='{}/a'/></serial></devices>", "serial"),
        ("<devices><console type='file'><source path='{}/a'/></console></devices>", "serial"),
    ],
)
def test_paths_in_xml_must_be_allowed(inside: str, what: str) -> None:
    async def scenario() -> None:
        driver = begun(paths=OnlyUnder("/good/"))
        await driver.define(definition_xml(inside.format("/good")), 0)
        for method in (driver.define, driver.create_xml):
            with pytest.raises(AccessDenied, match=what):
                await method(definition_xml(inside.format("/bad")), 0)

    asyncio.run(scenario())


def test_a_saved_file_is_held_to_the_rules_for_paths(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = str(tmp_path / "saved")
        disk = "<devices><disk device='disk'><source file='/bad/a'/><target dev='vda'/></disk></devices>"
        free = begun()
        ref = await free.create_xml(definition_xml(disk), 0)
        await free.save(ref.uuid, path, 0)
        driver = begun(paths=OnlyUnder("/good/"))
        with pytest.raises(AccessDenied):
            await driver.restore(path, 0)

    asyncio.run(scenario())


def test_no_more_machines_than_a_list_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        monkeypatch.setattr(test_driver, "MAX_MACHINES", 2)
        driver = begun()
        await driver.define(definition_xml(), 0)
        other = definition_xml(uuid="2" * 32).replace("d1", "d2")
        with pytest.raises(OperationFailed, match="2 domains"):
            await driver.define(other, 0)
        await driver.undefine(bytes.fromhex("11111111222233334444555555555555"), 0)
        await driver.define(other, 0)

    asyncio.run(scenario())


def test_a_saved_machine_cannot_be_told_to_run_or_to_wait(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = str(tmp_path / "saved")
        driver = begun()
        for flags in (1, 2, 4):
            with pytest.raises(InvalidArgument, match="testDomainSaveFlags"):
                await driver.save(TEST, path, flags)
        await driver.suspend(TEST)
        await driver.save(TEST, path, 0)
        for flags in (1, 2, 4):
            with pytest.raises(InvalidArgument, match="testDomainRestoreFlags"):
                await driver.restore(path, flags)
        await driver.restore(path, 0)
        assert driver.domain_state(TEST) == (1, 3)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "damage",
    ['{"xml": 1, "cpu_time_ns": 0, "running": true}', '{"xml": "", "cpu_time_ns": -1, "running": true}']
    + ['{"xml": "", "cpu_time_ns": 0, "running": 1}', "[]", "null", "{}", "[" * 100_000, "\udcff"],
)
def test_a_saved_file_that_lies_is_refused(tmp_path: Path, damage: str) -> None:
    async def scenario() -> None:
        path = tmp_path / "saved"
        driver = begun()
        await driver.save(TEST, str(path), 0)
        head = path.read_bytes().split(b"\n")[0]
        path.write_bytes(head + b"\n" + damage.encode(errors="surrogateescape"))
        with pytest.raises(OperationFailed, match="damaged"):
            await driver.restore(str(path), 0)

    asyncio.run(scenario())


def test_no_file_can_hold_the_driver_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        driver = begun()
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "elsewhere")
        for path in (str(fifo), str(link), str(tmp_path), "/dev/null", str(tmp_path / "a\0b")):
            with pytest.raises(VirtError):
                await driver.restore(path, 0)
            with pytest.raises(VirtError):
                await driver.save(TEST, path, 0)
        (tmp_path / "long").write_bytes(b"x" * (5 << 20))
        with pytest.raises(OperationFailed):
            await driver.restore(str(tmp_path / "long"), 0)
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["fifo", "link", "long"]
        inside = tmp_path / "inside"
        inside.mkdir()
        link.unlink()
        link.symlink_to(inside)
        for path in (f"{link}/saved", "relative", "/", "", f"{inside}/"):
            with pytest.raises(VirtError):
                await driver.save(TEST, path, 0)
            with pytest.raises(VirtError):
                await driver.restore(path, 0)
        assert list(inside.iterdir()) == []
        assert driver.domain_state(TEST)[0] == DomainState.RUNNING

    asyncio.run(scenario())


def test_xml_is_made_anew_after_each_change() -> None:
    async def scenario() -> None:
        driver = begun()
        assert driver.domain_xml(TEST, 0) is driver.domain_xml(TEST, 0)
        await driver.set_memory(TEST, 4096, 0)
        assert ">4096</currentMemory>" in driver.domain_xml(TEST, 0)
        assert ">2097152</currentMemory>" in driver.domain_xml(TEST, 2)
        await driver.pin_vcpu(TEST, 1, b"\x0a", 0)
        assert "<vcpupin vcpu='1' cpuset='1,3'/>" in driver.domain_xml(TEST, 0)
        await driver.set_vcpus(TEST, 1, 0)
        assert "<vcpu placement='static' current='1'>2</vcpu>" in driver.domain_xml(TEST, 0)

    asyncio.run(scenario())


def test_memory_reset_and_reboot_are_not_told() -> None:
    async def scenario() -> None:
        driver = begun()
        await driver.set_memory(TEST, 4096, 1)
        await driver.reset(TEST)
        await driver.reboot(TEST, 0)
        assert driver.bus.next_number == 1

    asyncio.run(scenario())


def test_a_paused_machine_that_reboots_runs_and_says_so() -> None:
    async def scenario() -> None:
        driver = begun()
        await driver.suspend(TEST)
        await driver.reboot(TEST, 0)
        assert driver.domain_state(TEST) == (DomainState.RUNNING, RunningReason.BOOTED)
        ref = DomainRef("test", TEST, 1)
        read = driver.bus.read(Cursor(driver.bus.epoch, 2), 10)
        assert [entry.event for entry in read.entries] == [LifecycleEvent(ref, 4, 0)]

    asyncio.run(scenario())


def test_a_dump_is_raw_and_ends_in_nothing_or_a_crash(tmp_path: Path) -> None:
    path = str(tmp_path / "core")
    driver = begun()
    for flags in (2, 4, 8, 16):
        with pytest.raises(InvalidArgument, match="testDomainCoreDumpWithFormat"):
            asyncio.run(_wait(driver.core_dump(TEST, path, flags)))
    with pytest.raises(OperationUnsupported, match="kdump-compressed format is not supported here"):
        asyncio.run(_wait(driver.core_dump_format(TEST, path, 1, 0)))
    asyncio.run(_wait(driver.core_dump_format(TEST, path, 0, 1)))
    assert driver.domain_state(TEST) == (5, 3)


def test_a_managed_save_brings_back_what_was_saved() -> None:
    async def scenario() -> None:
        clock = Clock()
        driver = begun(clock)
        clock.now_ns += 700
        await driver.set_memory(TEST, 4096, 1)
        await driver.managed_save(TEST, 0)
        assert driver.domain_info(TEST) == (5, 8388608, 2097152, 2, 0)
        with pytest.raises(OperationInvalid):
            await driver.rename(TEST, "other")
        with pytest.raises(OperationInvalid, match="managed save"):
            await driver.create_xml(driver.domain_xml(TEST, 0), 0)
        await driver.start_domain(TEST, 1)
        assert driver.domain_info(TEST) == (3, 8388608, 4096, 2, 700)
        assert driver.domain_state(TEST) == (3, 1)

    asyncio.run(scenario())


def test_an_exemption_that_is_not_needed_is_found_out(tmp_path: Path) -> None:
    class Boastful(InMemory):
        exemptions: ClassVar = {"an_id_is_not_used_again": Exemption("not so", AssertionError)}

    promise = next(promise for promise in PROMISES if getattr(promise, "__name__", "") == "an_id_is_not_used_again")
    with pytest.raises(pytest.fail.Exception):
        keep(promise, Boastful(tmp_path))
