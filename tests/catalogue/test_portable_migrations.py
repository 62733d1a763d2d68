"""One chain of migrations, run on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError, SchemaError
from cocktailspace.catalogue.migrate import migrate, require_catalogue, upgrade
from cocktailspace.catalogue.migrations import REVISION
from cocktailspace.catalogue.migrations.altered import altered_table
from cocktailspace.catalogue.schema import metadata
from cocktailspace.catalogue.sqlite import sqlite_url
from tests.operations.schemas.make import CATALOGUE_ID, FOLDER

SCHEMAS = sorted(FOLDER.glob("*.sql"))


@pytest.fixture
def postgres(postgres_url: sa.URL) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_of(tmp_path: Path) -> Iterator[Callable[[Path], Database]]:
    """Makes a SQLite database of what was written down of an earlier schema."""
    made: list[Database] = []

    def make(dump: Path) -> Database:
        path = tmp_path / f"{dump.stem}.sqlite"
        with closing(sqlite3.connect(path)) as file:
            file.executescript(dump.read_text())
        made.append(Database(sqlite_url(path)))
        return made[-1]

    yield make
    for database in made:
        database.close()


def _rows(database: Database, tables: sa.MetaData) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in tables.tables.items()
        }


def _as_found(database: Database) -> sa.MetaData:
    found = sa.MetaData()
    with database.reading() as connection:
        found.reflect(connection, only=lambda name, _: not name.startswith(("recipe_name", "alem")))
    return found


def test_postgres_gets_the_schema_that_the_program_uses(postgres: Database) -> None:
    with pytest.raises(SchemaError, match="holds no catalogue"):
        require_catalogue(postgres)
    migrate(postgres)
    require_catalogue(postgres)
    with postgres.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
        state = catalogue_state(connection)
    migrate(postgres)
    with postgres.reading() as connection:
        assert catalogue_state(connection) == state, "migrating again changes nothing"


@pytest.mark.parametrize("dump", SCHEMAS, ids=lambda path: path.stem)
def test_both_databases_upgrade_the_same_rows_to_the_same_rows(
    sqlite_of: Callable[[Path], Database], postgres: Database, dump: Path
) -> None:
    sqlite = sqlite_of(dump)
    upgrade(postgres, dump.stem)
    before = _rows(sqlite, _as_found(sqlite))
    with postgres.schema_change() as connection:
        for table in _as_found(postgres).sorted_tables:
            connection.execute(sa.delete(table))
            keys = table.c.keys()
            if rows := [dict(zip(keys, row, strict=True)) for row in before[table.name]]:
                connection.execute(sa.insert(table), rows)
    assert len(before["recipe_ingredients"]) == 4
    for database in (sqlite, postgres):
        migrate(database)
        with database.reading() as connection:
            assert catalogue_state(connection).catalogue_id == CATALOGUE_ID
    assert _rows(sqlite, metadata) == _rows(postgres, metadata)


@contextmanager
def _migrating(database: Database) -> Iterator[sa.Connection]:
    """What Alembic puts around a migration."""
    with database.schema_change() as connection:
        context = MigrationContext.configure(connection, opts={"transactional_ddl": True})
        with Operations.context(context):
            yield connection


def _alter() -> None:
    """Changes that SQLite has no ALTER for, of tables that others refer to."""
    with altered_table("recipes") as batch:
        batch.drop_constraint("uq_recipes_order_key", type_="unique")
        batch.create_unique_constraint("uq_recipes_name_key_source", ["name_key", "source"])
        batch.add_column(sa.Column("season", sa.Text()))
    with altered_table("units") as batch:
        batch.alter_column("abbreviation", new_column_name="short", existing_type=sa.Text())
        batch.alter_column("millilitres", nullable=False, existing_type=sa.Float())


def _constraints(connection: sa.Connection) -> list[object]:
    found = sa.inspect(connection)
    unique = found.get_unique_constraints("recipes")
    return [
        sorted((str(each["name"]), each["column_names"]) for each in unique),
        [each["name"] for each in found.get_check_constraints("units")],
        [(each["name"], each["nullable"]) for each in found.get_columns("units")],
        found.get_foreign_keys("recipe_ingredients")[0]["referred_table"],
    ]


def test_an_altered_table_is_the_same_in_both_databases(
    sqlite_of: Callable[[Path], Database], postgres: Database
) -> None:
    sqlite = sqlite_of(SCHEMAS[-1])
    found = []
    for database in (sqlite, postgres):
        migrate(database)
        with _migrating(database) as connection:
            _alter()
        with database.reading() as connection:
            found.append(_constraints(connection))
    assert found[0] == found[1]
    assert found[0][0] == [
        ("uq_recipes_name_key_source", ["name_key", "source"]),
        ("uq_recipes_uid", ["uid"]),
    ]
    assert found[0][1] == ["ck_units_not_negative"]


def test_an_altered_table_of_sqlite_keeps_rows_triggers_and_the_ids_that_were_given(
    sqlite_of: Callable[[Path], Database],
) -> None:
    def kept(connection: sa.Connection) -> list[object]:
        queries = (
            "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
            "SELECT id, name, source FROM recipes",
            "SELECT * FROM recipe_ingredients",
            "SELECT name, seq FROM sqlite_sequence ORDER BY name",
        )
        return [connection.exec_driver_sql(query).all() for query in queries]

    database = sqlite_of(SCHEMAS[-1])
    migrate(database)
    with database.schema_change() as connection:
        connection.exec_driver_sql("CREATE VIEW names AS SELECT name FROM recipes")
        connection.exec_driver_sql(
            "CREATE TRIGGER noted AFTER UPDATE ON recipes "
            "BEGIN UPDATE catalogue SET catalogue_id = new.name_key; END"
        )
    with database.reading() as connection:
        before = kept(connection)
    with _migrating(database):
        _alter()
    with database.reading() as connection:
        assert kept(connection) == before
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    with database.schema_change() as connection:
        connection.exec_driver_sql("UPDATE recipes SET name_key = 'gibson' WHERE id = 1")
        assert catalogue_state(connection).catalogue_id == "gibson", "triggers work on"


def test_a_write_is_held_to_its_foreign_keys_after_a_migration(
    sqlite_of: Callable[[Path], Database],
) -> None:
    database = sqlite_of(SCHEMAS[-1])
    migrate(database)
    with pytest.raises(ConflictError), database.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM ingredients WHERE id = 2")


def test_revisions_sort_by_age() -> None:
    assert [path.stem for path in SCHEMAS] == sorted(path.stem for path in SCHEMAS)
    assert SCHEMAS[-1].stem < REVISION
