"""A bar's answers equal those of the definitions, on made-up catalogues and bars."""

from typing import Any

import numpy as np
from benchmarks.bars import greedy_against_best
from hypothesis import given, settings
from hypothesis import strategies as st

from cocktailspace.analytics.bar.bottles import Shop
from cocktailspace.analytics.bar.drinks import best_with_stand_ins, drinks_of, too_much
from cocktailspace.analytics.bar.index import BarIndex
from cocktailspace.analytics.bar.ways import Way, met_demands, met_ingredients
from tests.analytics.bar_by_definition import Bar, count_of, next_bottles

Data = dict[str, Any]


@st.composite
def catalogues(draw: st.DrawFn) -> Data:
    """Small ones, in which everything that the definitions speak of is frequent."""
    m = draw(st.integers(1, 9))
    place = st.integers(0, m - 1)
    rank = draw(st.permutations(range(m)))  # by which nothing is above itself

    def ingredient(number: int) -> Data:
        above = [other for other in range(m) if rank[other] < rank[number]]
        maybe = st.none() | st.sampled_from(above) if above else st.none()
        share_and_adds = st.tuples(st.integers(0, 3), st.sampled_from([[], [], ["egg"]]))
        stand_ins = draw(
            st.dictionaries(place.filter(lambda o: o != number), share_and_adds, max_size=3)
        )
        return {
            "ingredient_id": 100 + number,
            "name": f"I{number}",
            "aliases": [],
            "parent": draw(maybe),
            "shelf": draw(st.sampled_from([False, False, True])),
            "substitution": draw(st.booleans()),
            "made_from": draw(st.none() | st.none() | place.filter(lambda o: o != number)),
            "staple": draw(st.sampled_from([False] * 9 + [True])),
            "stand_ins": [
                [other, 1000 * share, 5, adds] for other, (share, adds) in stand_ins.items()
            ],
        }

    ingredients = [ingredient(number) for number in range(m)]
    alternatives = st.sampled_from([1, 1, 1, 2, 3])
    demand = alternatives.flatmap(lambda n: st.lists(place, min_size=1, max_size=n, unique=True))
    demands = draw(st.lists(demand, min_size=1, max_size=8))
    line = st.tuples(
        st.integers(0, len(demands) - 1), st.sampled_from([0.0, 1.0, 30.0, 60.0, 61.0])
    )
    recipes = draw(st.lists(st.lists(line, min_size=1, max_size=4), max_size=8))
    return {
        "ingredients": ingredients,
        "demands": demands,
        "recipes": {
            "recipe_id": [500 + number for number in range(len(recipes))],
            "name": [f"R{number}" for number in range(len(recipes))],
            "lines": [len(lines) for lines in recipes],
        },
        "lines": {
            "demand": [each for lines in recipes for each, _ in lines],
            "volume_ml": [volume for lines in recipes for _, volume in lines],
        },
    }


@st.composite
def bars(draw: st.DrawFn) -> tuple[Data, set[int]]:
    data = draw(catalogues())
    return data, draw(st.sets(st.integers(0, len(data["ingredients"]) - 1), max_size=4))


def _places(owned: set[int]) -> Any:
    return np.array(sorted(owned), dtype=np.int64)


@settings(max_examples=100)
@given(bars())
def test_every_line_is_met_as_the_definitions_say(bar: tuple[Data, set[int]]) -> None:
    data, owned = bar
    index, slow = BarIndex(data), Bar(data, owned)
    met = met_ingredients(index, _places(owned))
    ways = [
        (Way(w), None if by < 0 else by)
        for w, by in zip(met.way.tolist(), met.by.tolist(), strict=True)
    ]
    assert ways == [slow.ingredient(each) for each in range(len(data["ingredients"]))]
    fast = met_demands(index, met)
    for number, demand in enumerate(data["demands"]):
        line = slow.line(demand)
        assert fast.way[number] == line.way
        if line.way != Way.MISSING:
            assert (fast.by[number], fast.ingredient[number]) == (line.by, line.ingredient)
        if line.way == Way.STAND_IN:
            place = fast.stand_in[number]
            assert index.shares[place] == line.share
            assert index.additions[place] == sorted(line.adds)


@settings(max_examples=100)
@given(bars())
def test_recipes_are_found_and_ordered_as_the_definitions_say(bar: tuple[Data, set[int]]) -> None:
    data, owned = bar
    index, slow = BarIndex(data), Bar(data, owned)
    demands = met_demands(index, met_ingredients(index, _places(owned)))
    drinks = drinks_of(index, demands.way, refused=too_much(index, demands))
    masses = [
        index.masses[index.lines.starts[r] : index.lines.starts[r + 1]].tolist()
        for r in range(count_of(data))
    ]
    assert drinks.can_be_made().tolist() == slow.can_be_made()
    assert best_with_stand_ins(index, demands, drinks).tolist() == slow.with_stand_ins(masses)
    for bottles in (1, 2):
        found = drinks.short_of(bottles).tolist()
        assert found == slow.short_of(bottles)
        assert [sorted(drinks.missing[r, :bottles].tolist()) for r in found] == [
            slow.short(r) for r in found
        ]


@settings(max_examples=100)
@given(bars(), st.data())
def test_next_bottles_are_the_greedy_choice_of_the_definitions(
    bar: tuple[Data, set[int]], data_of: st.DataObject
) -> None:
    data, owned = bar
    weight = st.integers(0, 3)
    n = count_of(data)
    weights = data_of.draw(st.just([1] * n) | st.lists(weight, min_size=n, max_size=n))
    index = BarIndex(data)
    demands = met_demands(index, met_ingredients(index, _places(owned)))
    drinks = drinks_of(index, demands.way)
    found = Shop(index).next_bottles(demands, drinks, np.array(weights, dtype=np.int64), 5)
    fast = [(b.ingredient, b.opened.tolist(), b.nearer) for b in found]
    assert fast == next_bottles(data, owned, weights, 5)


def test_greedy_bottles_complete_nearly_as_many_drinks_as_the_best_possible_choice() -> None:
    ratios = greedy_against_best(catalogues=12, recipes=25, bottles=2)
    assert len(ratios) > 8
    assert np.mean(ratios) > 0.95
    assert min(ratios) >= 0.5
