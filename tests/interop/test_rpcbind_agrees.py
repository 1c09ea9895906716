"""The same entries in real rpcbind and in our portmapper, all networks and several addresses: the same answers.

Each asks in a private network namespace whose loopback interface has IPv4 and IPv6 addresses of two networks besides
127.0.0.1 and ::1. Both portmappers listen on everything, one after the other, and are asked the same in the same order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from namespaces import Namespace, answers, wait_until

from oncrpc.portmap.client import PortmapClient
from oncrpc.portmap.entries import Registration

pytestmark = pytest.mark.interop

VIRT = 0x20070125
OTHER = 0x20070126
ADDRESSES = ("192.0.2.1/24", "198.51.100.1/24")
ADDRESSES_6 = ("2001:db8:1::1/64", "2001:db8:2::1/64")

# Services that listen on every address: for one that is bound to a single address rpcbind tells any other of the host
# as well, where nobody listens; we tell what was registered.
ENTRIES = [
    Registration(VIRT, 2, "tcp", ("0.0.0.0", 40123)),
    Registration(VIRT, 1, "tcp", ("0.0.0.0", 40124)),
    Registration(VIRT, 2, "udp", ("0.0.0.0", 40125)),
    Registration(VIRT, 2, "tcp6", ("::", 40123)),
    Registration(VIRT, 3, "tcp6", ("::", 40126)),
    Registration(VIRT, 2, "udp6", ("::", 40125)),
    Registration(VIRT, 2, "local", "/run/virtrpcd.sock"),
    Registration(OTHER, 1, "udp6", ("::", 40127)),
    Registration(100005, 3, "tcp", ("0.0.0.0", 635)),
]

QUESTIONS: list[list[str]] = [
    [],
    ["-p"],
    ["-s"],
    *([*mode, host] for mode in ([], ["-p"], ["-s"]) for host in ("127.0.0.1", "::1", "192.0.2.1")),
    *(["-l", host, str(VIRT), v] for host in ("127.0.0.1", "::1", "198.51.100.1") for v in ("1", "2", "3", "9")),
    ["-l", "2001:db8:2::1", "100000", "4"],
    *(["-T", netid, "127.0.0.1", "100000", *v] for netid in ("tcp", "udp") for v in ([], ["2"], ["3"], ["4"])),
    *(["-T", netid, "::1", "100000", *v] for netid in ("tcp6", "udp6") for v in ([], ["3"], ["4"], ["7"])),
    ["-T", "local", "localhost", "100000", "4"],
    ["-T", "local", "localhost", "100000"],
    *([kind, host, "100000", *v] for kind in ("-u", "-t") for host in ("127.0.0.1", "::1") for v in ([], ["2"])),
    *([kind, "127.0.0.1", str(VIRT), "2"] for kind in ("-u", "-t")),
    *(["-T", netid, "127.0.0.1", *what] for netid in ("tcp", "udp") for what in (["100003", "3"], ["100000", "1"])),
    ["-n", "111", "-t", "127.0.0.1", "100000", "3"],
    ["-n", "111", "-u", "192.0.2.1", "100000"],
    ["-a", "127.0.0.1.0.111", "-T", "tcp", "100000", "4"],
    ["-a", "192.0.2.1.0.111", "-T", "udp", "100000"],
    ["-a", "::1.0.111", "-T", "tcp6", "100000", "4"],
    ["-a", "2001:db8:1::1.0.111", "-T", "udp6", "100000", "9"],
    ["-a", "/run/rpcbind.sock", "-T", "local", "100000", "3"],
    ["-m"],
    ["-m", "127.0.0.1"],
    ["-m", "::1"],
    ["-d", "-T", "tcp6", str(VIRT), "3"],
    ["-d", str(OTHER), "1"],
    ["-d", "536870999", "1"],
    ["-p"],
    [],
    ["-m"],
]

Start = Callable[[], None]


@pytest.fixture
def addressed(namespace: Namespace) -> Namespace:
    for address in ADDRESSES:
        assert namespace.run("ip", "addr", "add", address, "dev", "lo").returncode == 0
    for address in ADDRESSES_6:
        if namespace.run("ip", "-6", "addr", "add", address, "dev", "lo", "nodad").returncode != 0:
            pytest.skip("no IPv6 in a network namespace here")
    return namespace


def both(namespace: Namespace) -> list[Start]:
    """How to start rpcbind, and ours on the same addresses; each has been asked for nothing but NULL once."""

    def ours() -> None:
        namespace.start_ours("--host", "::", "--host", "0.0.0.0")
        wait_until(lambda: answers(namespace.socket))

    return [namespace.start_rpcbind, ours]


def register(namespace: Namespace) -> None:
    with PortmapClient.local(namespace.socket) as client:
        for item in ENTRIES:
            assert client.set(item.program, item.version, item.netid, item.address)


def test_rpcinfo_in_all_its_modes_prints_the_same(addressed: Namespace) -> None:
    heard = []
    for start in both(addressed):
        start()
        register(addressed)
        done = [addressed.run("rpcinfo", *question) for question in QUESTIONS]
        heard.append([(each.args[len(addressed.entry) :], each.returncode, each.stdout, each.stderr) for each in done])
        addressed.stop_servers()
    theirs, ours = heard
    assert len(ours) == len(QUESTIONS)
    for their, our in zip(theirs, ours, strict=True):
        assert our == their
    assert "537329957" in ours[0][2]


RAW_QUESTIONS = """
import json, socket, struct
from oncrpc.message import pack_call
from oncrpc.portmap import types as t
from oncrpc.record import mark

VIRT = 0x20070125
HOSTS = ["127.0.0.1", "192.0.2.1", "198.51.100.1", "::1", "2001:db8:1::1", "2001:db8:2::1"]
# Addresses of this host only: for another one in a network of its, rpcbind tells that of its first interface.
HINTS = ["", "127.0.0.1.0.111", "198.51.100.1.0.111", "::1.0.111", "2001:db8:2::1.0.111", "junk"]
TADDRS = {"4": [b"\\x02\\0\\x08\\x01\\x7f\\0\\0\\x01" + bytes(8), b"\\x02\\0\\x08\\x01\\x7f\\0\\0\\x01"],
          "6": [b"\\x0a\\0\\x08\\x01" + bytes(19) + b"\\x01" + bytes(4), b"\\x0a\\0\\x08\\x01" + bytes(12)],
          "local": [b"\\x01\\0/run/x\\0", b"\\x01\\0/run/x", b"\\x01\\0"]}

def questions(family):
    for version in (1, 2, 3, 9):
        for hint in HINTS:
            for netid in ("", "tcp", "udp6"):
                args = t.rpcb(VIRT, version, netid, hint, "").to_xdr()
                for rpcbind, number in ((3, 3), (4, 3), (4, 9)):
                    yield rpcbind, number, args
        if family != "local":
            # To a caller on its unix socket rpcbind lists nothing; we list what is there.
            yield 4, 11, t.rpcb(VIRT, version, "tcp", "", "").to_xdr()
        for protocol in (6, 17, 1, 0):
            yield 2, 3, t.mapping(VIRT, version, protocol, 0).to_xdr()
    yield 4, 3, t.rpcb(VIRT + 9, 1, "tcp", "", "").to_xdr()
    # libtirpc takes the last two dots of a path for those of a port: so none in a path.
    paths = ["/run/x", ""] if family == "local" else []
    for uaddr in paths or ["127.0.0.1.8.1", "::1.8.1", "nonsense", "1.2.3", "", "2001:db8::5.255.255"]:
        for rpcbind in (3, 4):
            yield rpcbind, 7, t.RPCBPROC_UADDR2TADDR.pack_args((uaddr,))
    # libtirpc does not look at the family in a sockaddr: so only the right one.
    for taddr in TADDRS[family]:
        yield 3, 8, t.netbuf(len(taddr), taddr).to_xdr()
    for rpcbind in (2, 3, 4):
        yield rpcbind, 0, b""
        yield rpcbind, 4, b""
        yield rpcbind, 13, b""
    yield 1, 0, b""
    yield 5, 3, b""
    yield 4, 3, b"\\xff" * 12
    yield 4, 12, b""
    for rpcbind in (3, 4):
        # Done already, taken by another address, gone already.
        yield rpcbind, 1, t.rpcb(VIRT, 2, "tcp", "0.0.0.0.156.187", "").to_xdr()
        yield rpcbind, 1, t.rpcb(VIRT, 2, "tcp", "0.0.0.0.156.188", "").to_xdr()
        yield rpcbind, 2, t.rpcb(VIRT + 9, 2, "tcp", "", "").to_xdr()
    yield 2, 2, t.mapping(VIRT + 9, 2, 6, 0).to_xdr()
    yield 4, 12, b""

def receive(sock, count):
    data = b""
    while len(data) < count:
        data += sock.recv(count - len(data))
    return data

def ask(sock, stream, asked):
    for xid, (version, number, args) in enumerate(asked):
        record = pack_call(xid, 100000, version, number, args)
        sock.sendall(mark(record) if stream else record)
        reply = receive(sock, struct.unpack(">I", receive(sock, 4))[0] & 0x7FFFFFFF) if stream else sock.recv(65536)
        yield version, number, args.hex(), reply.hex()

found = {}
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for host in HOSTS:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as sock:
            sock.settimeout(10)
            sock.connect((host, 111))
            asked = questions("6" if ":" in host else "4")
            if kind == socket.SOCK_DGRAM:
                asked = (q for q in asked if q[1] not in (4, 12))
            found[f"{kind.name} {host}"] = list(ask(sock, kind == socket.SOCK_STREAM, asked))
with socket.socket(socket.AF_UNIX) as sock:
    sock.settimeout(10)
    sock.connect("/run/rpcbind.sock")
    found["local"] = list(ask(sock, True, questions("local")))
print(json.dumps(found))
"""


def test_every_lookup_has_the_same_bytes(addressed: Namespace) -> None:
    heard = []
    for start in both(addressed):
        start()
        register(addressed)
        heard.append(json.loads(addressed.python(RAW_QUESTIONS)))
        addressed.stop_servers()
    theirs, ours = heard
    assert sorted(ours) == sorted(theirs)
    for where in theirs:
        for their, our in zip(theirs[where], ours[where], strict=True):
            if our != their:
                assert is_capped(where, our), (where, our, their)


def is_capped(where: str, our: list[str]) -> bool:
    """Whether an answer is the error that we give by udp, off loopback, in place of one longer than its question."""
    host = where.partition(" ")[2]
    system_err = "0000000100000000000000000000000000000005"
    return where.startswith("SOCK_DGRAM") and host not in ("127.0.0.1", "::1") and our[-1][8:] == system_err


CLIENTS = """
import asyncio, inspect
from oncrpc.portmap import AsyncPortmapClient, PortmapClient

VIRT = 0x20070125
ROADS = [("local",)] + [(kind, host) for kind in ("tcp", "udp") for host in ("127.0.0.1", "::1", "localhost")]

async def asked(client):
    async def take(value):
        return await value if inspect.isawaitable(value) else value
    six = client.netid.endswith("6")
    hint = "2001:db8:2::1.0.111" if six else "198.51.100.1.0.111"
    sockaddr = await take(client.uaddr2taddr("::1.8.1" if six else "127.0.0.1.8.1"))
    print(client.netid, await take(client.null()), await take(client.getaddr(VIRT, 2)),
          await take(client.getaddr(VIRT, 2, hint=hint)), await take(client.getaddr(VIRT, 9, exact=True)))
    if client.netid != "local":
        print(await take(client.getaddrlist(VIRT, 2)), await take(client.taddr2uaddr(sockaddr)))
    print([(each.version, each.sets, len(each.calls)) for each in await take(client.getstat())])

async def both():
    for kind, *where in ROADS:
        with getattr(PortmapClient, kind)(*where) as client:
            await asked(client)
        async with await getattr(AsyncPortmapClient, kind)(*where) as client:
            await asked(client)

asyncio.run(both())
"""


def test_both_our_clients_hear_the_same_over_every_road(addressed: Namespace) -> None:
    heard = []
    for start in both(addressed):
        start()
        register(addressed)
        heard.append(addressed.python(CLIENTS).splitlines())
        addressed.stop_servers()
    theirs, ours = heard
    assert ours == theirs
    assert "tcp 4 ('127.0.0.1', 40123) ('198.51.100.1', 40123) None" in theirs
    assert "udp6 4 ('::1', 40125) ('2001:db8:2::1', 40125) None" in theirs
    assert f"[(2, 0, 13), (3, 0, 13), (4, {len(ENTRIES)}, 13)]" in theirs


COMMANDS = [
    ["info", "127.0.0.1"],
    ["info", "::1", "--udp", "--json"],
    ["info", "localhost", "--summary"],
    ["info", "--local", "--summary", "--json"],
    ["info", "--local", "--stats"],
    ["info", "192.0.2.1", "--addresses", str(VIRT), "2"],
    ["info", "2001:db8:1::1", "--addresses", str(VIRT), "3", "--json"],
]
PINGS = [
    ["localhost", "portmapper"],
    ["127.0.0.1", "100000", "--netid", "udp"],
    ["::1", "100000", "--netid", "tcp6"],
    ["::1", "100000", "4", "--netid", "udp6"],
    ["localhost", "100000", "3", "--netid", "local"],
    ["--address", "192.0.2.1.0.111", "100000", "4"],
    ["127.0.0.1", "100000", "9"],
    ["127.0.0.1", "100003"],
]


def test_our_command_prints_the_same_of_both(addressed: Namespace) -> None:
    heard = []
    for start in both(addressed):
        start()
        register(addressed)
        done = [addressed.run(sys.executable, "-m", "oncrpc", *words) for words in COMMANDS]
        assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * len(COMMANDS)
        pings = [addressed.run(sys.executable, "-m", "oncrpc", "ping", *words) for words in PINGS]
        assert [each.returncode for each in pings] == [0] * 6 + [1, 3]
        # Times differ.
        ready = [[line.partition(",")[0] for line in each.stdout.splitlines()] for each in pings]
        heard.append(([each.stdout for each in done], ready, [each.stderr for each in pings]))
        addressed.stop_servers()
    assert heard[1] == heard[0]
    assert "mountd" in heard[0][0][0]
