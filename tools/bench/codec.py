"""The codec alone: our records against xdrlib3's Packer and Unpacker, the same values and the same bytes."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from dataclasses import dataclass
from timeit import Timer
from typing import Any, Final

from xdrlib3 import Packer, Unpacker

from oncrpc import xdr
from virtproto import virt

ITEMS: Final = 1000
GOALS: Final = {("record", "encode"): 10.0, ("record", "decode"): 8.0, ("list", "encode"): 4.0, ("list", "decode"): 2.0}
NAMES: Final = {"record": "five-field record", "list": f"list of {ITEMS} (string, uuid, int)"}
REPEATS: Final = {"record": 20_000, "list": 20}


@dataclass(frozen=True)
class Case:
    """One value, one way: the statement that each side's user writes, and the names in it."""

    name: str
    way: str
    ours: str
    theirs: str
    names: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """What came out: microseconds of each, and how many times faster we are."""

    name: str
    way: str
    ours_us: float
    theirs_us: float
    ratio: float


def record_cases() -> list[Case]:
    """A domain's info: two small numbers and three of 64 bits."""
    value = virt.virt_domain_get_info_ret(1, 8388608, 2097152, 2, 10**9)
    names = {"value": value, "data": value.to_xdr(), "made": type(value), "Packer": Packer, "Unpacker": Unpacker}
    pack = """\
packer = Packer()
packer.pack_uint(value.state)
packer.pack_uhyper(value.max_mem)
packer.pack_uhyper(value.memory)
packer.pack_uint(value.nr_virt_cpu)
packer.pack_uhyper(value.cpu_time)
theirs = packer.get_buffer()"""
    unpack = """\
source = Unpacker(data)
theirs = (
    source.unpack_uint(), source.unpack_uhyper(), source.unpack_uhyper(), source.unpack_uint(), source.unpack_uhyper()
)
source.done()"""
    if run(pack, names) != names["data"] or run(unpack, names) != (1, 8388608, 2097152, 2, 10**9):
        raise RuntimeError("the two do not agree on the record")
    return [
        Case("record", "encode", "value.to_xdr()", pack, names),
        Case("record", "decode", "made.from_xdr(data)", unpack, names),
    ]


def list_cases() -> list[Case]:
    """A list of domains: name, uuid, id."""
    kind = xdr.varray(virt.virt_domain._xdr_)
    values = [virt.virt_domain(f"machine-{number}", number.to_bytes(16, "big"), number) for number in range(ITEMS)]
    names = {"values": values, "data": kind.encode(values), "kind": kind, "Packer": Packer, "Unpacker": Unpacker}
    pack = """\
packer = Packer()
packer.pack_uint(len(values))
for value in values:
    packer.pack_string(value.name.encode())
    packer.pack_fopaque(16, value.uuid)
    packer.pack_int(value.id)
theirs = packer.get_buffer()"""
    unpack = """\
source = Unpacker(data)
theirs = [
    (source.unpack_string().decode(), source.unpack_fopaque(16), source.unpack_int())
    for _ in range(source.unpack_uint())
]
source.done()"""
    plain = [(value.name, value.uuid, value.id) for value in values]
    if run(pack, names) != names["data"] or run(unpack, names) != plain:
        raise RuntimeError("the two do not agree on the list")
    return [
        Case("list", "encode", "kind.encode(values)", pack, names),
        Case("list", "decode", "kind.unpack(data)", unpack, names),
    ]


def run(statement: str, names: dict[str, Any]) -> Any:
    """Run xdrlib3's statement and return what it made."""
    scope = dict(names)
    exec(statement, scope)
    return scope["theirs"]


def measure(cases: list[Case], rounds: int, scale: float) -> list[Line]:
    """Measure in turn, round after round; medians of the times, and of the rounds' own ratios."""
    timers = [(Timer(case.ours, globals=case.names), Timer(case.theirs, globals=case.names)) for case in cases]
    samples: dict[int, list[tuple[float, float]]] = {number: [] for number in range(len(cases))}
    for turn in range(rounds + 1):
        for number, case in enumerate(cases):
            repeats = max(int(REPEATS[case.name] * scale), 1)
            pair = timers[number][0].timeit(repeats) / repeats, timers[number][1].timeit(repeats) / repeats
            if turn:  # the first compiles and warms up
                samples[number].append(pair)
    lines = []
    for number, case in enumerate(cases):
        ours, theirs = zip(*samples[number], strict=True)
        ratio = statistics.median(their / our for our, their in samples[number])
        lines.append(Line(case.name, case.way, 1e6 * statistics.median(ours), 1e6 * statistics.median(theirs), ratio))
    return lines


def table(lines: list[Line]) -> str:
    """Return the lines as a Markdown table."""
    rows = ["| value | way | oncrpc, us | xdrlib3, us | times faster | wanted |", "|---|---|---:|---:|---:|---:|"]
    for line in lines:
        numbers = f"{line.ours_us:,.2f} | {line.theirs_us:,.2f} | {line.ratio:.1f}"
        rows.append(f"| {NAMES[line.name]} | {line.way} | {numbers} | {GOALS[line.name, line.way]:g} |")
    return "\n".join(rows)


def main() -> int:
    """Measure and print; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="tools/bench/run codec")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured, interleaved (7)")
    parser.add_argument("--scale", type=float, default=1.0, help="repeats a measurement, as a factor (1.0)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.scale <= 0:
        parser.error("--rounds and --scale are above 0")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lines = measure(record_cases() + list_cases(), arguments.rounds, arguments.scale)
    print(table(lines))
    missed = [f"{NAMES[one.name]}, {one.way}" for one in lines if one.ratio < GOALS[one.name, one.way]]
    print(f"MISSED: {'; '.join(missed)}" if missed else "all goals reached", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
