"""What comes first when recipes are sorted, and which ingredients a few letters name."""

from itertools import pairwise
from pathlib import Path

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import Recipe
from cocktailspace.catalogue.recipes import load_recipes
from cocktailspace.catalogue.search import Order, RecipeQuery, SearchIndex, Snapshot
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import load_file, starter_file


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, dict[int, Recipe]]:
    """The starter catalogue's index, and its recipes as people are shown them."""
    folder: Path = tmp_path_factory.mktemp("starter")
    database = Database(sqlite_url(folder / "catalogue.sqlite"))
    migrate(database)
    load_file(database, starter_file())
    with database.reading() as connection:
        snapshot = SearchIndex().snapshot(connection)
        recipes = load_recipes(connection, snapshot.all_ids(RecipeQuery()))
    database.close()
    return snapshot, recipes


def _tenths(recipe: Recipe) -> set[int]:
    """Both, where the last digit of a sum decides: not every Python adds alike."""
    strength = 10 * (recipe.calculated.strength or 0.0)
    return {round(strength - 1e-9), round(strength + 1e-9)}


def test_the_strongest_and_the_weakest_come_first(
    starter: tuple[Snapshot, dict[int, Recipe]],
) -> None:
    snapshot, recipes = starter
    for order, sign in ((Order.STRONGEST, -1), (Order.WEAKEST, 1)):
        shown = [recipes[each] for each in snapshot.all_ids(RecipeQuery(), order)]
        for before, after in pairwise(shown):
            first = min((sign * each, before.name.casefold()) for each in _tenths(before))
            last = max((sign * each, after.name.casefold()) for each in _tenths(after))
            assert first <= last
        assert len(shown) == len(recipes) > 100


def test_those_with_the_fewest_ingredients_come_first(
    starter: tuple[Snapshot, dict[int, Recipe]],
) -> None:
    snapshot, recipes = starter
    ids = snapshot.all_ids(RecipeQuery(), Order.FEWEST)
    sizes = [len(recipes[each].ingredients) for each in ids]
    assert sizes == sorted(sizes)
    three = RecipeQuery(min_ingredients=3, max_ingredients=3)
    assert snapshot.count(three) == sizes.count(3) > 10


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("whiskey", "Whiskey"),  # all its kinds count for it
        ("lime", "Lime Juice"),  # the fruit itself is in no recipe
        ("lime juce", "Lime Juice"),
        ("gin", "Gin"),  # a whole word before Ginger Beer
        ("cointreu", "Cointreau"),
        ("creme", "Crème de Cacao"),
        ("gin, lime", None),
        ("", None),
        ("?", None),
    ],
)
def test_ingredients_are_named_by_what_people_write(
    starter: tuple[Snapshot, dict[int, Recipe]], text: str, first: str | None
) -> None:
    found = starter[0].ingredients_named(text, 4)
    assert next((each.name for each in found), None) == first


def test_an_ingredient_counts_the_recipes_that_a_search_by_it_finds(
    starter: tuple[Snapshot, dict[int, Recipe]],
) -> None:
    snapshot, recipes = starter
    for named in snapshot.ingredients_named("rum", 50):
        kinds = set(snapshot.ingredients.with_kinds([named.id]).tolist())
        having = [
            recipe
            for recipe in recipes.values()
            if any(kinds & {line.ingredient_id, *line.alternatives} for line in recipe.ingredients)
        ]
        assert named.recipes == len(having) > 0
