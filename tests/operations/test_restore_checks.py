"""A restore puts nothing in the catalogue's place that is not a catalogue through and through."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cocktailspace.catalogue import backup as copies
from cocktailspace.catalogue.errors import MOST_PROBLEMS, DamagedError, InvalidError, SchemaError
from tests.conftest import import_document
from tests.operations.site import Site


@pytest.fixture
def refused(site: Site, tmp_path: Path) -> Callable[..., str]:
    """What a restore says of a backup in which SQL was carried out; the catalogue stays."""

    def refusal(error: type[Exception], *statements: str) -> str:
        backup = tmp_path / "backup.sqlite"
        copies.backup(site.services.database, backup, force=True)
        _spoil(backup, "PRAGMA ignore_check_constraints = ON", *statements)
        before = site.catalogue()
        with pytest.raises(error) as caught:
            copies.restore(site.services.database, backup, force=True)
        assert site.catalogue() == before
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup.sqlite"]
        return str(caught.value)

    return refusal


def _spoil(backup: Path, *statements: str) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as spoilt:
        for statement in statements:
            spoilt.execute(statement)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("CREATE TABLE diary (entry)", "its table 'diary' is not ours"),
        (
            "CREATE TRIGGER gone AFTER UPDATE ON catalogue BEGIN DELETE FROM recipes; END",
            "its trigger 'gone' is not ours",
        ),
        (
            "CREATE TABLE _litestream_lock (id INTEGER REFERENCES recipes)",
            "its table '_litestream_lock' is another than ours",
        ),
        ("CREATE VIEW more AS SELECT 1", "its view 'more' is not ours"),
        ("DROP INDEX ix_ingredients_parent_id", "its index 'ix_ingredients_parent_id' is missing"),
        ("ALTER TABLE recipes ADD COLUMN stars", "its table 'recipes' is another than ours"),
        ("UPDATE alembic_version SET version_num = '0000'", "which no version of us made"),
        ("UPDATE alembic_version SET version_num = '0002'", "not as schema 0002 is"),
        ("UPDATE alembic_version SET version_num = '9999'", "a newer version of cocktailspace"),
        ("DROP TABLE alembic_version", "but no catalogue"),
    ],
)
def test_another_schema_is_refused_by_what_is_other(
    refused: Callable[..., str], statement: str, says: str
) -> None:
    assert says in refused(SchemaError, statement)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM catalogue", "catalogue: it has 0 identities instead of one"),
        ("INSERT INTO catalogue VALUES (lower(hex(randomblob(16))))", "it has 2 identities"),
        ("UPDATE catalogue SET catalogue_id = 'me'", "'me' is no identity"),
        ("UPDATE ingredients SET parent_id = 99 WHERE id = 2", "a row of ingredients that is not"),
        ("UPDATE ingredients SET parent_id = 3 WHERE id = 1", "ingredients 3: 'Bourbon' is below"),
        ("UPDATE ingredients SET parent_id = 1 WHERE id = 1", "'Spirit' is below itself"),
        ("UPDATE ingredients SET allow_substitution = 7 WHERE id = 2", "ingredients 2.allow_"),
        ("UPDATE ingredients SET name = char(27) || 'Gin' WHERE id = 5", "ingredients 5.name: "),
        ("UPDATE ingredients SET name = 'Jin' WHERE id = 5", "'gin' is not the key of 'Jin'"),
        ("UPDATE ingredients SET created_at = 'now' WHERE id = 5", "ingredients 5.created_at"),
        ("UPDATE units SET millilitres = 9e999", "units 1.millilitres: "),
        ("UPDATE units SET millilitres = 'much'", "units 1.millilitres: "),
        (
            "UPDATE recipe_ingredients SET amount = 1e300 WHERE recipe_id = 2",
            "recipe_ingredients 2",
        ),
        ("UPDATE recipe_ingredients SET position = -1 WHERE position = 0", "/-1.position: -1"),
        ("UPDATE recipes SET source_url = 'javascript:alert(1)' WHERE id = 3", "recipes 3.source_"),
        ("UPDATE recipes SET instructions = x'00ff' WHERE id = 3", "recipes 3.instructions: it is"),
        ("UPDATE changes SET action = 'rename' WHERE version = 1", "changes 1: 'rename' of 'unit'"),
        ("UPDATE changes SET changed_at = '2026-13-01' WHERE version = 2", "changes 2.changed_at"),
    ],
)
def test_a_row_that_we_could_not_have_written_is_refused_by_its_place(
    refused: Callable[..., str], statement: str, says: str
) -> None:
    assert says in refused(InvalidError, statement)


def test_text_that_is_none_is_refused(refused: Callable[..., str]) -> None:
    says = refused(DamagedError, "UPDATE recipes SET description = CAST(x'ff41' AS TEXT)")
    assert "UTF-8 column 'description'" in says


def test_only_some_of_very_many_bad_rows_are_listed(
    site: Site, refused: Callable[..., str]
) -> None:
    rows = [{"name": f"Row {number}"} for number in range(3 * MOST_PROBLEMS)]
    import_document(site.services.database, {"ingredients": rows})
    listed = refused(InvalidError, "UPDATE ingredients SET updated_at = ''").splitlines()
    assert len(listed) == MOST_PROBLEMS


def test_what_is_put_back_is_searched_at_once_and_old_answers_are_forgotten(
    site: Site, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.sqlite"
    copies.backup(site.services.database, backup)
    _spoil(
        backup,
        "UPDATE recipes SET name = 'Milano', name_key = 'milano', order_key = 'milano', "
        "alike_key = 'milano' WHERE id = 1",
        "INSERT INTO idempotency_keys VALUES ('k', 'f', 'no JSON', '2026-01-01T00:00:00.000000Z')",
    )
    negronis = "/api/v1/recipes?name=negroni"
    assert site.client.get(negronis).json()["total"] == 1
    copies.restore(site.services.database, backup, force=True)
    assert site.client.get(negronis).json()["total"] == 0
    with site.services.database.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM idempotency_keys").scalar()
    assert count == 0


def test_a_backup_with_a_name_that_is_no_longer_taken_is_put_back(
    site: Site, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.sqlite"
    copies.backup(site.services.database, backup)
    _spoil(
        backup,
        "UPDATE recipes SET name = char(12644), name_key = char(12644), "
        "order_key = char(12644), alike_key = char(12644) WHERE id = 1",
    )
    copies.restore(site.services.database, backup, force=True)
    assert site.client.get("/api/v1/recipes/1").json()["name"] == "\u3164"
    site.settle()
    site.publishes_the_truth()
