"""Promises about machines in files: save, restore, managed save, core dump."""

from __future__ import annotations

from typing import Final

from drivers.harness import Bench, Promise

from virtrpcd.errors import InvalidArgument, OperationFailed, OperationInvalid, SystemCallFailed
from virtrpcd.model import (
    CreateFlag,
    DomainState,
    Lifecycle,
    PausedReason,
    RunningReason,
    ShutoffReason,
    StartedDetail,
    StoppedDetail,
)

SAVED: Final = (Lifecycle.STOPPED, StoppedDetail.SAVED)
RESTORED: Final = (Lifecycle.STARTED, StartedDetail.RESTORED)
DUMP_CRASH: Final = 1
UNDEFINE_MANAGED_SAVE: Final = 1
NO_FILE: Final = (SystemCallFailed, InvalidArgument)
"""A path that leads to no regular file may be refused by the rules for paths or by the operating system."""


async def a_saved_machine_is_off_until_it_is_restored(bench: Bench) -> None:
    ref = await bench.running()
    path = bench.folder / "saved"
    bench.mark()
    await bench.driver.save(ref.uuid, str(path), 0)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.SAVED)
    bench.check_lifecycle(ref.uuid, SAVED)
    assert path.stat().st_size > 0
    assert path.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in bench.folder.glob("saved*")] == ["saved"]
    bench.mark()
    await bench.driver.restore(str(path), 0)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.RESTORED)
    bench.check_lifecycle(ref.uuid, RESTORED)
    assert bench.driver.is_persistent(ref.uuid)
    await bench.refused(OperationInvalid, "restore", str(path), 0)


async def a_machine_saved_while_paused_stays_paused(bench: Bench) -> None:
    ref = await bench.running()
    path = str(bench.folder / "saved")
    await bench.driver.suspend(ref.uuid)
    await bench.driver.save(ref.uuid, path, 0)
    await bench.driver.restore(path, 0)
    bench.check_state(ref, DomainState.PAUSED, PausedReason.USER)
    await bench.driver.resume(ref.uuid)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.UNPAUSED)


async def a_transient_machine_comes_back_from_its_file(bench: Bench) -> None:
    ref = await bench.transient()
    path = str(bench.folder / "saved")
    await bench.driver.save(ref.uuid, path, 0)
    assert not bench.exists(ref.uuid)
    await bench.driver.restore(path, 0)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.RESTORED)
    assert not bench.driver.is_persistent(ref.uuid)
    assert bench.driver.lookup_by_name(ref.name).uuid == ref.uuid


async def a_machine_that_cannot_be_saved_goes_on(bench: Bench) -> None:
    ref = await bench.running()
    for path in (bench.folder / "no such folder" / "saved", bench.folder):
        await bench.refused(NO_FILE, "save", ref.uuid, str(path), 0)
        await bench.refused(NO_FILE, "core_dump", ref.uuid, str(path), 0)
    assert bench.state(ref) is DomainState.RUNNING


async def only_a_saved_machine_can_be_restored(bench: Bench) -> None:
    await bench.refused(NO_FILE, "restore", str(bench.folder / "not there"), 0)
    rubbish = bench.folder / "rubbish"
    for content in (b"", b"rubbish", b"\0" * 4096):
        rubbish.write_bytes(content)
        error = await bench.refused(OperationFailed, "restore", str(rubbish), 0)
        assert "rubbish" in error.message


async def a_damaged_saved_machine_is_refused(bench: Bench) -> None:
    ref = await bench.running()
    path = bench.folder / "saved"
    await bench.driver.save(ref.uuid, str(path), 0)
    path.write_bytes(path.read_bytes()[:100])
    await bench.refused(OperationFailed, "restore", str(path), 0)
    assert bench.state(ref) is DomainState.SHUTOFF


async def a_dumped_machine_goes_on(bench: Bench) -> None:
    ref = await bench.running()
    path = bench.folder / "core"
    await bench.driver.core_dump(ref.uuid, str(path), 0)
    assert bench.state(ref) is DomainState.RUNNING
    assert path.stat().st_size > 0
    assert path.stat().st_mode & 0o077 == 0


async def a_machine_dumped_as_crashed_is_off(bench: Bench) -> None:
    ref = await bench.running()
    bench.mark()
    await bench.driver.core_dump(ref.uuid, str(bench.folder / "core"), DUMP_CRASH)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.CRASHED)
    bench.check_lifecycle(ref.uuid, (Lifecycle.STOPPED, StoppedDetail.CRASHED))


async def a_managed_save_is_used_by_the_next_start(bench: Bench) -> None:
    if not bench.has("managed_save"):
        return
    ref = await bench.running()
    assert not bench.driver.has_managed_save(ref.uuid)
    bench.mark()
    await bench.driver.managed_save(ref.uuid, 0)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.SAVED)
    assert bench.driver.has_managed_save(ref.uuid)
    await bench.refused(OperationInvalid, "undefine", ref.uuid, 0)
    await bench.driver.start_domain(ref.uuid, 0)
    reason, detail = bench.subject.managed_start
    bench.check_state(ref, DomainState.RUNNING, reason)
    bench.check_lifecycle(ref.uuid, SAVED, (Lifecycle.STARTED, detail))
    assert not bench.driver.has_managed_save(ref.uuid)


async def a_managed_save_can_be_thrown_away(bench: Bench) -> None:
    if not bench.has("managed_save"):
        return
    ref = await bench.running()
    await bench.driver.managed_save(ref.uuid, 0)
    await bench.driver.managed_save_remove(ref.uuid)
    assert not bench.driver.has_managed_save(ref.uuid)
    await bench.driver.start_domain(ref.uuid, 0)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.BOOTED)
    await bench.driver.managed_save(ref.uuid, 0)
    await bench.driver.start_domain(ref.uuid, CreateFlag.FORCE_BOOT)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.BOOTED)
    await bench.driver.managed_save(ref.uuid, 0)
    await bench.driver.undefine(ref.uuid, UNDEFINE_MANAGED_SAVE)
    assert not bench.exists(ref.uuid)


PROMISES: Final[tuple[Promise, ...]] = (
    a_saved_machine_is_off_until_it_is_restored,
    a_machine_saved_while_paused_stays_paused,
    a_transient_machine_comes_back_from_its_file,
    a_machine_that_cannot_be_saved_goes_on,
    only_a_saved_machine_can_be_restored,
    a_damaged_saved_machine_is_refused,
    a_dumped_machine_goes_on,
    a_machine_dumped_as_crashed_is_off,
    a_managed_save_is_used_by_the_next_start,
    a_managed_save_can_be_thrown_away,
)
