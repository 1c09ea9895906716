"""`oncrpc decode`: the calls and answers in a capture, in the names of .x files."""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from oncrpc.auth.sys import parse
from oncrpc.capture import CaptureError, Exchange, Notice, exchanges, packets
from oncrpc.commands.common import Commands, Exit, add_command, add_reading, printable, reading
from oncrpc.errors import AuthError, XdrError
from oncrpc.message import AUTH_NONE, AUTH_SYS, MAX_AUTH_BYTES
from oncrpc.procedure import Call, Procedure, Program
from oncrpc.specification import Specification, SpecificationError, load
from oncrpc.xdr import Type

EXAMPLES: Final = """\
  tcpdump -i any -w capture.pcap port 2049
  oncrpc decode nfs3.x mount.x capture.pcap
  oncrpc decode --json nfs3.x capture.pcap | jq .procedure"""

MAX_SHOWN: Final = 200
"""The most characters of arguments or of a result on a line for people; --json has all."""

FLAVORS: Final = {AUTH_NONE: "AUTH_NONE", AUTH_SYS: "AUTH_SYS", 3: "AUTH_DH", 6: "RPCSEC_GSS", 7: "AUTH_TLS"}

Plain = dict[str, Any]


def add(commands: Commands) -> None:
    """Put it on the command line."""
    command = add_command(commands, "decode", "list the calls in a pcap or pcapng file", run, EXAMPLES)
    command.add_argument("specifications", nargs="+", metavar="FILE.x", help="what the programs in the capture are")
    command.add_argument("capture", metavar="CAPTURE.pcap")
    command.add_argument("--json", action="store_true", help="an object a line")
    add_reading(command)


def run(options: argparse.Namespace) -> Exit:
    """Print a line for each call, in the order in which they were answered."""
    try:
        names = Names([load(path, **reading(options)) for path in options.specifications])
    except SpecificationError as error:
        for line in str(error).splitlines():
            print(f"oncrpc: {line}", file=sys.stderr)
        return Exit.USAGE
    try:
        with open(options.capture, "rb") as file:
            for found in exchanges(packets(file)):
                row = names.plain(found)
                print(json.dumps(row) if options.json else "\n".join(_lines(row)))
    except OSError as error:
        print(f"oncrpc: cannot read {options.capture}: {error.strerror or error}", file=sys.stderr)
        return Exit.USAGE
    except CaptureError as error:
        print(f"oncrpc: {options.capture}: {error}", file=sys.stderr)
        return Exit.REFUSED
    return Exit.DONE


class Names:
    """What specifications know of programs, procedures and types."""

    def __init__(self, specifications: list[Specification]) -> None:
        self._programs: dict[tuple[int, int], Program] = {}
        self._names: dict[int, str] = {}
        for specification in specifications:
            for program in specification.programs.values():
                self._programs.setdefault((program.number, program.version), program)
                self._names.setdefault(program.number, program.name)

    def plain(self, found: Exchange | Notice) -> Plain:
        """Return an object for JSON. Names are null where no .x file has them; `args` and `result` are then missing."""
        row: Plain = {"time": _time(found.time_ns), "src": str(found.src), "dst": str(found.dst)}
        if isinstance(found, Notice):
            return row | {"notice": found.text}
        row |= {"transport": found.transport, "xid": found.xid}
        procedure = None
        if found.call is not None:
            program = self._programs.get((found.call.program, found.call.version))
            procedure = None if program is None else _procedure(program, found.call.procedure)
            row |= self._what(found.call, program, procedure)
            if procedure is not None:
                row |= _value("args", procedure.args, found.call.record, found.call.offset)
            if found.again:
                row["sent_again"] = found.again
        return row | _answer(found, procedure)

    def _what(self, call: Call, program: Program | None, procedure: Procedure[Any] | None) -> Plain:
        return {
            "program": self._names.get(call.program),
            "program_number": call.program,
            "version": None if program is None else program.version_name,
            "version_number": call.version,
            "procedure": None if procedure is None else procedure.name,
            "procedure_number": call.procedure,
            "cred": _credential(call),
        }


def _procedure(program: Program, number: int) -> Procedure[Any] | None:
    try:
        return program.procedure(number)
    except KeyError:
        return None


def _answer(found: Exchange, procedure: Procedure[Any] | None) -> Plain:
    if found.reply is None:
        return {"answered": False}
    row: Plain = {"answered": True}
    if found.latency_ns is not None:
        row["latency_us"] = found.latency_ns / 1000
    if found.reply.refusal is not None:
        return row | {"refusal": str(found.reply.refusal)}
    if procedure is not None:
        row |= _value("result", procedure.result, found.reply.record, found.reply.offset)
    return row


def _value(name: str, kind: Type[Any], record: bytes, offset: int) -> Plain:
    """Return {name: value}, or {name_error: why} for bytes that are not such a value."""
    try:
        value, end = kind.decode(record, offset)
        row = {name: kind.to_plain(value)}
    except (XdrError, struct.error) as error:
        return {f"{name}_error": str(error)}
    return row if end == len(record) else row | {f"{name}_error": f"{len(record) - end} bytes left over"}


def _credential(call: Call) -> Plain:
    row: Plain = {"flavor": FLAVORS.get(call.cred_flavor, call.cred_flavor)}
    if call.cred_flavor == AUTH_SYS and len(call.cred) <= MAX_AUTH_BYTES:
        try:
            claim = parse(call.cred)
        except AuthError:
            return row | {"error": "does not decode"}
        row |= {"machine": claim.machine_name, "uid": claim.uid, "gid": claim.gid, "gids": claim.gids}
    return row


def _time(time_ns: int) -> str:
    """Return UTC time in ISO 8601, with microseconds."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{rest // 1000:06}"
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


# -- for people -------------------------------------------------------------------------------------------------------


def _lines(row: Plain) -> Iterator[str]:
    """Give the lines of one object: what and between whom; the argument; the answer."""
    head = f"{row['time']} {row['src']} > {row['dst']}"
    if "notice" in row:
        yield f"{head} {row['notice']}"
        return
    head += f" {row['transport']} xid 0x{row['xid']:08x}"
    if "program_number" not in row:
        yield f"{head} an answer whose call is not in the capture"
        return
    words = [row[name] or row[f"{name}_number"] for name in ("program", "version", "procedure")]
    again = f", sent {row['sent_again'] + 1} times" if "sent_again" in row else ""
    took = f", {row['latency_us'] / 1000:.3f} ms" if "latency_us" in row else ""
    yield f"{head} {'.'.join(map(str, words))}{took}{again}"
    yield from _shown("args", "  ", row)
    if not row["answered"]:
        yield "  no answer"
    elif "refusal" in row:
        yield f"  refused: {printable(row['refusal'])}"
    else:
        yield from _shown("result", "  = ", row)


def _shown(name: str, indent: str, row: Plain) -> Iterator[str]:
    if row.get(name) is not None:
        text = json.dumps(row[name])
        yield indent + (text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} ... ({len(text)} characters)")
    if f"{name}_error" in row:
        yield f"{indent}{name} do not decode: {printable(row[f'{name}_error'])}"
