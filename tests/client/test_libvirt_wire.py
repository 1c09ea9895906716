"""The blocking client over libvirt's own framing, against the daemon: the same Host, batches, events, many threads."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificates
from daemon_process import DaemonProcess, running_daemon

import virtrpc
import virtrpc.aio
import virtrpc.libvirt as libvirt
from virtproto import virt as v
from virtrpc.libvirt.uris import find
from virtrpc.libvirt_events import EventRow
from virtrpc.uri import Address


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("libvirt")
    with running_daemon(folder, "--libvirt", f"unix:{folder}/lv.sock", "--libvirt", "tcp:127.0.0.1:0") as daemon:
        yield daemon


def uri(daemon: DaemonProcess) -> str:
    place = next(place for place in daemon.ready["libvirt"] if place.startswith("unix:"))
    return "libvirt+unix://" + place.removeprefix("unix:") + "?name=default"


def test_machines_are_found_and_changed(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon)) as host:
        (domain,) = host.domains()
        domain.suspend()
        assert domain.state().state is virtrpc.State.PAUSED
        domain.resume()
        assert (domain.name, host.uri(), host.interface_version) == ("test", "test:///default", 2)


def test_tcp_works_as_well(daemon: DaemonProcess) -> None:
    place = next(place for place in daemon.ready["libvirt"] if place.startswith("tcp:"))
    with virtrpc.connect("libvirt+tcp://" + place.removeprefix("tcp:") + "/test") as host:
        assert host.domain("test").id == 1


def test_tls_works_too_and_the_certificate_says_who_calls(tmp_path: Path) -> None:
    made = certificates()
    config = tmp_path / "virtrpcd.toml"
    config.write_text(
        f'[tls]\ncertificate = "{made.server}"\nca = "{made.ca}"\nwrite = ["CN:alice"]\nread = ["CN:bob"]\n'
    )
    with running_daemon(tmp_path / "s", "--config", str(config), "--libvirt", "tls:127.0.0.1:0") as daemon:
        place = daemon.ready["libvirt"][0].removeprefix("tls:")
        at = f"libvirt+tls://{place}/test?ca={made.ca}&cert="
        with virtrpc.connect(f"{at}{made.alice}") as host:
            host.domain("test").suspend()
            assert host.domain("test").state().state is virtrpc.State.PAUSED
        with virtrpc.connect(f"{at}{made.bob}") as host, pytest.raises(virtrpc.AccessDenied):
            host.domain("test").resume()


def test_an_error_is_the_daemons(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon)) as host, pytest.raises(virtrpc.NoDomain):
        host.domain("nobody")


def test_a_batch_is_sent_together_and_stops_when_told(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon)) as host:
        domain = host.domain("test")
        info, name = host.batch([domain.info, host.hostname]).results
        assert (info.vcpus, name) == (2, host.hostname())
        failed, after = host.batch([domain.resume, domain.info], stop_on_error=True).results
        assert isinstance(failed, virtrpc.VirtError)
        assert isinstance(after, virtrpc.NotRun)
        assert len(host.batch([domain.info] * 2000).results) == 2000


def test_events_are_numbered_and_waited_for(daemon: DaemonProcess) -> None:
    with virtrpc.connect(uri(daemon)) as host:
        domain = host.domain("test")
        watch = host.watch(wait_s=20.0)
        timer = threading.Timer(0.1, domain.suspend)
        timer.start()
        event = next(watch)
        timer.join()
        domain.resume()
        assert isinstance(event, virtrpc.Event)
        assert (event.number, event.what, event.domain) == (1, "suspended", domain.ref)
        later = next(watch)
        assert isinstance(later, virtrpc.Event)
        assert (later.number, later.what) == (2, "resumed")


def test_threads_share_a_connection(daemon: DaemonProcess) -> None:
    names: list[str] = []

    def ask() -> None:
        names.extend(host.domain("test").name for _ in range(100))

    with virtrpc.connect(uri(daemon)) as host:
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert names == ["test"] * 600


def test_a_closed_connection_says_so(daemon: DaemonProcess) -> None:
    host = virtrpc.connect(uri(daemon))
    host.close()
    host.close()
    with pytest.raises(virtrpc.NotReached) as raised:
        host.hostname()
    assert not raised.value.may_have_run


def test_nobody_there_is_not_reached(tmp_path: Path) -> None:
    with pytest.raises(virtrpc.NotReached):
        virtrpc.connect(f"libvirt+unix://{tmp_path}/nothing")


def test_a_reader_that_is_too_far_behind_is_told() -> None:
    row = EventRow(kept=2)
    begin = row.read(v.virt_cursor(bytes(v.VIRT_EPOCH_LEN), 0), 10).cursor
    for _ in range(2):
        row.add(318, bytes(8))
    assert [event.number for event in row.read(begin, 1).events] == [1]
    row.add(318, bytes(8))
    assert row.read(begin, 10).lost
    assert [event.number for event in row.read(v.virt_cursor(begin.epoch, 2), 10).events] == [2, 3]


def test_the_asyncio_face_does_the_same(daemon: DaemonProcess) -> None:
    asyncio.run(same_by_asyncio(daemon))


async def same_by_asyncio(daemon: DaemonProcess) -> None:
    async with await virtrpc.aio.connect(uri(daemon)) as host:
        domain = await host.domain("test")
        state, name = await asyncio.gather(domain.state(), host.hostname())
        assert (state.state, name) == (virtrpc.State.RUNNING, await host.hostname())
        watch = await host.watch(wait_s=20.0)
        await domain.suspend()
        event = await anext(watch)
        await domain.resume()
        assert isinstance(event, virtrpc.Event)
        assert (event.number, event.what) == (1, "suspended")
        assert len((await host.batch([domain.info] * 100)).results) == 100
    with pytest.raises(virtrpc.NotReached):
        await host.hostname()


@pytest.fixture
def conn(daemon: DaemonProcess) -> Iterator[libvirt.virConnect]:
    libvirt.registerErrorHandler(lambda ctx, error: None, None)
    libvirt.virEventRegisterDefaultImpl()
    with libvirt.open(uri(daemon)) as conn:
        yield conn
    libvirt.registerErrorHandler(None, None)


def test_libvirts_names_find_machines(conn: libvirt.virConnect) -> None:
    dom = conn.lookupByName("test")
    assert (dom.name(), dom.ID(), dom.state()[0]) == ("test", 1, libvirt.VIR_DOMAIN_RUNNING)
    assert [found.UUIDString() for found in conn.listAllDomains()] == [dom.UUIDString()]
    assert dom.XMLDesc(flags=0) == dom.XMLDesc()


def test_an_error_is_libvirts(conn: libvirt.virConnect) -> None:
    with pytest.raises(libvirt.libvirtError) as raised:
        conn.lookupByName("nobody")
    assert raised.value.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN
    assert libvirt.virGetLastErrorCode() == libvirt.VIR_ERR_NO_DOMAIN
    with pytest.raises(TypeError):
        conn.lookupByName()


def test_callbacks_are_called_by_the_event_loop(conn: libvirt.virConnect) -> None:
    told: list[tuple[str, int, int, object]] = []
    kind = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE
    for _ in range(2):
        conn.domainEventRegisterAny(
            None, kind, lambda conn, dom, event, detail, mine: told.append((dom.name(), event, detail, mine)), "mine"
        )
    conn.lookupByName("test").suspend()
    conn.lookupByName("test").resume()
    assert told == []
    while len(told) < 4:
        libvirt.virEventRunDefaultImpl()
    assert told == [("test", 3, 0, "mine")] * 2 + [("test", 4, 0, "mine")] * 2
    conn.domainEventDeregisterAny(0)
    conn.domainEventDeregisterAny(1)
    with pytest.raises(libvirt.libvirtError):
        conn.domainEventDeregisterAny(0)


def test_timers_run_and_stop() -> None:
    libvirt.virEventRegisterDefaultImpl()
    ticks: list[object] = []
    timer = libvirt.virEventAddTimeout(1, lambda timer, opaque: ticks.append(opaque), "tick")
    while len(ticks) < 3:
        libvirt.virEventRunDefaultImpl()
    assert libvirt.virEventRemoveTimeout(timer) == 0
    assert libvirt.virEventRemoveTimeout(timer) == -1
    assert ticks == ["tick"] * 3


def test_a_connection_that_is_closed_says_so(daemon: DaemonProcess) -> None:
    conn = libvirt.openReadOnly(uri(daemon))
    assert conn.isAlive() == 1
    conn.close()
    assert conn.isAlive() == 0
    with pytest.raises(libvirt.libvirtError, match="invalid connection pointer in virConnectNumOfDomains"):
        conn.numOfDomains()


@pytest.mark.parametrize(
    ("text", "where", "name"),
    [
        ("test+unix:///default?socket=/x", Address("unix", path="/x"), "test:///default"),
        ("qemu+tcp://host/system", Address("tcp", host="host", port=16509), "qemu:///system"),
        ("qemu://host:7/system", Address("tls", host="host", port=7), "qemu:///system"),
        (
            "qemu+tls://host/system?pkipath=/p",
            Address(
                "tls", host="host", port=16514, ca="/p/cacert.pem", cert="/p/clientcert.pem", key="/p/clientkey.pem"
            ),
            "qemu:///system",
        ),
        ("remote+unix:///x?socket=/y", Address("unix", path="/y"), ""),
    ],
)
def test_libvirts_uris_lead_to_daemons(text: str, where: Address, name: str) -> None:
    found = find(text)
    assert found.name == name
    assert found.address == dataclasses.replace(where, protocol="libvirt", driver=name)
