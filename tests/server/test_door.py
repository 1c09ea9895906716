"""The ONC door in process, on the test driver: rights, flags, unions, batch, events."""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from wire_values import zero

from oncrpc.dispatch import Dispatcher, LastReply
from oncrpc.errors import GarbageArguments, ProcedureUnavailable, ProgramMismatch
from oncrpc.procedure import Call, Procedure
from virtproto import virt as v
from virtrpcd.access import Peer, Right, requirements
from virtrpcd.apinames import api_name, error_domain
from virtrpcd.daemon import PROGRAMS
from virtrpcd.door import Door
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.test.driver import TestDriver as MemoryDriver  # pytest collects what is called Test...
from virtrpcd.events import EventBus
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

TABLE = v.VIRT_V2_TABLE
NEEDS = requirements(TABLE)
SECRET_XML = "<domain type='test'><name>n</name><memory>1024</memory><os><type>hvm</type></os></domain>"


class House:
    """A door on a test driver, and calls through it as any peer."""

    def __init__(self, *, max_reply: int = 32 << 20) -> None:
        self.driver = MemoryDriver(EventBus(epoch=b"e" * 16))
        self.registry = Registry(self.driver, lambda: MemoryDriver(EventBus()))
        context = Context(self.registry.open_for, PathRules([]), 1000)
        self.service = VirtService(context)
        door = Door(self.service, max_reply_bytes=max_reply)
        self.dispatcher = Dispatcher()
        for program in PROGRAMS:
            self.dispatcher.register(program.number, program.version, door.endpoints_of(program))

    def peer(self, right: Right = Right.ADMIN, **options: Any) -> Peer:
        return Peer(right, self.driver, "unix uid 0", **options)

    async def raw(self, procedure: int, args: bytes, peer: Peer | None = None, version: int = 2) -> bytes:
        call = Call(1, v.VIRT_PROGRAM, version, procedure, args, 0, peer=peer or self.peer())
        result = self.dispatcher.dispatch(call)
        return result if isinstance(result, bytes) else await result

    async def call(self, procedure: Procedure[Any], args: Any = None, peer: Peer | None = None) -> Any:
        data = b"" if args is None else procedure.args.encode(args)
        return procedure.result.unpack(await self.raw(procedure.number, data, peer))


def run(test: Callable[[House], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def main() -> None:
        house = House(**options)
        await house.driver.start()
        async with asyncio.timeout(20):
            await test(house)

    asyncio.run(main())


def proc(number: int) -> Procedure[Any]:
    return TABLE.procedure(number)


async def the_domain(house: House) -> v.virt_domain:
    found = await house.call(proc(v.VIRT_DOMAIN_LOOKUP_BY_NAME), v.virt_domain_lookup_by_name_args("test"))
    dom: v.virt_domain = found.ok.dom
    return dom


@pytest.mark.parametrize("procedure", TABLE.procedures, ids=lambda item: item.name)
def test_every_procedure_is_refused_to_whom_it_is_not_for(procedure: Procedure[Any]) -> None:
    async def check(house: House) -> None:
        need = NEEDS[procedure.number]
        args = zero(procedure.args) if procedure.arity else None
        for right in Right:
            peer = house.peer(right)
            answer = await house.call(procedure, args, peer)
            denied = answer.discriminant == v.VIRT_FAILED and answer.error.code in (29, 88)
            assert denied == (right < need.right), f"{right.name}: {answer}"
            for bit, flag_right in need.flag_rights:
                args.flags = bit
                answer = await house.call(procedure, args, peer)
                denied = answer.discriminant == v.VIRT_FAILED and answer.error.code in (29, 88)
                assert denied == (right < max(need.right, flag_right)), f"{right.name} flag {bit}: {answer}"
                args.flags = 0

    run(check)


@pytest.mark.parametrize("procedure", [item for item in TABLE.procedures if NEEDS[item.number].known_flags is not None])
def test_every_unknown_flag_of_every_procedure_is_refused(procedure: Procedure[Any]) -> None:
    async def check(house: House) -> None:
        args = zero(procedure.args)
        known = NEEDS[procedure.number].known_flags or 0
        for bit in (1 << number for number in range(32)):
            if not bit & known:
                args.flags = bit
                answer = await house.call(procedure, args)
                assert (answer.discriminant, answer.error.code) == (v.VIRT_FAILED, 8), f"flag {bit:#x}: {answer}"

    run(check)


@pytest.mark.parametrize("procedure", [item for item in TABLE.procedures if item.arity])
def test_truncated_arguments_of_every_procedure_are_garbage(procedure: Procedure[Any]) -> None:
    async def check(house: House) -> None:
        whole = procedure.args.encode(zero(procedure.args))
        for cut in range(0, len(whole), 4):
            with pytest.raises(GarbageArguments):
                await house.raw(procedure.number, whole[:cut])

    run(check)


def test_handlers_take_and_give_what_the_specification_says() -> None:
    for procedure in TABLE.procedures:
        if procedure.number == v.VIRT_BATCH:
            continue
        name = procedure.method
        ours, base = getattr(VirtService, name), getattr(v.VIRT_V2_Server, name)
        names = list(inspect.signature(base).parameters)
        assert list(inspect.signature(ours).parameters) == names, name
        hints = typing.get_type_hints(ours)
        if "args" in names:
            assert hints["args"] is procedure.args.cls, name  # type: ignore[attr-defined]


def test_version_1_has_its_calls_and_no_others() -> None:
    async def check(house: House) -> None:
        assert await house.raw(v.VIRT_CONNECT_NUM_OF_DOMAINS, b"", version=1) == bytes(4) + b"\0\0\0\1"
        with pytest.raises(ProcedureUnavailable):
            await house.raw(v.VIRT_CONNECT_GET_URI, b"", version=1)
        with pytest.raises(ProgramMismatch) as caught:
            await house.raw(0, b"", version=3)
        assert (caught.value.low, caught.value.high) == (1, 2)

    run(check)


def test_calls_that_no_handler_has_are_known_and_not_supported() -> None:
    async def check(house: House) -> None:
        for procedure in TABLE.procedures:
            name = procedure.method
            if procedure.number != v.VIRT_BATCH and getattr(VirtService, name) is getattr(v.VIRT_V2_Server, name):
                answer = await house.call(procedure, zero(procedure.args) if procedure.arity else None)
                assert (answer.error.code, answer.error.domain) == (3, error_domain(procedure))
                assert answer.error.message.endswith(f": {api_name(procedure)}")

    run(check)


def test_connect_open_chooses_a_driver_once() -> None:
    async def check(house: House) -> None:
        peer = house.peer()
        open_call = proc(v.VIRT_CONNECT_OPEN)
        answer = await house.call(open_call, v.virt_connect_open_args("xen:///", 0), peer)
        assert answer.error.code == 5
        assert (await house.call(open_call, v.virt_connect_open_args(None, 0), peer)).discriminant == v.VIRT_OK
        answer = await house.call(open_call, v.virt_connect_open_args(None, 0), peer)
        assert answer.error.message == "internal error: connection already open"
        answer = await house.call(open_call, v.virt_connect_open_args(None, 0), house.peer(datagram=True))
        assert answer.error.code == 84

    run(check)


def test_a_connection_opened_read_only_stays_so() -> None:
    async def check(house: House) -> None:
        peer, dom = house.peer(), await the_domain(house)
        read_only = v.virt_connect_open_args("test:///default", v.VIRT_CONNECT_RO)
        await house.call(proc(v.VIRT_CONNECT_OPEN), read_only, peer)
        suspend = v.virt_domain_suspend_args(dom)
        assert (await house.call(proc(v.VIRT_DOMAIN_SUSPEND), suspend, peer)).error.code == 29
        assert (await house.call(proc(v.VIRT_DOMAIN_SUSPEND), suspend)).discriminant == v.VIRT_OK

    run(check)


def test_connect_close_hangs_up_behind_its_answer() -> None:
    async def check(house: House) -> None:
        assert isinstance(await house.raw(v.VIRT_CONNECT_CLOSE, b""), LastReply)

    run(check)


def batch(*items: tuple[int, bytes], stop: bool = False, events: int = 0) -> v.virt_batch_args:
    made = [v.virt_batch_item(number, args) for number, args in items]
    return v.virt_batch_args(made, stop, v.virt_cursor(bytes(16), 0), events)


def test_a_batch_gives_the_bytes_that_lone_calls_would_have_given() -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        state = v.virt_domain_get_state_args(dom, 0).to_xdr()
        running = await house.raw(v.VIRT_DOMAIN_GET_STATE, state)
        items = [
            (v.VIRT_CONNECT_GET_TYPE, b""),
            (v.VIRT_DOMAIN_GET_STATE, state),
            (v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(dom).to_xdr()),
            (v.VIRT_DOMAIN_GET_STATE, state),
            (v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(dom).to_xdr()),
        ]
        answer = (await house.call(proc(v.VIRT_BATCH), batch(*items))).ok
        assert [item.accept_stat for item in answer.results] == [0] * 5
        assert answer.results[0].result == await house.raw(v.VIRT_CONNECT_GET_TYPE, b"")
        assert answer.results[1].result == running
        assert answer.results[2].result == bytes(4)
        assert answer.results[3].result == await house.raw(v.VIRT_DOMAIN_GET_STATE, state)
        assert v.virt_void_res.from_xdr(answer.results[4].result).error.code == 1  # as libvirt's test driver

    run(check)


def test_a_batch_says_for_each_item_how_far_it_came() -> None:
    async def check(house: House) -> None:
        numbers = [v.VIRT_BATCH, v.VIRT_EVENTS, 1, 2, 9999, v.VIRT_DOMAIN_GET_INFO]
        items = [(number, b"") for number in numbers]
        answer = (await house.call(proc(v.VIRT_BATCH), batch(*items))).ok
        assert [item.accept_stat for item in answer.results] == [3, 3, 3, 3, 3, 4]

    run(check)


def test_a_batch_checks_the_right_of_each_item() -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        items = [(v.VIRT_DOMAIN_DESTROY, v.virt_domain_destroy_args(dom).to_xdr()), (v.VIRT_CONNECT_GET_TYPE, b"")]
        answer = (await house.call(proc(v.VIRT_BATCH), batch(*items), house.peer(Right.READ))).ok
        assert v.virt_void_res.from_xdr(answer.results[0].result).error.code == 88
        assert answer.results[1].result[:4] == bytes(4)
        assert house.driver.lookup_by_name("test").id == 1

    run(check)


NO_SUCH_DOMAIN = (v.VIRT_DOMAIN_LOOKUP_BY_NAME, v.virt_domain_lookup_by_name_args("x").to_xdr())


@pytest.mark.parametrize("first", [(9999, b""), NO_SUCH_DOMAIN])
def test_stop_on_error_makes_no_further_call(first: tuple[int, bytes]) -> None:
    async def check(house: House) -> None:
        items = [(v.VIRT_CONNECT_GET_TYPE, b""), first, (v.VIRT_CONNECT_GET_TYPE, b"")]
        assert len((await house.call(proc(v.VIRT_BATCH), batch(*items, stop=True))).ok.results) == 2
        assert len((await house.call(proc(v.VIRT_BATCH), batch(*items))).ok.results) == 3

    run(check)


def test_what_would_pass_the_limit_is_not_run_and_says_so() -> None:
    async def check(house: House) -> None:
        items = [(v.VIRT_CONNECT_GET_CAPABILITIES, b"")] * 5
        answer = (await house.call(proc(v.VIRT_BATCH), batch(*items))).ok
        kinds = [v.virt_connect_get_capabilities_res.from_xdr(item.result).discriminant for item in answer.results]
        assert kinds[0] == v.VIRT_OK
        assert kinds[-1] == v.VIRT_FAILED

    run(check, max_reply=1000)


def test_1025_items_do_not_decode() -> None:
    async def check(house: House) -> None:
        one = v.virt_batch_item(0, b"").to_xdr()
        with pytest.raises(GarbageArguments):
            await house.raw(v.VIRT_BATCH, (1025).to_bytes(4, "big") + one * 1025 + bytes(32))

    run(check)


def events(cursor: v.virt_cursor, most: int = 100, wait_ms: int = 0) -> v.virt_events_args:
    return v.virt_events_args(cursor, most, wait_ms)


NOW = v.virt_cursor(bytes(16), 0)


def test_events_come_by_cursor_and_batch_brings_them_along() -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        start = (await house.call(proc(v.VIRT_EVENTS), events(NOW, wait_ms=60_000))).ok
        assert (start.events, start.lost) == ([], False)
        suspend = (v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(dom).to_xdr())
        with_news = batch(suspend, events=10)
        with_news.cursor = start.cursor
        brought = (await house.call(proc(v.VIRT_BATCH), with_news)).ok
        read = (await house.call(proc(v.VIRT_EVENTS), events(start.cursor))).ok
        assert brought.events == read.events
        (event,) = read.events
        assert event.kind == v.VIRT_EVENT_LIFECYCLE
        body = v.virt_event_lifecycle.from_xdr(event.body)
        assert (body.callback_id, body.dom, body.event, body.detail) == (-1, dom, 3, 0)
        assert (await house.call(proc(v.VIRT_EVENTS), events(read.cursor))).ok.events == []

    run(check)


def test_who_waits_is_answered_by_the_next_event() -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        start = (await house.call(proc(v.VIRT_EVENTS), events(NOW))).ok
        waiting = asyncio.create_task(house.call(proc(v.VIRT_EVENTS), events(start.cursor, wait_ms=60_000)))
        await asyncio.sleep(0)
        assert not waiting.done()
        await house.call(proc(v.VIRT_DOMAIN_SUSPEND), v.virt_domain_suspend_args(dom))
        assert len((await waiting).ok.events) == 1

    run(check)


def test_waiting_ends_by_itself_or_when_the_bus_closes_and_never_begins_over_udp() -> None:
    async def check(house: House) -> None:
        start = (await house.call(proc(v.VIRT_EVENTS), events(NOW))).ok
        assert (await house.call(proc(v.VIRT_EVENTS), events(start.cursor, wait_ms=10))).ok.events == []
        peer = house.peer(Right.READ, datagram=True)
        assert (await house.call(proc(v.VIRT_EVENTS), events(start.cursor, wait_ms=60_000), peer)).ok.events == []
        waiting = asyncio.create_task(house.call(proc(v.VIRT_EVENTS), events(start.cursor, wait_ms=60_000)))
        await asyncio.sleep(0)
        house.registry.close_buses()
        assert (await waiting).ok.events == []

    run(check)


@pytest.mark.parametrize(
    "cursor", [v.virt_cursor(b"x" * 16, 1), v.virt_cursor(b"e" * 16, 99), v.virt_cursor(b"e" * 16, 0)]
)
def test_a_cursor_that_cannot_be_served_hears_that_events_were_lost(cursor: v.virt_cursor) -> None:
    async def check(house: House) -> None:
        answer = (await house.call(proc(v.VIRT_EVENTS), events(cursor, wait_ms=60_000))).ok
        assert (answer.events, answer.lost, answer.cursor) == ([], True, v.virt_cursor(b"e" * 16, 1))

    run(check)


@pytest.mark.parametrize("count", [-1, -(1 << 31), (1 << 31) - 1])
def test_counts_out_of_range_are_refused(count: int) -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        calls: list[tuple[int, Any]] = [
            (v.VIRT_CONNECT_LIST_DOMAINS, v.virt_connect_list_domains_args(count)),
            (v.VIRT_CONNECT_LIST_DEFINED_DOMAINS, v.virt_connect_list_defined_domains_args(count)),
            (v.VIRT_DOMAIN_GET_VCPUS, v.virt_domain_get_vcpus_args(dom, count, 1)),
            (v.VIRT_DOMAIN_GET_VCPUS, v.virt_domain_get_vcpus_args(dom, 1, count)),
            (v.VIRT_DOMAIN_GET_VCPU_PIN_INFO, v.virt_domain_get_vcpu_pin_info_args(dom, count, 1, 0)),
            (v.VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, v.virt_domain_get_scheduler_parameters_args(dom, count)),
        ]
        for number, args in calls:
            assert (await house.call(proc(number), args)).error.code == 8

    run(check)


def test_a_list_filter_combines_its_groups() -> None:
    async def check(house: House) -> None:
        await house.call(proc(v.VIRT_DOMAIN_DEFINE_XML), v.virt_domain_define_xml_args(SECRET_XML))

        async def names(flags: int) -> list[str]:
            args = v.virt_connect_list_all_domains_args(1, flags)
            found = (await house.call(proc(v.VIRT_CONNECT_LIST_ALL_DOMAINS), args)).ok
            assert found.ret == len(found.domains)
            return sorted(dom.name for dom in found.domains)

        assert await names(0) == ["n", "test"]
        assert await names(1) == ["test"]
        assert await names(2) == ["n"]
        assert await names(3) == ["n", "test"]
        assert await names(0x10 | 0x40) == ["n", "test"]
        assert await names(0x1 | 0x40) == []
        assert await names(0x800) == ["n", "test"]
        assert await names(0x1000) == []
        counted = v.virt_connect_list_all_domains_args(0, 0)
        found = (await house.call(proc(v.VIRT_CONNECT_LIST_ALL_DOMAINS), counted)).ok
        assert (found.domains, found.ret) == ([], 2)

    run(check)


def test_a_doctype_is_refused_after_the_right_is_checked() -> None:
    async def check(house: House) -> None:
        bomb = v.virt_domain_define_xml_args("<!DOCTYPE d [<!ENTITY a 'b'>]>" + SECRET_XML)
        assert (await house.call(proc(v.VIRT_DOMAIN_DEFINE_XML), bomb)).error.code == 27
        answer = await house.call(proc(v.VIRT_DOMAIN_DEFINE_XML), bomb, house.peer(Right.READ))
        assert answer.error.code == 88

    run(check)


def test_a_save_path_outside_the_folders_is_refused() -> None:
    async def check(house: House) -> None:
        dom = await the_domain(house)
        for number, args in (
            (v.VIRT_DOMAIN_SAVE, v.virt_domain_save_args(dom, "/etc/passwd")),
            (v.VIRT_DOMAIN_RESTORE, v.virt_domain_restore_args("/etc/../etc/passwd")),
            (v.VIRT_DOMAIN_CORE_DUMP, v.virt_domain_core_dump_args(dom, "relative", 0)),
        ):
            answer = await house.call(proc(number), args)
            assert answer.discriminant == v.VIRT_FAILED
            assert answer.error.code in (8, 88)

    run(check)
