"""Tuning in the test driver. What is expected was asked of libvirt 9.0's test driver through python3-libvirt."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import pytest

from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.errors import VirtError
from virtrpcd.events import EventBus
from virtrpcd.model import ParamKind, TypedParam
from virtrpcd.tuning_def import PERF_EVENTS

TEST: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
UNLIMITED: Final = 9007199254740991
INT, UINT, ULLONG, BOOLEAN, STRING = (
    ParamKind.INT,
    ParamKind.UINT,
    ParamKind.ULLONG,
    ParamKind.BOOLEAN,
    ParamKind.STRING,
)
TRANSIENT: Final = (
    "<domain type='test'><name>tr</name><uuid>11111111-1111-1111-1111-111111111111</uuid><memory>1024</memory>"
    "<vcpu>1</vcpu><iothreads>3</iothreads><iothreadids><iothread id='7'/></iothreadids>"
    "<cputune><shares>3</shares><iothreadpin iothread='7' cpuset='1'/></cputune><os><type>hvm</type></os></domain>"
)


def begun() -> test_driver.TestDriver:
    return test_driver.TestDriver(EventBus())


def done(*changes: Coroutine[Any, Any, object]) -> None:
    async def all_of_them() -> None:
        for change in changes:
            await change

    asyncio.run(all_of_them())


def refusal(change: Coroutine[Any, Any, object]) -> tuple[int, int, str]:
    """Return code, domain and text of what a change is refused with."""
    with pytest.raises(VirtError) as caught:
        asyncio.run(_wait(change))
    return caught.value.code, caught.value.domain, caught.value.message


async def _wait(change: Coroutine[Any, Any, object]) -> object:
    return await change


def values(params: list[TypedParam]) -> dict[str, int | float | str]:
    return {param.field: param.value for param in params}


def of(kind: int, **given: int | str) -> list[TypedParam]:
    return [TypedParam(name, int(kind), value) for name, value in given.items()]


def test_memory_limits() -> None:
    driver = begun()
    free = {"hard_limit": UNLIMITED, "soft_limit": UNLIMITED, "swap_hard_limit": UNLIMITED}
    assert values(driver.memory_parameters(TEST, 0)) == free
    done(driver.set_memory_parameters(TEST, of(ULLONG, hard_limit=1000000, soft_limit=2000000), 0))
    assert values(driver.memory_parameters(TEST, 1)) == {**free, "hard_limit": 1000000, "soft_limit": 2000000}
    assert values(driver.memory_parameters(TEST, 2)) == free
    why = "invalid argument: memory hard_limit tunable value must be lower than or equal to swap_hard_limit"
    assert refusal(driver.set_memory_parameters(TEST, of(ULLONG, swap_hard_limit=500), 0)) == (8, 12, why)
    why = "argument unsupported: parameter 'min_guarantee' not supported"
    assert refusal(driver.set_memory_parameters(TEST, of(ULLONG, min_guarantee=12), 0)) == (74, 0, why)
    done(driver.set_memory_parameters(TEST, of(ULLONG, hard_limit=UNLIMITED), 0))
    assert values(driver.memory_parameters(TEST, 0)) == {**free, "soft_limit": 2000000}
    assert "<soft_limit unit='KiB'>2000000</soft_limit>" in driver.domain_xml(TEST, 0)
    with pytest.raises(VirtError, match=r"unsupported flags \(0x8\) in function testDomainGetMemoryParameters"):
        driver.memory_parameters(TEST, 8)
    with pytest.raises(VirtError, match="mutually exclusive"):
        driver.memory_parameters(TEST, 3)


def test_shares_of_disks() -> None:
    driver = begun()
    free = dict.fromkeys(
        (
            "device_weight",
            "device_read_iops_sec",
            "device_write_iops_sec",
            "device_read_bytes_sec",
            "device_write_bytes_sec",
        ),
        "",
    )
    assert values(driver.blkio_parameters(TEST, 0)) == {"weight": 0, **free}
    done(
        driver.set_blkio_parameters(TEST, of(UINT, weight=5000), 0),
        driver.set_blkio_parameters(TEST, of(STRING, device_weight="/dev/sda,500"), 0),
        driver.set_blkio_parameters(
            TEST, of(STRING, device_weight="/dev/sdb,300", device_read_iops_sec="/dev/sda,100,/dev/sdc,7"), 0
        ),
    )
    assert values(driver.blkio_parameters(TEST, 0)) == {
        **free,
        "weight": 5000,
        "device_weight": "/dev/sda,500,/dev/sdb,300",
        "device_read_iops_sec": "/dev/sda,100,/dev/sdc,7",
    }
    done(driver.set_blkio_parameters(TEST, of(STRING, device_weight="/dev/sda,0"), 0))
    assert values(driver.blkio_parameters(TEST, 0))["device_weight"] == "/dev/sdb,300"
    why = "invalid argument: unable to parse blkio device 'device_weight' '/dev/sda'"
    assert refusal(driver.set_blkio_parameters(TEST, of(STRING, device_weight="/dev/sda"), 0)) == (8, 20, why)
    why = "invalid argument: invalid value 'x' for parameter 'device_weight' of device '/dev/sda'"
    assert refusal(driver.set_blkio_parameters(TEST, of(STRING, device_weight="/dev/sda,x"), 0)) == (8, 20, why)


def test_numa_nodes() -> None:
    driver = begun()
    assert values(driver.numa_parameters(TEST, 0)) == {"numa_mode": 0, "numa_nodeset": ""}
    done(driver.set_numa_parameters(TEST, [*of(STRING, numa_nodeset="0-1"), *of(INT, numa_mode=0)], 0))
    assert values(driver.numa_parameters(TEST, 0)) == {"numa_mode": 0, "numa_nodeset": "0-1"}
    done(driver.set_numa_parameters(TEST, [*of(STRING, numa_nodeset="0"), *of(INT, numa_mode=2)], 2))
    assert values(driver.numa_parameters(TEST, 2)) == {"numa_mode": 2, "numa_nodeset": "0"}
    why = "Requested operation is not valid: can't change numatune mode for running domain"
    assert refusal(driver.set_numa_parameters(TEST, of(INT, numa_mode=1), 0)) == (55, 12, why)
    why = "invalid argument: unsupported numatune mode: '7'"
    assert refusal(driver.set_numa_parameters(TEST, of(INT, numa_mode=7), 0)) == (8, 12, why)
    why = "invalid argument: Failed to parse bitmap 'zz'"
    assert refusal(driver.set_numa_parameters(TEST, of(STRING, numa_nodeset="zz"), 0)) == (8, 0, why)


def test_a_disks_limits() -> None:
    driver = begun()
    assert len(driver.block_io_tune(TEST, None, 0)) == 20
    done(
        driver.set_block_io_tune(
            TEST,
            "vda",
            [*of(ULLONG, total_bytes_sec_max=100000, total_bytes_sec_max_length=5), *of(STRING, group_name="g")],
            0,
        )
    )
    set_now = {name: value for name, value in values(driver.block_io_tune(TEST, "vda", 0)).items() if value}
    assert set_now == {"total_bytes_sec_max": 100000, "total_bytes_sec_max_length": 5, "group_name": "g"}
    for given, code, why in (
        ({"total_iops_sec": 5}, 8, "invalid argument: total_iops_sec cannot be set higher than total_iops_sec_max "),
        (
            {"total_bytes_sec": 9, "read_bytes_sec": 5},
            8,
            "invalid argument: total and read/write of bytes_sec cannot be set at the same time",
        ),
        (
            {"read_bytes_sec_max": 10},
            8,
            "invalid argument: total and read/write of bytes_sec_max cannot be set at the same time",
        ),
        (
            {"total_bytes_sec": 1 << 62},
            74,
            "argument unsupported: block I/O throttle limit value must be no more than 1000000000000000",
        ),
    ):
        assert refusal(driver.set_block_io_tune(TEST, "vda", of(ULLONG, **given), 0)) == (code, 12, why)
    why = "invalid argument: disk 'vdx' was not found in the domain config"
    assert refusal(driver.set_block_io_tune(TEST, "vdx", of(ULLONG, read_iops_sec_max=3), 0)) == (8, 12, why)
    xml = driver.domain_xml(TEST, 0)
    assert "<total_bytes_sec_max>100000</total_bytes_sec_max>" in xml
    assert "<group_name>g</group_name>" in xml


def test_performance_counters() -> None:
    driver = begun()
    assert values(driver.perf_events(TEST, 0)) == dict.fromkeys(PERF_EVENTS, 0)
    done(
        driver.set_perf_events(TEST, of(BOOLEAN, cmt=1, mbml=1), 2),
        driver.set_perf_events(TEST, of(BOOLEAN, cmt=0, cpu_cycles=1), 2),
    )
    xml = driver.domain_xml(TEST, 2)
    events = xml[xml.index("<perf>") : xml.index("</perf>")].split("\n")[1:-1]
    assert [event.strip() for event in events] == [
        "<event name='cmt' enabled='no'/>",
        "<event name='mbml' enabled='yes'/>",
        "<event name='cpu_cycles' enabled='yes'/>",
    ]


def test_the_scheduler_takes_a_weight_and_forgets_it() -> None:
    driver = begun()
    done(driver.set_scheduler_parameters(TEST, of(UINT, weight=70)))
    assert values(driver.scheduler_parameters(TEST)) == {"weight": 50}
    for flags in (1, 2, 4):
        with pytest.raises(VirtError, match=rf"\(0x{flags}\) in function testDomainGetSchedulerParametersFlags"):
            driver.scheduler_parameters_flags(TEST, flags)


def test_the_emulator_is_pinned() -> None:
    driver = begun()
    assert driver.emulator_pin(TEST, 0) == b"\xff\xff"
    done(driver.pin_emulator(TEST, b"\x0f", 0))
    assert driver.emulator_pin(TEST, 0) == b"\x0f\x00"
    assert driver.emulator_pin(TEST, 2) == b"\xff\xff"
    assert "<emulatorpin cpuset='0-3'/>" in driver.domain_xml(TEST, 0)
    why = "invalid argument: Empty cpu list for pinning"
    assert refusal(driver.pin_emulator(TEST, b"\x00", 2)) == (8, 12, why)
    why = "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive"
    assert refusal(driver.pin_emulator(TEST, b"\x01", 3)) == (8, 20, why)


def test_iothreads_come_and_go() -> None:
    driver = begun()
    done(
        driver.add_iothread(TEST, 5, 0), driver.add_iothread(TEST, 2, 0), driver.pin_iothread(TEST, 2, b"\x05", 0)
    )
    assert driver.iothreads(TEST, 0) == [(5, b"\x03\x00"), (2, b"\x05\x00")]
    assert driver.iothreads(TEST, 2) == []
    xml = driver.domain_xml(TEST, 0)
    assert "<iothread id='5'/>\n    <iothread id='2'/>" in xml
    assert "<iothreadpin iothread='2' cpuset='0,2'/>" in xml
    for change, domain, why in (
        (driver.add_iothread(TEST, 5, 0), 20, "an IOThread is already using iothread_id '5'"),
        (driver.add_iothread(TEST, 0, 0), 12, "invalid value of 0 for iothread_id"),
        (driver.pin_iothread(TEST, 9, b"\x01", 0), 12, "iothreadid 9 not found"),
        (driver.pin_iothread(TEST, 5, b"\x00", 0), 12, "Empty iothread cpumap list for pinning"),
        (driver.delete_iothread(TEST, 9, 0), 20, "cannot find IOThread '9' in iothreadids list"),
        (driver.set_iothread_params(TEST, 9, [], 1), 12, "cannot find IOThread '9' in iothreadids"),
    ):
        assert refusal(change) == (8, domain, f"invalid argument: {why}")
    done(driver.delete_iothread(TEST, 2, 0))
    assert driver.iothreads(TEST, 0) == [(5, b"\x03\x00")]
    assert "iothreadpin" not in driver.domain_xml(TEST, 0)


def test_iothreads_that_are_only_counted_get_the_lowest_numbers() -> None:
    driver = begun()
    done(driver.define(TRANSIENT, 0))
    uuid = bytes.fromhex("11" * 16)
    assert [thread.id for thread in driver.iothreads(uuid, 0)] == [7, 1, 2]
    assert driver.iothreads(uuid, 0)[0].cpumap == b"\x02\x00"
    done(driver.delete_iothread(uuid, 7, 2))
    xml = driver.domain_xml(uuid, 0)
    assert "<iothreads>2</iothreads>" in xml
    assert "<shares>3</shares>" in xml
    assert "iothreadpin" not in xml


def test_the_period_of_the_balloons_statistics() -> None:
    driver = begun()
    done(driver.set_memory_stats_period(TEST, 5, 0))
    assert "<stats period='5'/>" in driver.domain_xml(TEST, 0)
    assert "<stats" not in driver.domain_xml(TEST, 2)
    done(driver.define(TRANSIENT, 0))
    why = "internal error: No memory balloon device configured, can not set the collection period"
    assert refusal(driver.set_memory_stats_period(bytes.fromhex("11" * 16), 5, 0)) == (1, 12, why)


def test_what_is_not_there_cannot_be_tuned() -> None:
    driver = begun()
    done(driver.create_xml(TRANSIENT, 0))
    uuid = bytes.fromhex("11" * 16)
    why = "Requested operation is not valid: transient domains do not have any persistent config"
    assert refusal(driver.set_memory_parameters(uuid, of(ULLONG, hard_limit=1), 2)) == (55, 20, why)
    done(driver.destroy(TEST, 0))
    why = "Requested operation is not valid: domain is not running"
    for change in (
        driver.set_memory_parameters(TEST, [], 1),
        driver.set_blkio_parameters(TEST, [], 1),
        driver.set_numa_parameters(TEST, [], 1),
        driver.set_block_io_tune(TEST, "vda", [], 1),
        driver.set_perf_events(TEST, [], 1),
        driver.pin_emulator(TEST, b"\x01", 1),
        driver.add_iothread(TEST, 1, 1),
        driver.delete_iothread(TEST, 1, 1),
        driver.set_iothread_params(TEST, 1, [], 1),
        driver.set_memory_stats_period(TEST, 1, 1),
    ):
        assert refusal(change) == (55, 20, why)


def test_a_value_of_another_kind_is_refused() -> None:
    driver = begun()
    why = "invalid argument: invalid type 'int' for parameter 'hard_limit', expected 'ullong'"
    assert refusal(driver.set_memory_parameters(TEST, of(INT, hard_limit=1), 0)) == (8, 0, why)


def test_an_interfaces_limits() -> None:
    driver = begun()
    names = [
        *("inbound.average", "inbound.peak", "inbound.burst", "inbound.floor"),
        *("outbound.average", "outbound.peak", "outbound.burst"),
    ]

    def limits(**given: int) -> list[TypedParam]:
        return of(UINT, **{name.replace("_", "."): value for name, value in given.items()})

    def change(**given: int) -> list[int | float | str]:
        done(driver.set_interface_parameters(TEST, "testnet0", limits(**given), 0))
        found = values(driver.interface_parameters(TEST, "aa:bb:cc:dd:ee:ff", 0))
        assert list(found) == names
        return list(found.values())

    assert change(inbound_average=100, inbound_peak=200, inbound_burst=50) == [100, 200, 50, 0, 0, 0, 0]
    assert change(inbound_peak=300) == [100, 200, 50, 0, 0, 0, 0]  # a peak alone says nothing
    assert change(outbound_average=10) == [100, 200, 50, 0, 10, 0, 0]
    assert change(inbound_average=0) == [0, 0, 0, 0, 10, 0, 0]
    assert change(inbound_average=7, inbound_floor=5) == [7, 0, 0, 5, 10, 0, 0]
    assert "<inbound average='7' floor='5'/>" in driver.domain_xml(TEST, 0)
    with pytest.raises(VirtError, match="'vnet9' is not a known interface"):
        driver.interface_parameters(TEST, "vnet9", 0)
