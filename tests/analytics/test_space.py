import numpy as np
import pytest

from cocktailspace.analytics.space import rolled_up, space_of
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

FOREST = (
    Ingredient(1, "Whiskey", None, False),
    Ingredient(4, "Rye", 1, True),
    Ingredient(7, "Bourbon", 1, True),
    Ingredient(9, "Bitters", None, True),
)


def _snapshot(*volumes: tuple[tuple[int, float], ...]) -> Snapshot:
    recipes = tuple(Recipe(i + 1, f"R{i}", lines) for i, lines in enumerate(volumes))
    return Snapshot("cat", 1, FOREST, recipes)


def _dense(rows: object) -> list[list[float]]:
    matrix = np.zeros((len(rows), rows.width))  # type: ignore[arg-type, attr-defined]
    matrix[rows.row_of_entry(), rows.indices] = rows.data  # type: ignore[attr-defined]
    return matrix.tolist()  # type: ignore[no-any-return]


def test_fractions_are_volumes_over_their_sum() -> None:
    space = space_of(_snapshot(((4, 45.0), (9, 5.0), (4, 10.0))))
    assert _dense(space.fractions) == [[0.0, 55 / 60, 0.0, 5 / 60]]
    assert space.parents.tolist() == [-1, 0, 0, -1]


def test_recipes_without_volume_are_left_out() -> None:
    space = space_of(_snapshot((), ((4, 0.0),), ((9, 1.0),)))
    assert [recipe.id for recipe in space.recipes] == [3]


def test_substitutable_leaves_count_as_their_parent_amounts_added() -> None:
    rolled = rolled_up(space_of(_snapshot(((4, 30.0), (7, 30.0), (1, 30.0), (9, 10.0)))))
    assert _dense(rolled) == [[pytest.approx(0.9), 0.0, 0.0, pytest.approx(0.1)]]


def test_a_substitutable_root_or_family_stays_what_it_is() -> None:
    forest = (
        Ingredient(1, "A", None, True),
        Ingredient(2, "B", 1, True),
        Ingredient(3, "C", 2, True),
    )
    snapshot = Snapshot("cat", 1, forest, (Recipe(1, "R", ((1, 1.0), (2, 1.0), (3, 2.0))),))
    assert _dense(rolled_up(space_of(snapshot))) == [[0.25, 0.75, 0.0]]  # C rolls up once, to B
