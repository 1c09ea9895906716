"""Commands about the host, and its events."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from virtrpc.cli.context import Context, pass_context

if TYPE_CHECKING:
    from virtrpc.events import Event, Lost


@click.command()
@pass_context
def node(context: Context) -> None:
    """Show the host: cpus and memory."""
    with context.host() as host:
        context.output.record(host.node_info()._asdict())


@click.command()
@pass_context
def version(context: Context) -> None:
    """Show the versions of client, interface, daemon and hypervisor."""
    from oncrpc import __version__

    with context.host() as host:
        found = host.version()
    context.output.record({"client": __version__, **found._asdict()})


@click.command()
@pass_context
def capabilities(context: Context) -> None:
    """Print what host and driver can do, as libvirt's XML."""
    with context.host() as host:
        context.output.text("xml", host.capabilities())


@click.command()
@pass_context
def hostname(context: Context) -> None:
    """Print the host's name."""
    with context.host() as host:
        context.output.text("hostname", host.hostname())


@click.command()
@pass_context
def uri(context: Context) -> None:
    """Print libvirt's URI of the driver that answers, and how it was reached."""
    with context.host() as host:
        record = {"uri": host.uri(), "connection": str(host.address)}
    context.output.done(record["uri"], record)


def _row(event: Event | Lost) -> dict[str, Any]:
    from virtrpc.events import Lost

    if isinstance(event, Lost):
        return {"kind": "lost"}
    fields = {name: value.hex() if isinstance(value, bytes) else value for name, value in event.fields.items()}
    domain = event.domain
    return {
        "number": event.number,
        "time_us": event.time_us,
        "kind": event.kind,
        "name": None if domain is None else domain.name,
        "uuid": None if domain is None else str(domain.uuid),
        "id": None if domain is None else domain.id,
        "what": event.what,
        "detail": event.detail,
        "fields": fields,
    }


def _line(row: dict[str, Any]) -> str:
    if row["kind"] == "lost":
        return "events were missed: look anew"
    moment = datetime.fromtimestamp(row["time_us"] / 1e6, UTC).astimezone()
    said = " ".join(filter(None, [row["what"], f"({row['detail']})" if row["detail"] else ""]))
    more = " ".join(f"{name}={value}" for name, value in row["fields"].items())
    parts = [f"{moment:%Y-%m-%d %H:%M:%S}", row["kind"], row["name"] or "-", said, more]
    return "  ".join(part for part in parts if part)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block; neither is an error."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.command()
@click.option("--follow", is_flag=True, help="Go on until interrupted.")
@click.option("--wait", "wait_s", type=click.FloatRange(0, 3600), default=30.0, show_default=True, metavar="SECONDS",
              help="Without --follow: how long to wait for the first.")  # fmt: skip
@pass_context
def events(context: Context, follow: bool, wait_s: float) -> None:
    """Print events from now on: the next ones, or with --follow all until interrupted (--json: a line each)."""
    with _ended_by_signals(), context.host() as host:
        if follow:
            for event in host.watch():
                row = _row(event)
                context.output.line(_line(row), row)
            return
        news = host.events(host.events().cursor, wait_s=wait_s)
        for row in [*([{"kind": "lost"}] if news.lost else []), *map(_row, news.events)]:
            context.output.line(_line(row), row)


COMMANDS: Final = (node, version, capabilities, hostname, uri, events)
