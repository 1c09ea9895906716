"""Where the daemon listens: tcp:HOST:PORT, udp:HOST:PORT, tls:HOST:PORT, unix:PATH[?ro]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNIX_PATH_BYTES: Final = 107
"""The longest unix socket path that fits sockaddr_un."""


class EndpointError(ValueError):
    """The text names no place to listen."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """kind is tcp, udp, tls or unix; host and port for all but unix (port 0: any free one), path and read_only for it.

    tls is tcp with TLS required (RFC 9289).
    """

    kind: str
    host: str = ""
    port: int = 0
    path: str = ""
    read_only: bool = False

    def __str__(self) -> str:
        if self.kind == "unix":
            return f"unix:{self.path}" + ("?ro" if self.read_only else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}:{host}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """Return the endpoint. Raises EndpointError with one line that says what is wrong."""
    kind, _, rest = text.partition(":")
    if kind == "unix":
        return _parse_unix(text, rest)
    if kind not in ("tcp", "udp", "tls"):
        raise EndpointError(f"{text!r}: starts with none of tcp: udp: tls: unix:")
    host, colon, port = rest.rpartition(":")
    if not colon or not host:
        raise EndpointError(f"{text!r}: expected {kind}:HOST:PORT")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise EndpointError(f"{text!r}: {port!r} is no port (0 to 65535)")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise EndpointError(f"{text!r}: write an IPv6 address in brackets")
    return Endpoint(kind, host=host, port=int(port))


def _parse_unix(text: str, rest: str) -> Endpoint:
    path, mark, option = rest.partition("?")
    if mark and option != "ro":
        raise EndpointError(f"{text!r}: the only option of a unix socket is ?ro")
    if not path.startswith("/"):
        raise EndpointError(f"{text!r}: the path must be absolute")
    if len(path.encode()) > UNIX_PATH_BYTES or "\0" in path:
        raise EndpointError(f"{text!r}: the path is longer than {UNIX_PATH_BYTES} bytes")
    return Endpoint("unix", path=path, read_only=bool(mark))
