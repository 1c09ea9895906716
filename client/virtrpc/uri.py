"""Where a daemon is: URIs and the default one. No IO but a look whether the default sockets are there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from virtrpc.errors import UriError

PORTMAP_PORT: Final = 111
URI_VARIABLE: Final = "VIRTRPC_URI"
SYSTEM_FOLDER: Final = "/run/virtrpc"
SOCKET: Final = "virtrpcd.sock"
READ_ONLY_SOCKET: Final = "virtrpcd-ro.sock"
UNIX_PATH_BYTES: Final = 107
"""The longest unix socket path that fits sockaddr_un."""


@dataclass(frozen=True, slots=True)
class Address:
    """kind is "tcp", "udp" or "unix". host, port (None: ask the portmapper at portmap_port) for the first two; path for
    unix, and read_only_path: the socket to take when that one is there but not permitted ("": none)."""

    kind: str
    host: str = ""
    port: int | None = None
    portmap_port: int = PORTMAP_PORT
    path: str = ""
    read_only_path: str = ""

    def __str__(self) -> str:
        if self.kind == "unix":
            return f"onc+unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        asked = self.port is None and self.portmap_port != PORTMAP_PORT
        return f"onc+{self.kind}://{host}{port}/" + (f"?portmap={self.portmap_port}" if asked else "")


def parse_uri(uri: str) -> Address:
    """Return the address that a URI names.

    onc+tcp://HOST[:PORT]/, onc+udp://HOST[:PORT]/, onc+unix:///PATH; without PORT it is asked of HOST's portmapper, at
    port 111 or ?portmap=PORT. Raises UriError, with one line that says what is wrong.
    """
    try:
        parts = urlsplit(uri)
        port = parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as exc:
        raise UriError(f"{uri!r} is no URI: {exc}") from exc
    kind = parts.scheme.removeprefix("onc+")
    if kind == "tls" or parts.scheme.startswith("libvirt+"):
        raise UriError(f"{uri!r}: {parts.scheme}:// is not there yet; use onc+tcp, onc+udp or onc+unix")
    if parts.scheme not in ("onc+tcp", "onc+udp", "onc+unix"):
        raise UriError(f"{uri!r}: expected onc+tcp://HOST[:PORT]/, onc+udp://HOST[:PORT]/ or onc+unix:///PATH")
    if parts.username is not None or parts.fragment:
        raise UriError(f"{uri!r}: neither a user nor a #fragment has a meaning here")
    if kind == "unix":
        return _unix(uri, parts.netloc, unquote(parts.path), query)
    if not parts.hostname:
        raise UriError(f"{uri!r}: the host is missing; expected {parts.scheme}://HOST[:PORT]/")
    if parts.path not in ("", "/"):
        raise UriError(f"{uri!r}: nothing may follow the host but /")
    if port == 0:
        raise UriError(f"{uri!r}: 0 is no port")
    portmap_port = _portmap_port(uri, query)
    return Address(kind, host=unquote(parts.hostname), port=port, portmap_port=portmap_port)


def _unix(uri: str, netloc: str, path: str, query: Mapping[str, str]) -> Address:
    if netloc or not path.startswith("/") or path == "/":
        raise UriError(f"{uri!r}: expected onc+unix:///PATH, with three slashes")
    if query:
        raise UriError(f"{uri!r}: a unix socket has no ?options")
    if len(os.fsencode(path)) > UNIX_PATH_BYTES or "\0" in path:
        raise UriError(f"{uri!r}: the path of a unix socket may have {UNIX_PATH_BYTES} bytes")
    return Address("unix", path=path)


def _portmap_port(uri: str, query: Mapping[str, str]) -> int:
    unknown = sorted(set(query) - {"portmap"})
    if unknown:
        raise UriError(f"{uri!r}: unknown option {unknown[0]!r}; there is only portmap=PORT")
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
