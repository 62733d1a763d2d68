"""Placing answers what the engine and a linear programme answer, without either."""

from collections.abc import Mapping

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocktailspace.analytics.placing import (
    Flow,
    Forest,
    Shelf,
    distances,
    fractions_of,
    make_shelf,
    nearest,
    provisional_place,
    transport_flows,
)
from cocktailspace.analytics.transport import taxonomy_costs

# Spirit(1) ─ Gin(2) ─ London(3), Plymouth(4);  Spirit ─ Whiskey(5) ─ Bourbon(6);  Campari(7);
# Wine(8) ─ Vermouth(9)
FOREST = Forest({1: None, 2: 1, 3: 2, 4: 2, 5: 1, 6: 5, 7: None, 8: None, 9: 8})
IDS = sorted(FOREST.parents)
NEGRONI = {3: 1 / 3, 7: 1 / 3, 9: 1 / 3}
BOULEVARDIER = {6: 1 / 3, 7: 1 / 3, 9: 1 / 3}

COSTS = taxonomy_costs(
    [-1 if (above := FOREST.parents[each]) is None else IDS.index(above) for each in IDS]
)

masses = st.dictionaries(st.sampled_from(IDS), st.floats(0.05, 10), min_size=1, max_size=6).map(
    lambda volumes: fractions_of(volumes.items(), {})
)


def solved(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    """The same distance by an independent linear programme."""
    rows, columns = list(a), list(b)
    cost = COSTS[np.ix_([IDS.index(each) for each in rows], [IDS.index(each) for each in columns])]
    one, other = np.array(list(a.values())), np.array(list(b.values()))
    return float(ot.emd2(one / one.sum(), other / other.sum(), cost))


def shelf_of(*recipes: Mapping[int, float]) -> Shelf:
    return make_shelf(
        ((number, list(recipe.items())) for number, recipe in enumerate(recipes, 1)), FOREST, {}
    )


def test_a_third_of_gin_for_bourbon_costs_its_way_through_the_tree() -> None:
    gaps = distances(shelf_of(BOULEVARDIER), FOREST, NEGRONI)
    assert gaps[0] == pytest.approx(4 / 3)  # London → Gin → Spirit → Whiskey → Bourbon
    assert transport_flows(FOREST, NEGRONI, BOULEVARDIER) == [
        Flow(3, 6, pytest.approx(1 / 3))  # type: ignore[arg-type]
    ]


@settings(max_examples=150, deadline=None)
@given(masses, st.lists(masses, min_size=1, max_size=6))
def test_distances_are_those_of_a_linear_programme(
    draft: dict[int, float], recipes: list[dict[int, float]]
) -> None:
    gaps = distances(shelf_of(*recipes), FOREST, draft)
    assert gaps == pytest.approx([solved(draft, recipe) for recipe in recipes], abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(masses, masses)
def test_flows_are_a_plan_of_least_cost(a: dict[int, float], b: dict[int, float]) -> None:
    flows = transport_flows(FOREST, a, b)
    cost = sum(COSTS[IDS.index(f.source), IDS.index(f.target)] * f.fraction for f in flows)
    assert cost == pytest.approx(solved(a, b), abs=1e-9)
    for ingredient_id in IDS:  # what goes and what comes is what differs
        net = sum(f.fraction for f in flows if f.source == ingredient_id) - sum(
            f.fraction for f in flows if f.target == ingredient_id
        )
        assert net == pytest.approx(a.get(ingredient_id, 0) - b.get(ingredient_id, 0), abs=1e-9)
    assert [f.fraction for f in flows] == sorted((f.fraction for f in flows), reverse=True)


def test_what_counts_as_another_is_that() -> None:
    shelf = make_shelf([(1, [(4, 30.0), (7, 30.0)])], FOREST, {4: 2, 3: 2})
    draft = fractions_of([(3, 20.0), (7, 20.0)], {4: 2, 3: 2})
    assert distances(shelf, FOREST, draft)[0] == 0


def test_an_ingredient_that_no_recipe_has_costs_its_way_up() -> None:
    wider = Forest({**FOREST.parents, 10: 2})
    gaps = distances(shelf_of({3: 1.0}), wider, {10: 1.0})
    assert gaps[0] == pytest.approx(2)


def test_nearest_breaks_ties_by_id_and_takes_what_there_is() -> None:
    shelf = shelf_of({7: 1.0}, {3: 1.0}, {3: 1.0}, {4: 1.0})
    gaps = distances(shelf, FOREST, {3: 1.0})
    assert nearest(shelf, gaps, 3) == [1, 2, 3]
    assert nearest(shelf, gaps, 10) == [1, 2, 3, 0]
    assert nearest(shelf_of(), np.zeros(0), 3) == []


def test_a_recipe_of_the_shelf_is_read_back() -> None:
    assert shelf_of(NEGRONI, BOULEVARDIER).masses(1) == pytest.approx(BOULEVARDIER)


def test_nothing_has_no_fractions() -> None:
    assert fractions_of([(3, 0.0)], {}) == {}
    assert fractions_of([], {}) == {}


def test_a_place_is_amid_the_nearest_ones_region() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 100.0]])
    x, y = provisional_place(places, np.array([0.5, 0.5, 0.5]), extent=100)
    assert (x, y) == pytest.approx((0.5, 0.0))


def test_nearer_neighbours_pull_more() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0]])
    x, _ = provisional_place(places, np.array([0.0, 1.0]), extent=100)
    assert 0 < x < 0.1
