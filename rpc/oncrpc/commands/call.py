"""`oncrpc call`: any procedure of any program, with only its .x file; arguments and answer are JSON."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from typing import Any, Final

from oncrpc.auth.sys import credential
from oncrpc.client import Client
from oncrpc.commands.common import (
    TIMEOUT_S,
    Commands,
    Exit,
    add_command,
    add_reading,
    host_port,
    port_number,
    reading,
    seconds,
)
from oncrpc.errors import XdrError
from oncrpc.message import NO_AUTH
from oncrpc.portmap import lookup
from oncrpc.procedure import Procedure
from oncrpc.sample import classes_of, sample
from oncrpc.specification import Found, Specification, SpecificationError, load
from oncrpc.tls import ClientTls
from oncrpc.xdr import VOID

USAGE: Final = """\
oncrpc call [options] HOST[:PORT] FILE.x [PROGRAM.VERSION.]PROCEDURE [JSON]
       oncrpc call [options] --unix PATH FILE.x [PROGRAM.VERSION.]PROCEDURE [JSON]
       oncrpc call --describe FILE.x [[PROGRAM.VERSION.]PROCEDURE]"""

EXAMPLES: Final = """\
  oncrpc call nas mount.x MOUNTPROC3_EXPORT
  oncrpc call nas mount.x MOUNT_PROGRAM.3.MOUNTPROC3_MNT '"/srv"' --auth-sys
  oncrpc call --describe mount.x MOUNTPROC3_MNT"""

MAX_JSON_BYTES: Final = 64 * 2**20


class UsageError(Exception):
    """The command line asks for what cannot be; the text is for the user."""


def add(commands: Commands) -> None:
    """Put it on the command line."""
    command = add_command(commands, "call", "call a procedure, with its .x file", run, EXAMPLES)
    command.usage = USAGE
    command.add_argument(
        "words", nargs="+", metavar="WORD", help="as above; PORT: the portmapper's, if not 111; JSON: the argument (of "
        "several, a list), or @FILE that has it, or - for stdin; no PROCEDURE: list what the file has",
    )  # fmt: skip
    command.add_argument("--describe", action="store_true", help="say what a procedure takes and gives; calls nothing")
    command.add_argument("--port", type=port_number, metavar="N", help="the program's own; the portmapper is not asked")
    command.add_argument("--udp", action="store_true", help="by udp, not tcp")
    command.add_argument("--unix", metavar="PATH", help="by a unix socket")
    command.add_argument("--tls", action="store_true", help="by tcp with TLS (RFC 9289), required")
    command.add_argument("--ca", metavar="FILE", help="who may vouch for the server; default: whom the system trusts")
    command.add_argument("--cert", metavar="FILE", help="our own certificate for TLS")
    command.add_argument("--key", metavar="FILE", help="its key, if not in the same file")
    command.add_argument("--auth-sys", action="store_true", help="say who we are: uid, gid and groups of this process")
    command.add_argument("--timeout", type=seconds, default=TIMEOUT_S, metavar="S", help="default %(default)g seconds")
    add_reading(command)


def run(options: argparse.Namespace) -> Exit:
    """Do what the words say."""
    try:
        return _run(options)
    except (UsageError, SpecificationError) as error:
        for line in str(error).splitlines():
            print(f"oncrpc: {line}", file=sys.stderr)
        return Exit.USAGE


def _run(options: argparse.Namespace) -> Exit:
    host, file, words = _split(options.words)
    if len(words) > 2:
        raise UsageError(f"{words[2]!r} is one word too many (JSON is a single word: quote it)")
    specification = load(file, **reading(options))
    if not words:
        _list(specification)
        return Exit.DONE
    found = specification.find(words[0])
    if options.describe:
        _describe(specification, found)
        return Exit.DONE
    if (host is None) == (options.unix is None):
        raise UsageError("say either HOST, before the .x file, or --unix PATH")
    args = _arguments(found.procedure, words[1] if len(words) > 1 else None)
    with _connect(host, found, options) as client:
        result = client.call(found.procedure, *args)
    print(json.dumps(found.procedure.result.to_plain(result), indent=2))
    return Exit.DONE


def _split(words: list[str]) -> tuple[str | None, str, list[str]]:
    """Return (HOST or None, FILE.x, what follows)."""
    at = next((number for number, word in enumerate(words[:2]) if word.endswith(".x")), None)
    if at is None:
        raise UsageError("no FILE.x among the first two words")
    return (words[0] if at else None), words[at], words[at + 1 :]


# -- the call ---------------------------------------------------------------------------------------------------------


def _connect(host: str | None, found: Found, options: argparse.Namespace) -> Client:
    program, version = found.program.number, found.program.version
    cred = credential() if options.auth_sys else NO_AUTH
    limit: float = options.timeout
    if host is None:
        return Client.unix(options.unix, program, version, cred=cred, connect_timeout_s=limit, call_timeout_s=limit)
    try:
        name, portmapper = host_port(host)
    except argparse.ArgumentTypeError as error:
        raise UsageError(str(error)) from error
    if options.tls and options.udp:
        raise UsageError("--tls is for tcp, not for --udp")
    port = options.port
    if port is None:
        port = lookup(name, program, version, "udp" if options.udp else "tcp", portmapper)
    if options.udp:
        return Client.udp(name, port, program, version, cred=cred, call_timeout_s=limit)
    tls = ClientTls(options.ca, options.cert, options.key) if options.tls else None
    return Client.tcp(
        name, port, program, version, cred=cred, connect_timeout_s=limit, call_timeout_s=limit, tls=tls
    )  # fmt: skip


def _arguments(procedure: Procedure[Any], word: str | None) -> tuple[object, ...]:
    """Return the arguments that JSON text holds. Raises UsageError, naming the field that does not fit."""
    if procedure.arity == 0:
        if word is not None:
            raise UsageError(f"{procedure.name} takes no argument")
        return ()
    if word is None:
        raise UsageError(f"{procedure.name} takes an argument: see --describe")
    try:
        data = json.loads(_text(word))
    except (json.JSONDecodeError, RecursionError) as error:
        raise UsageError(f"the argument is no JSON: {error}") from error
    try:
        value = procedure.args.from_plain(data, "args")
    except XdrError as error:
        raise UsageError(f"the argument does not fit {procedure.name}: {error}") from error
    return (value,) if procedure.arity == 1 else tuple(value)


def _text(word: str) -> str:
    """Return the JSON text that a word is, or says where to find."""
    if word != "-" and not word.startswith("@"):
        return word
    try:
        if word == "-":
            text = sys.stdin.read(MAX_JSON_BYTES + 1)
        else:
            with open(word[1:], encoding="utf-8") as file:
                text = file.read(MAX_JSON_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {word}: {error}") from error
    if len(text) > MAX_JSON_BYTES:
        raise UsageError(f"{word}: more than {MAX_JSON_BYTES} characters")
    return text


# -- what there is ----------------------------------------------------------------------------------------------------


def _list(specification: Specification) -> None:
    if not specification.programs:
        raise UsageError(f"{specification.name} declares no program")
    for program in specification.programs.values():
        print(f"{program.name} ({program.number}) {program.version_name} ({program.version})")
        for procedure in program.procedures:
            print(f"  {specification.declaration(Found(program, procedure))}")


def _describe(specification: Specification, found: Found) -> None:
    """Print the declarations, and an example of the argument and the answer."""
    procedure = found.procedure
    print(f"{found.path}\n{specification.declaration(found)}")
    for title, kind in (("takes", procedure.args), ("gives", procedure.result)):
        if kind is VOID:
            print(f"\n{title} nothing")
        else:
            print(f"\n{title}, for example:\n{json.dumps(kind.to_plain(sample(kind)), indent=2)}")
    declared = classes_of(procedure.args) + classes_of(procedure.result)
    for cls in dict.fromkeys(declared):
        print(f"\n{inspect.getdoc(cls)}")
