"""The rule: when the next run is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cocktailspace.times import later

FUTURE_TOLERANCE = timedelta(seconds=5)
"""A change dated further in the future than this says that a clock jumped: it is due at once."""

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Debounce:
    """How long a run waits for edits to end, and how long edits can put it off at most.

    slack: how much longer than that and two jobs a change may stay unpublished before the result
    counts as overdue.
    """

    debounce: timedelta
    max_wait: timedelta
    slack: timedelta = timedelta(minutes=5)


def next_run_at(
    first_pending_at: datetime, last_changed_at: datetime, debounce: timedelta, max_wait: timedelta
) -> datetime:
    """Each change pushes the run out by `debounce`, but never beyond `max_wait` after the first."""
    return min(later(last_changed_at, debounce), later(first_pending_at, max_wait))


def overdue_at(unpublished_since: datetime, job_seconds: float, policy: Debounce) -> datetime:
    """When readers should have seen a change, had all gone well.

    Two jobs, since one may just have taken its snapshot when the change came.
    """
    jobs = timedelta(seconds=2 * job_seconds)
    return later(unpublished_since, policy.max_wait + jobs + policy.slack)


def retry_pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: doubling, from a minute to six hours."""
    doublings = min(max(failures, 1) - 1, 16)  # beyond the cap by far; keeps the number small
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
