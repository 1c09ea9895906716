"""Promises about a machine's life: start, pause, stop, transient machines, and what is refused in which state."""

from __future__ import annotations

import asyncio
from typing import Final

from drivers.harness import Bench, Promise

from virtrpcd.domxml import format_domain
from virtrpcd.errors import InvalidArgument, NoDomain, OperationInvalid, VirtError
from virtrpcd.model import (
    Affect,
    CreateFlag,
    DefinedDetail,
    DomainRef,
    DomainState,
    Lifecycle,
    PausedReason,
    RebootEvent,
    ResumedDetail,
    RunningReason,
    ShutoffReason,
    StartedDetail,
    StoppedDetail,
    SuspendedDetail,
    UndefinedDetail,
    XmlFlag,
)

STARTED: Final = (Lifecycle.STARTED, StartedDetail.BOOTED)
PAUSED: Final = (Lifecycle.SUSPENDED, SuspendedDetail.PAUSED)
RESUMED: Final = (Lifecycle.RESUMED, ResumedDetail.UNPAUSED)
DESTROYED: Final = (Lifecycle.STOPPED, StoppedDetail.DESTROYED)

NEEDS_RUNNING: Final = (
    ("destroy", (0,)),
    ("suspend", ()),
    ("resume", ()),
    ("shutdown", (0,)),
    ("reboot", (0,)),
    ("reset", ()),
    ("set_memory", (65536, Affect.LIVE)),
    ("set_vcpus", (1, Affect.LIVE)),
    ("pin_vcpu", (0, b"\x01", Affect.LIVE)),
    ("managed_save", (0,)),
    ("vcpus", ()),
    ("memory_stats", ()),
    ("vcpu_count", (Affect.LIVE,)),
    ("vcpu_pins", (Affect.LIVE,)),
)


async def a_started_machine_runs_and_has_an_id(bench: Bench) -> None:
    ref = await bench.defined()
    bench.mark()
    started = await bench.driver.start_domain(ref.uuid, 0)
    assert (started.name, started.uuid) == (ref.name, ref.uuid)
    assert started.id > 0
    bench.check_lifecycle(ref.uuid, STARTED)
    assert all(event.dom.id == started.id for event in bench.events(ref.uuid))
    bench.check_state(ref, DomainState.RUNNING, RunningReason.BOOTED)
    assert bench.driver.lookup_by_id(started.id) == started
    assert bench.driver.lookup_by_name(ref.name) == started
    assert started in bench.driver.domains()
    assert f"id='{started.id}'" in bench.driver.domain_xml(ref.uuid, 0)
    assert "id='" not in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE).partition(">")[0]
    assert bench.driver.is_persistent(ref.uuid)
    await bench.refused(OperationInvalid, "start_domain", ref.uuid, 0)


async def a_destroyed_machine_is_off_and_still_defined(bench: Bench) -> None:
    ref = await bench.running()
    bench.mark()
    await bench.driver.destroy(ref.uuid, 0)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.DESTROYED)
    bench.check_lifecycle(ref.uuid, DESTROYED)
    assert bench.events(ref.uuid)[-1].dom.id == -1
    assert bench.driver.domain_info(ref.uuid).cpu_time_ns == 0
    await bench.refused(NoDomain, "lookup_by_id", ref.id)
    await bench.refused(OperationInvalid, "destroy", ref.uuid, 0)


async def an_id_is_not_used_again(bench: Bench) -> None:
    ref = await bench.running()
    await bench.driver.destroy(ref.uuid, 0)
    again = await bench.driver.start_domain(ref.uuid, 0)
    other = await bench.running("m2")
    assert len({ref.id, again.id, other.id}) == 3


async def a_machine_can_start_paused(bench: Bench) -> None:
    ref = await bench.defined()
    bench.mark()
    await bench.driver.start_domain(ref.uuid, CreateFlag.PAUSED)
    bench.check_state(ref, DomainState.PAUSED, PausedReason.USER)
    bench.check_lifecycle(ref.uuid, STARTED, PAUSED)
    await bench.driver.resume(ref.uuid)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.UNPAUSED)


async def suspend_and_resume_take_turns(bench: Bench) -> None:
    ref = await bench.running()
    bench.mark()
    await bench.refused(OperationInvalid, "resume", ref.uuid)
    await bench.driver.suspend(ref.uuid)
    bench.check_state(ref, DomainState.PAUSED, PausedReason.USER)
    bench.check_lifecycle(ref.uuid, PAUSED)
    await bench.refused(OperationInvalid, "suspend", ref.uuid)
    await bench.driver.resume(ref.uuid)
    bench.check_state(ref, DomainState.RUNNING, RunningReason.UNPAUSED)
    bench.check_lifecycle(ref.uuid, PAUSED, RESUMED)
    assert bench.driver.lookup_by_uuid(ref.uuid).id == ref.id


async def a_paused_machine_can_be_destroyed(bench: Bench) -> None:
    ref = await bench.running()
    await bench.driver.suspend(ref.uuid)
    await bench.driver.destroy(ref.uuid, 0)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.DESTROYED)


async def cpu_time_grows_while_running_and_never_shrinks(bench: Bench) -> None:
    ref = await bench.running()
    await bench.until(lambda: bench.driver.domain_info(ref.uuid).cpu_time_ns > 0, "cpu time was used")
    await bench.driver.suspend(ref.uuid)
    paused_ns = bench.driver.domain_info(ref.uuid).cpu_time_ns
    await bench.driver.resume(ref.uuid)
    await bench.subject.let_run()
    assert bench.driver.domain_info(ref.uuid).cpu_time_ns >= paused_ns


async def what_needs_a_running_machine_is_refused_when_it_is_off(bench: Bench) -> None:
    ref = await bench.defined()
    for method, args in NEEDS_RUNNING:
        await bench.refused(OperationInvalid, method, ref.uuid, *args)
    for method in ("save", "core_dump"):
        path = bench.folder / method
        await bench.refused(OperationInvalid, method, ref.uuid, str(path), 0)
        assert not path.exists()


async def a_transient_machine_is_gone_when_it_stops(bench: Bench) -> None:
    ref = await bench.transient()
    assert ref.id > 0
    bench.check_state(ref, DomainState.RUNNING, RunningReason.BOOTED)
    bench.check_lifecycle(ref.uuid, STARTED)
    assert (Lifecycle.DEFINED, DefinedDetail.ADDED) not in bench.lifecycle(ref.uuid)
    assert not bench.driver.is_persistent(ref.uuid)
    await bench.driver.destroy(ref.uuid, 0)
    assert not bench.exists(ref.uuid)
    bench.check_lifecycle(ref.uuid, STARTED, DESTROYED)
    for uuid_method in ("lookup_by_uuid", "domain_info", "domain_state"):
        await bench.refused(NoDomain, uuid_method, ref.uuid)


async def a_transient_machine_has_no_kept_definition_to_change(bench: Bench) -> None:
    ref = await bench.transient()
    await bench.refused(OperationInvalid, "undefine", ref.uuid, 0)
    await bench.refused(OperationInvalid, "set_autostart", ref.uuid, True)
    await bench.refused(OperationInvalid, "set_memory", ref.uuid, 65536, Affect.CONFIG)
    await bench.refused(OperationInvalid, "set_vcpus", ref.uuid, 1, Affect.CONFIG)
    await bench.refused(OperationInvalid, "vcpu_count", ref.uuid, Affect.CONFIG)
    await bench.refused(OperationInvalid, "managed_save", ref.uuid, 0)


async def a_transient_machine_becomes_persistent_when_defined(bench: Bench) -> None:
    definition = bench.definition()
    ref = await bench.driver.create_xml(format_domain(definition, id=None), 0)
    await bench.driver.define(format_domain(definition, id=None), 0)
    assert bench.driver.is_persistent(ref.uuid)
    assert bench.driver.lookup_by_uuid(ref.uuid) == ref
    await bench.driver.destroy(ref.uuid, 0)
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.DESTROYED)


async def creating_what_already_runs_is_refused(bench: Bench) -> None:
    definition = bench.definition()
    await bench.driver.create_xml(format_domain(definition, id=None), 0)
    await bench.refused(OperationInvalid, "create_xml", format_domain(definition, id=None), 0)


async def an_undefined_running_machine_becomes_transient(bench: Bench) -> None:
    ref = await bench.running("m1", title="old title")
    await bench.defined("m1", uuid=ref.uuid, title="new title")
    await bench.driver.set_autostart(ref.uuid, True)
    bench.mark()
    await bench.driver.undefine(ref.uuid, 0)
    assert not bench.driver.is_updated(ref.uuid)
    assert "old title" in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE)
    assert not bench.driver.is_persistent(ref.uuid)
    assert not bench.driver.autostart(ref.uuid)
    assert bench.state(ref) is DomainState.RUNNING
    assert bench.lifecycle(ref.uuid) == [(Lifecycle.UNDEFINED, UndefinedDetail.REMOVED)]
    await bench.driver.destroy(ref.uuid, 0)
    assert not bench.exists(ref.uuid)


async def a_new_definition_of_a_running_machine_counts_at_its_next_start(bench: Bench) -> None:
    ref = await bench.running("m1", title="old title")
    await bench.defined("m1", uuid=ref.uuid, title="new title")
    assert bench.driver.is_updated(ref.uuid)
    assert bench.driver.lookup_by_uuid(ref.uuid) == ref
    assert "old title" in bench.driver.domain_xml(ref.uuid, 0)
    assert "new title" in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE)
    await bench.driver.destroy(ref.uuid, 0)
    assert not bench.driver.is_updated(ref.uuid)
    await bench.driver.start_domain(ref.uuid, 0)
    assert "new title" in bench.driver.domain_xml(ref.uuid, 0)
    assert not bench.driver.is_updated(ref.uuid)


async def shutdown_asks_and_a_guest_that_listens_goes_off(bench: Bench) -> None:
    ref = await bench.running()
    bench.mark()
    await bench.driver.shutdown(ref.uuid, 0)
    if not bench.subject.guest_listens:
        assert bench.state(ref) is not DomainState.SHUTOFF
        return
    await bench.until(lambda: bench.state(ref) is DomainState.SHUTOFF, "the guest went off")
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.SHUTDOWN)
    bench.check_lifecycle(ref.uuid, (Lifecycle.STOPPED, StoppedDetail.SHUTDOWN))


async def a_rebooted_machine_keeps_its_id(bench: Bench) -> None:
    ref = await bench.running()
    bench.mark()
    await bench.driver.reboot(ref.uuid, 0)
    if bench.subject.guest_listens and bench.subject.tells_reboots:
        await bench.until(lambda: RebootEvent(ref) in bench.events(ref.uuid), "a reboot event came")
    assert bench.driver.lookup_by_uuid(ref.uuid) == ref
    assert bench.state(ref) is DomainState.RUNNING


async def a_reset_machine_keeps_its_state(bench: Bench) -> None:
    if not bench.has("reset"):
        return
    ref = await bench.running()
    bench.mark()
    await bench.driver.reset(ref.uuid)
    if bench.subject.tells_reboots:
        await bench.until(lambda: RebootEvent(ref) in bench.events(ref.uuid), "a reboot event came")
    assert bench.driver.lookup_by_uuid(ref.uuid) == ref
    assert bench.state(ref) is DomainState.RUNNING


async def what_needs_the_client_to_stay_is_refused(bench: Bench) -> None:
    ref = await bench.defined()
    await bench.refused(InvalidArgument, "start_domain", ref.uuid, CreateFlag.AUTODESTROY)
    await bench.refused(InvalidArgument, "create_xml", bench.xml("m2"), CreateFlag.AUTODESTROY)


async def of_two_starts_at_once_one_wins(bench: Bench) -> None:
    ref = await bench.defined()
    bench.mark()
    both = await asyncio.gather(
        bench.driver.start_domain(ref.uuid, 0), bench.driver.start_domain(ref.uuid, 0), return_exceptions=True
    )
    refs = [one for one in both if isinstance(one, DomainRef)]
    assert len(refs) == 1
    assert sum(isinstance(one, OperationInvalid) for one in both) == 1
    assert bench.lifecycle(ref.uuid).count(STARTED) == 1


async def of_many_changes_at_once_each_is_done_or_refused(bench: Bench) -> None:
    ref = await bench.running()
    driver = bench.driver
    changes = [
        driver.suspend(ref.uuid),
        driver.resume(ref.uuid),
        driver.suspend(ref.uuid),
        driver.destroy(ref.uuid, 0),
        driver.resume(ref.uuid),
        driver.set_autostart(ref.uuid, True),
    ]
    results = await asyncio.gather(*changes, return_exceptions=True)
    for result in results:
        assert result is None or isinstance(result, VirtError), result
    bench.check_state(ref, DomainState.SHUTOFF, ShutoffReason.DESTROYED)
    assert driver.autostart(ref.uuid)
    assert bench.lifecycle(ref.uuid).count(DESTROYED) == 1


PROMISES: Final[tuple[Promise, ...]] = (
    a_started_machine_runs_and_has_an_id,
    a_destroyed_machine_is_off_and_still_defined,
    an_id_is_not_used_again,
    a_machine_can_start_paused,
    suspend_and_resume_take_turns,
    a_paused_machine_can_be_destroyed,
    cpu_time_grows_while_running_and_never_shrinks,
    what_needs_a_running_machine_is_refused_when_it_is_off,
    a_transient_machine_is_gone_when_it_stops,
    a_transient_machine_has_no_kept_definition_to_change,
    a_transient_machine_becomes_persistent_when_defined,
    creating_what_already_runs_is_refused,
    an_undefined_running_machine_becomes_transient,
    a_new_definition_of_a_running_machine_counts_at_its_next_start,
    shutdown_asks_and_a_guest_that_listens_goes_off,
    a_rebooted_machine_keeps_its_id,
    a_reset_machine_keeps_its_state,
    what_needs_the_client_to_stay_is_refused,
    of_two_starts_at_once_one_wins,
    of_many_changes_at_once_each_is_done_or_refused,
)
