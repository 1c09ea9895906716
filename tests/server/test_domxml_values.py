"""Single values: the edges that whole documents do not show."""

from __future__ import annotations

import pytest

from virtrpcd.domxml_values import check_name, check_path, check_text, parse_mac, parse_number, unit_bytes


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("b", 1),
        ("BYTES", 1),
        ("k", 1024),
        ("Ki" + "B", 1024),
        ("kb", 1000),
        ("p", 1 << 50),
        ("EiB", 1 << 60),
        ("EB", 10**18),
    ],
)
def test_units_are_libvirts_in_any_case(unit: str, size: int) -> None:
    assert unit_bytes(unit) == size


@pytest.mark.parametrize("unit", ["", "ib", "x", "kk", "kibb", "zib", " k"])
def test_other_units_are_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        unit_bytes(unit)


@pytest.mark.parametrize("name", ["\ud800", "\ufffe", "a\uffffb", "\x7f", "\x85", "a\0"])
def test_a_name_that_xml_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not allowed"):
        check_name(name)


def test_text_of_several_lines_is_allowed_where_said() -> None:
    assert check_text("a\n\tb", lines=True) == "a\n\tb"
    for text in ("a\nb", "a\tb"):
        with pytest.raises(ValueError, match="control"):
            check_text(text)
    with pytest.raises(ValueError, match="control"):
        check_text("a\rb", lines=True)


def test_a_path_is_absolute_and_short_enough() -> None:
    assert check_path("/" + "a" * 4094)
    for path in ("", "a", "./a", "~/a", "/" + "a" * 4095, "/a\0"):
        with pytest.raises(ValueError, match=r"path|control"):
            check_path(path)


def test_numbers_are_decimal_and_bounded() -> None:
    assert parse_number(" +7 ", 0, 7) == 7
    for text in ("8", "-1", "", " ", "7.0", "0b1", "1_0", "9" * 21, "\u00b2"):
        with pytest.raises(ValueError, match="it is not"):
            parse_number(text, 0, 7)


def test_a_mac_is_normalised() -> None:
    assert parse_mac("0:a:B:cd:EF:1") == "00:0a:0b:cd:ef:01"
    for text in (
        "",
        "0:0:0:0:0",
        "0:0:0:0:0:0:0",
        "000:0:0:0:0:0",
        "1:0:0:0:0:0",
        "ff:ff:ff:ff:ff:ff",
        "0:0:0:0:0:0\n",
    ):
        with pytest.raises(ValueError, match="MAC"):
            parse_mac(text)
