"""One run of the job: snapshot, compute, publish; its progress is recorded as it goes."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal

from cocktailspace.analytics.encode import encode_artifact
from cocktailspace.analytics.maps import published_map
from cocktailspace.analytics.parameters import MAPS, PARAMETERS
from cocktailspace.analytics.regenerate import Analytics, regenerate_analytics
from cocktailspace.analytics.transport.workers import THIS_MACHINE, Workers
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.integrity import damaged_artifacts
from cocktailspace.artifacts.manifest import (
    ArtifactName,
    Manifest,
    Published,
    read_published,
)
from cocktailspace.artifacts.publish import Result, publish
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.errors import UnavailableError
from cocktailspace.catalogue.snapshot import Snapshot, take_snapshot
from cocktailspace.times import Clock

if TYPE_CHECKING:
    from cocktailspace.catalogue.snapshot import Source

logger = logging.getLogger(__name__)

_SNAPSHOT_TRIES = 6


class TryAgainError(Exception):
    """The catalogue was busy or unreadable for now; a later try may do."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a run of the job did when it did not fail.

    previous_version: of this catalogue, published when the run began; 0 where none was.
    """

    outcome: Literal["published", "nothing to do", "superseded"]
    snapshot: Snapshot
    manifest: Manifest | None
    previous_version: int


def run_job(
    catalogue: "Source",
    store: ArtifactStore,
    recorder: AttemptRecorder,
    *,
    clock: Clock,
    force: bool = False,
    workers: Workers = THIS_MACHINE,
    sleep: Callable[[float], None] = time.sleep,
) -> JobResult:
    """Bring what is published up to the present version of the catalogue.

    Does nothing when that version is published already with the same parameters, unless forced.
    workers: who computes what can be mapped over workers.
    Raises TryAgainError when the catalogue cannot be read for now, StoreError when the store
    fails; readers then still see what they saw before.
    """
    base = read_published(store)
    recorder.report("snapshot", 0.0)
    snapshot = _snapshot_with_retries(catalogue, sleep)
    recorder.took_snapshot(snapshot.catalogue_id, snapshot.version)
    own = _published_of(snapshot, base)
    version = own.source_version if own else 0
    if not force and own is not None and _is_current(store, snapshot, own):
        return JobResult("nothing to do", snapshot, own, version)
    previous = {name: published_map(store, own, name) for name in MAPS} if own else {}
    analytics = regenerate_analytics(
        snapshot, previous=previous, report=recorder.report, workers=workers
    )
    result = _result(recorder, snapshot, analytics, clock)
    manifest = publish(store, result, base=base, clock=clock)
    return JobResult("published" if manifest else "superseded", snapshot, manifest, version)


def _published_of(snapshot: Snapshot, base: Published | None) -> Manifest | None:
    """What is published of this catalogue: versions and ids of another mean nothing here."""
    manifest = base.manifest if base else None
    same = manifest is not None and manifest.catalogue_id == snapshot.catalogue_id
    return manifest if same else None


def _snapshot_with_retries(catalogue: "Source", sleep: Callable[[float], None]) -> Snapshot:
    """Take a snapshot, with exponential backoff while a writer is busy or a journal is hot."""
    for attempt in range(_SNAPSHOT_TRIES):
        try:
            return take_snapshot(catalogue)
        except UnavailableError as error:
            logger.warning("the catalogue cannot be read for now: %s", error)
        if attempt + 1 < _SNAPSHOT_TRIES:
            sleep(0.25 * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries
    raise TryAgainError(f"the catalogue could not be read in {_SNAPSHOT_TRIES} tries; try later")


def _is_current(store: ArtifactStore, snapshot: Snapshot, manifest: Manifest) -> bool:
    """Whether what is published is of this version, by this program, and whole."""
    return (
        manifest.source_version == snapshot.version
        and manifest.source_changed_at in (None, snapshot.changed_at)
        and manifest.algorithm_version >= PARAMETERS["algorithm_version"]
        and not damaged_artifacts(store, manifest)
    )


def _result(
    recorder: AttemptRecorder, snapshot: Snapshot, analytics: Analytics, clock: Clock
) -> Result:
    return Result(
        run_id=recorder.run_id,
        catalogue_id=snapshot.catalogue_id,
        source_version=snapshot.version,
        source_changed_at=snapshot.changed_at,
        artifacts=_encoded(recorder, snapshot, analytics, clock),
        counts=analytics.counts,
        seconds=analytics.seconds,
        parameters=PARAMETERS,
    )


def _encoded(
    recorder: AttemptRecorder, snapshot: Snapshot, analytics: Analytics, clock: Clock
) -> Iterator[tuple[ArtifactName, IO[bytes]]]:
    """Each artifact as it is stored, encoded when the publisher reads it."""
    now = clock()
    for artifact in analytics.artifacts:
        yield (
            artifact.name,
            encode_artifact(
                artifact.name,
                artifact.data,
                source_version=snapshot.version,
                generated_at=now,
                **artifact.metadata,
            ),
        )
    recorder.report("publish", 0.0)
