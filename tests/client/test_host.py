"""The library against a fake daemon in memory: versions, fallbacks, errors, batch, watching."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

import virtrpc
from oncrpc.client import Client
from oncrpc.errors import GarbageArguments, ProgramMismatch, RpcRefusal
from oncrpc.message import Refused
from oncrpc.server_session import ServerSession
from oncrpc.transport.memory import MemoryTransport
from virtproto import virt as v
from virtrpc.events import NOW
from virtrpc.operation import run_now
from virtrpc.session import BlockingWire, Session
from virtrpc.uri import Address

UUID_A = UUID("6695eb01-f6a4-8304-79aa-97f2502e193f")
UUID_B = UUID("00000000-0000-0000-0000-0000000000bb")
DOMS = [v.virt_domain("a", UUID_A.bytes, 1), v.virt_domain("b", UUID_B.bytes, -1)]
ERROR = v.virt_error(42, 12, "no such machine", 2, None, None, "b", None, -1, -1, None)
OK, FAILED = v.virt_status.VIRT_OK, v.virt_status.VIRT_FAILED
INFO = v.virt_domain_get_info_ret(1, 2048, 1024, 2, 77)
EPOCH = bytes(range(16))


def lookup(found: Callable[[v.virt_domain], bool], ok: type, res: type) -> Any:
    for dom in DOMS:
        if found(dom):
            return res(OK, ok(dom))
    return res(FAILED, ERROR)


class FakeDaemon:
    """Versions 1 to `highest`; two machines, "a" runs and "b" is off. `called` has the procedures by number."""

    def __init__(self, highest: int = 2) -> None:
        self.highest = highest
        self.called: list[int] = []
        self.news: list[v.virt_events_ret] = []
        self.session = ServerSession()

    def __call__(self, data: bytes) -> list[bytes]:
        answers = []
        for call in self.session.receive(data):
            assert not isinstance(call, Refused)
            if call.version > self.highest:
                answers.append(self.session.refusal(call, ProgramMismatch(1, self.highest)))
                continue
            try:
                args = call.record[call.offset :]
                answers.append(self.session.success(call, self.answer(call.procedure, args)))
            except RpcRefusal as refusal:
                answers.append(self.session.refusal(call, refusal))
        return answers

    def answer(self, number: int, packed: bytes) -> bytes:
        if number == 0:
            return b""
        self.called.append(number)
        procedure = v.VIRT_V2_TABLE.procedure(number)
        args = procedure.args.unpack(packed) if procedure.arity else None
        handler = getattr(self, procedure.name.removeprefix("VIRT_").lower(), None)
        if handler is None:
            raise GarbageArguments
        return procedure.result.encode(handler(args))

    def connect_list_domains(self, args: Any) -> Any:
        return v.virt_connect_list_domains_res(OK, v.virt_connect_list_domains_ret([1, 99]))

    def connect_list_defined_domains(self, args: Any) -> Any:
        return v.virt_connect_list_defined_domains_res(OK, v.virt_connect_list_defined_domains_ret(["b"]))

    def connect_list_all_domains(self, args: Any) -> Any:
        kept = [dom for dom in DOMS if args.flags & (v.VIRT_LIST_ACTIVE if dom.id >= 0 else v.VIRT_LIST_INACTIVE)]
        return v.virt_connect_list_all_domains_res(OK, v.virt_connect_list_all_domains_ret(kept, len(kept)))

    def domain_lookup_by_id(self, args: Any) -> Any:
        kinds = v.virt_domain_lookup_by_id_ret, v.virt_domain_lookup_by_id_res
        return lookup(lambda dom: dom.id == args.id, *kinds)

    def domain_lookup_by_name(self, args: Any) -> Any:
        kinds = v.virt_domain_lookup_by_name_ret, v.virt_domain_lookup_by_name_res
        return lookup(lambda dom: dom.name == args.name, *kinds)

    def domain_lookup_by_uuid(self, args: Any) -> Any:
        kinds = v.virt_domain_lookup_by_uuid_ret, v.virt_domain_lookup_by_uuid_res
        return lookup(lambda dom: dom.uuid == args.uuid, *kinds)

    def domain_get_info(self, args: Any) -> Any:
        return v.virt_domain_get_info_res(OK, INFO)

    def domain_create(self, args: Any) -> Any:
        return v.virt_void_res(OK)

    def domain_destroy(self, args: Any) -> Any:
        return v.virt_void_res(FAILED, ERROR)

    def batch(self, args: Any) -> Any:
        results = []
        for item in args.items:
            try:
                results.append(v.virt_batch_result(0, self.answer(item.procedure, item.args)))
            except RpcRefusal:
                results.append(v.virt_batch_result(4, b""))
            if args.stop_on_error and (results[-1].accept_stat or results[-1].result[3]):
                break
        event = lifecycle(7, "a")
        events = [event] if args.max_events else []
        return v.virt_batch_res(OK, v.virt_batch_ret(results, events, v.virt_cursor(EPOCH, 8), False))

    def events(self, args: Any) -> Any:
        if args.cursor.epoch == bytes(16):
            return v.virt_events_res(OK, v.virt_events_ret([], v.virt_cursor(EPOCH, 7), False))
        return v.virt_events_res(OK, self.news.pop(0))


def lifecycle(number: int, name: str) -> v.virt_event:
    body = v.virt_event_lifecycle(-1, v.virt_domain(name, UUID_A.bytes, 3), 2, 0)
    return v.virt_event(number, 1_000_000, 318, body.to_xdr())


def open_host(daemon: FakeDaemon) -> virtrpc.Host:
    client = Client(MemoryTransport(daemon), v.VIRT_PROGRAM, 2)
    session = Session(BlockingWire(client), Address("unix", path="/fake"))
    run_now(session.settle())
    return virtrpc.Host(session)


def test_version_2_lists_in_one_call() -> None:
    daemon = FakeDaemon()
    host = open_host(daemon)
    assert host.interface_version == 2
    assert [(d.name, d.id) for d in host.domains()] == [("a", 1), ("b", None)]
    assert [d.name for d in host.domains(active=False)] == ["b"]
    assert daemon.called == [v.VIRT_CONNECT_LIST_ALL_DOMAINS] * 2


def test_an_old_daemon_is_met_on_version_1_and_lists_by_lookups() -> None:
    daemon = FakeDaemon(highest=1)
    host = open_host(daemon)
    assert host.interface_version == 1
    # id 99 went between the list and the lookup
    assert [(d.name, d.id) for d in host.domains()] == [("a", 1), ("b", None)]
    assert v.VIRT_CONNECT_LIST_ALL_DOMAINS not in daemon.called


def test_version_1_gives_the_state_from_info_without_a_reason() -> None:
    found = open_host(FakeDaemon(highest=1)).domain("a").state()
    assert (found.state, found.reason) == (virtrpc.State.RUNNING, None)
    assert found.reason_text == ""


def test_version_1_starts_and_finds_the_id() -> None:
    domain = open_host(FakeDaemon(highest=1)).domain("a")
    domain.start()
    assert domain.id == 1
    with pytest.raises(virtrpc.NeedsVersion, match="and the daemon has version 1"):
        domain.start(paused=True)


def test_a_call_of_version_2_is_not_sent_to_an_old_daemon() -> None:
    daemon = FakeDaemon(highest=1)
    host = open_host(daemon)
    with pytest.raises(virtrpc.NeedsVersion, match="events needs version 2"):
        host.events()
    assert daemon.called == []


def test_no_version_in_common_is_not_reached() -> None:
    with pytest.raises(virtrpc.NotReached, match="none in common"):
        open_host(FakeDaemon(highest=0))


@pytest.mark.parametrize("key", ["a", 1, UUID_A, UUID_A.bytes, str(UUID_A)])
def test_a_machine_is_found_by_name_id_and_uuid(key: Any) -> None:
    domain = open_host(FakeDaemon()).domain(key)
    assert (domain.name, domain.uuid, domain.id) == ("a", UUID_A, 1)
    assert str(domain.uuid) == "6695eb01-f6a4-8304-79aa-97f2502e193f"


def test_info_has_its_units() -> None:
    info = open_host(FakeDaemon()).domain("a").info()
    assert info == (virtrpc.State.RUNNING, 2048, 1024, 2, 77)
    assert (info.max_memory_kib, info.memory_kib, info.vcpus, info.cpu_time_ns) == (2048, 1024, 2, 77)


def test_an_error_is_of_the_class_that_its_code_has() -> None:
    with pytest.raises(virtrpc.NoDomain) as caught:
        open_host(FakeDaemon()).domain("nobody")
    error = caught.value
    assert (error.code, error.domain, error.message, str(error)) == (42, 12, "no such machine", "no such machine")


def test_an_unknown_code_is_a_plain_virt_error() -> None:
    error = virtrpc.VirtError.from_wire(v.virt_error(9999, 0, None, 2, None, None, None, None, -1, -1, None))
    assert type(error) is virtrpc.VirtError
    assert str(error) == "error 9999"


def test_a_refusal_of_the_rpc_layer_is_told_apart() -> None:
    with pytest.raises(virtrpc.RpcRefused) as caught:
        open_host(FakeDaemon()).hostname()
    assert isinstance(caught.value.__cause__, GarbageArguments)


def test_a_value_that_does_not_fit_is_not_sent() -> None:
    daemon = FakeDaemon()
    domain = open_host(daemon).domain("a")
    daemon.called.clear()
    with pytest.raises(virtrpc.BadValue):
        domain.set_memory(-1)
    assert daemon.called == []


def test_a_lost_connection_may_have_run_and_a_closed_client_has_not() -> None:
    host = open_host(FakeDaemon())
    domain = host.domain("a")
    transport = host._session.wire.client._line._transport  # type: ignore[attr-defined]
    transport._peer = lambda data: []
    with pytest.raises(virtrpc.NotReached) as caught:
        domain.info()
    assert caught.value.may_have_run
    host.close()
    with pytest.raises(virtrpc.NotReached) as caught:
        domain.info()
    assert not caught.value.may_have_run


def test_a_batch_is_one_message_and_each_call_has_its_own_outcome() -> None:
    daemon = FakeDaemon()
    host = open_host(daemon)
    domain = host.domain("a")
    daemon.called.clear()
    found = host.batch([domain.info, domain.destroy, host.hostname, functools.partial(host.domain, "b")])
    assert daemon.called.count(v.VIRT_BATCH) == 1
    info, destroyed, refused, other = found.results
    assert info.cpu_time_ns == 77
    assert isinstance(destroyed, virtrpc.NoDomain)
    assert isinstance(refused, virtrpc.RpcRefused)
    assert other.name == "b"
    assert other.info().cpu_time_ns == 77, "what a batch found makes its calls over the real connection"


def test_calls_of_several_steps_take_several_messages() -> None:
    daemon = FakeDaemon()
    host = open_host(daemon)
    (found,) = host.batch([functools.partial(host.domain, str(UUID(int=5)))]).results
    assert isinstance(found, virtrpc.NoDomain)  # looked up as a uuid, then as a name
    assert daemon.called.count(v.VIRT_BATCH) == 2


def test_after_a_failure_the_rest_of_a_batch_is_not_run() -> None:
    daemon = FakeDaemon()
    host = open_host(daemon)
    domain = host.domain("a")
    daemon.called.clear()
    found = host.batch([domain.info, domain.destroy, domain.info], stop_on_error=True).results
    assert [type(one).__name__ for one in found] == ["DomainInfo", "NoDomain", "NotRun"]
    assert daemon.called.count(v.VIRT_DOMAIN_GET_INFO) == 1


def test_a_batch_longer_than_a_message_takes_several() -> None:
    daemon = FakeDaemon()
    host = open_host(daemon)
    domain = host.domain("a")
    assert len(host.batch([domain.info] * 1500).results) == 1500
    assert daemon.called.count(v.VIRT_BATCH) == 2


def test_a_batch_brings_news_even_without_calls() -> None:
    found = open_host(FakeDaemon()).batch([], max_events=10)
    assert [event.number for event in found.events] == [7]
    assert found.cursor == (EPOCH, 8)


def test_a_batch_takes_methods_only() -> None:
    with pytest.raises(TypeError, match="takes methods"):
        open_host(FakeDaemon()).batch([lambda: 1])


def test_watching_hands_out_events_and_markers_in_order() -> None:
    daemon = FakeDaemon()
    daemon.news = [
        v.virt_events_ret([lifecycle(7, "a"), lifecycle(8, "b")], v.virt_cursor(EPOCH, 9), False),
        v.virt_events_ret([], v.virt_cursor(EPOCH, 50), True),
        v.virt_events_ret([v.virt_event(50, 5, 999, b"new")], v.virt_cursor(EPOCH, 51), False),
    ]
    watch = open_host(daemon).watch()
    first, second, lost, unknown = (next(watch) for _ in range(4))
    assert isinstance(first, virtrpc.Event)
    assert first.domain == ("a", UUID_A, 3)
    assert (first.number, first.kind, first.what, first.detail) == (7, "lifecycle", "started", "booted")
    assert isinstance(second, virtrpc.Event)
    assert second.number == 8
    assert lost == virtrpc.Lost(virtrpc.Cursor(EPOCH, 50))
    assert isinstance(unknown, virtrpc.Event)
    assert (unknown.kind, unknown.domain, unknown.fields) == ("999", None, {"body": b"new"})
    assert watch.cursor == (EPOCH, 51)


def test_now_is_a_cursor_of_zeros() -> None:
    assert (NOW.epoch, NOW.next) == (bytes(16), 0)


def test_every_name_of_the_package_is_there() -> None:
    assert [name for name in virtrpc.__all__ if getattr(virtrpc, name, None) is None] == []
    with pytest.raises(AttributeError):
        getattr(virtrpc, "nonsense")  # noqa: B009


def test_both_faces_have_the_same_methods() -> None:
    for blocking, waiting in ((virtrpc.Host, virtrpc.aio.Host), (virtrpc.Domain, virtrpc.aio.Domain)):
        names = {name for name in dir(blocking) if not name.startswith("_")}
        assert names == {name for name in dir(waiting) if not name.startswith("_")}
        assert all(getattr(blocking, name).__doc__ for name in names)
