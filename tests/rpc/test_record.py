"""Record marking: any cut gives the same records; caps hold before anything is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncrpc.errors import BrokenSession, RecordTooLong, TooManyFragments
from oncrpc.record import RecordReader, mark


def fragments(*bodies: bytes) -> bytes:
    """One record in these fragments."""
    head = b"".join(len(body).to_bytes(4, "big") + body for body in bodies[:-1])
    return head + mark(bodies[-1])


STREAM = mark(b"one") + fragments(b"tw", b"", b"o") + mark(b"") + mark(b"three")
RECORDS = [b"one", b"two", b"", b"three"]


def test_a_whole_stream_gives_its_records() -> None:
    assert RecordReader().feed(STREAM) == RECORDS


def test_every_cut_in_two_gives_the_same_records() -> None:
    for cut in range(len(STREAM) + 1):
        reader = RecordReader()
        assert reader.feed(STREAM[:cut]) + reader.feed(STREAM[cut:]) == RECORDS
        assert reader.pending_bytes == 0


def test_one_byte_at_a_time_gives_the_same_records() -> None:
    reader = RecordReader()
    assert [record for byte in STREAM for record in reader.feed(bytes([byte]))] == RECORDS


@given(st.lists(st.lists(st.binary(max_size=20), min_size=1, max_size=5), max_size=8), st.data())
def test_any_fragments_in_any_pieces_give_the_records(records: list[list[bytes]], data: st.DataObject) -> None:
    stream = b"".join(fragments(*bodies) for bodies in records)
    reader = RecordReader()
    got: list[bytes] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += reader.feed(stream[:size])
        stream = stream[size:]
    assert got == [b"".join(bodies) for bodies in records]


def test_a_mark_over_the_cap_is_refused_on_arrival() -> None:
    reader = RecordReader(max_record=8)
    with pytest.raises(RecordTooLong, match="9 bytes; 8 are allowed"):
        reader.feed(b"\x80\0\0\x09")
    assert reader.pending_bytes == 0


def test_a_mark_of_two_gigabytes_is_refused_on_arrival() -> None:
    with pytest.raises(RecordTooLong):
        RecordReader().feed(b"\x7f\xff\xff\xff")


def test_second_fragment_over_cap_is_refused() -> None:
    reader = RecordReader(max_record=8)
    reader.feed(b"\0\0\0\x05hello")
    with pytest.raises(RecordTooLong):
        reader.feed(b"\x80\0\0\x04")


def test_empty_fragments_without_end_are_refused() -> None:
    reader = RecordReader(max_fragments=100)
    with pytest.raises(TooManyFragments):
        reader.feed(bytes(4) * 101)


def test_fragments_of_one_byte_are_refused_beyond_the_cap() -> None:
    reader = RecordReader(max_fragments=100)
    for _ in range(100):
        reader.feed(b"\0\0\0\x01x")
    with pytest.raises(TooManyFragments):
        reader.feed(b"\0\0\0\x01x")


def test_after_an_error_the_reader_stays_broken() -> None:
    reader = RecordReader(max_record=1)
    with pytest.raises(RecordTooLong):
        reader.feed(b"\x80\0\0\x09")
    with pytest.raises(BrokenSession):
        reader.feed(mark(b"x"))


def test_a_record_in_libtirpc_fragments_of_9000_bytes_is_put_together() -> None:
    body = bytes(range(256)) * 400
    parts = [body[at : at + 9000] for at in range(0, len(body), 9000)]
    assert RecordReader().feed(fragments(*parts)) == [body]
