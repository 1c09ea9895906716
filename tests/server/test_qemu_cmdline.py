"""Definitions become QEMU arguments, and nothing in them becomes more than one argument."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.drivers.qemu.cmdline import arguments
from virtrpcd.drivers.qemu.launch import Launch
from virtrpcd.errors import ConfigUnsupported, InvalidArgument
from virtrpcd.hardware_def import (
    ChannelDef,
    ControllerDef,
    DriveAddress,
    InputDef,
    PanicDef,
    PciAddress,
    RngDef,
    UsbAddress,
    VideoDef,
    VirtioSerialAddress,
    WatchdogDef,
)
from virtrpcd.machine_def import CpuDef, TimerDef, Topology

LAUNCH = Launch("tcg", "abc", 10)


def definition(**changes: object) -> DomainDef:
    base = DomainDef(
        "qemu",
        "m1",
        bytes(16),
        memory_kib=131072,
        current_memory_kib=131072,
        max_vcpus=4,
        vcpus=2,
        os=OsDef(arch="x86_64", machine="pc-i440fx-7.2", boot=["hd", "cdrom"]),
        emulator="/usr/bin/qemu-system-x86_64",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def after(args: list[str], option: str) -> list[str]:
    """The values of an option, in order."""
    return [value for name, value in itertools.pairwise(args) if name == option]


def devices(args: list[str]) -> list[dict[str, object]]:
    return [json.loads(value) for value in after(args, "-device")]


def test_a_plain_machine() -> None:
    args = arguments(definition(), LAUNCH)
    assert args[0] == "/usr/bin/qemu-system-x86_64"
    assert after(args, "-name") == ["guest=m1,debug-threads=on"]
    assert after(args, "-m") == ["size=131072k"]
    assert after(args, "-smp") == ["cpus=2,maxcpus=4"]
    assert after(args, "-uuid") == ["00000000-0000-0000-0000-000000000000"]
    assert after(args, "-boot") == ["order=cd,strict=on"]
    assert after(args, "-display") == ["none"]
    assert after(args, "-sandbox")[0].startswith("on,")
    assert {"-S", "-nodefaults", "-no-user-config", "-no-shutdown"} <= set(args)
    assert [device["driver"] for device in devices(args)] == ["virtio-balloon-pci"]


NASTY = [
    "a,b",
    "a=b",
    "-S",
    "--",
    "a,,b",
    "{}",
    '"',
    "\\",
    "a b",
    "ü",
    "$(id)",
    "`id`",
    ";",
    "guest=x,debug-threads=off",
]


@pytest.mark.parametrize("text", NASTY)
def test_odd_text_stays_one_value(text: str) -> None:
    d = definition(
        name=text,
        disks=[DiskDef("vda", "virtio", source=f"/images/{text}", serial=text)],
        os=OsDef(arch="x86_64", machine="pc", kernel=f"/k/{text}", initrd=f"/i/{text}", cmdline=text),
    )
    args = arguments(d, LAUNCH)
    plain = arguments(
        definition(
            disks=[DiskDef("vda", "virtio", source="/images/x", serial="x")],
            os=OsDef(arch="x86_64", machine="pc", kernel="/k/x", initrd="/i/x", cmdline="x"),
        ),
        LAUNCH,
    )
    assert len(args) == len(plain)
    assert after(args, "-name")[0] == f"guest={text.replace(',', ',,')},debug-threads=on"
    assert json.loads(after(args, "-blockdev")[0])["filename"] == f"/images/{text}"
    assert devices(args)[0]["serial"] == text
    assert args[args.index("-kernel") + 1] == f"/k/{text}"
    assert args[args.index("-append") + 1] == text


@pytest.mark.parametrize("bad", ["a\0b", "a\nb", "a\rb"])
def test_nul_and_line_ends_are_refused(bad: str) -> None:
    for d in (
        definition(name=bad),
        definition(os=OsDef(machine="pc", kernel="/k", cmdline=bad)),
        definition(os=OsDef(machine="pc", kernel=bad)),
        definition(os=OsDef(machine=bad)),
        definition(disks=[DiskDef("vda", "virtio", source=bad)]),
        definition(disks=[DiskDef("vda", "virtio", source="/x", serial=bad)]),
    ):
        with pytest.raises(InvalidArgument):
            arguments(d, LAUNCH)


DISKS = [
    (DiskDef("vdb", "virtio"), {"driver": "virtio-blk-pci"}),
    (DiskDef("hdd", "ide"), {"driver": "ide-hd", "bus": "ide.1", "unit": 1}),
    (DiskDef("hdc", "ide", device="cdrom"), {"driver": "ide-cd", "bus": "ide.1", "unit": 0}),
    (DiskDef("sdc", "sata"), {"driver": "ide-hd", "bus": "sata0.2"}),
    (DiskDef("sdaa", "scsi"), {"driver": "scsi-hd", "bus": "scsi1.0", "scsi-id": 0, "lun": 12}),
    (DiskDef("sda", "usb"), {"driver": "usb-storage", "bus": "usb0.0"}),
]


@pytest.mark.parametrize(("disk", "wanted"), DISKS, ids=[row[0].bus + row[0].target for row in DISKS])
def test_disks_go_where_their_name_says(disk: DiskDef, wanted: dict[str, object]) -> None:
    args = arguments(definition(disks=[replace(disk, source="/images/d", readonly=True)]), LAUNCH)
    (device,) = [device for device in devices(args) if device["id"] == f"dev-{disk.target}"]
    assert wanted.items() <= device.items()
    file, image = (json.loads(value) for value in after(args, "-blockdev"))
    assert device["drive"] == image["node-name"]
    assert image["file"] == file["node-name"]
    assert file["read-only"] is image["read-only"] is True


@pytest.mark.parametrize(
    ("disk", "machine"),
    [
        (DiskDef("hde", "ide", source="/d"), "pc"),
        (DiskDef("hda", "ide", source="/d"), "pc-q35-7.2"),
        (DiskDef("hdb", "ide", source="/d", address=DriveAddress(0, 0, 1, 0)), "pc"),
        (DiskDef("sda", "sata", source="/d", address=DriveAddress(0, 0, 0, 6)), "pc"),
        (DiskDef("vda", "virtio", device="cdrom", source="/d"), "pc"),
        (DiskDef("fda", "fdc", source="/d"), "pc"),
    ],
)
def test_disks_that_have_no_place_are_refused(disk: DiskDef, machine: str) -> None:
    with pytest.raises(ConfigUnsupported, match=disk.target):
        arguments(definition(disks=[disk], os=OsDef(machine=machine)), LAUNCH)


def test_a_qcow2_image_gets_no_backing_file_whatever_its_head_says() -> None:
    args = arguments(definition(disks=[DiskDef("vda", "virtio", source="/d", format="qcow2")]), LAUNCH)
    assert json.loads(after(args, "-blockdev")[1])["backing"] is None


def test_paths_are_those_that_were_checked() -> None:
    launch = replace(LAUNCH, files={"/link": "/real"})
    d = definition(disks=[DiskDef("vda", "virtio", source="/link")], os=OsDef(machine="pc", kernel="/link"))
    args = arguments(d, launch)
    assert not any("/link" in arg for arg in args)


def test_serial_ports_write_to_open_files_not_to_paths() -> None:
    d = definition(
        serials=[SerialDef("null", port=1), SerialDef("file", "/out", port=0), SerialDef("file", "/b", port=2)]
    )
    args = arguments(d, replace(LAUNCH, serial_fds=[11, 12]))
    assert after(args, "-add-fd") == ["set=1,fd=11", "set=3,fd=12"]
    assert not any("/out" in arg for arg in args)
    assert [device["index"] for device in devices(args) if device["driver"] == "isa-serial"] == [0, 1, 2]


def test_vnc_passwords_are_not_in_the_arguments() -> None:
    args = arguments(definition(graphics=[GraphicsDef(passwd="geheim", listen="::1")]), LAUNCH)
    assert after(args, "-vnc") == ["[::1]:0,to=99,password=on"]
    assert not any("geheim" in arg for arg in args)
    assert after(arguments(definition(graphics=[GraphicsDef(port=5907, autoport=False)]), LAUNCH), "-vnc") == [
        "127.0.0.1:7"
    ]


def test_vnc_beyond_this_host_is_refused() -> None:
    with pytest.raises(ConfigUnsupported):
        arguments(definition(graphics=[GraphicsDef(listen="0.0.0.0")]), LAUNCH)


def test_networks_have_their_addresses() -> None:
    args = arguments(definition(interfaces=[InterfaceDef(mac="52:54:00:00:00:01", model="virtio")]), LAUNCH)
    assert json.loads(after(args, "-netdev")[0]) == {"type": "user", "id": "hostnet0"}
    assert devices(args)[0]["driver"] == "virtio-net-pci"
    assert devices(args)[0]["mac"] == "52:54:00:00:00:01"


def test_a_guest_that_must_not_reboot_shuts_down_instead() -> None:
    assert "-action" not in arguments(definition(), LAUNCH)
    assert after(arguments(definition(on_reboot="destroy"), LAUNCH), "-action") == ["reboot=shutdown"]


def test_ports_of_type_pty_and_channels_listen_on_sockets_that_are_handed_over() -> None:
    d = definition(
        serials=[SerialDef("pty", port=1), SerialDef("pty", port=0)],
        channels=[ChannelDef(name="org.qemu.guest_agent.0", address=VirtioSerialAddress(0, 0, 1))],
        controllers=[ControllerDef("virtio-serial", 0)],
    )
    args = arguments(d, replace(LAUNCH, socket_fds=[11, 12, 13]))
    assert [value for value in after(args, "-chardev") if "monitor" not in value][1:] == [
        "socket,id=serial0,fd=11,server=on,wait=off",
        "socket,id=serial1,fd=12,server=on,wait=off",
        "socket,id=channel0,fd=13,server=on,wait=off",
    ]
    port = next(device for device in devices(args) if device["driver"] == "virtserialport")
    assert port["name"] == "org.qemu.guest_agent.0"
    assert (port["bus"], port["nr"], port["chardev"]) == ("virtio-serial0.0", 1, "channel0")


CPUS: list[tuple[CpuDef | None, str, str]] = [
    (None, "tcg", "qemu64"),
    (CpuDef("custom", model="EPYC", features={"svm": "disable", "aes": "require"}), "kvm", "EPYC,svm=off,aes=on"),
    (CpuDef("host-passthrough", migratable="off"), "kvm", "host,migratable=off"),
    (CpuDef("host-model"), "kvm", "host"),
    (CpuDef("host-model"), "tcg", "max"),
    (CpuDef("maximum"), "kvm", "max"),
]


@pytest.mark.parametrize(("cpu", "accel", "wanted"), CPUS)
def test_cpus(cpu: CpuDef | None, accel: str, wanted: str) -> None:
    assert after(arguments(definition(cpu=cpu), replace(LAUNCH, accel=accel)), "-cpu") == [wanted]


def test_topology_is_told() -> None:
    args = arguments(definition(cpu=CpuDef(topology=Topology(1, 1, 2, 2))), LAUNCH)
    assert after(args, "-smp") == ["cpus=2,maxcpus=4,sockets=1,dies=1,cores=2,threads=2"]


def test_features_timers_and_power_management_reach_qemu() -> None:
    d = definition(
        hyperv={
            "spinlocks": {"state": "on", "retries": "8191"},
            "vapic": {"state": "off"},
            "stimer": {"state": "on", "direct": "on"},
            "vendor_id": {"state": "on", "value": "abc"},
        },
        kvm_hidden=True,
        feature_states={"vmport": "off", "pmu": "on"},
        timers=[
            TimerDef("rtc", tickpolicy="catchup", track="guest"),
            TimerDef("pit", tickpolicy="delay"),
            TimerDef("hpet", present=False),
            TimerDef("hypervclock", present=True),
            TimerDef("kvmclock", present=False),
            TimerDef("tsc", frequency=3000000000),
        ],
        suspend_to_mem=False,
        suspend_to_disk=True,
    )
    args = arguments(d, LAUNCH)
    (cpu,) = after(args, "-cpu")
    assert cpu.split(",") == [
        *("qemu64", "hv-spinlocks=8191", "hv-stimer=on", "hv-stimer-direct=on", "hv-vendor-id=abc", "kvm=off"),
        *("pmu=on", "hv-time=on", "kvmclock=off", "tsc-frequency=3000000000"),
    ]
    assert after(args, "-machine")[0].endswith(",vmport=off,hpet=off")
    assert after(args, "-rtc") == ["base=utc,clock=vm,driftfix=slew"]
    assert after(args, "-global") == [
        "kvm-pit.lost_tick_policy=delay", "PIIX4_PM.disable_s3=1", "PIIX4_PM.disable_s4=0",
    ]  # fmt: skip


def test_devices_come_after_what_they_sit_on() -> None:
    d = definition(
        os=OsDef(machine="pc-q35-7.2"),
        controllers=[
            ControllerDef("usb", 0, model="ich9-uhci1", startport=0, address=PciAddress(0, 29, 0, True)),
            ControllerDef("usb", 0, model="ich9-ehci1", address=PciAddress(0, 29, 7)),
            ControllerDef("scsi", 0, model="virtio-scsi", address=PciAddress(1, 0)),
            ControllerDef("pci", 0, model="pcie-root"),
            ControllerDef("pci", 1, model="pcie-root-port", chassis=1, port=16, address=PciAddress(0, 2)),
            ControllerDef("sata", 0),
            ControllerDef("sata", 1),
        ],
        inputs=[InputDef("tablet", "usb", address=UsbAddress(0, "1.2")), InputDef("mouse", "ps2")],
        memballoon="none",
    )
    assert devices(arguments(d, LAUNCH)) == [
        {"driver": "pcie-root-port", "id": "pci.1", "chassis": 1, "port": 16, "bus": "pcie.0", "addr": "0x2.0x0"},
        {"driver": "ich9-usb-ehci1", "id": "usb0", "bus": "pcie.0", "addr": "0x1d.0x7"},
        {"driver": "virtio-scsi-pci", "id": "scsi0", "bus": "pci.1", "addr": "0x0.0x0"},
        {"driver": "ahci", "id": "sata1"},
        {
            "driver": "ich9-usb-uhci1", "id": "usb0-ich9-uhci1", "masterbus": "usb0.0", "firstport": 0,
            "bus": "pcie.0", "addr": "0x1d.0x0", "multifunction": True,
        },
        {"driver": "usb-tablet", "id": "input0", "bus": "usb0.0", "port": "1.2"},
    ]  # fmt: skip


CACHES = [
    ("none", {"direct": True, "no-flush": False}, "on"),
    ("writethrough", {"direct": False, "no-flush": False}, "off"),
    ("unsafe", {"direct": False, "no-flush": True}, "on"),
]


@pytest.mark.parametrize(("cache", "wanted", "write_cache"), CACHES)
def test_what_a_disks_driver_says_reaches_both_nodes(
    cache: str, wanted: dict[str, bool], write_cache: str
) -> None:
    options = {"name": "qemu", "cache": cache, "discard": "unmap", "detect_zeroes": "on", "io": "threads"}
    args = arguments(definition(disks=[DiskDef("vda", "virtio", source="/d", options=options, boot_order=2)]), LAUNCH)
    file, image = (json.loads(value) for value in after(args, "-blockdev"))
    assert file["cache"] == image["cache"] == wanted
    assert (file["discard"], file["aio"]) == ("unmap", "threads")
    assert (image["discard"], image["detect-zeroes"]) == ("unmap", "on")
    assert devices(args)[0]["write-cache"] == write_cache
    assert devices(args)[0]["bootindex"] == 2


def test_video_cards() -> None:
    cards = [VideoDef("vga", vram=16384), VideoDef("virtio", heads=2), VideoDef("qxl")]
    found = [device for device in devices(arguments(definition(videos=cards), LAUNCH)) if "video" in str(device["id"])]
    assert [device["driver"] for device in found] == ["VGA", "virtio-gpu-pci", "qxl"]
    assert found[0]["vgamem_mb"] == 16
    assert found[1]["max_outputs"] == 2
    none = arguments(definition(videos=[VideoDef("none")]), LAUNCH)
    assert not any("video" in str(device["id"]) for device in devices(none))


def test_random_numbers_watchdog_and_panic() -> None:
    d = definition(
        rngs=[RngDef("/dev/urandom", 1024, 500)], watchdog=WatchdogDef("i6300esb", "poweroff"), panic=PanicDef("isa")
    )
    args = arguments(d, LAUNCH)
    source = {"qom-type": "rng-random", "id": "objrng0", "filename": "/dev/urandom"}
    assert json.loads(after(args, "-object")[0]) == source
    rng = next(device for device in devices(args) if device["driver"] == "virtio-rng-pci")
    assert (rng["rng"], rng["max-bytes"], rng["period"]) == ("objrng0", 1024, 500)
    assert after(args, "-action") == ["watchdog=poweroff"]
    assert {"i6300esb", "pvpanic"} <= {device["driver"] for device in devices(args)}


def test_the_boot_menu() -> None:
    menu = OsDef(machine="pc", boot=["hd"], boot_menu=True, boot_menu_timeout_ms=3000)
    assert after(arguments(definition(os=menu), LAUNCH), "-boot") == ["order=c,menu=on,splash-time=3000,strict=on"]
    assert after(arguments(definition(os=OsDef(machine="pc")), LAUNCH), "-boot") == []
