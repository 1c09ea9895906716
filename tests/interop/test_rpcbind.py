"""Real rpcbind and real rpcinfo: our client against the one, our portmapper under the other, both compared.

Each test has a network and mount namespace of its own: port 111 and /run/rpcbind.sock are there for the taking.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable

import pytest
from namespaces import Namespace

from oncrpc.portmap.chooser import SystemPortmap
from oncrpc.portmap.client import PortmapClient
from oncrpc.portmap.entries import Registration

pytestmark = pytest.mark.interop

VIRT = 0x20070125
NOBODY = 65534
ENTRIES = [
    Registration(VIRT, 2, "tcp", ("127.0.0.1", 40123)),
    Registration(VIRT, 1, "tcp", ("127.0.0.1", 40123)),
    Registration(VIRT, 2, "udp", ("0.0.0.0", 40124)),
    Registration(VIRT, 2, "local", "/run/virtrpcd.sock"),
]


def register(namespace: Namespace) -> None:
    with PortmapClient.local(namespace.socket) as client:
        for item in ENTRIES:
            assert client.set(item.program, item.version, item.netid, item.address)


# -- our client, real rpcbind ---------------------------------------------------------------------------------------


def test_our_client_registers_finds_lists_and_removes_with_rpcbind(namespace: Namespace) -> None:
    namespace.start_rpcbind()
    register(namespace)
    with PortmapClient.local(namespace.socket) as client:
        listed = {(e.program, e.version, e.netid, e.address, e.owner) for e in client.dump() if e.program == VIRT}
        assert listed == {(*item, "superuser") for item in ENTRIES}
        assert abs(client.gettime() - time.time()) < 60
        for item in ENTRIES:
            assert client.getaddr(VIRT, item.version, item.netid) == item.address
        assert client.getaddr(VIRT, 2) == "/run/virtrpcd.sock"
        assert client.getaddr(VIRT, 9, "tcp") == ("127.0.0.1", 40123)
        assert client.getaddr(VIRT, 9, "tcp", exact=True) is None
        assert not client.set(VIRT, 2, "tcp", ("127.0.0.1", 40999))
        assert client.unset(VIRT, 2)
        assert client.getaddr(VIRT, 2, "tcp", exact=True) is None
        assert client.unset(VIRT, 1, "tcp")
        assert [e for e in client.dump() if e.program == VIRT] == []


LOOKUPS = """
import asyncio, socket
from oncrpc.portmap import PortmapClient, lookup, aclient
# rpcbind asks the kernel whether a registered port is really in use.
tcp = socket.create_server(("127.0.0.1", 40123))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("0.0.0.0", 40124))
for protocol in ("tcp", "udp"):
    for host in ("127.0.0.1", "localhost"):
        print(lookup(host, 0x20070125, 2, protocol), asyncio.run(aclient.lookup(host, 0x20070125, 9, protocol)))
with PortmapClient.tcp("127.0.0.1") as client:
    print(client.getaddr(0x20070125, 2), client.getport(0x20070125, 2, "udp"), client.null())
with PortmapClient.udp("127.0.0.1") as client:
    print(client.getaddr(0x20070125, 2), client.getport(0x20070125, 2, "tcp"), client.null())
"""


@pytest.mark.parametrize("start", [Namespace.start_rpcbind, Namespace.start_ours])
def test_lookups_by_tcp_and_udp_give_the_same_from_both(
    namespace: Namespace, start: Callable[[Namespace], None]
) -> None:
    start(namespace)
    register(namespace)
    assert namespace.python(LOOKUPS).splitlines() == [
        "40123 40123",
        "40123 40123",
        "40124 40124",
        "40124 40124",
        "('127.0.0.1', 40123) 40124 4",
        "('127.0.0.1', 40124) 40123 4",
    ]


def test_our_command_reads_rpcbind(namespace: Namespace) -> None:
    namespace.start_rpcbind()
    register(namespace)
    done = namespace.run(sys.executable, "-m", "oncrpc", "info", "127.0.0.1", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    listed = [entry for entry in json.loads(done.stdout) if entry["program"] == VIRT]
    assert [entry["port"] for entry in listed] == [40123, 40123, 40124, None]
    for by in ([], ["--udp"]):
        done = namespace.run(sys.executable, "-m", "oncrpc", "ping", "127.0.0.1", "100000", *by)
        assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 3)


@pytest.mark.parametrize("start", [Namespace.start_rpcbind, Namespace.start_ours])
def test_stale_registrations_are_replaced_and_ours_removed_at_exit(
    namespace: Namespace, start: Callable[[Namespace], None]
) -> None:
    start(namespace)
    with PortmapClient.local(namespace.socket) as client:
        assert client.set(VIRT, 2, "tcp", ("127.0.0.1", 50001))

    async def life() -> None:
        portmap = SystemPortmap(path=namespace.socket)
        await portmap.register(ENTRIES)
        listed = namespace.rpcinfo("-p")
        assert "537329957    2   tcp  40123" in listed
        assert "50001" not in listed
        await portmap.close()

    asyncio.run(life())
    assert str(VIRT) not in namespace.rpcinfo()


# -- real rpcinfo, our portmapper -----------------------------------------------------------------------------------

QUESTIONS: list[list[str]] = [
    ["-p"],
    ["-p", "127.0.0.1"],
    [],
    ["-s"],
    ["-s", "127.0.0.1"],
    ["-l", "127.0.0.1", str(VIRT), "2"],
    ["-T", "tcp", "127.0.0.1", "100000"],
    ["-T", "udp", "127.0.0.1", "100000"],
    ["-T", "tcp", "127.0.0.1", "100000", "4"],
    ["-u", "127.0.0.1", "100000"],
    ["-t", "127.0.0.1", "100000", "2"],
]


def about_programs(output: str) -> list[str]:
    """Return the lines about programs, but those of the portmapper on addresses that only one of the two has."""
    lines = [" ".join(line.split()) for line in output.splitlines()]
    return [line for line in lines if not ("portmapper" in line and ("superuser" in line or "local" in line))]


def test_rpcinfo_prints_from_us_what_it_prints_from_rpcbind(namespace: Namespace) -> None:
    outputs = []
    for start in (namespace.start_rpcbind, namespace.start_ours):
        start()
        register(namespace)
        outputs.append([namespace.rpcinfo(*question) for question in QUESTIONS])
        namespace.stop_servers()
    for question, theirs, ours in zip(QUESTIONS, *outputs, strict=True):
        assert about_programs(ours), question
        assert about_programs(ours) == about_programs(theirs), question
    portmapper_lines = [line.split() for line in outputs[1][0].splitlines() if "portmapper" in line]
    assert [line[:4] for line in portmapper_lines] == [
        ["100000", version, protocol, "111"] for protocol in ("tcp", "udp") for version in "432"
    ]


@pytest.mark.parametrize("arguments", [["100000", "9"], ["100003", "3"], ["100000", "1"]])
def test_rpcinfo_hears_the_same_no_from_both(namespace: Namespace, arguments: list[str]) -> None:
    heard = []
    for start in (namespace.start_rpcbind, namespace.start_ours):
        start()
        for kind in ("tcp", "udp"):
            done = namespace.run("rpcinfo", "-T", kind, "127.0.0.1", *arguments)
            heard.append((kind, done.returncode, done.stdout, done.stderr))
        namespace.stop_servers()
    assert heard[:2] == heard[2:]
    assert all(code == 1 for _, code, _, _ in heard)


def test_rpcinfo_deletes_a_registration(namespace: Namespace) -> None:
    namespace.start_ours()
    register(namespace)
    namespace.rpcinfo("-d", str(VIRT), "2")
    listed = namespace.rpcinfo("-p")
    assert "537329957 1 tcp 40123" in " ".join(listed.split())
    assert "40124" not in listed


def test_the_socket_goes_when_ours_stops(namespace: Namespace) -> None:
    namespace.start_ours()
    assert os.listdir(namespace.run_folder) == ["rpcbind.sock"]
    namespace.stop_servers()
    assert os.listdir(namespace.run_folder) == []


UNSET_AS_NOBODY = """
from oncrpc.errors import OncRpcError
from oncrpc.portmap import PortmapClient
for connect in (lambda: PortmapClient.local(), lambda: PortmapClient.tcp("127.0.0.1"),
                lambda: PortmapClient.udp("127.0.0.1")):
    with connect() as client:
        print(client.unset(0x20070125, 2), client.set(100003, 3, "tcp", ("127.0.0.1", 40999)))
with PortmapClient.local() as client:
    print(client.set(0x20070126, 1, "tcp", ("127.0.0.1", 40999)), client.unset(0x20070126, 1))
"""


def test_an_ordinary_user_changes_only_its_own_by_no_road(namespace: Namespace) -> None:
    namespace.start_ours()
    register(namespace)
    before = namespace.rpcinfo()
    assert namespace.python(UNSET_AS_NOBODY, uid=NOBODY).splitlines() == ["False False"] * 3 + ["True True"]
    assert namespace.rpcinfo() == before


# -- the choice -----------------------------------------------------------------------------------------------------

CHOOSE = """
import asyncio, subprocess
from oncrpc.portmap import Registration, open_portmap
async def choose():
    portmap = await open_portmap("auto")
    await portmap.register([Registration(0x20070125, 2, "tcp", ("127.0.0.1", 40123))])
    print(portmap.describe())
    again = await open_portmap("auto")
    print(again.describe())
    rpcinfo = await asyncio.create_subprocess_exec("rpcinfo", "-p", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    print(b"537329957    2   tcp  40123" in (await rpcinfo.communicate())[0])
    await portmap.close()
asyncio.run(choose())
"""


def test_auto_takes_rpcbind_where_it_is(namespace: Namespace) -> None:
    namespace.start_rpcbind()
    assert namespace.python(CHOOSE).splitlines() == ["system", "system", "True"]
    assert str(VIRT) not in namespace.rpcinfo()


def test_auto_embeds_on_111_and_the_socket_where_there_is_none(namespace: Namespace) -> None:
    assert namespace.python(CHOOSE).splitlines() == ["embedded:111", "system", "True"]
    assert os.listdir(namespace.run_folder) == []


def test_auto_takes_a_free_port_where_111_may_not_be_bound(namespace: Namespace) -> None:
    lines = namespace.python(CHOOSE, uid=NOBODY).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["embedded", "embedded", "False"]
    assert "111" not in [line.partition(":")[2] for line in lines]


def test_an_ordinary_users_registrations_come_and_go_with_rpcbind(namespace: Namespace) -> None:
    namespace.start_rpcbind()
    assert namespace.python(CHOOSE, uid=NOBODY).splitlines() == ["system", "system", "True"]
    assert str(VIRT) not in namespace.rpcinfo()
