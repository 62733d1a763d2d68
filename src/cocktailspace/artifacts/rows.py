"""An artifact's rows, which stand on lines of their own: all of them in turn, or one by its id."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.store import ArtifactStore, StoreError

INDEXED = (ArtifactName.RECIPE_SIMILAR,)
"""Artifacts with an index beside them: at 100,000 recipes, hundreds of megabytes."""


def rows_of(body: bytes) -> Iterator[Any]:
    """The rows of an artifact, one after another: they stand on lines of their own, and parsing a
    whole map of 100,000 recipes at once would take hundreds of megabytes.

    Raises ValueError, KeyError or TypeError for what is no artifact.
    """
    lines = body.split(b"\n")
    if lines[0] != b'{"data":[':
        yield from from_json(body)["data"]
        return
    for line in lines[1:]:
        if line.startswith(b"]"):
            return
        yield from_json(line.removesuffix(b","))


def metadata_of(body: bytes) -> dict[str, Any]:
    """An artifact's metadata, which stand at its end. Raises ValueError for what is no artifact."""
    metadata: dict[str, Any] = from_json(b"{" + body[body.rindex(b'"metadata":') :])["metadata"]
    return metadata


@dataclass(frozen=True, slots=True)
class RowIndex:
    """Where the rows of an artifact are. Each begins with its id, and ids ascend.

    offsets: of each row's first byte, and of the first byte after the last row.
    """

    ids: "array[int]"
    offsets: "array[int]"

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> "RowIndex":
        """Index of an artifact, which is read once. Raises ValueError for one without such rows."""
        ids, offsets, position = array("q"), array("q"), 0
        for number, line in enumerate(lines):
            if number > 0:
                offsets.append(position)
                if line.startswith(b"]"):
                    break
                ids.append(_id_of(line))
            position += len(line)
        return cls(ids, offsets)

    @classmethod
    def read(cls, store: ArtifactStore, run_id: str, name: ArtifactName) -> "RowIndex":
        """The one published with a run. Raises ValueError for a damaged one."""
        try:
            found = from_json(store.read(index_key(run_id, name)).body)
            return cls(array("q", found["ids"]), array("q", found["offsets"]))
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("this is no index") from error

    def as_json(self) -> bytes:
        """The index as it is published."""
        return to_json({"ids": self.ids.tolist(), "offsets": self.offsets.tolist()})

    def row(self, store: ArtifactStore, key: str, row_id: int) -> bytes | None:
        """One row, read from the artifact under `key`; None when there is none.

        Raises ValueError for an index that is not this artifact's.
        """
        place = bisect_left(self.ids, row_id)
        if place == len(self.ids) or self.ids[place] != row_id:
            return None
        start, end, *_ = self.offsets[place : place + 2]
        row = store.read_part(key, start, end - start).rstrip(b",\n")
        if _id_of(row) != row_id:
            raise ValueError(f"byte {start} of {key} does not begin row {row_id}")
        return row


def _id_of(row: bytes) -> int:
    return int(row[row.index(b":") + 1 : row.index(b",")])


class IndexedRows:
    """Reads single rows of runs' artifacts; caches the index of the run that was read last."""

    def __init__(self, store: ArtifactStore, name: ArtifactName) -> None:
        self._store = store
        self._name = name
        self._cached: tuple[str, RowIndex] | None = None

    def find(self, run_id: str, row_id: int) -> bytes | None:
        """The row as JSON; None when the run has none. MissingError when the run is gone."""
        key = artifact_key(run_id, self._name)
        try:
            return self._index(run_id).row(self._store, key, row_id)
        except (StoreError, ValueError):  # an older program has published none, or it is damaged
            with self._store.open(key) as file:
                index = RowIndex.of(file)
        self._cached = run_id, index
        return index.row(self._store, key, row_id)

    def _index(self, run_id: str) -> RowIndex:
        cached = self._cached
        if cached is None or cached[0] != run_id:
            cached = self._cached = run_id, RowIndex.read(self._store, run_id, self._name)
        return cached[1]


def index_key(run_id: str, name: str) -> str:
    """Where the index of a run's artifact is kept."""
    return artifact_key(run_id, f"{name}.index")
