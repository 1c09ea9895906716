"""model <-> virtproto for what guests say (model_details.py)."""

from __future__ import annotations

from virtproto import virt as v
from virtrpcd.model_details import FileSystem, GuestInterface


def file_system(found: FileSystem) -> v.virt_domain_fsinfo:
    """Return the wire form of a mounted file system."""
    return v.virt_domain_fsinfo(found.mountpoint, found.name, found.fstype, list(found.disks))


def guest_interface(found: GuestInterface) -> v.virt_domain_interface:
    """Return the wire form of an interface and its addresses."""
    addresses = [v.virt_domain_ip_addr(*address) for address in found.addresses]
    return v.virt_domain_interface(found.name, found.mac, addresses)
