"""Every error that virtrpc raises. Root: VirtrpcError.

- UriError: what was asked makes no sense; nothing was sent. BadValue: a value does not fit its type on the wire.
- NotReached: there was no answer. `may_have_run` says whether the call may have been carried out all the same.
- NeedsVersion: the daemon is too old for that call; nothing was sent.
- RpcRefused: the daemon's RPC layer said no (arguments that it could not read, a call that it does not have).
- VirtError: the daemon said no, with libvirt's error number in `code`; a subclass for each common number.
- NotRun: a call in a batch that was not tried, because one before it failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from virtproto import virt as v


class VirtrpcError(Exception):
    """Root of all errors of this package."""


class UriError(VirtrpcError, ValueError):
    """A URI names no place where a daemon could be."""


class BadValue(VirtrpcError, ValueError):
    """A value does not fit its type on the wire (too large, too long, a NUL in a string); nothing was sent."""


class NotReached(VirtrpcError, ConnectionError):
    """No answer came from the daemon, or none that makes sense. The cause is the error of oncrpc.

    may_have_run: False: the call never reached the daemon, repeating it is safe. True: it may have been carried out.
    """

    def __init__(self, message: str, *, may_have_run: bool = False) -> None:
        super().__init__(message)
        self.may_have_run = may_have_run


class NeedsVersion(VirtrpcError):
    """The call is in a later version of the interface than the daemon has; nothing was sent."""

    def __init__(self, what: str, needed: int, present: int) -> None:
        super().__init__(what, needed, present)
        self.what = what
        self.needed = needed
        self.present = present

    def __str__(self) -> str:
        return f"{self.what} needs version {self.needed} of the interface, and the daemon has version {self.present}"


class RpcRefused(VirtrpcError):
    """The daemon's RPC layer refused the call, which did not run (with SystemFailure as cause it may have)."""


class NotRun(VirtrpcError):
    """A call of a batch that was not tried, because one before it failed and stop_on_error was set."""


class VirtError(VirtrpcError):
    """The daemon refused, or tried and failed.

    code is libvirt's error number (virt_error_code), by which programs decide; domain says which part found it
    (virt_error_domain); message is for people. detail is the message without the words around it, None if not sent.
    """

    codes: ClassVar[tuple[int, ...]] = ()
    _by_code: ClassVar[dict[int, type[VirtError]]] = {}

    def __init_subclass__(cls) -> None:
        VirtError._by_code.update(dict.fromkeys(cls.codes, cls))

    def __init__(self, code: int, domain: int, message: str, detail: str | None = None) -> None:
        super().__init__(code, domain, message, detail)
        self.code = code
        self.domain = domain
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return self.message

    @staticmethod
    def from_wire(error: v.virt_error) -> VirtError:
        """Return the error that the daemon sent, of the subclass that its code has."""
        kind = VirtError._by_code.get(error.code, VirtError)
        message = f"error {error.code}" if error.message is None else error.message
        return kind(error.code, error.domain, message, error.str2)


class NotSupported(VirtError):
    """The driver does not do that, or not with such an argument."""

    codes = (3, 74, 84)


class InvalidArgument(VirtError):
    """An argument or flag makes no sense."""

    codes = (8,)


class OperationFailed(VirtError):
    """It was tried and did not work, or clashes with what is there."""

    codes = (9,)


class XmlError(VirtError):
    """The XML is broken or lacks what is needed."""

    codes = (27, 35, 92)


class ConfigUnsupported(VirtError):
    """The XML asks for what the driver does not have; the message says where."""

    codes = (67,)


class DomainExists(VirtError):
    """That machine is there already."""

    codes = (28,)


class AccessDenied(VirtError):
    """The right is missing."""

    codes = (88,)


class ReadOnly(AccessDenied):
    """A change was asked through a door that is for reading only."""

    codes = (29,)


class NoDomain(VirtError):
    """There is no such machine."""

    codes = (42,)


class NoNetwork(VirtError):
    """There is no such network."""

    codes = (43,)


class OperationInvalid(VirtError):
    """Not possible in the state that the machine is in."""

    codes = (55,)


class OperationTimeout(VirtError):
    """Another change of the machine went on for too long."""

    codes = (68,)


class ResourceBusy(VirtError):
    """Something that is needed is in use."""

    codes = (87,)
