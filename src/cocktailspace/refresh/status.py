"""What is published, what is pending and when it is due: derived, never stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from cocktailspace.artifacts.attempt import Attempt, read_attempt
from cocktailspace.artifacts.manifest import Manifest, Published, read_published
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    count_changes_after,
    first_change_after,
)
from cocktailspace.catalogue.database import Database
from cocktailspace.refresh.debounce import FUTURE_TOLERANCE, Debounce, next_run_at, retry_pause
from cocktailspace.refresh.ports import Job


class RefreshState(StrEnum):
    """Where the published result stands against the catalogue."""

    FRESH = "fresh"
    PENDING = "pending"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefreshStatus:
    """Everything that a person or a scheduler wants to know.

    due_at: when the next run should start; None when there is nothing to run. For a failed run
    this is its next try.
    pending_since: time of the first change that no run has started from.
    pending_changes: changes that are not published, the oldest of them of unpublished_since.
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

    @property
    def armed(self) -> bool:
        """Whether an earlier edit has set the alarm for what is pending: its signal came before
        that of the newest edit. Only the first pending edit has to set it at all costs.
        """
        first, newest = self.pending_since, self.catalogue.changed_at
        return first is not None and newest is not None and first < newest

    @property
    def restored(self) -> bool:
        """Whether an older copy of the catalogue was put back: it is behind what is published."""
        manifest = self.manifest
        return (
            manifest is not None
            and manifest.catalogue_id == self.catalogue.catalogue_id
            and manifest.source_version > self.catalogue.version
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What a status is derived from, read in an order that cannot mislead.

    The published result is read before the catalogue: a version published was in the catalogue
    before, so a catalogue that seems to be behind really was restored.
    """

    published: Published | None
    attempt: Attempt | None
    job: Job | None
    catalogue: CatalogueState
    first_pending_at: datetime | None
    pending_changes: int
    unpublished_since: datetime | None


def read_facts(
    database: Database, store: ArtifactStore, active_job: Callable[[], Job | None]
) -> Facts:
    """Read the two facts, and the notes about the job."""
    published = read_published(store)
    attempt = read_attempt(store)
    job = active_job()
    with database.reading() as connection:
        return _with_catalogue(connection, published, attempt, job)


def _with_catalogue(
    connection: Connection, published: Published | None, attempt: Attempt | None, job: Job | None
) -> Facts:
    catalogue = catalogue_state(connection)
    version = published_version(catalogue, published)
    taken = max(version, _attempted_version(catalogue, attempt))
    return Facts(
        published=published,
        attempt=attempt,
        job=job,
        catalogue=catalogue,
        first_pending_at=first_change_after(connection, taken),
        pending_changes=count_changes_after(connection, version),
        unpublished_since=first_change_after(connection, version),
    )


def published_version(catalogue: CatalogueState, published: Published | None) -> int:
    """The version of this catalogue that readers see; another catalogue's counts as 0."""
    manifest = published.manifest if published else None
    if manifest is None or manifest.catalogue_id != catalogue.catalogue_id:
        return 0
    return manifest.source_version


def _attempted_version(catalogue: CatalogueState, attempt: Attempt | None) -> int:
    """The version that the running or the failed attempt started from.

    A stopped attempt took nothing, and whether a succeeded one did, the published version tells.
    """
    if attempt is None or attempt.catalogue_id != catalogue.catalogue_id:
        return 0
    return attempt.source_version or 0 if attempt.state in ("running", "failed") else 0


def derive_status(facts: Facts, policy: Debounce, now: datetime) -> RefreshStatus:
    """The status at `now`."""
    due_at = _due_at(facts, policy, now)
    return RefreshStatus(
        state=_state(facts, due_at),
        catalogue=facts.catalogue,
        manifest=facts.published.manifest if facts.published else None,
        attempt=facts.attempt,
        job=facts.job,
        due_at=due_at,
        pending_since=facts.first_pending_at,
        pending_changes=facts.pending_changes,
        unpublished_since=facts.unpublished_since,
    )


def _state(facts: Facts, due_at: datetime | None) -> RefreshState:
    if facts.job is not None:
        return RefreshState.RUNNING
    if due_at is None:
        return RefreshState.FRESH
    return RefreshState.FAILED if _unpublished_failure(facts) else RefreshState.PENDING


def _due_at(facts: Facts, policy: Debounce, now: datetime) -> datetime | None:
    """The earlier of: the changes that no run has started from, and the failed run's next try."""
    retry_at = _retry_due_at(facts, now)
    if retry_at is not None and facts.attempt is not None and facts.attempt.source_version is None:
        return retry_at  # it failed before it knew its version: nothing pending is newer for sure
    due = [_changes_due_at(facts, policy, now), retry_at]
    return min((moment for moment in due if moment is not None), default=None)


def _changes_due_at(facts: Facts, policy: Debounce, now: datetime) -> datetime | None:
    first, last = facts.first_pending_at, facts.catalogue.changed_at
    if published_version(facts.catalogue, facts.published) > facts.catalogue.version:
        return now  # restored from a backup behind our back
    if first is None or last is None:
        return None
    if max(first, last) > now + FUTURE_TOLERANCE:
        return now
    if facts.published is not None and facts.published.manifest is None:
        return last + policy.debounce  # nobody can tell what is published
    return next_run_at(first, last, policy.debounce, policy.max_wait)


def _retry_due_at(facts: Facts, now: datetime) -> datetime | None:
    failed = _unpublished_failure(facts)
    if failed is None:
        return None
    ended_at, failures = failed
    return now if ended_at > now + FUTURE_TOLERANCE else ended_at + retry_pause(failures)


def _unpublished_failure(facts: Facts) -> tuple[datetime, int] | None:
    """When the last attempt failed and which failure in a row it was, unless it does not matter.

    An attempt that says it is running while no job is active died without a word.
    """
    attempt = facts.attempt
    if attempt is None or facts.job is not None:
        return None
    if attempt.catalogue_id not in (None, facts.catalogue.catalogue_id):
        return None
    version = published_version(facts.catalogue, facts.published)
    if attempt.source_version is not None and attempt.source_version <= version:
        return None
    if attempt.state == "failed":
        return attempt.finished_at or attempt.started_at, attempt.failures
    if attempt.state == "running":
        return attempt.started_at, attempt.failures + 1
    return None
