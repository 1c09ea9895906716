"""The canonical text of a version."""

from __future__ import annotations

import pytest
from spec_rows import good

from pyrpcgen.dump import NoSuchVersion, dump

ONE = """
const N = 4;
typedef string name<N>;
typedef name names<>;
enum kind { B = 2, A = 1 };
union u switch (kind k) { case B: names all; case A: void; default: node *first; };
struct node { name it; node *next; };
struct unused { int x; };
program P { version V {
    /* @right read */
    u GET(node, opaque<8>) = 2;
    void NULL(void) = 0;
} = 1; } = 0x20000000;
"""
OTHER = """
/* comments change nothing */
struct node { string it<0x4>; struct node *next; };
typedef node *list;
enum kind { A = 1, B };
union u switch (kind k) { case A: void; case B: string all<4>; default: list first; };
"""
TEXT = """\
program P = 0x20000000
version V = 1

procedure 0 NULL(void) -> void

procedure 2 GET(node, opaque<8>) -> u
    @right read

enum kind
    1 A
    2 B

struct node
    string<4> it
    node* next

union u switch kind k
    case 1: void
    case 2: string<4><> all
    default: node* first
"""


def test_dump_is_flat_and_sorted() -> None:
    assert dump(good(ONE)) == TEXT


def test_order_comments_and_typedefs_do_not_change_it() -> None:
    other = OTHER.replace("string all<4>", "lines all") + "typedef string line<4>; typedef line lines<>;"
    program = ONE[ONE.index("program") :].replace("node,", "struct node,")
    assert dump(good(other + program)) == TEXT


@pytest.mark.parametrize("which", ["P.V", "P.1", "0x20000000.V", "536870912.1"])
def test_a_version_is_named_by_names_or_numbers(which: str) -> None:
    assert dump(good(ONE), which) == TEXT


@pytest.mark.parametrize("which", ["P.W", "P", "Q.V", "", "P.2"])
def test_a_version_that_is_not_there_is_said_with_those_that_are(which: str) -> None:
    with pytest.raises(NoSuchVersion, match=r"the file has P\.V"):
        dump(good(ONE), which)
