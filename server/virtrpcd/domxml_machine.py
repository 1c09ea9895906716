"""<features>, <cpu>, <clock> and <pm> of domain XML: read into a DomainDef, written from it, in libvirt's order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml_address import element
from virtrpcd.domxml_node import Node
from virtrpcd.domxml_values import parse_number
from virtrpcd.machine_def import CpuDef, TimerDef, Topology

FLAGS: Final = ("acpi", "apic", "pae")
"""Features that are there or not."""

STATES: Final = ("hap", "pvspinlock", "pmu", "vmport", "smm", "vmcoreinfo")
"""Features with a state, on or off."""

HYPERV: Final = (
    "relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id", "frequencies",
    "reenlightenment", "tlbflush", "ipi", "evmcs", "avic",
)  # fmt: skip
POLICIES: Final = ("force", "require", "optional", "disable", "forbid")

_ON_OFF: Final = {"on": True, "off": True}
_YES_NO: Final = {"yes": True, "no": True}
_CLOCK: Final = {"utc": True, "localtime": True, "timezone": False, "variable": False, "absolute": False}
_MODES: Final = dict.fromkeys(("custom", "host-model", "host-passthrough", "maximum"), True)
_MATCHES: Final = {"exact": True, "minimum": False, "strict": False}
_CHECKS: Final = dict.fromkeys(("none", "partial", "full"), True)
_FALLBACKS: Final = {"allow": True, "forbid": True}
_TIMERS: Final = dict.fromkeys(("rtc", "pit", "hpet", "kvmclock", "hypervclock", "tsc"), True) | dict.fromkeys(
    ("platform", "armvtimer"), False
)
_TICK_POLICIES: Final = {"delay": True, "catchup": True, "merge": True, "discard": True}
_TRACKS: Final = {"boot": True, "guest": True, "wall": True, "realtime": True}
_TSC_MODES: Final = {"auto": True, "native": True, "emulate": True, "paravirt": True, "smpsafe": True}
_CPU_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}\Z", re.ASCII)
_VENDOR: Final = re.compile(r"[A-Za-z0-9 _.-]{1,12}\Z", re.ASCII)
_RETRIES: Final = 0xFFF
_MAX_PER_LEVEL: Final = 16384
_CUSTOM: Final = "custom"


def read_machine(root: Node, found: DomainDef) -> None:
    """Fill features, cpu, clock and power management of `found` from <domain>."""
    features = root.child("features")
    if features is not None:
        _read_features(features, found)
    cpu = root.child("cpu")
    if cpu is not None:
        found.cpu = _read_cpu(cpu)
    clock = root.child("clock")
    if clock is not None:
        clock.only(attributes=("offset",), children=("timer",))
        found.clock_offset = clock.chosen("offset", _CLOCK, "utc")
        for timer in clock.children("timer"):
            found.timers.append(_read_timer(timer, {known.name for known in found.timers}))
    power = root.child("pm")
    if power is not None:
        power.only(children=("suspend-to-mem", "suspend-to-disk"))
        found.suspend_to_mem = _enabled(power.child("suspend-to-mem"))
        found.suspend_to_disk = _enabled(power.child("suspend-to-disk"))


def _enabled(node: Node | None) -> bool | None:
    return None if node is None else node.only(attributes=("enabled",)).chosen("enabled", _YES_NO, None) == "yes"


def _read_features(node: Node, found: DomainDef) -> None:
    node.only(children=(*FLAGS, *STATES, "hyperv", "kvm"))
    found.features = [name for name in FLAGS if node.flag(name)]
    for name in STATES:
        state = node.child(name)
        if state is not None:
            found.feature_states[name] = state.only(attributes=("state",)).chosen("state", _ON_OFF, "on")
    hyperv = node.child("hyperv")
    if hyperv is not None:
        hyperv.only(attributes=("mode",), children=HYPERV)
        hyperv.chosen("mode", {"custom": True, "passthrough": False}, _CUSTOM)
        for name in HYPERV:
            one = hyperv.child(name)
            if one is not None:
                found.hyperv[name] = _read_hyperv(one, name)
    kvm = node.child("kvm")
    if kvm is not None:
        hidden = kvm.only(children=("hidden",)).child("hidden")
        if hidden is not None:
            found.kvm_hidden = hidden.only(attributes=("state",)).chosen("state", _ON_OFF, None) == "on"


def _read_hyperv(node: Node, name: str) -> dict[str, str]:
    more = {"spinlocks": ("retries",), "vendor_id": ("value",)}.get(name, ())
    node.only(attributes=("state", *more), children=("direct",) if name == "stimer" else ())
    found = {"state": node.chosen("state", _ON_OFF, None)}
    if found["state"] == "off":
        return found
    if name == "spinlocks":
        found["retries"] = str(node.needed("retries", lambda text: parse_number(text, _RETRIES, (1 << 32) - 1)))
    elif name == "vendor_id":
        found["value"] = node.needed("value", _vendor_id)
    direct = node.child("direct")
    if direct is not None:
        found["direct"] = direct.only(attributes=("state",)).chosen("state", _ON_OFF, None)
    return found


def _vendor_id(text: str) -> str:
    if not _VENDOR.match(text):
        raise ValueError("it is not 1 to 12 letters, digits, blanks and _.-")
    return text


def _cpu_name(text: str) -> str:
    if not _CPU_NAME.match(text):
        raise ValueError("it is not a name of letters, digits and _.+-")
    return text


def _read_cpu(node: Node) -> CpuDef | None:
    node.only(attributes=("mode", "match", "check", "migratable"), children=("model", "vendor", "topology", "feature"))
    found = CpuDef()
    attributes = node.element.attrib
    mode = node.chosen("mode", _MODES, _CUSTOM)
    match = node.chosen("match", _MATCHES, "exact")
    found.check = node.chosen("check", _CHECKS, None) if "check" in attributes else None
    found.migratable = node.chosen("migratable", _ON_OFF, None) if "migratable" in attributes else None
    if found.migratable is not None and mode not in ("host-passthrough", "maximum"):
        raise node.bad("it is for the modes host-passthrough and maximum", f"{node.path}/@migratable")
    topology = node.child("topology")
    if topology is not None:
        topology.only(attributes=Topology._fields)
        counts = [_level(topology, name) for name in Topology._fields]
        found.topology = Topology(*counts)
    for feature in node.children("feature"):
        feature.only(attributes=("policy", "name"))
        name = feature.needed("name", _cpu_name)
        if name in found.features:
            raise feature.bad(f"feature '{name}' is there twice", feature.path)
        found.features[name] = feature.chosen("policy", dict.fromkeys(POLICIES, True), "require")
    found.vendor = node.leaf("vendor", _cpu_name)
    _read_model(node, mode, found)
    if mode != _CUSTOM:
        found.mode = mode
    elif found.model is not None:
        found.mode, found.match = mode, match
    elif found.features or found.vendor:
        raise node.bad("features and vendor need a <model>", node.path)
    return found if found.mode is not None or found.topology is not None else None


def _level(node: Node, name: str) -> int:
    found = node.attribute(name, lambda text: parse_number(text, 1, _MAX_PER_LEVEL))
    if found is None and name != "dies":
        raise node.bad("it is missing", f"{node.path}/@{name}")
    return 1 if found is None else found


def _read_model(node: Node, mode: str, found: CpuDef) -> None:
    model = node.child("model")
    if model is None:
        return
    model.only(attributes=("fallback",), text=True)
    fallback = model.chosen("fallback", _FALLBACKS, "allow")
    name = model.text().strip()
    if mode != _CUSTOM:
        if name:
            raise model.unsupported(f"model with mode '{mode}':", model.path)
        return
    if name:
        found.model = model.convert(name, _cpu_name, model.path)
        found.fallback = fallback


def _read_timer(node: Node, taken: set[str]) -> TimerDef:
    node.only(attributes=("name", "present", "tickpolicy", "track", "frequency", "mode"))
    name = node.chosen("name", _TIMERS, None)
    if name in taken:
        raise node.bad(f"timer '{name}' is there twice", node.path)

    def said(attribute: str, choices: dict[str, bool]) -> str | None:
        return node.chosen(attribute, choices, None) if attribute in node.element.attrib else None

    present = said("present", _YES_NO)
    return TimerDef(
        name,
        None if present is None else present == "yes",
        said("tickpolicy", _TICK_POLICIES),
        said("track", _TRACKS),
        node.attribute("frequency", lambda text: parse_number(text, 1, (1 << 63) - 1)),
        said("mode", _TSC_MODES),
        line=node.line,
    )


def format_features(d: DomainDef) -> Iterator[str]:
    """Write <features>."""
    inner = [f"    <{name}/>" for name in FLAGS if name in d.features]
    inner += _states(d, "hap")
    if d.hyperv:
        inner.append("    <hyperv mode='custom'>")
        for name in HYPERV:
            if name in d.hyperv:
                inner += _hyperv(name, d.hyperv[name])
        inner.append("    </hyperv>")
    if d.kvm_hidden is not None:
        inner += ["    <kvm>", f"      <hidden state='{_on_off(d.kvm_hidden)}'/>", "    </kvm>"]
    inner += _states(d, *STATES[1:])
    if inner:
        yield from element("features", "", inner, "  ")


def _states(d: DomainDef, *names: str) -> list[str]:
    return [f"    <{name} state='{d.feature_states[name]}'/>" for name in names if name in d.feature_states]


def _hyperv(name: str, said: dict[str, str]) -> Iterator[str]:
    attributes = " ".join(f"{key}='{value}'" for key, value in said.items() if key != "direct")
    direct = [f"        <direct state='{said['direct']}'/>"] if "direct" in said else []
    yield from element(name, attributes, direct, "      ")


def _on_off(on: bool) -> str:
    return "on" if on else "off"


def _yes_no(yes: bool) -> str:
    return "yes" if yes else "no"


def format_cpu(cpu: CpuDef | None) -> Iterator[str]:
    """Write <cpu>."""
    if cpu is None:
        return
    said = {"mode": cpu.mode, "match": cpu.match, "check": cpu.check, "migratable": cpu.migratable}
    attributes = " ".join(f"{name}='{value}'" for name, value in said.items() if value is not None)
    inner: list[str] = []
    if cpu.model is not None:
        inner.append(f"    <model fallback='{cpu.fallback or 'allow'}'>{cpu.model}</model>")
    if cpu.vendor is not None:
        inner.append(f"    <vendor>{cpu.vendor}</vendor>")
    if cpu.topology is not None:
        levels = " ".join(f"{name}='{count}'" for name, count in cpu.topology._asdict().items())
        inner.append(f"    <topology {levels}/>")
    inner += [f"    <feature policy='{policy}' name='{name}'/>" for name, policy in cpu.features.items()]
    yield from element("cpu", attributes, inner, "  ")


def format_clock(d: DomainDef) -> Iterator[str]:
    """Write <clock>."""
    inner = []
    for timer in d.timers:
        said = {
            "name": timer.name,
            "present": None if timer.present is None else _yes_no(timer.present),
            "tickpolicy": timer.tickpolicy,
            "track": timer.track,
            "frequency": timer.frequency,
            "mode": timer.mode,
        }
        attributes = " ".join(f"{name}='{value}'" for name, value in said.items() if value is not None)
        inner.append(f"    <timer {attributes}/>")
    yield from element("clock", f"offset='{d.clock_offset}'", inner, "  ")


def format_pm(d: DomainDef) -> Iterator[str]:
    """Write <pm>."""
    said = (("suspend-to-mem", d.suspend_to_mem), ("suspend-to-disk", d.suspend_to_disk))
    inner = [f"    <{name} enabled='{_yes_no(on)}'/>" for name, on in said if on is not None]
    if inner:
        yield from element("pm", "", inner, "  ")
