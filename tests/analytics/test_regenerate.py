import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.analytics.projection import project
from cocktailspace.analytics.regenerate import regenerate_analytics
from cocktailspace.analytics.space import space_of
from cocktailspace.analytics.transport import nearest_rows
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

FOREST = (
    Ingredient(1, "Spirit", None, False),
    Ingredient(2, "Gin", 1, False),
    Ingredient(3, "Rum", 1, False),
    Ingredient(4, "Lime", None, False),
    Ingredient(5, "Lemon", None, True),
)
SOUR = ((2, 60.0), (4, 30.0))


@dataclass(frozen=True)
class Computed:
    """Every artifact's data by name, with the rows that are made one by one as lists."""

    data: dict[ArtifactName, Any]
    counts: dict[str, int]


def _compute(*volumes: tuple[tuple[int, float], ...], forest: Any = FOREST) -> Computed:
    recipes = tuple(Recipe(10 * i + 10, f"R{i}", lines) for i, lines in enumerate(volumes))
    return _with_rows(Snapshot("cat", 1, forest, recipes), {})


def _with_rows(snapshot: Snapshot, previous: Any) -> Computed:
    analytics = regenerate_analytics(snapshot, previous=previous, report=lambda *_: None)
    data = {
        name: list(rows) if isinstance(rows, Iterator) else rows
        for name, rows in analytics.artifacts
    }
    return Computed(data, analytics.counts)


CATALOGUES: dict[str, Any] = {
    "nothing at all": {"volumes": (), "forest": ()},
    "no recipe": {"volumes": ()},
    "one recipe": {"volumes": (SOUR,)},
    "two recipes": {"volumes": (SOUR, ((3, 60.0),))},
    "three recipes": {"volumes": (SOUR, ((3, 60.0),), ((4, 1.0),))},
    "duplicates": {"volumes": (SOUR,) * 20},
    "without ingredients": {"volumes": (SOUR, (), ((3, 60.0),))},
    "without volume": {"volumes": (SOUR, ((2, 0.0),), ((3, 60.0),))},
    "none has a volume": {"volumes": ((), ((2, 0.0),))},
    "one ingredient": {"volumes": (((1, 1.0),), ((1, 2.0),)), "forest": FOREST[:1]},
    "an ingredient twice": {"volumes": (((2, 30.0), (2, 30.0)), SOUR)},
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_catalogue_gives_every_artifact(name: str) -> None:
    case = CATALOGUES[name]
    analytics = _compute(*case["volumes"], forest=case.get("forest", FOREST))
    assert set(analytics.data) == set(ArtifactName)
    with_volume = sum(sum(volume for _, volume in lines) > 0 for lines in case["volumes"])
    assert analytics.counts["recipes_in_space"] == with_volume
    assert analytics.counts["recipes_left_out"] == len(case["volumes"]) - with_volume
    for space in (ArtifactName.COCKTAIL_SPACE, ArtifactName.COCKTAIL_SPACE_EM):
        places = [(row["x"], row["y"]) for row in analytics.data[space]]
        assert len(places) == with_volume
        assert all(math.isfinite(x) and math.isfinite(y) for x, y in places)


def test_similar_recipes_say_what_becomes_what() -> None:
    gin_sour, rum_sour, daiquiri_like = SOUR, ((3, 60.0), (4, 30.0)), ((3, 60.0), (5, 30.0))
    rows = _compute(gin_sour, rum_sour, daiquiri_like).data[ArtifactName.RECIPE_SIMILAR]
    nearest = rows[0]["similar"][0]
    assert nearest["name"] == "R1"
    assert nearest["flows"] == [
        {"from": "Gin", "to": "Rum", "fraction": pytest.approx(2 / 3, abs=1e-4)}
    ]
    assert nearest["unchanged"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_recipe_is_not_similar_to_itself_but_to_its_duplicate() -> None:
    rows = _compute(SOUR, SOUR, ((3, 1.0),)).data[ArtifactName.RECIPE_SIMILAR]
    assert [each["recipe_id"] for each in rows[0]["similar"]] == [20, 30]
    assert rows[0]["similar"][0] == {
        "recipe_id": 20,
        "name": "R1",
        "distance": 0.0,
        "flows": [],
        "unchanged": 1.0,
    }


def test_the_map_lists_ingredients_the_largest_first() -> None:
    rows = _compute(((4, 30.0), (2, 60.0))).data[ArtifactName.COCKTAIL_SPACE]
    assert [each["name"] for each in rows[0]["ingredients"]] == ["Gin", "Lime"]


def test_the_same_catalogue_gives_the_same_result() -> None:
    rng = np.random.default_rng(1)
    volumes = [
        tuple(
            (int(i), float(v))
            for i, v in zip(rng.choice(4, 2, replace=False) + 1, rng.random(2), strict=True)
        )
        for _ in range(60)
    ]
    assert _compute(*volumes).data == _compute(*volumes).data


def test_the_map_is_drawn_with_the_parameters_of_the_manifest() -> None:
    rng = np.random.default_rng(3)
    volumes = [((int(rng.integers(2, 6)), 1.0), (4, float(rng.random()))) for _ in range(60)]
    recipes = tuple(Recipe(i, f"R{i}", lines) for i, lines in enumerate(volumes))
    snapshot = Snapshot("cat", 1, FOREST, recipes)
    fractions = space_of(snapshot).fractions
    near = nearest_rows(fractions, PARAMETERS["map_n_neighbors"] - 1)
    places = project(near, features=fractions, seed=PARAMETERS["map_seed"])
    drawn = _with_rows(snapshot, {}).data[ArtifactName.COCKTAIL_SPACE]
    assert [[row["x"], row["y"]] for row in drawn] == places.round(4).tolist()
    other = project(near, features=fractions, seed=PARAMETERS["map_seed"] + 1)
    assert (other.round(4) != places.round(4)).any()


def test_recipes_keep_their_places_when_another_comes() -> None:
    rng = np.random.default_rng(2)
    volumes = [((int(rng.integers(2, 6)), 1.0), (4, float(rng.random()))) for _ in range(60)]
    name = ArtifactName.COCKTAIL_SPACE
    before = _compute(*volumes).data[name]
    places = {row["recipe_id"]: (row["x"], row["y"]) for row in before}
    recipes = tuple(Recipe(10 * i + 10, "R", lines) for i, lines in enumerate([*volumes, SOUR]))
    after = _with_rows(Snapshot("cat", 2, FOREST, recipes), {name: places}).data[name]
    moves = [math.dist((row["x"], row["y"]), places[row["recipe_id"]]) for row in after[:-1]]
    spread = np.std([(row["x"], row["y"]) for row in before])
    assert np.mean(moves) < 0.3 * spread
