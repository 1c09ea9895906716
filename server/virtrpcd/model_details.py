"""What can be asked of a machine beyond its state, and of its guest: numbers and names as libvirt has them."""

from __future__ import annotations

from typing import NamedTuple

NO_VALUE = -1
"""A counter that the driver does not have."""


class BlockStats(NamedTuple):
    """Counters of a disk since the machine started; errors -1 when not known."""

    read_requests: int
    read_bytes: int
    write_requests: int
    write_bytes: int
    errors: int = NO_VALUE


class InterfaceStats(NamedTuple):
    """Counters of a network interface since the machine started."""

    rx_bytes: int
    rx_packets: int
    rx_errors: int
    rx_dropped: int
    tx_bytes: int
    tx_packets: int
    tx_errors: int
    tx_dropped: int


class BlockInfo(NamedTuple):
    """Sizes of a disk in bytes: what is allocated, what the guest sees, what the host keeps for it."""

    allocation: int
    capacity: int
    physical: int


class IoThread(NamedTuple):
    """A thread that does disk work, and the host cpus it may run on (bit 0 of byte 0 is cpu 0)."""

    id: int
    cpumap: bytes


class FileSystem(NamedTuple):
    """A mounted file system of the guest; disks are names of targets ("vda")."""

    mountpoint: str
    name: str
    fstype: str
    disks: tuple[str, ...]


class IpAddress(NamedTuple):
    """An address of a guest: type 0 is IPv4, 1 IPv6; prefix in bits."""

    type: int
    address: str
    prefix: int


class GuestInterface(NamedTuple):
    """A network interface as whoever was asked knows it."""

    name: str
    mac: str | None
    addresses: tuple[IpAddress, ...]


class JobInfo(NamedTuple):
    """A job under way on a machine: its kind (0 none), times in ms, amounts in bytes."""

    type: int
    time_elapsed_ms: int = 0
    time_remaining_ms: int = 0
    data_total: int = 0
    data_processed: int = 0
    data_remaining: int = 0
    mem_total: int = 0
    mem_processed: int = 0
    mem_remaining: int = 0
    file_total: int = 0
    file_processed: int = 0
    file_remaining: int = 0
