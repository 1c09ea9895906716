"""`oncrpc ping`: does a program answer, which versions has it, how long does it take."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from typing import Any, Final, NamedTuple

from oncrpc.client import Client
from oncrpc.commands.common import (
    TIMEOUT_S,
    Commands,
    Exit,
    add_command,
    host_port,
    number,
    port_number,
    printable,
    program,
    seconds,
    word,
)
from oncrpc.errors import OncRpcError, ProgramMismatch, RemoteError, RpcRefusal
from oncrpc.portmap import LOCAL_SOCKET, NotRegistered, PortmapClient, locate
from oncrpc.portmap.client import resolve
from oncrpc.portmap.names import program_name
from oncrpc.portmap.uaddr import NETWORKS, Address, from_uaddr

MAX_VERSIONS: Final = 64
"""How many versions are asked at most: a server may claim four thousand million."""
MAX_COUNT: Final = 1_000_000

FAMILIES: Final = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}

USAGE: Final = """\
oncrpc ping [options] HOST[:PORT] PROGRAM [VERSION]
       oncrpc ping [options] --address UADDR PROGRAM VERSION"""

EXAMPLES: Final = """\
  oncrpc ping server nfs                  every version that the server says it has, by tcp
  oncrpc ping server 100003 3 --udp       one version, by udp (rpcinfo -u)
  oncrpc ping server 100005 --netid tcp6 --count 10 --json
  oncrpc ping server 0x20070125 2 --port 16514        the port is known (rpcinfo -n)
  oncrpc ping --address 192.0.2.1.8.1 100003 4        no portmapper asked (rpcinfo -a)
  oncrpc ping --netid local localhost portmapper      over rpcbind's unix socket
"""


class Target(NamedTuple):
    """What to call: a program at an address of a network."""

    netid: str
    address: Address
    program: int

    def __str__(self) -> str:
        kind = self.netid.removesuffix("6")
        return self.address if isinstance(self.address, str) else f"{kind} port {self.address[1]}"


class Result(NamedTuple):
    """What came of one version: the time of each answer in milliseconds, and the error that ended it, if any."""

    version: int
    times_ms: list[float]
    error: OncRpcError | None


def add(commands: Commands) -> None:
    """Put it on the command line."""
    command = add_command(commands, "ping", "call procedure 0 of a program", run, EXAMPLES)
    command.usage = USAGE
    command.add_argument("host", metavar="HOST[:PORT]", help="PORT: the portmapper's, if not 111")
    command.add_argument("program", metavar="PROGRAM", help="its number or name")
    command.add_argument(
        "version", metavar="VERSION", nargs="?", help="without it, every one that the server says it has"
    )
    by = command.add_mutually_exclusive_group()
    by.add_argument("--udp", action="store_true", help="by udp, not tcp")
    by.add_argument("--netid", choices=list(NETWORKS), help="the network: an address of that family, that protocol")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--address", metavar="UADDR", help="universal address of the program: no portmapper is asked")
    where.add_argument("--port", type=port_number, help="the program's port: no portmapper is asked")
    command.add_argument("--count", type=_count, default=1, metavar="N", help="calls of each version (default 1)")
    command.add_argument("--timeout", type=seconds, default=TIMEOUT_S, metavar="SECONDS", help="for each answer")
    command.add_argument("--json", action="store_true", help="for programs: a list of objects, times in milliseconds")
    command.set_defaults(usage_error=command.error)


def _count(text: str) -> int:
    return number(text, 1, MAX_COUNT, "a number of calls")


def run(options: argparse.Namespace) -> Exit:
    """Call procedure 0 of the version named, or of all that the server has."""
    # With --address there is no host: what stands there is the program, and the version after it.
    words = [options.host, options.program, options.version]
    try:
        if options.address is not None and words.pop() is not None:
            raise argparse.ArgumentTypeError("with --address, give PROGRAM and VERSION only")
        host, port = ("", 0) if options.address is not None else host_port(words.pop(0))
        called = program(words[0])
        version = None if words[1] is None else word(words[1])
        netid = options.netid or ("udp" if options.udp else "tcp")
        at = None if options.address is None else from_uaddr(netid, options.address)
    except (argparse.ArgumentTypeError, RemoteError) as exc:
        options.usage_error(str(exc))
    target = Target(netid, at, called) if at is not None else _find(options, host, port, called, version or 0)
    with _connect(target, options.timeout) as client:
        versions = range(version, version + 1) if version is not None else _versions(client)
        results = [_ping(client, each, options.count) for each in versions]
    if options.json:
        print(json.dumps([_as_plain(target, result) for result in results]))
    else:
        for result in results:
            _print_result(target, result)
    return Exit.DONE if all(result.error is None for result in results) else Exit.REFUSED


def _find(options: argparse.Namespace, host: str, port: int, called: int, version: int) -> Target:
    """Return where the program is, as the host's portmapper says or --port does."""
    netid = options.netid
    protocol = "udp" if options.udp or netid in ("udp", "udp6") else "tcp"
    if netid == "local":
        return _find_local(options.timeout, called, version)
    family = socket.AF_UNSPEC if netid is None else FAMILIES[NETWORKS[netid].family]
    if options.port is not None:
        address, at = resolve(host, options.port, protocol, family)[0], options.port
    else:
        address, at = locate(host, called, version, protocol, port, timeout_s=options.timeout, family=family)
    return Target(protocol + ("6" if ":" in address else ""), (address, at), called)


def _find_local(timeout_s: float, called: int, version: int) -> Target:
    with PortmapClient.local(LOCAL_SOCKET, timeout_s=timeout_s) as portmap:
        path = portmap.getaddr(called, version)
    if path is None:
        raise NotRegistered(called, version, "local", "this host")
    return Target("local", path, called)


def _connect(target: Target, timeout_s: float) -> Client:
    """Return a client of version 0. Raises NotDelivered."""
    if isinstance(target.address, str):
        return Client.unix(target.address, target.program, 0, connect_timeout_s=timeout_s, call_timeout_s=timeout_s)
    host, port = target.address
    if target.netid.startswith("udp"):
        return Client.udp(host, port, target.program, 0, call_timeout_s=timeout_s)
    return Client.tcp(host, port, target.program, 0, connect_timeout_s=timeout_s, call_timeout_s=timeout_s)


def _versions(client: Client) -> range:
    """Return the versions that the server says it has, by asking for one that nobody has."""
    try:
        client.ping()
    except ProgramMismatch as exc:
        return range(exc.low, min(exc.high, exc.low + MAX_VERSIONS - 1) + 1)
    return range(client.version, client.version + 1)


def _ping(client: Client, version: int, count: int) -> Result:
    """Call one version; a refusal ends it. Raises TransportError and ProtocolError, which end all."""
    client.version = version
    times_ms: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        try:
            client.ping()
        except RpcRefusal as exc:
            return Result(version, times_ms, exc)
        times_ms.append((time.perf_counter() - began) * 1000)
    return Result(version, times_ms, None)


def _as_plain(target: Target, result: Result) -> dict[str, Any]:
    where = (
        {"path": target.address}
        if isinstance(target.address, str)
        else dict(zip(("host", "port"), target.address, strict=True))
    )
    return {
        "program": target.program,
        "service": program_name(target.program) or "",
        "version": result.version,
        "netid": target.netid,
        **where,
        "ready": result.error is None,
        "error": None if result.error is None else str(result.error),
        "times_ms": [round(each, 3) for each in result.times_ms],
    }


def _print_result(target: Target, result: Result) -> None:
    what = f"program {target.program} version {result.version}"
    if result.error is not None:
        print(f"{what}: {printable(str(result.error))}", file=sys.stderr)
        return
    times = result.times_ms
    spread = f"{times[0]:.2f} ms"
    if len(times) > 1:
        spread = f"{len(times)} calls, {min(times):.2f} / {sum(times) / len(times):.2f} / {max(times):.2f} ms"
        spread += " (least, mean, most)"
    print(f"{what} is ready on {target}, {spread}")
