"""The starter catalogue is data that every newcomer meets first; these are its promises."""

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest

from cocktailspace.bootstrap import prepare_catalogue
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import Recipe, RecipeDraft
from cocktailspace.catalogue.recipes import create_recipes, recipe_names, replace_recipes
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import (
    delete_untouched_recipes,
    is_as_begun,
    load_file,
    starter_file,
    untouched_recipes,
)
from cocktailspace.settings import Settings
from tests.catalogue.finding import find
from tests.conftest import ManualClock

Row = dict[str, Any]

STARTER: Row = json.loads(
    (files("cocktailspace.catalogue") / "starter.json").read_text(encoding="utf-8")
)
UNITS: list[Row] = STARTER["units"]
INGREDIENTS: list[Row] = STARTER["ingredients"]
RECIPES: list[Row] = STARTER["recipes"]

MILLILITRES: dict[str, float | None] = {unit["name"]: unit["millilitres"] for unit in UNITS}
PARENT: dict[str, str | None] = {each["name"]: each["parent"] for each in INGREDIENTS}


def lines_of(recipe: Row) -> list[Row]:
    lines: list[Row] = recipe["ingredients"]
    return lines


def lineage(name: str) -> Iterator[str]:
    """The ingredient, its parent, and so on up to the root."""
    current: str | None = name
    while current is not None:
        yield current
        current = PARENT[current]


def name_key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def recipe_name(recipe: Row) -> str:
    return str(recipe["name"])


def _imported() -> dict[str, Recipe]:
    """What the program reads when it has imported the starter catalogue."""
    with TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "catalogue.sqlite"))
        migrate(database)
        load_file(database, starter_file())
        with database.reading() as connection:
            found = find(connection)
        database.close()
    return {recipe.name: recipe for recipe in found}


IMPORTED = _imported()
each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=recipe_name)


def test_is_in_the_bulk_format() -> None:
    assert list(STARTER) == ["format", "units", "ingredients", "recipes"]
    assert STARTER["format"] == "catalogue/2"


def test_is_large_enough_to_have_a_map() -> None:
    assert len(RECIPES) >= 100
    assert len(INGREDIENTS) >= 150


@pytest.mark.parametrize("section", ["units", "ingredients", "recipes"])
def test_names_are_unique_without_regard_to_case(section: str) -> None:
    keys = [name_key(row["name"]) for row in STARTER[section]]
    assert len(set(keys)) == len(keys)


def test_every_unit_has_a_positive_size() -> None:
    sizes = [size for size in MILLILITRES.values() if size is not None]
    assert all(math.isfinite(size) and size > 0 for size in sizes)
    assert len(sizes) < len(MILLILITRES), "some count pieces"


def test_every_parent_comes_before_its_children() -> None:
    """Which also says that each parent exists and that there is no cycle."""
    seen: set[str | None] = {None}
    for ingredient in INGREDIENTS:
        assert ingredient["parent"] in seen, ingredient["name"]
        seen.add(ingredient["name"])


def test_families_go_down_to_styles() -> None:
    lineages = [list(lineage(name)) for name in PARENT]
    assert max(len(each) for each in lineages) >= 4
    assert max(len(each) for each in lineages if each[-1] == "Spirit") >= 3


def test_substitutable_ingredients_are_leaves_with_a_parent() -> None:
    substitutable = {each["name"] for each in INGREDIENTS if each["allow_substitution"]}
    assert substitutable
    assert all(PARENT[name] is not None for name in substitutable)
    assert substitutable.isdisjoint(PARENT.values())


def test_most_leaves_are_used() -> None:
    leaves = PARENT.keys() - set(PARENT.values())
    used = {line["ingredient"] for recipe in RECIPES for line in lines_of(recipe)}
    assert len(leaves & used) > 0.7 * len(leaves)


@each_recipe
def test_recipe_refers_only_to_known_ingredients_and_units(recipe: Row) -> None:
    assert {line["ingredient"] for line in lines_of(recipe)} <= PARENT.keys()
    assert {line["unit"] for line in lines_of(recipe)} <= MILLILITRES.keys()


@each_recipe
def test_recipe_mixes_at_least_two_different_ingredients(recipe: Row) -> None:
    names = [line["ingredient"] for line in lines_of(recipe)]
    assert len(names) >= 2
    assert len(set(names)) == len(names)


@each_recipe
def test_recipe_fills_a_glass(recipe: Row) -> None:
    found = IMPORTED[recipe["name"]]
    for said, line in zip(lines_of(recipe), found.ingredients, strict=True):
        assert (line.volume_ml > 0) is not said.get("optional", False)
    assert 40 <= found.calculated.volume_ml <= 400


@each_recipe
def test_recipe_says_briefly_how_it_is_made(recipe: Row) -> None:
    assert 0 < len(recipe["instructions"].strip()) <= 300


@each_recipe
def test_recipe_says_its_glass_and_its_method(recipe: Row) -> None:
    assert recipe["glass"]
    assert recipe["method"]
    assert "arnish" not in recipe["instructions"]


@each_recipe
def test_nothing_about_a_recipe_is_unknown(recipe: Row) -> None:
    found = IMPORTED[recipe["name"]].calculated
    assert found.unknown_volumes == ()
    assert found.unknown_strengths == ()
    assert found.alcohol_free is False
    assert found.strength is not None
    unknown_curve = recipe["method"] == "Swizzle"
    assert (found.strength_served is None) is unknown_curve


def test_what_is_made_at_home_is_made_from_what_one_buys() -> None:
    made = {row["name"]: row["made_from"] for row in INGREDIENTS if "made_from" in row}
    assert made["Lime Juice"] == "Lime"
    assert made["Simple Syrup"] == "White Sugar"


def test_groups_of_different_drinks_are_shelves() -> None:
    shelves = {row["name"] for row in INGREDIENTS if row.get("shelf")}
    assert {"Amaro", "Brandy", "Vermouth"} <= shelves
    assert {name for name, parent in PARENT.items() if parent is None} <= shelves
    assert shelves <= set(PARENT.values()), "a shelf has something on it"
    assert not shelves & {line["ingredient"] for recipe in RECIPES for line in lines_of(recipe)}


def test_its_uids_are_its_own_for_ever() -> None:
    """A link to one keeps leading there, whatever becomes of its name."""
    uids = {recipe["name"]: recipe["uid"] for recipe in RECIPES}
    assert len(set(uids.values())) == len(uids)
    assert uids["Negroni"] == hashlib.sha256(b"starter/Negroni").hexdigest()[:32]


def test_one_parts_with_its_recipes_but_not_with_what_somebody_changed(
    database: Database, clock: ManualClock
) -> None:
    load_file(database, starter_file())
    clock.advance(seconds=1)
    with database.transaction() as tx:
        (negroni,) = (
            each.id for each in find(tx.connection, name="Negroni") if each.name == "Negroni"
        )
        draft = RecipeDraft(name="Negroni", description="Mine", ingredients=())
        replace_recipes(tx, {negroni: draft}, [""])
    with database.transaction() as tx:
        assert len(delete_untouched_recipes(tx)) == len(RECIPES) - 1
        assert recipe_names(tx.connection, [negroni])[0].name == "Negroni"
        assert untouched_recipes(tx.connection) == {}
        assert len(list_ingredients(tx.connection)) == len(INGREDIENTS)


def test_a_catalogue_is_as_it_began_until_somebody_writes(database: Database) -> None:
    with database.reading() as connection:
        assert not is_as_begun(connection)
    load_file(database, starter_file())
    with database.reading() as connection:
        assert is_as_begun(connection)
    with database.transaction() as tx:
        create_recipes(tx, [RecipeDraft(name="Mine")], [""])
    with database.reading() as connection:
        assert not is_as_begun(connection)


@pytest.mark.parametrize(
    ("begins_with", "ingredients", "recipes"),
    [
        ("recipes", len(INGREDIENTS), len(RECIPES)),
        ("ingredients", len(INGREDIENTS), 0),
        ("none", 0, 0),
    ],
)
def test_a_new_catalogue_begins_with_what_is_asked_for(
    tmp_path: Path,
    begins_with: Literal["recipes", "ingredients", "none"],
    ingredients: int,
    recipes: int,
) -> None:
    settings = Settings(db_path=tmp_path / "new.sqlite", starter_catalogue=begins_with)
    database = Database(settings.catalogue_url)
    prepare_catalogue(settings, database, starter=True)
    with database.reading() as connection:
        assert len(list_ingredients(connection)) == ingredients
        assert len(untouched_recipes(connection)) == recipes
    database.close()
