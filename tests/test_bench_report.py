"""The pure parts of tools/bench: medians, ratios, goals and the table are right for figures that are known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "tools" / "bench" / "report.py"
ONE = "one at a time, unix"
MANY = "64 in flight x 10, unix"
BATCH = "batch of 1000, unix"


@pytest.fixture(scope="module")
def report() -> ModuleType:
    """tools/bench is a folder of scripts, no package: loaded by path."""
    spec = importlib.util.spec_from_file_location("virtrpc_bench_report", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def samples(report: ModuleType, workload: str, peer: str, *rates: float, cpu_us: float = 1.0) -> list[object]:
    return [report.Sample(workload, peer, rate, cpu_us) for rate in rates]


def test_a_row_is_the_median_and_not_moved_by_an_outlier(report: ModuleType) -> None:
    made = [report.Sample(ONE, "virtrpcd", rate, cpu) for rate, cpu in ((10, 5.0), (30, 1.0), (1_000_000, 3.0))]
    (row,) = report.medians(made)
    assert (row.per_second, row.cpu_us) == (30, 3.0)


def test_ratios_are_to_the_peers_of_the_same_workload(report: ModuleType) -> None:
    made = samples(report, ONE, "virtrpcd", 60) + samples(report, ONE, "libtirpc", 80)
    made += samples(report, ONE, "libvirtd", 20) + samples(report, MANY, "libtirpc", 1)
    ratios = {(row.workload, row.peer): (row.to_libtirpc, row.to_libvirtd) for row in report.medians(made)}
    assert ratios == {
        (ONE, "virtrpcd"): (0.75, 3.0),
        (ONE, "libtirpc"): (1.0, 4.0),
        (ONE, "libvirtd"): (0.25, 1.0),
        (MANY, "libtirpc"): (1.0, None),
    }


def test_rows_keep_the_order_of_the_samples(report: ModuleType) -> None:
    made = samples(report, MANY, "virtrpcd", 1) + samples(report, ONE, "libvirtd", 1) + samples(report, MANY, "x", 1)
    assert [(row.workload, row.peer) for row in report.medians(made)] == [
        (MANY, "virtrpcd"),
        (ONE, "libvirtd"),
        (MANY, "x"),
    ]


def test_a_goal_is_met_at_its_figure_and_missed_below(report: ModuleType) -> None:
    made = samples(report, ONE, "virtrpcd", 60) + samples(report, ONE, "libtirpc", 100)
    made += samples(report, MANY, "virtrpcd", 79) + samples(report, MANY, "libvirtd", 10)
    goals = report.goals(report.medians(made), 1000)
    assert [(goal.reached, goal.met) for goal in goals] == [(0.6, True), (7.9, False)]
    assert [line.split()[0] for line in report.goal_lines(goals).splitlines()] == ["reached", "MISSED"]


def test_the_batch_goal_counts_items_a_second_of_server_cpu(report: ModuleType) -> None:
    (goal,) = report.goals(report.medians(samples(report, BATCH, "virtrpcd", 1, cpu_us=2500.0)), 1000)
    assert goal.reached == pytest.approx(400_000)
    assert goal.met


def test_a_peer_that_was_left_out_leaves_its_goals_and_ratios_out(report: ModuleType) -> None:
    rows = report.medians(samples(report, ONE, "virtrpcd", 60))
    assert report.goals(rows, 1000) == []
    assert report.table(rows).splitlines()[-1] == f"| {ONE} | virtrpcd | 60 | 1.0 |  |  |"


def test_the_table_has_a_line_a_row_and_the_same_columns_in_each(report: ModuleType) -> None:
    rows = report.medians(samples(report, ONE, "virtrpcd", 57_984.4) + samples(report, ONE, "libtirpc", 82_381.0))
    lines = report.table(rows).splitlines()
    assert len(lines) == 2 + len(rows)
    assert {line.count("|") for line in lines} == {7}
    assert "57,984" in lines[2]
    assert "0.70" in lines[2]
