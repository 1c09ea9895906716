"""Calls about networks, interfaces and devices of the host, on the test driver as it begins.

What is compared with was printed by virsh 9.0 on test:///default.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Peer, Right
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.test import TestDriver as MemoryDriver
from virtrpcd.errors import VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.paths import PathRules
from virtrpcd.service.context import Context
from virtrpcd.service.service import VirtService

DEFAULT_NETWORK = """<network>
  <name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>
"""
ETH1 = """<interface type='ethernet' name='eth1'>
  <start mode='onboot'/>
  <mtu size='1492'/>
  <protocol family='ipv4'>
    <ip address='192.168.0.5' prefix='24'/>
    <route gateway='192.168.0.1'/>
  </protocol>
  <mac address='aa:bb:cc:dd:ee:ff'/>
</interface>
"""
COMPUTER = """<device>
  <name>computer</name>
  <capability type='system'>
    <hardware>
      <vendor>Libvirt</vendor>
      <version>Test driver</version>
      <serial>123456</serial>
      <uuid>11111111-2222-3333-4444-555555555555</uuid>
    </hardware>
    <firmware>
      <vendor>Libvirt</vendor>
      <version>Test Driver</version>
      <release_date>01/22/2007</release_date>
    </firmware>
  </capability>
</device>
"""
SCSI_HOST2 = """<device>
  <name>scsi_host2</name>
  <parent>computer</parent>
  <capability type='scsi_host'>
    <host>2</host>
    <unique_id>1</unique_id>
    <capability type='fc_host'>
      <wwnn>2000000056785678</wwnn>
      <wwpn>1000000056785678</wwpn>
      <fabric_wwn>2000000087658765</fabric_wwn>
    </capability>
    <capability type='vport_ops'>
      <max_vports>0</max_vports>
      <vports>0</vports>
    </capability>
  </capability>
</device>
"""
MADE = """<device>
  <name>scsi_host12</name>
  <parent>scsi_host1</parent>
  <capability type='scsi_host'>
    <host>11</host>
    <unique_id>10</unique_id>
    <capability type='fc_host'>
      <wwnn>2000000012340009</wwnn>
      <wwpn>1000000012340009</wwpn>
      <fabric_wwn>2000000043214321</fabric_wwn>
    </capability>
  </capability>
</device>
"""
FC = "<capability type='fc_host'><wwnn>2000000012340009</wwnn><wwpn>1000000012340009</wwpn></capability>"
NEW = "<device>{}<capability type='scsi_host'>" + FC + "</capability></device>"


class Desk:
    """The service on a new test driver, and a caller of it."""

    def __init__(self) -> None:
        self.driver = MemoryDriver(EventBus(epoch=b"e" * 16))
        registry = Registry(self.driver, lambda: MemoryDriver(EventBus()))
        self.service = VirtService(Context(registry.open_for, PathRules([]), 1000))
        self.cursor = Cursor(b"e" * 16, self.driver.bus.next_number)

    async def ask(self, name: str, *args: Any) -> Any:
        """Call a handler with arguments; they become what the handler takes."""
        call = Call(1, v.VIRT_PROGRAM, 2, 0, b"", 0, peer=Peer(Right.ADMIN, self.driver, "unix uid 0"))
        method: Callable[..., Any] = getattr(self.service, f"virt_{name}")
        made = getattr(v, f"virt_{name}_args", None)
        answer = method(call) if made is None else method(made(*args), call)
        return await answer if isinstance(answer, Awaitable) else answer

    async def refusal(self, name: str, *args: Any) -> tuple[int, int, str]:
        with pytest.raises(VirtError) as caught:
            await self.ask(name, *args)
        return caught.value.code, caught.value.domain, caught.value.message

    def events(self) -> list[Any]:
        """Return kind and decoded body of each event so far, as a client gets them."""
        bodies: dict[int, Any] = {
            v.VIRT_EVENT_NETWORK_LIFECYCLE: v.virt_event_network_lifecycle,
            v.VIRT_EVENT_NODE_DEVICE_LIFECYCLE: v.virt_event_node_device_lifecycle,
        }
        wires = [convert.event(entry) for entry in self.driver.bus.read(self.cursor, 100).entries]
        return [bodies[wire.kind].from_xdr(wire.body) for wire in wires]


def run(test: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(Desk()))


def test_the_driver_begins_with_what_libvirts_begins_with() -> None:
    async def check(desk: Desk) -> None:
        net = (await desk.ask("network_lookup_by_name", "default")).net
        assert (await desk.ask("network_get_xml_desc", net, 0)).xml == DEFAULT_NETWORK
        assert (await desk.ask("network_get_bridge_name", net)).name == "virbr0"
        iface = (await desk.ask("interface_lookup_by_mac_string", "AA:bb:cc:dd:ee:ff")).iface
        assert (await desk.ask("interface_get_xml_desc", iface, 0)).xml == ETH1
        assert (await desk.ask("node_device_get_xml_desc", "computer", 0)).xml == COMPUTER
        assert (await desk.ask("node_device_get_xml_desc", "scsi_host2", 0)).xml == SCSI_HOST2

    run(check)


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (0, "default idle short"),
        (1, "idle"),
        (2, "default short"),
        (3, "default idle short"),
        (4, "default idle"),
        (8, "short"),
        (1 | 8, ""),
        (16, "idle"),
        (32, "default short"),
        (2 | 4 | 32, "default"),
        (63, "default idle short"),
    ],
)
def test_networks_are_listed_by_what_they_are(flags: int, wanted: str) -> None:
    async def check(desk: Desk) -> None:
        idle = (await desk.ask("network_define_xml", "<network><name>idle</name></network>")).net
        await desk.ask("network_create_xml", "<network><name>short</name></network>")
        await desk.ask("network_set_autostart", idle, 1)
        answer = await desk.ask("connect_list_all_networks", 1, flags)
        assert ([net.name for net in answer.nets], answer.ret) == (wanted.split(), len(wanted.split()))
        counted = await desk.ask("connect_list_all_networks", 0, flags)
        assert (counted.nets, counted.ret) == ([], answer.ret)

    run(check)


def test_names_of_networks_are_cut_to_what_was_asked_for() -> None:
    async def check(desk: Desk) -> None:
        for name in ("a", "b"):
            await desk.ask("network_define_xml", f"<network><name>{name}</name></network>")
        assert (await desk.ask("connect_num_of_networks")).num == 1
        assert (await desk.ask("connect_num_of_defined_networks")).num == 2
        assert (await desk.ask("connect_list_networks", 9)).names == ["default"]
        assert (await desk.ask("connect_list_defined_networks", 1)).names == ["a"]
        for call in ("connect_list_networks", "connect_list_defined_networks", "connect_list_interfaces"):
            assert (await desk.refusal(call, -1))[0] == 8

    run(check)


def test_a_networks_life_is_told_as_events() -> None:
    async def check(desk: Desk) -> None:
        net = (await desk.ask("network_define_xml_flags", "<network><name>n</name></network>", 0)).net
        await desk.ask("network_create", net)
        await desk.ask("network_destroy", net)
        await desk.ask("network_destroy", net)  # libvirt's tells of this, too
        await desk.ask("network_undefine", net)
        events = desk.events()
        assert [(event.net.name, event.event, event.detail) for event in events] == [
            ("n", number, 0) for number in (0, 2, 3, 3, 1)
        ]
        assert {(event.callback_id, event.net.uuid) for event in events} == {(-1, net.uuid)}

    run(check)


def test_networks_are_refused_in_libvirts_words() -> None:
    async def check(desk: Desk) -> None:
        net = (await desk.ask("network_lookup_by_name", "default")).net
        invalid = "Requested operation is not valid: "
        assert await desk.refusal("network_create", net) == (55, 12, f"{invalid}Network 'default' is already running")
        assert await desk.refusal("network_undefine", net) == (55, 12, f"{invalid}Network 'default' is still running")
        flags = "unsupported flags (0x1) in function testNetworkGetXMLDesc"
        assert await desk.refusal("network_get_xml_desc", net, 1) == (8, 12, flags)
        lost = v.virt_network("gone", b"\x11" * 16)
        missing = "Network not found: no network with matching "
        assert await desk.refusal("network_get_autostart", lost) == (43, 12, f"{missing}name 'gone'")
        by_uuid = f"{missing}uuid '11111111-1111-1111-1111-111111111111'"
        assert await desk.refusal("network_is_active", lost) == (43, 12, by_uuid)
        assert await desk.refusal("network_lookup_by_uuid", lost.uuid) == (43, 12, by_uuid)
        exists = "operation failed: network 'default' already exists with uuid dd8fe884-6c02-601e-7551-cca97df1c5df"
        assert await desk.refusal("network_define_xml", "<network><name>default</name></network>") == (9, 19, exists)
        active = f"{invalid}network is already active as 'default'"
        assert await desk.refusal("network_create_xml", DEFAULT_NETWORK) == (55, 19, active)
        plain = (await desk.ask("network_define_xml", "<network><name>z</name><forward mode='vepa'/></network>")).net
        no_bridge = "internal error: network 'z' does not have a bridge name."
        assert await desk.refusal("network_get_bridge_name", plain) == (1, 12, no_bridge)
        unsupported = "this function is not supported by the connection driver: "
        leases = await desk.refusal("network_get_dhcp_leases", net, None, 1, 0)
        assert leases == (3, 19, f"{unsupported}virNetworkGetDHCPLeases")
        ports = await desk.refusal("network_list_all_ports", net, 1, 0)
        assert ports == (3, 19, f"{unsupported}virNetworkListAllPorts")

    run(check)


def test_an_update_of_what_is_kept_shows_when_the_network_next_changes() -> None:
    async def check(desk: Desk) -> None:
        net = (await desk.ask("network_define_xml", "<network><name>n</name></network>")).net
        await desk.ask("network_create", net)
        before = (await desk.ask("network_get_xml_desc", net, 0)).xml
        await desk.ask("network_update", net, 3, 11, -1, "<txt name='k' value='kept'/>", 2)
        assert (await desk.ask("network_get_xml_desc", net, 0)).xml == before
        await desk.ask("network_update", net, 3, 11, -1, "<txt name='l' value='live'/>", 1)
        assert "live" in (await desk.ask("network_get_xml_desc", net, 0)).xml
        await desk.ask("network_destroy", net)
        await desk.ask("network_update", net, 3, 11, -1, "<txt name='m' value='more'/>", 0)
        after = (await desk.ask("network_get_xml_desc", net, 0)).xml
        assert ("kept" in after, "live" in after, "more" in after) == (True, False, True)

    run(check)


def test_an_update_that_would_make_no_sense_as_a_whole_is_refused() -> None:
    async def check(desk: Desk) -> None:
        xml = "<network><name>n</name><forward mode='bridge'/><bridge name='b'/></network>"
        net = (await desk.ask("network_define_xml", xml)).net
        refusal = await desk.refusal("network_update", net, 3, 7, -1, "<interface dev='e0'/>", 0)
        assert refusal[:2] == (27, 19)
        assert "e0" not in (await desk.ask("network_get_xml_desc", net, 0)).xml

    run(check)


def test_interfaces_are_listed_up_and_down() -> None:
    async def check(desk: Desk) -> None:
        down = (await desk.ask("interface_define_xml", "<interface type='ethernet' name='e2'/>", 0)).iface
        assert (down.name, down.mac) == ("e2", "")
        for flags, wanted in ((0, ["eth1", "e2"]), (1, ["e2"]), (2, ["eth1"]), (3, ["eth1", "e2"])):
            answer = await desk.ask("connect_list_all_interfaces", 1, flags)
            assert ([iface.name for iface in answer.ifaces], answer.ret) == (wanted, len(wanted))
        assert (await desk.ask("connect_num_of_interfaces")).num == 1
        assert (await desk.ask("connect_num_of_defined_interfaces")).num == 1
        assert (await desk.ask("connect_list_interfaces", 5)).names == ["eth1"]
        assert (await desk.ask("connect_list_defined_interfaces", 5)).names == ["e2"]
        await desk.ask("interface_create", down, 0)
        assert (await desk.ask("interface_is_active", down)).active == 1
        await desk.ask("interface_destroy", down, 0)
        await desk.ask("interface_undefine", down)
        gone = "Interface not found: no interface with matching name 'e2'"
        assert await desk.refusal("interface_is_active", down) == (57, 12, gone)

    run(check)


def test_transactions_of_interfaces_are_refused_in_libvirts_words() -> None:
    async def check(desk: Desk) -> None:
        invalid = "Requested operation is not valid: "
        commit, rollback = (
            "no transaction running, nothing to be committed.",
            "no transaction running, nothing to rollback.",
        )
        assert await desk.refusal("interface_change_commit", 0) == (55, 12, invalid + commit)
        assert await desk.refusal("interface_change_rollback", 0) == (55, 12, invalid + rollback)
        await desk.ask("interface_change_begin", 0)
        assert await desk.refusal("interface_change_begin", 0) == (
            55,
            12,
            f"{invalid}there is another transaction running.",
        )
        await desk.ask("interface_change_rollback", 0)
        # libvirt's keeps definitions only: what comes back is down
        assert (await desk.ask("interface_is_active", v.virt_interface("eth1", ""))).active == 0

    run(check)


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (0, ["computer", "scsi_host1", "scsi_host2", "scsi_host11"]),
        (0x1, ["computer"]),
        (0x2, []),
        (0x20, ["scsi_host1", "scsi_host2", "scsi_host11"]),
        (0x200, ["scsi_host1", "scsi_host2", "scsi_host11"]),
        (0x400, ["scsi_host1", "scsi_host2"]),
        (0x401, ["computer", "scsi_host1", "scsi_host2"]),
        (0x200000, []),
    ],
)
def test_devices_are_listed_by_what_they_can_be(flags: int, wanted: list[str]) -> None:
    async def check(desk: Desk) -> None:
        answer = await desk.ask("connect_list_all_node_devices", 1, flags)
        assert ([device.name for device in answer.devices], answer.ret) == (wanted, len(wanted))

    run(check)


def test_devices_are_asked_about_one_by_one() -> None:
    async def check(desk: Desk) -> None:
        for capability, count in ((None, 4), ("system", 1), ("scsi_host", 3), ("vports", 2), ("pci", 0), ("", 0)):
            assert (await desk.ask("node_num_of_devices", capability, 0)).num == count
            assert len((await desk.ask("node_list_devices", capability, 9, 0)).names) == count
        assert len((await desk.ask("node_list_devices", None, 3, 0)).names) == 3
        assert (await desk.ask("node_device_lookup_by_name", "computer")).dev.name == "computer"
        assert (await desk.ask("node_device_get_parent", "computer")).parent_name is None
        assert (await desk.ask("node_device_get_parent", "scsi_host11")).parent_name == "scsi_host1"
        assert (await desk.ask("node_device_num_of_caps", "computer")).num == 1
        assert (await desk.ask("node_device_list_caps", "scsi_host1", 5)).names == ["scsi_host"]
        flags = "unsupported flags (0x80000000) in function testConnectListAllNodeDevices"
        assert await desk.refusal("connect_list_all_node_devices", 1, 0x80000000) == (8, 12, flags)
        missing = "Node device not found: no node device with matching name 'x'"
        assert await desk.refusal("node_device_lookup_by_name", "x") == (53, 12, missing)

    run(check)


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "<parent>scsi_host1</parent>",
        "<parent wwnn='2000000012341234' wwpn='1000000012341234'/>",
        "<parent fabric_wwn='2000000043214321'/>",
    ],
)
def test_a_virtual_adapter_is_made_and_removed(parent: str) -> None:
    async def check(desk: Desk) -> None:
        made = (await desk.ask("node_device_create_xml", NEW.format(parent), 0)).dev.name
        assert (await desk.ask("node_device_get_xml_desc", made, 0)).xml == MADE
        await desk.ask("node_device_destroy", made)
        assert (await desk.refusal("node_device_destroy", made))[0] == 53
        assert [(event.dev.name, event.event) for event in desk.events()] == [(made, 0), (made, 1)]

    run(check)


def test_the_computer_itself_is_never_removed() -> None:
    async def check(desk: Desk) -> None:
        await desk.ask("node_device_destroy", "computer")
        assert (await desk.ask("node_device_lookup_by_name", "computer")).dev.name == "computer"
        assert desk.events() == []

    run(check)


@pytest.mark.parametrize(
    ("xml", "wanted"),
    [
        ("<foo/>", (27, 5, "XML error: expecting root element of 'device', not 'foo'")),
        ("<device/>", (1, 22, "internal error: no device capabilities for 'new device'")),
        (
            "<device><capability/></device>",
            (27, 5, "XML error: Missing required attribute 'type' in element 'capability'"),
        ),
        (
            "<device><capability type='bogus'/></device>",
            (27, 5, "XML error: Invalid value for attribute 'type' in element 'capability': 'bogus'."),
        ),
        (
            "<device><capability type='system'/></device>",
            (1, 22, "internal error: no system UUID supplied for 'new device'"),
        ),
        (
            "<device><capability type='scsi_host'/></device>",
            (1, 22, "internal error: Device is not a fibre channel HBA"),
        ),
        (
            "<device><capability type='scsi_host'><capability/></capability></device>",
            (1, 22, "internal error: missing SCSI host capability type for 'new device'"),
        ),
        (
            "<device><capability type='scsi_host'><capability type='x'/></capability></device>",
            (1, 22, "internal error: unknown SCSI host capability type 'x' for 'new device'"),
        ),
        (
            "<device><capability type='scsi_host'><capability type='fc_host'/></capability></device>",
            (1, 22, "internal error: no WWNN supplied for 'new device', and auto-generation failed"),
        ),
        (NEW.format("<parent>no</parent>"), (1, 22, "internal error: Could not find parent device for 'new device'")),
        (
            NEW.format("<parent>computer</parent>"),
            (1, 22, "internal error: Parent device computer is not capable of vport operations"),
        ),
        (
            NEW.format("<parent wwnn='1'/>"),
            (27, 22, "XML error: when providing parent wwnn='1', the wwpn must also be provided"),
        ),
    ],
)
def test_other_devices_are_refused_in_libvirts_words(xml: str, wanted: tuple[int, int, str]) -> None:
    async def check(desk: Desk) -> None:
        assert await desk.refusal("node_device_create_xml", xml, 0) == wanted
        assert desk.events() == []

    run(check)
