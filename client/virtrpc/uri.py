"""Where a daemon is: URIs and the default one. No IO but a look whether the default sockets are there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from virtrpc.errors import UriError

PORTMAP_PORT: Final = 111
URI_VARIABLE: Final = "VIRTRPC_URI"
SYSTEM_FOLDER: Final = "/run/virtrpc"
SOCKET: Final = "virtrpcd.sock"
READ_ONLY_SOCKET: Final = "virtrpcd-ro.sock"
_TlsOption = Literal["ca", "cert", "key", "name"]
TLS_OPTIONS: Final[tuple[_TlsOption, ...]] = ("ca", "cert", "key", "name")
SCHEMES: Final = (
    "onc+tcp", "onc+udp", "onc+tls", "onc+unix", "libvirt+tcp", "libvirt+tls", "libvirt+unix"
)  # fmt: skip
UNIX_PATH_BYTES: Final = 107
"""The longest unix socket path that fits sockaddr_un."""


@dataclass(frozen=True, slots=True)
class Address:
    """kind is "tcp", "udp", "tls" or "unix". host, port (None: ask the portmapper at portmap_port) for all but unix;
    path for unix, and read_only_path: the socket to take when that one is there but not permitted ("": none). For tls,
    files (ca, cert, key; "": as virtrpc.tls finds them) and the name that the daemon's certificate must have ("": the
    host).

    protocol is "onc", or "libvirt" for libvirt's own framing; there driver is what is opened, libvirt's URI of it ("":
    the daemon's choice).
    """

    kind: str
    host: str = ""
    port: int | None = None
    portmap_port: int = PORTMAP_PORT
    path: str = ""
    read_only_path: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    name: str = ""
    protocol: str = "onc"
    driver: str = ""

    @property
    def netid(self) -> str:
        """What the portmapper calls it: TLS is started on an ordinary tcp connection (RFC 9289)."""
        return "tcp" if self.kind == "tls" else self.kind

    def __str__(self) -> str:
        if self.protocol == "libvirt":
            return libvirt_text(self)
        if self.kind == "unix":
            return f"onc+unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        options: dict[str, str] = {word: getattr(self, word) for word in TLS_OPTIONS if getattr(self, word)}
        if self.port is None and self.portmap_port != PORTMAP_PORT:
            options["portmap"] = str(self.portmap_port)
        return f"onc+{self.kind}://{host}{port}/" + ("?" + urlencode(options, safe="/") if options else "")


def parse_uri(uri: str) -> Address:
    """Return the address that a URI names.

    onc+tcp://HOST[:PORT]/, onc+udp://HOST[:PORT]/, onc+tls://HOST[:PORT]/, onc+unix:///PATH; without PORT it is asked
    of HOST's portmapper, at port 111 or ?portmap=PORT. tls takes ?ca=FILE&cert=FILE&key=FILE&name=NAME too. A daemon
    that speaks libvirt's protocol: libvirt+tcp://HOST[:PORT]/NAME, libvirt+tls://HOST[:PORT]/NAME, libvirt+unix:///NAME
    or libvirt+unix:///PATH?name=NAME; NAME is system, session, default or one of libvirt's own URIs, nothing for the
    daemon's choice. Raises UriError, with one line that says what is wrong.
    """
    try:
        parts = urlsplit(uri)
        port = parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as exc:
        raise UriError(f"{uri!r} is no URI: {exc}") from exc
    kind = parts.scheme.removeprefix("onc+").removeprefix("libvirt+")
    if parts.scheme not in SCHEMES:
        raise UriError(
            f"{uri!r}: expected onc+tcp, onc+tls or onc+udp://HOST[:PORT]/, onc+unix:///PATH, or "
            "libvirt+tcp, libvirt+tls://HOST[:PORT]/NAME, libvirt+unix:///PATH"
        )
    if parts.username is not None or parts.fragment:
        raise UriError(f"{uri!r}: neither a user nor a #fragment has a meaning here")
    if kind == "unix":
        return (_unix if parts.scheme == "onc+unix" else _libvirt_unix)(uri, parts.netloc, unquote(parts.path), query)
    if not parts.hostname:
        raise UriError(f"{uri!r}: the host is missing; expected {parts.scheme}://HOST[:PORT]/")
    if port == 0:
        raise UriError(f"{uri!r}: 0 is no port")
    if parts.scheme.startswith("libvirt+"):
        return _libvirt_host(uri, kind, unquote(parts.hostname), port, unquote(parts.path), query)
    if parts.path not in ("", "/"):
        raise UriError(f"{uri!r}: nothing may follow the host but /")
    tls = {word: query.pop(word) for word in TLS_OPTIONS if word in query} if kind == "tls" else {}
    _none_empty(uri, tls)
    return Address(kind, host=unquote(parts.hostname), port=port, portmap_port=_portmap_port(uri, kind, query), **tls)


def _unix(uri: str, netloc: str, path: str, query: Mapping[str, str]) -> Address:
    if netloc or not path.startswith("/") or path == "/":
        raise UriError(f"{uri!r}: expected onc+unix:///PATH, with three slashes")
    if query:
        raise UriError(f"{uri!r}: a unix socket has no ?options")
    return Address("unix", path=_socket_path(uri, path))


def _socket_path(uri: str, path: str) -> str:
    if len(os.fsencode(path)) > UNIX_PATH_BYTES or "\0" in path:
        raise UriError(f"{uri!r}: the path of a unix socket may have {UNIX_PATH_BYTES} bytes")
    return path


def _none_empty(uri: str, options: Mapping[_TlsOption, str]) -> None:
    empty = next((word for word, value in options.items() if not value), None)
    if empty is not None:
        raise UriError(f"{uri!r}: {empty}= says nothing")


# -- libvirt's own framing --------------------------------------------------------------------------------------------

LIBVIRT_PORTS: Final = {"tcp": 16509, "tls": 16514}
_DRIVERS: Final = {
    "": "", "system": "qemu:///system", "session": "qemu:///session", "default": "test:///default",
    "test": "test:///default",
}  # fmt: skip
_SHORT: Final = {"qemu:///system": "system", "qemu:///session": "session", "test:///default": "default"}


def libvirt_socket(driver: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the socket of the daemon that has a driver: libvirtd's, or, when that is not there, virtqemud's.

    The user's own for "session" URIs of who is not root, else the system's.
    """
    environment = os.environ if environment is None else environment
    folder = "/run/libvirt"
    if driver.endswith("/session") and os.getuid() != 0:
        runtime = environment.get("XDG_RUNTIME_DIR") or os.path.expanduser("~/.cache")
        folder = f"{runtime}/libvirt"
    usual, modular = f"{folder}/libvirt-sock", f"{folder}/virtqemud-sock"
    return modular if not os.path.exists(usual) and os.path.exists(modular) else usual


def libvirt_text(address: Address) -> str:
    """Return the URI of an address with protocol "libvirt"."""
    if address.kind == "unix":
        options = {"name": address.driver} if address.driver else {}
        return f"libvirt+unix://{quote(address.path)}" + ("?" + urlencode(options, safe="/:") if options else "")
    host = f"[{address.host}]" if ":" in address.host else address.host
    options = {word: getattr(address, word) for word in TLS_OPTIONS if getattr(address, word)}
    name = _SHORT.get(address.driver, quote(address.driver, safe=":/"))
    query = "?" + urlencode(options, safe="/") if options else ""
    return f"libvirt+{address.kind}://{host}:{address.port}/{name}{query}"


def _driver(uri: str, name: str) -> str:
    if name in _DRIVERS:
        return _DRIVERS[name]
    if ":///" in name:
        return name
    raise UriError(f"{uri!r}: {name!r} names no driver; try system, session, default, or one of libvirt's URIs")


def _libvirt_unix(uri: str, netloc: str, path: str, query: dict[str, str]) -> Address:
    if netloc or not path.startswith("/"):
        raise UriError(f"{uri!r}: expected libvirt+unix:///PATH or libvirt+unix:///NAME, with three slashes")
    name = query.pop("name", None)
    _only(uri, query, "name=NAME")
    if path[1:] in _DRIVERS:
        driver = _driver(uri, path[1:] if name is None else name)
        return Address("unix", path=libvirt_socket(driver), protocol="libvirt", driver=driver)
    driver = _driver(uri, name or "")
    return Address("unix", path=_socket_path(uri, path), protocol="libvirt", driver=driver)


def _libvirt_host(uri: str, kind: str, host: str, port: int | None, path: str, query: dict[str, str]) -> Address:
    tls = {word: query.pop(word) for word in TLS_OPTIONS if word in query} if kind == "tls" else {}
    _none_empty(uri, tls)
    _only(uri, query, "ca=, cert=, key= and name=" if kind == "tls" else "")
    driver = _driver(uri, path.removeprefix("/"))
    port = LIBVIRT_PORTS[kind] if port is None else port
    return Address(
        kind, host=host, port=port, ca=tls.get("ca", ""), cert=tls.get("cert", ""), key=tls.get("key", ""),
        name=tls.get("name", ""), protocol="libvirt", driver=driver,
    )  # fmt: skip


def _only(uri: str, left: Mapping[str, str], there: str) -> None:
    unknown = sorted(left)
    if unknown:
        raise UriError(f"{uri!r}: unknown option {unknown[0]!r}; there is only {there}" if there else
                       f"{uri!r}: unknown option {unknown[0]!r}; there is none")  # fmt: skip


def _portmap_port(uri: str, kind: str, query: Mapping[str, str]) -> int:
    unknown = sorted(set(query) - {"portmap"})
    if unknown:
        there = "portmap=PORT" + ", ca=, cert=, key= and name=" * (kind == "tls")
        raise UriError(f"{uri!r}: unknown option {unknown[0]!r}; there is only {there}")
    text = query.get("portmap", str(PORTMAP_PORT))
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 65535):
        raise UriError(f"{uri!r}: portmap={text!r} is no port (1 to 65535)")
    return int(text)


def default_address(environment: Mapping[str, str] | None = None, uid: int | None = None) -> Address:
    """Return where the daemon is when nobody says: $VIRTRPC_URI, else a unix socket, else its read-only neighbour.

    Root takes the system's, /run/virtrpc/virtrpcd.sock; others their own daemon's if its socket is there
    ($XDG_RUNTIME_DIR/virtrpc, or run/ in its state folder), else the system's. Raises UriError for a bad $VIRTRPC_URI.
    """
    environment = os.environ if environment is None else environment
    uri = environment.get(URI_VARIABLE, "")
    if uri:
        return parse_uri(uri)
    if (os.getuid() if uid is None else uid) != 0:
        for folder in _own_folders(environment):
            if (folder / SOCKET).exists():
                return Address("unix", path=str(folder / SOCKET))
    return Address("unix", path=f"{SYSTEM_FOLDER}/{SOCKET}", read_only_path=f"{SYSTEM_FOLDER}/{READ_ONLY_SOCKET}")


def _own_folders(environment: Mapping[str, str]) -> list[Path]:
    folders = []
    if environment.get("XDG_RUNTIME_DIR"):
        folders.append(Path(environment["XDG_RUNTIME_DIR"]) / "virtrpc")
    home = environment.get("HOME") or os.path.expanduser("~")
    state = environment.get("XDG_STATE_HOME") or f"{home}/.local/state"
    folders.append(Path(state) / "virtrpc" / "run")
    return folders
