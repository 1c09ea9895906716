"""Promises about memory, vcpus, pinning, statistics and the scheduler."""

from __future__ import annotations

from typing import Final

from drivers.harness import Bench, Promise

from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.base import STATS_BALLOON, STATS_VCPU
from virtrpcd.errors import ArgumentUnsupported, InvalidArgument, OperationInvalid
from virtrpcd.model import Affect, DomainState, MemoryFlag, ParamKind, TypedParam, VcpuFlag, XmlFlag

MIB: Final = 1024


async def memory_of_the_kept_definition_changes(bench: Bench) -> None:
    ref = await bench.defined("m1", memory_kib=128 * MIB, current_memory_kib=128 * MIB)
    await bench.driver.set_memory(ref.uuid, 96 * MIB, Affect.CONFIG)
    info = bench.driver.domain_info(ref.uuid)
    assert (info.max_memory_kib, info.memory_kib) == (128 * MIB, 96 * MIB)
    assert f">{96 * MIB}</currentMemory>" in bench.driver.domain_xml(ref.uuid, 0)
    await bench.refused(InvalidArgument, "set_memory", ref.uuid, 128 * MIB + 1, Affect.CONFIG)
    for kib in (0, 1 << 63):
        await bench.refused(InvalidArgument, "set_memory", ref.uuid, kib, Affect.CONFIG)


async def memory_of_a_running_machine_changes(bench: Bench) -> None:
    ref = await bench.running("m1", memory_kib=128 * MIB, current_memory_kib=128 * MIB)
    await bench.driver.set_memory(ref.uuid, 96 * MIB, Affect.LIVE)
    if bench.subject.guest_listens:
        await bench.until(lambda: bench.driver.domain_info(ref.uuid).memory_kib == 96 * MIB, "the balloon was filled")
    await bench.refused(InvalidArgument, "set_memory", ref.uuid, 128 * MIB + 1, Affect.LIVE)
    assert f">{128 * MIB}</currentMemory>" in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE)


async def memory_of_both_definitions_changes(bench: Bench) -> None:
    ref = await bench.running("m1", memory_kib=128 * MIB, current_memory_kib=128 * MIB)
    await bench.driver.set_memory(ref.uuid, 96 * MIB, Affect.LIVE | Affect.CONFIG)
    assert f">{96 * MIB}</currentMemory>" in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE)


async def the_most_memory_changes_while_off(bench: Bench) -> None:
    ref = await bench.defined("m1", memory_kib=128 * MIB, current_memory_kib=128 * MIB)
    await bench.driver.set_memory(ref.uuid, 256 * MIB, MemoryFlag.MAXIMUM)
    assert bench.driver.max_memory_kib(ref.uuid) == 256 * MIB
    await bench.driver.set_memory(ref.uuid, 64 * MIB, MemoryFlag.MAXIMUM | Affect.CONFIG)
    info = bench.driver.domain_info(ref.uuid)
    assert (info.max_memory_kib, info.memory_kib) == (64 * MIB, 64 * MIB)
    await bench.driver.start_domain(ref.uuid, 0)
    for flags in (MemoryFlag.MAXIMUM, MemoryFlag.MAXIMUM | Affect.LIVE):
        await bench.refused(OperationInvalid, "set_memory", ref.uuid, 128 * MIB, flags)


async def vcpus_of_the_kept_definition_change(bench: Bench) -> None:
    ref = await bench.defined("m1", max_vcpus=2, vcpus=1)
    driver = bench.driver
    assert driver.vcpu_count(ref.uuid, 0) == 1
    assert driver.vcpu_count(ref.uuid, VcpuFlag.MAXIMUM) == 2
    await driver.set_vcpus(ref.uuid, 2, Affect.CONFIG)
    assert driver.vcpu_count(ref.uuid, Affect.CONFIG) == 2
    assert driver.domain_info(ref.uuid).vcpus == 2
    for count in (0, 3, 1 << 20):
        await bench.refused(InvalidArgument, "set_vcpus", ref.uuid, count, Affect.CONFIG)
    await driver.set_vcpus(ref.uuid, 1, VcpuFlag.MAXIMUM | Affect.CONFIG)
    assert driver.vcpu_count(ref.uuid, VcpuFlag.MAXIMUM | Affect.CONFIG) == 1
    assert driver.vcpu_count(ref.uuid, 0) == 1
    await bench.refused(InvalidArgument, "vcpu_count", ref.uuid, Affect.LIVE | Affect.CONFIG)


async def vcpus_are_plugged_into_a_running_machine(bench: Bench) -> None:
    ref = await bench.running("m1", max_vcpus=2, vcpus=1)
    await bench.driver.set_vcpus(ref.uuid, 2, Affect.LIVE)
    assert bench.driver.vcpu_count(ref.uuid, Affect.LIVE) == 2
    assert bench.driver.domain_info(ref.uuid).vcpus == 2
    assert [vcpu.number for vcpu in bench.driver.vcpus(ref.uuid)] == [0, 1]
    assert bench.driver.vcpu_count(ref.uuid, Affect.CONFIG) == 1
    await bench.refused(InvalidArgument, "set_vcpus", ref.uuid, 3, Affect.LIVE)
    await bench.refused(InvalidArgument, "set_vcpus", ref.uuid, 1, VcpuFlag.MAXIMUM | Affect.LIVE)
    await bench.refused(InvalidArgument, "set_vcpus", ref.uuid, 1, VcpuFlag.GUEST)


async def vcpus_say_where_they_run(bench: Bench) -> None:
    ref = await bench.running("m1", max_vcpus=2, vcpus=2)
    cpus = bench.driver.node_info().cpus
    vcpus = bench.driver.vcpus(ref.uuid)
    assert [vcpu.number for vcpu in vcpus] == [0, 1]
    for vcpu in vcpus:
        assert vcpu.state in (1, 2)
        assert -1 <= vcpu.cpu < cpus
        assert vcpu.cpu_time_ns >= 0


async def a_vcpu_is_pinned_in_the_kept_definition(bench: Bench) -> None:
    ref = await bench.defined("m1", max_vcpus=2, vcpus=2)
    size = (bench.driver.node_info().cpus + 7) // 8
    free = bench.driver.vcpu_pins(ref.uuid, 0)
    assert len(free) == 2
    assert all(len(cpumap) == size for cpumap in free)
    pinned = b"\x01".ljust(size, b"\0")
    await bench.driver.pin_vcpu(ref.uuid, 1, pinned, Affect.CONFIG)
    assert bench.driver.vcpu_pins(ref.uuid, Affect.CONFIG) == [free[0], pinned]
    assert "<vcpupin vcpu='1' cpuset='0'/>" in bench.driver.domain_xml(ref.uuid, 0)
    parse_domain(bench.driver.domain_xml(ref.uuid, 0), types=frozenset({bench.definition().type}))
    for vcpu, cpumap in ((2, pinned), (-1, pinned), (0, b""), (0, bytes(size)), (0, bytes(size) + b"\xff")):
        await bench.refused(InvalidArgument, "pin_vcpu", ref.uuid, vcpu, cpumap, Affect.CONFIG)
    await bench.driver.set_vcpus(ref.uuid, 1, VcpuFlag.MAXIMUM | Affect.CONFIG)
    assert bench.driver.vcpu_pins(ref.uuid, Affect.CONFIG) == [free[0]]
    assert "<vcpupin" not in bench.driver.domain_xml(ref.uuid, 0)


async def a_vcpu_is_pinned_while_it_runs(bench: Bench) -> None:
    ref = await bench.running("m1", max_vcpus=2, vcpus=1)
    free = bench.driver.vcpu_pins(ref.uuid, Affect.LIVE)
    await bench.driver.pin_vcpu(ref.uuid, 0, b"\x01", Affect.LIVE)
    pinned = b"\x01".ljust(len(free[0]), b"\0")
    assert bench.driver.vcpu_pins(ref.uuid, Affect.LIVE) == [pinned, free[1]]
    assert bench.driver.vcpu_pins(ref.uuid, Affect.CONFIG) == free
    await bench.until(lambda: bench.driver.vcpus(ref.uuid)[0].cpu in (0, -1), "the vcpu moved to cpu 0")


async def statistics_agree_with_the_questions(bench: Bench) -> None:
    ref = await bench.running()
    stats = bench.driver.domain_stats(ref.uuid, 0)
    values = {param.field: param.value for param in stats}
    assert len(values) == len(stats)
    assert values["state.state"] == DomainState.RUNNING
    if bench.driver.stats_groups & STATS_VCPU:
        assert values["vcpu.current"] == bench.driver.vcpu_count(ref.uuid, 0)
    if bench.driver.stats_groups & STATS_BALLOON:
        assert values["balloon.maximum"] == bench.driver.max_memory_kib(ref.uuid)
    only_state = bench.driver.domain_stats(ref.uuid, 1)
    assert {param.field for param in only_state} >= {"state.state", "state.reason"}
    assert all(param.field.startswith("state.") for param in only_state)
    await bench.driver.destroy(ref.uuid, 0)
    off = {param.field: param.value for param in bench.driver.domain_stats(ref.uuid, 0)}
    assert off["state.state"] == DomainState.SHUTOFF


async def memory_statistics_have_each_tag_once(bench: Bench) -> None:
    if not bench.has("memory_stats"):
        return
    ref = await bench.running()
    stats = bench.driver.memory_stats(ref.uuid)
    assert len(dict(stats)) == len(stats) > 0
    assert all(value >= 0 for _, value in stats)


async def scheduler_parameters_are_kept(bench: Bench) -> None:
    if not bench.has("scheduler_parameters") or not bench.has("set_scheduler_parameters"):
        return
    ref = await bench.running()
    params = bench.driver.scheduler_parameters(ref.uuid)
    assert bench.driver.scheduler_type(ref.uuid)[1] == len(params)
    await bench.driver.set_scheduler_parameters(ref.uuid, params)
    assert bench.driver.scheduler_parameters(ref.uuid) == params
    for bad in (TypedParam("no such", ParamKind.UINT, 1), TypedParam(params[0].field, ParamKind.STRING, "x")):
        refusals = (InvalidArgument, ArgumentUnsupported)
        await bench.refused(refusals, "set_scheduler_parameters", ref.uuid, [bad])


PROMISES: Final[tuple[Promise, ...]] = (
    memory_of_the_kept_definition_changes,
    memory_of_a_running_machine_changes,
    memory_of_both_definitions_changes,
    the_most_memory_changes_while_off,
    vcpus_of_the_kept_definition_change,
    vcpus_are_plugged_into_a_running_machine,
    vcpus_say_where_they_run,
    a_vcpu_is_pinned_in_the_kept_definition,
    a_vcpu_is_pinned_while_it_runs,
    statistics_agree_with_the_questions,
    memory_statistics_have_each_tag_once,
    scheduler_parameters_are_kept,
)
