"""`oncrpc info`: what a host's portmapper knows, in the views of rpcinfo."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from oncrpc.commands.common import (
    TIMEOUT_S,
    Commands,
    Exit,
    absolute_path,
    add_command,
    host_port,
    print_table,
    program,
    seconds,
    word,
)
from oncrpc.errors import NotDelivered, OncRpcError, ProgramMismatch, SystemFailure, TransportError
from oncrpc.portmap import LOCAL_SOCKET, Entry, PortmapClient, VersionStatistics
from oncrpc.portmap.client import resolve
from oncrpc.portmap.names import program_name

T = TypeVar("T")

SEMANTICS: Final = {1: "clts", 2: "cots", 3: "cots_ord"}
"""How rpcinfo and netconfig(5) call the semantics of a network."""

PROCEDURES_2: Final = ("NULL", "SET", "UNSET", "GETPORT", "DUMP", "CALLIT")
PROCEDURES_3: Final = ("NULL", "SET", "UNSET", "GETADDR", "DUMP", "CALLIT", "GETTIME", "UADDR2TADDR", "TADDR2UADDR")
PROCEDURES_4: Final = (*PROCEDURES_3, "GETVERSADDR", "INDIRECT", "GETADDRLIST", "GETSTAT")
PROCEDURES: Final = {2: PROCEDURES_2, 3: PROCEDURES_3, 4: PROCEDURES_4}

EXAMPLES: Final = """\
  oncrpc info server                      all that is registered (rpcinfo server)
  oncrpc info server --summary            a line for each program (rpcinfo -s)
  oncrpc info server --addresses nfs 3    where one version is served (rpcinfo -l)
  oncrpc info [fe80::1%eth0]:111 --udp --json
  oncrpc info --local --stats             this host's, over its unix socket (rpcinfo -m)
"""


def add(commands: Commands) -> None:
    """Put it on the command line."""
    command = add_command(commands, "info", "list what is registered with a host's portmapper", run, EXAMPLES)
    command.add_argument(
        "host", type=host_port, nargs="?", metavar="HOST[:PORT]", help="PORT: the portmapper's, if not 111"
    )
    views = command.add_mutually_exclusive_group()
    views.add_argument("--summary", action="store_true", help="each program with its versions and networks")
    views.add_argument("--stats", action="store_true", help="what the portmapper was asked so far")
    views.add_argument(
        "--addresses", nargs=2, metavar=("PROGRAM", "VERSION"), help="where one version of a program is served"
    )
    by = command.add_mutually_exclusive_group()
    by.add_argument("--udp", action="store_true", help="ask by udp, not tcp")
    by.add_argument(
        "--local",
        nargs="?",
        type=absolute_path,
        const=LOCAL_SOCKET,
        metavar="PATH",
        help=f"ask this host's over its unix socket (default {LOCAL_SOCKET})",
    )
    command.add_argument("--timeout", type=seconds, default=TIMEOUT_S, metavar="SECONDS", help="for each answer")
    command.add_argument("--json", action="store_true", help="for programs: a list of objects")
    command.set_defaults(usage_error=command.error)


def run(options: argparse.Namespace) -> Exit:
    """Print the view that was asked for."""
    if (options.host is None) == (options.local is None):
        options.usage_error("give either HOST or --local")
    if options.addresses is None and not options.stats:
        return _entries(options)
    try:
        return _stats(options) if options.stats else _addresses(options)
    except ProgramMismatch as exc:
        print(f"oncrpc: this is asked of version 4; this portmapper has {exc.low} to {exc.high}", file=sys.stderr)
        return Exit.REFUSED


def _entries(options: argparse.Namespace) -> Exit:
    entries = ask(options, PortmapClient.dump)
    if options.summary:
        rows = [{**row, "service": program_name(row["program"]) or ""} for row in summary(entries)]
        if options.json:
            return _print_json(rows)
        texts = [[r["program"], _joined(r["versions"]), _joined(r["netids"]), r["service"], r["owner"]] for r in rows]
        print_table(["program", "versions", "netids", "service", "owner"], texts)
    elif options.json:
        return _print_json(
            [{**e._asdict(), "port": _port(e), "service": program_name(e.program) or ""} for e in entries]
        )
    else:
        rows_of_all = [[*entry, program_name(entry.program) or ""] for entry in entries]
        print_table(["program", "version", "netid", "address", "owner", "service"], rows_of_all)
    return Exit.DONE


def summary(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return an object a program, in the order of the list: its versions sorted, its networks, its first owner."""
    programs: dict[int, list[Entry]] = {}
    for entry in entries:
        programs.setdefault(entry.program, []).append(entry)
    return [
        {
            "program": number,
            "versions": sorted({entry.version for entry in of_program}),
            "netids": list(dict.fromkeys(entry.netid for entry in of_program)),
            "owner": of_program[0].owner,
        }
        for number, of_program in programs.items()
    ]


def _addresses(options: argparse.Namespace) -> Exit:
    try:
        number, version = program(options.addresses[0]), word(options.addresses[1])
    except argparse.ArgumentTypeError as exc:
        options.usage_error(f"argument --addresses: {exc}")
    found = ask(options, lambda portmap: portmap.getaddrlist(number, version))
    rows = [{**each._asdict(), "semantics": SEMANTICS.get(each.semantics, str(each.semantics))} for each in found]
    if options.json:
        return _print_json(rows)
    texts = [[row["netid"], row["family"], row["proto"], row["semantics"], row["uaddr"]] for row in rows]
    print_table(["netid", "family", "protocol", "semantics", "address"], texts)
    return Exit.DONE


def _stats(options: argparse.Namespace) -> Exit:
    rows = [_stat(each) for each in ask(options, PortmapClient.getstat)]
    if options.json:
        return _print_json(rows)
    texts: list[list[object]] = []
    for row in rows:
        done = {"SET": row["sets"], "UNSET": row["unsets"]}
        texts += [[row["version"], name, calls, done.get(name, "")] for name, calls in row["calls"].items()]
    print_table(["version", "procedure", "calls", "done"], texts)
    lookups = [[row["version"], *each.values()] for row in rows for each in row["lookups"]]
    if lookups:
        print()
        print_table(["version", "program", "of version", "netid", "found", "missed"], lookups)
    return Exit.DONE


def _stat(each: VersionStatistics) -> dict[str, Any]:
    calls = dict(zip(PROCEDURES[each.version], each.calls, strict=False))
    return {**each._asdict(), "calls": calls, "lookups": [lookup._asdict() for lookup in each.lookups]}


def ask(options: argparse.Namespace, question: Callable[[PortmapClient], T]) -> T:
    """Return a portmapper's answer: over its unix socket, or from the first of a host's addresses that gives one.

    Raises the first address's error.
    """
    if options.local is not None:
        with PortmapClient.local(options.local, timeout_s=options.timeout) as portmap:
            return question(portmap)
    try:
        return _ask(options, question)
    except SystemFailure as exc:
        if not options.udp:
            raise
        raise NotDelivered(f"{exc}; its answer may be too long for udp: ask by tcp, without --udp") from exc


def _ask(options: argparse.Namespace, question: Callable[[PortmapClient], T]) -> T:
    host, port = options.host
    protocol = "udp" if options.udp else "tcp"
    connect = PortmapClient.udp if options.udp else PortmapClient.tcp
    error: TransportError | None = None
    for address in resolve(host, port, protocol):
        try:
            with connect(address, port, timeout_s=options.timeout) as portmap:
                return question(portmap)
        except TransportError as exc:
            error = error or exc
    raise error or NotDelivered(f"{host} has no address")


def _print_json(rows: list[dict[str, Any]]) -> Exit:
    print(json.dumps(rows))
    return Exit.DONE


def _joined(items: Sequence[object]) -> str:
    return ",".join(map(str, items))


def _port(entry: Entry) -> int | None:
    try:
        return entry.port
    except OncRpcError:
        # A network that we do not know has no port that we could tell.
        return None
