"""When a client connects again, and what it then sends again. Shared by both clients; no IO here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from oncrpc.errors import CallCancelled, CallTimeout, LocalError, NotDelivered, OutcomeUnknown, TransportError
from oncrpc.procedure import Procedure

Repeat = Literal["never", "always"] | Callable[[Procedure[Any]], bool]


@dataclass(frozen=True, slots=True)
class Reconnect:
    """How a client that lost its connection gets a new one.

    attempts: how often one call may be tried again after its first try, connecting included. first_wait_s, max_wait_s:
    the wait before the second new try, doubled for each further one up to the maximum; the first comes at once. Each
    wait is shortened by chance, to as little as half: clients that lost one server must not come back in one moment.
    repeat: which calls to send again when it is not known whether they ran ("never", "always", or a rule that is asked
    with the procedure); those that never reached the server are always sent again. A call that timed out or was
    cancelled is not. Raises LocalError for numbers that mean nothing.

    What the server tied to the lost connection (a login, callbacks, locks) is gone with it, and is the user's affair.
    """

    attempts: int = 3
    first_wait_s: float = 0.1
    max_wait_s: float = 10.0
    repeat: Repeat = "never"

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 <= self.first_wait_s <= self.max_wait_s:
            raise LocalError("Reconnect: attempts must be 1 at least, and 0 <= first_wait_s <= max_wait_s")
        if isinstance(self.repeat, str) and self.repeat not in ("never", "always"):
            raise LocalError(f"Reconnect: repeat is 'never', 'always' or a callable, not {self.repeat!r}")

    def wait_s(self, attempt: int) -> float:
        """Return the seconds to wait before new try number `attempt`, from 1."""
        if attempt <= 1:
            return 0.0
        longest: float = min(self.max_wait_s, self.first_wait_s * 2.0 ** min(attempt - 2, 60))
        return longest * random.uniform(0.5, 1.0)

    def tries_again(self, failure: TransportError, procedure: Procedure[Any], attempt: int) -> bool:
        """Say whether a call that failed is to be tried for the `attempt`th new time."""
        if attempt > self.attempts:
            return False
        if isinstance(failure, NotDelivered):
            return True
        if not isinstance(failure, OutcomeUnknown) or isinstance(failure, (CallTimeout, CallCancelled)):
            return False
        return self.repeat(procedure) if callable(self.repeat) else self.repeat == "always"


def shorter(limit_s: float | None, ends: float | None) -> float | None:
    """Return the seconds allowed by a limit and by a time.monotonic() deadline; None is no limit."""
    if ends is None:
        return limit_s
    left = max(ends - time.monotonic(), 0.0)
    return left if limit_s is None else min(limit_s, left)


def after(seconds: float | None) -> float | None:
    """Return the time.monotonic() deadline that many seconds from now."""
    return None if seconds is None else time.monotonic() + seconds
