"""What libvirt calls each procedure, and whose error it is, against the table of its own names."""

from __future__ import annotations

import pytest
from virt_x_table import Row, procedures

from virtproto import virt as v
from virtrpcd.apinames import api_name, error_domain


@pytest.mark.parametrize("row", procedures(), ids=lambda row: row.name)
def test_each_procedure_has_the_name_of_libvirts_function(row: Row) -> None:
    assert api_name(v.VIRT_V2_TABLE.procedure(row.number)) == row.api


@pytest.mark.parametrize(
    ("number", "domain"),
    [
        (v.VIRT_CONNECT_COMPARE_CPU, v.VIRT_FROM_DOMAIN),
        (v.VIRT_NODE_GET_MEMORY_STATS, v.VIRT_FROM_DOMAIN),
        (v.VIRT_CONNECT_LIST_ALL_DOMAINS, v.VIRT_FROM_DOMAIN),
        (v.VIRT_CONNECT_DOMAIN_XML_TO_NATIVE, v.VIRT_FROM_DOMAIN),
        (v.VIRT_DOMAIN_ATTACH_DEVICE_FLAGS, v.VIRT_FROM_DOMAIN),
        (v.VIRT_DOMAIN_INTERFACE_STATS, v.VIRT_FROM_DOMAIN),
        (v.VIRT_DOMAIN_LIST_ALL_SNAPSHOTS, v.VIRT_FROM_SNAPSHOT),
        (v.VIRT_DOMAIN_REVERT_TO_SNAPSHOT, v.VIRT_FROM_SNAPSHOT),
        (v.VIRT_DOMAIN_CHECKPOINT_DELETE, v.VIRT_FROM_CHECKPOINT),
        (v.VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, v.VIRT_FROM_NETWORK),
        (v.VIRT_NETWORK_GET_DHCP_LEASES, v.VIRT_FROM_NETWORK),
        (v.VIRT_CONNECT_LIST_STORAGE_POOLS, v.VIRT_FROM_STORAGE),
        (v.VIRT_STORAGE_VOL_WIPE, v.VIRT_FROM_STORAGE),
        (v.VIRT_NODE_NUM_OF_DEVICES, v.VIRT_FROM_NODEDEV),
        (v.VIRT_NODE_DEVICE_GET_PARENT, v.VIRT_FROM_NODEDEV),
        (v.VIRT_CONNECT_LIST_ALL_INTERFACES, v.VIRT_FROM_INTERFACE),
        (v.VIRT_INTERFACE_CHANGE_BEGIN, v.VIRT_FROM_INTERFACE),
    ],
)
def test_a_refusal_names_the_part_of_the_system_that_the_call_is_about(number: int, domain: int) -> None:
    assert error_domain(v.VIRT_V2_TABLE.procedure(number)) == domain
