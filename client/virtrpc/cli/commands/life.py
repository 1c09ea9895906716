"""Commands that start and stop machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from virtrpc.cli.context import Context, dom_argument, pass_context

if TYPE_CHECKING:
    from virtrpc import Domain


def _act(context: Context, dom: str, word: str, act: Callable[[Domain], None]) -> None:
    with context.domain(dom) as domain:
        act(domain)
    context.output.done(f"{domain.name}: {word}", {"name": domain.name, "uuid": str(domain.uuid), "id": domain.id})


@click.command()
@dom_argument
@click.option("--paused", is_flag=True, help="Leave it paused.")
@pass_context
def start(context: Context, dom: str, paused: bool) -> None:
    """Start a machine from its definition."""
    _act(context, dom, "started, paused" if paused else "started", lambda domain: domain.start(paused=paused))


@click.command()
@dom_argument
@pass_context
def shutdown(context: Context, dom: str) -> None:
    """Ask a machine's guest to shut down; does not wait until it has."""
    _act(context, dom, "asked to shut down", lambda domain: domain.shutdown())


@click.command()
@dom_argument
@click.option("--graceful", is_flag=True, help="Fail rather than kill a process that does not end.")
@pass_context
def destroy(context: Context, dom: str, graceful: bool) -> None:
    """Pull a machine's plug. Its definition stays."""
    _act(context, dom, "destroyed", lambda domain: domain.destroy(graceful=graceful))


@click.command()
@dom_argument
@pass_context
def suspend(context: Context, dom: str) -> None:
    """Let a machine stand still."""
    _act(context, dom, "suspended", lambda domain: domain.suspend())


@click.command()
@dom_argument
@pass_context
def resume(context: Context, dom: str) -> None:
    """Let a suspended machine go on."""
    _act(context, dom, "resumed", lambda domain: domain.resume())


@click.command()
@dom_argument
@pass_context
def reboot(context: Context, dom: str) -> None:
    """Ask a machine's guest to reboot."""
    _act(context, dom, "asked to reboot", lambda domain: domain.reboot())


@click.command()
@dom_argument
@pass_context
def reset(context: Context, dom: str) -> None:
    """Press a machine's reset button."""
    _act(context, dom, "reset", lambda domain: domain.reset())


@click.command()
@dom_argument
@click.argument("path")
@pass_context
def save(context: Context, dom: str, path: str) -> None:
    """Save a running machine to PATH on its host, and stop it."""
    _act(context, dom, f"saved to {path}", lambda domain: domain.save(path))


@click.command()
@click.argument("path")
@pass_context
def restore(context: Context, path: str) -> None:
    """Start a machine from PATH, which save wrote."""
    with context.host() as host:
        host.restore(path)
    context.output.done(f"restored from {path}", {"path": path})


@click.command()
@dom_argument
@click.argument("path")
@pass_context
def dump(context: Context, dom: str, path: str) -> None:
    """Write a running machine's memory to PATH on its host."""
    _act(context, dom, f"dumped to {path}", lambda domain: domain.core_dump(path))


COMMANDS: Final = (start, shutdown, destroy, suspend, resume, reboot, reset, save, restore, dump)
