"""TLS of the libvirt door: from the first byte, where the ONC door begins in the clear and asks."""

from __future__ import annotations

import ssl

from virtrpcd.config import TlsSettings
from virtrpcd.config_checks import ConfigError


def server_context(settings: TlsSettings) -> ssl.SSLContext:
    """Return the context that connections begin with; TLS 1.2 at least. Raises ConfigError for a file of no use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    # libvirt's client takes a session ticket for the confirmation that has not come yet, and gives up.
    context.num_tickets = 0
    if settings.certificate is None:
        raise ConfigError("tls.certificate is needed for a tls: endpoint")
    try:
        context.load_cert_chain(settings.certificate, settings.key)
        if settings.ca is not None:
            context.load_verify_locations(settings.ca)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigError(f"tls: {settings.certificate}: {exc}") from exc
    clients = settings.clients or ("optional" if settings.ca else "none")
    verify = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
    context.verify_mode = verify[clients]
    return context
