"""ONC RPC (SunRPC) in Python: XDR, record marking, sessions, clients, servers, portmapper.

`oncrpc.Client`, `oncrpc.AsyncClient`, `oncrpc.Dispatcher` and the rest of `__all__` are loaded when first used, so that
a blocking client never loads asyncio. The errors are in `oncrpc.errors`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from oncrpc.aclient import AsyncClient
    from oncrpc.client import Client
    from oncrpc.dispatch import Dispatcher
    from oncrpc.errors import OncRpcError
    from oncrpc.interceptors import Interceptor
    from oncrpc.procedure import Call, Procedure, Program
    from oncrpc.reconnect import Reconnect
    from oncrpc.server import Limits, Listener
    from oncrpc.service import Server
    from oncrpc.tls import ClientTls, ServerTls

__version__ = "0.1.0"

__all__ = [
    "AsyncClient", "Call", "Client", "ClientTls", "Dispatcher", "Interceptor", "Limits", "Listener", "OncRpcError",
    "Procedure", "Program", "Reconnect", "Server", "ServerTls",
]  # fmt: skip

_HOMES: Final = {
    "AsyncClient": "aclient",
    "Call": "procedure",
    "Client": "client",
    "ClientTls": "tls",
    "Dispatcher": "dispatch",
    "Interceptor": "interceptors",
    "Limits": "server",
    "Listener": "server",
    "OncRpcError": "errors",
    "Procedure": "procedure",
    "Program": "procedure",
    "Reconnect": "reconnect",
    "Server": "service",
    "ServerTls": "tls",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'oncrpc' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"oncrpc.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
