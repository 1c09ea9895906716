"""A process with a qemu driver in it, to be killed: runs what its arguments say, prints a line for each thing done.

qemu_child.py FOLDER GUEST_FOLDER run XML_FILE        define and start, then wait
qemu_child.py FOLDER GUEST_FOLDER define              define machines d0, d1, ... for ever
qemu_child.py FOLDER GUEST_FOLDER churn XML_FILE      define, then start and destroy for ever
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.qemu.driver import QemuDriver
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.events import EventBus
from virtrpcd.paths import PathRules


def settings(folder: Path, guest: Path) -> QemuSettings:
    """Return the settings that both the child and the test use."""
    rules = PathRules([folder / "images", guest])
    return QemuSettings(folder / "state", folder / "run", rules, accel="tcg", stop_grace_s=5.0)


def say(*words: object) -> None:
    """Print a line at once."""
    print(*words, flush=True)


async def _run(driver: QemuDriver, xml: str) -> None:
    ref = await driver.define(xml, 0)
    started = await driver.start_domain(ref.uuid, 0)
    say("started", started.id)
    await asyncio.Event().wait()


async def _define(driver: QemuDriver) -> None:
    number = 0
    while True:
        definition = DomainDef("qemu", f"d{number}", os.urandom(16), memory_kib=65536, current_memory_kib=65536)
        ref = await driver.define(format_domain(definition, id=None), 0)
        say("defined", ref.name, ref.uuid.hex())
        number += 1


async def _churn(driver: QemuDriver, xml: str) -> None:
    ref = await driver.define(xml, 0)
    while True:
        await driver.start_domain(ref.uuid, 0)
        say("started")
        await driver.destroy(ref.uuid, 0)
        say("destroyed")


async def _save(driver: QemuDriver, folder: Path, xml: str) -> None:
    ref = await driver.define(xml, 0)
    await driver.start_domain(ref.uuid, 0)
    output = folder / "images" / "serial"
    while "tick" not in output.read_text():
        await asyncio.sleep(0.05)
    say("saving")
    await driver.save(ref.uuid, str(folder / "images" / "saved"), 0)
    await asyncio.Event().wait()


async def main(folder: Path, guest: Path, what: str, *files: str) -> None:
    """Do what the arguments say until killed."""
    driver = QemuDriver(EventBus(), settings(folder, guest))
    await driver.start()
    if what == "define":
        await _define(driver)
    xml = Path(files[0]).read_text()
    if what == "save":
        await _save(driver, folder, xml)
    await (_run if what == "run" else _churn)(driver, xml)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
