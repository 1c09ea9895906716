"""Cpu, timers, features and power management of a definition -> QEMU's arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.qemu.launch import is_q35

DEFAULT_MODEL: Final = "qemu64"

_HYPERV: Final = {
    "relaxed": "hv-relaxed", "vapic": "hv-vapic", "spinlocks": "hv-spinlocks", "vpindex": "hv-vpindex",
    "runtime": "hv-runtime", "synic": "hv-synic", "stimer": "hv-stimer", "reset": "hv-reset",
    "vendor_id": "hv-vendor-id", "frequencies": "hv-frequencies", "reenlightenment": "hv-reenlightenment",
    "tlbflush": "hv-tlbflush", "ipi": "hv-ipi", "evmcs": "hv-evmcs", "avic": "hv-avic",
}  # fmt: skip
_CLOCKS: Final = {"guest": "vm", "wall": "host", "realtime": "rt"}


def cpu(definition: DomainDef, accel: str) -> str:
    """Return the value of -cpu; without KVM, the modes that take the host's cpu take the most that emulation has."""
    said = definition.cpu
    if said is None or said.mode is None:
        parts = [DEFAULT_MODEL]
    elif said.mode == "custom":
        parts = [said.model or DEFAULT_MODEL]
    else:
        parts = ["host" if accel == "kvm" and said.mode != "maximum" else "max"]
        if said.migratable is not None:
            parts.append(f"migratable={said.migratable}")
    for name, policy in ({} if said is None else said.features).items():
        parts.append(f"{name}={'off' if policy in ('disable', 'forbid') else 'on'}")
    parts += _of_features(definition)
    return ",".join(parts)


def _of_features(definition: DomainDef) -> Iterator[str]:
    for name, said in definition.hyperv.items():
        if said["state"] == "on":
            value = said.get("retries") or said.get("value") or "on"
            yield f"{_HYPERV[name]}={value}"
        if said.get("direct") == "on":
            yield "hv-stimer-direct=on"
    if definition.kvm_hidden:
        yield "kvm=off"
    for name, option in (("pvspinlock", "kvm-pv-unhalt"), ("pmu", "pmu")):
        if name in definition.feature_states:
            yield f"{option}={definition.feature_states[name]}"
    for timer in definition.timers:
        if timer.name == "kvmclock" and timer.present is not None:
            yield f"kvmclock={_on_off(timer.present)}"
        elif timer.name == "hypervclock" and timer.present is not False:
            yield "hv-time=on"
        elif timer.name == "tsc" and timer.frequency is not None:
            yield f"tsc-frequency={timer.frequency}"


def machine_options(definition: DomainDef) -> Iterator[str]:
    """Yield what features and timers add to -machine."""
    for name in ("vmport", "smm"):
        if name in definition.feature_states:
            yield f"{name}={definition.feature_states[name]}"
    for timer in definition.timers:
        if timer.name == "hpet" and timer.present is not None:
            yield f"hpet={_on_off(timer.present)}"


def clock(definition: DomainDef) -> Iterator[str]:
    """Yield -rtc and what other timers need."""
    options = [f"base={'localtime' if definition.clock_offset == 'localtime' else 'utc'}"]
    extra: list[str] = []
    for timer in definition.timers:
        if timer.name == "rtc":
            if timer.track in _CLOCKS:
                options.append(f"clock={_CLOCKS[timer.track]}")
            if timer.tickpolicy is not None:
                options.append(f"driftfix={'slew' if timer.tickpolicy == 'catchup' else 'none'}")
        elif timer.name == "pit" and timer.tickpolicy in ("delay", "discard"):
            extra += ["-global", f"kvm-pit.lost_tick_policy={timer.tickpolicy}"]
    yield from ("-rtc", ",".join(options), *extra)


def power(definition: DomainDef) -> Iterator[str]:
    """Yield what allows or forbids the guest to suspend."""
    chip = "ICH9-LPC" if is_q35(definition.os.machine) else "PIIX4_PM"
    for name, on in (("disable_s3", definition.suspend_to_mem), ("disable_s4", definition.suspend_to_disk)):
        if on is not None:
            yield from ("-global", f"{chip}.{name}={0 if on else 1}")


def topology(definition: DomainDef) -> str:
    """Return the value of -smp."""
    value = f"cpus={definition.vcpus},maxcpus={definition.max_vcpus}"
    if definition.cpu is not None and definition.cpu.topology is not None:
        value += "".join(f",{level}={count}" for level, count in definition.cpu.topology._asdict().items())
    return value


def _on_off(on: bool) -> str:
    return "on" if on else "off"
