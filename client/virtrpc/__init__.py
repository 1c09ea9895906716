"""virtrpc: the client of virtrpcd, which runs virtual machines.

    import virtrpc
    with virtrpc.connect("onc+unix:///run/virtrpc/virtrpcd.sock") as host:
        for domain in host.domains():
            print(domain.name, domain.info())

virtrpc.aio has the same names for asyncio. Names are loaded at first use, so that the command line starts quickly.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virtrpc import aio
    from virtrpc.batch import BatchResult
    from virtrpc.connection import Host, Watch, connect
    from virtrpc.domain import Domain
    from virtrpc.errors import (
        AccessDenied,
        BadValue,
        ConfigUnsupported,
        DomainExists,
        InvalidArgument,
        NeedsVersion,
        NoDomain,
        NoNetwork,
        NotReached,
        NotRun,
        NotSupported,
        OperationFailed,
        OperationInvalid,
        OperationTimeout,
        ReadOnly,
        ResourceBusy,
        RpcRefused,
        UriError,
        VirtError,
        VirtrpcError,
        XmlError,
    )
    from virtrpc.events import NOW, Cursor, Event, Lost, News
    from virtrpc.results import (
        Affect,
        DomainInfo,
        DomainRef,
        DomainState,
        DomainStats,
        NodeInfo,
        State,
        VcpuInfo,
        VersionInfo,
    )
    from virtrpc.uri import Address, default_address, parse_uri

_MODULES = {
    "batch": ["BatchResult"],
    "connection": ["Host", "Watch", "connect"],
    "domain": ["Domain"],
    "errors": [
        "AccessDenied", "BadValue", "ConfigUnsupported", "DomainExists", "InvalidArgument", "NeedsVersion", "NoDomain",
        "NoNetwork", "NotReached", "NotRun", "NotSupported", "OperationFailed", "OperationInvalid", "OperationTimeout",
        "ReadOnly", "ResourceBusy", "RpcRefused", "UriError", "VirtError", "VirtrpcError", "XmlError",
    ],
    "events": ["NOW", "Cursor", "Event", "Lost", "News"],
    "results": [
        "Affect", "DomainInfo", "DomainRef", "DomainState", "DomainStats", "NodeInfo", "State", "VcpuInfo",
        "VersionInfo",
    ],
    "uri": ["Address", "default_address", "parse_uri"],
}  # fmt: skip
_HOME = {name: f"virtrpc.{module}" for module, names in _MODULES.items() for name in names}

__all__ = [
    "connect", "Host", "Domain", "Watch", "aio",
    "Affect", "BatchResult", "DomainInfo", "DomainRef", "DomainState", "DomainStats", "NodeInfo", "State", "VcpuInfo",
    "VersionInfo",
    "NOW", "Cursor", "Event", "Lost", "News",
    "Address", "default_address", "parse_uri",
    "VirtrpcError", "UriError", "BadValue", "NotReached", "NeedsVersion", "RpcRefused", "NotRun", "VirtError",
    "AccessDenied", "ConfigUnsupported", "DomainExists", "InvalidArgument", "NoDomain", "NoNetwork", "NotSupported",
    "OperationFailed", "OperationInvalid", "OperationTimeout", "ReadOnly", "ResourceBusy", "XmlError",
]  # fmt: skip

if not TYPE_CHECKING:

    def __getattr__(name):
        if name == "aio":
            return importlib.import_module("virtrpc.aio")
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(_HOME[name]), name)
        globals()[name] = value
        return value
