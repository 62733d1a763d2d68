"""What a status is derived from, read at one moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cocktailspace.artifacts.attempt import Attempt
from cocktailspace.artifacts.manifest import Manifest, Published
from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    change_time,
    first_change_after,
)
from cocktailspace.refresh.ports import Job

UNUSABLE = -1
"""Less than 0, the version of a catalogue that was never changed: so even that one is computed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The published result, the last attempt, the catalogue, and what follows from comparing them.

    reflected_version: highest version that the published result reflects; UNUSABLE if readers see
    another catalogue or the work of an older algorithm; 0 if nothing is published.
    started_version: highest version that the published result reflects or that the running or the
    failed attempt started from.
    first_pending_at: time of the first change after `started_version`; the debounce counts from it.
    pending_since: time of the first change that readers do not see and no attempt started from.
    Where the published result is UNUSABLE, all changes are to be computed again, but only those
    that readers do not see are pending.
    unpublished_since: time of the first change that readers do not see.
    restored: this catalogue never had the published version, or had other contents then.
    outdated: an older algorithm made the published result, or some of its files are gone.
    """

    published: Published | None
    attempt: Attempt | None
    job: Job | None
    catalogue: CatalogueState
    reflected_version: int
    started_version: int
    first_pending_at: datetime | None
    pending_since: datetime | None
    unpublished_since: datetime | None
    restored: bool
    outdated: bool


def read_facts(
    connection: Connection,
    published: Published | None,
    attempt: Attempt | None,
    job: Job | None,
    *,
    outdated: bool,
) -> Facts:
    """Compare what was read from the store with the catalogue.

    The published result must have been read before `connection` began: a version published was in
    the catalogue before, so a catalogue that seems to be behind really was restored.
    """
    catalogue = catalogue_state(connection)
    manifest = published.manifest if published else None
    reflected = UNUSABLE if outdated else _reflected_version(catalogue, manifest)
    attempted = _attempted_version(catalogue, attempt)
    seen = published_version(catalogue, published)
    started = max(reflected, attempted)
    return Facts(
        published=published,
        attempt=attempt,
        job=job,
        catalogue=catalogue,
        reflected_version=reflected,
        started_version=started,
        first_pending_at=first_change_after(connection, started),
        pending_since=first_change_after(connection, max(seen, attempted)),
        unpublished_since=first_change_after(connection, seen),
        restored=_was_restored(connection, catalogue, manifest),
        outdated=outdated,
    )


def published_version(catalogue: CatalogueState, published: Published | None) -> int:
    """The version of this catalogue that readers see; another catalogue's counts as 0."""
    manifest = published.manifest if published else None
    if manifest is None or manifest.catalogue_id != catalogue.catalogue_id:
        return 0
    return manifest.source_version


def _reflected_version(catalogue: CatalogueState, manifest: Manifest | None) -> int:
    if manifest is None:
        return 0
    same = manifest.catalogue_id == catalogue.catalogue_id
    return manifest.source_version if same else UNUSABLE


def _attempted_version(catalogue: CatalogueState, attempt: Attempt | None) -> int:
    """The version that the running or the failed attempt started from.

    A stopped attempt counts for nothing; a succeeded one shows in the published version.
    """
    if attempt is None or attempt.catalogue_id != catalogue.catalogue_id:
        return UNUSABLE
    if attempt.source_version is None or attempt.state not in ("running", "failed"):
        return UNUSABLE
    return attempt.source_version


def _was_restored(
    connection: Connection, catalogue: CatalogueState, manifest: Manifest | None
) -> bool:
    """Whether this catalogue never had the published version, or had other contents then."""
    if manifest is None or manifest.catalogue_id != catalogue.catalogue_id:
        return False
    if manifest.source_version > catalogue.version:
        return True
    if manifest.source_changed_at is None:
        return False
    return manifest.source_changed_at != change_time(connection, manifest.source_version)
