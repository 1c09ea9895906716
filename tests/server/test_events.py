"""The event bus: numbers without holes, cursors that never lose anything unsaid, waits that end."""

from __future__ import annotations

import asyncio
import time

import pytest

from virtrpcd.events import NO_EPOCH, Cursor, Entry, EventBus, Read
from virtrpcd.model import DomainRef, LifecycleEvent, RebootEvent

EPOCH = bytes(range(16))
REF = DomainRef("m", bytes(16), 1)


def event(number: int) -> LifecycleEvent:
    return LifecycleEvent(REF, number, 0)


def bus(*, keep: int = 8) -> EventBus:
    return EventBus(keep=keep, clock_us=lambda: 1234, epoch=EPOCH)


def filled(count: int, *, keep: int = 8) -> EventBus:
    made = bus(keep=keep)
    for number in range(1, count + 1):
        made.publish(event(number))
    return made


def numbers(read: Read) -> list[int]:
    return [entry.number for entry in read.entries]


def test_events_are_numbered_from_1_and_timed() -> None:
    made = bus()
    assert made.next_number == 1
    assert made.publish(event(1)) == Entry(1, 1234, event(1))
    assert made.publish(RebootEvent(REF)) == Entry(2, 1234, RebootEvent(REF))
    assert made.next_number == 3


def test_a_cursor_of_zeros_stands_for_now() -> None:
    made = filled(3)
    for next_ in (0, 1, 99):
        assert made.read(Cursor(NO_EPOCH, next_), 10) == Read([], Cursor(EPOCH, 4), False)
    assert bus().read(Cursor(NO_EPOCH, 0), 10) == Read([], Cursor(EPOCH, 1), False)


def test_a_cursor_gets_what_is_newer_in_order() -> None:
    made = filled(5)
    read = made.read(Cursor(EPOCH, 3), 10)
    assert [entry.event for entry in read.entries] == [event(3), event(4), event(5)]
    assert (read.cursor, read.lost) == (Cursor(EPOCH, 6), False)
    assert made.read(read.cursor, 10) == Read([], Cursor(EPOCH, 6), False)


def test_a_read_of_little_leaves_the_rest_for_the_next() -> None:
    made = filled(5)
    read = made.read(Cursor(EPOCH, 1), 2)
    assert (numbers(read), read.cursor) == ([1, 2], Cursor(EPOCH, 3))
    read = made.read(read.cursor, 2)
    assert numbers(read) == [3, 4]
    assert made.read(read.cursor, 0) == Read([], Cursor(EPOCH, 5), False)


def test_reading_takes_nothing_away() -> None:
    made = filled(3)
    assert made.read(Cursor(EPOCH, 1), 10) == made.read(Cursor(EPOCH, 1), 10)


def test_only_the_last_events_are_kept_and_the_loss_is_told() -> None:
    made = filled(10, keep=4)
    assert numbers(made.read(Cursor(EPOCH, 7), 10)) == [7, 8, 9, 10]
    assert made.read(Cursor(EPOCH, 6), 10) == Read([], Cursor(EPOCH, 11), True)
    assert made.read(Cursor(EPOCH, 11), 10) == Read([], Cursor(EPOCH, 11), False)


@pytest.mark.parametrize("cursor", [Cursor(EPOCH, 0), Cursor(EPOCH, 5), Cursor(b"x" * 16, 1), Cursor(EPOCH, 1 << 63)])
def test_a_cursor_of_another_life_or_the_future_is_told_so(cursor: Cursor) -> None:
    assert filled(3).read(cursor, 10) == Read([], Cursor(EPOCH, 4), True)


def test_two_buses_have_different_epochs() -> None:
    first, second = EventBus(), EventBus()
    assert first.epoch != second.epoch
    assert len(first.epoch) == 16
    assert first.publish(event(1)).time_us == pytest.approx(time.time_ns() // 1000, abs=60_000_000)


def test_listeners_hear_until_they_leave() -> None:
    made = bus()
    heard: list[int] = []
    others: list[int] = []
    leave = made.listen(lambda entry: heard.append(entry.number))
    made.listen(lambda entry: others.append(entry.number))
    made.publish(event(1))
    leave()
    made.publish(event(2))
    assert (heard, others) == ([1], [1, 2])


def test_who_waits_is_woken_by_the_next_event() -> None:
    async def scenario() -> list[str]:
        made = bus()
        order: list[str] = []

        async def reader(name: str) -> None:
            await made.wait_beyond(1, 60)
            order.append(name)

        tasks = [asyncio.create_task(reader(name)) for name in "ab"]
        await asyncio.sleep(0)
        assert order == []
        made.publish(event(1))
        await asyncio.gather(*tasks)
        return order

    assert sorted(asyncio.run(scenario())) == ["a", "b"]


def test_who_asks_for_what_is_there_does_not_wait() -> None:
    async def scenario() -> None:
        made = filled(1)
        await asyncio.wait_for(made.wait_beyond(1, 60), 5)
        await asyncio.wait_for(made.wait_beyond(0, 60), 5)

    asyncio.run(scenario())


def test_who_waits_for_a_later_event_waits_through_earlier_ones() -> None:
    async def scenario() -> None:
        made = bus()
        task = asyncio.create_task(made.wait_beyond(2, 60))
        await asyncio.sleep(0)
        made.publish(event(1))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
        made.publish(event(2))
        await asyncio.wait_for(task, 5)

    asyncio.run(scenario())


def test_a_wait_ends_at_its_time() -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await bus().wait_beyond(1, 0.02)
        await bus().wait_beyond(1, 0)
        await bus().wait_beyond(1, -1)
        return loop.time() - began

    assert 0.015 < asyncio.run(scenario()) < 5


def test_closing_wakes_everybody_and_ends_later_waits() -> None:
    async def scenario() -> None:
        made = bus()
        tasks = [asyncio.create_task(made.wait_beyond(1, 60)) for _ in range(3)]
        await asyncio.sleep(0)
        made.close()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        await asyncio.wait_for(made.wait_beyond(1, 60), 5)

    asyncio.run(scenario())


def test_a_reader_that_is_cancelled_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        made = bus()
        task = asyncio.create_task(made.wait_beyond(1, 60))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not made._waiters
        made.publish(event(1))

    asyncio.run(scenario())
