"""Snapshots and checkpoints: model <-> virtproto, both ways, nothing else."""

from __future__ import annotations

from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.model_snapshot import CheckpointRef, SnapshotRef


def snapshot(ref: SnapshotRef) -> v.virt_snapshot:
    """Return the wire form of a snapshot's names."""
    return v.virt_snapshot(ref.name, convert.domain(ref.dom))


def checkpoint(ref: CheckpointRef) -> v.virt_checkpoint:
    """Return the wire form of a checkpoint's names."""
    return v.virt_checkpoint(ref.name, convert.domain(ref.dom))
