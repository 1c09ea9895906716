"""libvirt's own framing of calls (virnet), without IO: packets, keepalive, streams, both sides of a connection."""
