import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from cocktailspace.catalogue import sqlite
from cocktailspace.catalogue.changes import append_changes, catalogue_state, first_change_after
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError, ConflictError, InvalidError
from cocktailspace.catalogue.ingredients import create_ingredients, list_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.schema import changes, ingredients
from tests.conftest import ManualClock


def _create(database: Database, *names: str) -> None:
    with database.transaction() as tx:
        drafts = [IngredientDraft(name=name) for name in names]
        create_ingredients(tx, drafts, [""] * len(drafts))


def test_rows_and_their_changes_are_committed_together(database: Database) -> None:
    _create(database, "Gin", "Rum")
    with database.reading() as connection:
        assert catalogue_state(connection).version == 2
        assert [each.name for each in list_ingredients(connection)] == ["Gin", "Rum"]


def test_an_error_undoes_rows_and_changes(database: Database) -> None:
    failing = [IngredientDraft(name="Gin"), IngredientDraft(name="gin")]
    with pytest.raises(InvalidError), database.transaction() as tx:
        create_ingredients(tx, failing[:1], [""])
        create_ingredients(tx, failing[1:], [""])
    with database.reading() as connection:
        assert catalogue_state(connection).version == 0
        assert list_ingredients(connection) == []


def test_an_entity_touched_twice_is_one_change(database: Database) -> None:
    with database.transaction() as tx:
        tx.record("recipe", 1, "create")
        tx.record("recipe", 1, "update")
        assert tx.touched == {("recipe", 1): "create"}
        tx.record("recipe", 1, "delete")
        assert tx.touched == {("recipe", 1): "delete"}


def test_versions_are_never_given_twice(database: Database) -> None:
    _create(database, "Gin")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM changes")
    _create(database, "Rum")
    with database.reading() as connection:
        assert catalogue_state(connection).version == 2


def test_versions_have_no_gaps_so_that_their_difference_counts_changes(database: Database) -> None:
    _create(database, "Gin")
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name="Lost")], [""])
        append_changes(tx.connection, tx.touched, tx.now)
        1 / 0  # noqa: B018
    _create(database, "Rum")
    with database.reading() as connection:
        assert connection.execute(select(changes.c.version)).scalars().all() == [1, 2]


def test_the_log_says_what_is_newer_than_a_version(database: Database, clock: ManualClock) -> None:
    _create(database, "Gin")
    clock.advance(minutes=1)
    second = clock.now
    _create(database, "Rum")
    clock.advance(minutes=1)
    _create(database, "Rye")
    with database.reading() as connection:
        assert catalogue_state(connection).changed_at == clock.now
        assert first_change_after(connection, 1) == second
        assert first_change_after(connection, 3) is None


def test_the_signal_follows_the_commit_and_only_a_change(
    new_database: Callable[..., Database],
) -> None:
    seen = []

    def look() -> None:
        with closing(sqlite3.connect(str(database.path))) as other:
            seen.append(other.execute("SELECT count(*) FROM changes").fetchone()[0])

    database = new_database(after_commit=look)
    _create(database, "Gin", "Rum")
    with database.transaction():
        pass
    with pytest.raises(InvalidError):
        _create(database, "Gin")
    assert seen == [2]


def test_every_connection_holds_references_and_waits_for_the_disk(database: Database) -> None:
    """What SQLite leaves off unless each connection asks for it."""
    _create(database, "Gin")
    with database.reading() as first, database.reading() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    with pytest.raises(ConflictError), database.transaction() as tx:
        tx.connection.execute(update(ingredients).values(parent_id=404))


def test_no_connection_makes_a_file_that_is_missing(database: Database) -> None:
    database.close()
    assert database.path is not None
    database.path.unlink()
    with pytest.raises(OperationalError, match="unable to open"), database.engine.connect():
        pass
    assert not database.path.exists()


def test_a_writer_has_the_lock_before_it_reads(database: Database) -> None:
    """One that read first could not wait for its turn: what it has read may be old by then."""
    other = sqlite3.connect(str(database.path), isolation_level=None, timeout=0)
    with (
        closing(other),
        database.transaction(),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_a_writer_that_never_ends_makes_the_next_one_say_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    impatient = Database(database.url.render_as_string())
    with (
        closing(sqlite3.connect(str(database.path), isolation_level=None)) as other,
        closing(impatient),
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="nothing was written"):
            _create(impatient, "Gin")
