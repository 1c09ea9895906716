"""The handlers: typed in, typed out, a module a noun; one set of them serves every framing of the calls."""

from virtrpcd.service.service import VirtService

__all__ = ["VirtService"]
