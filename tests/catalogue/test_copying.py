"""A whole catalogue from one database to another."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cocktailspace.catalogue import copying
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.collections import Collection, put_collection
from cocktailspace.catalogue.copying import copied_catalogue
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError, DamagedError
from cocktailspace.catalogue.idempotency import store_response
from cocktailspace.catalogue.ingredients import create_ingredients, delete_ingredient
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.recipes import create_recipes, delete_recipe
from cocktailspace.catalogue.schema import metadata
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.tokens import Role, TokenEntry
from cocktailspace.catalogue.units import create_units
from cocktailspace.importing.service import Imports
from cocktailspace.times import utc_now
from tests.catalogue.editing import random_edit
from tests.conftest import BAR, import_document

TOKEN = TokenEntry(name="Eve", role=Role.EDITOR, sha256="ab" * 32, created_at=utc_now())
OTHERS = [table for table in metadata.sorted_tables if table.name != "tokens"]


@pytest.fixture
def full(database: Database) -> Database:
    """A SQLite catalogue with rows in every table, and a history."""
    import_document(database, BAR)
    sliced = LineDraft(ingredient_id=5, unit_id=3, amount=2.0, alternatives=(6,))
    drafts = [RecipeDraft(name=f"Drink {each}", ingredients=(sliced,)) for each in range(20)]
    with database.transaction() as tx:
        create_units(tx, [UnitDraft(name="Slice", millilitres=None)], [""])
        create_recipes(tx, drafts, [""] * len(drafts))
    rng = random.Random(24)
    for number in range(1, 30):
        random_edit(database, rng, number)
    Imports(database, database.clock).start("eve", "drinks.txt", b"Sour\n1 oz Gin\n")
    with database.transaction() as tx:
        put_collection(tx, "eve", Collection(), most=10)
        store_response(tx, "key", "fingerprint", "{}")
    gone = _next_id(database)
    with database.transaction() as tx:
        delete_ingredient(tx, gone)
    for table in OTHERS:
        assert _rows(database)[table.name], table.name
    return database


@contextmanager
def _on_file(path: Path) -> Iterator[Database]:
    with closing(Database(sqlite_url(path))) as made:
        yield made


@pytest.fixture
def postgres(postgres_url: sa.URL) -> Iterator[Database]:
    with closing(Database(postgres_url)) as made:
        yield made


def _rows(database: Database) -> dict[str, list[str]]:
    with database.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in OTHERS
        }


def _copy(source: Database, target: Database, *tokens: TokenEntry) -> list[TokenEntry]:
    with copied_catalogue(source, target, token_file=list(tokens)) as copied:
        assert copied.rows["recipes"] > 10
    return copied.tokens


def _next_id(database: Database) -> int:
    with database.transaction() as tx:
        (given,) = create_ingredients(tx, [IngredientDraft(name="The next one")], [""])
    return given


def test_there_and_back_nothing_is_lost(full: Database, postgres: Database, tmp_path: Path) -> None:
    before, expected = _rows(full), None
    with full.reading() as connection:
        expected = catalogue_state(connection)
    assert _copy(full, postgres, TOKEN) == [TOKEN]
    assert _rows(postgres) == before
    with _on_file(tmp_path / "back" / "catalogue.sqlite") as back:
        assert _copy(postgres, back) == [TOKEN]
        assert _rows(back) == before
        with back.reading() as connection:
            assert catalogue_state(connection) == expected
        numbers = {_next_id(each) for each in (full, postgres, back)}
    assert len(numbers) == 1, "an id that was given is never given again"


def test_a_copy_between_two_of_a_kind_has_everything(
    full: Database, postgres: Database, new_postgres_url: Callable[[], sa.URL], tmp_path: Path
) -> None:
    with _on_file(tmp_path / "other.sqlite") as other:
        _copy(full, other)
        assert _rows(other) == _rows(full)
    _copy(full, postgres, TOKEN)
    with closing(Database(new_postgres_url())) as other:
        assert _copy(postgres, other) == [TOKEN]
        assert _rows(other) == _rows(full)


def test_only_an_empty_database_is_copied_to(full: Database, postgres: Database) -> None:
    _copy(full, postgres)
    with postgres.transaction() as tx:
        delete_recipe(tx, 10)
    before = _rows(postgres)
    with pytest.raises(ConflictError, match="holds a catalogue"):
        _copy(full, postgres)
    assert _rows(postgres) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_copy_that_is_broken_off_leaves_nothing(
    full: Database, request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    with closing(
        request.getfixturevalue("postgres")
        if kind == "postgres"
        else Database(sqlite_url(tmp_path / "other.sqlite"))
    ) as target:
        with (
            pytest.raises(ZeroDivisionError),
            copied_catalogue(full, target, token_file=[TOKEN]),
        ):
            1 / 0  # noqa: B018
        left = _rows(target)
        assert (len(left.pop("catalogue")), len(left.pop("methods"))) == (1, 5)
        assert set(map(len, left.values())) == {0}
        _copy(full, target)
        assert _rows(target) == _rows(full)


def test_what_the_other_database_cannot_hold_is_named(full: Database, postgres: Database) -> None:
    with full.schema_change() as connection:
        connection.exec_driver_sql("UPDATE recipes SET notes = char(0) WHERE id = 1")
    with pytest.raises(DamagedError, match="recipes holds what the other database cannot"):
        _copy(full, postgres)
    assert _rows(postgres)["recipes"] == []


def test_rows_that_come_out_otherwise_are_noticed(
    full: Database, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_names_of_others(table: Any) -> Any:
        return sa.update(table).where(table.c.id == -sa.bindparam("its_id"))

    monkeypatch.setattr(copying, "update", without_names_of_others)
    with pytest.raises(DamagedError, match="ingredients came out"):
        _copy(full, postgres)
    assert _rows(postgres)["ingredients"] == []
