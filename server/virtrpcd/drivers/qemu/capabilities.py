"""What the host and its QEMU can do, in libvirt's two formats: capabilities, and those of one kind of machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from virtrpcd.domxml_machine import HYPERV
from virtrpcd.drivers.qemu import host
from virtrpcd.drivers.qemu.cmdline_devices import PRIMARY_CARDS
from virtrpcd.drivers.qemu.launch import is_q35
from virtrpcd.drivers.qemu.probe import ARCH, MAX_VCPUS, Emulator
from virtrpcd.errors import FROM_QEMU, InvalidArgument

_KINDS: Final = ("qemu", "kvm")
_ON_OFF: Final = ("on", "off")


def capabilities(emulator: Emulator, kvm: bool) -> str:
    """Return what the host and the driver can do."""
    node = host.node_info()
    lines = [
        "<capabilities>", "", "  <host>", "    <cpu>", f"      <arch>{escape(node.model)}</arch>",
        f"      <topology sockets='{node.sockets}' dies='1' cores='{node.cores}' threads='{node.threads}'/>",
        "      <pages unit='KiB' size='4'/>", "    </cpu>", "    <power_management/>", "    <iommu support='no'/>",
        "    <topology>", "      <cells num='1'>", "        <cell id='0'>",
        f"          <memory unit='KiB'>{node.memory_kib}</memory>", f"          <cpus num='{node.cpus}'>",
        *(f"            <cpu id='{cpu}'/>" for cpu in sorted(host.online_cpus())),
        "          </cpus>", "        </cell>", "      </cells>", "    </topology>", "  </host>", "",
        "  <guest>", "    <os_type>hvm</os_type>", f"    <arch name='{ARCH}'>", "      <wordsize>64</wordsize>",
        f"      <emulator>{escape(emulator.path)}</emulator>", *_machines(emulator), "      <domain type='qemu'/>",
        *(["      <domain type='kvm'/>"] if kvm else []), "    </arch>", "    <features>",
        "      <acpi default='on' toggle='no'/>", "      <apic default='on' toggle='no'/>", "      <cpuselection/>",
        "      <deviceboot/>", "    </features>", "  </guest>", "", "</capabilities>", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _machines(emulator: Emulator) -> Iterator[str]:
    for name, full in emulator.machines.items():
        canonical = "" if full == name else f" canonical='{escape(full)}'"
        yield f"      <machine{canonical} maxCpus='{MAX_VCPUS}'>{escape(name)}</machine>"


def domain_capabilities(
    emulator: Emulator, kvm: bool, path: str | None, arch: str | None, machine: str | None, kind: str | None
) -> str:
    """Return what a machine of this kind can have; what is not said is what a definition would get.

    Raises InvalidArgument for a kind of machine that there is not.
    """
    kind = kind or ("kvm" if kvm else "qemu")
    full = emulator.machines.get(machine or "pc")
    if path not in (None, emulator.path):
        raise _wrong(f"the emulator '{path}' is not this host's, {emulator.path}")
    if arch not in (None, ARCH):
        raise _wrong(f"unknown architecture: {arch}")
    if kind not in _KINDS or (kind == "kvm" and not kvm):
        raise _wrong(f"the accel '{kind}' is not supported by '{emulator.path}' on this host")
    if full is None:
        raise _wrong(f"the machine '{machine}' is not supported by emulator '{emulator.path}'")
    lines = [
        "<domainCapabilities>", f"  <path>{escape(emulator.path)}</path>", f"  <domain>{kind}</domain>",
        f"  <machine>{escape(full)}</machine>", f"  <arch>{ARCH}</arch>", f"  <vcpu max='{MAX_VCPUS}'/>",
        "  <iothreads supported='no'/>", "  <os supported='yes'>", "    <enum name='firmware'/>",
        "    <loader supported='no'/>", "  </os>", *_cpu(emulator, kind), "  <memoryBacking supported='no'/>",
        *_devices(emulator, full), *_features(), "</domainCapabilities>", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _wrong(why: str) -> InvalidArgument:
    return InvalidArgument(f"invalid argument: {why}", domain=FROM_QEMU, detail=why)


def _enum(name: str, values: Iterable[str], indent: str) -> Iterator[str]:
    yield f"{indent}<enum name='{name}'>"
    yield from (f"{indent}  <value>{value}</value>" for value in values)
    yield f"{indent}</enum>"


def _cpu(emulator: Emulator, kind: str) -> Iterator[str]:
    yield "  <cpu>"
    if kind == "kvm":
        yield "    <mode name='host-passthrough' supported='yes'>"
        yield from _enum("hostPassthroughMigratable", _ON_OFF, "      ")
        yield "    </mode>"
    else:
        yield "    <mode name='host-passthrough' supported='no'/>"
    yield "    <mode name='maximum' supported='yes'>"
    yield from _enum("maximumMigratable", _ON_OFF, "      ")
    yield "    </mode>"
    # it is taken, but which model it comes to is not known before the start
    yield "    <mode name='host-model' supported='no'/>"
    yield "    <mode name='custom' supported='yes'>"
    yield from (f"      <model usable='unknown' vendor='unknown'>{escape(name)}</model>" for name in emulator.cpus)
    yield from ("    </mode>", "  </cpu>")


def _devices(emulator: Emulator, machine: str) -> Iterator[str]:
    yield "  <devices>"
    buses = ("scsi", "virtio", "usb", "sata") if is_q35(machine) else ("ide", "scsi", "virtio", "usb", "sata")
    cards = [card for card, device in PRIMARY_CARDS.items() if device in emulator.devices]
    supported: dict[str, dict[str, tuple[str, ...]]] = {
        "disk": {"diskDevice": ("disk", "cdrom"), "bus": buses, "model": ("virtio",)},
        "graphics": {"type": ("vnc",)},
        "video": {"modelType": (*cards, "none")},
        "hostdev": {},
        "rng": {"model": ("virtio",), "backendModel": ("random",)},
        "filesystem": {},
        "tpm": {},
        "redirdev": {},
        "channel": {"type": ("unix",)},
    }
    for name, enums in supported.items():
        if not enums:
            yield f"    <{name} supported='no'/>"
            continue
        yield f"    <{name} supported='yes'>"
        for enum, values in enums.items():
            yield from _enum(enum, values, "      ")
        yield f"    </{name}>"
    yield "  </devices>"


def _features() -> Iterator[str]:
    yield "  <features>"
    yield "    <gic supported='no'/>"
    yield "    <vmcoreinfo supported='yes'/>"
    for name in ("genid", "backingStoreInput", "backup", "sev"):
        yield f"    <{name} supported='no'/>"
    yield "    <hyperv supported='yes'>"
    yield from _enum("features", HYPERV, "      ")
    yield from ("    </hyperv>", "  </features>")
