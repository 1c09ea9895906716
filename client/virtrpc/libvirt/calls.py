"""How libvirt's methods become calls: tables of Method, which know a procedure, its parameters and what it returns."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from oncrpc.errors import OncRpcError, XdrError
from oncrpc.procedure import Procedure
from virtproto import virt as v
from virtrpc.libvirt.errors import FROM_RPC, INTERNAL, failed, invalid, not_supported, refused
from virtrpc.operation import run_now
from virtrpc.session import param_value

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect

Convert = Callable[["virConnect", Any], Any]

TYPED_STRINGS: Final = 4
"""The flag that says: typed parameters may be strings."""

_PROCEDURES: Final[dict[str, Procedure[Any]]] = {
    procedure.name.removeprefix("VIRT_").lower(): procedure for procedure in v.VIRT_V2_TABLE.procedures
}
_WRAPPERS: Final[dict[type, Convert]] = {}


class Thing:
    """What a connection has: a machine, a network, a pool, ... `ref` is its reference on the wire."""

    def __init__(self, conn: virConnect, ref: Any) -> None:
        self._conn = conn
        self._ref = ref

    def connect(self) -> virConnect:
        """Return the connection that it was found on."""
        return self._conn

    @property
    def _subject(self) -> Any:
        """What calls about it begin with."""
        return self._ref

    def _call(self, name: str, *args: Any) -> Any:
        return self._conn._call(name, self._subject, *args)


class Named(Thing):
    """What has a name and a uuid."""

    def name(self) -> str:
        """Return the name."""
        found: str = self._ref.name
        return found

    def UUID(self) -> bytes:
        """Return the 16 bytes of the uuid."""
        found: bytes = self._ref.uuid
        return found

    def UUIDString(self) -> str:
        """Return the uuid as text."""
        return uuid_text(self._ref.uuid)


class Method:
    """A method that is one call: `name = Method("domain_reboot", "flags=0")`.

    parameters: as they stand in Python, after self; they go out in this order, after the subject. result: makes the
    return value of what came back; it is not asked when nothing does, which is 0.
    """

    def __init__(self, procedure: str, parameters: str = "", result: Convert | None = None) -> None:
        self._procedure = procedure
        self._result = result
        pairs = [part.strip().partition("=") for part in parameters.split(",") if part.strip()]
        self._names = [name for name, _, _ in pairs]
        defaults = {"0": 0, "None": None}
        self._defaults = [defaults[text] for _, equals, text in pairs if equals]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self.__signature__ = inspect.Signature([
            inspect.Parameter(name, kind, default=defaults[text] if equals else inspect.Parameter.empty)
            for name, equals, text in pairs
        ])  # fmt: skip

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    def __get__(self, instance: Any, owner: type | None = None) -> Callable[..., Any]:
        if instance is None:
            return self

        def method(*args: Any, **kwargs: Any) -> Any:
            return self(instance, *args, **kwargs)

        return method

    def __call__(self, instance: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != len(self._names):
            args = self._bound(args, kwargs)
        found = instance._call(self._procedure, *args)
        if found is None:
            return 0
        conn = instance._conn
        return converted(conn, only(found)) if self._result is None else self._result(conn, found)

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.args


def call(conn: virConnect, name: str, args: Sequence[Any]) -> Any:
    """Make a call; return what it returned, None if nothing. Raises libvirtError."""
    procedure = _PROCEDURES.get(name)
    if procedure is None:
        raise not_supported(api_name(name))
    try:
        sent = (getattr(v, f"virt_{name}_args")(*args),) if procedure.arity else ()
        result = run_now(conn._wire.call(procedure, *sent))
    except XdrError as exc:
        raise invalid(str(exc)) from exc
    except OncRpcError as exc:
        raise lost(exc) from exc
    if result.status != v.VIRT_OK:
        raise failed(result.error)
    return None if isinstance(result, v.virt_void_res) else result.ok


def api_name(procedure: str) -> str:
    """Return libvirt's name in C for a call: "domain_get_info" is virDomainGetInfo."""
    words = {"xml": "XML", "id": "ID", "uuid": "UUID", "os": "OS", "cpu": "CPU", "uri": "URI", "io": "IO"}
    return "vir" + "".join(words.get(word, word.capitalize()) for word in procedure.split("_"))


def lost(exc: OncRpcError) -> Exception:
    """Return what to raise when the connection failed."""
    return refused(INTERNAL, FROM_RPC, f"internal error: {exc}", str(exc))


# -- what comes back --------------------------------------------------------------------------------------------------


def wraps(record: type) -> Callable[[type], type]:
    """Mark a class as what Python sees for a kind of reference."""

    def mark(cls: type) -> type:
        _WRAPPERS[record] = cls
        return cls

    return mark


def converted(conn: virConnect, value: Any) -> Any:
    """Return a value as libvirt's users know it: references become things, lists are converted."""
    if isinstance(value, list):
        return [converted(conn, item) for item in value]
    wrap = _WRAPPERS.get(type(value))
    return value if wrap is None else wrap(conn, value)


def fields(found: Any) -> list[Any]:
    """Return the values of a record in their order."""
    return [getattr(found, name) for name in type(found).__slots__]


def only(found: Any) -> Any:
    """Return the one value of a record."""
    return getattr(found, type(found).__slots__[0])


def first(conn: virConnect, found: Any) -> Any:
    """The first value, converted: the list of a list_all call."""
    return converted(conn, only(found))


def as_list(conn: virConnect, found: Any) -> list[Any]:
    """All values as a list."""
    return fields(found)


def as_tuple(conn: virConnect, found: Any) -> tuple[Any, ...]:
    """All values as a tuple."""
    return tuple(fields(found))


def as_params(conn: virConnect, found: Any) -> dict[str, Any]:
    """Typed parameters as a dict."""
    return params(found.params)


def params(found: Iterable[v.virt_typed_param]) -> dict[str, Any]:
    """Return typed parameters as a dict."""
    return {param.field: param_value(param) for param in found}


def pairs(conn: virConnect, found: Any) -> dict[str, Any]:
    """Named figures as a dict."""
    return {item.field: item.value for item in found.params}


def uuid_text(uuid: bytes) -> str:
    """Return a uuid as text."""
    text = uuid.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def chars(words: Iterable[int]) -> str:
    """Return the text in words of one character each."""
    return bytes(word & 0xFF for word in words).partition(b"\0")[0].decode(errors="surrogateescape")


# -- what goes out ----------------------------------------------------------------------------------------------------


def typed(values: Mapping[str, Any], known: Iterable[v.virt_typed_param] = ()) -> list[v.virt_typed_param]:
    """Return a dict as typed parameters: of the kinds that the daemon has, else of those that fit the values."""
    kinds = {param.field: param.value.discriminant for param in known}
    found = []
    for field, value in values.items():
        kind = kinds.get(field) or _kind(value)
        found.append(v.virt_typed_param(field, v.virt_typed_param_value(kind, value)))
    return found


def _kind(value: Any) -> int:
    if isinstance(value, bool):
        return v.VIRT_TYPED_PARAM_BOOLEAN
    if isinstance(value, int):
        if value < 0:
            return v.VIRT_TYPED_PARAM_INT if value >= -(2**31) else v.VIRT_TYPED_PARAM_LLONG
        return v.VIRT_TYPED_PARAM_UINT if value < 2**32 else v.VIRT_TYPED_PARAM_ULLONG
    return v.VIRT_TYPED_PARAM_DOUBLE if isinstance(value, float) else v.VIRT_TYPED_PARAM_STRING


def bits(cpumap: bytes, count: int) -> tuple[bool, ...]:
    """Return the first so many bits of a map of cpus."""
    return tuple(bool(cpumap[at // 8] >> at % 8 & 1) if at // 8 < len(cpumap) else False for at in range(count))


def packed_bits(cpus: Sequence[object], count: int) -> bytes:
    """Return a map of cpus; those beyond the end of `cpus` are not in it."""
    cpumap = bytearray((count + 7) // 8)
    for at, wanted in enumerate(cpus[:count]):
        if wanted:
            cpumap[at // 8] |= 1 << at % 8
    return bytes(cpumap)
