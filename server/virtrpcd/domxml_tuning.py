"""The tuning elements of domain XML: read into a TuningDef, written from it, in libvirt's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from virtrpcd.cpuset import format_cpuset, parse_cpuset
from virtrpcd.domxml_node import Node
from virtrpcd.domxml_values import check_path, check_text, parse_memory_kib, parse_number
from virtrpcd.tuning_def import (
    BANDWIDTH,
    BLKIO_DEVICE_LIMITS,
    CPU_SHARES,
    IO_TUNE,
    MEMORY_LIMITS,
    NUMA_MODES,
    PERF_EVENTS,
    IoTune,
    TuningDef,
)

CHILDREN: Final = ("blkiotune", "memtune", "iothreads", "iothreadids", "cputune", "numatune", "perf")
"""What of <domain> is read and written here."""

_TUNING: Final = (
    "blkiotune", "memtune", "iothreads", "iothreadids", "numatune", "perf",
    "cputune/emulatorpin", "cputune/iothreadpin",
    *(f"cputune/{name}" for name in CPU_SHARES), "devices/disk/iotune", "devices/interface/bandwidth",
    "devices/memballoon/stats",
)  # fmt: skip
MAX_IOTHREADS: Final = 16384
_MOST: Final = (1 << 63) - 1
_PLACEMENT: Final = {"static": True, "auto": False}
_YES_NO: Final = {"yes": True, "no": True}
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})


def refuse_tuning(root: Node) -> None:
    """Raise ConfigUnsupported for the first tuning element, if there is one; for drivers that do none of it."""
    for path in _TUNING:
        element = root.element.find(path)
        if element is not None:
            parent = root.path + "".join(f"/{part}" for part in path.split("/")[:-1])
            node = Node(element, parent)
            raise node.unsupported("element", node.path)


def read_tuning(root: Node) -> TuningDef:
    """Return the tuning of <domain>, but for <vcpupin>."""
    found = TuningDef()
    _read_memory(root.child("memtune"), found)
    _read_blkio(root.child("blkiotune"), found)
    _read_iothreads(root, found)
    _read_cpu(root.child("cputune"), found)
    _read_numa(root.child("numatune"), found)
    perf = root.child("perf")
    for event in [] if perf is None else perf.only(children=("event",)).children("event"):
        event.only(attributes=("name", "enabled"))
        name = event.chosen("name", dict.fromkeys(PERF_EVENTS, True), None)
        found.perf[name] = event.chosen("enabled", _YES_NO, None) == "yes"
    return found


def read_io_tune(node: Node | None) -> IoTune:
    """Return the limits in a disk's <iotune>."""
    if node is None:
        return {}
    node.only(children=IO_TUNE)
    found: IoTune = {}
    for name in IO_TUNE:
        value: int | str | None = node.leaf(name, check_text) if name == "group_name" else node.leaf(name, _amount)
        if value:
            found[name] = value
    return found


def read_bandwidth(node: Node | None) -> dict[str, int]:
    """Return the limits in an interface's <bandwidth>, by names like "inbound.average"."""
    found: dict[str, int] = {}
    if node is None:
        return found
    node.only(children=tuple(BANDWIDTH))
    for way, names in BANDWIDTH.items():
        limits = node.child(way)
        if limits is not None:
            limits.only(attributes=names)
            found |= {f"{way}.{name}": value for name in names if (value := limits.attribute(name, _amount))}
    return found


def _amount(text: str) -> int:
    return parse_number(text, 0, _MOST)


def _signed(text: str) -> int:
    return -parse_number(text.strip()[1:], 0, _MOST) if text.strip().startswith("-") else _amount(text)


def _read_memory(node: Node | None, found: TuningDef) -> None:
    if node is None:
        return
    node.only(children=MEMORY_LIMITS)
    for name in MEMORY_LIMITS:
        limit = node.child(name)
        if limit is not None:
            unit = limit.only(attributes=("unit",), text=True).attribute("unit", check_text)
            found.memory_kib[name] = _memory(limit, unit)


def _memory(node: Node, unit: str | None) -> int:
    return node.convert(node.text(), lambda text: parse_memory_kib(text, unit), node.path)


def _read_blkio(node: Node | None, found: TuningDef) -> None:
    if node is None:
        return
    node.only(children=("weight", "device"))
    found.blkio_weight = node.leaf("weight", _amount) or 0
    for device in node.children("device"):
        device.only(children=("path", *BLKIO_DEVICE_LIMITS))
        path = device.leaf("path", check_path)
        if path is None:
            raise device.bad("<path> is missing", device.path)
        limits = {name: value for name in BLKIO_DEVICE_LIMITS if (value := device.leaf(name, _amount))}
        found.blkio_devices[path] = limits


def _read_iothreads(root: Node, found: TuningDef) -> None:
    count = root.leaf("iothreads", lambda text: parse_number(text, 0, MAX_IOTHREADS)) or 0
    ids = root.child("iothreadids")
    for entry in [] if ids is None else ids.only(children=("iothread",)).children("iothread"):
        number = entry.only(attributes=("id",)).needed("id", lambda text: parse_number(text, 1, (1 << 32) - 1))
        if number in found.iothreads:
            raise entry.bad(f"iothread {number} is there twice", entry.path)
        found.iothreads.append(number)
    # those that are counted and not named get the lowest free numbers
    taken = set(found.iothreads)
    number = 1
    while len(found.iothreads) < count:
        if number not in taken:
            found.iothreads.append(number)
        number += 1


def _read_cpu(node: Node | None, found: TuningDef) -> None:
    if node is None:
        return
    node.only(children=(*CPU_SHARES, "vcpupin", "emulatorpin", "iothreadpin"))
    for name in CPU_SHARES:
        value = node.leaf(name, _signed)
        if value:
            found.cpu[name] = value
    emulator = node.child("emulatorpin")
    if emulator is not None:
        found.emulator_pin = format_cpuset(emulator.only(attributes=("cpuset",)).needed("cpuset", parse_cpuset))
    for pin in node.children("iothreadpin"):
        pin.only(attributes=("iothread", "cpuset"))
        thread = pin.needed("iothread", lambda text: parse_number(text, 1, (1 << 32) - 1))
        if thread not in found.iothreads:
            raise pin.bad(f"there is no iothread {thread}", pin.path)
        found.iothread_pins[thread] = format_cpuset(pin.needed("cpuset", parse_cpuset))


def _read_numa(node: Node | None, found: TuningDef) -> None:
    memory = None if node is None else node.only(children=("memory",)).child("memory")
    if memory is None:
        return
    memory.only(attributes=("mode", "nodeset", "placement")).chosen("placement", _PLACEMENT, "static")
    found.numa_mode = memory.chosen("mode", dict.fromkeys(NUMA_MODES, True), "strict")
    found.numa_nodeset = format_cpuset(memory.needed("nodeset", parse_cpuset))


def format_limits(d: TuningDef) -> Iterator[str]:
    """Write what stands before <vcpu>: <blkiotune> and <memtune>."""
    devices = {path: limits for path, limits in d.blkio_devices.items() if limits}
    if d.blkio_weight or devices:
        yield "  <blkiotune>"
        if d.blkio_weight:
            yield f"    <weight>{d.blkio_weight}</weight>"
        for path, limits in devices.items():
            yield from ("    <device>", f"      <path>{path.translate(_ESCAPES)}</path>")
            yield from _numbers(limits, BLKIO_DEVICE_LIMITS, "      ")
            yield "    </device>"
        yield "  </blkiotune>"
    if d.memory_kib:
        yield "  <memtune>"
        for name in MEMORY_LIMITS:
            if name in d.memory_kib:
                yield f"    <{name} unit='KiB'>{d.memory_kib[name]}</{name}>"
        yield "  </memtune>"


def format_cpu_and_numa(d: TuningDef, vcpu_pins: Mapping[int, str]) -> Iterator[str]:
    """Write what stands after <vcpu>: <iothreads>, <cputune>, <numatune>."""
    if d.iothreads:
        yield f"  <iothreads>{len(d.iothreads)}</iothreads>"
        if d.iothreads != list(range(1, len(d.iothreads) + 1)) or d.iothread_pins:
            yield "  <iothreadids>"
            yield from (f"    <iothread id='{number}'/>" for number in d.iothreads)
            yield "  </iothreadids>"
    if d.cpu or vcpu_pins or d.emulator_pin is not None or d.iothread_pins:
        yield "  <cputune>"
        yield from _numbers(d.cpu, CPU_SHARES, "    ")
        yield from (f"    <vcpupin vcpu='{vcpu}' cpuset='{cpuset}'/>" for vcpu, cpuset in sorted(vcpu_pins.items()))
        if d.emulator_pin is not None:
            yield f"    <emulatorpin cpuset='{d.emulator_pin}'/>"
        for number in d.iothreads:
            if number in d.iothread_pins:
                yield f"    <iothreadpin iothread='{number}' cpuset='{d.iothread_pins[number]}'/>"
        yield "  </cputune>"
    if d.numa_nodeset is not None:
        yield "  <numatune>"
        yield f"    <memory mode='{d.numa_mode or NUMA_MODES[0]}' nodeset='{d.numa_nodeset}'/>"
        yield "  </numatune>"


def format_perf(d: TuningDef) -> Iterator[str]:
    """Write <perf>, which stands before <devices>."""
    if d.perf:
        yield "  <perf>"
        for name in PERF_EVENTS:
            if name in d.perf:
                yield f"    <event name='{name}' enabled='{'yes' if d.perf[name] else 'no'}'/>"
        yield "  </perf>"


def format_io_tune(limits: IoTune) -> Iterator[str]:
    """Write a disk's <iotune>."""
    if limits:
        yield "      <iotune>"
        for name in IO_TUNE:
            if name in limits:
                yield f"        <{name}>{str(limits[name]).translate(_ESCAPES)}</{name}>"
        yield "      </iotune>"


def format_bandwidth(limits: Mapping[str, int]) -> Iterator[str]:
    """Write an interface's <bandwidth>."""
    if limits:
        yield "      <bandwidth>"
        for way, names in BANDWIDTH.items():
            shown = [f" {name}='{limits[f'{way}.{name}']}'" for name in names if f"{way}.{name}" in limits]
            if shown:
                yield f"        <{way}{''.join(shown)}/>"
        yield "      </bandwidth>"


def _numbers(values: Mapping[str, int], names: tuple[str, ...], indent: str) -> Iterator[str]:
    for name in names:
        if name in values:
            yield f"{indent}<{name}>{values[name]}</{name}>"
