"""The qemu driver with a real Linux guest, and after a daemon that was killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
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
from virtrpcd.drivers.qemu.process import find_by_argument
from virtrpcd.errors import AccessDenied, ConfigUnsupported, InvalidArgument, OperationFailed, OperationInvalid
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model import (
    Affect,
    BalloonEvent,
    DomainState,
    Lifecycle,
    LifecycleEvent,
    PausedReason,
    RebootEvent,
    ShutoffReason,
    StoppedDetail,
)

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module", autouse=True)
def _qemu() -> None:
    skip_without(None if shutil.which("qemu-system-x86_64") else "needs qemu-system-x86_64")

GUEST_S = 60.0
"""How long the emulated guest may take for anything, on a busy machine."""


@pytest.fixture(scope="session")
def guest() -> guests.Guest:
    try:
        return guests.guest()
    except guests.NoGuest as reason:
        skip_without(f"no Linux guest: {reason}")
        raise


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[QemuDriver]:
    """A driver in `folder`; the machines that it knows are ended with it."""
    driver = QemuDriver(EventBus(), settings(folder, guests.cache_folder()))
    await driver.start()
    try:
        yield driver
    finally:
        for ref in driver.domains():
            if ref.id >= 0:
                await driver.destroy(ref.uuid, 0)
        await driver.stop()


def small(name: str = "small") -> DomainDef:
    """A machine that stays in its BIOS."""
    return DomainDef("qemu", name, os.urandom(16), memory_kib=65536, current_memory_kib=65536, max_vcpus=2, vcpus=1)


def linux(guest: guests.Guest, folder: Path) -> DomainDef:
    """A machine that boots the guest; its serial output goes to `serial` in the images folder."""
    images = folder / "images"
    images.mkdir(exist_ok=True)
    return DomainDef(
        "qemu",
        "linux",
        os.urandom(16),
        memory_kib=guests.MEMORY_KIB,
        current_memory_kib=guests.MEMORY_KIB,
        max_vcpus=2,
        vcpus=1,
        os=OsDef(kernel=str(guest.kernel), initrd=str(guest.initrd), cmdline=guests.CMDLINE),
        interfaces=[InterfaceDef()],
        serials=[SerialDef("file", str(images / "serial"))],
    )


def serial(folder: Path) -> str:
    """What the guest has printed."""
    return (folder / "images" / "serial").read_text(errors="replace")


def xml_of(definition: DomainDef) -> str:
    return format_domain(definition, id=None, secure=True)


def events(driver: QemuDriver) -> list[object]:
    """All events so far."""
    return [entry.event for entry in driver.bus.read(Cursor(driver.bus.epoch, 1), 1 << 20).entries]


async def boot(driver: QemuDriver, definition: DomainDef, folder: Path) -> bytes:
    """Define and start the guest, wait until it is up; return its uuid."""
    ref = await driver.define(xml_of(definition), 0)
    await driver.start_domain(ref.uuid, 0)
    await wait_until(lambda: guests.UP in serial(folder), GUEST_S)
    return ref.uuid


def test_linux_boots_prints_and_powers_off_when_asked(guest: guests.Guest, tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, linux(guest, tmp_path), tmp_path)
            info = driver.domain_info(uuid)
            assert info.cpu_time_ns > 0
            assert sum(vcpu.cpu_time_ns for vcpu in driver.vcpus(uuid)) <= driver.domain_info(uuid).cpu_time_ns
            await driver.shutdown(uuid, 0)
            await wait_until(lambda: driver.domain_state(uuid)[0] == DomainState.SHUTOFF, GUEST_S)
            assert driver.domain_state(uuid)[1] == ShutoffReason.SHUTDOWN
            assert "going down" in serial(tmp_path)
            told = [(event.event, event.detail) for event in events(driver) if isinstance(event, LifecycleEvent)]
            assert told[-2:] == [(Lifecycle.SHUTDOWN, 0), (Lifecycle.STOPPED, StoppedDetail.SHUTDOWN)]

    asyncio.run(body())


def test_linux_reboots_when_asked(guest: guests.Guest, tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, linux(guest, tmp_path), tmp_path)
            await driver.reboot(uuid, 0)
            await wait_until(lambda: serial(tmp_path).count(guests.UP) == 2, GUEST_S)
            assert driver.domain_state(uuid)[0] == DomainState.RUNNING
            assert any(isinstance(event, RebootEvent) for event in events(driver))

    asyncio.run(body())


def test_linux_gives_up_memory_and_takes_a_vcpu(guest: guests.Guest, tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, linux(guest, tmp_path), tmp_path)
            wanted_kib = 100 * 1024
            await driver.set_memory(uuid, wanted_kib, Affect.LIVE)
            await wait_until(lambda: driver.domain_info(uuid).memory_kib == wanted_kib, GUEST_S)
            assert BalloonEvent(driver.lookup_by_uuid(uuid), wanted_kib) in events(driver)
            await driver.set_vcpus(uuid, 2, Affect.LIVE)
            # the guest brings it online, and it then uses time
            await wait_until(lambda: driver.vcpus(uuid)[1].cpu_time_ns > 0, GUEST_S)

    asyncio.run(body())


def test_linux_goes_on_where_it_was_saved(guest: guests.Guest, tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, linux(guest, tmp_path), tmp_path)
            await wait_until(lambda: "tick 2" in serial(tmp_path), GUEST_S)
            image = str(tmp_path / "images" / "saved")
            await driver.save(uuid, image, 0)
            before = serial(tmp_path)
            assert driver.domain_state(uuid) == (DomainState.SHUTOFF, ShutoffReason.SAVED)
            await driver.restore(image, 0)
            last = before.count("tick")
            await wait_until(lambda: f"tick {last + 2}" in serial(tmp_path), GUEST_S)
            assert serial(tmp_path).startswith(before)
            assert serial(tmp_path).count(guests.UP) == 1

    asyncio.run(body())


@contextmanager
def child(folder: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A process with a driver of its own; killed at the end, if it has not been before."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    script = Path(__file__).with_name("qemu_child.py")
    command = [sys.executable, str(script), str(folder), str(guests.cache_folder()), *args]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def run_and_kill(folder: Path, definition: DomainDef, *, seen: Callable[[], object] = lambda: True) -> None:
    """Start a machine in a child, wait for `seen`, and kill the child with no warning."""
    xml = folder / "machine.xml"
    xml.write_text(xml_of(definition))
    with child(folder, "run", str(xml)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("started")
        asyncio.run(wait_until(seen, GUEST_S))
        process.send_signal(signal.SIGKILL)


def test_a_new_daemon_finds_what_the_killed_one_left_running(guest: guests.Guest, tmp_path: Path) -> None:
    definition = linux(guest, tmp_path)
    run_and_kill(tmp_path, definition, seen=lambda: "tick" in serial(tmp_path))
    before = serial(tmp_path).count("tick")

    async def body() -> None:
        async with started(tmp_path) as driver:
            (ref,) = driver.domains()
            assert (ref.name, ref.uuid) == (definition.name, definition.uuid)
            assert ref.id > 0
            assert driver.domain_state(ref.uuid)[0] == DomainState.RUNNING
            assert driver.is_persistent(ref.uuid)
            assert driver.domain_info(ref.uuid).cpu_time_ns > 0
            await wait_until(lambda: serial(tmp_path).count("tick") > before, GUEST_S)
            assert serial(tmp_path).count(guests.UP) == 1
            await driver.suspend(ref.uuid)
            assert driver.domain_state(ref.uuid) == (DomainState.PAUSED, PausedReason.USER)
            await driver.resume(ref.uuid)
            await driver.shutdown(ref.uuid, 0)
            await wait_until(lambda: driver.domain_state(ref.uuid)[0] == DomainState.SHUTOFF, GUEST_S)
            assert driver.domain_state(ref.uuid)[1] == ShutoffReason.SHUTDOWN
            again = await driver.start_domain(ref.uuid, 0)
            assert again.id > ref.id

    asyncio.run(body())


def test_a_machine_that_died_without_a_daemon_is_shown_as_crashed(tmp_path: Path) -> None:
    definition = small()
    run_and_kill(tmp_path, definition)
    (pid,) = find_by_argument(f"guest={definition.name},")
    os.kill(pid, signal.SIGKILL)

    async def body() -> None:
        await wait_until(lambda: not list(find_by_argument(f"guest={definition.name},")))
        async with started(tmp_path) as driver:
            (ref,) = driver.domains()
            assert ref.id == -1
            assert driver.domain_state(ref.uuid) == (DomainState.SHUTOFF, ShutoffReason.CRASHED)
            await driver.start_domain(ref.uuid, 0)

    asyncio.run(body())


def test_a_machine_killed_under_the_daemon_is_shown_as_crashed(tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.define(xml_of(small("victim")), 0)
            await driver.start_domain(ref.uuid, 0)
            (pid,) = find_by_argument("guest=victim,")
            os.kill(pid, signal.SIGKILL)
            await wait_until(lambda: driver.domain_state(ref.uuid)[0] == DomainState.SHUTOFF)
            assert driver.domain_state(ref.uuid)[1] == ShutoffReason.CRASHED
            assert isinstance(events(driver)[-1], LifecycleEvent)

    asyncio.run(body())


@pytest.mark.parametrize("lines", [1, 7, 20])
def test_no_acknowledged_definition_is_lost_when_the_daemon_is_killed(lines: int, tmp_path: Path) -> None:
    with child(tmp_path, "define") as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += list(process.stdout)
    # the last line may have been cut off
    acknowledged = {line for line in told if line.endswith("\n")}

    async def body() -> None:
        async with started(tmp_path) as driver:
            assert {f"defined {ref.name} {ref.uuid.hex()}\n" for ref in driver.domains()} >= acknowledged

    asyncio.run(body())


def test_a_daemon_killed_while_starting_leaves_no_process_unknown(tmp_path: Path) -> None:
    definition = small("churned")
    xml = tmp_path / "machine.xml"
    xml.write_text(xml_of(definition))

    async def body() -> None:
        async with started(tmp_path) as driver:
            assert definition.uuid is not None
            pids = list(find_by_argument("guest=churned,"))
            ref = driver.lookup_by_uuid(definition.uuid)
            assert len(pids) == (1 if ref.id >= 0 else 0)

    for after_s in (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06):
        with child(tmp_path, "churn", str(xml)) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.readline()
            asyncio.run(asyncio.sleep(after_s))
            process.send_signal(signal.SIGKILL)
        asyncio.run(body())
        assert not list(find_by_argument("guest=churned,"))


def test_autostart_starts_the_machine_with_the_driver(tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.define(xml_of(small()), 0)
            await driver.set_autostart(ref.uuid, True)
        async with started(tmp_path) as driver:
            assert driver.domain_state(ref.uuid)[0] == DomainState.RUNNING
            with pytest.raises(OperationInvalid):
                await driver.start_domain(ref.uuid, 0)

    asyncio.run(body())


def test_a_stopped_driver_leaves_its_machines_running(tmp_path: Path) -> None:
    async def body() -> None:
        first = QemuDriver(EventBus(), settings(tmp_path, guests.cache_folder()))
        await first.start()
        ref = await first.define(xml_of(small()), 0)
        running = await first.start_domain(ref.uuid, 0)
        await first.stop()
        async with started(tmp_path) as second:
            assert second.lookup_by_uuid(ref.uuid) == running

    asyncio.run(body())


REFUSED: list[tuple[str, Callable[[DomainDef, Path], None], type[Exception]]] = [
    ("a disk elsewhere", lambda d, f: d.disks.append(DiskDef("vda", "virtio", source="/etc/shadow")), AccessDenied),
    ("a disk up there", lambda d, f: d.disks.append(DiskDef("vda", "virtio", source=f"{f}/x/../y")), InvalidArgument),
    ("a linked disk", lambda d, f: d.disks.append(DiskDef("vda", "virtio", source=f"{f}/images/link")), AccessDenied),
    ("a kernel elsewhere", lambda d, f: setattr(d.os, "kernel", "/etc/passwd"), AccessDenied),
    ("output elsewhere", lambda d, f: d.serials.append(SerialDef("file", "/etc/motd")), AccessDenied),
    ("a program of one's own", lambda d, f: setattr(d, "emulator", "/bin/sh"), ConfigUnsupported),
    ("vnc for the world", lambda d, f: d.graphics.append(GraphicsDef(listen="0.0.0.0")), ConfigUnsupported),
    ("a long vnc password", lambda d, f: d.graphics.append(GraphicsDef(passwd="123456789")), InvalidArgument),
    ("an unknown machine type", lambda d, f: setattr(d.os, "machine", "none"), ConfigUnsupported),
    ("another architecture", lambda d, f: setattr(d.os, "arch", "riscv64"), ConfigUnsupported),
]


@pytest.mark.parametrize(("what", "spoil", "error"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_must_not_be_is_refused_at_define(
    what: str, spoil: Callable[[DomainDef, Path], None], error: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "link").symlink_to("/etc/shadow")
    definition = small()
    spoil(definition, tmp_path)

    async def body() -> None:
        async with started(tmp_path) as driver:
            with pytest.raises(error):
                await driver.define(xml_of(definition), 0)
            with pytest.raises(error):
                await driver.create_xml(xml_of(definition), 0)
            assert driver.domains() == []

    asyncio.run(body())


@pytest.mark.parametrize("name", ["a,b", "a=b,uuid=c", "-S", "--", "a b", "%s%n", "ü", "x" * 255, ",", "{}"])
def test_odd_names_work(name: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.create_xml(xml_of(small(name)), 0)
            assert driver.lookup_by_name(name) == ref
            machine = driver._find(ref.uuid)
            assert machine.run is not None
            assert await machine.run.command("query-name") == {"name": name}

    asyncio.run(body())


def test_disks_of_all_kinds_and_odd_paths_start(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    definition = small()
    buses = [("vda", "virtio"), ("hda", "ide"), ("sda", "scsi"), ("sdb", "sata"), ("sdc", "usb")]
    for target, bus in buses:
        path = images / f"{target},readonly=on={{}} -x"
        path.write_bytes(bytes(1 << 20))
        definition.disks.append(DiskDef(target, bus, source=str(path)))
    cow = images / "cow"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(cow), "1M"], check=True)
    definition.disks.append(DiskDef("vdb", "virtio", source=str(cow), format="qcow2", readonly=True))
    definition.disks.append(DiskDef("hdc", "ide", device="cdrom", readonly=True))
    definition.interfaces = [InterfaceDef(model=model) for model in ("virtio", "e1000", "rtl8139")]
    definition.graphics = [GraphicsDef(passwd="geheim")]
    definition.serials = [SerialDef("file", str(images / "out,a=b")), SerialDef("null", port=1)]

    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.create_xml(xml_of(definition), 0)
            xml = driver.domain_xml(ref.uuid, 0)
            assert "port='59" in xml
            assert "geheim" not in xml
            assert "geheim" not in Path(f"/proc/{driver._find(ref.uuid).need_run().process.pid}/cmdline").read_text()

    asyncio.run(body())


def test_an_image_that_names_other_files_is_refused(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    create = ["qemu-img", "create", "-q", "-f", "qcow2"]
    subprocess.run([*create, "-u", "-F", "raw", "-b", "/etc/shadow", str(images / "cow"), "1M"], check=True)
    definition = small()
    definition.disks.append(DiskDef("vda", "virtio", source=str(images / "cow"), format="qcow2"))

    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.define(xml_of(definition), 0)
            with pytest.raises(ConfigUnsupported, match="backing file"):
                await driver.start_domain(ref.uuid, 0)
            assert driver.domain_state(ref.uuid)[0] == DomainState.SHUTOFF

    asyncio.run(body())


def test_a_machine_that_qemu_refuses_is_off_and_says_why(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    (images / "kernel").write_bytes(b"not a kernel")
    definition = small()
    definition.os = OsDef(kernel=str(images / "kernel"))

    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.define(xml_of(definition), 0)
            with pytest.raises(Exception, match="kernel") as caught:
                await driver.start_domain(ref.uuid, 0)
            assert "QEMU did not start" in str(caught.value)
            assert driver.lookup_by_uuid(ref.uuid).id == -1
            assert not list(find_by_argument("guest=small,"))

    asyncio.run(body())


def test_a_caller_that_goes_away_leaves_no_half_done_start(tmp_path: Path) -> None:
    async def cancelled(work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def body() -> None:
        async with started(tmp_path) as driver:
            ref = await driver.define(xml_of(small()), 0)
            await cancelled(driver.start_domain(ref.uuid, 0))
            await wait_until(lambda: driver.domain_state(ref.uuid)[0] == DomainState.RUNNING)
            await driver.destroy(ref.uuid, 0)

    asyncio.run(body())


def test_a_qemu_that_does_not_answer_fails_only_its_own_machine(tmp_path: Path) -> None:
    async def body() -> None:
        impatient = replace(settings(tmp_path, guests.cache_folder()), qmp_timeout_s=0.3, stop_grace_s=0.3)
        driver = QemuDriver(EventBus(), impatient)
        await driver.start()
        silent = await driver.create_xml(xml_of(small("silent")), 0)
        other = await driver.create_xml(xml_of(small("other")), 0)
        (pid,) = find_by_argument("guest=silent,")
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(OperationFailed, match="did not answer"):
            await driver.suspend(silent.uuid)
        assert driver.domain_state(silent.uuid)[0] == DomainState.RUNNING
        await driver.suspend(other.uuid)
        assert driver.domain_state(other.uuid)[0] == DomainState.PAUSED
        for ref in (silent, other):
            await driver.destroy(ref.uuid, 0)
        assert driver.domains() == []
        await driver.stop()

    asyncio.run(body())


def test_a_damaged_definition_is_listed_as_such_and_the_rest_is_served(tmp_path: Path) -> None:
    async def body() -> None:
        async with started(tmp_path) as driver:
            bad = await driver.define(xml_of(small("bad")), 0)
            good = await driver.define(xml_of(small("good")), 0)
        db = sqlite3.connect(tmp_path / "state" / "state.sqlite")
        db.execute("UPDATE definitions SET xml = replace(xml, 'hvm', 'hvn') WHERE name = 'bad'")
        db.commit()
        db.close()
        async with started(tmp_path) as driver:
            assert {ref.name for ref in driver.domains()} == {"bad", "good"}
            for query in (driver.os_type, driver.max_memory_kib, driver.domain_info, driver.domain_state):
                query(good.uuid)
            with pytest.raises(OperationFailed, match="damaged"):
                driver.domain_xml(bad.uuid, 0)
            with pytest.raises(OperationFailed, match="damaged"):
                await driver.start_domain(bad.uuid, 0)
            await driver.start_domain(good.uuid, 0)
            await driver.undefine(bad.uuid, 0)
            assert [ref.name for ref in driver.domains()] == ["good"]

    asyncio.run(body())


@pytest.mark.parametrize(("ending", "state"), [("destroy", DomainState.SHUTOFF), ("preserve", DomainState.SHUTDOWN)])
def test_a_guest_that_powers_off_ends_as_its_definition_says(
    ending: str, state: DomainState, guest: guests.Guest, tmp_path: Path
) -> None:
    definition = linux(guest, tmp_path)
    definition.on_poweroff = ending

    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, definition, tmp_path)
            await driver.shutdown(uuid, 0)
            await wait_until(lambda: driver.domain_state(uuid)[0] != DomainState.RUNNING, GUEST_S)
            await wait_until(lambda: driver.domain_state(uuid)[0] == state)

    asyncio.run(body())


def test_a_guest_that_powers_off_may_be_restarted(guest: guests.Guest, tmp_path: Path) -> None:
    definition = linux(guest, tmp_path)
    definition.on_poweroff = "restart"

    async def body() -> None:
        async with started(tmp_path) as driver:
            uuid = await boot(driver, definition, tmp_path)
            await driver.shutdown(uuid, 0)
            await wait_until(lambda: serial(tmp_path).count(guests.UP) == 2, GUEST_S)
            assert driver.domain_state(uuid)[0] == DomainState.RUNNING

    asyncio.run(body())


def test_a_machine_saved_when_the_daemon_was_killed_goes_on(guest: guests.Guest, tmp_path: Path) -> None:
    """The save was not acknowledged; whatever came of it, the guest must not stand still."""
    definition = linux(guest, tmp_path)
    xml = tmp_path / "machine.xml"
    xml.write_text(xml_of(definition))
    with child(tmp_path, "save", str(xml)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "saving\n"
        asyncio.run(wait_until(lambda: list((tmp_path / "images").glob(".*.part"))))
        process.send_signal(signal.SIGKILL)

    async def body() -> None:
        async with started(tmp_path) as driver:
            assert definition.uuid is not None
            assert driver.domain_state(definition.uuid)[0] == DomainState.RUNNING
            await wait_until(lambda: "tick 2" in serial(tmp_path), GUEST_S)

    asyncio.run(body())
