"""The `test` driver: machines that exist in memory only, for tests, demos and measurements."""

from __future__ import annotations

from virtrpcd.drivers.test.driver import TestDriver

__all__ = ["TestDriver"]
