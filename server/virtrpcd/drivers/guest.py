"""Driver methods that ask something of the system inside a machine: all optional, and all may wait for it."""

from __future__ import annotations

from virtrpcd.drivers.optional import OptionalMethods
from virtrpcd.model import TypedParam
from virtrpcd.model_details import FileSystem, GuestInterface


class GuestMethods(OptionalMethods):
    """Names, clocks, file systems, keys and users of the guest. OperationInvalid when the machine is off."""

    async def guest_hostname(self, uuid: bytes, flags: int) -> str:
        """Return the guest's name for itself."""
        self._unsupported("virDomainGetHostname")

    async def guest_time(self, uuid: bytes, flags: int) -> tuple[int, int]:
        """Return the guest's clock: seconds since 1970, and ns."""
        self._unsupported("virDomainGetTime")

    async def set_guest_time(self, uuid: bytes, seconds: int, nanoseconds: int, flags: int) -> None:
        """Set the guest's clock."""
        self._unsupported("virDomainSetTime")

    async def file_systems(self, uuid: bytes, flags: int) -> list[FileSystem]:
        """Return the mounted file systems."""
        self._unsupported("virDomainGetFSInfo")

    async def freeze_file_systems(self, uuid: bytes, mountpoints: list[str], flags: int) -> int:
        """Stop writes to these file systems (none named: all); returns how many were frozen."""
        self._unsupported("virDomainFSFreeze")

    async def thaw_file_systems(self, uuid: bytes, mountpoints: list[str], flags: int) -> int:
        """Let writes go on; returns how many were thawed."""
        self._unsupported("virDomainFSThaw")

    async def trim_file_systems(self, uuid: bytes, mountpoint: str | None, minimum: int, flags: int) -> None:
        """Give back the blocks that the guest does not use, in pieces of at least `minimum` bytes."""
        self._unsupported("virDomainFSTrim")

    async def interface_addresses(self, uuid: bytes, source: int, flags: int) -> list[GuestInterface]:
        """Return the network interfaces as leases (0), the guest (1) or the host's ARP table (2) know them."""
        self._unsupported("virDomainInterfaceAddresses")

    async def send_key(self, uuid: bytes, codeset: int, hold_ms: int, keycodes: list[int], flags: int) -> None:
        """Press keys together for `hold_ms` milliseconds."""
        self._unsupported("virDomainSendKey")

    async def inject_nmi(self, uuid: bytes, flags: int) -> None:
        """Send the guest a non-maskable interrupt."""
        self._unsupported("virDomainInjectNMI")

    async def send_signal(self, uuid: bytes, pid: int, signal: int, flags: int) -> None:
        """Send a signal to a process of the guest."""
        self._unsupported("virDomainSendProcessSignal")

    async def set_user_password(self, uuid: bytes, user: str, password: str, flags: int) -> None:
        """Change the password of a user of the guest."""
        self._unsupported("virDomainSetUserPassword")

    async def guest_vcpus(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return the vcpus that the guest uses."""
        self._unsupported("virDomainGetGuestVcpus")

    async def set_guest_vcpus(self, uuid: bytes, cpumap: str, online: int, flags: int) -> None:
        """Tell the guest which vcpus to use."""
        self._unsupported("virDomainSetGuestVcpus")

    async def guest_info(self, uuid: bytes, groups: int, flags: int) -> list[TypedParam]:
        """Return what the guest says of itself."""
        self._unsupported("virDomainGetGuestInfo")
