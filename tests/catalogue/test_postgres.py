"""What is PostgreSQL's own: writers' turns, reads at one moment, connections that are lost."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cocktailspace.bootstrap import build_services
from cocktailspace.catalogue import postgres
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import (
    BusyError,
    ConflictError,
    FullError,
    MissingDriverError,
    NotFoundError,
    SchemaError,
    UnavailableError,
)
from cocktailspace.catalogue.ingredients import create_ingredients, list_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.recipes import get_recipe
from cocktailspace.catalogue.schema import changes, ingredients
from cocktailspace.catalogue.snapshot import take_snapshot
from cocktailspace.settings import Settings
from tests.catalogue.writers import end_other_connections, gate_at_commit
from tests.conftest import BAR, import_document
from tests.postgres import server_folder

NewServer = Callable[..., Database]


def _create(database: Database, *names: str) -> None:
    with database.transaction() as tx:
        drafts = [IngredientDraft(name=name) for name in names]
        create_ingredients(tx, drafts, [""] * len(drafts))


def test_a_read_sees_one_moment_however_long_it_takes(new_server: NewServer) -> None:
    database, other = new_server(), new_server()
    _create(database, "Gin")
    with database.reading() as connection:
        before = catalogue_state(connection)
        _create(other, "Rum")
        assert catalogue_state(connection) == before
        assert [each.name for each in list_ingredients(connection)] == ["Gin"]
    with database.reading() as connection:
        assert catalogue_state(connection).version == 2


def test_a_read_cannot_write(new_server: NewServer) -> None:
    database = new_server()
    with pytest.raises(UnavailableError, match="takes no writes"), database.reading() as connection:
        connection.execute(sa.delete(changes))
    _create(database, "Gin")


def test_versions_have_no_gaps(new_server: NewServer) -> None:
    database = new_server()
    _create(database, "Gin", "Rum")
    with database.schema_change() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$"
            "BEGIN RAISE EXCEPTION SQLSTATE '53100'; END$$;"
            "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW WHEN (NEW.entity_id = 3) EXECUTE FUNCTION fail()"
        )
    with pytest.raises(FullError):
        _create(database, "Lost, as it is committed")
    _create(database, "Rye")
    with database.reading() as connection:
        assert connection.execute(sa.select(changes.c.version)).scalars().all() == [1, 2, 3]


def test_a_writer_whose_turn_does_not_come_is_told_so(
    new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, other = new_server(), new_server()
    with holder.transaction(), monkeypatch.context() as patched:
        patched.setattr(postgres, "WAIT_SECONDS", 0.05)
        with pytest.raises(BusyError, match="nothing was written"):
            _create(other, "Gin")
    _create(other, "Gin")


def test_no_connection_in_time_is_busy(
    new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.05)
    database = new_server(most_connections=1)
    with database.reading(), pytest.raises(BusyError), database.reading():
        pass


def test_references_are_held_whoever_writes(new_server: NewServer) -> None:
    database = new_server()
    _create(database, "Gin")
    with pytest.raises(ConflictError), database.transaction() as tx:
        tx.connection.execute(sa.update(ingredients).values(parent_id=404))


@pytest.mark.parametrize("recipe_id", [404, 2**31, 2**63 - 1])
def test_an_id_of_any_size_is_looked_for_in_vain(new_server: NewServer, recipe_id: int) -> None:
    with pytest.raises(NotFoundError), new_server().reading() as connection:
        get_recipe(connection, recipe_id)


def _end_connections(admin: Database) -> None:
    """As when the server ends: every connection is gone, but the one that says so."""
    with admin.engine.connect() as connection:
        end_other_connections(connection)


def test_lost_connections_are_made_anew(new_server: NewServer) -> None:
    database, admin = new_server(), new_server()
    _create(database, "Gin")
    _end_connections(admin)
    _create(database, "Rum")
    _end_connections(admin)
    with database.reading() as connection:
        assert catalogue_state(connection).version == 2


def test_a_connection_lost_before_the_commit_has_written_nothing(
    new_server: NewServer,
) -> None:
    database, admin = new_server(), new_server()
    with (
        pytest.raises(UnavailableError, match="nothing was written"),
        database.transaction() as tx,
    ):
        create_ingredients(tx, [IngredientDraft(name="Gin")], [""])
        _end_connections(admin)
        list_ingredients(tx.connection)
    with database.reading() as connection:
        assert list_ingredients(connection) == []


def test_a_connection_lost_in_the_commit_leaves_open_whether_it_was_written(
    new_server: NewServer,
) -> None:
    database = new_server()
    with gate_at_commit(new_server()) as gate, ThreadPoolExecutor() as writers:
        lost = writers.submit(_create, database, "Gin")
        gate.wait_for(1, unless=lost.done)
        end_other_connections(gate.connection)
        with pytest.raises(UnavailableError, match="may have been written or not"):
            lost.result()


def test_a_server_that_comes_back_is_waited_for(
    new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_server().url
    with server_folder() as folder:
        socket = folder / "socket"

        def come_back(_seconds: float) -> None:
            if not socket.exists():
                socket.symlink_to(str(url.query["host"]))

        monkeypatch.setattr(postgres.time, "sleep", come_back)
        with closing(Database(url.set(query={"host": str(socket)}))) as database:
            _create(database, "Gin")
        assert socket.is_symlink()


def test_a_server_that_stays_away_is_named_without_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.1)
    url = sa.URL.create("postgresql+psycopg", "ann", "s3cret", query={"host": str(tmp_path)})
    with (
        closing(Database(url)) as database,
        pytest.raises(UnavailableError, match="does not answer") as caught,
        database.reading(),
    ):
        pass
    assert "s3cret" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_database_of_another_program_is_left_as_it_is(postgres_url: sa.URL) -> None:
    with closing(Database(postgres_url)) as database:
        with database.schema_change() as connection:
            connection.exec_driver_sql("CREATE TABLE units (id integer)")
        with pytest.raises(SchemaError, match=r"another program \('units'\)"):
            migrate(database)


def test_a_job_reads_what_the_servers_wrote(new_server: NewServer, database: Database) -> None:
    here = new_server()
    for each in (here, database):
        import_document(each, BAR)
    assert database.path is not None
    found, expected = take_snapshot(here.url), take_snapshot(database.path)
    assert found.recipes == expected.recipes
    assert found.ingredients == expected.ingredients
    assert (found.version, len(found.recipes)) == (expected.version, 3)


def test_a_job_without_a_database_says_so(postgres_url: sa.URL, tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="holds no catalogue"):
        take_snapshot(postgres_url)
    with pytest.raises(UnavailableError):
        take_snapshot(postgres_url.set(query={"host": str(tmp_path)}))


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    settings = Settings(database_url="postgresql+psycopg://host/db", analytics_path=tmp_path)
    with pytest.raises(MissingDriverError, match=r"pip install 'cocktailspace\[postgres\]'"):
        build_services(settings)
