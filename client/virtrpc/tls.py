"""The certificates that a client uses on onc+tls://: those in the URI, the environment's, a folder's, the system's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from oncrpc.errors import TlsSetup
from virtrpc.errors import UriError
from virtrpc.uri import Address

if TYPE_CHECKING:
    import ssl

    from oncrpc.tls import ClientTls

CA_VARIABLE: Final = "VIRTRPC_TLS_CA"
CERT_VARIABLE: Final = "VIRTRPC_TLS_CERT"
KEY_VARIABLE: Final = "VIRTRPC_TLS_KEY"
SYSTEM_FOLDER: Final = "/etc/virtrpc/tls"
CA_NAME, CERT_NAME, KEY_NAME = "ca.pem", "cert.pem", "key.pem"
LIBVIRT_CA: Final = "/etc/pki/CA/cacert.pem"
LIBVIRT_CERT: Final = "/etc/pki/libvirt/clientcert.pem"
LIBVIRT_KEY: Final = "/etc/pki/libvirt/private/clientkey.pem"


class Files(NamedTuple):
    """ca: who vouches for the daemon (None: those the system trusts). cert, key: who we are (None: nobody; key None:
    the key is in cert)."""

    ca: str | None
    cert: str | None
    key: str | None


def find_files(address: Address, environment: Mapping[str, str] | None = None) -> Files:
    """Return the files to use: the URI's; else $VIRTRPC_TLS_CA, _CERT, _KEY; else those in the own or system's folder.

    The folders are $XDG_CONFIG_HOME/virtrpc/tls and /etc/virtrpc/tls, with ca.pem, cert.pem and key.pem. From a folder
    a certificate is taken only together with its key, and only where this user may read both.
    """
    environment = os.environ if environment is None else environment
    folders = _folders(environment)
    ca = address.ca or environment.get(CA_VARIABLE) or _first(folders, CA_NAME)
    cert = address.cert or environment.get(CERT_VARIABLE)
    if cert:
        return Files(ca, cert, address.key or (None if address.cert else environment.get(KEY_VARIABLE)) or None)
    if address.key:
        raise UriError(f"key={address.key}: a key without cert=")
    for folder in folders:
        if all(os.access(folder / name, os.R_OK) for name in (CERT_NAME, KEY_NAME)):
            return Files(ca, str(folder / CERT_NAME), str(folder / KEY_NAME))
    return Files(ca, None, None)


def client_tls(address: Address) -> ClientTls | None:
    """Return what TLS is started with, None for an address without TLS. Raises UriError for files of no use."""
    if address.kind != "tls":
        return None
    # Imported here: who calls without TLS never loads OpenSSL.
    from oncrpc.tls import ClientTls

    files = find_files(address)
    try:
        return ClientTls(files.ca, files.cert, files.key, server_name=address.name or None)
    except TlsSetup as exc:
        raise UriError(str(exc)) from exc


def libvirt_tls(address: Address) -> ssl.SSLContext:
    """Return what TLS to a libvirt daemon is done with. Files as find_files says, else libvirt's own in /etc/pki.

    Raises UriError for files of no use.
    """
    import ssl

    files = find_files(address)
    ca = files.ca or _readable(LIBVIRT_CA)
    cert, key = files.cert, files.key
    if cert is None and _readable(LIBVIRT_CERT) and _readable(LIBVIRT_KEY):
        cert, key = LIBVIRT_CERT, LIBVIRT_KEY
    try:
        context = ssl.create_default_context(cafile=ca)
        if cert is not None:
            context.load_cert_chain(cert, key)
    except (OSError, ValueError) as exc:
        raise UriError(f"a certificate, key or CA file cannot be used ({ca}, {cert}, {key}): {exc}") from exc
    return context


def _readable(path: str) -> str | None:
    return path if os.access(path, os.R_OK) else None


def _folders(environment: Mapping[str, str]) -> list[Path]:
    home = environment.get("HOME") or os.path.expanduser("~")
    own = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return [Path(own) / "virtrpc" / "tls", Path(SYSTEM_FOLDER)]


def _first(folders: list[Path], name: str) -> str | None:
    return next((str(folder / name) for folder in folders if os.access(folder / name, os.R_OK)), None)
