from dataclasses import replace

from cocktailspace.analytics.statistics import (
    ingredient_tree,
    ingredient_usage,
    recipe_complexity,
    usage_of,
)
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

SNAPSHOT = Snapshot(
    "cat",
    1,
    (
        Ingredient(1, "Spirit", None, False),
        Ingredient(2, "Whiskey", 1, False),
        Ingredient(3, "Rye", 2, False),
        Ingredient(4, "Bourbon", 2, False),
        Ingredient(5, "Juice", None, False),
    ),
    (
        Recipe(1, "Both", ((3, 30.0), (4, 30.0))),
        Recipe(2, "Sour", ((4, 30.0), (5, 30.0), (4, 5.0))),
        Recipe(3, "Any", ((2, 30.0),)),
        Recipe(4, "Nothing", ()),
    ),
)


def test_a_recipe_counts_once_for_each_family_above_its_ingredients() -> None:
    rows = ingredient_usage(SNAPSHOT, usage_of(SNAPSHOT))
    counts = {r["name"]: (r["direct_recipes"], r["hierarchical_recipes"]) for r in rows}
    assert counts == {
        "Spirit": (0, 3),
        "Whiskey": (1, 3),
        "Rye": (1, 1),
        "Bourbon": (2, 2),
        "Juice": (1, 1),
    }
    assert rows[1]["children"] == [4, 3]  # by name


def test_only_what_recipes_count_in_pieces_is_said_to_be() -> None:
    snapshot = replace(SNAPSHOT, counted_in_pieces=frozenset({5}))
    rows = ingredient_usage(snapshot, usage_of(snapshot))
    assert [row.get("counted_in_pieces") for row in rows] == [None, None, None, None, True]


def test_the_tree_nests_the_same_counts() -> None:
    juice, spirit = ingredient_tree(SNAPSHOT, usage_of(SNAPSHOT))
    assert (juice["name"], spirit["name"]) == ("Juice", "Spirit")
    [whiskey] = spirit["children"]
    assert [child["name"] for child in whiskey["children"]] == ["Bourbon", "Rye"]
    assert whiskey["hierarchical_recipes"] == 3


def test_complexity_counts_different_ingredients() -> None:
    assert recipe_complexity(SNAPSHOT) == [
        {"ingredient_count": 0, "recipe_count": 1},
        {"ingredient_count": 1, "recipe_count": 1},
        {"ingredient_count": 2, "recipe_count": 2},
    ]
