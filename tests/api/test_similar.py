"""A row is found by opening the artifact here and there, wherever it lies, however long it is."""

import json
import random
from pathlib import Path

import pytest

from cocktailspace.api import similar
from cocktailspace.api.similar import SimilarRows
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import artifact_key
from cocktailspace.artifacts.store import MissingError, Part
from tests.conftest import encoded


class CountingStore(FolderStore):
    """Knows how much was read."""

    parts = 0
    read_bytes = 0

    def read_part(self, key: str, start: int, length: int) -> Part:
        part = super().read_part(key, start, length)
        self.parts += 1
        self.read_bytes += len(part.body)
        return part


def _publish(store: FolderStore, run_id: str, ids: list[int], sizes: list[int]) -> dict[int, bytes]:
    rows = [
        {"recipe_id": each, "name": f'{{"recipe_id":{each + 1},', "similar": ["é" * size]}
        for each, size in zip(ids, sizes, strict=True)
    ]
    body = encoded("recipe-similar", rows)
    store.write(artifact_key(run_id, "recipe-similar"), body)
    lines = [line.removesuffix(b",") for line in body.split(b"\n")[1 : len(ids) + 1]]
    return dict(zip(ids, lines, strict=True))


@pytest.mark.parametrize("block", [64, 500, 1 << 16])
@pytest.mark.parametrize("seed", range(4))
def test_every_row_is_found_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, seed: int
) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(similar, "BLOCK_BYTES", block)
    monkeypatch.setattr(similar, "MARKS_KEPT", rng.choice([3, 10_000]))
    ids = sorted(rng.sample(range(1, rng.choice([70, 5_000])), 60))
    sizes = [rng.choice([0, 10, 300, 4_000]) for _ in ids]
    store = FolderStore(tmp_path)
    rows = _publish(store, "run", ids, sizes)
    finder = SimilarRows(store)
    asked = [*ids, *rng.sample(range(1, 6_000), 60), 1, 10**12]
    rng.shuffle(asked)
    for each in asked:
        assert finder.find("run", each) == rows.get(each)
    for each, row in rows.items():
        assert json.loads(row)["recipe_id"] == each


def test_an_artifact_without_rows_has_none(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    _publish(store, "run", [], [])
    assert SimilarRows(store).find("run", 1) is None


def test_a_run_that_is_gone_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        SimilarRows(FolderStore(tmp_path)).find("run", 1)


def test_another_run_is_another_artifact(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    first, second = (_publish(store, run, [1, 5], [size, 9]) for run, size in (("a", 1), ("b", 2)))
    finder = SimilarRows(store)
    assert [finder.find(run, 1) for run in "aba"] == [first[1], second[1], first[1]]


def test_little_of_a_large_artifact_is_read(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    ids = list(range(1, 40_001))
    rows = _publish(store, "run", ids, [200] * len(ids))  # 17 MB
    finder = SimilarRows(store)
    assert finder.find("run", 31_234) == rows[31_234]
    assert store.parts <= 6
    assert store.read_bytes < 300_000
