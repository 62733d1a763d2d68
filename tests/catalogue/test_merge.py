"""Two that are one."""

import json
from typing import Any

import pytest

from cocktailspace.catalogue.audit import row_problems
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.duplicates import duplicates
from cocktailspace.catalogue.errors import AlikeError, InvalidError, MergedError
from cocktailspace.catalogue.ingredients import get_ingredient, list_ingredients
from cocktailspace.catalogue.lookup import refuse_alike
from cocktailspace.catalogue.merge import merge_ingredients, merge_recipes
from cocktailspace.catalogue.names import alike_key
from cocktailspace.catalogue.recipes import get_recipe
from cocktailspace.catalogue.schema import ingredients
from cocktailspace.catalogue.transfer import import_file, parse_file
from tests.catalogue.finding import find

pytestmark = pytest.mark.both_databases

BAR: dict[str, Any] = {
    "format": "catalogue/2",
    "ingredients": [
        {"name": "Soda"},
        {"name": "Cola", "aliases": ["Pop"]},
        {"name": "Coke", "aliases": ["Coca-Cola"]},
        {"name": "Diet Coke", "parent": "Coke"},
        {"name": "Cola Syrup", "made_from": "Coke"},
        {"name": "Rum"},
    ],
    "recipes": [
        {
            "name": "Cuba Libre",
            "ingredients": [
                {"ingredient": "Rum", "amount": 50.0},
                {"ingredient": "Coke", "amount": 100.0, "alternatives": ["Cola", "Diet Coke"]},
            ],
        },
        {"name": "Just Cola", "ingredients": [{"ingredient": "Cola", "alternatives": ["Coke"]}]},
        {"name": "House Cola", "makes": "Coke", "ingredients": [{"ingredient": "Soda"}]},
    ],
}


@pytest.fixture
def bar(database: Database) -> Database:
    _import(database, BAR)
    return database


def _import(database: Database, document: Any) -> Any:
    with database.transaction() as tx:
        return import_file(tx, parse_file(json.dumps({"format": "catalogue/2"} | document)))


def _ids(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {each.name: each.id for each in list_ingredients(connection)}


def _merge(database: Database, old: str, into: str) -> None:
    ids = _ids(database)
    with database.transaction() as tx:
        merge_ingredients(tx, ids[old], ids[into])


def test_all_that_named_the_old_one_names_the_other(bar: Database) -> None:
    ids = _ids(bar)
    _merge(bar, "Coke", "Cola")
    with bar.reading() as connection:
        cola = get_ingredient(connection, ids["Cola"])
        found = {each.name: each for each in find(connection)}
        kind = get_ingredient(connection, ids["Diet Coke"])
        syrup = get_ingredient(connection, ids["Cola Syrup"])
        assert list(row_problems(connection)) == []
    assert cola.aliases == ("Pop", "Coke", "Coca-Cola")
    assert (kind.parent_id, syrup.made_from_id) == (cola.id, cola.id)
    line = found["Cuba Libre"].ingredients[1]
    assert (line.ingredient, line.alternative_names) == ("Cola", ("Diet Coke",))
    assert found["Just Cola"].ingredients[0].alternatives == ()
    assert found["House Cola"].makes_id == cola.id


def test_what_it_touched_stands_in_the_change_log(bar: Database) -> None:
    ids = _ids(bar)
    with bar.transaction() as tx:
        merge_ingredients(tx, ids["Coke"], ids["Cola"])
        touched = dict(tx.touched)
    assert touched["ingredient", ids["Coke"]] == "delete"
    assert touched["ingredient", ids["Cola"]] == "update"
    assert {row_id for entity, row_id in touched if entity == "recipe"} == {1, 2, 3}


def test_its_address_leads_to_the_other_also_when_that_is_merged_again(bar: Database) -> None:
    ids = _ids(bar)
    _merge(bar, "Coke", "Cola")
    _merge(bar, "Cola", "Soda")
    with bar.reading() as connection:
        for old in ("Coke", "Cola"):
            with pytest.raises(MergedError) as caught:
                get_ingredient(connection, ids[old])
            assert caught.value.into_id == ids["Soda"]
        assert get_ingredient(connection, ids["Soda"]).aliases == (
            "Cola",
            "Pop",
            "Coke",
            "Coca-Cola",
        )


def test_a_file_that_says_the_old_name_means_the_other(bar: Database) -> None:
    _merge(bar, "Coke", "Cola")
    row = {"name": "New", "ingredients": [{"ingredient": "coke"}]}
    assert _import(bar, {"ingredients": [{"name": "Coke"}], "recipes": [row]}).created == 1


@pytest.mark.parametrize(
    ("old", "into", "message"),
    [
        ("Coke", "Coke", "nothing is merged into itself"),
        ("Coke", "Diet Coke", "is a kind of 'Coke'"),
    ],
)
def test_some_merges_are_refused_by_name(bar: Database, old: str, into: str, message: str) -> None:
    with pytest.raises(InvalidError, match=f"into: .*{message}"):
        _merge(bar, old, into)


def test_what_is_gone_takes_nothing(bar: Database) -> None:
    ids = _ids(bar)
    _merge(bar, "Coke", "Cola")
    for into, message in ((ids["Coke"], "was merged into ingredient"), (999, "there is no")):
        with bar.transaction() as tx, pytest.raises(InvalidError, match=f"into: .*{message}"):
            merge_ingredients(tx, ids["Rum"], into)


def test_a_merge_never_makes_a_forest_too_deep(database: Database) -> None:
    deep = [{"name": f"L{n}", "parent": f"L{n - 1}" if n else None} for n in range(64)]
    _import(database, {"ingredients": [*deep, {"name": "Old"}, {"name": "Kind", "parent": "Old"}]})
    with pytest.raises(InvalidError, match=r"into: .*deeper than 64 levels"):
        _merge(database, "Old", "L63")
    assert len(_ids(database)) == 66


def test_a_recipe_that_was_merged_is_meant_by_its_name_and_uid_from_then_on(bar: Database) -> None:
    with bar.transaction() as tx:
        uid = get_recipe(tx.connection, 2).uid
        merge_recipes(tx, 2, 1)
    with bar.reading() as connection, pytest.raises(MergedError):
        get_recipe(connection, 2)
    for row in ({"name": "Just Cola"}, {"name": "Whatever", "uid": uid}):
        assert _import(bar, {"recipes": [row | {"garnish": row["name"]}]}).created == 0
        with bar.reading() as connection:
            assert get_recipe(connection, 1).garnish == row["name"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crème de Cacao", "Creme de cacao"),
        ("Peychaud's Bitters", "Peychauds Bitter"),
        ("Lemon-Lime Soda", "Lemon Lime Soda"),
        ("Cherry", "Cherries"),
        ("Peach", "Peaches"),
        ("Curaçao", "CURACAO"),
    ],
)
def test_accents_case_plural_and_punctuation_make_no_other_name(one: str, other: str) -> None:
    assert alike_key(one) == alike_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Rum", "Rye"), ("Swiss", "Swis"), ("!", "?"), ("Gin", "Gin II")]
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert alike_key(one) != alike_key(other)


def test_a_name_that_looks_like_another_is_asked_about(bar: Database) -> None:
    with bar.reading() as connection:
        for name, owner in (("Côla", None), ("Colas", None), ("Cokes", 2)):
            with pytest.raises(AlikeError, match=r"did you mean '(Cola|Coke)'"):
                refuse_alike(connection, ingredients, [name], [""], [owner])
        for name, owner in (("COLAS", 2), ("Pepsi", None), ("Cola", None)):
            refuse_alike(connection, ingredients, [name], [""], [owner])


def test_duplicates_are_found_by_name_and_by_content(bar: Database) -> None:
    lines = [{"ingredient": "Coke", "amount": 100.0}, {"ingredient": "Rum", "amount": 50.0}]
    rows = [{"name": "Rum and Coke", "ingredients": lines}, {"name": "Just Colas"}]
    _import(bar, {"ingredients": [{"name": "Pops"}], "recipes": rows})
    with bar.reading() as connection:
        found = [(g.entity, g.why, [name for _, name in g.rows]) for g in duplicates(connection)]
    assert found == [
        ("ingredient", "names look the same", ["Cola", "Pops"]),
        ("recipe", "names look the same", ["Just Cola", "Just Colas"]),
        ("recipe", "the same ingredients and volumes", ["Cuba Libre", "Rum and Coke"]),
    ]
