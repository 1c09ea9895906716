"""What QEMU tells of disks is read by target; what no QEMU tells is refused and nothing else."""

from __future__ import annotations

import pytest

from virtrpcd.drivers.qemu.counters import MAX_COUNTER, read_counters
from virtrpcd.drivers.qemu.qmp import MonitorError

VDA = "/machine/peripheral/dev-vda/virtio-backend"
BLOCKS = [
    {"qdev": VDA, "inserted": {"image": {"virtual-size": 1 << 30, "actual-size": 200704}}},
    {"qdev": "/machine/peripheral/dev-hdc", "inserted": None},
]
STATS = [
    {"qdev": VDA, "node-name": "disk-vda", "stats": {"rd_bytes": 512, "rd_operations": 1, "wr_highest_offset": 7}},
    {"qdev": "/machine/peripheral/dev-hdc", "stats": {"rd_bytes": 1 << 70, "wr_bytes": -5}},
    {"device": "floppy0", "stats": {}},
]


def test_counters_and_sizes_are_those_of_the_disk() -> None:
    found = read_counters(BLOCKS, STATS)
    assert list(found) == ["vda", "hdc"]
    assert (found["vda"].rd_bytes, found["vda"].rd_operations, found["vda"].wr_highest_offset) == (512, 1, 7)
    assert (found["vda"].capacity, found["vda"].actual_size) == (1 << 30, 200704)
    assert (found["hdc"].rd_bytes, found["hdc"].wr_bytes, found["hdc"].capacity) == (MAX_COUNTER, 0, 0)


@pytest.mark.parametrize(
    ("blocks", "stats"),
    [
        (None, []),
        ([], 7),
        ([7], []),
        ([{"qdev": []}], []),
        ([{"qdev": VDA, "inserted": 3}], []),
        ([], [None]),
        ([], [{"qdev": VDA}]),
        ([], [{"qdev": VDA, "stats": []}]),
        ([], [{"qdev": VDA, "stats": {"rd_bytes": "many"}}]),
        ([{"qdev": VDA, "inserted": {"image": [1]}}], [{"qdev": VDA, "stats": {}}]),
    ],
)
def test_what_no_qemu_tells_is_refused(blocks: object, stats: object) -> None:
    with pytest.raises(MonitorError, match="malformed"):
        read_counters(blocks, stats)
