"""The filter bits of list_all_domains: bits of one group are alternatives, the groups must all hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from virtrpcd.drivers.base import Driver
from virtrpcd.model import DomainRef, DomainState

Test = Callable[[Driver, DomainRef], bool]


def _state(driver: Driver, ref: DomainRef) -> int:
    return driver.domain_state(ref.uuid)[0]


_ORDINARY: Final = (DomainState.RUNNING, DomainState.PAUSED, DomainState.SHUTOFF)

GROUPS: Final[tuple[tuple[tuple[int, Test], ...], ...]] = (
    ((0x1, lambda d, r: r.id >= 0), (0x2, lambda d, r: r.id < 0)),
    ((0x4, lambda d, r: d.is_persistent(r.uuid)), (0x8, lambda d, r: not d.is_persistent(r.uuid))),
    (
        (0x10, lambda d, r: _state(d, r) == DomainState.RUNNING),
        (0x20, lambda d, r: _state(d, r) == DomainState.PAUSED),
        (0x40, lambda d, r: _state(d, r) == DomainState.SHUTOFF),
        (0x80, lambda d, r: _state(d, r) not in _ORDINARY),
    ),
    ((0x100, lambda d, r: d.has_managed_save(r.uuid)), (0x200, lambda d, r: not d.has_managed_save(r.uuid))),
    ((0x400, lambda d, r: d.autostart(r.uuid)), (0x800, lambda d, r: not d.autostart(r.uuid))),
    ((0x1000, lambda d, r: d.snapshots.exist(r.uuid)), (0x2000, lambda d, r: not d.snapshots.exist(r.uuid))),
    ((0x4000, lambda d, r: d.checkpoints.exist(r.uuid)), (0x8000, lambda d, r: not d.checkpoints.exist(r.uuid))),
)


def matching(driver: Driver, flags: int) -> list[DomainRef]:
    """Return the machines that pass the filter; 0 is all of them."""
    refs = driver.domains()
    for group in GROUPS:
        tests = [test for bit, test in group if flags & bit]
        if tests and len(tests) < len(group):
            refs = [ref for ref in refs if any(test(driver, ref) for test in tests)]
    return refs
