"""DomainDef -> domain XML, in libvirt's order and with its indentation."""

from __future__ import annotations

from collections.abc import Iterator

from virtrpcd import domxml_hardware, domxml_machine, domxml_tuning
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml_address import element, format_device
from virtrpcd.domxml_values import ESCAPES
from virtrpcd.metadata import format_metadata

_MODEL = ["        <model name='isa-serial'/>"]
_DRIVER_OPTIONS = ("name", "type", "cache", "io", "discard", "detect_zeroes")


def format_domain(d: DomainDef, *, id: int | None, secure: bool = False) -> str:
    """Return the XML of a definition; parse_domain gives the same definition back.

    id: shown when not None (the machine runs). secure: with passwords, which are left out otherwise.
    """
    lines = [f"<domain type={_quoted(d.type)}>" if id is None else f"<domain type={_quoted(d.type)} id='{id}'>"]
    lines += _general(d)
    lines += _os(d.os)
    lines += domxml_machine.format_features(d)
    lines += domxml_machine.format_cpu(d.cpu)
    lines += domxml_machine.format_clock(d)
    lines += [_leaf("on_poweroff", d.on_poweroff), _leaf("on_reboot", d.on_reboot), _leaf("on_crash", d.on_crash)]
    lines += domxml_machine.format_pm(d)
    lines += domxml_tuning.format_perf(d.tuning)
    lines.append("  <devices>")
    lines += _devices(d, secure)
    lines += ["  </devices>", "</domain>", ""]
    return "\n".join(lines)


def _quoted(value: str | int) -> str:
    return f"'{str(value).translate(ESCAPES)}'"


def _leaf(name: str, text: str | None, indent: str = "  ") -> str:
    return f"{indent}<{name}>{(text or '').translate(ESCAPES)}</{name}>"


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
    yield f"    <type{arch}{machine}>{os.type.translate(ESCAPES)}</type>"
    for name, text in (("kernel", os.kernel), ("initrd", os.initrd), ("cmdline", os.cmdline)):
        if text:
            yield _leaf(name, text, "    ")
    for device in os.boot:
        yield f"    <boot dev={_quoted(device)}/>"
    if os.boot_menu is not None:
        timeout = "" if os.boot_menu_timeout_ms is None else f" timeout='{os.boot_menu_timeout_ms}'"
        yield f"    <bootmenu enable='{'yes' if os.boot_menu else 'no'}'{timeout}/>"
    yield "  </os>"


def _devices(d: DomainDef, secure: bool) -> Iterator[str]:
    if d.emulator is not None:
        yield _leaf("emulator", d.emulator, "    ")
    for disk in d.disks:
        yield from _disk(disk)
    yield from domxml_hardware.format_controllers(d)
    for interface in d.interfaces:
        yield from _interface(interface)
    for serial in d.serials:
        yield from _serial(serial)
    for serial in d.serials:
        if serial.port == 0:
            yield from _char("console", serial, ["      <target type='serial' port='0'/>"])
    yield from domxml_hardware.format_before_graphics(d)
    for graphics in d.graphics:
        yield from _graphics(graphics, secure)
    yield from domxml_hardware.format_after_graphics(d)


def _disk(disk: DiskDef) -> Iterator[str]:
    yield f"    <disk type='file' device={_quoted(disk.device)}>"
    said = disk.options if disk.format is None else {**disk.options, "type": disk.format}
    if said:
        yield f"      <driver{''.join(f' {name}={_quoted(said[name])}' for name in _DRIVER_OPTIONS if name in said)}/>"
    if disk.source is not None:
        yield f"      <source file={_quoted(disk.source)}/>"
    if disk.alone:
        yield "      <backingStore/>"
    yield f"      <target dev={_quoted(disk.target)} bus={_quoted(disk.bus)}/>"
    yield from domxml_tuning.format_io_tune(disk.iotune)
    if disk.readonly:
        yield "      <readonly/>"
    if disk.serial is not None:
        yield _leaf("serial", disk.serial, "      ")
    yield from _boot_order(disk.boot_order)
    yield from format_device(disk)
    yield "    </disk>"


def _boot_order(order: int | None) -> Iterator[str]:
    if order is not None:
        yield f"      <boot order='{order}'/>"


def _interface(interface: InterfaceDef) -> Iterator[str]:
    inner: list[str] = []
    if interface.mac is not None:
        inner.append(f"      <mac address={_quoted(interface.mac)}/>")
    if interface.source is not None:
        inner.append(f"      <source {interface.type}={_quoted(interface.source)}/>")
    inner += domxml_tuning.format_bandwidth(interface.bandwidth)
    if interface.target is not None:
        inner.append(f"      <target dev={_quoted(interface.target)}/>")
    if interface.model is not None:
        inner.append(f"      <model type={_quoted(interface.model)}/>")
    if interface.link_up is not None:
        inner.append(f"      <link state='{'up' if interface.link_up else 'down'}'/>")
    inner += _boot_order(interface.boot_order)
    yield from element("interface", f"type={_quoted(interface.type)}", [*inner, *format_device(interface)])


def _serial(serial: SerialDef) -> Iterator[str]:
    if serial.target_type is None:
        yield from _char("serial", serial, [f"      <target port='{serial.port}'/>"])
        return
    target = element("target", f"type='{serial.target_type}' port='{serial.port}'", _MODEL, "      ")
    yield from _char("serial", serial, list(target))


def _char(name: str, serial: SerialDef, target: list[str]) -> Iterator[str]:
    inner: list[str] = []
    if serial.path is not None:
        append = " append='on'" if serial.append else ""
        inner.append(f"      <source path={_quoted(serial.path)}{append}/>")
    yield from element(name, f"type={_quoted(serial.type)}", [*inner, *target, *format_device(serial)])


def _graphics(graphics: GraphicsDef, secure: bool) -> Iterator[str]:
    autoport = "yes" if graphics.autoport else "no"
    listen = "" if graphics.listen is None else f" listen={_quoted(graphics.listen)}"
    address = "" if graphics.listen is None else f" address={_quoted(graphics.listen)}"
    passwd = f" passwd={_quoted(graphics.passwd)}" if secure and graphics.passwd is not None else ""
    keymap = "" if graphics.keymap is None else f" keymap='{graphics.keymap}'"
    place = f"port='{graphics.port}' autoport='{autoport}'{listen}"
    yield f"    <graphics type={_quoted(graphics.type)} {place}{keymap}{passwd}>"
    yield f"      <listen type='address'{address}/>"
    yield "    </graphics>"
