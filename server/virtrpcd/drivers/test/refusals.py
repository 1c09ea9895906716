"""Refusals of the test driver, with the error numbers, domains and texts of libvirt's test driver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from virtrpcd.errors import (
    FROM_DOM,
    FROM_NONE,
    FROM_TEST,
    ArgumentUnsupported,
    InvalidArgument,
    OperationInvalid,
    OperationUnsupported,
    VirtError,
)
from virtrpcd.model import ParamKind, TypedParam

_KINDS = {
    ParamKind.INT: "int",
    ParamKind.UINT: "uint",
    ParamKind.LLONG: "llong",
    ParamKind.ULLONG: "ullong",
    ParamKind.DOUBLE: "double",
    ParamKind.BOOLEAN: "boolean",
    ParamKind.STRING: "string",
}


class WrongState(OperationInvalid):
    """As OperationInvalid, where libvirt's test driver says "internal error" (code 1)."""

    code: ClassVar[int] = 1


def invalid(why: str, *, domain: int = FROM_TEST) -> InvalidArgument:
    """Return the error for an argument that makes no sense."""
    return InvalidArgument(f"invalid argument: {why}", domain=domain, detail=why)


def wrong_state(why: str) -> WrongState:
    """Return the error for a state in which libvirt's test driver calls the question an internal error."""
    return WrongState(f"internal error: {why}", domain=FROM_TEST, detail=why)


def not_now(why: str, *, domain: int = FROM_DOM) -> OperationInvalid:
    """Return the error for what the machine's state does not allow."""
    return OperationInvalid(f"Requested operation is not valid: {why}", domain=domain, detail=why)


def internal(why: str) -> VirtError:
    """Return libvirt's "internal error" (code 1)."""
    return VirtError(f"internal error: {why}", domain=FROM_TEST, detail=why)


def unsupported(why: str, *, domain: int = FROM_TEST) -> ArgumentUnsupported:
    """Return the error for a use of a call that is not there."""
    return ArgumentUnsupported(f"argument unsupported: {why}", domain=domain, detail=why)


def not_done(why: str) -> OperationUnsupported:
    """Return the error for what makes no sense in this driver."""
    return OperationUnsupported(f"Operation not supported: {why}", domain=FROM_TEST, detail=why)


def only_flags(flags: int, known: int, function: str) -> None:
    """Raise InvalidArgument for flags beyond `known`; `function` is what libvirt's driver calls itself there."""
    beyond = flags & ~known & 0xFFFFFFFF
    if beyond:
        text = f"unsupported flags (0x{beyond:x}) in function {function}"
        raise InvalidArgument(text, domain=FROM_TEST, detail="flags")


def one_of_two(flags: int, first: int, second: int, names: tuple[str, str]) -> None:
    """Raise InvalidArgument when both of two flags are given."""
    if flags & first and flags & second:
        text = f"Flags '{names[0]}' and '{names[1]}' are mutually exclusive"
        raise InvalidArgument(text, domain=FROM_DOM, detail="flags")


def check_params(params: Iterable[TypedParam], kinds: Mapping[str, ParamKind]) -> None:
    """Raise ArgumentUnsupported for a name that is not in `kinds`, InvalidArgument for a value of another kind."""
    for param in params:
        kind = kinds.get(param.field)
        if kind is None:
            raise unsupported(f"parameter '{param.field[:80]}' not supported", domain=FROM_NONE)
        if param.kind != kind:
            given = _KINDS.get(ParamKind(param.kind), "unknown")
            why = f"invalid type '{given}' for parameter '{param.field}', expected '{_KINDS[kind]}'"
            raise invalid(why, domain=FROM_NONE)
