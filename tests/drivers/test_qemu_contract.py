"""The qemu driver keeps the drivers' contract, on real QEMU processes (emulated, in their BIOS: no guest to listen)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from drivers.contract import PROMISES, Promise, Subject, keep
from needs import skip_without

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.qemu.driver import QemuDriver
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.events import EventBus
from virtrpcd.paths import PathRules

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module", autouse=True)
def _qemu() -> None:
    skip_without(None if shutil.which("qemu-system-x86_64") else "needs qemu-system-x86_64")


class Qemu(Subject):
    """The qemu driver in a folder of its own."""

    guest_listens = False
    lacks: ClassVar[Mapping[str, str]] = {
        "scheduler_type": "QEMU's scheduler is the host's; cgroups are left for later",
        "scheduler_parameters": "as above",
        "set_scheduler_parameters": "as above",
    }

    def driver(self, bus: EventBus) -> Driver:
        settings = QemuSettings(
            state_dir=self.folder / "state", run_dir=self.folder / "run", paths=PathRules([self.folder]), accel="tcg"
        )
        return QemuDriver(bus, settings)

    def definition(self, name: str) -> DomainDef:
        return DomainDef("qemu", name, memory_kib=65536, current_memory_kib=65536, max_vcpus=2, vcpus=1)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_contract(promise: Promise, tmp_path: Path) -> None:
    keep(promise, Qemu(tmp_path))
