"""Whatever field a model has: it is stored, compared, imported and exported. These tests need no
change for a new field, and fail when it is forgotten anywhere.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.fields import (
    FIRST_FIELDS,
    as_draft,
    default_of,
    field_types,
    later_fields,
    name_in_files,
)
from cocktailspace.catalogue.ingredients import (
    get_ingredient,
    list_ingredients,
    replace_ingredients,
)
from cocktailspace.catalogue.methods import get_method, replace_methods
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.recipes import get_recipe, replace_recipes
from cocktailspace.catalogue.transfer import export_text, import_file, parse_file, starter_file
from cocktailspace.catalogue.transfer.file import ROWS
from cocktailspace.catalogue.units import get_unit, replace_units
from tests.catalogue.samples import everything


@pytest.fixture
def full(database: Database) -> Database:
    """A catalogue in which every field says something."""
    _import(database, everything())
    return database


def _import(database: Database, document: Any) -> Any:
    with database.transaction() as tx:
        return import_file(tx, parse_file(json.dumps(document)))


def _export(database: Database, version: Any = "catalogue/2") -> str:
    with database.reading() as connection:
        return export_text(connection, version)


def test_what_says_everything_comes_back_word_for_word(full: Database) -> None:
    exported = json.loads(_export(full))
    del exported["methods"][:-1]  # those that every catalogue has
    assert exported == everything()


def test_an_export_of_an_import_of_an_export_is_the_same_bytes(
    full: Database, new_database: Callable[..., Database]
) -> None:
    exported, other = _export(full), new_database()
    with other.transaction() as tx:
        import_file(tx, parse_file(exported))
    assert _export(other) == exported


def test_every_field_of_every_row_is_exported(full: Database) -> None:
    exported = json.loads(_export(full))
    for table, kind in ROWS.items():
        names = {name_in_files(name, field) for name, field in field_types(kind).items()}
        assert exported[table][-1].keys() == names
    line = exported["recipes"][-1]["ingredients"][0]
    assert line.keys() == {name_in_files(n, field) for n, field in field_types(LineDraft).items()}


def test_importing_again_changes_nothing(full: Database) -> None:
    assert _import(full, json.loads(_export(full))).updated == 0


ENTITIES: dict[type, tuple[int, Any, Any]] = {
    UnitDraft: (2, get_unit, replace_units),
    MethodDraft: (6, get_method, replace_methods),
    IngredientDraft: (2, get_ingredient, replace_ingredients),
    RecipeDraft: (1, get_recipe, replace_recipes),
}
FIELDS = [
    (kind, name)
    for kind in ENTITIES
    for name, field in field_types(kind).items()
    if name != "uid" and not field.info.is_required()
]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_change_of_any_field_is_a_change(full: Database, kind: Any, name: str) -> None:
    row_id, get, replace = ENTITIES[kind]
    empty = default_of(field_types(kind)[name])
    with full.transaction() as tx:
        before = as_draft(get(tx.connection, row_id), kind)
        assert getattr(before, name) != empty
        replace(tx, {row_id: before.model_copy(update={name: empty})}, [""])
        assert len(tx.touched) == 1
        assert getattr(get(tx.connection, row_id), name) in (empty, [])


@pytest.mark.parametrize("kind", ENTITIES)
def test_whoever_knows_the_first_fields_alone_leaves_the_others_as_they_are(
    full: Database, kind: Any
) -> None:
    row_id, get, replace = ENTITIES[kind]
    with full.transaction() as tx:
        before = as_draft(get(tx.connection, row_id), kind)
        known = {name: getattr(before, name) for name in FIRST_FIELDS[kind]}
        if kind is RecipeDraft:
            (line,) = before.ingredients
            first = {name: getattr(line, name) for name in FIRST_FIELDS[LineDraft]}
            known["ingredients"] = (LineDraft(**first | {"amount": 9.0}),)
        if kind is MethodDraft:
            known = {"name": before.name, "constant": before.constant}
        else:
            known["name"] = "Renamed"
        replace(tx, {row_id: kind(**known)}, [""])
        after = as_draft(get(tx.connection, row_id), kind)
    assert after.name == known["name"]
    assert {n: getattr(after, n) for n in later_fields(kind)} == {
        n: getattr(before, n) for n in later_fields(kind)
    }
    if kind is RecipeDraft:
        assert after.ingredients[0] == line.model_copy(update={"amount": 9.0})


def test_a_key_that_a_file_leaves_out_leaves_things_alone(full: Database) -> None:
    before = _export(full)
    names = {
        table: [{"name": rows[-1]["name"]}]
        for table, rows in json.loads(before).items()
        if table in ("ingredients", "recipes")
    }
    for version in ("catalogue/1", "catalogue/2"):
        assert _import(full, {"format": version, **names}).updated == 0
    assert _export(full) == before


def test_null_and_nothing_empty_a_field(full: Database) -> None:
    recipe = {"name": "something said", "garnish": None, "tags": [], "extra": None}
    _import(full, {"format": "catalogue/2", "recipes": [recipe]})
    (exported,) = json.loads(_export(full))["recipes"]
    assert not {"garnish", "tags", "extra"} & exported.keys()


def test_catalogue_1_has_none_of_the_later_fields(full: Database) -> None:
    exported = json.loads(_export(full, "catalogue/1"))
    parse_file(json.dumps(exported))
    assert exported["units"][0] == {"name": "Each", "abbreviation": None, "millilitres": 1.0}
    assert "garnish" not in exported["recipes"][0]


def test_catalogue_1_comes_back_to_where_it_is_from_without_a_change(full: Database) -> None:
    before = _export(full)
    assert _import(full, json.loads(_export(full, "catalogue/1"))).updated == 0
    assert _export(full) == before


def test_the_starter_comes_back_from_catalogue_1_without_a_change(database: Database) -> None:
    with database.transaction() as tx:
        import_file(tx, starter_file())
    assert _import(database, json.loads(_export(database, "catalogue/1"))).updated == 0


def test_what_catalogue_1_does_not_have_is_refused_in_it() -> None:
    document = everything() | {"format": "catalogue/1"}
    with pytest.raises(InvalidError, match=r"methods: catalogue/1 has no such field"):
        parse_file(json.dumps(document))
    del document["methods"]
    with pytest.raises(InvalidError, match=r"recipes\[0\]\.garnish: catalogue/1 has no such field"):
        parse_file(json.dumps(document))


def test_each_of_one_millilitre_counts_pieces_where_catalogue_1_says_it(
    database: Database,
) -> None:
    units = [
        {"name": "each", "abbreviation": None, "millilitres": 1},
        {"name": "Piece", "abbreviation": None, "millilitres": 1},
    ]
    _import(database, {"format": "catalogue/1", "units": units})
    assert [row["millilitres"] for row in json.loads(_export(database))["units"]] == [None, 1.0]


def test_ingredients_are_named_by_their_other_names_too(full: Database) -> None:
    document = {
        "format": "catalogue/2",
        "ingredients": [{"name": "Something Said", "strength": 7.0}],
        "recipes": [{"name": "New", "ingredients": [{"ingredient": "something said"}]}],
    }
    _import(full, document)
    with full.reading() as connection:
        everything_there = list_ingredients(connection)[1]
        line = get_recipe(connection, 2).ingredients[0]
    assert (everything_there.name, everything_there.strength) == ("Everything", 7.0)
    assert line.ingredient == "Everything"
