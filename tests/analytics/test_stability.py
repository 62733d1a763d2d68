"""An edit changes the ten nearest of those alone that held the recipe, or hold it now."""

import json

import numpy as np
import pytest
from benchmarks.catalogues import snapshot_of, starter_document
from benchmarks.stability import edited, holders, mean_share, nearest, others_changed

from cocktailspace.catalogue.snapshot import Snapshot


def _check(snapshot: Snapshot, edits: int) -> None:
    random = np.random.default_rng(2)
    before = nearest(snapshot)
    for _ in range(edits):
        later, edited_id = edited(snapshot, random)
        after = nearest(later)
        changed = others_changed(before, after, edited_id)
        held, holding = holders(before, edited_id), holders(after, edited_id)
        assert changed <= held | holding
        assert changed >= (held ^ holding) - {edited_id}
        for each in before.keys() - held - holding - {edited_id}:
            assert after[each] == before[each]  # distances, too


def test_an_edit_of_the_starter_changes_only_the_lists_that_hold_the_recipe() -> None:
    _check(snapshot_of(starter_document()), edits=60)


@pytest.mark.slow
def test_an_edit_of_the_real_catalogue_does_likewise(real_catalogue: bytes) -> None:
    _check(snapshot_of(json.loads(real_catalogue)), edits=20)


@pytest.mark.slow
def test_few_lists_of_the_real_catalogue_change(real_catalogue: bytes) -> None:
    """500 edits are counted by `python -m benchmarks stability`."""
    assert mean_share(snapshot_of(json.loads(real_catalogue)), edits=30) < 0.02
