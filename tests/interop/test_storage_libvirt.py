"""Libvirt itself, behind virsh and its own test driver, still answers to storage XML what the rows say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from interop.programs import need
from storage_rows import (
    POOL_OF,
    Refused,
    Shown,
    pool_answer,
    pool_xml,
    refused,
    shown,
    volume_answer,
    volume_xml,
)

pytestmark = pytest.mark.interop


def virsh(commands: str) -> tuple[str, str]:
    """Return what virsh printed and what it complained of."""
    need("virsh")
    args = ["virsh", "-q", "-c", "test:///default", commands]
    run = subprocess.run(args, capture_output=True, text=True, timeout=60, check=False)
    return run.stdout, run.stderr


@pytest.mark.parametrize("row", shown("pool"), ids=lambda row: f"{row.type} {row.given[:60]}")
def test_libvirt_shows_a_pool_so(row: Shown, tmp_path: Path) -> None:
    given = tmp_path / "pool.xml"
    given.write_text(pool_xml(row))
    out, errors = virsh(f"pool-define {given}; pool-dumpxml n")
    assert errors == ""
    assert "<pool" + out.partition("<pool")[2].rstrip("\n") + "\n" == pool_answer(row)


@pytest.mark.parametrize("row", refused("pool"), ids=lambda row: row.given[:90])
def test_libvirt_refuses_a_pool_so(row: Refused, tmp_path: Path) -> None:
    given = tmp_path / "pool.xml"
    given.write_text(row.given)
    assert virsh(f"pool-define {given}")[1].rstrip("\n").endswith(f"\nerror: {row.message}")


@pytest.mark.parametrize("row", shown("volume"), ids=lambda row: f"{row.type} {row.given[:60]}")
def test_libvirt_shows_a_volume_so(row: Shown, tmp_path: Path) -> None:
    pool, volume = tmp_path / "pool.xml", tmp_path / "volume.xml"
    pool.write_text(f"<pool type='{row.type}'><name>n</name>{POOL_OF[row.type]}</pool>")
    volume.write_text(volume_xml(row))
    out, errors = virsh(f"pool-create {pool}; vol-create n {volume}; vol-dumpxml v n")
    assert errors == ""
    assert "<volume" + out.partition("<volume")[2].rstrip("\n") + "\n" == volume_answer(row)


@pytest.mark.parametrize("row", refused("volume"), ids=lambda row: row.given[:90])
def test_libvirt_refuses_a_volume_so(row: Refused, tmp_path: Path) -> None:
    given = tmp_path / "volume.xml"
    given.write_text(row.given)
    errors = virsh(f"vol-create default-pool {given}")[1]
    assert errors.rstrip("\n").endswith(f"\nerror: {row.message}")
