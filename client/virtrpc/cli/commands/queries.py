"""Commands that ask about machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from virtrpc.cli.context import Context, dom_argument, find, pass_context

if TYPE_CHECKING:
    from virtrpc import Domain, Host

VCPU_STATES: Final = {0: "offline", 1: "running", 2: "blocked"}


def _states(host: Host, domains: list[Domain]) -> list[str]:
    """The states of machines, in one round trip where the daemon can; "-" for one that went meanwhile."""
    from virtrpc.errors import NoDomain, VirtrpcError

    if host.interface_version >= 2:
        found: list[Any] = host.batch([domain.state for domain in domains]).results
    else:
        found = []
        for domain in domains:
            try:
                found.append(domain.state())
            except NoDomain as exc:
                found.append(exc)
    for outcome in found:
        if isinstance(outcome, VirtrpcError) and not isinstance(outcome, NoDomain):
            raise outcome
    return ["-" if isinstance(outcome, NoDomain) else outcome.state.text for outcome in found]


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are off.")
@pass_context
def list_(context: Context, everything: bool) -> None:
    """List machines that run."""
    with context.host() as host:
        domains = sorted(host.domains(inactive=everything), key=lambda d: (d.id is None, d.id or 0, d.name))
        states = _states(host, domains)
    rows = [
        {"id": domain.id, "name": domain.name, "state": state, "uuid": str(domain.uuid)}
        for domain, state in zip(domains, states, strict=True)
    ]
    context.output.rows(rows, ["id", "name", "state", "uuid"])


@click.command()
@dom_argument
@pass_context
def info(context: Context, dom: str) -> None:
    """Show a machine's state, memory, vcpus and cpu time."""
    with context.host() as host:
        domain = find(host, dom)
        found = domain.info()
        autostart = domain.autostart()
        persistent = domain.is_persistent() if host.interface_version >= 2 else None
    record = {
        "id": domain.id,
        "name": domain.name,
        "uuid": str(domain.uuid),
        "state": found.state.text,
        "max_memory_kib": found.max_memory_kib,
        "memory_kib": found.memory_kib,
        "vcpus": found.vcpus,
        "cpu_time_ns": found.cpu_time_ns,
        "autostart": autostart,
        "persistent": persistent,
    }
    context.output.record(record)


@click.command()
@dom_argument
@pass_context
def state(context: Context, dom: str) -> None:
    """Show a machine's state and how it came to be in it."""
    with context.domain(dom) as domain:
        found = domain.state()
    record = {"state": found.state.text, "reason": found.reason_text}
    context.output.done(found.state.text + (f" ({found.reason_text})" if found.reason_text else ""), record)


@click.command()
@dom_argument
@click.option("--inactive", is_flag=True, help="What the next start would use, not what runs.")
@click.option("--secure", is_flag=True, help="With passwords and other secrets; needs the right to write.")
@pass_context
def dumpxml(context: Context, dom: str, inactive: bool, secure: bool) -> None:
    """Print a machine's description in libvirt's XML."""
    with context.domain(dom) as domain:
        context.output.text("xml", domain.xml(inactive=inactive, secure=secure))


@click.command()
@dom_argument
@pass_context
def vcpuinfo(context: Context, dom: str) -> None:
    """Show the vcpus of a running machine, and on which cpus of the host they may run."""
    with context.domain(dom) as domain:
        found = domain.vcpus()
    rows = [
        {
            "vcpu": vcpu.number,
            "state": VCPU_STATES.get(vcpu.state, str(vcpu.state)),
            "cpu_time_ns": vcpu.cpu_time_ns,
            "cpu": vcpu.cpu,
            "pins": vcpu.pins,
        }
        for vcpu in found
    ]
    context.output.rows(rows, ["vcpu", "state", "cpu_time_ns", "cpu", "pins"])


@click.command()
@click.argument("dom", metavar="[DOM]", required=False)
@pass_context
def stats(context: Context, dom: str | None) -> None:
    """Show the statistics of one machine, or of all."""
    if dom is not None:
        with context.domain(dom) as domain:
            context.output.record(domain.stats())
        return
    with context.host() as host:
        found = host.all_domain_stats()
    if context.output.as_json:
        rows = [{"name": one.domain.name, "uuid": str(one.domain.uuid), "stats": one.values} for one in found]
        context.output.rows(rows, [])
        return
    flat = [
        {"name": s.domain.name, "figure": name, "value": str(value)} for s in found for name, value in s.values.items()
    ]
    context.output.rows(flat, ["name", "figure", "value"])


COMMANDS: Final = (list_, info, state, dumpxml, vcpuinfo, stats)
