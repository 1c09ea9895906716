"""What libvirt's own library refuses before a driver is asked, in its words; and typed parameters as it counts them."""

from __future__ import annotations

from typing import Final

from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.errors import FROM_DOM, InvalidArgument
from virtrpcd.model import ParamKind, TypedParam

STRINGS_FIT: Final = 4
"""The flag of a client that can take typed parameters that are strings."""

_AFFECT: Final = ("VIR_DOMAIN_AFFECT_LIVE", "VIR_DOMAIN_AFFECT_CONFIG")


def refuse(text: str, argument: str = "") -> InvalidArgument:
    """Return the error for an argument that libvirt's library does not let through."""
    return InvalidArgument(text, domain=FROM_DOM, detail=argument or None)


def not_zero(value: int, argument: str, api: str) -> None:
    """Raise InvalidArgument for 0."""
    if not value:
        raise refuse(f"{argument} in {api} must not be zero", argument)


def not_null(value: str | None, argument: str, api: str) -> str:
    """Return the text; InvalidArgument when there is none."""
    if value is None:
        raise refuse(f"{argument} in {api} must not be NULL", argument)
    return value


def null(value: str | None, argument: str, api: str) -> None:
    """Raise InvalidArgument for a text where there must be none."""
    if value is not None:
        raise refuse(f"{argument} in {api} must be NULL", argument)


def one_definition(flags: int) -> None:
    """Raise InvalidArgument when both the running and the kept definition are asked about."""
    exclusive(flags, 1, 2, _AFFECT)


def exclusive(flags: int, first: int, second: int, names: tuple[str, str]) -> None:
    """Raise InvalidArgument when both of two flags are given."""
    if flags & first and flags & second:
        raise refuse(f"Flags '{names[0]}' and '{names[1]}' are mutually exclusive", "ctl")


def requires(flags: int, flag: int, needed: int, names: tuple[str, str]) -> None:
    """Raise InvalidArgument when `flag` is given without `needed`."""
    if flags & flag and not flags & needed:
        raise refuse(f"Flag '{names[1]}' is required by flag '{names[0]}'", "ctl")


def fitting(found: list[TypedParam], flags: int) -> list[v.virt_typed_param]:
    """Return typed parameters for the wire, without strings for a client that cannot take them."""
    if not flags & STRINGS_FIT:
        found = [param for param in found if param.kind != ParamKind.STRING]
    return [convert.typed_param(param) for param in found]


def counted(
    found: list[TypedParam], nparams: int, flags: int, most: int
) -> tuple[list[v.virt_typed_param], int]:
    """Return (parameters, nparams) of an answer: asked with 0, only how many there are; else at most that many, and 0.

    Raises InvalidArgument for a count below 0 or above `most`.
    """
    if not 0 <= nparams <= most:
        raise refuse(f"nparams: {nparams} is not between 0 and {most}", "nparams")
    if not nparams:
        return [], len(found)
    return fitting(found[:nparams], flags), 0
