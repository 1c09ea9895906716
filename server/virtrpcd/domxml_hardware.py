"""The smaller devices of domain XML: controllers, channels, input, video, watchdog, random numbers, panic.

Read into a DomainDef, written from it, in libvirt's order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml_address import CHILDREN, element, format_device, read_device
from virtrpcd.domxml_node import Node, choices
from virtrpcd.domxml_values import ESCAPES, check_path, parse_number, parse_whole
from virtrpcd.hardware_def import (
    ChannelDef,
    ControllerDef,
    Device,
    InputDef,
    PanicDef,
    RngDef,
    VideoDef,
    WatchdogDef,
)

D = TypeVar("D", bound=Device)

ELEMENTS: Final = (
    "controller", "channel", "input", "audio", "video", "watchdog", "memballoon", "rng", "panic",
)  # fmt: skip
"""What of <devices> is read and written here."""

MAX_CONTROLLERS: Final = 255
MAX_OF_ONE_KIND: Final = 64


USB2_COMPANIONS: Final = ("ich9-uhci1", "ich9-uhci2", "ich9-uhci3")
_CONTROLLERS: Final = choices("usb pci ide sata scsi virtio-serial", "ccid fdc isa xenbus")
_MODELS: Final = {
    "usb": choices(
        "qemu-xhci nec-xhci piix3-uhci piix4-uhci ehci ich9-ehci1 ich9-uhci1 ich9-uhci2 ich9-uhci3 none",
        "pci-ohci qusb1 qusb2 vt82c686b-uhci",
    ),
    "pci": choices(
        "pci-root pcie-root pcie-root-port pci-bridge pcie-to-pci-bridge",
        "dmi-to-pci-bridge pci-expander-bus pcie-expander-bus pcie-switch-upstream-port pcie-switch-downstream-port",
    ),
    "ide": choices("piix3 piix4 ich6"),
    "scsi": choices(
        "auto virtio-scsi lsilogic", "am53c974 buslogic dc390 ibmvscsi lsisas1068 lsisas1078 ncr53c90 vmpvscsi"
        " virtio-non-transitional virtio-transitional",
    ),
    "sata": {},
    "virtio-serial": choices("virtio", "virtio-non-transitional virtio-transitional"),
}  # fmt: skip
_PORT_MODELS: Final = choices("pcie-root-port ioh3420 pcie-pci-bridge pci-bridge")
_CHANNEL_TYPES: Final = choices(
    "unix", "dbus dev file nmdm null pipe pty qemu-vdagent spiceport spicevmc stdio tcp udp vc"
)
_CHANNEL_TARGETS: Final = choices("virtio", "guestfwd xen")
_MODES: Final = choices("bind", "connect")
_INPUTS: Final = choices("tablet mouse keyboard", "evdev passthrough")
_INPUT_BUSES: Final = choices("ps2 usb virtio", "none parallels xen")
_AUDIO: Final = choices("none", "alsa coreaudio dbus file jack oss pulseaudio sdl spice")
_VIDEOS: Final = choices("bochs cirrus none qxl vga virtio", "gop parallels ramfb vbox vmvga xen")
_YES_NO: Final = choices("yes no")
_ON_OFF: Final = choices("on off")
_WATCHDOGS: Final = choices("i6300esb", "diag288 ib700 itco")
_WATCHDOG_ACTIONS: Final = choices("reset shutdown poweroff pause none dump inject-nmi")
_BALLOONS: Final = choices("virtio none", "virtio-non-transitional virtio-transitional xen")
_RNGS: Final = choices("virtio", "virtio-non-transitional virtio-transitional")
_RNG_BACKENDS: Final = choices("random", "builtin egd")
_RANDOM: Final = ("/dev/urandom", "/dev/random", "/dev/hwrng")
_DEFAULT_SOURCE: Final = "/dev/random"
_PANICS: Final = choices("isa", "hyperv pseries pvpanic s390")
_PORT_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,127}\Z", re.ASCII)
_MAX_VIDEO_KIB: Final = 1 << 20


def read_hardware(node: Node, found: DomainDef) -> None:
    """Fill the smaller devices of `found` from <devices>."""
    for controller in _some(node, "controller", MAX_CONTROLLERS):
        found.controllers.append(_read_controller(controller, found.controllers))
    found.channels = [_read_channel(channel) for channel in _some(node, "channel")]
    found.inputs = [_read_input(one) for one in _some(node, "input")]
    for audio in _some(node, "audio"):
        audio.only(attributes=("id", "type")).chosen("type", _AUDIO, None)
        found.audios.append(str(audio.needed("id", lambda text: parse_number(text, 1, 255))))
    _read_videos(node, found.videos)
    watchdog = node.child("watchdog")
    if watchdog is not None:
        found.watchdog = _read_watchdog(watchdog)
    balloon = node.child("memballoon")
    if balloon is not None:
        _read_balloon(balloon, found)
    found.rngs = [_read_rng(rng) for rng in _some(node, "rng")]
    panic = node.child("panic")
    if panic is not None:
        panic.only(attributes=("model",), children=CHILDREN)
        found.panic = _with_place(panic, PanicDef(panic.chosen("model", _PANICS, "isa")))


def _some(node: Node, name: str, most: int = MAX_OF_ONE_KIND) -> list[Node]:
    found = node.children(name)
    if len(found) > most:
        raise found[most].unsupported(f"number of devices, more than {most}:", found[most].path)
    return found


def _with_place(node: Node, device: D) -> D:
    read_device(node, device)
    return device


def _small(text: str) -> int:
    return parse_whole(text, 0, MAX_CONTROLLERS)


def _read_controller(node: Node, before: list[ControllerDef]) -> ControllerDef:
    kind = node.chosen("type", _CONTROLLERS, None)
    more = {"usb": ("ports",), "virtio-serial": ("ports", "vectors")}.get(kind, ())
    inner = {"usb": ("master",), "pci": ("model", "target")}.get(kind, ())
    node.only(attributes=("type", "index", "model", *more), children=(*CHILDREN, *inner))
    model = node.chosen("model", _MODELS[kind], None) if "model" in node.element.attrib else None
    if kind == "pci" and model is None:
        raise node.bad("it is missing", f"{node.path}/@model")
    found = _with_place(node, ControllerDef(kind, model=None if model == "auto" else model))
    index = node.attribute("index", _small)
    found.index = -1 if index is None else index
    # companions share the place of the usb2 controller before them, and no others share one
    if model not in USB2_COMPANIONS and any((kind, index) == (known.type, known.index) for known in before):
        raise node.bad(f"there are two {kind} controllers with index {index}", node.path)
    found.ports = node.attribute("ports", lambda text: parse_number(text, 1, 255))
    found.vectors = node.attribute("vectors", lambda text: parse_number(text, 0, 2048))
    master = node.child("master")
    if master is not None:
        found.startport = master.only(attributes=("startport",)).needed("startport", _small)
    name = node.child("model")
    if name is not None:
        found.model_name = name.only(attributes=("name",)).chosen("name", _PORT_MODELS, None)
    target = node.child("target")
    if target is not None:
        target.only(attributes=("chassis", "port"))
        found.chassis, found.port = target.attribute("chassis", _small), target.attribute("port", _small)
    return found


def _port_name(text: str) -> str:
    if not _PORT_NAME.match(text):
        raise ValueError("it is not letters, digits and _.:-")
    return text


def _read_channel(node: Node) -> ChannelDef:
    node.only(attributes=("type",), children=("source", "target", *CHILDREN))
    kind = node.chosen("type", _CHANNEL_TYPES, None)
    target = node.child("target")
    if target is None:
        raise node.bad("<target> is missing", node.path)
    # whether the guest has it open (state) is told of a machine that runs, never taken
    target.only(attributes=("type", "name", "state")).chosen("type", _CHANNEL_TARGETS, None)
    source = node.child("source")
    path = None
    if source is not None:
        source.only(attributes=("mode", "path")).chosen("mode", _MODES, "bind")
        path = source.attribute("path", check_path)
    return _with_place(node, ChannelDef(kind, target.attribute("name", _port_name), path))


def _read_input(node: Node) -> InputDef:
    node.only(attributes=("type", "bus"), children=CHILDREN)
    kind = node.chosen("type", _INPUTS, None)
    bus = node.chosen("bus", _INPUT_BUSES, "usb" if kind == "tablet" else "ps2")
    if kind == "tablet" and bus == "ps2":
        raise node.bad("a tablet cannot be on bus ps2", f"{node.path}/@bus")
    return _with_place(node, InputDef(kind, bus))


def _kib(text: str) -> int:
    return parse_number(text, 1, _MAX_VIDEO_KIB)


def _read_videos(node: Node, videos: list[VideoDef]) -> None:
    """Read all cards; the primary one comes first, and if none says that it is, the first one is."""
    for video in _some(node, "video"):
        card = _read_video(video)
        if card.primary and videos and videos[0].primary:
            raise video.bad("there are two primary cards", video.path)
        videos.insert(0 if card.primary else len(videos), card)
    if videos and not videos[0].primary:
        videos[0].primary = videos[0].type != "none"


def _read_video(node: Node) -> VideoDef:
    node.only(children=("model", *CHILDREN))
    model = node.child("model")
    if model is None:
        return _with_place(node, VideoDef("default"))
    model.only(attributes=("type", "vram", "ram", "vgamem", "heads", "primary"), children=("acceleration",))
    kind = model.chosen("type", _VIDEOS, None)
    found = _with_place(node, VideoDef(kind, model.attribute("vram", _kib)))
    for name in ("ram", "vgamem"):
        said = model.attribute(name, _kib)
        if said is not None and kind != "qxl":
            raise model.bad("it is for type qxl only", f"{model.path}/@{name}")
        setattr(found, name, said)
    found.heads = model.attribute("heads", lambda text: parse_number(text, 1, 16))
    found.primary = model.chosen("primary", _YES_NO, "no") == "yes"
    acceleration = model.child("acceleration")
    if acceleration is not None:
        acceleration.only(attributes=("accel3d",))
        found.accel3d = acceleration.chosen("accel3d", {"yes": False, "no": True}, "no") == "yes"
    return found


def _read_watchdog(node: Node) -> WatchdogDef:
    node.only(attributes=("model", "action"), children=CHILDREN)
    model = node.chosen("model", _WATCHDOGS, None)
    return _with_place(node, WatchdogDef(model, node.chosen("action", _WATCHDOG_ACTIONS, "reset")))


def _read_balloon(node: Node, found: DomainDef) -> None:
    node.only(attributes=("model",), children=("stats", *CHILDREN))
    found.memballoon = node.chosen("model", _BALLOONS, None)
    read_device(node, found.balloon_device)
    found.balloon_device.line = 0
    stats = node.child("stats")
    if stats is not None:
        period_s = stats.only(attributes=("period",)).attribute("period", _period_s)
        found.tuning.balloon_period_s = period_s or 0


def _period_s(text: str) -> int:
    return parse_number(text, 0, (1 << 31) - 1)


def _read_rng(node: Node) -> RngDef:
    node.only(attributes=("model",), children=("rate", "backend", *CHILDREN))
    node.chosen("model", _RNGS, None)
    backend = node.child("backend")
    if backend is None:
        raise node.bad("<backend> is missing", node.path)
    backend.only(attributes=("model",), text=True).chosen("model", _RNG_BACKENDS, None)
    source = backend.text().strip() or _DEFAULT_SOURCE
    if source not in _RANDOM:
        raise backend.unsupported(f"source (only {', '.join(_RANDOM)}) of", backend.path)
    found = _with_place(node, RngDef(source))
    rate = node.child("rate")
    if rate is not None:
        rate.only(attributes=("bytes", "period"))
        found.rate_bytes = rate.needed("bytes", lambda text: parse_number(text, 1, (1 << 31) - 1))
        found.rate_period_ms = rate.attribute("period", lambda text: parse_number(text, 1, (1 << 31) - 1))
    return found


def _said(**values: str | int | None) -> str:
    return " ".join(f"{name}='{value}'" for name, value in values.items() if value is not None)


def format_controllers(d: DomainDef) -> Iterator[str]:
    """Write each <controller>."""
    for one in d.controllers:
        inner = [] if one.startport is None else [f"      <master startport='{one.startport}'/>"]
        if one.model_name is not None:
            inner.append(f"      <model name='{one.model_name}'/>")
        if one.chassis is not None or one.port is not None:
            port = None if one.port is None else f"0x{one.port:x}"
            inner.append(f"      <target {_said(chassis=one.chassis, port=port)}/>")
        index = None if one.index < 0 else one.index
        attributes = _said(type=one.type, index=index, model=one.model, ports=one.ports, vectors=one.vectors)
        yield from element("controller", attributes, [*inner, *format_device(one)])


def format_before_graphics(d: DomainDef) -> Iterator[str]:
    """Write <channel> and <input>."""
    for channel in d.channels:
        name = "" if channel.name is None else f" name='{channel.name}'"
        inner = (
            [] if channel.path is None else [f"      <source mode='bind' path='{channel.path.translate(ESCAPES)}'/>"]
        )
        inner.append(f"      <target type='virtio'{name}/>")
        yield from element("channel", _said(type=channel.type), [*inner, *format_device(channel)])
    for one in d.inputs:
        yield from element("input", _said(type=one.type, bus=one.bus), list(format_device(one)))


def format_after_graphics(d: DomainDef) -> Iterator[str]:
    """Write what stands after <graphics>."""
    for id in d.audios:
        yield f"    <audio id='{id}' type='none'/>"
    for video in d.videos:
        yield from element("video", "", [*_video(video), *format_device(video)])
    if d.watchdog is not None:
        attributes = _said(model=d.watchdog.model, action=d.watchdog.action)
        yield from element("watchdog", attributes, list(format_device(d.watchdog)))
    if d.memballoon is not None:
        yield from _balloon(d.memballoon, d.tuning.balloon_period_s, d.balloon_device)
    for rng in d.rngs:
        inner = []
        if rng.rate_bytes is not None:
            inner.append(f"      <rate {_said(bytes=rng.rate_bytes, period=rng.rate_period_ms)}/>")
        inner.append(f"      <backend model='random'>{rng.source}</backend>")
        yield from element("rng", "model='virtio'", [*inner, *format_device(rng)])
    if d.panic is not None:
        yield from element("panic", _said(model=d.panic.model), list(format_device(d.panic)))


def _video(video: VideoDef) -> Iterator[str]:
    if video.type == "default":
        return
    attributes = _said(
        type=video.type, ram=video.ram, vram=video.vram, vgamem=video.vgamem, heads=video.heads,
        primary="yes" if video.primary else None,
    )  # fmt: skip
    accel3d = None if video.accel3d is None else "yes" if video.accel3d else "no"
    inner = [] if accel3d is None else [f"        <acceleration accel3d='{accel3d}'/>"]
    yield from element("model", attributes, inner, "      ")


def _balloon(model: str, period_s: int, device: Device) -> Iterator[str]:
    stats = [f"      <stats period='{period_s}'/>"] if period_s else []
    yield from element("memballoon", f"model='{model}'", [*stats, *format_device(device)])
