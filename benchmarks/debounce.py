"""Four ways to decide when to recompute, on the same edits: `python -m benchmarks.debounce`.

Prints a table and draws `docs/images/debounce-peers.svg`. All policies have the same machine (one
job at a time, others wait in line), the same job (reads the catalogue when it starts, publishes
when it ends), a debounce of 5 min and, where they know one, a longest wait of 20 min. What is
counted how: `benchmarks.debounce_peers.outcome`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.debounce_peers.outcome import HORIZON, simulate, simulate_faulty
from benchmarks.debounce_peers.plot import Row, draw
from benchmarks.debounce_peers.policies import POLICIES
from benchmarks.debounce_peers.traces import TRACES

PLOT = Path(__file__).parents[1] / "docs" / "images" / "debounce-peers.svg"
FAILING = 0.01
JOBS_SECONDS = (30.0, 1500.0)
"""What ours takes at most, and what the peer's took."""


def compare(job: timedelta, repeats: int) -> list[Row]:
    """Every policy on every trace, with jobs of this length."""
    return [
        Row(
            trace=trace.name,
            job=job,
            policy=name,
            outcome=simulate(trace, make, job),
            faulty=simulate_faulty(trace, make, job, FAILING, repeats),
        )
        for trace in (make_trace() for make_trace in TRACES)
        for name, make in POLICIES.items()
    ]


def spoken(span: timedelta) -> str:
    """A duration in its two largest units: `24 h 5 min`, `5 min 30 s`, `45 s`."""
    seconds = round(span.total_seconds())
    parts = [(seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s")]
    while parts[0][0] == 0 and len(parts) > 1:
        parts.pop(0)
    return " ".join(f"{value} {unit}" for value, unit in parts[:2] if value) or "0 s"


def table(rows: Sequence[Row], repeats: int) -> Table:
    """The figures, one line per comparison and policy."""
    made = Table(box=MARKDOWN)
    for title in ("trace", "job", "policy"):
        made.add_column(title)
    for title in ("jobs", "worst staleness", "mean", "lost"):
        made.add_column(title, justify="right")
    made.add_column("1 % failing: lost, median (most; repeats)", justify="right")
    made.add_column("worst staleness, median (most)", justify="right")
    for row in rows:
        ideal, faulty = row.outcome, row.faulty
        made.add_row(
            row.trace,
            spoken(row.job),
            row.policy,
            f"{ideal.jobs:,}",
            spoken(ideal.worst),
            spoken(ideal.mean),
            f"{ideal.lost:,}",
            f"{faulty.lost:g} ({faulty.most_lost:,}; {faulty.repeats_with_loss} of {repeats})",
            f"{spoken(faulty.worst)} ({spoken(faulty.worst_ever)})",
        )
    return made


def main() -> None:
    """Simulate, print the table and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100, help="with other signals failing")
    parser.add_argument(
        "--job-seconds", type=float, nargs="+", default=JOBS_SECONDS, help="how long a job takes"
    )
    parser.add_argument("--plot", type=Path, default=PLOT)
    arguments = parser.parse_args()
    rows = [
        row
        for seconds in arguments.job_seconds
        for row in compare(timedelta(seconds=seconds), arguments.repeats)
    ]
    Console(width=190).print(table(rows, arguments.repeats))
    print(
        f"Lost: covered by no version published until {spoken(HORIZON)} after the last edit; "
        "counted as stale until then."
    )
    draw(rows, arguments.plot)


if __name__ == "__main__":
    main()
