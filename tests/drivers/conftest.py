"""The contract's files check with plain assert, as test files do."""

import pytest

pytest.register_assert_rewrite(
    "drivers.harness",
    "drivers.contract_host",
    "drivers.contract_life",
    "drivers.contract_changes",
    "drivers.contract_files",
    "drivers.storage_house",
    "drivers.qemu_storage_house",
)
