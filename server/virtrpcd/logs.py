"""Logs: one line of key=value pairs each on stderr, safe from what callers send, and not a flood."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Final, TextIO

MAX_TEXT: Final = 2048
"""Characters of one message; what callers send is cut far shorter where it is logged."""
BURST: Final = 50
"""Lines of one kind (logger and template) that may come at once; then PER_SECOND of them."""
PER_SECOND: Final = 5.0


def clip(text: str, limit: int = 256) -> str:
    """Return text that came from a caller, fit for a log line: at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


class LogfmtFormatter(logging.Formatter):
    """time=... level=... logger=... msg="...", and trace="..." for errors of our own; control characters escaped."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        message = clip(record.getMessage(), MAX_TEXT)
        line = f"time={stamp} level={record.levelname.lower()} logger={record.name} msg={json.dumps(message)}"
        if record.exc_info:
            line += f" trace={json.dumps(self.formatException(record.exc_info))}"
        return line


class RateLimit(logging.Filter):
    """Lets BURST lines of a kind through, then PER_SECOND;

    Says how many it held back when it lets the next one through.
    """

    def __init__(self) -> None:
        super().__init__()
        self._buckets: dict[tuple[str, str], tuple[float, float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.name, str(record.msg))
        if key not in self._buckets and len(self._buckets) >= 1000:
            self._buckets.clear()
        tokens, then, held = self._buckets.get(key, (float(BURST), record.created, 0))
        tokens = min(BURST, tokens + max(record.created - then, 0) * PER_SECOND)
        if tokens < 1:
            self._buckets[key] = (tokens, record.created, held + 1)
            return False
        self._buckets[key] = (tokens - 1, record.created, 0)
        if held:
            record.msg = f"{record.getMessage()} (and {held} more like it)"
            record.args = ()
        return True


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of `level` (debug, info, warning, error) and above to stderr."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LogfmtFormatter())
    handler.addFilter(RateLimit())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
