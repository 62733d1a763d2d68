"""What is somebody's own, beside the catalogue: kept, followed, and not published."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cocktailspace.catalogue.backup import backup, restore
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.collections import (
    LONGEST_NOTE,
    Collection,
    delete_collection,
    get_collection,
    put_collection,
)
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError, DamagedError
from cocktailspace.catalogue.ingredients import delete_ingredient, list_ingredients
from cocktailspace.catalogue.merge import merge_ingredients, merge_recipes
from cocktailspace.catalogue.recipes import recipe_names
from cocktailspace.catalogue.schema import collections, recipes
from cocktailspace.catalogue.transfer.export import export_text
from tests.conftest import BAR, import_document

pytestmark = pytest.mark.both_databases

MOST = 100


@pytest.fixture
def bar(database: Database) -> Database:
    """The small bar."""
    import_document(database, BAR)
    return database


def put(database: Database, owner: str = "ann", most: int = MOST, **parts: Any) -> Collection:
    with database.transaction() as tx:
        return put_collection(tx, owner, Collection.model_validate(parts), most=most)


def get(database: Database, owner: str = "ann") -> Collection:
    with database.reading() as connection:
        return get_collection(connection, owner)


def ids(database: Database) -> tuple[dict[str, int], dict[str, int]]:
    """Of ingredients and of recipes, by name."""
    with database.reading() as connection:
        found = {each.name: each.id for each in list_ingredients(connection)}
        rows = connection.execute(recipes.select().with_only_columns(recipes.c.id))
        named = recipe_names(connection, [row.id for row in rows])
        return found, {each.name: each.id for each in named}


def test_a_collection_is_its_owners_alone_and_gone_when_deleted(bar: Database) -> None:
    kept = put(bar, "ann", bars=[{"name": "Home", "ingredients": [{"name": "Nothing known"}]}])
    put(bar, "bob", lists=[{"name": "Bob's"}])
    assert get(bar, "ann") == kept
    assert get(bar, "eve") == Collection()
    with bar.transaction() as tx:
        delete_collection(tx, "ann")
    assert get(bar, "ann") == Collection()
    assert get(bar, "bob").lists[0].name == "Bob's"


def test_nothing_that_is_somebodys_own_changes_the_catalogue(
    new_database: Callable[..., Database],
) -> None:
    signals: list[None] = []
    database = new_database(after_commit=lambda: signals.append(None))
    import_document(database, BAR)
    signals.clear()
    with database.reading() as connection:
        before, exported = catalogue_state(connection), export_text(connection, "catalogue/2")
    put(database, bars=[{"name": "Home"}])
    put(database, bars=[{"name": "Home, sweet home"}])
    with database.transaction() as tx:
        delete_collection(tx, "nobody")
    with database.reading() as connection:
        assert catalogue_state(connection) == before
        assert export_text(connection, "catalogue/2") == exported
    assert signals == []


def test_what_was_merged_is_followed_and_what_was_deleted_keeps_its_name(bar: Database) -> None:
    ingredient, recipe = ids(bar)
    old, into, *_ = sorted(recipe)
    first, second, *_ = sorted(ingredient)
    rows = [{"id": ingredient[name], "name": name} for name in (first, second)]
    put(
        bar,
        bars=[{"name": "Home", "ingredients": rows}],
        opinions=[
            {"id": recipe[old], "name": old, "note": "mine", "tried": True},
            {"id": recipe[into], "name": into, "note": "other", "rating": 4},
        ],
        lists=[{"name": "Friday", "recipes": [{"id": recipe[n], "name": n} for n in (old, into)]}],
    )
    with bar.transaction() as tx:
        merge_ingredients(tx, ingredient[first], ingredient[second])
        merge_recipes(tx, recipe[old], recipe[into])
    found = get(bar)
    assert [(e.id, e.name) for e in found.bars[0].ingredients] == [(ingredient[second], second)]
    [opinion] = found.opinions
    assert (opinion.id, opinion.name) == (recipe[into], into)
    assert opinion.tried
    assert opinion.rating == 4
    assert opinion.note == "mine\nother"
    assert [each.id for each in found.lists[0].recipes] == [recipe[into]]


def test_what_is_deleted_keeps_its_name_and_loses_its_id(database: Database) -> None:
    rows = [
        {"name": name, "parent": None, "allow_substitution": False} for name in ("Absinthe", "Gin")
    ]
    import_document(database, {"units": [], "recipes": [], "ingredients": rows})
    ingredient, _ = ids(database)
    rows = [{"id": row_id, "name": name} for name, row_id in ingredient.items()]
    put(database, bars=[{"name": "Home", "ingredients": rows}])
    with database.transaction() as tx:
        delete_ingredient(tx, ingredient["Gin"])
    found = {each.name: each.id for each in get(database).bars[0].ingredients}
    assert found == {"Absinthe": ingredient["Absinthe"], "Gin": None}


def test_two_notes_that_are_too_long_for_one_are_both_kept(bar: Database) -> None:
    _, recipe = ids(bar)
    old, into, *_ = sorted(recipe)
    notes = {old: "a" * (LONGEST_NOTE - 10), into: "b" * (LONGEST_NOTE - 10)}
    put(bar, opinions=[{"id": recipe[n], "name": n, "note": note} for n, note in notes.items()])
    with bar.transaction() as tx:
        merge_recipes(tx, recipe[old], recipe[into])
    assert {each.note for each in get(bar).opinions} == set(notes.values())
    assert get(bar) == put(bar, **get(bar).model_dump())  # it stays as it is


def test_a_server_keeps_collections_for_so_many_people(database: Database) -> None:
    put(database, "ann", most=2)
    put(database, "bob", most=2)
    put(database, "ann", most=2, lists=[{"name": "More"}])
    with pytest.raises(ConflictError, match="MAX_COLLECTIONS"):
        put(database, "eve", most=2)


@pytest.mark.both_databases(False)
def test_a_backup_has_what_is_somebodys_own_and_restoring_brings_it_back(
    database: Database, tmp_path: Path
) -> None:
    import_document(database, BAR)
    ingredient, _ = ids(database)
    [name, *_] = ingredient
    kept = put(
        database, bars=[{"name": "Home", "ingredients": [{"id": ingredient[name], "name": name}]}]
    )
    backup(database, tmp_path / "backup.sqlite")
    put(database, bars=[])
    restore(database, tmp_path / "backup.sqlite", force=True)
    assert get(database) == kept


def test_a_damaged_collection_is_said_to_be_one(database: Database) -> None:
    put(database)
    with database.transaction() as tx:
        tx.connection.execute(update(collections).values(content='{"bars": 7}'))
    with pytest.raises(DamagedError, match="'ann'"):
        get(database)
