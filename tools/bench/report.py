"""What came out: medians, ratios, a table, a plot. Pure but for the plot."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """One measurement: calls a second, and the server's CPU time a call in microseconds."""

    workload: str
    peer: str
    per_second: float
    cpu_us: float


@dataclass(frozen=True)
class Row:
    """The median of one workload and peer, and how many times as fast as libtirpc and libvirtd that is."""

    workload: str
    peer: str
    per_second: float
    cpu_us: float
    to_libtirpc: float | None
    to_libvirtd: float | None


@dataclass(frozen=True)
class Goal:
    """What is to be reached: a ratio of two rates, or items a second of server CPU."""

    text: str
    reached: float
    wanted: float

    @property
    def met(self) -> bool:
        return self.reached >= self.wanted


def medians(samples: list[Sample]) -> list[Row]:
    """Return a row for each workload and peer, in the order in which they came."""
    grouped: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        grouped[sample.workload, sample.peer].append(sample)
    rates = {key: statistics.median(item.per_second for item in items) for key, items in grouped.items()}
    rows = []
    for (workload, peer), items in grouped.items():
        rate = rates[workload, peer]
        bases = [rates.get((workload, name)) for name in ("libtirpc", "libvirtd")]
        ratios = [None if base is None else rate / base for base in bases]
        cpu = statistics.median(item.cpu_us for item in items)
        rows.append(Row(workload, peer, rate, cpu, ratios[0], ratios[1]))
    return rows


def goals(rows: list[Row], batch_items: int) -> list[Goal]:
    """Return the goals that these rows can tell of."""
    found = {(row.workload, row.peer): row for row in rows}
    wanted = [
        ("one at a time, unix", "libtirpc", 0.6),
        ("one at a time, unix", "libvirtd", 3.0),
        ("64 in flight x 10, unix", "libtirpc", 0.5),
        ("64 in flight x 10, unix", "libvirtd", 8.0),
        ("libvirt's C library, one at a time, unix", "libvirtd", 2.0),
        ("libvirt's framing, 64 in flight x 10", "libvirtd", 8.0),
    ]
    made = []
    for workload, peer, least in wanted:
        ours, theirs = found.get((workload, "virtrpcd")), found.get((workload, peer))
        if ours and theirs:
            made.append(Goal(f"{workload}: times {peer}", ours.per_second / theirs.per_second, least))
    batch = found.get(("batch of 1000, unix", "virtrpcd"))
    if batch:
        made.append(Goal("batch: items a second of server CPU", 1e6 / (batch.cpu_us / batch_items), 300_000))
    return made


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| GetInfo, or as said | peer | calls/s | server CPU us/call | x libtirpc | x libvirtd |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for row in rows:
        cells = [row.workload, row.peer, f"{row.per_second:,.0f}", f"{row.cpu_us:.1f}"]
        lines.append("| " + " | ".join([*cells, _ratio(row.to_libtirpc), _ratio(row.to_libvirtd)]) + " |")
    return "\n".join(lines)


def goal_lines(made: list[Goal]) -> str:
    """Return a line for each goal: reached or missed, and by what."""
    return "\n".join(
        f"{'reached' if goal.met else 'MISSED '}  {goal.text}: {goal.reached:,.2f} (wanted {goal.wanted:,g})"
        for goal in made
    )


def plot(rows: list[Row], path: Path) -> None:
    """Draw calls a second, a panel a workload, as a PNG. Needs matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    workloads = list(dict.fromkeys(row.workload for row in rows))
    figure, axes = pyplot.subplots(len(workloads), 1, figsize=(8, 1.6 * len(workloads)), constrained_layout=True)
    for axis, workload in zip(axes, workloads, strict=True):
        chosen = [row for row in rows if row.workload == workload][::-1]
        colors = ["tab:blue" if row.peer == "virtrpcd" else "0.65" for row in chosen]
        bars = axis.barh([row.peer for row in chosen], [row.per_second for row in chosen], color=colors)
        axis.bar_label(bars, labels=[f"{row.per_second:,.0f}/s" for row in chosen], padding=3, fontsize=8)
        axis.set_title(workload, fontsize=9, loc="left")
        axis.margins(x=0.18)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
