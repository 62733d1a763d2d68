"""One recipe's row of `recipe-similar`, cut out of the artifact without parsing it: at 100,000
recipes it is hundreds of megabytes of JSON, which as Python objects would be ten times that.
"""

import re
import threading
from typing import Any

from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.store import ArtifactStore

_ROW = re.compile(rb'^\{"recipe_id":(\d+),.*\}(?=,?$)', re.MULTILINE)


class SimilarRows:
    """Rows of the run that was asked for last."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._run_id = ""
        self._body = b""
        self._spans: dict[int, tuple[int, int]] = {}

    def find(self, run_id: str, recipe_id: int) -> bytes | None:
        """The row as JSON; None when the run has none. MissingError when the run is gone."""
        with self._lock:
            if run_id != self._run_id:
                self._open(run_id)
            span = self._spans.get(recipe_id)
            return None if span is None else self._body[span[0] : span[1]]

    def _open(self, run_id: str) -> None:
        body = self._store.read(artifact_key(run_id, ArtifactName.RECIPE_SIMILAR)).body
        found: Any = _ROW.finditer(body)
        self._spans = {int(row[1]): row.span() for row in found}
        self._body, self._run_id = body, run_id
