"""What commands share: how to reach the daemon, how to print, how to name a machine, what sizes look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from virtrpc.cli.output import Output

if TYPE_CHECKING:
    from virtrpc import Domain, Host

    IntType = click.ParamType[int]
    ListType = click.ParamType[list[int]]
else:  # older releases of click have no type arguments
    IntType = ListType = click.ParamType


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_REACHED = 3


class Context:
    """The options before the command."""

    def __init__(self, uri: str | None, as_json: bool) -> None:
        self.uri = uri
        self.output = Output(as_json)

    @contextmanager
    def host(self) -> Iterator[Host]:
        """A connection while the block runs."""
        from virtrpc.connection import connect

        with connect(self.uri) as host:
            yield host

    @contextmanager
    def domain(self, key: str) -> Iterator[Domain]:
        """A machine, on a connection of its own, while the block runs."""
        with self.host() as host:
            yield find(host, key)


def find(host: Host, key: str) -> Domain:
    """Return the machine with an id (digits only), a uuid or a name; tried in this order."""
    from virtrpc.errors import NoDomain

    if key.isascii() and key.isdigit() and int(key) < 2**31:
        try:
            return host.domain(int(key))
        except NoDomain:
            return host.domain(key)
    return host.domain(key)


_UNITS: Final = {
    "": 1024, "b": 1, "bytes": 1, "k": 1024, "kib": 1024, "m": 1024**2, "mib": 1024**2, "g": 1024**3, "gib": 1024**3,
    "t": 1024**4, "tib": 1024**4, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4,
}  # fmt: skip


class Size(IntType):
    """A size of memory: KiB, or with a unit: 512M, 2GiB, 1000MB. Bytes that fill no KiB are rounded up."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,18})\s*([A-Za-z]*)", value)
        unit = None if found is None else _UNITS.get(found.group(2).lower())
        if found is None or unit is None:
            self.fail(f"{value!r} is no size; try 524288 (KiB), 512M or 2GiB", param, ctx)
        return -(-int(found.group(1)) * unit // 1024)


class Cpus(ListType):
    """Numbers of cpus: 0-3,8."""

    name = "CPUS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        if isinstance(value, list):
            return value
        found: set[int] = set()
        for part in value.split(","):
            match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part.strip())
            if match is None:
                self.fail(f"{value!r} is no set of cpus; try 0-3,8", param, ctx)
            first, last = int(match.group(1)), int(match.group(2) or match.group(1))
            if last < first or last >= 16384:
                self.fail(f"{part!r}: the last comes before the first, or is too large", param, ctx)
            found.update(range(first, last + 1))
        return sorted(found)


F = TypeVar("F", bound=Callable[..., Any])

pass_context = click.make_pass_decorator(Context)


def dom_argument(function: F) -> F:
    """Add the argument DOM."""
    return click.argument("dom", metavar="DOM")(function)
