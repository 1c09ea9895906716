"""The guests of the test driver: what libvirt's test driver lets its guests say and do."""

from __future__ import annotations

from typing import Final

from virtrpcd.drivers.test.keycodes import CODESETS, has_key
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.queries import TestQueries
from virtrpcd.drivers.test.refusals import internal, invalid, not_now, only_flags, unsupported
from virtrpcd.drivers.test.tuning import interface_name
from virtrpcd.errors import FROM_TEST
from virtrpcd.model import DomainState
from virtrpcd.model_details import FileSystem, GuestInterface, IpAddress

HOSTNAME: Final = "testhost"
_PASSWORD_ENCRYPTED: Final = 1
_TIME_SYNC: Final = 1
_SIGNALS: Final = 65
_ONLY_PID: Final = 1
_SOURCES: Final = 3
_PREFIX: Final = 24
# on a network each machine has twenty addresses; the one with id 1 begins at .3
_ADDRESSES_EACH: Final = 20
_BEFORE_FIRST: Final = -17


class TestGuest(TestQueries):
    """The optional methods of drivers/guest.py."""

    async def guest_hostname(self, uuid: bytes, flags: int) -> str:
        only_flags(flags, 0, "testDomainGetHostname")
        self._find(uuid).need_active()
        return HOSTNAME

    async def guest_time(self, uuid: bytes, flags: int) -> tuple[int, int]:
        only_flags(flags, 0, "testDomainGetTime")
        machine = self._find(uuid)
        if machine.state != DomainState.RUNNING:
            raise not_now("domain is not running", domain=FROM_TEST)
        return machine.time

    async def set_guest_time(self, uuid: bytes, seconds: int, nanoseconds: int, flags: int) -> None:
        only_flags(flags, _TIME_SYNC, "testDomainSetTime")
        machine = self._find(uuid)
        machine.need_active()
        machine.time = (seconds, nanoseconds)

    async def file_systems(self, uuid: bytes, flags: int) -> list[FileSystem]:
        only_flags(flags, 0, "testDomainGetFSInfo")
        return self._mounted(self._find(uuid))

    async def freeze_file_systems(self, uuid: bytes, mountpoints: list[str], flags: int) -> int:
        only_flags(flags, 0, "testDomainFSFreeze")
        machine = self._find(uuid)
        chosen = self._chosen(machine, mountpoints)
        count = len(chosen - machine.frozen)
        machine.frozen |= chosen
        return count

    async def thaw_file_systems(self, uuid: bytes, mountpoints: list[str], flags: int) -> int:
        only_flags(flags, 0, "testDomainFSThaw")
        machine = self._find(uuid)
        chosen = self._chosen(machine, mountpoints)
        count = len(chosen & machine.frozen)
        machine.frozen -= chosen
        return count

    async def trim_file_systems(self, uuid: bytes, mountpoint: str | None, minimum: int, flags: int) -> None:
        only_flags(flags, 0, "testDomainFSTrim")
        self._chosen(self._find(uuid), [] if mountpoint is None else [mountpoint])

    async def interface_addresses(self, uuid: bytes, source: int, flags: int) -> list[GuestInterface]:
        only_flags(flags, 0, "testDomainInterfaceAddresses")
        machine = self._find(uuid)
        live = machine.need_active()
        if source >= _SOURCES:
            raise unsupported(f"Unknown IP address data source {source}")
        found = []
        for index, interface in enumerate(live.interfaces):
            last = _BEFORE_FIRST + _ADDRESSES_EACH * machine.ref.id + index
            address = f"192.168.122.{last % 256}" if interface.type == "network" else f"192.168.0.{1 + index % 254}"
            addresses = (IpAddress(0, address, _PREFIX),)
            found.append(GuestInterface(interface_name(interface, index), interface.mac, addresses))
        return found

    async def send_key(self, uuid: bytes, codeset: int, hold_ms: int, keycodes: list[int], flags: int) -> None:
        only_flags(flags, 0, "testDomainSendKey")
        machine = self._find(uuid)
        machine.need_active()
        for key in keycodes:
            if not has_key(codeset, key):
                raise internal(f"invalid keycode {key} of {CODESETS[codeset].name} codeset")

    async def inject_nmi(self, uuid: bytes, flags: int) -> None:
        only_flags(flags, 0, "testDomainInjectNMI")
        self._find(uuid).need_active()

    async def send_signal(self, uuid: bytes, pid: int, signal: int, flags: int) -> None:
        """Accept what is sent to the guest's first process, whether it runs or not."""
        only_flags(flags, 0, "testDomainSendProcessSignal")
        self._find(uuid)
        if pid != _ONLY_PID:
            raise invalid("only sending a signal to pid 1 is supported")
        if signal >= _SIGNALS:
            raise invalid(f"signum value {signal} is out of range")

    async def set_user_password(self, uuid: bytes, user: str, password: str, flags: int) -> None:
        only_flags(flags, _PASSWORD_ENCRYPTED, "testDomainSetUserPassword")
        self._find(uuid).need_active()

    def _mounted(self, machine: Machine) -> list[FileSystem]:
        live = machine.need_active()
        if not any(disk.target == "vda" for disk in live.disks):
            return []
        return [FileSystem("/", "vda1", "ext4", ("vda",)), FileSystem("/boot", "vda2", "ext4", ("vda",))]

    def _chosen(self, machine: Machine, mountpoints: list[str]) -> set[str]:
        mounted = {system.mountpoint for system in self._mounted(machine)}
        for mountpoint in mountpoints:
            if mountpoint not in mounted:
                raise not_now(f"mount point not found: {mountpoint[:200]}", domain=FROM_TEST)
        return set(mountpoints) or mounted
