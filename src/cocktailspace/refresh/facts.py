"""What a status is derived from, read at one moment.

What readers see decides what is pending, and whether it waits for edits to end:

    readers see                        published_version  computed anew
    nothing                            0                  when edits have ended
    this catalogue's result            its version        when edits since have ended, if any
    the same, by an older algorithm,   its version        at once
      or with artifacts missing
    another catalogue's result         0                  at once
    this catalogue's, but it never     its version        at once, under a new identity
      had that version (restored)

An attempt that runs or has failed covers the changes up to the version that it started from: newer
ones wait for edits to end, and a failed attempt is tried again after a pause of its own.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cocktailspace.artifacts.attempt import Attempt
from cocktailspace.artifacts.manifest import Manifest, Published
from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    continues,
    first_change_after,
)
from cocktailspace.refresh.ports import Job


@dataclass(frozen=True, slots=True)
class Facts:
    """The published result, the last attempt, the catalogue, and what follows from comparing them.

    published_version: version of this catalogue that readers see, 0 for none.
    attempted_version: version that the running or the failed attempt started from, if there is one.
    pending_since: time of the first change that readers do not see and no attempt started from.
    unpublished_since: time of the first change that readers do not see.
    restored: this catalogue never had the published version, or had other contents then.
    outdated: an older algorithm made the published result, or some of its files are gone.
    """

    published: Published | None
    attempt: Attempt | None
    job: Job | None
    catalogue: CatalogueState
    published_version: int
    attempted_version: int | None
    pending_since: datetime | None
    unpublished_since: datetime | None
    restored: bool
    outdated: bool

    @property
    def manifest(self) -> Manifest | None:
        """Of the published result; None also where it cannot be read."""
        return self.published.manifest if self.published else None

    @property
    def unusable(self) -> bool:
        """Whether the published result is outdated or another catalogue's."""
        other = self.manifest and self.manifest.catalogue_id != self.catalogue.catalogue_id
        return self.outdated or bool(other)


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
    same = manifest is not None and manifest.catalogue_id == catalogue.catalogue_id
    seen = manifest.source_version if manifest and same else 0
    attempted = _attempted_version(catalogue, attempt)
    return Facts(
        published=published,
        attempt=attempt,
        job=job,
        catalogue=catalogue,
        published_version=seen,
        attempted_version=attempted,
        pending_since=first_change_after(connection, max(seen, attempted or 0)),
        unpublished_since=first_change_after(connection, seen),
        restored=manifest is not None and same and _was_restored(connection, catalogue, manifest),
        outdated=outdated,
    )


def _attempted_version(catalogue: CatalogueState, attempt: Attempt | None) -> int | None:
    """A stopped attempt counts for nothing; a succeeded one shows in the published version."""
    if attempt is None or attempt.catalogue_id != catalogue.catalogue_id:
        return None
    return attempt.source_version if attempt.state in ("running", "failed") else None


def _was_restored(connection: Connection, catalogue: CatalogueState, manifest: Manifest) -> bool:
    """Whether the catalogue's log does not go on from the published version."""
    if manifest.source_changed_at is None:  # of an earlier program, or of no change at all
        return manifest.source_version > catalogue.version
    then = CatalogueState(
        manifest.catalogue_id, manifest.source_version, manifest.source_changed_at
    )
    return not continues(connection, catalogue, then)
