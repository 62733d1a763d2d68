"""The whole computation: every artifact of every catalogue, whatever its shape or order."""

import json
import math
import random
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.catalogues import snapshot_of, starter_document

from benchmarks import shapes
from cocktailspace.analytics.parameters import MAPS, PARAMETERS, SIMILAR
from cocktailspace.analytics.projection import project
from cocktailspace.analytics.regenerate import regenerate_analytics
from cocktailspace.analytics.space import masses_of, space_of
from cocktailspace.analytics.transport import neighbours
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Recipe, Snapshot
from tests.analytics.computing import (
    FOREST,
    SOUR,
    Computed,
    by_name,
    compute,
    computed_once,
    snapshot_with,
)

CATALOGUES: dict[str, Snapshot] = {
    "nothing at all": snapshot_with(forest=()),
    "no recipe": snapshot_with(),
    "one recipe": snapshot_with(SOUR),
    "two recipes": snapshot_with(SOUR, ((3, 60.0),)),
    "three recipes": snapshot_with(SOUR, ((3, 60.0),), ((4, 1.0),)),
    "duplicates": snapshot_with(*(SOUR,) * 20),
    "without ingredients": snapshot_with(SOUR, (), ((3, 60.0),)),
    "without volume": snapshot_with(SOUR, ((2, 0.0),), ((3, 60.0),)),
    "none has a volume": snapshot_with((), ((2, 0.0),)),
    "one ingredient": snapshot_with(((1, 1.0),), ((1, 2.0),), forest=FOREST[:1]),
    "an ingredient twice": snapshot_with(((2, 30.0), (2, 30.0)), SOUR),
    "a drop and a tanker": snapshot_with(((2, 1e9), (4, 1e-3)), SOUR, ((3, 1e9),), ((4, 1e-3),)),
    "all distinct": shapes.distinct(90),
    "all the same": shapes.same(90),
    **{name: shapes.shaped(parent, 90, 130) for name, parent in shapes.FORESTS.items()},
    "a chain of 64": shapes.shaped(shapes.FORESTS["chains"], 90, shapes.DEEP),
    "a chain of 130": shapes.shaped(lambda number: number - 1, 90, 130),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_catalogue_gives_every_artifact(name: str) -> None:
    snapshot = CATALOGUES[name]
    computed = computed_once(snapshot)
    assert set(computed.data) == set(ArtifactName)
    with_volume = [
        each for each in snapshot.recipes if sum(volume for _, volume in each.volumes_ml) > 0
    ]
    assert computed.counts["recipes_in_space"] == len(with_volume)
    assert computed.counts["recipes_left_out"] == len(snapshot.recipes) - len(with_volume)
    for space in MAPS:
        assert [row["recipe_id"] for row in computed.data[space]] == [r.id for r in with_volume]
        assert all(
            math.isfinite(row["x"]) and math.isfinite(row["y"]) for row in computed.data[space]
        )
    for row in computed.data[ArtifactName.RECIPE_SIMILAR]:
        assert len(row["similar"]) == min(SIMILAR, len(with_volume) - 1)
        assert all(0 <= each["likeness"] <= 100 for each in row["similar"])


@pytest.mark.parametrize("name", CATALOGUES)
def test_few_and_many_recipes_are_searched_alike(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = CATALOGUES[name]
    few = computed_once(snapshot).data
    monkeypatch.setattr(neighbours, "FEW", 0)
    assert compute(snapshot).data == few


def test_among_strangers_nothing_is_near() -> None:
    for row in compute(shapes.distinct(30)).data[ArtifactName.RECIPE_SIMILAR]:
        assert [each["near"] for each in row["similar"]] == [False] * SIMILAR
        assert {each["distance"] for each in row["similar"]} == {2.0}
        assert {each["likeness"] for each in row["similar"]} == {0}


def test_a_recipe_is_not_similar_to_itself_but_to_its_duplicate() -> None:
    computed = compute(snapshot_with(SOUR, SOUR, ((3, 1.0),)))
    similar = computed.data[ArtifactName.RECIPE_SIMILAR][0]["similar"]
    assert [each["recipe_id"] for each in similar] == [20, 30]
    assert similar[0] == {
        "recipe_id": 20,
        "name": "R1",
        "distance": 0.0,
        "likeness": 100,
        "near": True,
        "changes": {},
    }


def test_the_map_lists_ingredients_the_largest_first() -> None:
    rows = compute(snapshot_with(((4, 30.0), (2, 60.0)))).data[ArtifactName.COCKTAIL_SPACE]
    assert [each["name"] for each in rows[0]["ingredients"]] == ["Gin", "Lime"]


@pytest.fixture(params=["starter", pytest.param("real", marks=pytest.mark.slow)])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The starter catalogue and, where it is at hand, the real one."""
    if request.param == "starter":
        return starter_document()
    return json.loads(request.getfixturevalue("real_catalogue"))  # type: ignore[no-any-return]


def _shuffled(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same catalogue in another order: of ingredients, of recipes, of each one's lines."""
    rng = random.Random(seed)

    def mixed(rows: list[Any]) -> list[Any]:
        return rng.sample(rows, len(rows))

    recipes = [{**each, "ingredients": mixed(each["ingredients"])} for each in document["recipes"]]
    return {
        **document,
        "ingredients": mixed(document["ingredients"]),
        "recipes": mixed(recipes),
    }


def test_neither_order_nor_ids_of_an_import_matter(document: dict[str, Any]) -> None:
    there, other = snapshot_of(document), snapshot_of(_shuffled(document, seed=7))
    assert [each.name for each in there.ingredients] != [each.name for each in other.ingredients]
    expected, found = by_name(there, computed_once(there).data), by_name(other, compute(other).data)
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_many_recipes_of_one_name_are_told_apart_by_content() -> None:
    """So that ties between them fall out alike, whatever their ids."""
    recipes = [("Sour", SOUR), ("Sour", ((3, 60.0), (4, 30.0))), ("Fizz", ((2, 60.0), (5, 30.0)))]

    def made(order: list[int]) -> Any:
        snapshot = snapshot_with()
        rows = tuple(Recipe(number, *recipes[each]) for number, each in enumerate(order, 1))
        snapshot = replace(snapshot, recipes=rows)
        return by_name(snapshot, compute(snapshot).data)

    assert made([0, 1, 2]) == made([1, 2, 0]) == made([2, 1, 0])


def test_no_warning_is_heard_and_the_same_catalogue_gives_the_same_result() -> None:
    snapshot = snapshot_of(starter_document())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compute(snapshot).data == compute(snapshot).data


def test_an_unchanged_catalogue_leaves_every_point_where_it_was(document: dict[str, Any]) -> None:
    snapshot = snapshot_of(document)
    before = computed_once(snapshot)
    again = before
    for _ in range(3):
        again = compute(snapshot, again.maps())
    for name in MAPS:
        assert again.data[name] == before.data[name]


def test_a_change_that_moves_no_neighbour_moves_no_point() -> None:
    """Another name is another order of ties, but here there are none."""
    snapshot = snapshot_with(SOUR, ((3, 60.0), (4, 20.0)), ((2, 50.0), (5, 30.0)), ((5, 9.0),))
    before = compute(snapshot)
    renamed = replace(snapshot.recipes[0], name="Gin Sour")
    after = compute(replace(snapshot, recipes=(renamed, *snapshot.recipes[1:])), before.maps())
    for name in MAPS:
        places = [[(row["x"], row["y"]) for row in each.data[name]] for each in (before, after)]
        assert places[0] == places[1]


def _moves(before: Computed, after: Computed, name: ArtifactName) -> tuple[float, float]:
    """Mean move of the recipes that both have, and mean radius of the map."""
    places = {row["recipe_id"]: (row["x"], row["y"]) for row in before.data[name]}
    later = {row["recipe_id"]: (row["x"], row["y"]) for row in after.data[name]}
    was, now = (np.array([each[key] for key in places]) for each in (places, later))
    radius = np.linalg.norm(was - was.mean(axis=0), axis=1).mean()
    return float(np.linalg.norm(now - was, axis=1).mean()), float(radius)


def test_the_map_is_drawn_with_the_parameters_of_the_manifest() -> None:
    snapshot = shapes.shaped(shapes.FORESTS["families of families"], 60, 90)
    space = space_of(snapshot)
    subtrees = space.forest.subtree_masses(masses_of(space.volumes))
    near = nearest_rows(subtrees, PARAMETERS["map_n_neighbors"] - 1)
    by_id = space.in_order_of_id()
    places = project(near, features=subtrees, seed=PARAMETERS["map_seed"])[by_id].round(4)
    drawn = compute(snapshot).data[ArtifactName.COCKTAIL_SPACE_EM]
    assert [[row["x"], row["y"]] for row in drawn] == places.tolist()
    other = project(near, features=subtrees, seed=PARAMETERS["map_seed"] + 1)[by_id]
    assert (other.round(4) != places).any()


def test_recipes_keep_their_places_when_another_comes(document: dict[str, Any]) -> None:
    snapshot = snapshot_of(document)
    before = computed_once(snapshot)
    model = snapshot.recipes[5]
    lines = ((model.volumes_ml[0][0], 33.0), *model.volumes_ml[1:])
    new = Recipe(max(each.id for each in snapshot.recipes) + 1, "A New One", lines)
    after = compute(replace(snapshot, recipes=(*snapshot.recipes, new)), before.maps())
    for name in MAPS:
        move, radius = _moves(before, after, name)
        assert move < (0.2 if len(snapshot.recipes) > 1_000 else 0.5) * radius  # anew: above 1
        place = next(row for row in after.data[name] if row["recipe_id"] == new.id)
        old = next(row for row in after.data[name] if row["recipe_id"] == model.id)
        assert math.dist((place["x"], place["y"]), (old["x"], old["y"])) < radius / 2


def test_progress_is_told_and_every_step_timed() -> None:
    heard: list[tuple[str, float]] = []
    analytics = regenerate_analytics(
        snapshot_of(starter_document()), previous={}, report=lambda *told: heard.append(told)
    )
    for artifact in analytics.artifacts:
        assert artifact.name in set(ArtifactName)
    assert {name for name, _ in heard} <= set(analytics.seconds)
    assert all(0 <= done <= 1 for _, done in heard)
