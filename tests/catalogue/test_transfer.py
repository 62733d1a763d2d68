import copy
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import InvalidError
from cocktailspace.catalogue.models import IngredientDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.transfer import (
    ImportSummary,
    export_text,
    import_file,
    load_file,
    parse_file,
    starter_file,
)
from cocktailspace.catalogue.transfer.file import first_names
from tests.conftest import BAR

pytestmark = pytest.mark.both_databases


def _import(database: Database, document: Any, *, replace: bool = False) -> ImportSummary:
    with database.transaction() as tx:
        return import_file(tx, parse_file(_text(document)), replace=replace)


def _text(document: Any) -> str:
    return json.dumps({"format": "catalogue/1", **document})


def _export(database: Database) -> str:
    with database.reading() as connection:
        return export_text(connection)


def _problems(database: Database, document: Any) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        load_file(database, parse_file(_text(document)))
    return [str(problem) for problem in caught.value.problems]


def test_import_of_an_export_is_the_identity(new_database: Callable[..., Database]) -> None:
    first, second = new_database(), new_database()
    _import(first, BAR)
    exported = _export(first)
    _import(second, json.loads(exported))
    assert _export(second) == exported
    assert json.loads(exported) == {"format": "catalogue/1", **BAR}


def test_every_field_of_catalogue_1_is_exported(database: Database) -> None:
    document = copy.deepcopy(BAR)
    document["ingredients"][4] |= {"description": "Juniper."}
    document["recipes"][0] |= {
        "description": "Bitter and red.",
        "source": "Bar",
        "source_url": "https://example.org/negroni",
    }
    for rows, kind in (
        ("units", UnitDraft),
        ("ingredients", IngredientDraft),
        ("recipes", RecipeDraft),
    ):
        assert any(row.keys() == first_names(kind) for row in document[rows]), rows
    _import(database, document)
    assert json.loads(_export(database)) == {"format": "catalogue/1", **document}


def test_the_real_catalogue_comes_back_byte_for_byte(
    new_database: Callable[..., Database], real_catalogue: bytes
) -> None:
    first, second = new_database(), new_database()
    with first.transaction() as tx:
        assert import_file(tx, parse_file(real_catalogue)).created == 1356 + 610 + 9
    exported = _export(first)
    with second.transaction() as tx:
        import_file(tx, parse_file(exported))
    assert _export(second) == exported


def test_importing_again_changes_nothing(database: Database) -> None:
    _import(database, BAR)
    summary = _import(database, BAR)
    assert summary == ImportSummary(created=0, updated=0, deleted=0, unchanged=14)
    with database.reading() as connection:
        assert catalogue_state(connection).version == 14


def test_a_row_changes_what_it_says_of_the_one_of_its_name_and_the_rest_stays(
    database: Database,
) -> None:
    _import(database, BAR)
    negroni = {"name": "NEGRONI", "ingredients": [{"ingredient": "gin"}]}
    assert _import(database, {"recipes": [negroni]}).updated == 1
    exported = json.loads(_export(database))
    stays = {"instructions": BAR["recipes"][0]["instructions"]}
    assert exported["recipes"][0] == {
        "name": "NEGRONI",
        **stays,
        "ingredients": [{"ingredient": "Gin"}],
    }
    assert len(exported["recipes"]) == 3


def test_replace_deletes_what_the_file_lacks(new_database: Callable[..., Database]) -> None:
    database, fresh = new_database(), new_database()
    _import(database, BAR)
    smaller = copy.deepcopy(BAR)
    smaller["recipes"] = smaller["recipes"][:1]
    smaller["ingredients"] = [
        row for row in smaller["ingredients"] if row["name"] in {"Gin", "Campari", "Sweet Vermouth"}
    ]
    for row in smaller["ingredients"]:
        row["parent"] = None
    smaller["units"] = smaller["units"][:1]
    assert _import(database, smaller, replace=True).deleted == 2 + 6 + 1
    _import(fresh, smaller)
    assert _export(database) == _export(fresh)


def test_a_parent_may_follow_its_children(database: Database) -> None:
    rows = [{"name": "Rye", "parent": "Whiskey"}, {"name": "Whiskey", "parent": None}]
    _import(database, {"ingredients": rows})
    exported = json.loads(_export(database))["ingredients"]
    assert [(row["name"], row["parent"]) for row in exported] == [
        ("Rye", "Whiskey"),
        ("Whiskey", None),
    ]


def test_a_cycle_is_refused_with_its_places(database: Database) -> None:
    rows = [{"name": "A", "parent": "B"}, {"name": "B", "parent": "A"}, {"name": "C"}]
    places = [problem.split(":")[0] for problem in _problems(database, {"ingredients": rows})]
    assert places == ["ingredients[0]", "ingredients[1]"]


def test_every_bad_row_is_listed_with_its_place_and_nothing_is_written(database: Database) -> None:
    document = copy.deepcopy(BAR)
    document["recipes"][2]["ingredients"][1]["ingredient"] = "Sweet Vermuth"
    document["recipes"][0]["ingredients"][0]["unit"] = "Ounze"
    document["ingredients"][3]["parent"] = "Xyzzy"
    document["recipes"][1]["name"] = "negroni"
    assert _problems(database, document) == [
        "recipes[1].name: 'negroni' stands at recipes[0] already; names are unique",
        "ingredients[3].parent: unknown ingredient 'Xyzzy'",
        "recipes[0].ingredients[0].unit: unknown unit 'Ounze' (did you mean 'Ounce'?)",
        "recipes[2].ingredients[1].ingredient: unknown ingredient 'Sweet Vermuth' "
        "(did you mean 'Sweet Vermouth'?)",
    ]
    with database.reading() as connection:
        assert catalogue_state(connection).version == 0


def test_bad_values_are_listed_with_their_places(database: Database) -> None:
    document = copy.deepcopy(BAR)
    document["recipes"][0]["ingredients"][2]["amount"] = -1
    document["units"][1]["millilitres"] = "much"
    document["recipes"][1]["colour"] = "red"
    places = [problem.split(":")[0] for problem in _problems(database, document)]
    assert places == [
        "units[1].millilitres",
        "recipes[0].ingredients[2].amount",
        "recipes[1].colour",
    ]


@pytest.mark.parametrize(
    "text", ["", "[", "\xff", "[]", '{"format": "catalogue/3"}', "[" * 100_000]
)
def test_what_is_no_catalogue_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        parse_file(text)


def test_the_starter_catalogue_imports_as_a_whole(database: Database) -> None:
    file = starter_file()
    with database.transaction() as tx:
        summary = import_file(tx, file)
    assert summary.created == len(file.units) + len(file.ingredients) + len(file.recipes)


@pytest.mark.parametrize(
    "document", [{}, BAR, {"units": BAR["units"]}, {"recipes": [{"name": "Ice"}]}]
)
def test_an_export_is_written_as_the_standard_library_would(
    database: Database, document: Any
) -> None:
    _import(database, document)
    text = _export(database)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
    assert len(json.loads(text)["recipes"]) == len(document.get("recipes", ()))


@pytest.mark.both_databases(False)
def test_the_real_catalogues_export_is_written_so_too(
    database: Database, real_catalogue: bytes
) -> None:
    with database.transaction() as tx:
        import_file(tx, parse_file(real_catalogue))
    text = _export(database)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


EXPORT = """
import sys, tracemalloc
from pathlib import Path
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import export_parts

with Database(sqlite_url(Path(sys.argv[1]))).reading() as connection:
    tracemalloc.start()
    print(sum(map(len, export_parts(connection))), tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.both_databases(False)
def test_an_export_takes_no_more_memory_for_more_recipes(database: Database) -> None:
    """In a process of its own: what other threads take meanwhile is counted, too."""
    lines = [{"ingredient": "Gin", "amount": 1.5, "unit": "Ounce"}] * 3
    rows = [
        {"name": f"Recipe {i}", "instructions": "x" * 4_000, "ingredients": lines}
        for i in range(1_000)
    ]
    _import(database, BAR | {"recipes": rows})
    command = [sys.executable, "-c", EXPORT, str(database.path)]
    size, peak = map(int, subprocess.check_output(command, text=True).split())
    assert size > 4_000_000
    assert peak < size / 2


def test_an_unknown_name_is_refused_without_waiting_for_writers(database: Database) -> None:
    document = {**BAR, "recipes": [{"name": "New", "ingredients": [{"ingredient": "Ginn"}]}]}
    with database.transaction():
        assert _problems(database, document) == [
            "recipes[0].ingredients[0].ingredient: unknown ingredient 'Ginn' (did you mean 'Gin'?)"
        ]


def test_what_was_meant_is_looked_for_a_few_times_only(database: Database) -> None:
    lines = [{"ingredient": f"Gin {number}"} for number in range(1_000)]
    problems = _problems(database, {**BAR, "recipes": [{"name": "New", "ingredients": lines}]})
    assert len(problems) == 1_000
    assert sum("did you mean" in problem for problem in problems) == 20


@pytest.mark.both_databases(False)
def test_no_import_has_the_collector_look_at_all_of_its_rows(database: Database) -> None:
    """Half a second at a time in which nobody else runs, at 50,000 recipes."""
    collected: list[int] = []

    def watch(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collected.append(info["generation"])

    recipes = [{"name": f"R {number}", "ingredients": [{}]} for number in range(5_000)]
    for recipe in recipes:
        recipe["ingredients"] = [{"ingredient": "Gin", "amount": 1.0}] * 3
    text = _text({**BAR, "recipes": recipes})
    gc.collect()
    gc.callbacks.append(watch)
    try:
        summary = load_file(database, parse_file(text))
    finally:
        gc.callbacks.remove(watch)
    assert summary.created > 5_000
    assert collected.count(2) == 0
    assert gc.isenabled()


def test_a_key_that_stands_twice_is_refused_with_its_place() -> None:
    text = '{"format": "catalogue/1",\n "recipes": [{"name": "A"}],\n "recipes": []}'
    with pytest.raises(InvalidError, match=r"second key \"recipes\" at line 3"):
        parse_file(text)
