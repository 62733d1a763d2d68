"""One row of an artifact is read by its index, without the rest of the artifact."""

import json
import random
from io import BytesIO
from pathlib import Path

import pytest

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.rows import IndexedRows, RowIndex, index_key
from cocktailspace.artifacts.store import MissingError
from tests.conftest import encoded

NAME = ArtifactName.RECIPE_SIMILAR


class CountingStore(FolderStore):
    """Knows how much of it was read."""

    read_bytes = 0

    def read_part(self, key: str, start: int, length: int) -> bytes:
        part = super().read_part(key, start, length)
        self.read_bytes += len(part)
        return part


def _publish(
    store: FolderStore, run_id: str, sizes: dict[int, int], *, index: bool = True
) -> dict[int, bytes]:
    """Rows of these sizes, by id."""
    rows = [
        {"recipe_id": each, "name": f'{{"recipe_id":{each + 1},', "similar": ["é\n" * size]}
        for each, size in sizes.items()
    ]
    body = encoded(NAME, rows)
    store.write(artifact_key(run_id, NAME), body)
    if index:
        store.write(index_key(run_id, NAME), RowIndex.of(BytesIO(body)).as_json())
    lines = [line.removesuffix(b",") for line in body.split(b"\n")[1 : len(sizes) + 1]]
    return dict(zip(sizes, lines, strict=True))


@pytest.mark.parametrize("index", [True, False])
def test_every_row_is_found_and_no_other(tmp_path: Path, index: bool) -> None:
    rng = random.Random(1)
    ids = sorted(rng.sample(range(1, 5_000), 60))
    store = FolderStore(tmp_path)
    rows = _publish(
        store, "run", {each: rng.choice([0, 10, 300, 4_000]) for each in ids}, index=index
    )
    finder = IndexedRows(store, NAME)
    asked = [*ids, *rng.sample(range(1, 6_000), 60), 1, 2**63 - 1]
    for each in asked:
        assert finder.find("run", each) == rows.get(each)
    for each, row in rows.items():
        assert json.loads(row)["recipe_id"] == each


def test_an_artifact_without_rows_has_none(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    _publish(store, "run", {})
    assert IndexedRows(store, NAME).find("run", 1) is None


def test_a_run_that_is_gone_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        IndexedRows(FolderStore(tmp_path), NAME).find("run", 1)


def test_another_run_has_another_index(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    first, second = (_publish(store, run, {1: size, 5: 9}) for run, size in (("a", 1), ("b", 2)))
    finder = IndexedRows(store, NAME)
    assert [finder.find(run, 1) for run in "aba"] == [first[1], second[1], first[1]]


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"{}",
        b'{"ids":[1,5],"offsets":[]}',
        b'{"ids":[1,5],"offsets":[3,9,12]}',
        b'{"ids":[1,5],"offsets":[999999,1000000,1000001]}',
        b'{"ids":[1,99999999999999999999],"offsets":[0,1,2]}',
    ],
)
def test_a_damaged_index_is_worked_out_anew(tmp_path: Path, index: bytes) -> None:
    store = FolderStore(tmp_path)
    rows = _publish(store, "run", {1: 10, 5: 10})
    store.write(index_key("run", NAME), index)
    assert IndexedRows(store, NAME).find("run", 5) == rows[5]


def test_one_row_is_all_that_is_read_of_a_large_artifact(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    rows = _publish(store, "run", dict.fromkeys(range(1, 10_001), 200))
    row = IndexedRows(store, NAME).find("run", 7_123)
    assert row == rows[7_123]
    assert store.read_bytes <= len(row) + 2
