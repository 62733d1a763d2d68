"""Counters of the refreshes of this process since it started."""

import threading
from collections import Counter
from dataclasses import dataclass

from cocktailspace.artifacts.report import RunReport


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters at one moment; seconds are sums.

    runs: by (cause, outcome). steps: how often each ran, and how long.
    failed_looks: how often the refresher could not read the status or start the job.
    """

    runs: dict[tuple[str, str], int]
    seconds: dict[tuple[str, str], float]
    steps: dict[str, tuple[int, float]]
    signal_failures: int
    failed_looks: int


class RefreshMetrics:
    """Counters that any thread may add to."""

    def __init__(self) -> None:
        self._runs: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[tuple[str, str], float] = {}
        self._steps: dict[str, tuple[int, float]] = {}
        self._signal_failures = 0
        self._failed_looks = 0
        self._lock = threading.Lock()

    def record_run(self, report: RunReport) -> None:
        """Count a job of this process that has ended."""
        key = report.cause, report.outcome
        with self._lock:
            self._runs[key] += 1
            self._seconds[key] = self._seconds.get(key, 0.0) + report.seconds
            for step, seconds in report.steps.items():
                count, total = self._steps.get(step, (0, 0.0))
                self._steps[step] = count + 1, total + seconds

    def record_failed_signal(self) -> None:
        """Count a committed change after which the timer could not be moved."""
        with self._lock:
            self._signal_failures += 1

    def record_failed_look(self) -> None:
        """Count a poll in which the refresher could not read the status or start the job."""
        with self._lock:
            self._failed_looks += 1

    def counts(self) -> Counts:
        """The counters now."""
        with self._lock:
            return Counts(
                dict(self._runs),
                dict(self._seconds),
                dict(self._steps),
                self._signal_failures,
                self._failed_looks,
            )
