"""Whether what is published is all there, looked at now and then."""

import time

from cocktailspace.artifacts.manifest import Manifest, is_whole
from cocktailspace.artifacts.store import ArtifactStore, StoreError

_SECONDS_BETWEEN_LOOKS = 60.0


class Inspection:
    """Remembers what it saw of the current run: a listing is cheap, but not for every question."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._seen: tuple[str, float, bool] | None = None

    def __call__(self, manifest: Manifest) -> bool:
        """Whether the run is whole; one of a store that does not answer is taken to be."""
        now = time.monotonic()
        if self._seen is not None:
            run_id, looked_at, whole = self._seen
            if run_id == manifest.run_id and now - looked_at < _SECONDS_BETWEEN_LOOKS:
                return whole
        try:
            whole = is_whole(self._store, manifest)
        except StoreError:
            return True
        self._seen = manifest.run_id, now, whole
        return whole
