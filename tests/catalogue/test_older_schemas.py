"""A catalogue of each schema so far becomes one of today's, and loses nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.catalogue.audit import row_problems
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate, upgrade
from cocktailspace.catalogue.models import RecipeDraft, UnitDraft
from cocktailspace.catalogue.recipes import create_recipes, get_recipe
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import import_file, parse_file
from cocktailspace.catalogue.units import create_units, list_units
from tests.catalogue.finding import find

OLDER = ["0001", "0002", "0003"]
TIME = "2026-01-01T00:00:00.000000Z"
ROWS = {
    "units": [
        (1, "Ounce", "ounce", "oz", 30.0),
        (2, "Each", "each", None, 1.0),
        (3, "Leaf", "leaf", None, 1.0),
        (9, "Gone", "gone", None, 1.0),
    ],
    "ingredients": [
        (1, "Herb", "herb", None, None, 0, TIME, TIME),
        (2, "Mint", "mint", 1, "Green.", 1, TIME, TIME),
    ],
    "recipes": [
        (1, "Julep", "julep", "Stir.", None, "IBA", None, TIME, TIME),
        (2, "Zombie", "zombie", None, None, None, None, TIME, TIME),
        (9, "Gone", "gone", None, None, None, None, TIME, TIME),
    ],
    "recipe_ingredients": [(1, 0, 2, 8.0, 2), (1, 1, 1, None, None), (1, 2, 2, 2.0, 1)],
    "changes": [(1, TIME, "recipe", 1, "create")],
}


@pytest.fixture(params=OLDER)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A catalogue as an earlier version of the program left it."""
    path = tmp_path / "catalogue.sqlite"
    path.touch()
    database = Database(sqlite_url(path))
    upgrade(database, request.param)
    database.close()
    with closing(sqlite3.connect(path)) as file, file:
        for table, rows in ROWS.items():
            marks = ", ".join("?" * len(rows[0]))
            file.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
        for table in ("units", "recipes"):
            file.execute(f"DELETE FROM {table} WHERE id = 9")  # noqa: S608
    migrate(database)
    yield database
    database.close()


def test_its_rows_are_those_that_were_there(older: Database) -> None:
    with older.reading() as connection:
        julep, zombie = get_recipe(connection, 1), get_recipe(connection, 2)
        assert list(row_problems(connection)) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM changes").scalar() == 1
    assert (julep.instructions, julep.source, zombie.ingredients) == ("Stir.", "IBA", [])
    assert [
        (line.ingredient, line.amount, line.unit, line.volume_ml) for line in julep.ingredients
    ] == [("Mint", 8.0, "Each", 8.0), ("Herb", None, None, 1.0), ("Mint", 2.0, "Ounce", 60.0)]
    assert julep.uid is not None
    assert julep.uid != zombie.uid


def test_each_of_one_millilitre_counts_pieces_and_other_units_stay(older: Database) -> None:
    with older.reading() as connection:
        units = {unit.name: unit.millilitres for unit in list_units(connection)}
    assert units == {"Ounce": 30.0, "Each": None, "Leaf": 1.0}


def test_ids_that_were_given_are_not_given_again(older: Database) -> None:
    with older.transaction() as tx:
        assert create_units(tx, [UnitDraft(name="Cup", millilitres=240.0)], [""]) == [10]
        assert create_recipes(tx, [RecipeDraft(name="New")], [""]) == [10]


def test_it_is_searched_by_name_and_by_ingredient(older: Database) -> None:
    with older.reading() as connection:
        assert [r.name for r in find(connection, name="zomb")] == ["Zombie"]
        assert [r.name for r in find(connection, ingredient=(1,))] == ["Julep"]


def test_the_real_catalogue_imports_once_before_and_after(
    tmp_path: Path, real_catalogue: bytes, database: Database
) -> None:
    file = parse_file(real_catalogue)
    with database.transaction() as tx:
        import_file(tx, file)
    first = _dump(database)
    path = tmp_path / "older.sqlite"
    path.touch()
    old = Database(sqlite_url(path))
    upgrade(old, "0003")
    old.close()
    with closing(sqlite3.connect(path)) as target, target:
        for table, columns in (
            ("units", "id, name, name_key, abbreviation, coalesce(millilitres, 1.0)"),
            (
                "ingredients",
                "id, name, name_key, parent_id, description, allow_substitution, created_at, "
                "updated_at",
            ),
            (
                "recipes",
                "id, name, name_key, instructions, description, source, source_url, created_at, "
                "updated_at",
            ),
            ("recipe_ingredients", "recipe_id, position, ingredient_id, amount, unit_id"),
        ):
            rows = first(f"SELECT {columns} FROM {table}")  # noqa: S608
            marks = ", ".join("?" * len(rows[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
    migrate(old)
    for each in (old, database):
        with each.transaction() as tx:
            summary = import_file(tx, file)
        assert (summary.created, summary.updated) == (0, 0)
    old.close()


def _dump(database: Database) -> Any:
    def rows(sql: str) -> list[Any]:
        with database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    return rows
