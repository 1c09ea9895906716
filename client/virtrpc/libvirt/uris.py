"""libvirt's connection URIs, and where they lead: driver[+transport]://[host][:port]/path[?options]."""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from virtrpc.libvirt.errors import FROM_REMOTE, INVALID_ARG, NO_SUPPORT, refused
from virtrpc.uri import LIBVIRT_PORTS, Address, libvirt_socket, parse_uri


class Place(NamedTuple):
    """Where to connect, and the driver's URI that is asked for there."""

    address: Address
    name: str


def find(uri: str | None) -> Place:
    """Return where a URI leads; None: $LIBVIRT_DEFAULT_URI, else what the local daemon chooses. Raises libvirtError."""
    if not uri:
        uri = os.environ.get("LIBVIRT_DEFAULT_URI", "")
    if not uri:
        own = "" if os.getuid() == 0 else "qemu:///session"
        return Place(Address("unix", path=libvirt_socket(own), protocol="libvirt"), "")
    if uri.startswith("libvirt+"):
        address = parse_uri(uri)
        return Place(address, address.driver)
    return _libvirts(uri)


def _libvirts(uri: str) -> Place:
    parts = urlsplit(uri)
    driver, _, transport = parts.scheme.partition("+")
    if not driver:
        raise refused(INVALID_ARG, FROM_REMOTE, f"invalid argument: {uri!r} has no driver")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    path = unquote(parts.path)
    name = options.pop("name", "" if driver == "remote" else f"{driver}://{path}")
    socket = options.pop("socket", "")
    if not transport:
        transport = "tls" if parts.hostname else "unix"
    if transport == "unix":
        where = socket or libvirt_socket(name)
        return Place(Address("unix", path=where, protocol="libvirt", driver=name), name)
    if transport not in LIBVIRT_PORTS:
        raise refused(NO_SUPPORT, FROM_REMOTE, f"transport {transport!r} is not there: use unix, tcp or tls")
    ca, cert, key = _tls(options)
    port = LIBVIRT_PORTS[transport] if parts.port is None else parts.port
    host = parts.hostname or "localhost"
    return Place(
        Address(transport, host=host, port=port, protocol="libvirt", driver=name, ca=ca, cert=cert, key=key), name
    )


def _tls(options: dict[str, str]) -> tuple[str, str, str]:
    folder = options.get("pkipath")
    if not folder:
        return "", "", ""
    return f"{folder}/cacert.pem", f"{folder}/clientcert.pem", f"{folder}/clientkey.pem"
