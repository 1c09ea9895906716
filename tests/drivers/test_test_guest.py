"""Guests, details and the host of the test driver; what is expected was asked of libvirt 9.0's test driver."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import pytest

from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.errors import NotSupported, VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model import DomainRef, MetadataChangeEvent

TEST: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
OFF: Final = (55, 20, "Requested operation is not valid: domain is not running")


def begun() -> test_driver.TestDriver:
    return test_driver.TestDriver(EventBus())


def answer(call: Coroutine[Any, Any, Any]) -> Any:
    async def wait() -> Any:
        return await call

    return asyncio.run(wait())


def refusal(call: Coroutine[Any, Any, object]) -> tuple[int, int, str]:
    with pytest.raises(VirtError) as caught:
        answer(call)
    return caught.value.code, caught.value.domain, caught.value.message


def events(driver: test_driver.TestDriver) -> list[object]:
    return [entry.event for entry in driver.bus.read(Cursor(driver.bus.epoch, 1), 100).entries]


def test_what_the_guest_says() -> None:
    driver = begun()
    assert answer(driver.guest_hostname(TEST, 0)) == "testhost"
    assert answer(driver.guest_time(TEST, 0)) == (627319920, 0)
    answer(driver.set_guest_time(TEST, 1000, 5, 0))
    assert answer(driver.guest_time(TEST, 0)) == (1000, 5)
    assert [tuple(system) for system in answer(driver.file_systems(TEST, 0))] == [
        ("/", "vda1", "ext4", ("vda",)),
        ("/boot", "vda2", "ext4", ("vda",)),
    ]
    assert driver.messages(TEST, 0) == []
    assert driver.control_info(TEST) == (0, 0, 0)


def test_file_systems_are_frozen_once() -> None:
    driver = begun()
    assert answer(driver.freeze_file_systems(TEST, [], 0)) == 2
    assert answer(driver.freeze_file_systems(TEST, [], 0)) == 0
    assert answer(driver.thaw_file_systems(TEST, ["/"], 0)) == 1
    assert answer(driver.thaw_file_systems(TEST, [], 0)) == 1
    assert answer(driver.freeze_file_systems(TEST, ["/boot"], 0)) == 1
    answer(driver.trim_file_systems(TEST, "/", 1024, 0))
    why = "Requested operation is not valid: mount point not found: /foo"
    assert refusal(driver.freeze_file_systems(TEST, ["/foo"], 0)) == (55, 12, why)
    assert refusal(driver.thaw_file_systems(TEST, ["/foo", "/boot"], 0)) == (55, 12, why)
    assert refusal(driver.trim_file_systems(TEST, "/foo", 0, 0)) == (55, 12, why)


@pytest.mark.parametrize(
    ("codeset", "key", "name"),
    [(9, 300, "qnum"), (1, 99999, "xt"), (4, 256, "atset3"), (3, 511, "atset2"), (6, 231, "xt_kbd"), (0, 600, "linux")],
)
def test_keys_that_are_not_in_their_set(codeset: int, key: int, name: str) -> None:
    why = f"internal error: invalid keycode {key} of {name} codeset"
    driver = begun()
    assert refusal(driver.send_key(TEST, codeset, 0, [7, key], 0)) == (1, 12, why)
    answer(driver.send_key(TEST, codeset, 10, [7], 0))


def test_signals_go_to_the_first_process() -> None:
    driver = begun()
    answer(driver.send_signal(TEST, 1, 64, 0))
    why = "invalid argument: only sending a signal to pid 1 is supported"
    assert refusal(driver.send_signal(TEST, 2, 15, 0)) == (8, 12, why)
    why = "invalid argument: signum value 99 is out of range"
    assert refusal(driver.send_signal(TEST, 1, 99, 0)) == (8, 12, why)


def test_a_guest_that_is_off_says_nothing() -> None:
    driver = begun()
    answer(driver.destroy(TEST, 0))
    for call in (
        driver.guest_hostname(TEST, 0),
        driver.set_guest_time(TEST, 5, 0, 0),
        driver.file_systems(TEST, 0),
        driver.freeze_file_systems(TEST, [], 0),
        driver.thaw_file_systems(TEST, [], 0),
        driver.trim_file_systems(TEST, None, 0, 0),
        driver.interface_addresses(TEST, 0, 0),
        driver.send_key(TEST, 0, 0, [1], 0),
        driver.inject_nmi(TEST, 0),
        driver.set_user_password(TEST, "root", "x", 0),
    ):
        assert refusal(call) == OFF
    assert refusal(driver.guest_time(TEST, 0)) == (55, 12, OFF[2])
    answer(driver.send_signal(TEST, 1, 9, 0))
    assert driver.security_label(TEST) == ("", False)
    for query in (driver.disk_errors, driver.cpu_total, driver.cpu_stats):
        with pytest.raises(VirtError, match="domain is not running"):
            query(TEST, 0)


def test_flags_that_libvirts_driver_does_not_know() -> None:
    driver = begun()
    assert refusal(driver.guest_hostname(TEST, 2))[2] == "unsupported flags (0x2) in function testDomainGetHostname"
    assert refusal(driver.inject_nmi(TEST, 1))[2] == "unsupported flags (0x1) in function testDomainInjectNMI"
    assert refusal(driver.set_user_password(TEST, "a", "b", 2))[:2] == (8, 12)
    with pytest.raises(VirtError, match=r"\(0x4\) in function testDomainGetMessages"):
        driver.messages(TEST, 4)
    with pytest.raises(VirtError, match=r"\(0x4\) in function testDomainGetLaunchSecurityInfo"):
        driver.launch_security(TEST, 4)


def test_counters_and_sizes() -> None:
    driver = begun()
    stats = driver.block_stats(TEST, "/guest/diskimage1")
    assert stats.read_requests > stats.read_bytes > stats.write_requests > stats.write_bytes > stats.errors > 0
    assert driver.block_info(TEST, "vda", 0) == (1099511627776, 1099506450432, 1099511627776)
    assert driver.disk_errors(TEST, 0) == [("vda", 1)]
    assert {param.field: param.value for param in driver.cpu_total(TEST, 0)} == {
        "cpu_time": 48772617035,
        "user_time": 5540000000,
        "system_time": 6460000000,
    }
    assert [[param.value for param in cpu] for cpu in driver.cpu_stats(TEST, 0)] == [
        [24386308517, 23151740627],
        [24386308518, 23151740628],
    ]
    assert driver.memory_peek(TEST, 250, 20, 1) == bytes(range(250, 256)) + bytes(range(14))
    for call, text in (
        (lambda: driver.block_stats(TEST, ""), "Operation not supported: summary statistics are not supported yet"),
        (lambda: driver.block_stats(TEST, "vdx"), "invalid argument: invalid path: vdx"),
        (lambda: driver.block_info(TEST, "vdx", 0), "invalid argument: invalid path vdx not assigned to domain"),
        (lambda: driver.interface_stats(TEST, "vnet0"), "invalid argument: 'vnet0' is not a known interface"),
        (lambda: driver.memory_peek(TEST, 0, 1, 0), "flags parameter must be VIR_MEMORY_VIRTUAL or"),
    ):
        with pytest.raises(VirtError) as caught:
            call()
        assert text in caught.value.message


def test_statistics_are_the_state_alone() -> None:
    driver = begun()
    assert [tuple(param) for param in driver.domain_stats(TEST, 0)] == [("state.state", 1, 1), ("state.reason", 1, 0)]
    assert driver.domain_stats(TEST, 2) == []


def test_metadata_is_set_found_and_told() -> None:
    driver = begun()
    absent = (80, 20, "metadata not found: Requested metadata element is not present")
    for kind, uri in ((0, None), (1, None), (2, "http://x")):
        with pytest.raises(VirtError) as caught:
            driver.metadata(TEST, kind, uri, 0)
        assert (caught.value.code, caught.value.domain, caught.value.message) == absent
    answer(driver.set_metadata(TEST, 0, "desc\nline", None, None, 0))
    answer(driver.set_metadata(TEST, 1, "title", None, None, 3))
    answer(driver.set_metadata(TEST, 2, "<a b='1'><c/></a>", "k", "http://x", 0))
    assert driver.metadata(TEST, 0, None, 0) == "desc\nline"
    assert driver.metadata(TEST, 1, None, 2) == "title"
    assert driver.metadata(TEST, 2, "http://x", 1) == '<a b="1">\n  <c/>\n</a>'
    xml = driver.domain_xml(TEST, 0)
    assert '  <metadata>\n    <k:a xmlns:k="http://x" b="1">\n      <k:c/>\n    </k:a>\n  </metadata>' in xml
    ref = DomainRef("test", TEST, 1)
    assert events(driver) == [
        MetadataChangeEvent(ref, 0, None),
        MetadataChangeEvent(ref, 1, None),
        MetadataChangeEvent(ref, 2, "http://x"),
    ]
    answer(driver.set_metadata(TEST, 2, None, None, "http://x", 0))
    answer(driver.set_metadata(TEST, 0, "", None, None, 0))
    for kind, uri in ((0, None), (2, "http://x")):
        with pytest.raises(VirtError, match="metadata not found"):
            driver.metadata(TEST, kind, uri, 0)
    assert refusal(driver.set_metadata(TEST, 9, "x", None, None, 0))[2] == "invalid argument: unknown metadata type '9'"
    assert len(events(driver)) == 5


def test_what_follows_the_guests_end_can_be_said() -> None:
    driver = begun()
    answer(driver.set_lifecycle_action(TEST, 1, 2, 3))
    answer(driver.set_lifecycle_action(TEST, 2, 5, 0))
    assert "<on_reboot>rename-restart</on_reboot>" in driver.domain_xml(TEST, 2)
    assert "<on_crash>coredump-restart</on_crash>" in driver.domain_xml(TEST, 0)
    why = "unsupported configuration: Lifecycle event 'poweroff' doesn't support 'coredump-destroy' action"
    assert refusal(driver.set_lifecycle_action(TEST, 0, 4, 0)) == (67, 20, why)
    answer(driver.set_lifecycle_action(TEST, 1, 0, 0))
    answer(driver.reboot(TEST, 0))
    assert driver.domain_state(TEST)[0] == 5


def test_the_host_is_libvirts() -> None:
    driver = begun()
    assert driver.cells_free_memory(0, 10) == [2097152, 4194304]
    assert driver.cells_free_memory(1, 1) == [4194304]
    with pytest.raises(VirtError, match="invalid argument: Range exceeds available cells"):
        driver.cells_free_memory(2, 1)
    assert driver.free_pages([2048, 4, 77], 1, 3, 0) == [19, 45, 97, 201, 409, 825, 1657, 3321, 6649]
    assert driver.node_cpu_stats(20, 0) == [
        ("user", 9797400000),
        ("kernel", 34678723400000),
        ("idle", 87264900000),
        ("iowait", 763600000),
    ]
    assert driver.cpu_map() == [True, False, True, False, True, False, False, False]
    assert driver.security_model() == ("testSecurity", "")
    assert "<entry name='vendor'>LENOVO</entry>" in driver.sysinfo(0)
    for call in (lambda: driver.node_memory_stats(-1, 0), lambda: driver.compare_cpu("<cpu/>", 0)):
        with pytest.raises(NotSupported):
            call()


def test_cpu_models() -> None:
    driver = begun()
    assert len(driver.cpu_model_names("x86_64", 0)) == 58
    assert driver.cpu_model_names("x86_64", 0)[:3] == ["486", "pentium", "pentium2"]
    assert driver.cpu_model_names("aarch64", 0) == []
    with pytest.raises(VirtError) as unknown:
        driver.cpu_model_names("foo", 0)
    assert (unknown.value.code, unknown.value.message) == (8, "invalid argument: cannot find architecture foo")
    with pytest.raises(NotSupported, match="'riscv64' architecture is not supported by CPU driver"):
        driver.cpu_model_names("riscv64", 0)


def cpu(inside: str) -> str:
    return f"<cpu><arch>x86_64</arch>{inside}</cpu>"


def test_what_cpus_have_in_common() -> None:
    driver = begun()
    one = cpu("<model>Nehalem</model><feature name='aes'/><feature name='vmx'/>")
    other = cpu("<model>Nehalem</model><vendor>Intel</vendor><feature name='aes'/>")
    assert driver.baseline_cpu([one, other], 0) == (
        "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Nehalem</model>\n  <vendor>Intel</vendor>\n"
        "  <feature policy='require' name='aes'/>\n</cpu>\n"
    )


@pytest.mark.parametrize(
    ("xmls", "code", "text"),
    [
        ([], 8, "invalid argument: no CPUs given"),
        (["<foo/>"], 27, "XML error: XML does not contain expected 'cpu' element"),
        (["<cpu><model>Nehalem</model></cpu>"], 27, "XML error: Missing CPU architecture"),
        ([cpu("")], 27, "XML error: Missing CPU model name"),
        ([cpu("<model>Foo</model>")], 1, "internal error: Unknown CPU model Foo"),
        (["<cpu mode='host-model'/>"], 67, "unsupported configuration: Attribute mode is only allowed for guest CPU"),
        (
            [cpu("<model>Nehalem</model><vendor>AMD</vendor>"), cpu("<model>Nehalem</model><vendor>Intel</vendor>")],
            9,
            "operation failed: CPU vendors do not match",
        ),
    ],
)
def test_cpus_that_make_no_sense(xmls: list[str], code: int, text: str) -> None:
    with pytest.raises(VirtError) as caught:
        begun().baseline_cpu(xmls, 0)
    assert (caught.value.code, caught.value.domain, caught.value.message) == (code, 31, text)


def test_each_start_has_addresses_of_its_own() -> None:
    driver = begun()

    def addresses() -> list[tuple[object, ...]]:
        return [(one.name, one.mac, one.addresses) for one in answer(driver.interface_addresses(TEST, 0, 0))]

    mac = "aa:bb:cc:dd:ee:ff"
    assert addresses() == [("testnet0", mac, ((0, "192.168.122.3", 24),))]
    answer(driver.destroy(TEST, 0))
    answer(driver.start_domain(TEST, 0))
    assert addresses() == [("testnet0", mac, ((0, "192.168.122.23", 24),))]
    why = "argument unsupported: Unknown IP address data source 7"
    assert refusal(driver.interface_addresses(TEST, 7, 0)) == (74, 12, why)
