"""Several recipes may share a name: versions of a drink, told apart by their source."""

import json
from typing import Any

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.models import RecipeDraft
from cocktailspace.catalogue.recipes import (
    create_recipes,
    get_recipe,
    replace_recipes,
)
from cocktailspace.catalogue.transfer import export_text, import_file, parse_file
from tests.catalogue.finding import find

pytestmark = pytest.mark.both_databases


def _make(database: Database, *rows: tuple[str, str | None]) -> list[int]:
    with database.transaction() as tx:
        drafts = [RecipeDraft(name=name, source=source) for name, source in rows]
        return create_recipes(tx, drafts, [f"recipes[{i}]" for i in range(len(rows))])


def _import(database: Database, *recipes: dict[str, Any], version: str = "catalogue/1") -> Any:
    with database.transaction() as tx:
        text = json.dumps({"format": version, "recipes": recipes})
        return import_file(tx, parse_file(text))


def test_recipes_of_one_name_come_by_source(database: Database) -> None:
    _make(database, ("Negroni", "Savoy"), ("Negroni II", None), ("Negroni", None), ("Mule", "z"))
    _make(database, ("negroni", "IBA"))
    with database.reading() as connection:
        found = find(connection)
    assert [(each.name, each.source) for each in found] == [
        ("Mule", "z"),
        ("Negroni", None),
        ("negroni", "IBA"),
        ("Negroni", "Savoy"),
        ("Negroni II", None),
    ]


def test_of_one_name_and_source_there_is_one(database: Database) -> None:
    _make(database, ("Negroni", "IBA"))
    with pytest.raises(InvalidError, match="'NEGRONI' from 'iba' is taken by recipes 1"):
        _make(database, ("NEGRONI", "iba"))


def test_sources_that_differ_beyond_what_an_index_holds_differ(database: Database) -> None:
    long = "x" * 5_000
    assert len(_make(database, ("A", f"{long}1"), ("A", f"{long}2"))) == 2


def test_the_only_recipe_of_a_name_is_meant_whatever_its_source(database: Database) -> None:
    _make(database, ("Negroni", "IBA"))
    summary = _import(database, {"name": "Negroni", "description": "Red."})
    assert (summary.created, summary.updated) == (0, 1)
    assert _import(database, {"name": "Negroni", "source": "Savoy"}).updated == 1


def test_a_file_that_might_mean_any_of_several_is_told_so(database: Database) -> None:
    _make(database, ("Negroni", "IBA"), ("Negroni", "Savoy"))
    with pytest.raises(InvalidError) as caught:
        _import(database, {"name": "Negroni"})
    assert str(caught.value) == (
        "recipes[0].source: there are 2 recipes 'Negroni'; say which by source: 'IBA', 'Savoy'"
    )


def test_one_of_several_is_named_by_its_source_and_another_source_is_another_version(
    database: Database,
) -> None:
    _make(database, ("Negroni", "IBA"), ("Negroni", "Savoy"))
    assert _import(database, {"name": "Negroni", "source": "iba"}).created == 0
    assert _import(database, {"name": "Negroni", "source": "Death & Co"}).created == 1


def test_versions_come_back_from_an_export(database: Database) -> None:
    _make(database, ("Negroni", "IBA"), ("Negroni", "Savoy"), ("Negroni", None))
    with database.reading() as connection:
        for version in ("catalogue/1", "catalogue/2"):
            exported = json.loads(export_text(connection, version))  # type: ignore[arg-type]
            assert len(exported["recipes"]) == 3
    assert _import(database, *exported["recipes"], version="catalogue/2").created == 0


def test_a_uid_names_a_recipe_that_was_renamed_and_never_changes(database: Database) -> None:
    [recipe_id] = _make(database, ("Negroni", "IBA"))
    with database.reading() as connection:
        uid = get_recipe(connection, recipe_id).uid
    row = {"uid": uid, "name": "Classic Negroni", "source": "IBA"}
    assert _import(database, row, version="catalogue/2").updated == 1
    other = {"uid": "0" * 32, "name": "Classic Negroni", "source": "IBA", "garnish": "orange"}
    assert _import(database, other, version="catalogue/2").updated == 1
    with database.reading() as connection:
        recipe = get_recipe(connection, recipe_id)
    assert (recipe.name, recipe.garnish, recipe.uid) == ("Classic Negroni", "orange", uid)
    with database.transaction() as tx, pytest.raises(InvalidError, match="uid: it is permanent"):
        replace_recipes(tx, {recipe_id: RecipeDraft(name="x", uid="1" * 32)}, [""])


def test_an_old_clients_change_leaves_the_uid(database: Database) -> None:
    [recipe_id] = _make(database, ("Negroni", "IBA"))
    with database.transaction() as tx:
        before = get_recipe(tx.connection, recipe_id).uid
        replace_recipes(tx, {recipe_id: RecipeDraft(name="Changed")}, [""])
        assert get_recipe(tx.connection, recipe_id).uid == before
