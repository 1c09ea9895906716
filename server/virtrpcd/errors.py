"""Every refusal the daemon gives, each with libvirt's error number, so that all clients understand it.

`code` is virErrorNumber, `domain` virErrorDomain (10 qemu, 12 test, 20 domain calls, 7 rpc, ...); both class
attributes, `domain` may be given per raise. The text is for people; clients decide by the code only.
"""

from __future__ import annotations

from typing import ClassVar

FROM_NONE = 0
FROM_XML = 5
FROM_RPC = 7
FROM_QEMU = 10
FROM_NET = 11
FROM_TEST = 12
FROM_REMOTE = 13
FROM_STORAGE = 18
FROM_DOM = 20
FROM_SNAPSHOT = 35
FROM_STREAMS = 38
FROM_CHECKPOINT = 69
FROM_NETWORK = 19
FROM_NODEDEV = 22
FROM_INTERFACE = 26


class VirtError(Exception):
    """Root of what a handler or driver may raise to refuse a call. Internal error (1) unless a child says more."""

    code: ClassVar[int] = 1
    default_domain: ClassVar[int] = FROM_NONE

    def __init__(self, message: str, *, domain: int | None = None, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.domain = self.default_domain if domain is None else domain
        self.detail = detail


class NotSupported(VirtError):
    """This driver does not do that (code 3); clients fall back or say so."""

    code = 3

    def __init__(self, api: str, *, domain: int = FROM_DOM) -> None:
        super().__init__(f"this function is not supported by the connection driver: {api}", domain=domain, detail=api)


class NoConnect(VirtError):
    """No driver answers to that name (code 5)."""

    code = 5


class InvalidArgument(VirtError):
    """An argument or flag makes no sense here (code 8)."""

    code = 8
    default_domain = FROM_DOM


class OperationFailed(VirtError):
    """It was tried and did not work, or clashes with what exists (code 9)."""

    code = 9


class NameMissing(VirtError):
    """The XML gives no name to what needs one (code 21)."""

    code = 21


class XmlError(VirtError):
    """The XML is not well formed or lacks what is needed (code 27)."""

    code = 27
    default_domain = FROM_DOM


class OperationDenied(VirtError):
    """A read-only door was asked for a change (code 29)."""

    code = 29
    default_domain = FROM_DOM


class XmlDetail(XmlError):
    """The XML is not well formed, or a part of it is not what it should be (code 35)."""

    code = 35


class SystemCallFailed(VirtError):
    """The operating system refused, a file that could not be opened say (code 38); the reason is in the text."""

    code = 38


class RpcError(VirtError):
    """The call itself was wrong (code 39)."""

    code = 39
    default_domain = FROM_RPC


class NoDomain(VirtError):
    """No machine with that name, uuid or id (code 42)."""

    code = 42


class NoStoragePool(VirtError):
    """No storage pool with that name or uuid (code 49)."""

    code = 49


class NoStorageVolume(VirtError):
    """No volume with that name, key or path (code 50)."""

    code = 50


class NoNetwork(VirtError):
    """No network with that name or uuid (code 43)."""

    code = 43


class NoNodeDevice(VirtError):
    """No device of the host with that name (code 53)."""

    code = 53


class OperationInvalid(VirtError):
    """The machine is not in a state in which that is possible (code 55)."""

    code = 55


class NoInterface(VirtError):
    """No interface of the host with that name or address (code 57)."""

    code = 57


class MultipleInterfaces(VirtError):
    """More than one interface of the host has that address (code 59)."""

    code = 59


class ConfigUnsupported(VirtError):
    """The XML asks for what this driver does not have (code 67)."""

    code = 67


class OperationTimeout(VirtError):
    """The machine was busy with another change for too long (code 68)."""

    code = 68


class NoSnapshot(VirtError):
    """The machine has no snapshot with that name, or none of that kind (code 72)."""

    code = 72


class ArgumentUnsupported(VirtError):
    """The call is known, this use of it is not (code 74)."""

    code = 74


class NoMetadata(VirtError):
    """The machine has no such metadata (code 80)."""

    code = 80


class NumberOverflow(VirtError):
    """A number is too large for what it counts (code 82)."""

    code = 82


class OperationUnsupported(VirtError):
    """That operation makes no sense here at all (code 84)."""

    code = 84


class AccessDenied(VirtError):
    """The caller's right does not reach that far (code 88)."""

    code = 88
    default_domain = FROM_DOM


class VolumeExists(VirtError):
    """The pool has a volume of that name (code 90)."""

    code = 90


class AuthUnavailable(VirtError):
    """Nothing here could check who the caller is (code 94)."""

    code = 94
    default_domain = FROM_RPC


class SchemaError(VirtError):
    """The XML was to be checked strictly, and has what nothing reads (code 92)."""

    code = 92
    default_domain = FROM_XML


class NoCheckpoint(VirtError):
    """The machine has no checkpoint with that name, or none of that kind (code 103)."""

    code = 103


class AuthFailed(VirtError):
    """The caller could not show who it is (code 45)."""

    code = 45
    default_domain = FROM_RPC
