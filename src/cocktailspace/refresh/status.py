"""What is published, what is pending and when it is due: derived, never stored."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cocktailspace.artifacts.attempt import Attempt, read_attempt
from cocktailspace.artifacts.manifest import Manifest, read_published
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.changes import CatalogueState, renew_identity
from cocktailspace.catalogue.database import Database
from cocktailspace.refresh.debounce import (
    FUTURE_TOLERANCE,
    Debounce,
    next_run_at,
    overdue_at,
    retry_pause,
)
from cocktailspace.refresh.facts import Facts, read_facts
from cocktailspace.refresh.ports import Cause, Job
from cocktailspace.times import Clock, later

logger = logging.getLogger(__name__)


class RefreshState(StrEnum):
    """Where the published result stands against the catalogue."""

    FRESH = "fresh"
    PENDING = "pending"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefreshStatus:
    """The state of the analytics, for people and for schedulers.

    due_at: when the next run should start; None when there is nothing to run. For a failed run
    this is its next try.
    pending_since: time of the first change that no run has started from.
    pending_changes: changes that are not published, the oldest of them of unpublished_since.
    overdue_at: when what is published becomes older than it may be; None while all is published.
    restored: whether the catalogue's file was replaced by another copy of it, a backup for example:
    the published version had other contents than this copy.
    outdated: whether an older algorithm made what is published, or artifacts of it are missing.
    """

    state: RefreshState
    catalogue: CatalogueState
    manifest: Manifest | None
    attempt: Attempt | None
    job: Job | None
    due_at: datetime | None
    pending_since: datetime | None
    pending_changes: int
    unpublished_since: datetime | None = None
    overdue_at: datetime | None = None
    restored: bool = False
    outdated: bool = False

    @property
    def armed(self) -> bool:
        """Whether an earlier edit has set the timer for what is pending: its signal came before
        that of the newest edit. Only the first pending edit must set it even if `due` is too soon.
        """
        first, newest = self.pending_since, self.catalogue.changed_at
        return first is not None and newest is not None and first < newest


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Reads where the analytics stand: the two facts, the last attempt and the running job.

    algorithm_version: the running program's; results of an older one are computed anew.
    active_job: the job that runs, given the record of the last attempt.
    unrecorded_failure: the last attempt, where the store could not take the record that it failed.
    is_complete: whether the published artifacts are all there; if not, they are computed anew.
    """

    database: Database
    store: ArtifactStore
    policy: Debounce
    clock: Clock
    algorithm_version: int = 0
    active_job: Callable[[Attempt | None], Job | None] = lambda _attempt: None
    unrecorded_failure: Callable[[], Attempt | None] = lambda: None
    is_complete: Callable[[Manifest], bool] = lambda _manifest: True

    def status(self, *, check_artifacts: bool = True) -> RefreshStatus:
        """Where things stand now."""
        return derive_status(self.facts(check_artifacts=check_artifacts), self.policy, self.clock())

    def facts(self, *, check_artifacts: bool = True) -> Facts:
        """The facts as they are now: the store's first, see `read_facts`."""
        published = read_published(self.store)
        manifest = published.manifest if published else None
        outdated = manifest is not None and (
            manifest.algorithm_version < self.algorithm_version
            or (check_artifacts and not self.is_complete(manifest))
        )
        attempt = _latest(read_attempt(self.store), self.unrecorded_failure())
        job = self.active_job(attempt)
        with self.database.reading() as connection:
            return read_facts(connection, published, attempt, job, outdated=outdated)


def _latest(recorded: Attempt | None, unrecorded: Attempt | None) -> Attempt | None:
    if recorded is None or unrecorded is None:
        return recorded or unrecorded
    return recorded if recorded.started_at > unrecorded.started_at else unrecorded


def renew_restored(database: Database, status: RefreshStatus) -> bool:
    """Give a restored catalogue a new identity: its versions mean other contents than before."""
    if not status.restored:
        return False
    with database.transaction() as tx:
        catalogue_id = renew_identity(tx.connection, known=status.catalogue.catalogue_id)
    if catalogue_id is None:  # another process was first
        return True
    logger.warning(
        "the catalogue %s is at version %d, but version %s of it is published with other contents: "
        "it was restored from a backup; from now on it is %s",
        status.catalogue.catalogue_id,
        status.catalogue.version,
        status.manifest and status.manifest.source_version,
        catalogue_id,
    )
    return True


def derive_status(facts: Facts, policy: Debounce, now: datetime) -> RefreshStatus:
    """The status at `now`."""
    due_at = _due_at(facts, policy, now)
    return RefreshStatus(
        state=_state(facts, due_at),
        catalogue=facts.catalogue,
        manifest=facts.manifest,
        attempt=facts.attempt,
        job=facts.job,
        due_at=due_at,
        pending_since=facts.pending_since,
        pending_changes=max(0, facts.catalogue.version - facts.published_version),
        unpublished_since=facts.unpublished_since,
        overdue_at=_overdue_at(facts, policy),
        restored=facts.restored,
        outdated=facts.outdated,
    )


def cause_of(status: RefreshStatus, version_at_start: int) -> Cause:
    """Why a run that is due now is due.

    version_at_start: the catalogue's, when this process first looked.
    """
    manifest, attempt = status.manifest, status.attempt
    if status.outdated:
        return Cause.ALGORITHM
    if status.restored or (manifest and manifest.catalogue_id != status.catalogue.catalogue_id):
        return Cause.RECONCILE
    nothing_newer = status.pending_since is None or (attempt and attempt.source_version is None)
    if status.state is RefreshState.FAILED and nothing_newer:
        return Cause.RETRY
    return Cause.STARTUP if status.catalogue.version == version_at_start else Cause.EDIT


def _overdue_at(facts: Facts, policy: Debounce) -> datetime | None:
    if facts.unpublished_since is None:
        return None
    job_seconds = sum(facts.manifest.seconds.values()) if facts.manifest else 0.0
    return overdue_at(facts.unpublished_since, job_seconds, policy)


def _state(facts: Facts, due_at: datetime | None) -> RefreshState:
    if facts.job is not None:
        return RefreshState.RUNNING
    if due_at is None:
        return RefreshState.FRESH
    return RefreshState.FAILED if _unpublished_failure(facts) else RefreshState.PENDING


def _due_at(facts: Facts, policy: Debounce, now: datetime) -> datetime | None:
    """When the next run is due: the earlier of new changes and of the retry of a failed run."""
    retry_at = _retry_due_at(facts, now)
    if retry_at is not None and facts.attempt is not None and facts.attempt.source_version is None:
        return retry_at  # it failed before it knew its version: nothing pending is newer for sure
    due = [_changes_due_at(facts, policy, now), retry_at]
    return min((moment for moment in due if moment is not None), default=None)


def _changes_due_at(facts: Facts, policy: Debounce, now: datetime) -> datetime | None:
    if facts.restored or (facts.unusable and facts.attempted_version is None):
        return now
    first, last = facts.pending_since, facts.catalogue.changed_at
    if first is None or last is None:
        return None
    if max(first, last) > now + FUTURE_TOLERANCE:
        return now
    if facts.published is not None and facts.manifest is None:
        return later(last, policy.debounce)  # nobody can tell what is published
    return next_run_at(first, last, policy.debounce, policy.max_wait)


def _retry_due_at(facts: Facts, now: datetime) -> datetime | None:
    failed = _unpublished_failure(facts)
    if failed is None:
        return None
    ended_at, failures = failed
    return now if ended_at > now + FUTURE_TOLERANCE else later(ended_at, retry_pause(failures))


def _unpublished_failure(facts: Facts) -> tuple[datetime, int] | None:
    """When the last attempt failed and which failure in a row it was, unless it does not matter.

    An attempt that is recorded as running while no job is active was killed.
    """
    attempt = facts.attempt
    if attempt is None or facts.job is not None:
        return None
    if attempt.catalogue_id not in (None, facts.catalogue.catalogue_id):
        return None
    version = attempt.source_version
    if not facts.unusable and version is not None and version <= facts.published_version:
        return None
    if attempt.state == "failed":
        return attempt.finished_at or attempt.started_at, attempt.failures
    if attempt.state == "running":
        return attempt.started_at, attempt.failures + 1
    return None
