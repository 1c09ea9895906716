"""Sizes on the wire."""

from __future__ import annotations

import pytest
from spec_rows import good

from pyrpcgen.sizes import Sizes


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("struct t { int a; hyper b; quadruple c; char d[3]; };", "40 bytes"),
        ("struct t { opaque a[5]; bool b; };", "12 bytes"),
        ("struct t { string a<>; t *b; };", "8 bytes or more"),
        ("enum t { A };", "4 bytes"),
        ("typedef opaque t[0x10];", "16 bytes"),
        ("union t switch (int x) { case 1: int a; default: float b; };", "8 bytes"),
        ("union t switch (int x) { case 1: int a; default: void; };", "4 bytes or more"),
        ("typedef a t[2]; struct a { double x; };", "16 bytes"),
        ("typedef int a[4294967295]; typedef a b[4294967295]; typedef b t[4294967295];", "more than 2**64 bytes"),
    ],
)
def test_size_is_the_least_and_whether_it_is_always_that(text: str, size: str) -> None:
    checked = good(text)
    assert str(Sizes(checked.scope).of(checked.scope.types["t"])) == size
