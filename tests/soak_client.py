"""One Python client of tests/interop/test_many_clients.py, a process of its own; prints what it did as a line of JSON.

    soak_client.py ROLE unix:PATH|HOST:PORT SECONDS CURSOR NAME

write: makes machines NAME-0, NAME-1, ... from definition to undefinition and checks the state after each call, for so
many seconds. follow, news, both: see every event from the cursor (32 hex digits of the epoch, ":", a number) until a
machine called LAST is defined: by waiting for them, by batches of queries that bring them along, and by waiting while
the same connection carries queries. Whatever is not as it should be is an exception.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from virtproto import virt as v

LAST: Final = "soak-end"
RUNNING, PAUSED, SHUTOFF = 1, 3, 5
DEFINED, UNDEFINED, STARTED, SUSPENDED, RESUMED, STOPPED = range(6)
PATIENCE_S: Final = 60.0
XML: Final = "<domain type='test'><name>{}</name><memory>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>"


class Wrong(Exception):
    """The daemon did not do what it should have."""


def body(result: Any) -> Any:
    """Return what a result holds. Raises Wrong when it is an error."""
    if result.discriminant != v.VIRT_OK:
        raise Wrong(f"{type(result).__name__}: {result.error}")
    return result.value


class Follower:
    """Takes events in and checks that none is missing and none comes twice."""

    def __init__(self, cursor: str) -> None:
        epoch, _, number = cursor.partition(":")
        self.cursor = v.virt_cursor(bytes.fromhex(epoch), int(number))
        self.first = int(number)
        self.tally: Counter[str] = Counter()
        self.calls = 0
        self.over = False
        self._digest = hashlib.sha256()

    def take(self, events: Iterable[v.virt_event], cursor: v.virt_cursor, *, lost: bool) -> None:
        self.calls += 1
        if lost:
            raise Wrong(f"events were lost at {self.cursor}")
        number = self.cursor.next
        for event in events:
            if event.number != number:
                raise Wrong(f"event {event.number} came where {number} was due")
            number += 1
            self._digest.update(event.to_xdr())
            self._count(event)
        if cursor.next != number:
            raise Wrong(f"the cursor says {cursor.next} after event {number - 1}")
        self.cursor = cursor

    def _count(self, event: v.virt_event) -> None:
        if event.kind != v.VIRT_EVENT_LIFECYCLE:
            self.tally[f"kind {event.kind}"] += 1
            return
        what = v.virt_event_lifecycle.from_xdr(event.body)
        self.tally[f"{what.dom.name} {what.event}"] += 1
        self.over = self.over or (what.dom.name == LAST and what.event == DEFINED)

    def report(self) -> dict[str, Any]:
        numbers = [self.first, self.cursor.next]
        return {"numbers": numbers, "digest": self._digest.hexdigest(), "calls": self.calls, "tally": self.tally}


def connect(where: str) -> Client:
    """Connect to a place."""
    if where.startswith("unix:"):
        return Client.unix(where[5:], v.VIRT_PROGRAM, 2)
    host, _, port = where.rpartition(":")
    return Client.tcp(host, int(port), v.VIRT_PROGRAM, 2)


def write(where: str, seconds: float, name: str) -> dict[str, Any]:
    """Make machines and unmake them."""
    tally: Counter[str] = Counter()
    end, rounds = time.monotonic() + seconds, 0
    with connect(where) as client:
        while time.monotonic() < end:
            machine = f"{name}-{rounds % 7}"
            one_life(v.VIRT_V2_Client(client), machine)
            for event in (DEFINED, STARTED, SUSPENDED, RESUMED, STOPPED, UNDEFINED):
                tally[f"{machine} {event}"] += 1
            rounds += 1
    return {"rounds": rounds, "tally": tally}


def one_life(stubs: v.VIRT_V2_Client, name: str) -> None:
    """Define, start, suspend, resume, destroy, undefine; the state is right after each."""
    dom = body(stubs.virt_domain_define_xml(v.virt_domain_define_xml_args(XML.format(name)))).dom

    def check(state: int) -> None:
        found = body(stubs.virt_domain_get_state(v.virt_domain_get_state_args(dom, 0)))
        if found.state != state:
            raise Wrong(f"{name} is in state {found.state}, not {state}")

    check(SHUTOFF)
    body(stubs.virt_domain_create(v.virt_domain_create_args(dom)))
    check(RUNNING)
    body(stubs.virt_domain_suspend(v.virt_domain_suspend_args(dom)))
    check(PAUSED)
    body(stubs.virt_domain_resume(v.virt_domain_resume_args(dom)))
    check(RUNNING)
    body(stubs.virt_domain_destroy(v.virt_domain_destroy_args(dom)))
    check(SHUTOFF)
    body(stubs.virt_domain_undefine(v.virt_domain_undefine_args(dom)))


def follow(where: str, seconds: float, cursor: str) -> dict[str, Any]:
    """Wait for events, again and again."""
    follower, end = Follower(cursor), time.monotonic() + seconds + PATIENCE_S
    with connect(where) as client:
        stubs = v.VIRT_V2_Client(client)
        while not follower.over and time.monotonic() < end:
            got = body(stubs.virt_events(v.virt_events_args(follower.cursor, v.VIRT_EVENTS_MAX, 1000)))
            follower.take(got.events, got.cursor, lost=got.lost)
    return follower.report()


def news(where: str, seconds: float, cursor: str) -> dict[str, Any]:
    """Ask for this and that by batches, and take the news that they bring."""
    follower, end = Follower(cursor), time.monotonic() + seconds + PATIENCE_S
    with connect(where) as client:
        stubs = v.VIRT_V2_Client(client)
        dom = body(stubs.virt_domain_lookup_by_name(v.virt_domain_lookup_by_name_args("test"))).dom
        calls = [
            (v.VIRT_CONNECT_LIST_ALL_DOMAINS, v.virt_connect_list_all_domains_args(1, 0)),
            (v.VIRT_DOMAIN_GET_INFO, v.virt_domain_get_info_args(dom)),
            (v.VIRT_DOMAIN_GET_STATE, v.virt_domain_get_state_args(dom, 0)),
        ]
        items = [v.virt_batch_item(number, args.to_xdr()) for number, args in calls]
        while not follower.over and time.monotonic() < end:
            got = body(stubs.virt_batch(v.virt_batch_args(items, True, follower.cursor, v.VIRT_EVENTS_MAX)))
            if [item.accept_stat for item in got.results] != [0, 0, 0]:
                raise Wrong(f"a batch stopped: {got.results}")
            body(v.virt_connect_list_all_domains_res.from_xdr(got.results[0].result))
            if body(v.virt_domain_get_state_res.from_xdr(got.results[2].result)).state != RUNNING:
                raise Wrong("'test' does not run")
            follower.take(got.events, got.cursor, lost=got.lost)
    return follower.report()


async def both(where: str, seconds: float, cursor: str) -> dict[str, Any]:
    """Wait for events and ask for figures at the same time, on one connection."""
    follower, queries = Follower(cursor), 0
    async with asyncio.timeout(seconds + PATIENCE_S):
        if where.startswith("unix:"):
            client = await AsyncClient.unix(where[5:], v.VIRT_PROGRAM, 2)
        else:
            host, _, port = where.rpartition(":")
            client = await AsyncClient.tcp(host, int(port), v.VIRT_PROGRAM, 2)
        stubs = v.VIRT_V2_AsyncClient(client)
        dom = body(await stubs.virt_domain_lookup_by_name(v.virt_domain_lookup_by_name_args("test"))).dom

        async def ask() -> None:
            nonlocal queries
            while not follower.over:
                answers = await asyncio.gather(
                    *(stubs.virt_domain_get_info(v.virt_domain_get_info_args(dom)) for _ in range(16))
                )
                for answer in answers:
                    if body(answer).state != RUNNING:
                        raise Wrong("'test' does not run")
                queries += len(answers)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask())
            while not follower.over:
                args = v.virt_events_args(follower.cursor, v.VIRT_EVENTS_MAX, 1000)
                got = body(await stubs.virt_events(args))
                follower.take(got.events, got.cursor, lost=got.lost)
        await client.close()
    return {**follower.report(), "queries": queries}


def main() -> None:
    role, where, seconds, cursor, name = sys.argv[1:]
    if role == "write":
        print(json.dumps(write(where, float(seconds), name)))
    elif role == "both":
        print(json.dumps(asyncio.run(both(where, float(seconds), cursor))))
    else:
        print(json.dumps({"follow": follow, "news": news}[role](where, float(seconds), cursor)))


if __name__ == "__main__":
    main()
