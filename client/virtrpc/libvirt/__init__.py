"""libvirt's Python module over virtrpc: the same names and the same behaviour, without libvirt's C library.

    import virtrpc.libvirt as libvirt

    conn = libvirt.open("qemu:///system")
    for dom in conn.listAllDomains():
        print(dom.name(), dom.info())

It speaks to any libvirt daemon, and to virtrpcd. What is not there raises libvirtError with VIR_ERR_NO_SUPPORT, or
AttributeError: secrets, network filters and migration. Nothing runs inside this process: test:///default, too, is asked
of a daemon.
"""

# ruff: noqa: F401 - a face: it hands on names

from virtrpc.libvirt.connect import getVersion, open, openAuth, openReadOnly, virConnect, virInitialize
from virtrpc.libvirt.constants import *  # noqa: F403 - some 1,200 numbers and names
from virtrpc.libvirt.domain import virDomain
from virtrpc.libvirt.errors import (
    libvirtError,
    registerErrorHandler,
    virGetLastError,
    virGetLastErrorCode,
    virGetLastErrorDomain,
    virGetLastErrorMessage,
    virResetLastError,
)
from virtrpc.libvirt.loop import (
    virEventAddHandle,
    virEventAddTimeout,
    virEventInvokeFreeCallback,
    virEventRegisterDefaultImpl,
    virEventRegisterImpl,
    virEventRemoveHandle,
    virEventRemoveTimeout,
    virEventRunDefaultImpl,
    virEventUpdateHandle,
    virEventUpdateTimeout,
)
from virtrpc.libvirt.stream import virStream
from virtrpc.libvirt.things import (
    virDomainCheckpoint,
    virDomainSnapshot,
    virInterface,
    virNetwork,
    virNodeDevice,
    virStoragePool,
    virStorageVol,
)
