"""What changes between two recipes, in words that add up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocktailspace.analytics import words
from cocktailspace.analytics.comparing import Comparer, Difference
from cocktailspace.analytics.parameters import EDGES, MASS_TOTAL, NEAR_LIKENESS
from cocktailspace.analytics.space import forest_of, masses_of, volumes_of
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.words import likeness

KINDS = {  # in order of name
    "Bitters": None,
    "Bourbon": "Whiskey",
    "Campari": None,
    "Gin": "Spirit",
    "Lemon": None,
    "Lime": None,
    "London Dry": "Gin",
    "Rye": "Whiskey",
    "Spirit": None,
    "Vermouth": None,
    "Whiskey": "Spirit",
}
NAMES = list(KINDS)
COLUMN = {name: column for column, name in enumerate(NAMES)}
FOREST = forest_of(
    [(None if above is None else COLUMN[above], False) for above in KINDS.values()],
    {column: column for column in range(len(NAMES))},
)
ROOT = {name: NAMES[FOREST.roots[column]] for name, column in COLUMN.items()}

Amounts = dict[str, float]
NEGRONI = {"Gin": 30.0, "Campari": 30.0, "Vermouth": 30.0}
BOULEVARDIER = {"Bourbon": 45.0, "Campari": 30.0, "Vermouth": 30.0}

recipes = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from([0.6, 10.0, 15.0, 30.0, 33.0, 60.0]), min_size=1
)


def _rows(*recipes: Amounts) -> Rows:
    lines = ([(COLUMN[name], ml) for name, ml in recipe.items()] for recipe in recipes)
    return volumes_of(lines, dict(zip(range(len(NAMES)), range(len(NAMES)), strict=True)))


def compared(one: Amounts, other: Amounts, *evidence: tuple[str, str]) -> Difference:
    pairs = {COLUMN[a] * len(NAMES) + COLUMN[b] for x, y in evidence for a, b in ((x, y), (y, x))}
    comparer = Comparer(NAMES, FOREST, np.array(sorted(pairs), dtype=np.int64))
    (difference,) = comparer.differences(_rows(one), _rows(other))
    return difference


def test_a_negroni_becomes_a_boulevardier_by_a_swap_of_gin_for_bourbon() -> None:
    found = compared(NEGRONI, BOULEVARDIER)
    assert found["changes"] == {
        "swap": [{"from": "Gin", "ml": 30.0, "to": "Bourbon", "to_ml": 45.0}]
    }
    assert found["near"]
    assert 0 < found["distance"] < 2


def test_the_same_recipe_is_wholly_alike() -> None:
    same: dict[str, Any] = {"distance": 0.0, "likeness": 100, "near": True, "changes": {}}
    assert compared(NEGRONI, NEGRONI) == same


def test_strangers_have_nothing_in_common() -> None:
    found = compared({"Campari": 30.0}, {"Lime": 30.0})
    assert (found["distance"], found["likeness"], found["near"]) == (2.0, 0, False)
    assert found["changes"] == {
        "without": [{"ingredient": "Campari", "ml": 30.0}],
        "with": [{"ingredient": "Lime", "ml": 30.0}],
    }


def test_strangers_are_swapped_only_where_recipes_say_so() -> None:
    one, other = {"Gin": 60.0, "Lime": 30.0}, {"Gin": 60.0, "Lemon": 22.5}
    swap = {"from": "Lime", "ml": 30.0, "to": "Lemon", "to_ml": 22.5}
    assert compared(one, other)["changes"] == {
        "without": [{"ingredient": "Lime", "ml": 30.0}],
        "with": [{"ingredient": "Lemon", "ml": 22.5}],
    }
    assert compared(one, other, ("Lime", "Lemon"))["changes"] == {"swap": [swap]}
    assert compared(one, other, ("Lemon", "Lime"))["changes"] == {"swap": [swap]}


@pytest.mark.parametrize(
    ("ml", "kind"), [(27.0, "less"), (27.5, None), (30.0, None), (33.0, None), (33.5, "more")]
)
def test_more_and_less_are_told_beyond_a_tenth(ml: float, kind: str | None) -> None:
    found = compared({"Gin": 30.0, "Lime": 30.0}, {"Gin": 30.0, "Lime": ml})["changes"]
    change = [{"ingredient": "Lime", "ml": 30.0, "to_ml": ml}]
    assert found == ({kind: change} if kind else {})


def test_the_largest_amounts_are_told_first() -> None:
    found = compared({"Gin": 10.0, "Lime": 60.0, "Lemon": 30.0}, {"Campari": 5.0, "Bitters": 50.0})
    assert [each["ml"] for each in found["changes"]["without"]] == [60.0, 30.0, 10.0]
    assert [each["ml"] for each in found["changes"]["with"]] == [50.0, 5.0]


def _named(changes: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every ingredient that is named, as often as it is."""
    return [
        each[key]
        for rows in changes.values()
        for each in rows
        for key in ("from", "to", "ingredient")
        if key in each
    ]


@given(recipes, recipes, st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))))
def test_changes_make_the_one_of_the_other_and_name_each_ingredient_once(
    one: Amounts, other: Amounts, evidence: set[tuple[str, str]]
) -> None:
    changes = compared(one, other, *evidence)["changes"]
    named = _named(changes)
    assert len(named) == len(set(named))
    made = dict(one)
    for swap in changes.get("swap", []):
        assert ROOT[swap["from"]] == ROOT[swap["to"]] or (
            {(swap["from"], swap["to"]), (swap["to"], swap["from"])} & evidence
        )
        assert made.pop(swap["from"]) == swap["ml"]
        made[swap["to"]] = swap["to_ml"]
    for each in changes.get("without", []):
        assert made.pop(each["ingredient"]) == each["ml"]
    for each in changes.get("with", []):
        assert each["ingredient"] not in made
        made[each["ingredient"]] = each["ml"]
    for kind in ("more", "less"):
        for each in changes.get(kind, []):
            assert made[each["ingredient"]] == each["ml"]
            assert (each["to_ml"] > each["ml"]) == (kind == "more")
            made[each["ingredient"]] = each["to_ml"]
    assert made.keys() == other.keys()
    assert all(1 / 1.101 <= made[name] / ml <= 1.101 for name, ml in other.items())
    assert all(changes.values())  # no empty lists


MIRRORED = {"without": "with", "with": "without", "more": "less", "less": "more"}


@given(recipes, recipes, st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))))
def test_the_way_back_is_the_mirror_image(
    one: Amounts, other: Amounts, evidence: set[tuple[str, str]]
) -> None:
    there, back = compared(one, other, *evidence), compared(other, one, *evidence)
    assert [there[key] for key in ("distance", "likeness", "near")] == [
        back[key] for key in ("distance", "likeness", "near")
    ]

    def rows(changes: dict[str, list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
        return {(kind, *each.values()) for kind, many in changes.items() for each in many}

    expected = set()
    for kind, *values in rows(there["changes"]):
        if kind == "swap":
            source, ml, target, to_ml = values
            expected.add((kind, target, to_ml, source, ml))
        else:
            name, *amounts = values
            expected.add((MIRRORED[kind], name, *reversed(amounts)))
    assert rows(back["changes"]) == expected


@given(st.lists(recipes, min_size=1, max_size=6), st.lists(recipes, min_size=1, max_size=6))
def test_many_pairs_are_as_one_at_a_time(ones: list[Amounts], others: list[Amounts]) -> None:
    ones, others = ones[: len(others)], others[: len(ones)]
    comparer = Comparer(NAMES, FOREST, np.zeros(0, dtype=np.int64))
    together = comparer.differences(_rows(*ones), _rows(*others))
    assert together == [compared(*pair) for pair in zip(ones, others, strict=True)]


@given(recipes, recipes)
def test_distance_and_likeness_are_those_of_the_subtree_masses(
    one: Amounts, other: Amounts
) -> None:
    found = compared(one, other)
    masses = FOREST.subtree_masses(masses_of(_rows(one, other)))
    dense = np.zeros((2, masses.width))
    dense[masses.row_of_entry(), masses.indices] = masses.data
    apart, farthest = np.abs(dense[0] - dense[1]).sum(), dense.sum()
    assert found["distance"] == pytest.approx(apart / (MASS_TOTAL * EDGES[0]), abs=1e-6)
    assert found["likeness"] == int(100 * (farthest - apart) // farthest)
    assert found["near"] == (found["likeness"] >= NEAR_LIKENESS)


def test_likeness_runs_from_nothing_to_the_same_and_survives_no_reach() -> None:
    distances, reach = np.array([0.0, 5.0, 10.0, 0.0]), np.array([5.0, 5.0, 5.0, 0.0])
    assert likeness(distances, reach, reach).tolist() == [100, 50, 0, 100]


def test_of_flows_that_share_an_ingredient_the_first_is_the_swap() -> None:
    sources, targets = np.array([0, 0, 1, 2, 2]), np.array([5, 6, 6, 7, 8])
    possible = np.array([True, True, True, False, True])
    assert sorted(words._swaps(sources, targets, possible).tolist()) == [0, 2, 4]
