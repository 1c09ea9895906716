"""The contract that every driver keeps, as promises: one async function each, named for what is true.

A driver's test file makes a Subject of it and holds it to all:

    @pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
    def test_contract(promise, tmp_path):
        keep(promise, MySubject(tmp_path))
"""

from __future__ import annotations

from typing import Final

from drivers import contract_changes, contract_files, contract_host, contract_life, contract_networks
from drivers.harness import Exemption, Promise, Subject, keep

PROMISES: Final[tuple[Promise, ...]] = (
    *contract_host.PROMISES,
    *contract_life.PROMISES,
    *contract_changes.PROMISES,
    *contract_files.PROMISES,
    *contract_networks.PROMISES,
)

__all__ = ["PROMISES", "Exemption", "Promise", "Subject", "keep"]
