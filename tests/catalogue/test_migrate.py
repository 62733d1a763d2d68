import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import SchemaError
from cocktailspace.catalogue.migrate import migrate, require_catalogue
from cocktailspace.catalogue.migrations import REVISION
from cocktailspace.catalogue.schema import metadata
from cocktailspace.catalogue.sqlite import sqlite_url


def test_migrations_make_the_schema_that_the_program_uses(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_revision_that_the_program_names() -> None:
    config = Config()
    config.set_main_option("script_location", "cocktailspace.catalogue:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.reading() as connection:
        before = catalogue_state(connection)
    migrate(database)
    with database.reading() as connection:
        assert catalogue_state(connection) == before


def test_each_catalogue_gets_an_identity_of_its_own(tmp_path: Path) -> None:
    identities = set()
    for name in ("one", "other"):
        database = Database(sqlite_url(tmp_path / name))
        migrate(database)
        with database.reading() as connection:
            identities.add(catalogue_state(connection).catalogue_id)
        database.close()
    assert len(identities) == 2


@pytest.mark.usefixtures("patient_writers")
def test_several_processes_may_make_the_catalogue_at_once(tmp_path: Path) -> None:
    databases = [Database(sqlite_url(tmp_path / "catalogue.sqlite")) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(migrate, databases))
    require_catalogue(databases[0])
    for database in databases:
        database.close()


@pytest.mark.parametrize(("network", "mode"), [(False, "wal"), (True, "delete")])
def test_a_network_file_system_gets_a_rollback_journal(
    tmp_path: Path, network: bool, mode: str
) -> None:
    path = tmp_path / "catalogue.sqlite"
    database = Database(sqlite_url(path))
    migrate(database, network_file_system=network)
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)


def test_a_missing_catalogue_is_an_error_that_says_what_makes_one(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "nowhere.sqlite"))
    with pytest.raises(SchemaError, match="cocktailspace serve"):
        require_catalogue(database)
    assert not (tmp_path / "nowhere.sqlite").exists()


@pytest.mark.parametrize("use", [migrate, require_catalogue])
def test_a_newer_schema_is_refused(database: Database, use: object) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer version"):
        use(database)  # type: ignore[operator]


@pytest.mark.parametrize(
    "schema", ["CREATE TABLE diary (entry)", "CREATE TABLE alembic_version (v)"]
)
def test_another_programs_file_is_refused_by_name_and_left_as_it_is(
    tmp_path: Path, schema: str
) -> None:
    path = tmp_path / "diary.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute(schema)
    before = path.read_bytes()
    database = Database(sqlite_url(path))
    with pytest.raises(SchemaError, match=r"diary\.sqlite is another program's SQLite file"):
        migrate(database)
    database.close()
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["diary.sqlite"]
