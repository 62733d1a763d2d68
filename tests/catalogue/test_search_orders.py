"""What comes first when recipes are sorted, and which ingredients a few letters name."""

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


def test_the_strongest_and_the_weakest_come_first(
    starter: tuple[Snapshot, dict[int, Recipe]],
) -> None:
    snapshot, recipes = starter
    for order, sign in ((Order.STRONGEST, -1), (Order.WEAKEST, 1)):
        shown = [recipes[each] for each in snapshot.all_ids(RecipeQuery(), order)]
        places = [
            (sign * round(10 * (each.calculated.strength or 0.0)), each.name.casefold())
            for each in shown
        ]
        assert places == sorted(places)
        assert len(shown) == len(recipes) > 100


def test_a_recipe_is_found_by_the_very_strength_that_it_shows(
    starter: tuple[Snapshot, dict[int, Recipe]],
) -> None:
    """To the last digit, on every Python."""
    snapshot, recipes = starter
    for each, recipe in recipes.items():
        shown = recipe.calculated.strength
        if shown is not None:
            found = snapshot.all_ids(RecipeQuery(min_strength=shown, max_strength=shown))
            assert each in found


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
