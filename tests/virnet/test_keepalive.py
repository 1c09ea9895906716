"""Keepalive: silence is asked about, answers reset it, five unanswered questions are the end."""

from __future__ import annotations

from virnet.keepalive import PING, PONG, Due, Keepalive


def test_ping_and_pong_have_the_bytes_of_the_protocol() -> None:
    assert PING.hex() == "0000001c6b6565700000000100000001000000020000000000000000"
    assert PONG.hex() == "0000001c6b6565700000000100000002000000020000000000000000"


def test_a_peer_that_talks_is_never_asked() -> None:
    watch = Keepalive(5.0, 5, now=100.0)
    for second in range(100, 200, 4):
        assert watch.due(float(second)) is Due.NOTHING
        watch.heard(float(second))


def test_a_silent_peer_is_asked_five_times_and_then_given_up_after_thirty_seconds() -> None:
    watch = Keepalive(5.0, 5, now=0.0)
    said = [(second, watch.due(float(second))) for second in range(1, 31)]
    assert [second for second, due in said if due is Due.PING] == [5, 10, 15, 20, 25]
    assert [second for second, due in said if due is Due.DEAD] == [30]


def test_any_packet_begins_the_count_anew() -> None:
    watch = Keepalive(5.0, 2, now=0.0)
    assert watch.due(5.0) is Due.PING
    assert watch.due(10.0) is Due.PING
    watch.heard(14.0)
    assert watch.due(18.0) is Due.NOTHING
    assert watch.next_at() == 19.0
    assert watch.due(19.0) is Due.PING
