import numpy as np
import pytest

from cocktailspace.analytics.parameters import DEEPEST, EDGES, MASS_TOTAL, SUBSTITUTABLE_EDGE
from cocktailspace.analytics.space import fractions_of, masses_of, space_of
from cocktailspace.analytics.transport.neighbours import LARGEST_SUM
from cocktailspace.catalogue.snapshot import Ingredient, Snapshot
from tests.analytics.computing import Lines, snapshot_with

FOREST = (
    Ingredient(1, "Whiskey", None, False),
    Ingredient(4, "Rye", 1, True),
    Ingredient(7, "Bourbon", 1, False),
    Ingredient(9, "bitters", None, True),
)
BITTERS, BOURBON, RYE, WHISKEY = range(4)  # in order of name, whatever the case


def _snapshot(*volumes: Lines) -> Snapshot:
    return snapshot_with(*volumes, forest=FOREST)


def _dense(rows: object) -> list[list[float]]:
    matrix = np.zeros((len(rows), rows.width))  # type: ignore[arg-type, attr-defined]
    matrix[rows.row_of_entry(), rows.indices] = rows.data  # type: ignore[attr-defined]
    return matrix.tolist()  # type: ignore[no-any-return]


def test_columns_stand_in_order_of_name_and_lines_of_one_ingredient_add_up() -> None:
    space = space_of(_snapshot(((4, 45.0), (9, 5.0), (4, 10.0))))
    assert [each.name for each in space.ingredients] == ["bitters", "Bourbon", "Rye", "Whiskey"]
    assert _dense(space.volumes) == [[5.0, 0.0, 55.0, 0.0]]
    assert space.forest.parents.tolist() == [-1, WHISKEY, WHISKEY, -1]


def test_recipes_stand_in_order_of_name_and_of_content() -> None:
    snapshot = _snapshot(((4, 1.0),), ((9, 1.0),), ((7, 1.0),))
    names = {10: "b", 20: "A", 30: "B"}
    recipes = tuple(
        type(each)(each.id, names[each.id], each.volumes_ml) for each in snapshot.recipes
    )
    renamed = Snapshot("cat", 1, FOREST, recipes)
    space = space_of(renamed)
    assert [recipe.id for recipe in space.recipes] == [20, 30, 10]
    assert [space.recipes[row].id for row in space.in_order_of_id()] == [10, 20, 30]


def test_recipes_without_volume_are_left_out() -> None:
    space = space_of(_snapshot((), ((4, 0.0),), ((4, 0.0004),), ((9, 1.0),)))
    assert [recipe.id for recipe in space.recipes] == [40]


def test_edges_are_long_near_the_root_and_short_above_what_can_be_substituted() -> None:
    lengths = space_of(_snapshot()).forest.lengths.tolist()
    assert lengths[WHISKEY] == EDGES[0]
    assert lengths[BOURBON] == EDGES[1]
    assert lengths[RYE] == SUBSTITUTABLE_EDGE
    assert lengths[BITTERS] == EDGES[0]  # a root has no siblings


def test_what_is_deeper_than_can_be_told_apart_is_at_no_distance() -> None:
    chain = tuple(Ingredient(n, f"{n:03}", n - 1 or None, False) for n in range(1, DEEPEST + 10))
    forest = space_of(snapshot_with(forest=chain)).forest
    assert forest.lengths[DEEPEST - 1] == EDGES[-1]
    assert forest.lengths[DEEPEST:].tolist() == [0] * 9


def test_the_farthest_that_recipes_can_be_is_within_the_bound_of_a_search() -> None:
    """Each row's sum of subtree masses: all of the mass at the end of the longest chain."""
    chain = tuple(Ingredient(n, f"{n:03}", n - 1 or None, False) for n in range(1, DEEPEST + 1))
    space = space_of(snapshot_with(((DEEPEST, 30.0),), forest=chain))
    masses = masses_of(space.volumes)
    assert masses.sums().tolist() == [MASS_TOTAL]
    assert space.forest.subtree_masses(masses).sums()[0] <= LARGEST_SUM
    assert fractions_of(space.volumes).sums()[0] <= LARGEST_SUM


def test_fractions_are_volumes_over_their_sum() -> None:
    rows = fractions_of(space_of(_snapshot(((4, 45.0), (9, 15.0)))).volumes)
    assert _dense(rows)[0] == [pytest.approx(rows.sums()[0] * each) for each in (0.25, 0, 0.75, 0)]
