"""One recipe's row of `recipe-similar`."""

from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.rows import RowIndex
from cocktailspace.artifacts.store import ArtifactStore, StoreError

_NAME = ArtifactName.RECIPE_SIMILAR


class SimilarRows:
    """Reads rows through the runs' indexes; caches the index of the run that was read last."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._cached: tuple[str, RowIndex] | None = None

    def find(self, run_id: str, recipe_id: int) -> bytes | None:
        """The row as JSON; None when the run has none. MissingError when the run is gone."""
        key = artifact_key(run_id, _NAME)
        try:
            return self._index(run_id).row(self._store, key, recipe_id)
        except (StoreError, ValueError):  # an older program has published none, or it is damaged
            with self._store.open(key) as file:
                self._cached = run_id, RowIndex.of(file)
        return self._cached[1].row(self._store, key, recipe_id)

    def _index(self, run_id: str) -> RowIndex:
        cached = self._cached
        if cached is None or cached[0] != run_id:
            cached = self._cached = run_id, RowIndex.read(self._store, run_id, _NAME)
        return cached[1]
