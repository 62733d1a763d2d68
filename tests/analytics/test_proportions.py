"""Amounts count: triplets of recipes that differ in little else, told as a bartender would."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.catalogues import starter_document

from cocktailspace.analytics.comparing import Comparer
from cocktailspace.analytics.space import space_of
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

TRIPLETS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("proportions.json").read_text(encoding="utf-8")
)
EMPTY = np.zeros(0, dtype=np.int64)
KINDS: list[dict[str, Any]] = starter_document()["ingredients"]


@pytest.fixture(scope="module")
def distances() -> dict[str, tuple[float, float]]:
    """Of the first recipe of each triplet from the two others, over the starter's taxonomy."""
    names = {each["name"] for each in KINDS}
    strangers = sorted({i for t in TRIPLETS for part in "abc" for i in t[part]} - names)
    kinds = [*KINDS, *({"name": each, "parent": None} for each in strangers)]
    ids = {each["name"]: number for number, each in enumerate(kinds, 1)}
    ingredients = tuple(
        Ingredient(
            ids[each["name"]],
            each["name"],
            ids.get(each["parent"]),
            bool(each.get("allow_substitution")),
        )
        for each in kinds
    )
    recipes = tuple(
        Recipe(
            3 * number + place,
            f"{number:03} {part}",
            tuple((ids[name], float(ml)) for name, ml in triplet[part].items()),
        )
        for number, triplet in enumerate(TRIPLETS)
        for place, part in enumerate("abc")
    )
    space = space_of(Snapshot("proportions", 1, ingredients, recipes))
    comparer = Comparer([each.name for each in space.ingredients], space.forest, EMPTY)
    first, second, third = (space.volumes.take(range(at, len(recipes), 3)) for at in range(3))
    pairs = zip(
        comparer.differences(first, second), comparer.differences(first, third), strict=True
    )
    return {
        triplet["why"]: (near["distance"], far["distance"])
        for triplet, (near, far) in zip(TRIPLETS, pairs, strict=True)
    }


@pytest.mark.parametrize("why", [triplet["why"] for triplet in TRIPLETS])
def test_proportions_are_told_apart(distances: dict[str, tuple[float, float]], why: str) -> None:
    near, far = distances[why]
    assert 0 < near < far


def test_there_are_forty_of_them_each_about_amounts_alone() -> None:
    assert len({triplet["why"] for triplet in TRIPLETS}) >= 40
    for triplet in TRIPLETS:
        shared = set(triplet["a"]) | set(triplet["b"]) | set(triplet["c"])
        assert all(len(shared - set(triplet[part])) <= 1 for part in "abc"), triplet["why"]
