"""The embedded portmapper on loopback and on a unix socket, asked by our clients; and the choice of a portmapper."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from oncrpc.errors import CallTimeout, LocalError, NotDelivered, SystemFailure
from oncrpc.portmap import aclient
from oncrpc.portmap.aclient import AsyncPortmapClient
from oncrpc.portmap.chooser import NoPortmap, SystemPortmap, open_portmap, parse_mode
from oncrpc.portmap.client import PortmapClient, lookup
from oncrpc.portmap.embedded import EmbeddedPortmap
from oncrpc.portmap.entries import UNKNOWN, NotRegistered, Registration, RegistrationRefused, owner_name
from oncrpc.portmap.peer import datagram_peer, stream_peer
from oncrpc.portmap.types import PMAP_PROG

VIRT = 0x20070125
TCP = Registration(VIRT, 2, "tcp", ("127.0.0.1", 40123))
UDP = Registration(VIRT, 2, "udp", ("127.0.0.1", 40124))
ME = owner_name(os.geteuid())


def with_portmap(
    work: Callable[[EmbeddedPortmap], Awaitable[None]], local_path: str | None = None, host: str = "127.0.0.1"
) -> None:
    async def run() -> None:
        portmap = EmbeddedPortmap(host, 0, local_path)
        await portmap.start()
        try:
            await asyncio.wait_for(work(portmap), 30)
        finally:
            await portmap.close()

    asyncio.run(run())


def test_tcp_and_udp_are_on_one_port_and_listed() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        assert portmap.port > 0
        assert portmap.describe() == f"embedded:{portmap.port}"
        for connect in (AsyncPortmapClient.tcp, AsyncPortmapClient.udp):
            async with await connect("127.0.0.1", portmap.port) as client:
                assert await client.null() == 4
                listed = {(e.program, e.version, e.netid, e.port) for e in await client.dump()}
                expected = {(PMAP_PROG, v, netid, portmap.port) for v in (2, 3, 4) for netid in ("tcp", "udp")}
                assert listed == expected

    with_portmap(work)


def test_what_is_registered_is_found_by_lookup_on_both_faces_and_gone_after() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        await portmap.register([TCP, UDP])
        for protocol, port in (("tcp", 40123), ("udp", 40124)):
            where = ("127.0.0.1", VIRT, 2, protocol, portmap.port)
            assert await asyncio.to_thread(lookup, *where) == port
            assert await aclient.lookup(*where) == port
            # A name, of which one address knows it.
            assert await aclient.lookup("localhost", *where[1:], timeout_s=0.5) == port
        await portmap.unregister()
        with pytest.raises(NotRegistered):
            await asyncio.to_thread(lookup, "127.0.0.1", VIRT, 2, "tcp", portmap.port)
        with pytest.raises(NotRegistered):
            await aclient.lookup("127.0.0.1", VIRT, 2, "udp", portmap.port)

    with_portmap(work)


def test_the_unix_socket_knows_its_caller_and_goes_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "rpcbind.sock"

    def blocking() -> None:
        with PortmapClient.local(str(path)) as client:
            assert client.set(VIRT, 2, "tcp", ("127.0.0.1", 40123), "somebody else")
            assert client.set(VIRT, 2, "local", str(tmp_path / "virtrpcd.sock"))
            assert client.getaddr(VIRT, 2) == str(tmp_path / "virtrpcd.sock")
            assert client.getaddr(VIRT, 2, "tcp") == ("127.0.0.1", 40123)
            assert {entry.owner for entry in client.dump()} == {ME}
            assert client.unset(VIRT, 2)
            assert client.getaddr(VIRT, 2, "tcp") is None

    async def work(portmap: EmbeddedPortmap) -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
        await asyncio.to_thread(blocking)

    with_portmap(work, str(path))
    assert not path.exists()


def test_an_unproven_tcp_or_udp_caller_cannot_unset() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        await portmap.register([TCP])
        for connect in (AsyncPortmapClient.tcp, AsyncPortmapClient.udp):
            async with await connect("127.0.0.1", portmap.port) as client:
                assert not await client.unset(VIRT, 2)
        assert portmap.registry.find(VIRT, 2, "tcp") is not None

    with_portmap(work)


def test_the_kernels_word_on_a_tcp_caller_counts() -> None:
    async def run() -> None:
        portmap = EmbeddedPortmap("127.0.0.1", 0, tcp_owner=lambda sock: 54321)
        port = await portmap.start()
        async with await AsyncPortmapClient.tcp("127.0.0.1", port) as client:
            assert await client.set(VIRT, 1, "tcp", ("127.0.0.1", 40123))
            assert [e.owner for e in await client.dump() if e.program == VIRT] == ["54321"]
            assert await client.unset(VIRT, 1)
        await portmap.close()

    asyncio.run(run())


def test_a_low_source_port_on_loopback_is_roots() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert stream_peer(ours, None, 1024).owner == ME
    assert datagram_peer(("127.0.0.1", 700), "127.0.0.1", 1024).owner == "superuser"
    assert datagram_peer(("127.0.0.1", 700), "127.0.0.1", 0).owner == UNKNOWN
    assert datagram_peer(("127.0.0.1", 1024), "127.0.0.1", 1024).owner == UNKNOWN
    afar = datagram_peer(("192.0.2.1", 700), "0.0.0.0", 1024)
    assert (afar.owner, afar.local) == (UNKNOWN, False)


def test_a_dead_socket_is_replaced_a_live_one_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "rpcbind.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    async def work(first: EmbeddedPortmap) -> None:
        second = EmbeddedPortmap("127.0.0.1", 0, str(path))
        await second.start()
        assert [e for e in second.registry.entries() if e.netid == "local"] == []
        await second.close()
        assert path.exists()

    with_portmap(work, str(path))
    assert not path.exists()


def test_a_file_that_is_no_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "rpcbind.sock"
    path.write_text("mine")

    async def run() -> None:
        portmap = EmbeddedPortmap("127.0.0.1", 0, str(path))
        with pytest.raises(OSError, match="no socket"):
            await portmap.start()

    asyncio.run(run())
    assert path.read_text() == "mine"


def test_a_taken_port_is_an_error_and_leaves_nothing_open() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        with pytest.raises(OSError, match="in use"):
            await EmbeddedPortmap("127.0.0.1", portmap.port).start()

    with_portmap(work)


def test_a_dump_too_long_for_udp_says_so_and_tcp_gives_it() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        await portmap.register([TCP._replace(version=version) for version in range(400)])
        async with await AsyncPortmapClient.udp("127.0.0.1", portmap.port) as client:
            with pytest.raises(SystemFailure):
                await client.dump()
        async with await AsyncPortmapClient.tcp("127.0.0.1", portmap.port) as client:
            assert len(await client.dump()) == 406

    with_portmap(work)


def test_a_record_over_the_limit_closes_that_connection_only() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", portmap.port)
        writer.write(b"\x80\x10\x00\x00")
        assert await reader.read(100) == b""
        writer.close()
        async with await AsyncPortmapClient.tcp("127.0.0.1", portmap.port) as client:
            assert await client.null() == 4

    with_portmap(work)


def test_ipv6_has_its_own_network_ids() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 in this Python")
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError as exc:
        pytest.skip(f"no IPv6 loopback: {exc}")

    async def work(portmap: EmbeddedPortmap) -> None:
        await portmap.register([Registration(VIRT, 2, "tcp6", ("::1", 40123))])
        assert await aclient.lookup("::1", VIRT, 2, "tcp", portmap.port) == 40123
        assert {e.netid for e in portmap.registry.entries()} == {"tcp6", "udp6"}

    with_portmap(work, host="::1")


def test_register_is_all_or_nothing_and_replaces_our_own() -> None:
    async def work(portmap: EmbeddedPortmap) -> None:
        portmap.registry.set(VIRT, 2, "udp", "127.0.0.1.200.1", "77")
        with pytest.raises(RegistrationRefused) as caught:
            await portmap.register([TCP, UDP])
        assert caught.value.registration == UDP
        assert portmap.registry.find(VIRT, 2, "tcp") is None
        await portmap.register([TCP])
        moved = TCP._replace(address=("127.0.0.1", 50000))
        await portmap.register([moved])
        entry = portmap.registry.find(VIRT, 2, "tcp")
        assert entry is not None
        assert entry.port == 50000

    with_portmap(work)


# -- the choice ---------------------------------------------------------------------------------------------------


def test_a_system_portmapper_gets_our_stale_registrations_replaced_and_removed_at_exit(tmp_path: Path) -> None:
    path = str(tmp_path / "rpcbind.sock")

    async def work(system: EmbeddedPortmap) -> None:
        portmap = await open_portmap("system", local_path=path)
        assert isinstance(portmap, SystemPortmap)
        assert portmap.describe() == "system"
        # Left behind by a run that was killed.
        system.registry.set(VIRT, 2, "tcp", "127.0.0.1.1.1", ME)
        await portmap.register([TCP, UDP])
        found = {e.netid: e.port for e in system.registry.entries() if e.program == VIRT}
        assert found == {"tcp": 40123, "udp": 40124}
        await portmap.close()
        assert [e for e in system.registry.entries() if e.program == VIRT] == []
        await portmap.close()

    with_portmap(work, path)


def test_at_exit_a_later_runs_registration_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "rpcbind.sock")

    async def work(system: EmbeddedPortmap) -> None:
        first, second = SystemPortmap(path=path), SystemPortmap(path=path)
        await first.register([TCP])
        await second.register([TCP._replace(address=("127.0.0.1", 50000))])
        await first.close()
        entry = system.registry.find(VIRT, 2, "tcp")
        assert entry is not None
        assert entry.port == 50000

    with_portmap(work, path)


def test_another_owners_registration_refuses_ours_and_nothing_is_left(tmp_path: Path) -> None:
    path = str(tmp_path / "rpcbind.sock")

    async def work(system: EmbeddedPortmap) -> None:
        system.registry.set(VIRT, 2, "udp", "127.0.0.1.200.1", "77")
        with pytest.raises(RegistrationRefused) as caught:
            await SystemPortmap(path=path).register([TCP, UDP])
        assert "udp 127.0.0.1 port 40124" in str(caught.value)
        assert [e.owner for e in system.registry.entries() if e.program == VIRT] == ["77"]

    with_portmap(work, path)


def test_a_portmapper_gone_at_exit_is_logged_not_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "rpcbind.sock")

    async def nobody(*args: object, **named: object) -> AsyncPortmapClient:
        raise NotDelivered("nobody there")

    async def work(system: EmbeddedPortmap) -> None:
        portmap = SystemPortmap(path=path)
        await portmap.register([TCP])
        monkeypatch.setattr(AsyncPortmapClient, "system", nobody)
        await portmap.close()

    with_portmap(work, path)
    assert "not unregistered from the portmapper: nobody there" in caplog.text


def test_a_system_portmapper_that_never_answers_is_given_up(tmp_path: Path) -> None:
    path = str(tmp_path / "rpcbind.sock")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(path)
        silent.listen()
        with pytest.raises(CallTimeout):
            asyncio.run(SystemPortmap(path=path, timeout_s=0.1).probe())


def test_embedded_with_a_port_takes_that_port_or_fails() -> None:
    async def run() -> None:
        first = await open_portmap("embedded:0")
        port = first.describe().removeprefix("embedded:")
        with pytest.raises(OSError, match="in use"):
            await open_portmap(f"embedded:{port}")
        await first.close()
        again = await open_portmap(f"embedded:{port}")
        assert again.describe() == f"embedded:{port}"
        await again.close()

    asyncio.run(run())


def test_off_registers_nowhere() -> None:
    async def run() -> None:
        portmap = await open_portmap("off")
        assert isinstance(portmap, NoPortmap)
        assert portmap.describe() == "off"
        await portmap.register([TCP])
        await portmap.close()

    asyncio.run(run())


@pytest.mark.parametrize("mode", ["", "on", "system:1", "auto:", "off:0", "embedded:", "embedded:x", "embedded:65536"])
def test_another_word_is_refused(mode: str) -> None:
    with pytest.raises(LocalError):
        parse_mode(mode)
    with pytest.raises(LocalError):
        asyncio.run(open_portmap(mode))


