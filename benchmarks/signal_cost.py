"""What the signal adds to an edit: `python -m benchmarks.signal_cost [--edits N]`.

Creates recipes through the catalogue's own transaction on a real SQLite file with a published
result beside it, in turn without a signal, with the embedded one, with one that works out when the
run is due and tells a scheduler that answers at once, and at last with a scheduler that hangs. The
kinds alternate within one run, so that the machine's noise meets all alike.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cocktailspace.bootstrap import build_services
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import RecipeDraft
from cocktailspace.catalogue.recipes import create_recipes
from cocktailspace.catalogue.transfer import import_file, starter_file
from cocktailspace.refresh.embedded import WakeUp
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.settings import Settings


class QuickScheduler:
    """Answers at once."""

    def move_to(self, _due: datetime, *, armed: bool) -> None:
        """Do nothing."""


class HangingScheduler:
    """Never answers."""

    def move_to(self, _due: datetime, *, armed: bool) -> None:  # noqa: ARG002
        """Hang."""
        time.sleep(3600)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    edits = parser.parse_args().edits
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        services = build_services(Settings(db_path=place / "c.sqlite", analytics_path=place / "a"))
        migrate(services.database)
        with services.database.transaction() as tx:
            import_file(tx, starter_file())
        services.jobs.submit(log="nothing")
        services.jobs.wait()
        status = services.refresher.status
        quick = AnalyticsSignal(status, QuickScheduler(), least_move=timedelta(0))
        hanging = AnalyticsSignal(status, HangingScheduler())
        url = str(services.database.url)
        kinds: dict[str, Database] = {
            "without a signal": Database(url),
            "embedded signal": Database(url, after_commit=WakeUp().set),
            "signal to a scheduler": Database(url, after_commit=quick),
        }
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(edits):
            for name, database in kinds.items():
                seconds[name].append(_timed(partial(_edit, database, f"{name} {number}")))
        for name, each in seconds.items():
            _print(name, each)
        worst = _timed(partial(_edit, Database(url, after_commit=hanging), "hanging"))
        print(f"scheduler that hangs: {worst:.2f} s, the edit is saved")


def _edit(database: Database, name: str) -> None:
    with database.transaction() as tx:
        create_recipes(tx, [RecipeDraft(name=name)], [""])


def _timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _print(name: str, seconds: list[float]) -> None:
    quantiles = statistics.quantiles(seconds, n=100)
    p50, p99 = 1000 * quantiles[49], 1000 * quantiles[98]
    print(f"{name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms ({len(seconds)} edits)")


if __name__ == "__main__":
    main()
