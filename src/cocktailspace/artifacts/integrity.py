"""Integrity: whether what is stored is what was published."""

import time
from collections import OrderedDict

from cocktailspace.artifacts.manifest import (
    ArtifactEntry,
    ArtifactName,
    Manifest,
    current_manifest,
    read_run,
)
from cocktailspace.artifacts.store import (
    ArtifactStore,
    ForeignObjectError,
    MissingError,
    StoreError,
)

_SECONDS_BETWEEN_CHECKS = 60.0
_MAX_RUNS = 64
_MAX_VERIFIED = 1_000


class DamagedArtifactError(StoreError):
    """An artifact is not what was published."""


def is_complete(store: ArtifactStore, manifest: Manifest) -> bool:
    """Whether every artifact is in the manifest and in the store, with its published size."""
    return manifest.artifacts.keys() >= set(ArtifactName) and all(
        _is_there(store, entry) for entry in manifest.artifacts.values()
    )


def damaged_artifacts(store: ArtifactStore, manifest: Manifest) -> list[str]:
    """Names of the artifacts that are missing or not what was published; reads all of them."""
    return sorted(
        {*ArtifactName, *manifest.artifacts}
        - {
            name
            for name, entry in manifest.artifacts.items()
            if _is_there(store, entry) and _has_digest(store, entry)
        }
    )


def _is_there(store: ArtifactStore, entry: ArtifactEntry) -> bool:
    try:
        return store.size(entry.key) == entry.bytes
    except (MissingError, ForeignObjectError):
        return False


def _has_digest(store: ArtifactStore, entry: ArtifactEntry) -> bool:
    return store.sha256(entry.key) == entry.sha256


class IntegrityChecker:
    """Verifies artifacts before they are used, and the current run once a minute.

    An artifact's size is compared each time, its digest once in each process. Damage makes
    `is_complete` false, so that the refresher computes the run again.
    """

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._last_check: tuple[str, float, bool] | None = None
        self._runs: OrderedDict[str, dict[str, ArtifactEntry]] = OrderedDict()
        self._verified: set[str] = set()

    def is_complete(self, manifest: Manifest) -> bool:
        """Whether the store has all artifacts of the run, by size; checked once a minute.

        True while the store does not answer. Digests are compared by `verify` alone.
        """
        now = time.monotonic()
        if self._last_check is not None:
            run_id, checked_at, complete = self._last_check
            if run_id == manifest.run_id and now - checked_at < _SECONDS_BETWEEN_CHECKS:
                return complete
        try:
            complete = is_complete(self._store, manifest)
        except StoreError:
            return True
        self._last_check = manifest.run_id, now, complete
        return complete

    def entry(self, run_id: str, name: str) -> ArtifactEntry:
        """The entry of a run's artifact; MissingError when the run published none of that name."""
        if (run := self._runs.get(run_id)) is None:
            current = current_manifest(self._store)
            is_current = current is not None and current.run_id == run_id
            run = current.artifacts if current and is_current else read_run(self._store, run_id)
            self._runs[run_id] = run
            if len(self._runs) > _MAX_RUNS:
                self._runs.popitem(last=False)
        if name not in run:
            raise MissingError(f"there is no {name} of {run_id}")
        return run[name]

    def verify(self, entry: ArtifactEntry) -> None:
        """Raise DamagedArtifactError when the artifact is not what was published; MissingError when
        it is gone.
        """
        try:
            if self._is_intact(entry):
                return
        except (MissingError, ForeignObjectError):
            self._record_damage(entry)
            raise
        self._record_damage(entry)
        raise DamagedArtifactError(f"{entry.key} is damaged; it is being computed anew")

    def verify_artifact(self, run_id: str, name: str) -> None:
        """Verify a run's artifact of that name, likewise."""
        self.verify(self.entry(run_id, name))

    def _is_intact(self, entry: ArtifactEntry) -> bool:
        if self._store.size(entry.key) != entry.bytes:
            return False
        if entry.key not in self._verified:
            if not _has_digest(self._store, entry):
                return False
            if len(self._verified) >= _MAX_VERIFIED:
                self._verified.clear()
            self._verified.add(entry.key)
        return True

    def _record_damage(self, entry: ArtifactEntry) -> None:
        """Make `is_complete` false for the current run, if the artifact is of that run."""
        self._verified.discard(entry.key)
        manifest = current_manifest(self._store)
        if manifest is not None and entry in manifest.artifacts.values():
            self._last_check = manifest.run_id, time.monotonic(), False
