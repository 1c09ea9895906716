"""Storage pools and volumes: model <-> virtproto, both ways, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from virtproto import virt as v
from virtrpcd.model_storage import (
    PoolInfo,
    PoolLifecycleEvent,
    PoolRef,
    PoolRefreshEvent,
    VolumeInfo,
    VolumeRef,
)

_NO_CALLBACK: Final = -1


def pool_ref(wire: v.virt_storage_pool) -> PoolRef:
    """Return which pool the wire names."""
    return PoolRef(wire.name, wire.uuid)


def pool(ref: PoolRef) -> v.virt_storage_pool:
    """Return the wire form of a pool's names."""
    return v.virt_storage_pool(*ref)


def volume_ref(wire: v.virt_storage_vol) -> VolumeRef:
    """Return which volume the wire names."""
    return VolumeRef(wire.pool, wire.name, wire.key)


def volume(ref: VolumeRef) -> v.virt_storage_vol:
    """Return the wire form of a volume's names."""
    return v.virt_storage_vol(*ref)


def pool_info(info: PoolInfo) -> v.virt_storage_pool_get_info_ret:
    """Return the wire form of a pool's state and sizes."""
    return v.virt_storage_pool_get_info_ret(*info)


def volume_info(info: VolumeInfo) -> v.virt_storage_vol_get_info_ret:
    """Return the wire form of a volume's type and sizes."""
    return v.virt_storage_vol_get_info_ret(*info)


def volume_info_flags(info: VolumeInfo) -> v.virt_storage_vol_get_info_flags_ret:
    """Return the wire form of a volume's type and sizes, as they were asked for."""
    return v.virt_storage_vol_get_info_flags_ret(*info)


BODIES: Final[dict[type, tuple[int, Callable[[Any], Any]]]] = {
    PoolLifecycleEvent: (
        v.VIRT_EVENT_STORAGE_POOL_LIFECYCLE,
        lambda e: v.virt_event_storage_pool_lifecycle(_NO_CALLBACK, pool(e.pool), e.event, e.detail),
    ),
    PoolRefreshEvent: (
        v.VIRT_EVENT_STORAGE_POOL_REFRESH,
        lambda e: v.virt_event_storage_pool_refresh(_NO_CALLBACK, pool(e.pool)),
    ),
}
"""The bodies of events, for convert.py's table."""
