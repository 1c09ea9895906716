"""The measurement of 2007 again: GetInfo over every way there is, side by side, in one run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import peers
from peers import BATCH_ITEMS, Server
from report import Sample, goal_lines, goals, medians, plot, table

SHORT_CALLS = 6000
"""What --calls stands for when it is not given: the calls of our daemon, one at a time."""

Measure = Callable[[int], float]
"""Makes so many calls; returns the seconds they took."""


@dataclass(frozen=True)
class Workload:
    """Something to measure: what, on which server, and how."""

    name: str
    peer: str
    server: Server | None
    measure: Measure
    calls: int


def pump(work: Path, framing: str, address: str, request: str, shape: tuple[int, int], prelude: str = "") -> Measure:
    """Return a measure by the C client: shape is (connections, in flight on each)."""

    def measure(calls: int) -> float:
        command = ["env", f"PUMP_PRELUDE={work / prelude}"] if prelude else []
        command += [str(work / "pump"), framing, address, str(work / request), str(calls), *map(str, shape)]
        return float(peers.run(peers.pinned(command)))

    return measure


def library(work: Path, uri: str, what: str) -> Measure:
    """Return a measure by libvirt's own C library."""

    def measure(calls: int) -> float:
        return float(peers.run(peers.pinned([str(work / "libvirt_client"), uri, what, str(calls)])))

    return measure


def in_process() -> Measure:
    """Return a measure of the driver called directly, in this process."""
    from virtrpcd.drivers.test.driver import TestDriver
    from virtrpcd.events import EventBus

    driver = TestDriver(EventBus())
    asyncio.run(driver.start())
    uuid = driver.lookup_by_name("test").uuid

    def measure(calls: int) -> float:
        info = driver.domain_info
        began = time.perf_counter()
        for _ in range(calls):
            info(uuid)
        return time.perf_counter() - began

    return measure


def workloads(work: Path, servers: dict[str, Server]) -> list[Workload]:
    """Return all that is measured, in the order of the table."""
    ours, libvirtd = servers["virtrpcd"], servers.get("libvirtd")
    tirpc = {kind: servers[f"libtirpc {kind}"] for kind in ("unix", "tcp")}
    one, many = (1, 1), (10, 64)
    made = [Workload("in process", "the test driver", None, in_process(), 100_000)]
    for kind in ("unix", "tcp"):
        name = f"one at a time, {kind}"
        made.append(_onc(work, name, "virtrpcd", ours, kind, "info", one, SHORT_CALLS))
        made.append(_onc(work, name, "libtirpc", tirpc[kind], kind, "info", one, 10_000))
        if libvirtd and (work / "libvirt_client").exists():
            made.append(Workload(name, "libvirtd", libvirtd, library(work, libvirtd.extra[kind], "info"), 2000))
        if kind == "tcp":
            made += _http(work, name, servers)
    for kind in ("unix", "tcp"):
        name = f"64 in flight x 10, {kind}"
        made.append(_onc(work, name, "virtrpcd", ours, kind, "info", many, 40_000))
        made.append(_onc(work, name, "libtirpc", tirpc[kind], kind, "info", many, 60_000))
        if libvirtd:
            raw = pump(work, "virnet", getattr(libvirtd, kind), "virnet-info", many, "virnet-open")
            made.append(Workload(name, "libvirtd", libvirtd, raw, 5000))
    made += _libvirt_door(work, ours, libvirtd)
    made.append(_onc(work, f"batch of {BATCH_ITEMS}, unix", "virtrpcd", ours, "unix", "batch", one, 50))
    for what in ("dumpxml", "list"):
        name = f"{what}, one at a time, unix"
        made.append(_onc(work, name, "virtrpcd", ours, "unix", what, one, 5000))
        made.append(_onc(work, name, "libtirpc", tirpc["unix"], "unix", what, one, 8000))
        if libvirtd and (work / "libvirt_client").exists():
            made.append(Workload(name, "libvirtd", libvirtd, library(work, libvirtd.extra["unix"], what), 1500))
    return made


def _libvirt_door(work: Path, ours: Server, libvirtd: Server | None) -> list[Workload]:
    """Return the same calls in libvirt's framing, by its C library and by raw packets, of our daemon and libvirtd."""
    if libvirtd is None:
        return []
    name, many = "libvirt's framing, 64 in flight x 10", (10, 64)
    made = []
    if (work / "libvirt_client").exists():
        one = "libvirt's C library, one at a time, unix"
        made.append(Workload(one, "virtrpcd", ours, library(work, ours.extra["unix"], "info"), 5000))
        made.append(Workload(one, "libvirtd", libvirtd, library(work, libvirtd.extra["unix"], "info"), 2000))
    for peer, server, address, calls in (
        ("virtrpcd", ours, ours.extra["virnet"], 40_000),
        ("libvirtd", libvirtd, libvirtd.unix, 5000),
    ):
        raw = pump(work, "virnet", address, "virnet-info", many, "virnet-open")
        made.append(Workload(name, peer, server, raw, calls))
    return made


def _onc(
    work: Path, name: str, peer: str, server: Server, kind: str, what: str, shape: tuple[int, int], calls: int
) -> Workload:
    return Workload(name, peer, server, pump(work, "onc", getattr(server, kind), f"onc-{what}", shape), calls)


def _http(work: Path, name: str, servers: dict[str, Server]) -> list[Workload]:
    framings = {"xmlrpc": ("http", "XML-RPC"), "sexpr": ("close", "HTTP, a thread a call")}
    return [
        Workload(name, title, servers[kind], pump(work, framing, servers[kind].tcp, kind, (1, 1)), 800)
        for kind, (framing, title) in framings.items()
    ]


def sample(item: Workload, scale: float) -> Sample:
    """Measure once."""
    calls = max(int(item.calls * scale) // 10 * 10, 10)
    before = item.server.cpu_s() if item.server else time.process_time()
    seconds = item.measure(calls)
    after = item.server.cpu_s() if item.server else time.process_time()
    return Sample(item.name, item.peer, calls / seconds, (after - before) / calls * 1e6)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="tools/bench/run")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured, interleaved (7)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--scale", type=float, default=1.0, help="calls a measurement, as a factor (1.0)")
    calls_help = f"the same, as calls of our daemon one at a time ({SHORT_CALLS}); the rest in proportion"
    size.add_argument("--calls", type=int, help=calls_help)
    parser.add_argument("--quick", action="store_true", help="2 rounds of a tenth of the calls: does it work?")
    parser.add_argument("--out", type=Path, default=peers.ROOT / "build" / "bench", help="folder of the results")
    arguments = parser.parse_args()
    scale = arguments.scale if arguments.calls is None else arguments.calls / SHORT_CALLS
    rounds, scale = (2, 0.1) if arguments.quick else (arguments.rounds, scale)
    if rounds < 1 or scale <= 0:
        parser.error("--rounds, --calls and --scale are above 0")
    try:
        return measure_all(rounds, scale, arguments.out)
    except (OSError, RuntimeError) as exc:
        print(f"tools/bench/run: {exc}", file=sys.stderr)
        return 1


def measure_all(rounds: int, scale: float, out: Path) -> int:
    """Build, start, measure, report. Raises OSError and RuntimeError for what is missing or does not start."""
    out.mkdir(parents=True, exist_ok=True)
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="virtrpc-bench-") as folder:
        work = Path(folder)
        left_out = peers.build(work)
        peers.write_requests(work)
        os.sched_setaffinity(0, {peers.CORE})
        with peers.all_peers(work) as (servers, missing):
            items = workloads(work, servers)
            for item in items:  # once unmeasured: caches, compiled codecs
                sample(item, scale * 0.2)
            for number in range(rounds):
                print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
                samples += [sample(item, scale) for item in items]
            print(file=sys.stderr)
    rows = medians(samples)
    made = goals(rows, BATCH_ITEMS)
    print(table(rows), goal_lines(made), *(f"left out: {text}" for text in left_out + missing), sep="\n\n")
    results = {"rounds": rounds, "rows": [asdict(row) for row in rows], "samples": [asdict(one) for one in samples]}
    (out / "results.json").write_text(json.dumps(results, indent=1))
    (out / "table.md").write_text(table(rows) + "\n")
    plot(rows, out / "plot.png")
    print(f"\nresults.json, table.md and plot.png are in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
