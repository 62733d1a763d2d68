"""Whether what lies in the store is what was published."""

import time
from collections import OrderedDict

from cocktailspace.artifacts.manifest import (
    ArtifactEntry,
    Manifest,
    is_complete,
    read_published,
    read_run,
)
from cocktailspace.artifacts.store import (
    ArtifactStore,
    ForeignObjectError,
    MissingError,
    StoreError,
)

_SECONDS_BETWEEN_LOOKS = 60.0
_RUNS_KEPT = 64
_DIGESTS_KEPT = 1_000


class DamagedResultError(StoreError):
    """An artifact is another than was published."""


class Inspection:
    """Looks at artifacts before they are used, and at the current run now and then.

    An artifact's size is compared each time, its digest once: what was found whole is remembered,
    and so is what was not, so that it is computed anew.
    """

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._seen: tuple[str, float, bool] | None = None
        self._runs: OrderedDict[str, dict[str, ArtifactEntry]] = OrderedDict()
        self._whole: set[str] = set()

    def __call__(self, manifest: Manifest) -> bool:
        """Whether the run is whole; one of a store that does not answer is taken to be.

        Digests are compared for what is read; here, only sizes.
        """
        now = time.monotonic()
        if self._seen is not None:
            run_id, looked_at, whole = self._seen
            if run_id == manifest.run_id and now - looked_at < _SECONDS_BETWEEN_LOOKS:
                return whole
        try:
            whole = is_complete(self._store, manifest)
        except StoreError:
            return True
        self._seen = manifest.run_id, now, whole
        return whole

    def entry(self, run_id: str, name: str) -> ArtifactEntry:
        """What was published under a name by a run; MissingError when nothing was."""
        if (run := self._runs.get(run_id)) is None:
            published = read_published(self._store)
            manifest = published.manifest if published else None
            current = manifest if manifest and manifest.run_id == run_id else None
            run = current.artifacts if current else read_run(self._store, run_id)
            self._runs[run_id] = run
            if len(self._runs) > _RUNS_KEPT:
                self._runs.popitem(last=False)
        if name not in run:
            raise MissingError(f"there is no {name} of {run_id}")
        return run[name]

    def check(self, entry: ArtifactEntry) -> None:
        """Raise DamagedResultError when the artifact is not what was published; MissingError when
        it is gone.
        """
        try:
            if self._is_whole(entry):
                return
        except (MissingError, ForeignObjectError):
            self._note_damage(entry)
            raise
        self._note_damage(entry)
        raise DamagedResultError(f"{entry.key} is damaged; it is being computed anew")

    def _is_whole(self, entry: ArtifactEntry) -> bool:
        if self._store.size(entry.key) != entry.bytes:
            return False
        if entry.key not in self._whole:
            if self._store.sha256(entry.key) != entry.sha256:
                return False
            if len(self._whole) >= _DIGESTS_KEPT:
                self._whole.clear()
            self._whole.add(entry.key)
        return True

    def _note_damage(self, entry: ArtifactEntry) -> None:
        """Have the next look at the current run know of it, if it is of that run."""
        self._whole.discard(entry.key)
        published = read_published(self._store)
        manifest = published.manifest if published else None
        if manifest is not None and entry in manifest.artifacts.values():
            self._seen = manifest.run_id, time.monotonic(), False
