"""ONC RPC (SunRPC) in Python: XDR, record marking, sessions, clients, servers, portmapper."""

__version__ = "0.1.0"
