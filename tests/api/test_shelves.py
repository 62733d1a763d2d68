"""A run's artifacts as arrays."""

from pathlib import Path

import pytest
from cocktailspace.api.shelves import Shelves

from cocktailspace.analytics.encode import encode_artifact
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import artifact_key
from cocktailspace.times import utc_now

NAMES = ['"x":9,"y":9', '\\"x":8.0,"y":8.0,', "plain"]
PLACES = [(-1.5, 0.0), (1e-05, -2e-05), (3.25, 12.0)]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore(tmp_path)
    line = {"ingredient_id": 7, "name": '"x":5,"y":5', "volume_ml": 30.0}
    recipes = [
        {"recipe_id": number, "name": name, "x": x, "y": y, "ingredients": [line]}
        for number, (name, (x, y)) in enumerate(zip(NAMES, PLACES, strict=True), 1)
    ]
    for name, rows in {
        "cocktail-space": recipes,
        "cocktail-space-em": [row | {"x": row["y"], "y": row["x"]} for row in recipes],
        "ingredient-usage": [{"ingredient_id": 7, "name": "Gin", "parent_id": None}],
        "ingredient-costs": [{"ingredient_id": 7, "name": "Gin", "counts_as": None}],
    }.items():
        body = encode_artifact(name, rows, source_version=1, generated_at=utc_now())
        made.write(artifact_key("run", name), body)
    return made


def test_each_map_has_the_places_of_all_recipes_in_order(store: FolderStore) -> None:
    run = Shelves(store).of("run")
    assert run.names == NAMES
    assert run.shelf.ids.tolist() == [1, 2, 3]
    assert [tuple(each) for each in run.places["cocktail-space"].tolist()] == PLACES
    swapped = [(y, x) for x, y in PLACES]
    assert [tuple(each) for each in run.places["cocktail-space-em"].tolist()] == swapped
    assert run.extents["cocktail-space"] == pytest.approx(12.00002)
