"""The tree of snapshots: order, parents, what is current. The orders are what libvirt 9.0's test driver lists."""

from __future__ import annotations

import pytest

from virtrpcd.errors import InvalidArgument, OperationFailed
from virtrpcd.model_snapshot import MomentDef
from virtrpcd.moment_tree import MomentTree


def grown(*edges: tuple[str, str | None], most: int = 100) -> MomentTree[MomentDef]:
    """Return a tree to which (name, parent) were added in this order; the last one is current."""
    tree: MomentTree[MomentDef] = MomentTree(most)
    for name, parent in edges:
        tree.current = None if parent is None else tree.find(parent)
        tree.add(MomentDef(name))
    return tree


def names(tree: MomentTree[MomentDef]) -> list[str]:
    return [moment.name for moment in tree.all()]


def bushy() -> MomentTree[MomentDef]:
    return grown(("a", None), ("b", "a"), ("c", "b"), ("d", "b"), ("e", "d"), ("f", "a"))


def test_parents_stand_before_children_and_newer_siblings_before_older() -> None:
    tree = bushy()
    assert names(tree) == ["a", "f", "b", "d", "e", "c"]
    b = tree.find("b")
    assert b is not None
    assert [moment.name for moment in b.descendants()] == ["d", "e", "c"]
    assert [moment.name for moment in b.children] == ["d", "c"]


def test_children_of_one_that_is_removed_take_the_first_places_at_its_parent() -> None:
    tree = grown(("r", None), ("m", "r"), ("n", "r"), ("o", "r"), ("n1", "n"), ("n2", "n"), ("n3", "n"))
    assert names(tree) == ["r", "o", "n", "n3", "n2", "n1", "m"]
    _remove(tree, "n")
    assert names(tree) == ["r", "n3", "n2", "n1", "o", "m"]
    tree.redefine(MomentDef("m", parent="r"))
    assert names(tree) == ["r", "m", "n3", "n2", "n1", "o"]
    _remove(tree, "r")
    assert [root.name for root in tree.roots] == ["m", "n3", "n2", "n1", "o"]
    assert all(root.definition.parent is None for root in tree.roots)


@pytest.mark.parametrize(
    ("removed", "below", "itself", "left", "current"),
    [
        ("f", False, True, ["a", "b", "d", "e", "c"], "a"),
        ("a", False, True, ["f", "b", "d", "e", "c"], "f"),
        ("a", True, True, [], None),
        ("a", True, False, ["a"], "a"),
        ("b", True, True, ["a", "f"], "f"),
        ("f", True, False, ["a", "f", "b", "d", "e", "c"], "f"),
    ],
)
def test_current_goes_to_what_is_left_above(
    removed: str, below: bool, itself: bool, left: list[str], current: str | None
) -> None:
    tree = bushy()
    moment = tree.find(removed)
    assert moment is not None
    if below:
        tree.remove_below(moment)
    if itself:
        tree.remove(moment)
    assert names(tree) == left
    assert len(tree) == len(left)
    assert (None if tree.current is None else tree.current.name) == current


def test_one_long_branch_is_walked_and_removed() -> None:
    depth = 5000
    tree = grown(*((str(n), str(n - 1) if n else None) for n in range(depth)), most=depth)
    assert names(tree) == [str(n) for n in range(depth)]
    root = tree.find("0")
    assert root is not None
    tree.remove_below(root)
    assert names(tree) == ["0"]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (MomentDef("x", parent="x"), "invalid argument: cannot set moment x as its own parent"),
        (MomentDef("x", parent="zz"), "invalid argument: parent zz for moment x not found"),
        (MomentDef("b", parent="e"), "invalid argument: parent e would create cycle to b"),
    ],
)
def test_parent_that_cannot_be_is_refused(definition: MomentDef, message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        bushy().check_parent(definition)
    assert caught.value.message == message
    assert caught.value.domain == 20


def test_redefined_one_keeps_children_and_stays_current() -> None:
    tree = bushy()
    tree.current = tree.find("b")
    moment = tree.redefine(MomentDef("b", "other"))
    assert tree.current is moment
    assert names(tree) == ["b", "d", "e", "c", "a", "f"]


def test_name_is_given_once_and_there_is_an_end_of_room() -> None:
    tree = grown(("a", None), ("b", "a"), most=2)
    with pytest.raises(OperationFailed, match="domain moment a already exists"):
        tree.add(MomentDef("a"))
    with pytest.raises(OperationFailed, match="2 moments already"):
        tree.add(MomentDef("c"))
    with pytest.raises(OperationFailed, match="2 moments already"):
        tree.redefine(MomentDef("c"))
    assert names(tree) == ["a", "b"]


def _remove(tree: MomentTree[MomentDef], name: str) -> None:
    moment = tree.find(name)
    assert moment is not None
    tree.remove(moment)
