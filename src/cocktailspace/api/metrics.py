"""Metrics for Prometheus, and the health of the refresh.

Two kinds of numbers. What is true of the service (versions, what is pending, how old the result
is) is derived when asked for, so that every process says the same. What has happened (requests,
jobs) is counted by each process from its start, so that each process is to be read, and sums are
Prometheus's business.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cocktailspace import __version__
from cocktailspace.artifacts.store import StoreError
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.refresh.ports import Cause
from cocktailspace.refresh.status import RefreshState, RefreshStatus

PREFIX = "cocktailspace_"
_UNREADABLE = (CatalogueError, StoreError, SQLAlchemyError, OSError)
_CAUSES: set[str] = set(Cause)


def make_registry(services: Services) -> CollectorRegistry:
    """The registry of all metrics but those of requests, which the middleware adds."""
    # `_created` would be a second series for each counter: when it began.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_ServiceCollector(services))
    return registry


class _ServiceCollector(Collector):
    """Collects the metrics of the services when Prometheus scrapes."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterable[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families; those of the status are missing while it cannot be read."""
        yield _gauge("info", "Which program this is", 1, version=__version__)
        try:
            status = self._services.refresher.status()
        except _UNREADABLE:
            status = None
        yield _gauge(
            "status_readable", "1 while catalogue and store can be read", int(bool(status))
        )
        if status is not None:
            yield from _status_metrics(status, self._services.clock())
        yield from self._counters()

    def _counters(self) -> Iterator[Metric]:
        counts = self._services.metrics.counts()
        runs = SummaryMetricFamily(
            f"{PREFIX}refresh_seconds",
            "Jobs that this process started, and how long they took",
            labels=["cause", "outcome"],
        )
        for (cause, outcome), count in counts.runs.items():
            known = cause if cause in _CAUSES else "other"
            runs.add_metric([known, outcome], count, counts.seconds[cause, outcome])
        yield runs
        steps = SummaryMetricFamily(
            f"{PREFIX}refresh_step_seconds", "The steps of these jobs", labels=["step"]
        )
        for step, (count, seconds) in counts.steps.items():
            steps.add_metric([step], count, seconds)
        yield steps
        yield CounterMetricFamily(
            f"{PREFIX}signal_failures",
            "Changes after which the timer could not be moved",
            counts.signal_failures,
        )
        yield CounterMetricFamily(
            f"{PREFIX}refresher_failed_looks",
            "Times that the refresher could not see what is due, or start it",
            counts.failed_looks,
        )
        trouble = self._services.refresher.trouble()
        yield _gauge(
            "refresher_looking",
            "0 once the refresher hangs, has ended or has failed each time for 15 s; else 1",
            int(trouble is None),
        )


def _status_metrics(status: RefreshStatus, now: datetime) -> Iterator[Metric]:
    manifest, attempt = status.manifest, status.attempt
    states = GaugeMetricFamily(f"{PREFIX}refresh_state", "1 for the present one", labels=["state"])
    for state in RefreshState:
        states.add_metric([state], int(state is status.state))
    yield states
    yield _gauge("catalogue_version", "Changes ever made", status.catalogue.version)
    yield _gauge(
        "published_version",
        "The catalogue's version that readers see",
        manifest.source_version if manifest else 0,
    )
    yield _gauge("pending_changes", "Changes that are not published", status.pending_changes)
    if manifest is not None:
        age = (now - manifest.generated_at).total_seconds()
        yield _gauge("refresh_age_seconds", "Since what is published was computed", age)
        yield _gauge("published_recipes", "Recipes published", manifest.counts.get("recipes", 0))
    yield _gauge(
        "unpublished_seconds",
        "Since the oldest change that is not published; 0 when all are",
        _since(status.unpublished_since, now),
    )
    yield _gauge(
        "overdue_seconds",
        "For how long the published version has been older than it may be; 0 while it is not",
        _since(status.overdue_at, now),
    )
    failures = attempt.failures if attempt and status.state is RefreshState.FAILED else 0
    yield _gauge("refresh_failures_in_a_row", "Failed jobs since the last good one", failures)


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _gauge(name: str, description: str, value: float, **labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}{name}", description, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
