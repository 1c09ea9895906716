"""Values of generated classes in Python: repr, equality, and `match`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from oncrpc.errors import ArmMismatch, XdrError
from oncrpc.specification import load

VALUES_X = """
enum status { OK = 0, GONE = 1, MOVED = 2 };
struct body { string name<>; opaque data<>; };
union reply switch (status code) {
    case OK: body found;
    case MOVED: string where<>;
    default: void;
};
struct node { int number; reply said; node *next; };
struct tree { tree branches<>; int number; };
struct left { struct right *other; };
struct right { left *other; };
union far switch (unsigned int number) {
    case 0x7fffffff: int near;
    case 0x80000000: hyper middle;
    case 4294967295: string end<>;
};
union minus switch (int number) { case -1: int one; };
"""


@pytest.fixture(scope="module")
def m(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("values") / "values.x"
    path.write_text(VALUES_X)
    return load(path).module


def chain(m: Any, size: int, last: Any = None) -> Any:
    """A linked list of nodes with a union each."""
    node = last
    for number in range(size, 0, -1):
        node = m.node(number, m.reply(m.MOVED, f"to {number}"), node)
    return node


def deep(m: Any, levels: int) -> Any:
    value = m.tree([], 0)
    for number in range(levels):
        value = m.tree([value], number)
    return value


# -- repr -------------------------------------------------------------------------------------------------------------


def test_repr_is_how_python_writes_the_value(m: Any) -> None:
    value = m.reply(m.OK, m.body("a\n", b"\0"))
    assert repr(value) == "reply(<status.OK: 0>, body(name='a\\n', data=b'\\x00'))"
    assert repr(m.reply(m.GONE)) == "reply(<status.GONE: 1>, None)"
    assert eval(repr(deep(m, 3)), vars(m)) == deep(m, 3)


def test_repr_of_a_linked_list_has_its_nodes(m: Any) -> None:
    said = "said=reply(<status.GONE: 1>, None)"
    value = m.node(1, m.reply(m.GONE), m.node(2, m.reply(m.GONE), None))
    assert repr(value) == f"node(number=1, {said}, next=node(number=2, {said}, next=None))"


def test_repr_is_bounded_in_length_and_depth(m: Any) -> None:
    long = [chain(m, 100_000), m.body("n" * 10**6, b"d" * 10**6), m.tree([m.tree([], 0)] * 10**6, 0), deep(m, 50_000)]
    for value in long:
        text = repr(value)
        assert len(text) < 10_000
        assert "..." in text
    both = None
    for _ in range(50_000):
        both = m.left(m.right(both))
    assert len(repr(both)) < 1000
    start = "node(number=1, said=reply(<status.MOVED: 2>, 'to 1'), next=node(number=2, "
    assert repr(chain(m, 100_000)).startswith(start)


def test_repr_of_what_holds_itself_ends(m: Any) -> None:
    ring = chain(m, 1)
    ring.next = ring
    assert len(repr(ring)) < 10_000
    tree = m.tree([], 1)
    tree.branches.append(tree)
    assert "..." in repr(tree)


# -- equality ---------------------------------------------------------------------------------------------------------


def test_equal_is_field_by_field(m: Any) -> None:
    assert m.reply(m.MOVED, "x") == m.reply(m.MOVED, "x")
    assert m.reply(m.MOVED, "x") != m.reply(m.MOVED, "y")
    assert m.reply(m.GONE) != m.reply(m.OK, m.body("", b""))
    assert m.body("a", b"") != m.body("a", b"b")
    assert m.body("a", b"") != m.reply(m.GONE)
    assert m.tree([m.tree([], 1)], 2) == m.tree([m.tree([], 1)], 2)
    assert m.tree([m.tree([], 1)], 2) != m.tree([m.tree([], 1), m.tree([], 1)], 2)
    assert m.tree([m.tree([], 1)], 2) != m.tree([m.tree([], 3)], 2)


def test_long_lists_with_unions_and_deep_values_are_compared_in_a_loop(m: Any) -> None:
    assert chain(m, 50_000) == chain(m, 50_000)
    assert chain(m, 50_000) != chain(m, 49_999)
    assert chain(m, 50_000) != chain(m, 50_000, m.node(0, m.reply(m.GONE), None))
    first, second = deep(m, 50_000), deep(m, 50_000)
    assert first == second
    assert first != deep(m, 49_999)


# -- match ------------------------------------------------------------------------------------------------------------


def kind(m: Any, value: Any) -> Any:
    """What the patterns that the README shows find, by arm and by place."""
    match value:
        case m.reply(found=m.body(name=name)):
            return "found", name
        case m.reply(code=m.MOVED, where=where):
            return "moved", where
        case m.reply(code=code):
            return "other", code
        case m.node(number, m.reply(m.MOVED, where), next=m.node(number=second)):
            return number, where, second
    return None


def test_match_takes_arms_by_their_names(m: Any) -> None:
    assert kind(m, m.reply(m.OK, m.body("x", b""))) == ("found", "x")
    assert kind(m, m.reply(m.MOVED, "there")) == ("moved", "there")
    assert kind(m, m.reply(m.GONE)) == ("other", m.GONE)
    assert kind(m, chain(m, 2)) == (1, "to 1", 2)
    assert kind(m, chain(m, 1)) is None


def test_an_arm_that_is_not_selected_is_not_there(m: Any) -> None:
    value = m.reply(m.MOVED, "there")
    assert hasattr(value, "where")
    assert not hasattr(value, "found")
    assert getattr(value, "found", "nothing") == "nothing"
    with pytest.raises(ArmMismatch, match="selects where, not found") as caught:
        _ = value.found
    assert isinstance(caught.value, XdrError)
    with pytest.raises(AttributeError):
        _ = value.nonsense


# -- discriminants ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "value"), [(0x7FFFFFFF, 1), (0x80000000, 2), (0xFFFFFFFF, "x")])
def test_an_unsigned_discriminant_may_be_any(m: Any, number: int, value: object) -> None:
    whole = m.far(number, value)
    assert whole.to_xdr()[:4] == number.to_bytes(4, "big")
    assert m.xdr_far.arm_encoder(number)(value) == whole.to_xdr()
    assert m.far.from_xdr(whole.to_xdr()) == whole


def test_a_negative_discriminant_is_twos_complement(m: Any) -> None:
    assert m.xdr_minus.arm_encoder(-1)(5) == m.minus(-1, 5).to_xdr() == bytes.fromhex("ffffffff00000005")


# -- copies -----------------------------------------------------------------------------------------------------------


def test_a_deep_copy_of_a_long_list_is_made_in_a_loop(m: Any) -> None:
    made = chain(m, 50_000)
    copied = deepcopy(made)
    assert copied == made
    copied.next.next.said.value = "elsewhere"
    assert made.next.next.said.value == "to 3"


def test_a_deep_copy_keeps_what_is_shared_and_what_was_added(m: Any) -> None:
    class Named(m.node):  # type: ignore[name-defined,misc]
        pass

    body = m.body("a", b"b")
    node = Named(1, m.reply(m.OK, body), None)
    node.notes = [body, node]
    copied, again = deepcopy([node, node])
    assert copied is again
    assert type(copied) is Named
    assert copied.said.found is copied.notes[0] is not body
    assert copied.notes[1] is copied


def test_a_circle_is_copied_as_a_circle(m: Any) -> None:
    node = chain(m, 3)
    node.next.next.next = node
    copied = deepcopy(node)
    assert copied is not node
    assert copied.next.next.next is copied
    assert deepcopy(m.left(m.right(m.left(None)))) == m.left(m.right(m.left(None)))
