"""The refresh on AWS: a schedule starts the job, and this process only sets the schedule.

It may neither submit jobs nor list them: which one runs, it learns from the job's own record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from cocktailspace.artifacts.attempt import Attempt
from cocktailspace.refresh.control import RequestedRun
from cocktailspace.refresh.ports import Job, Scheduler
from cocktailspace.refresh.status import RefreshStatus, StatusReader, renew_restored

SILENCE = timedelta(minutes=10)
"""A job that records nothing for so long was killed. Its longest step is far shorter, and a
second job beside one that lives after all does no harm."""


class ScheduledRefresher:
    """A RefreshControl over the timer of another service.

    function_arn: of the function that submits jobs; they run in its account and region.
    """

    def __init__(
        self, reader: StatusReader, scheduler: Scheduler, *, function_arn: str | None = None
    ) -> None:
        self._reader = replace(
            reader,
            active_job=lambda attempt: running_job(attempt, reader.clock(), function_arn),
        )
        self._scheduler = scheduler

    def status(self) -> RefreshStatus:
        """Where things stand now; only `look` checks whether artifacts are missing."""
        return self._reader.status(check_artifacts=False)

    def trouble(self) -> str | None:
        """None: the reconcile finds what is due, and alarms watch its metrics."""
        return None

    def run_now(self, status: RefreshStatus) -> RequestedRun:
        """Set the timer to the earliest time that it takes."""
        renew_restored(self._reader.database, status)
        starts_at = self._scheduler.move_to(self._reader.clock(), armed=False)
        return RequestedRun(starts_at=starts_at)

    def look(self) -> RefreshStatus:
        """Renew the identity of a restored catalogue, then read where things stand; also check
        whether artifacts are missing, which takes too long for a request.

        Looking opens the database for writing, which heals what a killed writer left behind.
        """
        status = self._reader.status()
        return self._reader.status() if renew_restored(self._reader.database, status) else status

    def arm_overdue(self, status: RefreshStatus) -> bool:
        """Set the timer if a run should have started by now; returns whether it was set."""
        return reconcile(status, self._scheduler, self._reader.clock())

    @contextmanager
    def running(self) -> Iterator[None]:
        """Nothing to do here: the schedule is another service's."""
        yield

    def stop(self) -> None:
        """Nothing runs here."""


def reconcile(status: RefreshStatus, scheduler: Scheduler, now: datetime) -> bool:
    """Set the timer for a run that should have started by now: its signal was lost.

    A failed run's retry pause is part of when it is due. Returns whether there was such a run. The
    timer is set whatever time it had: one that exists may have fired long ago.
    """
    overdue = status.job is None and status.due_at is not None and status.due_at <= now
    if overdue:
        scheduler.move_to(now, armed=False)
    return overdue


def running_job(attempt: Attempt | None, now: datetime, function_arn: str | None) -> Job | None:
    """The job whose record says that it runs, unless the record is too old."""
    if attempt is None or attempt.state != "running":
        return None
    if now - (attempt.updated_at or attempt.started_at) > SILENCE:
        return None
    job_id = attempt.job_id or "unknown"
    return Job(job_id, _job_arn(function_arn, job_id))


def _job_arn(function_arn: str | None, job_id: str) -> str | None:
    """A job lives in the account and region of the function that submits it."""
    parts = (function_arn or "").split(":")
    if len(parts) < 6 or job_id == "unknown":
        return None
    _, partition, _, region, account, *_ = parts
    return f"arn:{partition}:batch:{region}:{account}:job/{job_id}"
