"""Keys of every set come to one number of QEMU's."""

from __future__ import annotations

import pytest

from virtrpcd.drivers.qemu.keycodes import codeset_known, to_qnum

LINUX, XT, ATSET1, ATSET2, ATSET3, OS_X, XT_KBD, USB, WIN32, QNUM = range(10)

# the same key in each set, in their order; None where a set does not have it
KEYS = {
    "a": (30, 30, 30, 28, 28, 0, 30, 4, 65, 30),
    "return": (28, 28, 28, 90, 90, 36, 28, 40, 13, 28),
    "left control": (29, 29, 29, 20, 17, 59, 29, 224, 17, 29),
    "delete": (111, None, None, None, 100, 117, 339, 76, 46, 211),
    "up": (103, None, None, None, 99, 126, 328, 82, 38, 200),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_the_same_in_all_sets(name: str) -> None:
    *others, qnum = KEYS[name]
    for codeset, key in enumerate(others):
        if key:
            assert to_qnum(codeset, key) == qnum, f"codeset {codeset}"


def test_what_is_no_key_has_no_number() -> None:
    assert to_qnum(LINUX, 0) is None
    assert to_qnum(LINUX, 266) is None
    assert to_qnum(QNUM, 0) is None
    assert to_qnum(QNUM, 256) is None
    assert to_qnum(USB, -1) is None


def test_there_are_ten_sets() -> None:
    assert [codeset_known(codeset) for codeset in range(-1, 11)] == [False, *[True] * 10, False]
