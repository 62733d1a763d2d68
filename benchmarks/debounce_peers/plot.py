"""The picture: jobs and worst staleness, per trace and policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.debounce_peers.outcome import Faulty, Outcome

COLOURS = ("#d55e00", "#e69f00", "#56b4e9", "#0072b2")
PAPER, INK, GRID = "#ffffff", "#222222", "#dddddd"
MARKS = {0.5: "30 s", 1: "1 min", 5: "5 min", 20: "20 min", 60: "1 h", 360: "6 h", 1440: "1 day"}


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one policy in one comparison."""

    trace: str
    job: timedelta
    policy: str
    outcome: Outcome
    faulty: Faulty


def _minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)


def _bars(axes: Any, rows: Sequence[Row], values: Mapping[tuple[str, str], float]) -> None:
    """One group of bars per trace, one bar per policy."""
    traces, policies = (list(dict.fromkeys(names)) for names in zip(*values, strict=True))
    width = 0.8 / len(policies)
    for i, policy in enumerate(policies):
        places = [x + (i - (len(policies) - 1) / 2) * width for x in range(len(traces))]
        heights = [values[trace, policy] for trace in traces]
        axes.bar(places, heights, width * 0.9, label=policy, color=COLOURS[i], zorder=2)
        for place, trace in zip(places, traces, strict=True):
            row = next(row for row in rows if (row.trace, row.policy) == (trace, policy))
            _note(axes, place, values[trace, policy], row)
    axes.set_xticks(range(len(traces)), traces)


def _note(axes: Any, place: float, height: float, row: Row) -> None:
    """The number of jobs over a bar of jobs; a whisker over a bar of staleness."""
    if axes.get_ylabel() == "jobs run":
        axes.text(place, height * 1.1, f"{row.outcome.jobs:,}", ha="center", fontsize=7, color=INK)
    else:
        top = max(height, _minutes(row.faulty.worst_ever))
        axes.plot([place, place], [height, top], color=INK, lw=1, zorder=3)
        axes.plot([place], [top], marker="_", color=INK, zorder=3)


def _style(axes: Any) -> None:
    axes.set_yscale("log")
    axes.set_facecolor(PAPER)
    axes.grid(axis="y", color=GRID, lw=0.6, zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write the picture as SVG, on a background of its own; the same rows give the same file."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and for the picture alone

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    jobs = list(dict.fromkeys(row.job for row in rows))
    mpl.rcParams.update({"svg.hashsalt": "debounce", "font.size": 9, "text.color": INK})
    figure, grid = plt.subplots(
        2, len(jobs), figsize=(5.2 * len(jobs), 6), sharey="row", facecolor=PAPER, squeeze=False
    )
    for column, job in enumerate(jobs):
        mine = [row for row in rows if row.job == job]
        above, below = grid[0][column], grid[1][column]
        length = f"{_minutes(job):g} min" if _minutes(job) >= 1 else f"{job.total_seconds():g} s"
        above.set_title(f"a job takes {length}", fontsize=10)
        above.set_ylabel("jobs run")
        below.set_ylabel("worst staleness")
        for axes in (above, below):
            _style(axes)
        _bars(above, mine, {(r.trace, r.policy): r.outcome.jobs for r in mine})
        _bars(below, mine, {(r.trace, r.policy): _minutes(r.outcome.worst) for r in mine})
        above.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
        below.set_yticks(list(MARKS), list(MARKS.values()))
        above.minorticks_off()
        below.minorticks_off()
    handles, labels = grid[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncol=len(labels), frameon=False)
    note = "Lower is better. Whisker: the worst of any repeat in which 1 % of the signals failed."
    figure.text(0.5, 0.012, note, ha="center", fontsize=8)
    figure.tight_layout(rect=(0, 0.03, 1, 0.95))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, facecolor=PAPER, metadata={"Date": None})
    plt.close(figure)
