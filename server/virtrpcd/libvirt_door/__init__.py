"""The libvirt door: the same calls in libvirt's own framing, and what a connection of that kind has besides."""
