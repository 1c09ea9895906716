"""The oncrpc command: a portmapper to run, and two questions to ask of a host.

Exit codes: 0 done, 1 refused, 2 usage, 3 not reached. Errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum

from oncrpc.client import Client
from oncrpc.errors import OncRpcError, ProgramMismatch, ProgramUnavailable, TransportError
from oncrpc.portmap import PMAP_PORT, EmbeddedPortmap, Entry, PortmapClient, lookup

CONNECT_TIMEOUT_S = 10.0
CALL_TIMEOUT_S = 10.0


class Exit(IntEnum):
    """What the command ends with."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_REACHED = 3


def host_port(text: str) -> tuple[str, int]:
    """Return (host, portmapper's port) of HOST, HOST:PORT, [V6ADDRESS]:PORT or V6ADDRESS. For argparse."""
    host, port = text, str(PMAP_PORT)
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise argparse.ArgumentTypeError(f"{text!r} is no HOST[:PORT]")
        port = rest[1:] or port
    elif text.count(":") == 1:
        host, port = text.split(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} names no host")
    return host, port_number(port)


def port_number(text: str) -> int:
    """Return a port from 0 to 65535. For argparse."""
    return _number(text, 0xFFFF, "a port")


def word(text: str) -> int:
    """Return a program or version number, decimal or 0x hexadecimal. For argparse."""
    return _number(text, 0xFFFFFFFF, "a number")


def _number(text: str, limit: int, what: str) -> int:
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value <= limit:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} from 0 to {limit}")
    return value


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="oncrpc", description="Tools for ONC RPC (SunRPC).")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    portmap = commands.add_parser("portmap", help="run a portmapper until interrupted")
    portmap.add_argument("--port", type=port_number, default=PMAP_PORT, help="tcp and udp port; 0: any free one")
    portmap.add_argument("--host", default="127.0.0.1", help="numeric address to listen on (default %(default)s)")
    portmap.add_argument("--local", metavar="PATH", help="a unix socket to serve besides")
    portmap.set_defaults(run=run_portmap)
    info = commands.add_parser("info", help="list what is registered with a host's portmapper")
    info.add_argument("host", type=host_port, metavar="HOST[:PORT]", help="PORT: the portmapper's, if not 111")
    info.add_argument("--json", action="store_true", help="for programs: a list of objects")
    info.set_defaults(run=run_info)
    ping = commands.add_parser("ping", help="call procedure 0 of a program")
    ping.add_argument("host", type=host_port, metavar="HOST[:PORT]", help="PORT: the portmapper's, if not 111")
    ping.add_argument("program", type=word, metavar="PROGRAM", help="its number")
    ping.add_argument("version", type=word, metavar="VERSION", nargs="?", help="without it, every one it says it has")
    ping.add_argument("--udp", action="store_true", help="by udp, not tcp")
    ping.set_defaults(run=run_ping)
    return top


def run_portmap(options: argparse.Namespace) -> Exit:
    """Serve until SIGINT or SIGTERM; when ready, print one line of JSON."""
    return asyncio.run(_serve(options.host, options.port, options.local))


async def _serve(host: str, port: int, local: str | None) -> Exit:
    portmap = EmbeddedPortmap(host, port, local)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, ended.set)
    try:
        await portmap.start()
    except OSError as exc:
        print(f"oncrpc: cannot listen on {host} port {port}: {exc.strerror or exc}", file=sys.stderr)
        return Exit.REFUSED
    print(json.dumps({"ready": True, "host": host, "port": portmap.port, "local": local}), flush=True)
    await ended.wait()
    await portmap.stop()
    return Exit.DONE


def run_info(options: argparse.Namespace) -> Exit:
    """Print what is registered."""
    host, port = options.host
    with PortmapClient.tcp(host, port) as portmap:
        entries = portmap.dump()
    if options.json:
        print(json.dumps([{**entry._asdict(), "port": _port(entry)} for entry in entries]))
    else:
        print_entries(entries)
    return Exit.DONE


def _port(entry: Entry) -> int | None:
    try:
        return entry.port
    except OncRpcError:
        # A network that we do not know has no port that we could tell.
        return None


def print_entries(entries: Sequence[Entry]) -> None:
    """Print a table for people."""
    rows = [["program", "version", "netid", "address", "owner"]]
    for entry in entries:
        texts = [printable(text) for text in (entry.netid, entry.uaddr, entry.owner)]
        rows.append([str(entry.program), str(entry.version), *texts])
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        numbers = [row[0].rjust(widths[0]), row[1].rjust(widths[1])]
        texts = [text.ljust(width) for text, width in zip(row[2:], widths[2:], strict=True)]
        print("  ".join(numbers + texts).rstrip())


def printable(text: str) -> str:
    """Return a peer's text without anything that a terminal would act on."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text) or "-"


def run_ping(options: argparse.Namespace) -> Exit:
    """Call procedure 0 of the version named, or of all that the server has."""
    host, port = options.host
    protocol = "udp" if options.udp else "tcp"
    at = lookup(host, options.program, options.version or 0, protocol, port)
    with _client(protocol, host, at, options.program) as client:
        versions = _versions(client) if options.version is None else range(options.version, options.version + 1)
        result = Exit.DONE
        for version in versions:
            client.version = version
            try:
                client.ping()
            except (ProgramMismatch, ProgramUnavailable) as exc:
                print(f"program {options.program} version {version}: {exc}", file=sys.stderr)
                result = Exit.REFUSED
            else:
                print(f"program {options.program} version {version} is ready on {protocol} port {at}")
    return result


MAX_VERSIONS = 64
"""How many versions are asked at most: a server may claim four thousand million."""


def _versions(client: Client) -> range:
    """Return the versions that the server says it has, by asking for one that nobody has."""
    try:
        client.ping()
    except ProgramMismatch as exc:
        return range(exc.low, min(exc.high, exc.low + MAX_VERSIONS - 1) + 1)
    return range(client.version, client.version + 1)


def _client(protocol: str, host: str, port: int, program: int) -> Client:
    if protocol == "udp":
        return Client.udp(host, port, program, 0, call_timeout_s=CALL_TIMEOUT_S)
    return Client.tcp(
        host, port, program, 0, connect_timeout_s=CONNECT_TIMEOUT_S, call_timeout_s=CALL_TIMEOUT_S
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; a wrong command line exits with 2."""
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], Exit] = options.run
    try:
        return run(options)
    except TransportError as exc:
        print(f"oncrpc: {exc}", file=sys.stderr)
        return Exit.NOT_REACHED
    except OncRpcError as exc:
        print(f"oncrpc: {exc}", file=sys.stderr)
        return Exit.REFUSED


if __name__ == "__main__":
    sys.exit(main())
