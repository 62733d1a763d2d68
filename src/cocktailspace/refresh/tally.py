"""What this process has seen of refreshes since it started, in numbers."""

import threading
from collections import Counter
from dataclasses import dataclass

from cocktailspace.artifacts.report import RunReport


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers at one moment; seconds are sums.

    runs: by (cause, outcome). steps: how often each ran, and how long.
    failed_looks: how often the refresher could not see what is due.
    """

    runs: dict[tuple[str, str], int]
    seconds: dict[tuple[str, str], float]
    steps: dict[str, tuple[int, float]]
    signal_failures: int
    failed_looks: int


class Tally:
    """Counts; any thread may add."""

    def __init__(self) -> None:
        self._runs: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[tuple[str, str], float] = {}
        self._steps: dict[str, tuple[int, float]] = {}
        self._signal_failures = 0
        self._failed_looks = 0
        self._lock = threading.Lock()

    def run_ended(self, report: RunReport) -> None:
        """A job that this process started has ended."""
        key = report.cause, report.outcome
        with self._lock:
            self._runs[key] += 1
            self._seconds[key] = self._seconds.get(key, 0.0) + report.seconds
            for step, seconds in report.steps.items():
                count, total = self._steps.get(step, (0, 0.0))
                self._steps[step] = count + 1, total + seconds

    def signal_failed(self) -> None:
        """A change was committed and the alarm could not be moved."""
        with self._lock:
            self._signal_failures += 1

    def look_failed(self) -> None:
        """The refresher could not see what is due."""
        with self._lock:
            self._failed_looks += 1

    def counts(self) -> Counts:
        """Where the numbers stand."""
        with self._lock:
            return Counts(
                dict(self._runs),
                dict(self._seconds),
                dict(self._steps),
                self._signal_failures,
                self._failed_looks,
            )
