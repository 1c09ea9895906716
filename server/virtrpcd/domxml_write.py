"""DomainDef -> domain XML, in libvirt's order and with its indentation."""

from __future__ import annotations

from collections.abc import Iterator

from virtrpcd import domxml_tuning
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.metadata import format_metadata

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
_QEMU_TYPES = ("qemu", "kvm")


def format_domain(d: DomainDef, *, id: int | None, secure: bool = False) -> str:
    """Return the XML of a definition; parse_domain gives the same definition back.

    id: shown when not None (the machine runs). secure: with passwords, which are left out otherwise.
    """
    lines = [f"<domain type={_quoted(d.type)}>" if id is None else f"<domain type={_quoted(d.type)} id='{id}'>"]
    lines += _general(d)
    lines += _os(d.os)
    if d.features:
        lines += ["  <features>", *(f"    <{name}/>" for name in d.features), "  </features>"]
    lines.append(f"  <clock offset={_quoted(d.clock_offset)}/>")
    lines += [_leaf("on_poweroff", d.on_poweroff), _leaf("on_reboot", d.on_reboot), _leaf("on_crash", d.on_crash)]
    lines += domxml_tuning.format_perf(d.tuning)
    lines.append("  <devices>")
    lines += _devices(d, secure)
    lines += ["  </devices>", "</domain>", ""]
    return "\n".join(lines)


def _quoted(value: str | int) -> str:
    return f"'{str(value).translate(_ESCAPES)}'"


def _leaf(name: str, text: str | None, indent: str = "  ") -> str:
    return f"{indent}<{name}>{(text or '').translate(_ESCAPES)}</{name}>"


def _general(d: DomainDef) -> Iterator[str]:
    yield _leaf("name", d.name)
    if d.uuid is not None:
        text = d.uuid.hex()
        yield _leaf("uuid", f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    if d.title:
        yield _leaf("title", d.title)
    if d.description:
        yield _leaf("description", d.description)
    if d.metadata is not None:
        yield from format_metadata(d.metadata, "  ")
    yield f"  <memory unit='KiB'>{d.memory_kib}</memory>"
    yield f"  <currentMemory unit='KiB'>{d.current_memory_kib}</currentMemory>"
    yield from domxml_tuning.format_limits(d.tuning)
    current = f" current='{d.vcpus}'" if d.vcpus != d.max_vcpus else ""
    yield f"  <vcpu placement='static'{current}>{d.max_vcpus}</vcpu>"
    yield from domxml_tuning.format_cpu_and_numa(d.tuning, d.vcpu_pins)


def _os(os: OsDef) -> Iterator[str]:
    arch = "" if os.arch is None else f" arch={_quoted(os.arch)}"
    machine = "" if os.machine is None else f" machine={_quoted(os.machine)}"
    yield "  <os>"
    yield f"    <type{arch}{machine}>{os.type.translate(_ESCAPES)}</type>"
    for name, text in (("kernel", os.kernel), ("initrd", os.initrd), ("cmdline", os.cmdline)):
        if text:
            yield _leaf(name, text, "    ")
    for device in os.boot:
        yield f"    <boot dev={_quoted(device)}/>"
    yield "  </os>"


def _devices(d: DomainDef, secure: bool) -> Iterator[str]:
    if d.emulator is not None:
        yield _leaf("emulator", d.emulator, "    ")
    for disk in d.disks:
        yield from _disk(disk, d.type)
    for interface in d.interfaces:
        yield from _interface(interface)
    for serial in d.serials:
        yield from _char("serial", serial, "")
    for serial in d.serials:
        if serial.port == 0:
            yield from _char("console", serial, " type='serial'")
    for graphics in d.graphics:
        yield from _graphics(graphics, secure)
    if d.memballoon is not None:
        yield from _memballoon(d.memballoon, d.tuning.balloon_period_s)


def _memballoon(model: str, period_s: int) -> Iterator[str]:
    if not period_s:
        yield f"    <memballoon model={_quoted(model)}/>"
        return
    yield f"    <memballoon model={_quoted(model)}>"
    yield f"      <stats period='{period_s}'/>"
    yield "    </memballoon>"


def _disk(disk: DiskDef, kind: str) -> Iterator[str]:
    name = " name='qemu'" if kind in _QEMU_TYPES else ""
    yield f"    <disk type='file' device={_quoted(disk.device)}>"
    yield f"      <driver{name} type={_quoted(disk.format)}/>"
    if disk.source is not None:
        yield f"      <source file={_quoted(disk.source)}/>"
    yield f"      <target dev={_quoted(disk.target)} bus={_quoted(disk.bus)}/>"
    yield from domxml_tuning.format_io_tune(disk.iotune)
    if disk.readonly:
        yield "      <readonly/>"
    if disk.serial is not None:
        yield _leaf("serial", disk.serial, "      ")
    yield "    </disk>"


def _interface(interface: InterfaceDef) -> Iterator[str]:
    if interface.mac is None and interface.model is None and not interface.bandwidth:
        yield f"    <interface type={_quoted(interface.type)}/>"
        return
    yield f"    <interface type={_quoted(interface.type)}>"
    if interface.mac is not None:
        yield f"      <mac address={_quoted(interface.mac)}/>"
    if interface.model is not None:
        yield f"      <model type={_quoted(interface.model)}/>"
    yield from domxml_tuning.format_bandwidth(interface.bandwidth)
    yield "    </interface>"


def _char(element: str, serial: SerialDef, target_type: str) -> Iterator[str]:
    yield f"    <{element} type={_quoted(serial.type)}>"
    if serial.path is not None:
        append = " append='on'" if serial.append else ""
        yield f"      <source path={_quoted(serial.path)}{append}/>"
    yield f"      <target{target_type} port='{serial.port}'/>"
    yield f"    </{element}>"


def _graphics(graphics: GraphicsDef, secure: bool) -> Iterator[str]:
    autoport = "yes" if graphics.autoport else "no"
    listen = "" if graphics.listen is None else f" listen={_quoted(graphics.listen)}"
    address = "" if graphics.listen is None else f" address={_quoted(graphics.listen)}"
    passwd = f" passwd={_quoted(graphics.passwd)}" if secure and graphics.passwd is not None else ""
    yield f"    <graphics type={_quoted(graphics.type)} port='{graphics.port}' autoport='{autoport}'{listen}{passwd}>"
    yield f"      <listen type='address'{address}/>"
    yield "    </graphics>"
