"""Sitting down at a real machine of the qemu driver: console, channels, screen, keys, QEMU's monitor, statistics."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from drivers.qemu_child import settings
from needs import skip_without
from waiting import wait_until

import guest as guests
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.qemu.driver import QemuDriver
from virtrpcd.drivers.screens import MonitorEvent
from virtrpcd.drivers.streams import Duplex
from virtrpcd.errors import InvalidArgument, OperationFailed, OperationInvalid, OperationUnsupported, VirtError
from virtrpcd.events import EventBus
from virtrpcd.hardware_def import ChannelDef, ControllerDef, InputDef, VideoDef

pytestmark = pytest.mark.interop

GUEST_S = 60.0
ENTER = 28
VECTORS = Path(__file__).parent.parent / "vectors" / "virt_install"

Body = Callable[[QemuDriver], Awaitable[None]]


@pytest.fixture(scope="module", autouse=True)
def _qemu() -> None:
    skip_without(None if shutil.which("qemu-system-x86_64") else "needs qemu-system-x86_64")


@pytest.fixture(scope="session")
def guest() -> guests.Guest:
    try:
        return guests.guest()
    except guests.NoGuest as reason:
        skip_without(f"no Linux guest: {reason}")
        raise


def with_driver(folder: Path, body: Body) -> None:
    """Run `body` with a driver in `folder`; the machines that it knows are ended with it."""

    async def run() -> None:
        driver = QemuDriver(EventBus(), settings(folder, guests.cache_folder()))
        await driver.start()
        try:
            await body(driver)
        finally:
            for ref in driver.domains():
                if ref.id >= 0:
                    await driver.destroy(ref.uuid, 0)
            await driver.stop()

    (folder / "images").mkdir(exist_ok=True)
    asyncio.run(run())


def small(**changes: object) -> DomainDef:
    """A machine with a screen and a console that stays in its BIOS."""
    base = DomainDef(
        "qemu",
        "small",
        os.urandom(16),
        memory_kib=65536,
        current_memory_kib=65536,
        serials=[SerialDef("pty"), SerialDef("null", port=1)],
        graphics=[GraphicsDef()],
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def linux(guest: guests.Guest, extra: str = "") -> DomainDef:
    """The guest, its serial port a console."""
    os_def = OsDef(kernel=str(guest.kernel), initrd=str(guest.initrd), cmdline=guests.CMDLINE + extra)
    return small(os=os_def, memory_kib=guests.MEMORY_KIB, current_memory_kib=guests.MEMORY_KIB)


async def start(driver: QemuDriver, definition: DomainDef) -> bytes:
    return (await driver.create_xml(format_domain(definition, id=None, secure=True), 0)).uuid


async def read_until(console: Duplex, wanted: bytes) -> bytes:
    """Read until `wanted` was read; return all."""
    found = b""
    async with asyncio.timeout(GUEST_S):
        while wanted not in found:
            more = await console.read()
            assert more, f"the console ended after {found!r}"
            found += more
    return found


def test_one_can_log_in_and_run_a_command_on_the_console(guest: guests.Guest, tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, linux(guest, guests.LOGIN))
        console = await driver.open_console(uuid, None, 0)
        await read_until(console, b"login:")
        await console.write(b"root\n")
        await read_until(console, b"#")
        await console.write(b"echo $((6*7))\n")
        assert b"42" in await read_until(console, b"42\r\n")
        await console.close()
        again = await driver.open_console(uuid, "serial0", 0)
        await again.write(b"echo still $((40+3))\n")
        await read_until(again, b"still 43")

    with_driver(tmp_path, body)


def test_a_console_is_for_one_unless_the_next_insists(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small())
        first = await driver.open_console(uuid, None, 0)
        with pytest.raises(OperationFailed, match="Active console session exists"):
            await driver.open_console(uuid, "console0", 0)
        waiting = asyncio.create_task(first.read())
        second = await driver.open_console(uuid, None, 1)
        assert await asyncio.wait_for(waiting, 10) == b""
        await driver.destroy(uuid, 0)
        async with asyncio.timeout(10):
            while await second.read():
                pass

    with_driver(tmp_path, body)


def test_closing_a_console_that_nobody_reads_ends(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small())
        console = await driver.open_console(uuid, None, 0)
        # the BIOS reads a few bytes at most; the rest stays on the way
        writing = asyncio.create_task(console.write(bytes(8 << 20)))
        await asyncio.wait([writing], timeout=0.5)
        async with asyncio.timeout(10):
            await console.close()
            await asyncio.wait([writing])
        await (await driver.open_console(uuid, None, 0)).close()

    with_driver(tmp_path, body)


def test_what_is_no_console_is_refused(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small())
        with pytest.raises(VirtError, match="cannot find console device 'serial7'"):
            await driver.open_console(uuid, "serial7", 0)
        with pytest.raises(VirtError, match="serial1 is not using a PTY"):
            await driver.open_console(uuid, "serial1", 0)
        with pytest.raises(VirtError, match="cannot find channel"):
            await driver.open_channel(uuid, None, 0)
        with pytest.raises(InvalidArgument):
            await driver.open_console(uuid, None, 8)

    with_driver(tmp_path, body)


def test_a_channel_is_opened_by_its_name(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small(channels=[ChannelDef(name="a.0"), ChannelDef(name="b.0")]))
        first = await driver.open_channel(uuid, None, 0)
        with pytest.raises(OperationFailed, match="Active channel session"):
            await driver.open_channel(uuid, "a.0", 0)
        second = await driver.open_channel(uuid, "b.0", 0)
        for one in (first, second):
            await one.close()

    with_driver(tmp_path, body)


def test_a_console_outlives_the_daemon_that_started_the_machine(tmp_path: Path) -> None:
    definition = small()

    async def first(driver: QemuDriver) -> None:
        ref = await driver.define(format_domain(definition, id=None), 0)
        await driver.start_domain(ref.uuid, 0)
        await driver.stop()

    async def second(driver: QemuDriver) -> None:
        assert definition.uuid is not None
        console = await driver.open_console(definition.uuid, None, 0)
        await console.close()

    (tmp_path / "images").mkdir()

    async def leave() -> None:
        driver = QemuDriver(EventBus(), settings(tmp_path, guests.cache_folder()))
        await driver.start()
        await first(driver)

    asyncio.run(leave())
    with_driver(tmp_path, second)


def size_of(png: bytes) -> tuple[int, int]:
    """The width and height that a PNG file says."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack_from(">II", png, 16)
    return width, height


def test_a_screenshot_is_a_picture_of_the_screen(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small(videos=[VideoDef("vga"), VideoDef("virtio")]))
        found = await driver.screenshot(uuid, 0, 0)
        assert found.mime == "image/png"
        assert size_of(found.data) in ((720, 400), (640, 480))
        other = await driver.screenshot(uuid, 1, 0)
        assert size_of(other.data) != (0, 0)
        with pytest.raises(OperationInvalid, match="no such screen"):
            await driver.screenshot(uuid, 2, 0)
        assert not list((tmp_path / "run").glob("*.screen*"))

    with_driver(tmp_path, body)


def test_a_machine_without_a_screen_has_no_picture(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small(graphics=[]))
        with pytest.raises(OperationUnsupported, match="no screens"):
            await driver.screenshot(uuid, 0, 0)

    with_driver(tmp_path, body)


def test_keys_reach_the_guest(guest: guests.Guest, tmp_path: Path) -> None:
    """What is typed on the first text screen comes to a program that reads there."""

    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, linux(guest, guests.LOGIN))
        console = await driver.open_console(uuid, None, 0)
        await read_until(console, b"login:")
        await console.write(b"root\n")
        await read_until(console, b"#")
        await console.write(b"read -r typed < /dev/tty0; echo typed-$typed-\n")
        await read_until(console, b"typed-$typed-\r\n")
        done = asyncio.create_task(read_until(console, b"typed-a-"))
        while not done.done():
            # again and again: the program may not have begun to read
            for key in (30, ENTER):
                await driver.send_key(uuid, 0, 20, [key], 0)
            await asyncio.wait([done], timeout=1)
        await done

    with_driver(tmp_path, body)


def test_keys_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small())
        for codeset, keys in ((99, [1]), (0, []), (0, [1] * 17)):
            with pytest.raises(InvalidArgument):
                await driver.send_key(uuid, codeset, 0, keys, 0)
        with pytest.raises(VirtError, match="cannot translate keycode 266"):
            await driver.send_key(uuid, 0, 0, [266], 0)
        await driver.send_key(uuid, 7, 10, [224, 4], 0)
        await driver.inject_nmi(uuid, 0)

    with_driver(tmp_path, body)


def test_qemus_monitor_answers_as_it_stands(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small())
        answer = json.loads(await driver.monitor_command(uuid, '{"execute": "query-name"}', False))
        assert answer["return"] == {"name": "small"}
        mine = json.loads(await driver.monitor_command(uuid, '{"execute": "query-name", "id": 7}', False))
        assert mine["id"] == 7
        refused = json.loads(await driver.monitor_command(uuid, '{"execute": "no-such"}', False))
        assert refused["error"]["class"] == "CommandNotFound"
        assert "running" in await driver.monitor_command(uuid, "info status", True)
        with pytest.raises(OperationFailed, match="longer than any wire takes"):
            await driver.monitor_command(uuid, "xp /800000xb 0", True)
        assert len(await driver.monitor_command(uuid, "xp /200000xb 0", True)) > 1 << 20
        odd = ("NaN", "1e999999", '"\\ud800"', '"\\uffff"', '"\\ufdd0"', '"\\udbff\\udfff"', "[" * 100000)
        not_json = [f'{{"execute": "query-name", "arguments": {{"a": {value}}}}}' for value in odd]
        for bad in ("", "[]", "{}", '{"execute": 1}', "nonsense", *not_json):
            with pytest.raises(VirtError):
                await driver.monitor_command(uuid, bad, False)
        with pytest.raises(VirtError):
            await driver.monitor_command(uuid, "info \uffff", True)
        assert "small" in await driver.monitor_command(uuid, '{"execute": "query-name"}', False)

    with_driver(tmp_path, body)


def test_the_monitors_events_are_told_to_who_listens(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        heard: list[MonitorEvent] = []
        end = driver.listen_to_monitor(heard.append)
        uuid = await start(driver, small())
        await driver.suspend(uuid)
        await wait_until(lambda: any(event.event == "STOP" for event in heard))
        stop = next(event for event in heard if event.event == "STOP")
        assert stop.dom == driver.lookup_by_uuid(uuid)
        assert stop.seconds > 0
        end()
        end()
        before = len(heard)
        await driver.resume(uuid)
        await driver.monitor_command(uuid, "info status", True)
        assert len(heard) == before

    with_driver(tmp_path, body)


def test_disks_are_counted_and_measured(guest: guests.Guest, tmp_path: Path) -> None:
    image = tmp_path / "images" / "disk"
    image.parent.mkdir()
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(image), "8M"], check=True)
    definition = linux(guest)
    definition.disks = [
        DiskDef("vda", "virtio", source=str(image), format="qcow2"), DiskDef("hdc", "ide", "cdrom", readonly=True),
    ]  # fmt: skip
    definition.interfaces = [InterfaceDef(mac="52:54:00:00:00:01")]

    async def body(driver: QemuDriver) -> None:
        ref = await driver.define(format_domain(definition, id=None), 0)
        off = driver.block_info(ref.uuid, "vda", 0)
        assert off == driver.block_info(ref.uuid, str(image), 0)
        assert (off.capacity, off.physical) == (8 << 20, image.stat().st_size)
        with pytest.raises(OperationInvalid):
            driver.block_stats(ref.uuid, "vda")
        await driver.start_domain(ref.uuid, 0)
        console = await driver.open_console(ref.uuid, None, 0)
        await read_until(console, b"tick 1")
        await driver.learn_details([ref.uuid, bytes(16)])
        # the kernel looks for partitions
        assert driver.block_stats(ref.uuid, "vda").read_bytes >= 4096
        assert driver.block_stats(ref.uuid, "") == driver.block_stats(ref.uuid, "vda")
        named = {param.field: param.value for param in driver.block_stats_parameters(ref.uuid, "vda", 0)}
        assert named["rd_operations"] == driver.block_stats(ref.uuid, "vda").read_requests
        assert driver.block_info(ref.uuid, "vda", 0).capacity == 8 << 20
        for path in ("vdb", "/etc/passwd"):
            with pytest.raises(InvalidArgument, match="invalid path"):
                driver.block_stats(ref.uuid, path)
            with pytest.raises(InvalidArgument, match="not assigned to domain"):
                driver.block_info(ref.uuid, path, 0)
        with pytest.raises(VirtError, match="Interface name not provided"):
            driver.interface_stats(ref.uuid, "52:54:00:00:00:01")
        with pytest.raises(InvalidArgument, match="not a known interface"):
            driver.interface_stats(ref.uuid, "vnet0")
        stats = {param.field: param.value for param in driver.domain_stats(ref.uuid, 0)}
        assert stats["block.count"] == 2
        assert stats["block.0.name"] == "vda"
        assert stats["block.0.capacity"] == 8 << 20
        assert "block.1.path" not in stats
        assert stats["net.count"] == 1
        assert stats["vcpu.0.state"] == 1
        assert isinstance(stats["cpu.user"], int)
        assert 0 < stats["cpu.user"] <= driver.domain_info(ref.uuid).cpu_time_ns
        assert {name.split(".")[0] for name in stats} == {"state", "cpu", "balloon", "vcpu", "net", "block"}
        assert driver.domain_stats(ref.uuid, 0x10)[0].field == "net.count"

    with_driver(tmp_path, body)


def test_a_qemu_that_does_not_answer_spoils_no_other_statistics(tmp_path: Path) -> None:
    async def body(driver: QemuDriver) -> None:
        uuid = await start(driver, small(disks=[DiskDef("sda", "sata", "cdrom", readonly=True)]))
        await driver.learn_details([uuid])
        assert driver.block_stats(uuid, "sda").read_bytes == 0
        pid = driver._find(uuid).need_run().process.pid
        os.kill(pid, 19)
        try:
            await driver.learn_details([uuid])
        finally:
            os.kill(pid, 18)
        with pytest.raises(OperationFailed, match="no counters"):
            driver.block_stats(uuid, "sda")
        assert any(param.field == "state.state" for param in driver.domain_stats(uuid, 0))

    with_driver(tmp_path, body)


@pytest.mark.parametrize("name", ["linux2022-q35", "linux2022-pc", "generic-pc", "win10-q35"])
def test_what_virt_install_writes_starts(name: str, tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(images / "disk.qcow2"), "8M"], check=True)
    xml = (VECTORS / f"{name}.xml").read_text().replace("/images/", f"{images}/").replace(">1048576<", ">131072<")

    async def body(driver: QemuDriver) -> None:
        ref = await driver.create_xml(xml, 0)
        assert "<graphics type='vnc' port='59" in driver.domain_xml(ref.uuid, 0)
        assert "<console type='pty'>" in driver.domain_xml(ref.uuid, 0)
        size_of((await driver.screenshot(ref.uuid, 0, 0)).data)
        await (await driver.open_console(ref.uuid, None, 0)).close()

    with_driver(tmp_path, body)


def test_devices_of_all_kinds_start(tmp_path: Path) -> None:
    inputs = [InputDef(type, bus) for type in ("tablet", "mouse", "keyboard") for bus in ("usb", "virtio")]
    devices = small(
        controllers=[ControllerDef("usb", model="qemu-xhci", ports=15)],
        inputs=inputs,
        videos=[VideoDef("bochs"), VideoDef("vga"), VideoDef("virtio", heads=2)],
        channels=[ChannelDef(name="org.qemu.guest_agent.0")],
        interfaces=[InterfaceDef(model=model, link_up=False) for model in ("virtio", "e1000e", "rtl8139")],
    )
    # what has no definition of its own here
    more = "<watchdog model='i6300esb'/><rng model='virtio'><backend model='random'/></rng><panic model='isa'/>"

    async def body(driver: QemuDriver) -> None:
        for machine in ("pc", "q35"):
            devices.os.machine = machine
            xml = format_domain(devices, id=None).replace("</devices>", f"{more}</devices>")
            ref = await driver.create_xml(xml, 0)
            await driver.destroy(ref.uuid, 0)

    with_driver(tmp_path, body)
