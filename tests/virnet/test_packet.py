"""Packets: whole ones out of any cut, lengths refused as soon as they are there, descriptors with their packets."""

from __future__ import annotations

import os

import pytest

from oncrpc.errors import RemoteError
from virnet.errors import BrokenSession, PacketTooLong, PacketTooShort, TooManyDescriptors
from virnet.packet import MAX_PACKET, Kind, PacketReader, Status, header, pack

# What virsh sends first: auth_list, serial 0.
AUTH_LIST = bytes.fromhex("0000001c200080860000000100000042000000000000000000000000")
# libvirtd's answer: one way, none.
AUTH_REPLY = bytes.fromhex("000000242000808600000001000000420000000100000000000000000000000100000000")
PING = bytes.fromhex("0000001c6b6565700000000100000001000000020000000000000000")
THREE = AUTH_LIST + AUTH_REPLY + PING


def test_a_packet_has_the_bytes_that_virsh_and_libvirtd_send() -> None:
    assert pack(0x20008086, 1, 66, Kind.CALL, 0, Status.OK) == AUTH_LIST
    assert pack(0x20008086, 1, 66, Kind.REPLY, 0, Status.OK, bytes.fromhex("0000000100000000")) == AUTH_REPLY
    assert header(PING) == (28, 0x6B656570, 1, 1, Kind.MESSAGE, 0, Status.OK)


def test_any_cut_gives_the_same_packets() -> None:
    for cut in range(len(THREE) + 1):
        reader = PacketReader()
        assert reader.feed(THREE[:cut]) + reader.feed(THREE[cut:]) == [AUTH_LIST, AUTH_REPLY, PING]
        assert reader.between_packets
    reader = PacketReader()
    found = [packet for at in range(len(THREE)) for packet in reader.feed(THREE[at : at + 1])]
    assert found == [AUTH_LIST, AUTH_REPLY, PING]


def test_a_long_packet_in_small_pieces_is_put_together() -> None:
    whole = pack(1, 1, 1, Kind.CALL, 1, Status.OK, bytes(range(256)) * 1000)
    reader = PacketReader()
    found = [packet for at in range(0, len(whole), 1000) for packet in reader.feed(whole[at : at + 1000])]
    assert found == [whole]
    assert reader.pending_bytes == 0


@pytest.mark.parametrize("length", [MAX_PACKET + 1, 0x80000000, 0xFFFFFFFF])
def test_a_length_over_the_cap_is_refused_before_anything_is_held(length: int) -> None:
    reader = PacketReader()
    with pytest.raises(PacketTooLong):
        reader.feed(length.to_bytes(4, "big"))
    assert reader.pending_bytes == 0
    with pytest.raises(BrokenSession):
        reader.feed(AUTH_LIST)


@pytest.mark.parametrize("length", [0, 1, 3, 4, 27])
def test_a_length_shorter_than_a_header_is_refused(length: int) -> None:
    with pytest.raises(PacketTooShort):
        PacketReader().feed(length.to_bytes(4, "big"))


def test_the_cap_may_be_raised_when_the_caller_is_known() -> None:
    whole = pack(1, 1, 1, Kind.CALL, 1, Status.OK, bytes(100))
    with pytest.raises(PacketTooLong):
        PacketReader(64).feed(whole)
    reader = PacketReader(64)
    reader.max_packet = 128
    assert reader.feed(whole) == [whole]


def test_descriptors_come_with_their_packet_and_a_byte_for_each() -> None:
    packet = pack(1, 1, 1, Kind.CALL_WITH_FDS, 1, Status.OK, bytes([0, 0, 0, 2]))
    reader = PacketReader()
    assert reader.feed(packet) == []
    assert reader.feed(b"\0", [7]) == []
    assert reader.feed(b"\0" + AUTH_LIST, [8]) == [packet, AUTH_LIST]
    assert reader.take_fds() == (7, 8)
    assert reader.take_fds() == ()


def test_descriptors_that_were_promised_and_did_not_come_are_refused() -> None:
    packet = pack(1, 1, 1, Kind.CALL_WITH_FDS, 1, Status.OK, bytes([0, 0, 0, 1]))
    with pytest.raises(TooManyDescriptors):
        PacketReader().feed(packet + b"\0")


@pytest.mark.parametrize("payload", [b"", bytes([0, 0, 0, 33]), b"\xff\xff\xff\xff"])
def test_a_count_of_descriptors_that_makes_no_sense_is_refused(payload: bytes) -> None:
    with pytest.raises(TooManyDescriptors):
        PacketReader().feed(pack(1, 1, 1, Kind.CALL_WITH_FDS, 1, Status.OK, payload))


def test_descriptors_that_nobody_took_can_be_closed() -> None:
    read, write = os.pipe()
    reader = PacketReader()
    reader.feed(b"\0\0\0", [read, write])
    left = reader.take_all_fds()
    assert left == [read, write]
    for fd in left:
        os.close(fd)
    assert reader.take_all_fds() == []


def test_all_errors_of_the_peer_are_remote_errors() -> None:
    assert all(issubclass(kind, RemoteError) for kind in (PacketTooLong, PacketTooShort, TooManyDescriptors))
