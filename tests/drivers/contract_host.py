"""Promises about the host, definitions, lookups, and machines that are not there."""

from __future__ import annotations

import inspect
import os
from typing import Final

import pytest
from drivers.harness import Bench, Promise
from lxml import etree

from virtrpcd.domain_def import GraphicsDef
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.errors import ConfigUnsupported, NoDomain, NotSupported, OperationFailed, OperationInvalid, XmlError
from virtrpcd.model import DefinedDetail, DomainState, Lifecycle, UndefinedDetail, XmlFlag

QUERIES: Final[tuple[tuple[str, tuple[object, ...]], ...]] = (
    ("lookup_by_uuid", ()),
    ("domain_info", ()),
    ("domain_state", ()),
    ("domain_xml", (0,)),
    ("os_type", ()),
    ("max_memory_kib", ()),
    ("vcpu_count", (0,)),
    ("vcpus", ()),
    ("vcpu_pins", (0,)),
    ("autostart", ()),
    ("is_persistent", ()),
    ("is_updated", ()),
    ("has_managed_save", ()),
    ("memory_stats", ()),
    ("domain_stats", (0,)),
    ("scheduler_type", ()),
    ("scheduler_parameters", ()),
)
CHANGES: Final[tuple[tuple[str, tuple[object, ...]], ...]] = (
    ("start_domain", (0,)),
    ("undefine", (0,)),
    ("destroy", (0,)),
    ("suspend", ()),
    ("resume", ()),
    ("shutdown", (0,)),
    ("reboot", (0,)),
    ("reset", ()),
    ("set_memory", (65536, 0)),
    ("set_vcpus", (1, 0)),
    ("pin_vcpu", (0, b"\x01", 0)),
    ("set_autostart", (True,)),
    ("save", ("/nowhere", 0)),
    ("core_dump", ("/nowhere", 0)),
    ("managed_save", (0,)),
    ("managed_save_remove", ()),
    ("rename", ("other",)),
    ("set_scheduler_parameters", ([],)),
)


async def the_host_is_described_without_contradiction(bench: Bench) -> None:
    driver = bench.driver
    node = driver.node_info()
    assert driver.hypervisor_type()
    assert driver.hypervisor_version() >= 0
    assert "://" in driver.uri()
    assert 0 < len(node.model.encode()) <= 31
    assert 0 < node.cpus <= node.nodes * node.sockets * node.cores * node.threads
    assert sum(driver.cpu_map()) <= node.cpus <= len(driver.cpu_map())
    assert node.memory_kib > 0
    assert 0 < driver.free_memory_bytes() <= node.memory_kib * 1024
    assert driver.max_vcpus(None) >= 1
    assert driver.max_vcpus(bench.definition().type) >= 1
    assert etree.fromstring(driver.capabilities().encode()).tag == "capabilities"


async def questions_answer_at_once_and_changes_can_wait(bench: Bench) -> None:
    for method, _ in QUERIES:
        assert not inspect.iscoroutinefunction(getattr(bench.driver, method)), method
    for method, _ in CHANGES:
        assert inspect.iscoroutinefunction(getattr(bench.driver, method)), method


async def a_machine_that_is_not_there_is_no_domain(bench: Bench) -> None:
    for method, args in (*QUERIES, *CHANGES):
        await bench.refused(NoDomain, method, os.urandom(16), *args)
    await bench.refused(NoDomain, "lookup_by_name", "nobody")
    await bench.refused(NoDomain, "lookup_by_id", 1 << 30)
    await bench.defined()
    await bench.refused(NoDomain, "lookup_by_id", -1)


async def what_a_driver_lacks_is_not_supported(bench: Bench) -> None:
    ref = await bench.running()
    for method, args in (*QUERIES, *CHANGES):
        if not bench.has(method):
            await bench.refused(NotSupported, method, ref.uuid, *args)
    assert bench.subject.lacks.keys() <= {method for method, _ in (*QUERIES, *CHANGES)}


async def a_defined_machine_is_found_and_is_off(bench: Bench) -> None:
    definition = bench.definition("m1")
    ref = await bench.driver.define(format_domain(definition, id=None), 0)
    assert ref == ("m1", definition.uuid, -1)
    assert bench.driver.lookup_by_uuid(ref.uuid) == ref
    assert bench.driver.lookup_by_name("m1") == ref
    assert ref in bench.driver.domains()
    bench.check_state(ref, DomainState.SHUTOFF, bench.driver.domain_state(ref.uuid)[1])
    info = bench.driver.domain_info(ref.uuid)
    assert (info.max_memory_kib, info.memory_kib) == (definition.memory_kib, definition.current_memory_kib)
    assert (info.vcpus, info.cpu_time_ns) == (definition.vcpus, 0)
    assert bench.driver.is_persistent(ref.uuid)
    assert not bench.driver.is_updated(ref.uuid)
    assert not bench.driver.autostart(ref.uuid)
    assert bench.driver.os_type(ref.uuid) == (bench.subject.os_type or definition.os.type)
    assert bench.lifecycle(ref.uuid) == [(Lifecycle.DEFINED, DefinedDetail.ADDED)]


async def a_machine_defined_without_uuid_gets_one(bench: Bench) -> None:
    first = await bench.defined("m1", uuid=None)
    second = await bench.defined("m2", uuid=None)
    assert len(first.uuid) == len(second.uuid) == 16
    assert first.uuid != second.uuid


async def defining_again_replaces_the_definition(bench: Bench) -> None:
    ref = await bench.defined("m1")
    bench.mark()
    again = await bench.defined("m1", uuid=ref.uuid, title="a new title")
    assert again == ref
    assert [known.uuid for known in bench.driver.domains()].count(ref.uuid) == 1
    assert "a new title" in bench.driver.domain_xml(ref.uuid, 0)
    assert bench.lifecycle(ref.uuid) == [(Lifecycle.DEFINED, DefinedDetail.UPDATED)]


async def a_name_or_uuid_in_use_is_refused(bench: Bench) -> None:
    ref = await bench.defined("m1")
    for method in ("define", "create_xml"):
        await bench.refused(OperationFailed, method, bench.xml("m1"), 0)
        await bench.refused(OperationFailed, method, bench.xml("m1", uuid=None), 0)
        await bench.refused(OperationFailed, method, bench.xml("other", uuid=ref.uuid), 0)
    assert bench.lifecycle(ref.uuid) == [(Lifecycle.DEFINED, DefinedDetail.ADDED)]


async def bad_xml_is_refused_with_its_place(bench: Bench) -> None:
    good = bench.xml("m1")
    tpm = good.replace("  <devices>", "  <devices>\n    <tpm model='tpm-crb'/>")
    error = await bench.refused(ConfigUnsupported, "define", tpm, 0)
    assert "/domain/devices/tpm" in error.message
    line = tpm[: tpm.index("<tpm")].count("\n") + 1
    assert f"line {line}" in error.message
    doctype = "<!DOCTYPE domain [<!ENTITY a 'aaaa'>]>" + good
    for bad in ("", "<domain", "<network/>", doctype, good.replace("<name>m1</name>", ""), "<a>" * 100000):
        await bench.refused(XmlError, "define", bad, 0)
        await bench.refused(XmlError, "create_xml", bad, 0)
    assert not any(ref.name == "m1" for ref in bench.driver.domains())


async def xml_out_can_be_defined_again(bench: Bench) -> None:
    definition = bench.definition("m<&'\">1", title="<&'\">", description="two\nlines")
    ref = await bench.driver.define(format_domain(definition, id=None), 0)
    assert ref.name == "m<&'\">1"
    text = bench.driver.domain_xml(ref.uuid, 0)
    again = parse_domain(text, types=frozenset({definition.type}))
    assert (again.name, again.uuid, again.title) == (definition.name, definition.uuid, definition.title)
    assert again.description == definition.description
    assert (again.memory_kib, again.max_vcpus, again.vcpus) == (
        definition.memory_kib,
        definition.max_vcpus,
        definition.vcpus,
    )
    await bench.driver.define(text, 0)
    assert bench.driver.domain_xml(ref.uuid, 0) == text


async def passwords_are_shown_only_when_asked_for(bench: Bench) -> None:
    ref = await bench.defined("m1", graphics=[GraphicsDef(listen="127.0.0.1", passwd="geheim")])
    assert "geheim" not in bench.driver.domain_xml(ref.uuid, 0)
    assert "geheim" not in bench.driver.domain_xml(ref.uuid, XmlFlag.INACTIVE)
    assert "geheim" in bench.driver.domain_xml(ref.uuid, XmlFlag.SECURE)
    assert "geheim" in bench.driver.domain_xml(ref.uuid, XmlFlag.SECURE | XmlFlag.INACTIVE)


async def an_undefined_machine_is_gone(bench: Bench) -> None:
    ref = await bench.defined()
    bench.mark()
    await bench.driver.undefine(ref.uuid, 0)
    assert not bench.exists(ref.uuid)
    with pytest.raises(NoDomain):
        bench.driver.lookup_by_name(ref.name)
    assert bench.lifecycle(ref.uuid) == [(Lifecycle.UNDEFINED, UndefinedDetail.REMOVED)]
    await bench.refused(NoDomain, "undefine", ref.uuid, 0)
    await bench.defined("m1")


async def autostart_is_kept_for_defined_machines(bench: Bench) -> None:
    ref = await bench.defined()
    await bench.driver.set_autostart(ref.uuid, True)
    assert bench.driver.autostart(ref.uuid)
    await bench.driver.set_autostart(ref.uuid, True)
    await bench.driver.set_autostart(ref.uuid, False)
    assert not bench.driver.autostart(ref.uuid)


async def a_machine_that_is_off_can_be_renamed(bench: Bench) -> None:
    if not bench.has("rename"):
        return
    ref = await bench.defined("m1")
    await bench.defined("taken")
    for name in ("taken", "m1"):
        await bench.refused(OperationInvalid, "rename", ref.uuid, name)
    for name in ("", "a/b", "a\nb", "x" * 256):
        await bench.refused(XmlError, "rename", ref.uuid, name)
    bench.mark()
    await bench.driver.rename(ref.uuid, "m2")
    assert bench.driver.lookup_by_name("m2") == ("m2", ref.uuid, -1)
    assert "<name>m2</name>" in bench.driver.domain_xml(ref.uuid, 0)
    with pytest.raises(NoDomain):
        bench.driver.lookup_by_name("m1")
    renamed = [(Lifecycle.UNDEFINED, UndefinedDetail.RENAMED), (Lifecycle.DEFINED, DefinedDetail.RENAMED)]
    assert bench.lifecycle(ref.uuid) == renamed
    await bench.driver.start_domain(ref.uuid, 0)
    await bench.refused(OperationInvalid, "rename", ref.uuid, "m3")


PROMISES: Final[tuple[Promise, ...]] = (
    the_host_is_described_without_contradiction,
    questions_answer_at_once_and_changes_can_wait,
    a_machine_that_is_not_there_is_no_domain,
    what_a_driver_lacks_is_not_supported,
    a_defined_machine_is_found_and_is_off,
    a_machine_defined_without_uuid_gets_one,
    defining_again_replaces_the_definition,
    a_name_or_uuid_in_use_is_refused,
    bad_xml_is_refused_with_its_place,
    xml_out_can_be_defined_again,
    passwords_are_shown_only_when_asked_for,
    an_undefined_machine_is_gone,
    autostart_is_kept_for_defined_machines,
    a_machine_that_is_off_can_be_renamed,
)
