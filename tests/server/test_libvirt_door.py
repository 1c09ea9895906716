"""The libvirt door against raw packets: answers before a driver is open, refusals, events, keepalive, limits."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess, running_daemon
from virnet_peer import REMOTE, Peer

from virnet.keepalive import PING, PONG
from virnet.packet import Kind, pack
from virtproto import libvirt as lv
from virtproto import virt as v

TEST = v.virt_domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
READERS_MAY_NOT = (
    lv.REMOTE_DOMAIN_OPEN_CONSOLE,
    lv.REMOTE_STORAGE_VOL_UPLOAD,
    lv.REMOTE_STORAGE_VOL_DOWNLOAD,
    lv.REMOTE_DOMAIN_SCREENSHOT,
    lv.REMOTE_DOMAIN_OPEN_CHANNEL,
    lv.REMOTE_DOMAIN_OPEN_GRAPHICS_FD,
)
"""What libvirtd's read-only socket refuses of what only a connection has."""
FEATURE = v.VIRT_CONNECT_SUPPORTS_FEATURE


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    with running_daemon(tmp_path_factory.mktemp("door"), "--libvirt", "tcp:127.0.0.1:0") as daemon:
        yield daemon


@pytest.fixture(scope="module")
def place(daemon: DaemonProcess) -> str:
    found: str = daemon.ready["libvirt"][0]
    return found


def word(number: int) -> bytes:
    return struct.pack(">i", number)


def register(event_id: int, dom: v.virt_domain | None = None) -> bytes:
    only = None if dom is None else lv.remote_domain(dom.name, dom.uuid, dom.id)
    return lv.remote_domain_event_register_args(event_id, only).to_xdr()


# -- before a driver is open ---------------------------------------------------------------------------------------


def test_calls_before_connect_open_are_refused_but_for_keepalives_feature(place: str) -> None:
    with Peer(place) as peer:
        not_open = (1, 7, "internal error: hypervisor connection not open")
        assert peer.error(v.VIRT_CONNECT_GET_TYPE) == not_open
        assert peer.error(FEATURE, word(14)) == not_open
        assert peer.call(FEATURE, word(10)).body == word(1)
        assert peer.call(lv.REMOTE_AUTH_LIST).body == word(1) + word(0)
        peer.open()
        assert peer.call(FEATURE, word(14)).body == word(1)


def test_a_driver_is_opened_once_and_an_unknown_one_not_at_all(place: str) -> None:
    with Peer(place) as peer:
        args = v.virt_connect_open_args("xen:///system", 0).to_xdr()
        assert peer.error(v.VIRT_CONNECT_OPEN, args)[:2] == (5, 0)
        peer.open()
        assert peer.error(v.VIRT_CONNECT_OPEN, args)[:2] == (1, 7)


def test_any_word_but_zero_says_that_a_name_is_there(place: str) -> None:
    """go-libvirt sends 01 00 00 00."""
    with Peer(place) as peer:
        args = v.virt_connect_open_args("test:///default", 0).to_xdr()
        assert peer.call(v.VIRT_CONNECT_OPEN, b"\1\0\0\0" + args[4:]).status == 0


@pytest.mark.parametrize("feature", [0, 1, 2, 3, 99, -1, 2**31 - 1])
def test_an_unknown_feature_is_not_there_and_no_error(place: str, feature: int) -> None:
    with Peer(place) as peer:
        assert peer.open().call(FEATURE, word(feature)).body == word(0)


def test_close_is_answered_and_then_the_server_hangs_up(place: str) -> None:
    with Peer(place) as peer:
        assert peer.open().call(v.VIRT_CONNECT_CLOSE).status == 0
        assert peer.packet() is None


# -- refusals ------------------------------------------------------------------------------------------------------


def test_refusals_have_the_words_by_which_clients_fall_back(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        assert peer.error(0) == (39, 7, "unknown procedure: 0")
        assert peer.error(9999) == (39, 7, "unknown procedure: 9999")
        assert peer.error(v.VIRT_BATCH) == (39, 7, f"unknown procedure: {v.VIRT_BATCH}")
        assert peer.error(1, program=0x1234) == (39, 7, "Cannot find program 4660 version 1")
        assert peer.error(1, version=2) == (39, 7, f"Cannot find program {REMOTE} version 2")
        code, _, text = peer.error(286)
        assert code == 3
        assert text == "this function is not supported by the connection driver: virConnectListAllNWFilters"


def test_arguments_that_do_not_decode_are_an_error_and_the_connection_goes_on(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        for args in (b"", b"\xff\xff\xff\xff", b"\0\0\0\4te", b"\0\0\0\x05abc"):
            found = peer.error(v.VIRT_DOMAIN_LOOKUP_BY_NAME, args)
            assert found == (39, 7, "Unable to decode message payload")
        assert peer.call(v.VIRT_DOMAIN_LOOKUP_BY_NAME, v.virt_domain_lookup_by_name_args("test").to_xdr()).status == 0


def test_bytes_behind_the_arguments_are_passed_over(place: str) -> None:
    with Peer(place) as peer:
        args = v.virt_domain_lookup_by_name_args("test").to_xdr() + b"more"
        assert peer.open().call(v.VIRT_DOMAIN_LOOKUP_BY_NAME, args).status == 0


def test_the_answer_is_the_body_alone(place: str) -> None:
    with Peer(place) as peer:
        found = peer.open().call(v.VIRT_DOMAIN_GET_INFO, v.virt_domain_get_info_args(TEST).to_xdr())
        info = v.virt_domain_get_info_ret.from_xdr(found.body)
        assert (found.status, info.state, info.max_mem) == (0, 1, 8388608)


def test_a_read_only_connection_changes_nothing(place: str) -> None:
    with Peer(place) as peer:
        peer.open(flags=v.VIRT_CONNECT_RO)
        assert peer.error(v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(TEST).to_xdr())[:2] == (29, 20)
        for procedure in READERS_MAY_NOT:
            assert peer.error(procedure)[:2] == (29, 20), procedure
        for procedure in (1, 4, 5):
            assert peer.error(procedure, program=lv.QEMU_PROGRAM)[:2] == (29, 20), procedure


@pytest.mark.parametrize("length", [0, 3, 4, 27, 0x80000000, 0xFFFFFFFF, 33_554_437])
def test_a_length_that_no_packet_has_ends_the_connection_at_once(place: str, length: int) -> None:
    with Peer(place) as peer:
        peer.sock.sendall(length.to_bytes(4, "big"))
        assert peer.packet() is None


def test_packets_that_are_no_calls_are_dropped_and_the_connection_stays(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        for kind in (Kind.REPLY, Kind.MESSAGE, Kind.STREAM, Kind.STREAM_HOLE, 77):
            peer.sock.sendall(pack(REMOTE, 1, 211, kind, 5, 0, b"x" * 8))
        assert peer.call(v.VIRT_CONNECT_GET_TYPE).status == 0


def test_calls_that_bring_descriptors_are_refused_and_the_connection_goes_on(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        for procedure, code in ((310, 74), (9999, 39)):
            peer.sock.sendall(pack(REMOTE, 1, procedure, Kind.CALL_WITH_FDS, 7, 0, word(2)) + b"\0\0")
            found = peer.packet()
            assert found is not None
            assert (found.serial, found.status, v.virt_error.from_xdr(found.body).code) == (7, 1, code)
        assert peer.call(v.VIRT_CONNECT_GET_TYPE).status == 0
        assert peer.call(FEATURE, word(8)).body == word(0)  # tcp carries none


# -- keepalive -----------------------------------------------------------------------------------------------------


def test_a_ping_is_answered_also_by_a_server_that_was_not_asked_for_keepalive(place: str) -> None:
    with Peer(place) as peer:
        peer.sock.sendall(PING)
        assert peer.read(len(PONG)) == PONG


def test_only_who_said_that_it_answers_is_asked_whether_it_is_there(place: str) -> None:
    with Peer(place) as silent, Peer(place) as asked:
        silent.open()
        assert asked.call(FEATURE, word(10)).body == word(1)
        assert asked.read(len(PING)) == PING  # after five to eight seconds of silence
        silent.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            silent.sock.recv(1)


# -- events --------------------------------------------------------------------------------------------------------


def lifecycle(peer: Peer) -> tuple[int, int, int, int]:
    found = peer.packet()
    assert found is not None
    assert (found.kind, found.serial, found.procedure) == (Kind.MESSAGE, 1, 318)
    body = v.virt_event_lifecycle.from_xdr(found.body)
    return body.callback_id, body.event, body.detail, body.dom.id


def test_each_registration_gets_its_message_with_its_own_callback_id(place: str) -> None:
    with Peer(place) as peer, Peer(place) as other:
        peer.open()
        other.open()
        everything = peer.call(316, register(0)).body
        one = peer.call(316, register(0, TEST)).body
        assert everything != one
        assert peer.error(316, register(0))[:2] == (8, 20)
        assert other.call(v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(TEST).to_xdr()).status == 0
        found = [lifecycle(peer), lifecycle(peer)]
        ids = {struct.unpack(">i", everything)[0], struct.unpack(">i", one)[0]}
        assert {callback for callback, *_ in found} == ids
        assert {rest for _, *rest in map(tuple, found) for rest in [tuple(rest)]} == {(3, 0, 1)}
        assert peer.call(317, everything).status == 0
        assert peer.error(317, everything)[:2] == (1, 7)
        assert other.call(v.VIRT_DOMAIN_RESUME, v.virt_domain_resume_args(TEST).to_xdr()).status == 0
        assert lifecycle(peer)[0] == struct.unpack(">i", one)[0]


def test_an_event_that_nobody_knows_cannot_be_registered_for(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        assert peer.error(316, register(27))[:2] == (1, 7)
        assert peer.error(316, register(-1))[:2] == (1, 7)
        assert peer.error(316, register(0, v.virt_domain("x", bytes(16), -1)))[0] == 42
        assert peer.error(317, word(0))[:2] == (1, 7)


def test_clients_of_old_get_messages_without_a_callback_id(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        assert peer.call(105).body == word(1)
        peer.send(v.VIRT_DOMAIN_SUSPEND, v.virt_domain_suspend_args(TEST).to_xdr())
        found = [peer.packet(), peer.packet()]
        (message,) = [one for one in found if one is not None and one.kind == Kind.MESSAGE]
        assert (message.procedure, message.body) == (107, TEST.to_xdr() + word(3) + word(0))
        assert peer.call(106).body == word(0)
        assert peer.error(106)[:2] == (1, 7)


def message(peer: Peer) -> tuple[int, bytes]:
    found = peer.packet()
    assert found is not None
    assert found.kind == Kind.MESSAGE
    return found.procedure, found.body


def test_events_of_networks_and_pools_come_to_who_registered_for_them(place: str) -> None:
    with Peer(place) as peer, Peer(place) as other:
        peer.open()
        other.open()
        network = v.virt_network_lookup_by_name_ret.from_xdr(
            other.call(46, v.virt_network_lookup_by_name_args("default").to_xdr()).body
        ).net
        pool = v.virt_storage_pool_lookup_by_name_ret.from_xdr(
            other.call(84, v.virt_storage_pool_lookup_by_name_args("default-pool").to_xdr()).body
        ).pool
        only = lv.remote_named_event_register_args(0, lv.remote_named(network.name, network.uuid))
        anyone = lv.remote_named_event_register_args
        ids = [
            peer.call(313, only.to_xdr()).body,
            peer.call(368, anyone(0, None).to_xdr()).body,
            peer.call(368, anyone(1, None).to_xdr()).body,
        ]
        assert peer.error(313, anyone(7, None).to_xdr())[:2] == (1, 7)
        assert other.call(42, v.virt_network_destroy_args(network).to_xdr()).status == 0
        assert message(peer) == (315, ids[0] + network.to_xdr() + word(3) + word(0))
        assert other.call(83, v.virt_storage_pool_refresh_args(pool, 0).to_xdr()).status == 0
        assert message(peer) == (373, ids[2] + pool.to_xdr())
        assert other.call(80, v.virt_storage_pool_destroy_args(pool).to_xdr()).status == 0
        assert message(peer) == (370, ids[1] + pool.to_xdr() + word(3) + word(0))
        assert peer.error(317, ids[0])[:2] == (1, 7)  # of another family
        assert peer.call(314, ids[0]).status == 0
        assert peer.call(369, ids[1]).status == 0


def test_a_close_callback_is_registered_once_and_hears_of_the_end(tmp_path: Path) -> None:
    with running_daemon(tmp_path) as own:
        peer = Peer(own.ready["libvirt"][0]).open()
        assert peer.call(360).status == 0
        assert peer.error(360)[0] == 1
    with peer:
        message = peer.packet()
        assert message is not None
        assert (message.procedure, message.kind, message.body) == (362, Kind.MESSAGE, word(1))
        assert peer.packet() is None


# -- drivers and other people --------------------------------------------------------------------------------------


def test_test_default_lives_while_a_connection_has_it_and_the_daemons_own_driver_longer(place: str) -> None:
    with Peer(place) as peer:
        peer.open()
        assert peer.call(v.VIRT_DOMAIN_DESTROY, v.virt_domain_destroy_args(TEST).to_xdr()).status == 0
    with Peer(place) as peer:
        peer.open()  # a new one: the last connection that had it is gone
        found = peer.call(v.VIRT_DOMAIN_IS_ACTIVE, v.virt_domain_is_active_args(TEST).to_xdr())
        assert found.body == word(1)
    with Peer(place) as peer:
        peer.open("")
        assert peer.call(v.VIRT_DOMAIN_DESTROY, v.virt_domain_destroy_args(TEST).to_xdr()).status == 0
    with Peer(place) as peer:
        peer.open("")
        assert peer.call(v.VIRT_DOMAIN_IS_ACTIVE, v.virt_domain_is_active_args(TEST).to_xdr()).body == word(0)
        assert peer.call(v.VIRT_DOMAIN_CREATE, v.virt_domain_create_args(TEST).to_xdr()).status == 0


def test_silent_clients_on_the_login_port_do_not_keep_others_waiting(daemon: DaemonProcess, place: str) -> None:
    """Twenty of them lock every other client out of libvirtd, for minutes."""
    host, _, port = place.removeprefix("tcp:").rpartition(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(40)]
    try:
        began = time.monotonic()
        with Peer(place) as peer:
            peer.open()
        assert time.monotonic() - began < 5
    finally:
        for sock in silent:
            sock.close()


def test_a_client_that_vanishes_in_the_middle_of_a_packet_harms_nobody(daemon: DaemonProcess, place: str) -> None:
    for cut in (1, 4, 20, 27):
        with Peer(place) as peer:
            peer.sock.sendall(pack(REMOTE, 1, 66, Kind.CALL, 0, 0)[:cut])
    with Peer(place) as peer:
        peer.open()
