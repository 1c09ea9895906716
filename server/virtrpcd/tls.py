"""TLS as configured: certificates, and what their holders may do."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from oncrpc.certificate import Certificate
from oncrpc.errors import TlsSetup
from virtrpcd.access import Peer, Right
from virtrpcd.config import Config, TlsSettings
from virtrpcd.config_checks import ConfigError

if TYPE_CHECKING:
    from oncrpc.tls import ServerTls

Identify = Callable[[socket.socket, "Certificate | None"], Peer]


def named_rights(settings: TlsSettings) -> tuple[tuple[str, Right], ...]:
    """Return the (name, right) pairs of the names that are configured."""
    listed = ((settings.admin, Right.ADMIN), (settings.write, Right.WRITE), (settings.read, Right.READ))
    return tuple((name, right) for names, right in listed for name in names)


def server_tls(settings: TlsSettings, *, required: bool, identify: Identify | None = None) -> ServerTls | None:
    """Return what TLS is started with, None where there is no certificate. Raises ConfigError for a bad file."""
    if settings.certificate is None:
        return None
    # Imported here: a daemon without certificates never loads OpenSSL.
    from oncrpc.tls import ServerTls

    clients = settings.clients or ("optional" if settings.ca else "none")
    try:
        return ServerTls(
            settings.certificate,
            settings.key,
            settings.ca,
            clients=cast(Any, clients),
            required=required,
            identify=identify,
        )
    except TlsSetup as exc:
        raise ConfigError(f"tls: {exc}") from exc


def check(config: Config) -> None:
    """Raise ConfigError when the certificates could not be used."""
    server_tls(config.tls, required=True)
