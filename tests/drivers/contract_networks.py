"""Promises about networks, interfaces and devices of the host; a driver without them says so of every call."""

from __future__ import annotations

import inspect
import os
from typing import Any, Final

import pytest
from drivers.harness import Bench, Promise

from virtrpcd.errors import (
    FROM_INTERFACE,
    FROM_NETWORK,
    FROM_NODEDEV,
    MultipleInterfaces,
    NoInterface,
    NoNetwork,
    NoNodeDevice,
    NotSupported,
    OperationFailed,
    OperationInvalid,
    VirtError,
    XmlError,
)
from virtrpcd.model_network import NetworkEvent, NetworkLifecycle, NetworkRef, NetworkUpdate

DEFINED, UNDEFINED, STARTED, STOPPED = NetworkLifecycle
LIVE: Final = 1
CONFIG: Final = 2
ADD_DNS_TXT: Final = NetworkUpdate(3, 11, -1, "<txt name='k' value='v'/>")


def network_xml(name: str, uuid: bytes | None = None, inside: str = "") -> str:
    tag = "" if uuid is None else f"<uuid>{uuid.hex()}</uuid>"
    return f"<network><name>{name}</name>{tag}{inside}</network>"


def has(part: Any, question: str) -> bool:
    """Return whether a driver has such things at all."""
    try:
        getattr(part, question)(*([None] if question == "names" else []))
    except NotSupported:
        return False
    return True


async def asked(method: Any) -> None:
    """Call a method with as many arguments as it takes."""
    answer = method(*[None] * len(inspect.signature(method).parameters))
    if inspect.isawaitable(answer):
        await answer


async def what_a_driver_lacks_it_says_of_every_call(bench: Bench) -> None:
    parts = (
        (bench.driver.networks, "refs", FROM_NETWORK),
        (bench.driver.interfaces, "refs", FROM_INTERFACE),
        (bench.driver.nodedevs, "names", FROM_NODEDEV),
    )
    for part, question, domain in parts:
        if has(part, question):
            continue
        for name, method in inspect.getmembers(part, inspect.ismethod):
            if name.startswith("_"):
                continue
            with pytest.raises(NotSupported) as caught:
                await asked(method)
            assert (caught.value.code, caught.value.domain) == (3, domain), name


def heard(bench: Bench, ref: NetworkRef) -> list[int]:
    """Return what happened to a network since the last mark."""
    return [event.event for event in bench.host_events() if isinstance(event, NetworkEvent) and event.net == ref]


async def a_defined_network_starts_and_stops_and_stays(bench: Bench) -> None:
    networks = bench.driver.networks
    if not has(networks, "refs"):
        return
    bench.mark()
    ref = await networks.define(network_xml("n1", os.urandom(16)), 0)
    assert (networks.is_active(ref), networks.is_persistent(ref), networks.autostart(ref)) == (False, True, False)
    assert networks.lookup_by_name("n1") == networks.lookup_by_uuid(ref.uuid) == ref
    await networks.start(ref)
    assert networks.is_active(ref)
    with pytest.raises(OperationInvalid):
        await networks.start(ref)
    with pytest.raises(OperationInvalid):
        await networks.undefine(ref)
    await networks.destroy(ref)
    assert (networks.is_active(ref), networks.is_persistent(ref)) == (False, True)
    await networks.undefine(ref)
    assert ref not in networks.refs()
    assert heard(bench, ref) == [DEFINED, STARTED, STOPPED, UNDEFINED]


async def a_transient_network_is_gone_when_it_stops(bench: Bench) -> None:
    networks = bench.driver.networks
    if not has(networks, "refs"):
        return
    bench.mark()
    ref = await networks.create_xml(network_xml("n1"), 0)
    assert (networks.is_active(ref), networks.is_persistent(ref)) == (True, False)
    with pytest.raises(OperationInvalid):
        await networks.update(ref, ADD_DNS_TXT, CONFIG)
    await networks.destroy(ref)
    with pytest.raises(NoNetwork):
        networks.is_active(ref)
    assert heard(bench, ref) == [STARTED, STOPPED]


async def defining_a_running_network_changes_what_is_kept_only(bench: Bench) -> None:
    networks = bench.driver.networks
    if not has(networks, "refs"):
        return
    ref = await networks.create_xml(network_xml("n1", os.urandom(16), "<mtu size='1400'/>"), 0)
    before = networks.xml(ref, 0)
    await networks.define(network_xml("n1", ref.uuid, "<mtu size='1300'/>"), 0)
    assert networks.is_persistent(ref)
    assert networks.xml(ref, 0) == before
    await networks.destroy(ref)
    assert ref in networks.refs()


async def names_and_uuids_of_networks_never_clash(bench: Bench) -> None:
    networks = bench.driver.networks
    if not has(networks, "refs"):
        return
    ref = await networks.define(network_xml("n1", os.urandom(16)), 0)
    before = networks.refs()
    for clashing in (network_xml("n1"), network_xml("n1", os.urandom(16)), network_xml("n2", ref.uuid)):
        for make in (networks.define, networks.create_xml):
            with pytest.raises(OperationFailed):
                await make(clashing, 0)
    assert networks.refs() == before


async def a_refused_update_changes_nothing(bench: Bench) -> None:
    networks = bench.driver.networks
    if not has(networks, "refs"):
        return
    ref = await networks.define(network_xml("n1"), 0)
    before = networks.xml(ref, 0)
    with pytest.raises(OperationInvalid):
        await networks.update(ref, ADD_DNS_TXT, LIVE)
    for xml in ("<txt/>", "<txt", "<host/>", "<!DOCTYPE txt><txt name='a' value='b'/>"):
        with pytest.raises(VirtError):
            await networks.update(ref, NetworkUpdate(3, 11, -1, xml), 0)
    assert networks.xml(ref, 0) == before
    await networks.update(ref, ADD_DNS_TXT, 0)
    assert "<txt name='k' value='v'/>" in networks.xml(ref, 0)


async def calls_on_what_there_is_not_say_so(bench: Bench) -> None:
    driver, nobody = bench.driver, NetworkRef("nobody", bytes(16))
    if has(driver.networks, "refs"):
        for question in (driver.networks.is_active, driver.networks.is_persistent, driver.networks.autostart):
            with pytest.raises(NoNetwork):
                question(nobody)
        for change in (driver.networks.start, driver.networks.destroy, driver.networks.undefine):
            with pytest.raises(NoNetwork):
                await change(nobody)
    if has(driver.interfaces, "refs"):
        for ask in (driver.interfaces.lookup_by_name, driver.interfaces.lookup_by_mac, driver.interfaces.is_active):
            with pytest.raises(NoInterface):
                ask("nobody")
        with pytest.raises(NoInterface):
            await driver.interfaces.undefine("nobody")
    if has(driver.nodedevs, "names"):
        for ask in (driver.nodedevs.lookup_by_name, driver.nodedevs.parent, driver.nodedevs.capabilities):
            with pytest.raises(NoNodeDevice):
                ask("nobody")
        with pytest.raises(NoNodeDevice):
            await driver.nodedevs.destroy("nobody")


async def changes_of_interfaces_can_be_taken_back(bench: Bench) -> None:
    interfaces = bench.driver.interfaces
    if not has(interfaces, "refs"):
        return
    before = interfaces.refs()
    for refused in (interfaces.change_commit, interfaces.change_rollback):
        with pytest.raises(OperationInvalid):
            await refused(0)
    await interfaces.change_begin(0)
    with pytest.raises(OperationInvalid):
        await interfaces.change_begin(0)
    ref = await interfaces.define("<interface type='ethernet' name='e7'><mac address='52:54:00:0:0:7'/></interface>", 0)
    assert interfaces.lookup_by_mac("52:54:00:0:0:7") == ref
    for other in before:
        await interfaces.undefine(other.name)
    await interfaces.change_rollback(0)
    assert interfaces.refs() == before


async def an_address_that_two_interfaces_have_names_neither(bench: Bench) -> None:
    interfaces = bench.driver.interfaces
    if not has(interfaces, "refs"):
        return
    for name in ("e7", "e8"):
        await interfaces.define(
            f"<interface type='ethernet' name='{name}'><mac address='52:54:00:00:00:07'/></interface>", 0
        )
    with pytest.raises(MultipleInterfaces):
        interfaces.lookup_by_mac("52:54:00:00:00:07")
    await interfaces.start("e7", 0)
    with pytest.raises(OperationInvalid):
        await interfaces.start("e7", 0)
    await interfaces.destroy("e7", 0)
    with pytest.raises(OperationInvalid):
        await interfaces.destroy("e7", 0)


async def xml_with_a_doctype_is_refused_everywhere(bench: Bench) -> None:
    driver = bench.driver
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><{0}>&a;</{0}>"
    makes = (
        (driver.networks, "refs", driver.networks.define, "network"),
        (driver.networks, "refs", driver.networks.create_xml, "network"),
        (driver.interfaces, "refs", driver.interfaces.define, "interface"),
        (driver.nodedevs, "names", driver.nodedevs.create_xml, "device"),
    )
    for part, question, make, root in makes:
        if has(part, question):
            with pytest.raises(XmlError, match="DOCTYPE"):
                await make(bomb.format(root), 0)


PROMISES: Final[tuple[Promise, ...]] = (
    what_a_driver_lacks_it_says_of_every_call,
    a_defined_network_starts_and_stops_and_stays,
    a_transient_network_is_gone_when_it_stops,
    defining_a_running_network_changes_what_is_kept_only,
    names_and_uuids_of_networks_never_clash,
    a_refused_update_changes_nothing,
    calls_on_what_there_is_not_say_so,
    changes_of_interfaces_can_be_taken_back,
    an_address_that_two_interfaces_have_names_neither,
    xml_with_a_doctype_is_refused_everywhere,
)
