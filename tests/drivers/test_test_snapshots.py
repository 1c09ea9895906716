"""Snapshots and checkpoints of the test driver; what is expected is what libvirt 9.0's test driver did."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import pytest

from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.errors import AccessDenied, InvalidArgument, NoCheckpoint, NoDomain, NoSnapshot, VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model import LifecycleEvent
from virtrpcd.paths import PathRules
from virtrpcd.service.filters import matching

T = TypeVar("T")
TEST: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
TRANSIENT_XML: Final = "<domain type='test'><name>tr</name><memory>1024</memory><os><type>hvm</type></os></domain>"
EXTERNAL: Final = "<disks><disk name='vda'><source file='/etc/shadow'/></disk></disks>"
OFF, PAUSED, RUNNING = "off", "paused", "running"
SHUTOFF_5, RUNNING_1, PAUSED_3 = (5, 7), (1, 4), (3, 7)
STARTED, SUSPENDED, STOPPED = (2, 3), (3, 5), (5, 6)


class Bench:
    """A test driver, its first machine, and calls on that one."""

    def __init__(self, **options: Any) -> None:
        self.driver = test_driver.TestDriver(EventBus(), **options)
        self.snapshots = self.driver.snapshots
        self.checkpoints = self.driver.checkpoints
        self._cursor = Cursor(self.driver.bus.epoch, self.driver.bus.next_number)

    def take(self, name: str, inner: str = "", flags: int = 0, uuid: bytes = TEST) -> str:
        xml = f"<domainsnapshot><name>{name}</name>{inner}</domainsnapshot>"
        return wait(self.snapshots.create(uuid, xml, flags)).name

    def check(self, name: str, inner: str = "", flags: int = 0) -> str:
        xml = f"<domaincheckpoint><name>{name}</name>{inner}</domaincheckpoint>"
        return wait(self.checkpoints.create(TEST, xml, flags)).name

    def revert(self, name: str, flags: int = 0) -> None:
        wait(self.snapshots.revert(TEST, name, flags))

    def put(self, state: str) -> None:
        """Bring the machine into a state from which a snapshot is taken, or that one is left for."""
        if self.driver.domain_state(TEST)[0] != 5:
            wait(self.driver.destroy(TEST, 0))
        if state != OFF:
            wait(self.driver.start_domain(TEST, 0))
        if state == PAUSED:
            wait(self.driver.suspend(TEST))
        self.events()

    def events(self) -> list[tuple[int, int]]:
        """Return the lifecycle events since the last call."""
        read = self.driver.bus.read(self._cursor, 1000)
        self._cursor = read.cursor
        return [(e.event.event, e.event.detail) for e in read.entries if isinstance(e.event, LifecycleEvent)]

    def names(self, flags: int = 0) -> list[str]:
        return [ref.name for ref in self.snapshots.all(TEST, flags)]

    def points(self, flags: int = 0) -> list[str]:
        return [ref.name for ref in self.checkpoints.all(TEST, flags)]

    def old(self, state: str = "running", parent: str = "", time_s: int = 5, inner: str = "") -> str:
        """Return what a redefined snapshot says."""
        above = f"<parent><name>{parent}</name></parent>" if parent else ""
        kept = self.driver.domain_xml(TEST, 2)
        return f"<state>{state}</state><creationTime>{time_s}</creationTime>{above}{inner}{kept}"


def wait(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def refusal(work: Coroutine[Any, Any, Any]) -> tuple[int, int, str]:
    with pytest.raises(VirtError) as caught:
        wait(work)
    return caught.value.code, caught.value.domain, caught.value.message


def three() -> Bench:
    """Return a machine with a snapshot of each state, called by it."""
    bench = Bench()
    for state in (RUNNING, PAUSED, OFF):
        bench.put(state)
        bench.take(state)
    bench.events()
    return bench


def bushy() -> Bench:
    bench = Bench()
    for name, parent in (("a", ""), ("b", ""), ("c", ""), ("d", "b"), ("e", ""), ("f", "a")):
        if parent:
            bench.revert(parent)
        bench.take(name)
    bench.events()
    return bench


# -- taking ---------------------------------------------------------------------------------------------------------


def test_snapshot_says_what_the_machine_was() -> None:
    bench = three()
    shown = {name: bench.snapshots.xml(TEST, name, 0) for name in bench.names()}
    states = {name: re.search("<state>(.*)</state>", xml) for name, xml in shown.items()}
    assert {name: found and found[1] for name, found in states.items()} == {
        RUNNING: "running", PAUSED: "paused", OFF: "shutoff",
    }  # fmt: skip
    assert "<memory snapshot='internal'/>" in shown[RUNNING]
    assert "<memory snapshot='internal'/>" in shown[PAUSED]
    assert "<memory snapshot='no'/>" in shown[OFF]
    assert all("    <disk name='vda' snapshot='internal'/>\n" in xml for xml in shown.values())
    assert "  <parent>\n    <name>paused</name>\n  </parent>\n" in shown[OFF]
    assert bench.names() == [RUNNING, PAUSED, OFF]
    assert bench.snapshots.parent(TEST, OFF).name == PAUSED
    assert bench.snapshots.current(TEST).name == OFF
    assert bench.snapshots.is_current(TEST, OFF)
    assert not bench.snapshots.is_current(TEST, PAUSED)
    assert bench.snapshots.has_metadata(TEST, OFF)


def test_taking_one_says_nothing_and_halt_stops_the_machine() -> None:
    bench = Bench()
    bench.take("a")
    assert bench.events() == []
    bench.take("b", flags=0x8)
    assert bench.events() == [STOPPED]
    assert bench.driver.domain_state(TEST) == SHUTOFF_5
    assert "<state>running</state>" in bench.snapshots.xml(TEST, "b", 0)
    bench.take("c", flags=0x8)
    assert bench.events() == []


def test_flags_that_libvirts_test_driver_does_not_do() -> None:
    bench = Bench()
    xml = "<domainsnapshot/>"
    for flag in (0x4, 0x10, 0x20):
        code, domain, message = refusal(bench.snapshots.create(TEST, xml, flag))
        assert (code, domain) == (8, 12)
        assert message == f"unsupported flags (0x{flag:x}) in function testDomainSnapshotCreateXML"
    for flag in (0x40, 0x80, 0x100):
        bench.take(f"flag {flag}", flags=flag)
    bench.take("a")
    message = "unsupported flags (0x8) in function testDomainRevertToSnapshot"
    assert refusal(bench.snapshots.revert(TEST, "a", 0x8)) == (8, 12, message)
    message = "unsupported flags (0x2) in function testDomainSnapshotDelete"
    assert refusal(bench.snapshots.delete(TEST, "a", 0x2)) == (8, 12, message)


def test_name_that_is_taken() -> None:
    bench = Bench()
    bench.take("a")
    xml = "<domainsnapshot><name>a</name></domainsnapshot>"
    wanted = (9, 20, "operation failed: domain moment a already exists")
    assert refusal(bench.snapshots.create(TEST, xml, 0)) == wanted


# -- going back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [0, 4], ids=["", "force"])
@pytest.mark.parametrize(
    ("now", "to", "events", "state"),
    [
        (RUNNING, RUNNING, [STOPPED, STARTED], RUNNING_1),
        (RUNNING, PAUSED, [STOPPED, STARTED, SUSPENDED], PAUSED_3),
        (RUNNING, OFF, [STOPPED], SHUTOFF_5),
        (PAUSED, RUNNING, [STOPPED, STARTED], RUNNING_1),
        (PAUSED, PAUSED, [STOPPED, STARTED, SUSPENDED], PAUSED_3),
        (PAUSED, OFF, [STOPPED], SHUTOFF_5),
        (OFF, RUNNING, [STARTED], RUNNING_1),
        (OFF, PAUSED, [STARTED, SUSPENDED], PAUSED_3),
        (OFF, OFF, [], (5, 2)),
    ],
)
def test_revert(now: str, to: str, events: list[tuple[int, int]], state: tuple[int, int], flags: int) -> None:
    bench = three()
    bench.put(now)
    bench.revert(to, flags)
    assert bench.events() == events
    assert bench.driver.domain_state(TEST) == state
    assert bench.snapshots.current(TEST).name == to
    assert (bench.driver.lookup_by_uuid(TEST).id >= 0) == (state[0] != 5)
    assert not bench.driver.is_updated(TEST)


@pytest.mark.parametrize(
    ("now", "to", "flags", "events", "state"),
    [
        (RUNNING, PAUSED, 1, [STOPPED, STARTED], RUNNING_1),
        (OFF, PAUSED, 1, [STARTED], RUNNING_1),
        (PAUSED, RUNNING, 2, [STOPPED, STARTED, SUSPENDED], PAUSED_3),
        (OFF, RUNNING, 2, [STARTED, SUSPENDED], PAUSED_3),
        # what libvirt's test driver says here is not what it does; see TestSnapshots._turn_off
        (RUNNING, OFF, 1, [STOPPED, STARTED], SHUTOFF_5),
        (PAUSED, OFF, 2, [STOPPED, STARTED, SUSPENDED], SHUTOFF_5),
        (OFF, OFF, 1, [STARTED], (5, 2)),
        (OFF, OFF, 2, [STARTED, SUSPENDED], (5, 2)),
    ],
)
def test_revert_to_a_state_that_was_asked_for(
    now: str, to: str, flags: int, events: list[tuple[int, int]], state: tuple[int, int]
) -> None:
    bench = three()
    bench.put(now)
    bench.revert(to, flags)
    assert bench.events() == events
    assert bench.driver.domain_state(TEST) == state


def test_revert_brings_the_definition_back() -> None:
    bench = three()
    for to in (RUNNING, OFF):
        bench.put(OFF)
        wait(bench.driver.set_memory(TEST, 5000000, 6))
        assert bench.driver.max_memory_kib(TEST) == 5000000
        bench.revert(to)
        assert bench.driver.max_memory_kib(TEST) == 8388608
        assert "<memory unit='KiB'>8388608</memory>" in bench.driver.domain_xml(TEST, 2)
        wait(bench.driver.set_memory(TEST, 1000000, 2))
        assert "<currentMemory unit='KiB'>2097152</currentMemory>" in bench.snapshots.xml(TEST, to, 0)


def test_revert_starts_a_machine_without_its_managed_save() -> None:
    bench = Bench()
    bench.take("a")
    wait(bench.driver.managed_save(TEST, 0))
    bench.events()
    bench.revert("a")
    assert bench.events() == [STARTED]
    assert not bench.driver.has_managed_save(TEST)


def test_transient_machine() -> None:
    bench = Bench()
    ref = wait(bench.driver.create_xml(TRANSIENT_XML, 0))
    bench.take("a", uuid=ref.uuid)
    bench.events()
    wait(bench.snapshots.revert(ref.uuid, "a", 0))
    assert bench.events() == [STOPPED, STARTED]
    assert not bench.driver.is_persistent(ref.uuid)
    assert bench.driver.lookup_by_name("tr").id > ref.id
    halt = bench.snapshots.create(ref.uuid, "<domainsnapshot/>", 8)
    why = "Requested operation is not valid: cannot halt after transient domain snapshot"
    assert refusal(halt) == (55, 12, why)
    kept = bench.driver.domain_xml(ref.uuid, 2)
    bench.take("o", f"<state>shutoff</state><creationTime>4</creationTime>{kept}", 1, ref.uuid)
    why = "transient domain needs to request run or pause to revert to inactive snapshot"
    refused = refusal(bench.snapshots.revert(ref.uuid, "o", 0))
    assert refused == (55, 12, f"Requested operation is not valid: {why}")
    wait(bench.driver.destroy(ref.uuid, 0))
    with pytest.raises(NoDomain):
        bench.snapshots.all(ref.uuid, 0)


# -- the tree -------------------------------------------------------------------------------------------------------


def test_lists() -> None:
    bench = bushy()
    assert bench.names() == ["a", "f", "b", "d", "e", "c"]
    assert bench.names(1) == ["a"]
    assert bench.names(4) == ["f", "e", "c"]
    assert bench.names(8) == ["a", "b", "d"]
    assert bench.names(12) == []
    assert bench.names(9) == ["a"]
    assert [ref.name for ref in bench.snapshots.children(TEST, "a", 0)] == ["f", "b"]
    assert [ref.name for ref in bench.snapshots.children(TEST, "a", 1)] == ["f", "b", "d", "e", "c"]
    assert [ref.name for ref in bench.snapshots.children(TEST, "a", 5)] == ["f", "e", "c"]
    assert [ref.name for ref in bench.snapshots.children(TEST, "a", 9)] == ["b", "d"]


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (0x2, ["disk", "off", "on"]), (0x10, []), (0x12, ["disk", "off", "on"]), (0x20, ["off"]), (0x40, ["on"]),
        (0x80, ["disk"]), (0x60, ["off", "on"]), (0xE0, ["disk", "off", "on"]), (0x100, ["off", "on"]),
        (0x200, ["disk"]), (0x300, ["disk", "off", "on"]), (0x120, ["off"]), (0x240, []),
    ],
)  # fmt: skip
def test_lists_by_kind(flags: int, wanted: list[str]) -> None:
    bench = Bench()
    disks = "<disks><disk name='vda' snapshot='external'><source file='/t/d'/></disk></disks>"
    bench.take("on", bench.old(), 1)
    bench.take("off", bench.old("shutoff"), 1)
    bench.take("disk", bench.old("disk-snapshot", inner=disks), 1)
    assert sorted(bench.names(flags)) == wanted


@pytest.mark.parametrize(
    ("name", "flags", "left", "current"),
    [
        ("b", 0, ["a", "d", "e", "c", "f"], "f"),
        ("b", 1, ["a", "f"], "f"),
        ("b", 4, ["a", "f", "b"], "f"),
        ("a", 1, [], None),
        ("a", 4, ["a"], "a"),
        ("f", 0, ["a", "b", "d", "e", "c"], "a"),
    ],
)
def test_delete(name: str, flags: int, left: list[str], current: str | None) -> None:
    bench = bushy()
    wait(bench.snapshots.delete(TEST, name, flags))
    assert bench.names() == left
    assert bench.events() == []
    assert bench.snapshots.has_current(TEST) == (current is not None)
    if current is not None:
        assert bench.snapshots.current(TEST).name == current


def test_what_is_not_there() -> None:
    bench = Bench()
    for call in (
        lambda: bench.snapshots.lookup(TEST, "zz"),
        lambda: bench.snapshots.xml(TEST, "zz", 0),
        lambda: bench.snapshots.children(TEST, "zz", 0),
        lambda: bench.snapshots.has_metadata(TEST, "zz"),
        lambda: wait(bench.snapshots.delete(TEST, "zz", 0)),
        lambda: bench.revert("zz"),
    ):
        with pytest.raises(NoSnapshot) as caught:
            call()
        assert caught.value.message == "Domain snapshot not found: no domain snapshot with matching name 'zz'"
        assert caught.value.domain == 12
    with pytest.raises(NoSnapshot, match="the domain does not have a current snapshot"):
        bench.snapshots.current(TEST)
    bench.take("a")
    with pytest.raises(NoSnapshot, match="snapshot 'a' does not have a parent"):
        bench.snapshots.parent(TEST, "a")


# -- redefining -----------------------------------------------------------------------------------------------------


def test_redefined_snapshots_make_a_tree_too() -> None:
    bench = Bench()
    bench.take("r", bench.old(), 1)
    assert not bench.snapshots.has_current(TEST)
    bench.take("s", bench.old(parent="r", time_s=6), 3)
    assert bench.snapshots.current(TEST).name == "s"
    assert bench.snapshots.parent(TEST, "s").name == "r"
    again = bench.snapshots.xml(TEST, "s", 1)
    assert wait(bench.snapshots.create(TEST, again, 1)).name == "s"
    assert bench.snapshots.xml(TEST, "s", 1) == again
    assert bench.snapshots.is_current(TEST, "s")
    bench.take("s", bench.old("paused"), 1)
    assert bench.names(1) == ["s", "r"]
    bench.revert("s")
    assert bench.driver.domain_state(TEST) == PAUSED_3


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("<state>running", "<state>crashed"),
         (8, 35, "invalid argument: cannot change between online and offline snapshot state in snapshot r")),
        (("8388608", "7388608"),
         (67, 20, "unsupported configuration: Target domain max memory 7388608 does not match source 8388608")),
        ((">2</vcpu>", ">1</vcpu>"),
         (67, 20, "unsupported configuration: Target domain vCPU max 1 does not match source 2")),
        (("'vda'", "'vdb'"), (67, 20, "unsupported configuration: Target disk vdb does not match source vda")),
        (("<name>test", "<name>tost"),
         (67, 20, "unsupported configuration: Target domain name 'tost' does not match source 'test'")),
        (("6695eb01", "7695eb01"),
         (8, 35, "invalid argument: definition for snapshot r must use uuid 6695eb01-f6a4-8304-79aa-97f2502e193f")),
        (("<name>r<", "<name>x<"), None),
        (("/guest/diskimage1", "/guest/diskimage2"), None),
    ],
)  # fmt: skip
def test_redefined_snapshot_stays_of_its_kind(change: tuple[str, str], wanted: tuple[int, int, str] | None) -> None:
    bench = Bench()
    bench.take("r", bench.old(), 1)
    xml = bench.snapshots.xml(TEST, "r", 1).replace(*change)
    if wanted is None:
        wait(bench.snapshots.create(TEST, xml, 1))
        return
    before = bench.snapshots.xml(TEST, "r", 1)
    assert refusal(bench.snapshots.create(TEST, xml, 1)) == wanted
    assert bench.snapshots.xml(TEST, "r", 1) == before


def test_redefined_snapshot_needs_its_machine_once() -> None:
    bench = Bench()
    bare = "<domainsnapshot><name>r</name><state>running</state><creationTime>5</creationTime></domainsnapshot>"
    assert refusal(bench.snapshots.create(TEST, bare, 1)) == (1, 35, "internal error: missing domain in snapshot")
    bench.take("r", bench.old(), 1)
    wait(bench.snapshots.create(TEST, bare, 1))
    assert "<domain type='test'>" in bench.snapshots.xml(TEST, "r", 0)


def test_files_in_a_snapshot_are_held_to_the_rules() -> None:
    bench = Bench(paths=PathRules([]))
    bench.take("own disks may be named again", bench.old(), 1)
    with pytest.raises(AccessDenied):
        bench.take("a", f"<memory file='/etc/shadow'/>{EXTERNAL}")
    with pytest.raises(AccessDenied):
        bench.take("a", bench.old().replace("/guest/diskimage1", "/etc/shadow"), 1)
    with pytest.raises(AccessDenied):
        bench.take("a", bench.old(inner=EXTERNAL), 1)
    assert bench.names() == ["own disks may be named again"]


# -- the machine's other calls ----------------------------------------------------------------------------------------


def test_undefine_wants_to_be_told_of_snapshots() -> None:
    bench = Bench()
    bench.take("a")
    bench.take("b")
    bench.put(OFF)
    why = "Requested operation is not valid: cannot delete inactive domain with 2 snapshots"
    assert refusal(bench.driver.undefine(TEST, 0)) == (55, 12, why)
    assert refusal(bench.driver.undefine(TEST, 1)) == (55, 12, why)
    wait(bench.driver.undefine(TEST, 2))
    assert bench.events() == [(1, 0)]
    with pytest.raises(NoDomain):
        bench.snapshots.all(TEST, 0)


def test_running_machine_is_undefined_with_its_snapshots_and_keeps_them() -> None:
    bench = Bench()
    bench.take("a")
    wait(bench.driver.undefine(TEST, 0))
    assert bench.names() == ["a"]


def test_renamed_machine_goes_back_under_its_new_name() -> None:
    bench = Bench()
    bench.put(OFF)
    bench.take("a")
    wait(bench.driver.rename(TEST, "other"))
    assert bench.names() == ["a"]
    bench.revert("a")
    assert bench.snapshots.lookup(TEST, "a").dom.name == "other"
    assert "<name>other</name>" in bench.driver.domain_xml(TEST, 0)


def test_list_of_machines_by_what_they_have() -> None:
    bench = Bench()
    ref = wait(bench.driver.create_xml(TRANSIENT_XML, 0))

    def names(flags: int) -> list[str]:
        return [found.name for found in matching(bench.driver, flags)]

    assert (names(0x1000), names(0x2000), names(0x4000)) == ([], ["test", "tr"], [])
    bench.take("a", uuid=ref.uuid)
    bench.check("c")
    assert (names(0x1000), names(0x2000)) == (["tr"], ["test"])
    assert (names(0x4000), names(0x8000)) == (["test"], ["tr"])
    assert names(0x3000) == ["test", "tr"]


# -- checkpoints ----------------------------------------------------------------------------------------------------


def point(bench: Bench, parent: str = "", time_s: int = 5) -> str:
    """Return what a redefined checkpoint says."""
    above = f"<parent><name>{parent}</name></parent>" if parent else ""
    return f"<creationTime>{time_s}</creationTime>{above}{bench.driver.domain_xml(TEST, 2)}"


def test_checkpoints_make_a_tree() -> None:
    bench = Bench()
    for name in ("a", "b", "c"):
        bench.check(name)
    assert bench.points() == ["a", "b", "c"]
    assert bench.points(1) == ["a"]
    assert bench.points(4) == ["c"]
    assert bench.points(8) == ["a", "b"]
    assert [ref.name for ref in bench.checkpoints.children(TEST, "a", 0)] == ["b"]
    assert [ref.name for ref in bench.checkpoints.children(TEST, "a", 1)] == ["b", "c"]
    assert bench.checkpoints.parent(TEST, "c").name == "b"
    assert bench.events() == []
    wait(bench.checkpoints.delete(TEST, "b", 0))
    assert bench.checkpoints.parent(TEST, "c").name == "a"
    wait(bench.checkpoints.delete(TEST, "a", 4))
    assert bench.points() == ["a"]
    bench.check("d")
    assert bench.checkpoints.parent(TEST, "d").name == "a"
    wait(bench.checkpoints.delete(TEST, "a", 1))
    assert bench.points() == []


def test_redefined_checkpoint_is_current_when_it_goes_on_from_the_current_one() -> None:
    def next_after(change: str, inner: str) -> str:
        bench.check(change, inner, 1)
        bench.check("probe")
        parent = bench.checkpoints.parent(TEST, "probe").name
        wait(bench.checkpoints.delete(TEST, "probe", 0))
        return parent

    bench = Bench()
    bench.check("a")
    assert next_after("p", point(bench)) == "a"
    assert next_after("p", point(bench, "a")) == "p"
    assert next_after("q", point(bench, "a")) == "p"
    assert next_after("r", point(bench, "p")) == "r"
    assert bench.points() == ["a", "q", "p", "r"]


def test_checkpoint_xml_with_and_without_its_machine() -> None:
    bench = Bench()
    bench.check("a")
    assert "  <domain type='test'>\n" in bench.checkpoints.xml(TEST, "a", 0)
    bare = bench.checkpoints.xml(TEST, "a", 2)
    assert "<domain " not in bare
    assert "    <disk name='vda' checkpoint='bitmap' bitmap='a'/>\n" in bare
    assert bench.checkpoints.xml(TEST, "a", 6) == bare


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        ("zz", "invalid argument: parent zz for moment b not found"),
        ("b", "invalid argument: cannot set moment b as its own parent"),
        ("c", "invalid argument: parent c would create cycle to b"),
    ],
)
def test_checkpoint_with_a_parent_that_cannot_be(parent: str, message: str) -> None:
    bench = Bench()
    for name in ("a", "b", "c"):
        bench.check(name)
    with pytest.raises(InvalidArgument) as caught:
        bench.check("b", point(bench, parent), 1)
    assert (caught.value.domain, caught.value.message) == (20, message)


def test_what_a_checkpoint_cannot_be_made_of() -> None:
    bench = Bench()
    xml = "<domaincheckpoint><name>x</name></domaincheckpoint>"
    bench.check("a")
    why = "Operation not supported: cannot create snapshot while checkpoint exists"
    assert refusal(bench.snapshots.create(TEST, "<domainsnapshot/>", 0)) == (84, 12, why)
    wait(bench.checkpoints.delete(TEST, "a", 0))
    bench.take("s")
    why = "Operation not supported: cannot create checkpoint while snapshot exists"
    assert refusal(bench.checkpoints.create(TEST, xml, 0)) == (84, 12, why)
    wait(bench.snapshots.delete(TEST, "s", 0))
    bench.put(OFF)
    why = "Operation not supported: cannot create checkpoint for inactive domain"
    assert refusal(bench.checkpoints.create(TEST, xml, 0)) == (84, 12, why)
    ref = wait(bench.driver.create_xml(TRANSIENT_XML, 0))
    why = "unsupported configuration: domain must have at least one disk to perform checkpoints"
    assert refusal(bench.checkpoints.create(ref.uuid, xml, 0)) == (67, 69, why)
    with pytest.raises(NoCheckpoint) as caught:
        bench.checkpoints.lookup(TEST, "x")
    assert caught.value.message == "Domain checkpoint not found: no domain checkpoint with matching name 'x'"
    assert (caught.value.code, caught.value.domain) == (103, 12)
    message = "unsupported flags (0x4) in function testDomainCheckpointCreateXML"
    assert refusal(bench.checkpoints.create(TEST, xml, 4)) == (8, 12, message)
