"""What is read back of a run says exactly what the job said."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.catalogues import snapshot_of, starter_document

from benchmarks import shapes
from cocktailspace.analytics.parameters import MAPS, SIMILAR
from cocktailspace.analytics.published import (
    PublishedRun,
    TaxonomyEntry,
    extent_of,
    provisional_place,
    read_other_places,
)
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.store import MissingError
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.snapshot import Ingredient, Snapshot
from tests.analytics.computing import FOREST, SOUR, Computed, compute, computed_once, snapshot_with
from tests.conftest import encoded

CATALOGUES: dict[str, Snapshot] = {
    "starter": snapshot_of(starter_document()),
    "all the same": shapes.same(15),
    "one": snapshot_with(SOUR),
    "none": snapshot_with(),
    **{name: shapes.shaped(parent, 50, 70) for name, parent in shapes.FORESTS.items()},
}


def published(snapshot: Snapshot, folder: Path) -> tuple[PublishedRun, Computed]:
    store, computed = FolderStore(folder), computed_once(snapshot)
    for name, rows in computed.data.items():
        store.write(artifact_key("run", name), encoded(name, rows))
    return PublishedRun(store, "run"), computed


def _check(run: PublishedRun, computed: Computed, every: int = 1) -> None:
    """A recipe that is placed as a draft has the neighbours, and the words, of the artifact."""
    for row in computed.data[ArtifactName.RECIPE_SIMILAR][::every]:
        lines = run.lines(run.row_of(row["recipe_id"]))
        near, gaps = run.nearest(lines, run.kinds, SIMILAR, without=row["recipe_id"])
        assert [(int(run.ids[each]), run.names[each]) for each in near] == [
            (each["recipe_id"], each["name"]) for each in row["similar"]
        ]
        assert np.round(gaps, 6).tolist() == [each["distance"] for each in row["similar"]]
        differences = run.differences(lines, [run.lines(each) for each in near], run.kinds)
        for said, difference in zip(row["similar"], differences, strict=True):
            assert {key: said[key] for key in difference} == difference


@pytest.mark.parametrize("name", CATALOGUES)
def test_each_recipe_has_the_neighbours_and_words_of_the_artifact(
    name: str, tmp_path: Path
) -> None:
    _check(*published(CATALOGUES[name], tmp_path))


@pytest.mark.slow
def test_real_recipes_have_them_too(real_catalogue: bytes, tmp_path: Path) -> None:
    _check(*published(snapshot_of(json.loads(real_catalogue)), tmp_path), every=4)


def test_places_names_and_amounts_are_those_of_the_artifacts(tmp_path: Path) -> None:
    run, computed = published(CATALOGUES["starter"], tmp_path)
    other = read_other_places(FolderStore(tmp_path), "run")[run.order]
    for name, places in zip(MAPS, (run.places, other), strict=True):
        rows: list[dict[str, Any]] = computed.data[name]
        for row in rows:
            at = run.row_of(row["recipe_id"])
            assert run.names[at] == row["name"]
            assert places[at].tolist() == [row["x"], row["y"]]
            assert sorted(run.lines(at)) == sorted(
                (line["ingredient_id"], line["volume_ml"])
                for line in row["ingredients"]
                if line["volume_ml"] > 0
            )
        xs, ys = ([row[axis] for row in rows] for axis in "xy")
        assert extent_of(places) == max(max(xs) - min(xs), max(ys) - min(ys))


def test_an_ingredient_that_no_recipe_has_costs_its_way_up(tmp_path: Path) -> None:
    """As if the job had computed the draft with the rest."""
    run, _ = published(CATALOGUES["starter"], tmp_path)
    gin = next(each for each, kind in run.kinds.items() if kind.name == "London Dry Gin")
    other = max(run.kinds) + 1
    kinds = {**run.kinds, other: TaxonomyEntry("Monkey 47", run.kinds[gin].parent_id, False)}
    snapshot = CATALOGUES["starter"]
    lines = ((other, 60.0), *snapshot.recipes[0].volumes_ml[1:])
    ingredients = (
        *snapshot.ingredients,
        Ingredient(other, "Monkey 47", kinds[gin].parent_id, False),
    )
    draft = type(snapshot.recipes[0])(9_999, "Draft", lines)
    wider = Snapshot("cat", 2, ingredients, (*snapshot.recipes, draft))
    rows = compute(wider).data[ArtifactName.RECIPE_SIMILAR]
    said = next(row for row in rows if row["recipe_id"] == draft.id)["similar"]
    near, gaps = run.nearest(lines, kinds, SIMILAR)
    assert [run.names[each] for each in near] == [each["name"] for each in said]
    assert np.round(gaps, 6).tolist() == [each["distance"] for each in said]
    found = run.differences(lines, [run.lines(each) for each in near], kinds)
    assert [each["likeness"] for each in found] == [each["likeness"] for each in said]


def test_a_tie_is_broken_by_name_and_no_more_is_listed_than_there_is(tmp_path: Path) -> None:
    run, _ = published(snapshot_with(SOUR, SOUR, ((3, 9.0),)), tmp_path)
    near, _ = run.nearest(SOUR, run.kinds, 9)
    assert [run.names[each] for each in near] == ["R0", "R1", "R2"]
    near, _ = run.nearest(SOUR, run.kinds, 9, without=10)
    assert [run.names[each] for each in near] == ["R1", "R2"]


def test_a_recipe_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    run, _ = published(snapshot_with(SOUR, ((2, 0.0),)), tmp_path)
    with pytest.raises(NotFoundError, match="recipe 20 is not in the published analytics"):
        run.row_of(20)
    with pytest.raises(MissingError):
        PublishedRun(FolderStore(tmp_path), "gone")


def test_ingredients_are_read_with_their_kin_and_whether_recipes_count_them(
    tmp_path: Path,
) -> None:
    snapshot = replace(snapshot_with(SOUR), counted_in_pieces=frozenset({3}))
    run, _ = published(snapshot, tmp_path)
    assert run.kinds == {
        each.id: TaxonomyEntry(each.name, each.parent_id, each.allow_substitution, each.id == 3)
        for each in FOREST
    }


def test_a_place_is_amid_the_nearest_ones_region() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 100.0]])
    x, y = provisional_place(places, np.array([0.5, 0.5, 0.5]), extent=100)
    assert (x, y) == pytest.approx((0.5, 0.0))


def test_nearer_neighbours_pull_more() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0]])
    x, _ = provisional_place(places, np.array([0.0, 1.0]), extent=100)
    assert 0 < x < 0.1
