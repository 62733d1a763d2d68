"""With a rollback journal, as on a network file system, readers wait for a commit and no longer.

What a client of NFS believes of files is played by bindfs, a user-space file system with the same
caches: for half a minute, that a file is not there, and how large it was. Linux' own client asks
the server when a file is opened, and so does it. Locks between clients it lacks; here one is dead.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cocktailspace.catalogue import sqlite
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.schema import ingredients
from cocktailspace.catalogue.sqlite import sqlite_url

CACHE_BYTES = 2_048_000


def test_a_write_larger_than_the_cache_shuts_no_reader_out_before_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
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


WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = " + sys.argv[2])
connection.execute("PRAGMA cache_size = 10")  # so that the file is half written before the commit
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE ingredients SET name = 'uncommitted ' || id")
print("half written", flush=True)
time.sleep(600)
"""


@pytest.fixture
def two_clients(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """One folder as two clients see it, each with its own idea of what is there."""
    if shutil.which("bindfs") is None or not os.access("/dev/fuse", os.W_OK) or os.getuid() != 0:
        pytest.skip("bindfs, /dev/fuse and root are needed")
    (tmp_path / "server").mkdir()
    clients = (tmp_path / "first", tmp_path / "second")
    caches = "attr_timeout=30,entry_timeout=30,negative_timeout=30"
    try:
        for client in clients:
            client.mkdir()
            command = ["bindfs", "-o", caches, tmp_path / "server", client]
            subprocess.run(command, check=True, capture_output=True)
        yield clients
    except subprocess.CalledProcessError as error:
        pytest.skip(f"bindfs cannot mount here: {error.stderr!r}")
    finally:
        for client in clients:
            subprocess.run(["umount", "--lazy", client], check=False, capture_output=True)


def _ingredients(path: Path) -> set[str]:
    database = Database(sqlite_url(path))
    with database.reading() as connection:
        found = set(connection.execute(select(ingredients.c.name)).scalars())
    database.close()
    return found


def _make_catalogue(path: Path) -> set[str]:
    database = Database(sqlite_url(path))
    migrate(database, network_file_system=True)
    drafts = [IngredientDraft(name=f"Row {number}", description="x" * 900) for number in range(400)]
    with database.transaction() as tx:
        create_ingredients(tx, drafts, [""] * len(drafts))
    database.close()
    return {draft.name for draft in drafts}


def _kill_in_mid_commit(path: Path, mode: str) -> None:
    command = [sys.executable, "-c", WRITER, str(path), mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half written\n"
        writer.kill()


def test_what_a_killed_writer_left_is_seen_by_a_client_that_saw_the_folder_before(
    two_clients: tuple[Path, Path],
) -> None:
    killed, other = (client / "catalogue.sqlite" for client in two_clients)
    names = _make_catalogue(killed)
    assert _ingredients(other) == names
    _kill_in_mid_commit(killed, "PERSIST")
    assert _ingredients(other) == names


def test_a_journal_that_comes_and_goes_would_be_missed(two_clients: tuple[Path, Path]) -> None:
    """The danger is real: without the kept journal, rows that nobody committed are read."""
    killed, other = (client / "catalogue.sqlite" for client in two_clients)
    names = _make_catalogue(killed)
    killed.with_name("catalogue.sqlite-journal").unlink()
    assert _ingredients(other) == names
    _kill_in_mid_commit(killed, "DELETE")
    assert any(name.startswith("uncommitted") for name in _ingredients(other))


@pytest.mark.parametrize("write_after", [False, True])
def test_the_journal_is_there_from_the_first_moment_and_stays(
    tmp_path: Path, write_after: bool
) -> None:
    path = tmp_path / "catalogue.sqlite"
    journal = tmp_path / "catalogue.sqlite-journal"
    names = _make_catalogue(path)
    if not write_after:
        journal.unlink()  # as a version before left it
        database = Database(sqlite_url(path))
        migrate(database, network_file_system=True)
        database.close()
    assert 0 < journal.stat().st_size <= sqlite._JOURNAL_BYTES
    assert _ingredients(path) == names


def test_on_a_local_disk_there_is_no_such_journal(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "catalogue.sqlite"))
    migrate(database)
    with database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name="Gin")], [""])
    database.close()
    assert not (tmp_path / "catalogue.sqlite-journal").exists()
