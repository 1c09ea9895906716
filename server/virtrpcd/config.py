"""The daemon's settings: every one with its default, its unit and its range.

Three sources, later ones win: the defaults (for root, or for a user), a TOML file, the command line. Anything unknown
or out of range is a ConfigError of one line that names the file and the key.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from oncrpc.certificate import NAME_KINDS
from virtrpcd.access import Right
from virtrpcd.config_checks import Check, ConfigError, checked, choice, path, paths, seconds, text, whole, wrong
from virtrpcd.endpoint import Endpoint, EndpointError, parse_endpoint

MIB: Final = 1 << 20
LIBVIRT_PORT: Final = 16509
"""Where libvirt's clients expect tcp; tls is on 16514."""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What callers may cost; per listening socket, or per connection.

    connections: open at once on one socket, 1 to 100,000. connections_each: of one user, or of one other host (root and
    the daemon's own user excepted, who also get in when a socket is full). calls_under_way: waiting calls on one
    connection, 1 to 65,536. max_record_bytes: longest call, 4 KiB to 64 MiB (callers without the write right: 1 MiB at
    most). record_timeout_s: from a call's first byte to its last, 0.1 to 3600. drain_s: for calls under way at stop, 0
    to 3600. events_kept: events a cursor can go back, 16 to 1,000,000.
    """

    connections: int = 5000
    connections_each: int = 1000
    calls_under_way: int = 256
    max_record_bytes: int = 32 * MIB
    record_timeout_s: float = 30.0
    drain_s: float = 5.0
    events_kept: int = 16384


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Rights: write_group (name or number; members may change machines over unix sockets), local (other users of this
    host: none, read, write, admin), remote (other hosts, over plain tcp and udp: none or read)."""

    write_group: str | None = None
    local: Right = Right.READ
    remote: Right = Right.NONE


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """TLS on tls: endpoints, where it is required, and on tcp: ones, where it is offered.

    certificate, key: ours (PEM; key None: in the same file). ca: who vouches for clients. clients: whether they are
    asked for a certificate (none, optional, required; None: optional where there is a ca, else none). admin, write,
    read: the names in certificates that have these rights, each with its kind ("CN:alice", "DNS:host.example",
    "URI:...", "email:..."); others: the right of a certificate that holds and has none of them (none, read, write).
    """

    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    clients: str | None = None
    admin: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    others: Right = Right.NONE


@dataclass(frozen=True, slots=True)
class SaslSettings:
    """Names and passwords for libvirt's clients on tls: and the read-write unix sockets, where neither the kernel nor a
    certificate gives the right to change machines. users: the file of who may log in; None: nobody is asked."""

    users: Path | None = None


@dataclass(frozen=True, slots=True)
class QemuSettingsFile:
    """accel: auto, kvm or tcg. emulator: path of qemu-system-*, None to look for it."""

    accel: str = "auto"
    emulator: Path | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the daemon is told.

    driver: auto, test or qemu. libvirt: where libvirt's clients are answered; None: not said. portmap: auto, system,
    embedded[:PORT] or off.
    """

    state_dir: Path
    run_dir: Path
    allowed_dirs: tuple[Path, ...]
    driver: str = "auto"
    onc: tuple[Endpoint, ...] = ()
    libvirt: tuple[Endpoint, ...] | None = None
    portmap: str = "auto"
    limits: LimitSettings = field(default_factory=LimitSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    tls: TlsSettings = field(default_factory=TlsSettings)
    sasl: SaslSettings = field(default_factory=SaslSettings)
    qemu: QemuSettingsFile = field(default_factory=QemuSettingsFile)
    log_level: str = "info"


def default_config_file(*, root: bool | None = None) -> Path:
    """Return the file that is read when none is named, if it is there."""
    if _is_root(root):
        return Path("/etc/virtrpc/virtrpcd.toml")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "virtrpc" / "virtrpcd.toml"


def defaults(*, root: bool | None = None, state_dir: Path | None = None) -> Config:
    """Return the settings of a daemon that was told nothing (but the state folder)."""
    if _is_root(root):
        state = state_dir or Path("/var/lib/virtrpc")
        run = Path("/run/virtrpc")
        allowed = (state / "images", Path("/var/lib/libvirt/images"), Path("/boot"))
    else:
        home = Path.home()
        state = state_dir or Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "virtrpc"
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        run = Path(runtime) / "virtrpc" if runtime else state / "run"
        # Not the whole home folder: a serial port's file could then replace ~/.ssh/authorized_keys.
        allowed = (state / "images", home / ".local" / "share" / "libvirt" / "images", Path("/boot"))
    if state_dir is not None:
        run = state / "run"
        allowed = (state / "images", *allowed[1:])
    return Config(state_dir=state, run_dir=run, allowed_dirs=allowed)


def default_endpoints(run_dir: Path) -> tuple[Endpoint, ...]:
    """Return where the daemon listens when not told: loopback tcp and udp, any port, and two unix sockets."""
    return (
        Endpoint("tcp", host="127.0.0.1"),
        Endpoint("udp", host="127.0.0.1"),
        Endpoint("unix", path=str(run_dir / "virtrpcd.sock")),
        Endpoint("unix", path=str(run_dir / "virtrpcd-ro.sock"), read_only=True),
    )


def default_libvirt_endpoints(run_dir: Path) -> tuple[Endpoint, ...]:
    """Return where libvirt's clients are answered when nothing is said: two unix sockets in the run folder."""
    return (
        Endpoint("unix", path=str(run_dir / "libvirt-sock")),
        Endpoint("unix", path=str(run_dir / "libvirt-sock-ro"), read_only=True),
    )


def libvirts_own_endpoints(*, root: bool | None = None) -> tuple[Endpoint, ...]:
    """Return where a libvirtd would listen, so that clients find the daemon without being told: --libvirt default."""
    if _is_root(root):
        folder = Path("/run/libvirt")
        return (*default_libvirt_endpoints(folder), Endpoint("tcp", host="127.0.0.1", port=LIBVIRT_PORT))
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "libvirt" if runtime else Path.home() / ".cache" / "libvirt"
    return default_libvirt_endpoints(folder)[:1]


def load(
    file: Path | None,
    *,
    state_dir: Path | None = None,
    driver: str | None = None,
    onc: tuple[str, ...] = (),
    libvirt: tuple[str, ...] = (),
    portmap: str | None = None,
    log_level: str | None = None,
) -> Config:
    """Return the settings from all sources. Raises ConfigError.

    file: must be readable; None reads the default file if it is there.
    """
    values: dict[str, Any] = {}
    source = file or default_config_file()
    if file is not None or source.exists():
        values = _read_file(source)
    name = str(source)
    if state_dir is None and "state_dir" in values:
        state_dir = path(name, "state_dir", values["state_dir"])
    values.pop("state_dir", None)
    config = defaults(state_dir=state_dir)
    config = _apply(config, values, name)
    if driver is not None:
        config = replace(config, driver=_driver("--driver", "driver", driver))
    if onc:
        config = replace(config, onc=tuple(_endpoint("--onc", text) for text in onc))
    if libvirt:
        config = replace(config, libvirt=_libvirt("--libvirt", "libvirt", list(libvirt)))
    if portmap is not None:
        config = replace(config, portmap=_portmap("--portmap", "portmap", portmap))
    if log_level is not None:
        config = replace(config, log_level=_log_level("--log-level", "log_level", log_level))
    if not config.onc:
        config = replace(config, onc=default_endpoints(config.run_dir))
    if config.libvirt is None:
        config = replace(config, libvirt=default_libvirt_endpoints(config.run_dir))
    _check_tls(config, name)
    return config


def _check_tls(config: Config, source: str) -> None:
    """Raise ConfigError where settings of TLS are there and what they need is not."""
    tls = config.tls
    everywhere = (*config.onc, *(config.libvirt or ()))
    wants = next((str(endpoint) for endpoint in everywhere if endpoint.kind == "tls"), None)
    if tls.certificate is None and (wants or tls != TlsSettings()):
        raise ConfigError(f"{source}: tls.certificate is needed for {wants or 'the other settings of [tls]'}")
    asks = tls.clients in ("optional", "required") or tls.admin or tls.write or tls.read or tls.others > Right.NONE
    if asks and tls.ca is None:
        raise ConfigError(f"{source}: tls.ca is needed to know whose certificates of clients hold")


def _is_root(root: bool | None) -> bool:
    return os.geteuid() == 0 if root is None else root


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as exc:
        raise ConfigError(f"{path}: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc


_accel = choice("auto", "kvm", "tcg")
_log_level = choice("debug", "info", "warning", "error")


def _driver(source: str, key: str, value: object) -> str:
    if isinstance(value, str) and value.partition(":")[0] == "libvirt":
        raise ConfigError(f"{source}: {key}: the libvirt driver is not there yet")
    return choice("auto", "test", "qemu")(source, key, value)


def _portmap(source: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise wrong(source, key, "auto, system, embedded[:PORT] or off", value)
    kind, colon, port = value.partition(":")
    if kind not in ("auto", "system", "embedded", "off") or (colon and kind != "embedded"):
        raise wrong(source, key, "auto, system, embedded[:PORT] or off", value)
    if colon and (not port.isascii() or not port.isdigit() or int(port) > 65535):
        raise wrong(source, key, "embedded:PORT with a port of 0 to 65535", value)
    return value


def _endpoint(source: str, value: object) -> Endpoint:
    if not isinstance(value, str):
        raise wrong(source, "onc", "tcp:HOST:PORT, udp:HOST:PORT, tls:HOST:PORT or unix:PATH[?ro]", value)
    try:
        return parse_endpoint(value)
    except EndpointError as exc:
        raise ConfigError(f"{source}: {exc}") from exc


def _libvirt(source: str, key: str, value: object) -> tuple[Endpoint, ...]:
    if not isinstance(value, list):
        raise wrong(source, key, "a list of endpoints", value)
    found: list[Endpoint] = []
    for item in value:
        if item == "default":
            found += libvirts_own_endpoints()
            continue
        endpoint = _endpoint(f"{source}: {key}", item)
        if endpoint.kind == "udp":
            raise wrong(source, key, "default, tcp:HOST:PORT, tls:HOST:PORT or unix:PATH[?ro]", item)
        found.append(endpoint)
    return tuple(found)


def _endpoints(source: str, key: str, value: object) -> tuple[Endpoint, ...]:
    if not isinstance(value, list):
        raise wrong(source, key, "a list of endpoints", value)
    return tuple(_endpoint(f"{source}: {key}", item) for item in value)


def _right(*choices: str) -> Callable[[str, str, object], Right]:
    def check(source: str, key: str, value: object) -> Right:
        return Right[choice(*choices)(source, key, value).upper()]

    return check


def _certificate_names(source: str, key: str, value: object) -> tuple[str, ...]:
    expected = f"a list of names that begin with {', '.join(kind + ':' for kind in NAME_KINDS)}"
    if not isinstance(value, list):
        raise wrong(source, key, expected, value)
    for name in value:
        kind, colon, rest = name.partition(":") if isinstance(name, str) else ("", "", "")
        if kind not in NAME_KINDS or not colon or not rest:
            raise wrong(source, key, expected, name)
    return tuple(value)


_TOP: Final[dict[str, Check]] = {
    "run_dir": path,
    "allowed_dirs": paths,
    "driver": _driver,
    "onc": _endpoints,
    "libvirt": _libvirt,
    "portmap": _portmap,
    "log_level": _log_level,
}
_SECTIONS: Final[dict[str, dict[str, Check]]] = {
    "limits": {
        "connections": whole(1, 100_000),
        "connections_each": whole(1, 100_000),
        "calls_under_way": whole(1, 65_536),
        "max_record_bytes": whole(4096, 64 * MIB),
        "record_timeout_s": seconds(0.1, 3600),
        "drain_s": seconds(0, 3600),
        "events_kept": whole(16, 1_000_000),
    },
    "access": {
        "write_group": text,
        "local": _right("none", "read", "write", "admin"),
        "remote": _right("none", "read"),
    },
    "tls": {
        "certificate": path,
        "key": path,
        "ca": path,
        "clients": choice("none", "optional", "required"),
        "admin": _certificate_names,
        "write": _certificate_names,
        "read": _certificate_names,
        "others": _right("none", "read", "write"),
    },
    "sasl": {"users": path},
    "qemu": {"accel": _accel, "emulator": path},
}


def _apply(config: Config, values: dict[str, Any], source: str) -> Config:
    changes: dict[str, Any] = {}
    for key, value in values.items():
        if key in _SECTIONS:
            if not isinstance(value, dict):
                raise wrong(source, key, "a table", value)
            changes[key] = replace(getattr(config, key), **checked(value, _SECTIONS[key], source, f"{key}."))
        else:
            changes.update(checked({key: value}, _TOP, source, ""))
    return replace(config, **changes)
