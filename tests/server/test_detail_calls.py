"""Calls about tuning, guests and details through the door: counts, strings, and what libvirt's library refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest

from oncrpc.dispatch import Dispatcher
from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Peer, Right
from virtrpcd.daemon import PROGRAMS
from virtrpcd.door import Door
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.test.driver import TestDriver as MemoryDriver  # pytest collects what is called Test...
from virtrpcd.events import EventBus
from virtrpcd.model import ParamKind, TypedParam
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

DOM: Final = v.virt_domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
LABEL: Final = [ord(letter) for letter in "libvirt-test"]


class House:
    """The test driver behind the door; `ask` calls a procedure and gives its result, or (code, domain, message)."""

    def __init__(self) -> None:
        self.driver = MemoryDriver(EventBus())
        registry = Registry(self.driver, lambda: MemoryDriver(EventBus()))
        door = Door(VirtService(Context(registry.open_for, PathRules([]), 1000)), max_reply_bytes=32 << 20)
        self.dispatcher = Dispatcher()
        for program in PROGRAMS:
            self.dispatcher.register(program.number, program.version, door.endpoints_of(program))

    async def ask(self, number: int, args: Any = None, right: Right = Right.ADMIN) -> Any:
        procedure = v.VIRT_V2_TABLE.procedure(number)
        data = b"" if args is None else procedure.args.encode(args)
        call = Call(1, v.VIRT_PROGRAM, 2, number, data, 0, peer=Peer(right, self.driver, "unix uid 0"))
        result = self.dispatcher.dispatch(call)
        answer = procedure.result.unpack(result if isinstance(result, bytes) else await result)
        if answer.discriminant == v.VIRT_FAILED:
            return answer.error.code, answer.error.domain, answer.error.message
        return getattr(answer, "ok", None)


def run(test: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(20):
            await test(House())

    asyncio.run(main())


def param(field: str, kind: ParamKind, value: int | str) -> v.virt_typed_param:
    return convert.typed_param(TypedParam(field, int(kind), value))


def test_parameters_are_counted_first_and_given_then() -> None:
    async def check(house: House) -> None:
        async def get(nparams: int, flags: int) -> Any:
            args = v.virt_domain_get_blkio_parameters_args(DOM, nparams, flags)
            return await house.ask(v.VIRT_DOMAIN_GET_BLKIO_PARAMETERS, args)

        counted = await get(0, 4)
        assert (counted.params, counted.nparams) == ([], 6)
        given = await get(6, 4)
        assert [one.field for one in given.params][:2] == ["weight", "device_weight"]
        assert given.nparams == 0
        assert [one.field for one in (await get(2, 4)).params] == ["weight", "device_weight"]
        assert [one.field for one in (await get(6, 0)).params] == ["weight"]  # this client cannot take strings
        assert (await get(17, 4))[0] == 8
        assert (await get(-1, 4))[0] == 8
        why = "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive"
        assert await get(0, 7) == (8, 20, why)

    run(check)


def test_any_disks_limits_can_be_counted_without_naming_one() -> None:
    async def check(house: House) -> None:
        args = v.virt_domain_get_block_io_tune_args(DOM, None, 0, 4)
        assert (await house.ask(v.VIRT_DOMAIN_GET_BLOCK_IO_TUNE, args)).nparams == 20
        limits = [param("read_iops_sec_max", ParamKind.ULLONG, 9)]
        set_args = v.virt_domain_set_block_io_tune_args(DOM, "vda", limits, 1)
        assert await house.ask(v.VIRT_DOMAIN_SET_BLOCK_IO_TUNE, set_args) is None
        args = v.virt_domain_get_block_io_tune_args(DOM, "vda", 20, 1)
        found = (await house.ask(v.VIRT_DOMAIN_GET_BLOCK_IO_TUNE, args)).params
        assert {one.field: one.value.value for one in found if one.value.value} == {"read_iops_sec_max": 9}

    run(check)


@pytest.mark.parametrize(
    ("nparams", "start", "cpus", "answer"),
    [
        (0, 0, 0, ([], 2)),
        (0, 0, 1, ([], 2)),
        (0, -1, 1, ([], 3)),
        (3, -1, 1, (["cpu_time", "user_time", "system_time"], 3)),
        (2, 0, 2, (["cpu_time", "vcpu_time", "cpu_time", "vcpu_time"], 2)),
        (2, 0, 5, (["cpu_time", "vcpu_time", "cpu_time", "vcpu_time"], 2)),
        (2, 1, 1, (["cpu_time", "vcpu_time"], 2)),
        (1, 0, 1, (["cpu_time"], 1)),
    ],
)
def test_cpu_statistics_are_flat(nparams: int, start: int, cpus: int, answer: tuple[list[str], int]) -> None:
    async def check(house: House) -> None:
        args = v.virt_domain_get_cpu_stats_args(DOM, nparams, start, cpus, 4)
        found = await house.ask(v.VIRT_DOMAIN_GET_CPU_STATS, args)
        assert ([one.field for one in found.params], found.nparams) == answer

    run(check)


def test_a_cpu_that_is_not_there_has_no_statistics() -> None:
    async def check(house: House) -> None:
        args = v.virt_domain_get_cpu_stats_args(DOM, 2, 2, 1, 4)
        why = "invalid argument: start_cpu 2 larger than maximum of 1"
        assert await house.ask(v.VIRT_DOMAIN_GET_CPU_STATS, args) == (8, 12, why)

    run(check)


def test_labels_are_characters_and_end_with_a_nul() -> None:
    async def check(house: House) -> None:
        label = await house.ask(v.VIRT_DOMAIN_GET_SECURITY_LABEL, v.virt_domain_get_security_label_args(DOM))
        assert (list(label.label), label.enforcing) == ([*LABEL, 0], 1)
        model = await house.ask(v.VIRT_NODE_GET_SECURITY_MODEL)
        assert bytes(model.model) == b"testSecurity\0"
        assert list(model.doi) == [0]

    run(check)


def test_a_driver_without_a_security_model_has_an_empty_one() -> None:
    assert Driver.security_model(MemoryDriver(EventBus())) == ("", "")
    assert Driver.messages(MemoryDriver(EventBus()), DOM.uuid, 0) == []


REFUSED: Final = [
    (v.VIRT_NODE_GET_CPU_STATS, v.virt_node_get_cpu_stats_args(-2, 4, 0),
     "cpuNum in virNodeGetCPUStats only accepts -1 as a negative value"),
    (v.VIRT_NODE_GET_FREE_PAGES, v.virt_node_get_free_pages_args([], 0, 1, 0),
     "npages in virNodeGetFreePages must not be zero"),
    (v.VIRT_DOMAIN_SEND_KEY, v.virt_domain_send_key_args(DOM, 99, 0, [1], 0), "Unsupported codeset '99'"),
    (v.VIRT_DOMAIN_SEND_KEY, v.virt_domain_send_key_args(DOM, 0, 0, [], 0),
     "nkeycodes in virDomainSendKey must be greater than zero"),
    (v.VIRT_DOMAIN_MEMORY_PEEK, v.virt_domain_memory_peek_args(DOM, 0, 10, 3),
     "Flags 'VIR_MEMORY_VIRTUAL' and 'VIR_MEMORY_PHYSICAL' are mutually exclusive"),
    (v.VIRT_DOMAIN_SET_MEMORY_STATS_PERIOD, v.virt_domain_set_memory_stats_period_args(DOM, -1, 0),
     "period in virDomainSetMemoryStatsPeriod must be zero or greater"),
    (v.VIRT_DOMAIN_SEND_PROCESS_SIGNAL, v.virt_domain_send_process_signal_args(DOM, 0, 15, 0),
     "pid_value in virDomainSendProcessSignal must not be zero"),
    (v.VIRT_DOMAIN_DEL_IOTHREAD, v.virt_domain_del_iothread_args(DOM, 0, 0),
     "iothread_id in virDomainDelIOThread must not be zero"),
    (v.VIRT_DOMAIN_SET_LIFECYCLE_ACTION, v.virt_domain_set_lifecycle_action_args(DOM, 3, 0, 0),
     "invalid argument: invalid lifecycle type '3'"),
    (v.VIRT_DOMAIN_SET_LIFECYCLE_ACTION, v.virt_domain_set_lifecycle_action_args(DOM, 0, 9, 0),
     "invalid argument: invalid lifecycle action '9'"),
    (v.VIRT_DOMAIN_SET_METADATA, v.virt_domain_set_metadata_args(DOM, 1, "ti\ntle", None, None, 0),
     "metadata title can't contain newlines"),
    (v.VIRT_DOMAIN_SET_METADATA, v.virt_domain_set_metadata_args(DOM, 1, "title", "k", None, 0),
     "key in virDomainSetMetadata must be NULL"),
    (v.VIRT_DOMAIN_SET_METADATA, v.virt_domain_set_metadata_args(DOM, 2, "<a/>", None, "http://x", 0),
     "key in virDomainSetMetadata must not be NULL"),
    (v.VIRT_DOMAIN_SET_METADATA, v.virt_domain_set_metadata_args(DOM, 2, "<a/>", "k", None, 0),
     "uri in virDomainSetMetadata must not be NULL"),
    (v.VIRT_DOMAIN_GET_METADATA, v.virt_domain_get_metadata_args(DOM, 2, None, 0),
     "uri in virDomainGetMetadata must not be NULL"),
    (v.VIRT_DOMAIN_GET_METADATA, v.virt_domain_get_metadata_args(DOM, 0, "x", 0),
     "uri in virDomainGetMetadata must be NULL"),
    (v.VIRT_DOMAIN_CORE_DUMP_WITH_FORMAT, v.virt_domain_core_dump_with_format_args(DOM, "/x", 5, 0),
     "dumpformat '5' is not supported"),
    (v.VIRT_DOMAIN_SET_VCPUS, v.virt_domain_set_vcpus_args(DOM, 0), "nvcpus in virDomainSetVcpus must not be zero"),
    (v.VIRT_DOMAIN_SET_MEMORY, v.virt_domain_set_memory_args(DOM, 0),
     "memory in virDomainSetMemory must not be zero"),
    (v.VIRT_DOMAIN_RENAME, v.virt_domain_rename_args(DOM, "", 0),
     "string new_name in virDomainRename must not be empty"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "args", "why"), REFUSED)
def test_what_libvirts_library_refuses(number: int, args: Any, why: str) -> None:
    async def check(house: House) -> None:
        assert await house.ask(number, args) == (8, 20, why)

    run(check)


def test_asking_the_guest_for_addresses_is_a_change() -> None:
    async def check(house: House) -> None:
        for source, right, code in ((1, Right.READ, 29), (1, Right.WRITE, None), (0, Right.READ, None)):
            args = v.virt_domain_interface_addresses_args(DOM, source, 0)
            found = await house.ask(v.VIRT_DOMAIN_INTERFACE_ADDRESSES, args, right)
            assert (found[0] if code else None) == code

    run(check)


def test_groups_of_statistics_that_are_not_there_are_refused_when_they_are_insisted_on() -> None:
    async def check(house: House) -> None:
        args = v.virt_connect_get_all_domain_stats_args([], 2, 0x80000000)
        why = "argument unsupported: Stats types bits 0x2 are not supported by this daemon"
        assert await house.ask(v.VIRT_CONNECT_GET_ALL_DOMAIN_STATS, args) == (74, 12, why)

    run(check)


def test_maps_of_cpus_are_as_long_as_asked() -> None:
    async def check(house: House) -> None:
        args = v.virt_domain_get_emulator_pin_info_args(DOM, 3, 0)
        found = await house.ask(v.VIRT_DOMAIN_GET_EMULATOR_PIN_INFO, args)
        assert (found.cpumaps, found.ret) == (b"\xff\xff\x00", 1)

    run(check)


def test_disk_errors_can_be_counted() -> None:
    async def check(house: House) -> None:
        counted = await house.ask(v.VIRT_DOMAIN_GET_DISK_ERRORS, v.virt_domain_get_disk_errors_args(DOM, 0, 0))
        assert (counted.errors, counted.nerrors) == ([], 1)
        given = await house.ask(v.VIRT_DOMAIN_GET_DISK_ERRORS, v.virt_domain_get_disk_errors_args(DOM, 9, 0))
        assert [(one.disk, one.error) for one in given.errors] == [("vda", 1)]

    run(check)
