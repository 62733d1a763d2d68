"""With a rollback journal, as on a network file system, readers wait for a commit and no longer."""

from pathlib import Path

import pytest

from cocktailspace.catalogue import database as database_module
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, sqlite_url
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft

CACHE_BYTES = 2_048_000


def test_a_write_larger_than_the_cache_shuts_no_reader_out_before_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    writer, reader = (Database(sqlite_url(tmp_path / "catalogue.sqlite")) for _ in range(2))
    migrate(writer, network_file_system=True)
    drafts = [
        IngredientDraft(name=f"Row {number}", description="x" * 5_000)
        for number in range(2 * CACHE_BYTES // 5_000)
    ]
    with writer.transaction() as tx:
        create_ingredients(tx, drafts, [""] * len(drafts))
        with reader.reading() as connection:
            assert catalogue_state(connection).version == 0
    with reader.reading() as connection:
        assert catalogue_state(connection).version == len(drafts)
    writer.close()
    reader.close()
