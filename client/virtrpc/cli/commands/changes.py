"""Commands that define machines and change them."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import click

from virtrpc.cli.context import Context, Cpus, Size, dom_argument, pass_context

if TYPE_CHECKING:
    from virtrpc import Affect

config_option = click.option("--config", is_flag=True, help="Change the kept definition, for the next start.")


def _affect(config: bool) -> Affect:
    from virtrpc.results import Affect

    return Affect.CONFIG if config else Affect.CURRENT


def _read(file: IO[bytes]) -> str:
    try:
        return file.read().decode()
    except UnicodeDecodeError as exc:
        raise click.BadParameter(f"{file.name} is not UTF-8: {exc.reason} at byte {exc.start}") from exc


@click.command()
@click.argument("file", type=click.File("rb"))
@pass_context
def define(context: Context, file: IO[bytes]) -> None:
    """Keep the definition of a machine in FILE (libvirt's XML), without starting it."""
    xml = _read(file)
    with context.host() as host:
        domain = host.define(xml)
    context.output.done(f"{domain.name}: defined", {"name": domain.name, "uuid": str(domain.uuid)})


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--paused", is_flag=True, help="Leave it paused.")
@pass_context
def create(context: Context, file: IO[bytes], paused: bool) -> None:
    """Start a machine from FILE (libvirt's XML), without keeping its definition."""
    xml = _read(file)
    with context.host() as host:
        domain = host.create(xml, paused=paused)
    record = {"name": domain.name, "uuid": str(domain.uuid), "id": domain.id}
    context.output.done(f"{domain.name}: created", record)


@click.command()
@dom_argument
@click.option("--managed-save", is_flag=True, help="Remove its saved image too.")
@pass_context
def undefine(context: Context, dom: str, managed_save: bool) -> None:
    """Remove a machine's definition; if it runs it goes on."""
    with context.domain(dom) as domain:
        domain.undefine(managed_save=managed_save)
    context.output.done(f"{domain.name}: undefined", {"name": domain.name, "uuid": str(domain.uuid)})


@click.command()
@dom_argument
@click.argument("size", type=Size())
@config_option
@pass_context
def setmem(context: Context, dom: str, size: int, config: bool) -> None:
    """Set a machine's memory: SIZE in KiB, or with a unit (512M, 2GiB)."""
    with context.domain(dom) as domain:
        domain.set_memory(size, affect=_affect(config))
    context.output.done(f"{domain.name}: memory {size} KiB", {"name": domain.name, "memory_kib": size})


@click.command()
@dom_argument
@click.argument("size", type=Size())
@config_option
@pass_context
def setmaxmem(context: Context, dom: str, size: int, config: bool) -> None:
    """Set the most memory that a machine may have: SIZE in KiB, or with a unit."""
    with context.domain(dom) as domain:
        domain.set_max_memory(size, affect=_affect(config))
    context.output.done(f"{domain.name}: at most {size} KiB", {"name": domain.name, "max_memory_kib": size})


@click.command()
@dom_argument
@click.argument("count", type=click.IntRange(1))
@click.option("--maximum", is_flag=True, help="Set the most that it may have.")
@config_option
@pass_context
def setvcpus(context: Context, dom: str, count: int, maximum: bool, config: bool) -> None:
    """Set how many vcpus a machine has."""
    with context.domain(dom) as domain:
        domain.set_vcpus(count, maximum=maximum, affect=_affect(config))
    context.output.done(f"{domain.name}: {count} vcpus", {"name": domain.name, "vcpus": count, "maximum": maximum})


@click.command()
@dom_argument
@click.argument("vcpu", type=click.IntRange(0))
@click.argument("cpus", type=Cpus())
@config_option
@pass_context
def pin(context: Context, dom: str, vcpu: int, cpus: list[int], config: bool) -> None:
    """Let a vcpu run only on CPUS of the host (0-3,8)."""
    with context.domain(dom) as domain:
        domain.pin_vcpu(vcpu, cpus, affect=_affect(config))
    context.output.done(f"{domain.name}: vcpu {vcpu} pinned", {"name": domain.name, "vcpu": vcpu, "pins": cpus})


@click.command()
@dom_argument
@click.option("--disable", is_flag=True, help="Do not start it with the daemon.")
@pass_context
def autostart(context: Context, dom: str, disable: bool) -> None:
    """Start a machine with the daemon from now on."""
    with context.domain(dom) as domain:
        domain.set_autostart(not disable)
    word = "off" if disable else "on"
    context.output.done(f"{domain.name}: autostart {word}", {"name": domain.name, "autostart": not disable})


COMMANDS: Final = (define, create, undefine, setmem, setmaxmem, setvcpus, pin, autostart)
