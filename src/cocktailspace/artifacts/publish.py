"""Publishing: all artifacts first, then the manifest by compare-and-swap; old runs are deleted."""

import logging
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO, Any

from cocktailspace.artifacts.manifest import (
    MANIFEST_KEY,
    RUNS_PREFIX,
    ArtifactEntry,
    Manifest,
    Published,
    artifact_key,
    read_published,
    write_run,
)
from cocktailspace.artifacts.rows import INDEXED, RowIndex, index_key
from cocktailspace.artifacts.store import ArtifactStore, StoreError, SwapConflictError
from cocktailspace.files import sha256_of
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

KEEP_SUPERSEDED = timedelta(minutes=10)
KEEP_ORPHANS = timedelta(hours=24)
_MAX_SWAPS = 100  # each lost swap means that somebody else published


@dataclass(frozen=True, slots=True)
class Result:
    """What a run has computed, ready to be published.

    artifacts: names, each with its bytes or with a file, which is closed once it is stored. A
    generator may compute one after the other.
    counts, seconds: read after the last artifact, so that a generator can fill them.
    """

    run_id: str
    catalogue_id: str
    source_version: int
    artifacts: Iterable[tuple[str, bytes | IO[bytes]]]
    source_changed_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def new_run_id(now: datetime) -> str:
    """A unique id that sorts by time: `20261122T013000.123456Z-1f2e3d4c`."""
    return f"{now:%Y%m%dT%H%M%S.%f}Z-{secrets.token_hex(4)}"


def is_run_id(text: str) -> bool:
    """Whether a text has the form of a run id."""
    return re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}", text) is not None


def publish(
    store: ArtifactStore, result: Result, *, base: Published | None, clock: Clock
) -> Manifest | None:
    """Make a result what readers see, unless something newer is published already.

    base: what was published when the run began.
    Returns the new manifest, or None when the result was superseded while it was computed.
    Raises StoreError when the store fails, and whatever making an artifact raises; readers then
    still see what they saw before.
    """
    entries: dict[str, ArtifactEntry] = {}
    try:
        for name, body in result.artifacts:
            with BytesIO(body) if isinstance(body, bytes) else body as file:
                entries[name] = _store_artifact(store, artifact_key(result.run_id, name), file)
                if name in INDEXED:
                    file.seek(0)
                    store.write(index_key(result.run_id, name), RowIndex.of(file).as_json())
        write_run(store, result.run_id, entries)
    except BaseException:
        _delete_run(store, result.run_id)
        raise
    # A swap that fails may have been made all the same: then nothing may be deleted.
    manifest, replaced = _swap_manifest(store, result, entries, base, clock)
    if manifest is None:
        _delete_run(store, result.run_id)
    else:
        expired = set(replaced.superseded) - set(manifest.superseded) if replaced else set()
        kept = {manifest.run_id, *manifest.superseded}
        _delete_old_runs(store, expired=expired, kept=kept, now=clock())
    return manifest


def _store_artifact(store: ArtifactStore, key: str, file: IO[bytes]) -> ArtifactEntry:
    store.write(key, file)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return ArtifactEntry(key=key, sha256=sha256_of(file), bytes=size)


def _delete_run(store: ArtifactStore, run_id: str) -> None:
    """Delete what nobody will read. What cannot be deleted now is an orphan later."""
    try:
        for entry in list(store.list(f"{RUNS_PREFIX}{run_id}/")):
            store.delete(entry.key)
    except StoreError as error:
        logger.warning("artifacts of no use were not deleted: %s", error)


def may_replace(result: Result, current: Published | None, base: Published | None) -> bool:
    """Whether a result may replace what is published: never an older one a newer one.

    A result of another catalogue is replaced if it was published before this run began. If it was
    published since, this run's catalogue may be the former one, and only a new run can tell. At an
    equal version only what was published when the run began is replaced: of two runs with
    different parameters, the first to publish stays.
    """
    if current is None or current.manifest is None:
        return True
    if current.manifest.catalogue_id != result.catalogue_id:
        before = base.manifest.catalogue_id if base and base.manifest else None
        return before == current.manifest.catalogue_id
    if current.manifest.source_version != result.source_version:
        return current.manifest.source_version < result.source_version
    return base is not None and current.tag == base.tag


def _swap_manifest(
    store: ArtifactStore,
    result: Result,
    entries: dict[str, ArtifactEntry],
    base: Published | None,
    clock: Clock,
) -> tuple[Manifest | None, Manifest | None]:
    """The new manifest (None when the result was superseded) and the one that it replaced."""
    manifest = replaced = None
    for _ in range(_MAX_SWAPS):
        current = read_published(store)
        if manifest is not None and _was_published(result.run_id, current):
            return manifest, replaced
        if not may_replace(result, current, base):
            return None, None
        replaced = current.manifest if current else None
        now = clock()
        manifest = Manifest(
            catalogue_id=result.catalogue_id,
            source_version=result.source_version,
            source_changed_at=result.source_changed_at,
            generated_at=now,
            run_id=result.run_id,
            artifacts=entries,
            counts=dict(result.counts),
            seconds=dict(result.seconds),
            parameters=dict(result.parameters),
            superseded=_superseded(replaced, now) if replaced else {},
        )
        try:
            body = manifest.model_dump_json(indent=1).encode()
            store.swap(MANIFEST_KEY, body, current.tag if current else None)
        except SwapConflictError:
            continue
        return manifest, replaced
    raise StoreError(f"the manifest was replaced by others {_MAX_SWAPS} times in a row")


def _was_published(run_id: str, current: Published | None) -> bool:
    """Whether a swap succeeded although it was reported as a conflict: a client that gets no answer
    retries, and then meets its own first try.
    """
    manifest = current.manifest if current else None
    return manifest is not None and run_id in {manifest.run_id, *manifest.superseded}


def _superseded(replaced: Manifest, now: datetime) -> dict[str, datetime]:
    """The runs that readers of a recent manifest may still follow, and when each was replaced."""
    before = replaced.superseded | {replaced.run_id: now}
    return {run: since for run, since in before.items() if now - since <= KEEP_SUPERSEDED}


def _delete_old_runs(
    store: ArtifactStore, *, expired: set[str], kept: set[str], now: datetime
) -> None:
    """Delete runs that no reader follows any more, and orphans of jobs that died long ago.

    What cannot be deleted now is an orphan to a later run. Runs under way are no orphans: they
    are younger than that.
    """
    try:
        for entry in list(store.list(RUNS_PREFIX)):
            run_id = entry.key.removeprefix(RUNS_PREFIX).partition("/")[0]
            orphan = run_id not in kept and now - entry.modified_at > KEEP_ORPHANS
            if run_id in expired or orphan:
                store.delete(entry.key)
    except StoreError as error:
        logger.warning("old runs were not deleted: %s", error)
