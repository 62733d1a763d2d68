"""Backup and restore."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from cocktailspace.catalogue import backup as copies
from cocktailspace.catalogue import file_copies
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError, ConflictError, DamagedError, SchemaError
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.refresh.status import RefreshState
from tests.load.harness import Server, request
from tests.operations.site import Site, another_catalogue
from tests.waiting import PATIENCE_SECONDS, eventually

PAIR = 2


def _pairs(path: Path) -> list[tuple[int, int]]:
    """(version, ingredients) of a backup, read without this project."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [
            copy.execute(f"SELECT (SELECT count(*) FROM {table})").fetchone()  # noqa: S608
            for table in ("changes", "ingredients")
        ]


def test_a_backup_is_one_moment_of_a_catalogue_that_is_being_written(
    site: Site, tmp_path: Path
) -> None:
    """Each transaction adds a pair; a backup that has half a pair is of no moment at all."""
    database = site.services.database
    with database.reading() as connection:
        before = catalogue_state(connection).version
    wrote, done = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            drafts = [IngredientDraft(name=f"{number} {side}") for side in ("left", "right")]
            with database.transaction() as tx:
                create_ingredients(tx, drafts, [""] * PAIR)
            wrote.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        versions = []
        for number in range(5):
            target = tmp_path / f"backup-{number}"
            copied = copies.backup(database, target)
            (changes,), (ingredients,) = _pairs(target)
            assert copied.state.version == changes
            assert (changes - before) % PAIR == 0
            assert changes - before == ingredients - 9
            versions.append(changes)
            wrote.clear()
            assert wrote.wait(PATIENCE_SECONDS)
    finally:
        done.set()
        writer.join()
    assert versions == sorted(set(versions))
    assert not list(tmp_path.glob(".copying-*"))


@pytest.mark.parametrize("force", [False, True])
def test_a_backup_is_on_disk_under_its_name_before_it_is_reported(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    target = tmp_path / "backup"
    synced: list[tuple[int, bool]] = []
    fsync = os.fsync

    def watch(handle: int) -> None:
        fsync(handle)
        synced.append((os.fstat(handle).st_ino, target.exists()))

    monkeypatch.setattr(os, "fsync", watch)
    copies.backup(site.services.database, target, force=force)
    assert synced == [(target.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


def test_a_backup_replaces_no_file_unless_told_to(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    with pytest.raises(ConflictError, match="--force"):
        copies.backup(site.services.database, target)
    assert target.read_text() == "precious"
    copies.backup(site.services.database, target, force=True)
    assert _pairs(target)


def test_a_backup_that_fails_leaves_the_earlier_one_whole(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    copies.backup(site.services.database, target)
    before = target.read_bytes()
    site.edit()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        copies.backup(site.services.database, target, force=True)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup"]


def test_a_restore_under_a_running_server_is_seen_at_once_and_published(
    site: Site, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    copies.backup(site.services.database, backup)
    before, kept = site.catalogue(), backup.read_bytes()
    site.edit()
    site.settle()
    file = site.same_file()
    with site.services.database.reading() as connection:  # a reader in the middle of it
        version = catalogue_state(connection).version
        other_process = Database(sqlite_url(site.path))
        copies.restore(other_process, backup, force=True)
        other_process.close()
        assert catalogue_state(connection).version == version
    assert site.same_file() == file, "written into the database, not beside it"
    assert site.catalogue().version == before.version
    assert site.catalogue().catalogue_id != before.catalogue_id
    assert site.edit().status_code == 201
    site.publishes_the_truth()
    assert backup.read_bytes() == kept


def test_a_restore_that_would_lose_changes_is_refused(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    copies.backup(site.services.database, backup)
    copies.restore(site.services.database, backup)  # nothing would be lost
    with pytest.raises(ConflictError, match="--force"):  # it has a new identity, and changes
        copies.restore(site.services.database, backup)
    copies.backup(site.services.database, backup, force=True)
    site.edit()
    identity = site.catalogue()
    with pytest.raises(ConflictError, match="lacks"):
        copies.restore(site.services.database, backup)
    assert site.catalogue() == identity
    copies.restore(site.services.database, backup, force=True)
    assert site.catalogue().version == identity.version - 1


def test_a_fork_of_the_same_catalogue_is_not_taken_for_an_older_state(
    site: Site, tmp_path: Path
) -> None:
    """Same identity, lower version than the backup's; but its last change is another one."""
    fork = tmp_path / "fork"
    copies.backup(site.services.database, fork)
    site.edit()
    site.edit()
    backup = tmp_path / "backup"
    copies.backup(site.services.database, backup)
    os.replace(fork, site.path)
    site.clock.advance(hours=1)
    site.edit()
    with pytest.raises(ConflictError, match="lacks"):
        copies.restore(site.services.database, backup)


def test_what_is_no_catalogue_is_not_restored(site: Site, tmp_path: Path) -> None:
    database, good = site.services.database, tmp_path / "good"
    copies.backup(database, good)
    text, half, foreign, newer = (tmp_path / name for name in ("text", "half", "foreign", "newer"))
    text.write_text("dear diary")
    half.write_bytes(good.read_bytes()[:40_000])
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE diary (entry)")
    shutil.copy(good, newer)
    with closing(sqlite3.connect(newer)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    before = site.catalogue()
    for path, error in (
        (text, DamagedError),
        (half, DamagedError),
        (foreign, SchemaError),
        (newer, SchemaError),
        (tmp_path / "nowhere", SchemaError),
    ):
        with pytest.raises(error):
            copies.restore(database, path, force=True)
    assert site.catalogue() == before


def test_a_restore_waits_for_its_turn_and_gives_up_in_time(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    copies.backup(site.services.database, backup)
    monkeypatch.setattr(file_copies, "BUSY_SECONDS", 0.1)
    other_process = Database(sqlite_url(site.path))
    with site.services.database.transaction(), pytest.raises(BusyError):
        copies.restore(other_process, backup)
    other_process.close()
    assert site.catalogue().version > 0


def test_a_restore_mends_a_damaged_catalogue_but_only_when_told_to(
    site: Site, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    copies.backup(site.services.database, backup)
    site.stop()
    site.path.write_bytes(b"no pages" * 1000)
    with pytest.raises(DamagedError):
        copies.restore(site.services.database, backup)
    copies.restore(site.services.database, backup, force=True)
    site.publishes_the_truth()
    assert "Gin" in site.ingredients()


def test_a_restore_makes_the_folder_of_a_catalogue_that_is_nowhere_yet(
    site: Site, tmp_path: Path
) -> None:
    copies.backup(site.services.database, tmp_path / "backup.sqlite")
    elsewhere = Database(sqlite_url(tmp_path / "not" / "there" / "catalogue.sqlite"))
    put_back = copies.restore(elsewhere, tmp_path / "backup.sqlite")
    assert put_back.state.version == site.catalogue().version
    elsewhere.close()


def test_a_restored_catalogue_may_be_anothers(
    site: Site, tmp_path: Path, empty_catalogue: Path
) -> None:
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock, "Absinthe")
    copies.restore(site.services.database, other, force=True)
    assert site.status().state is RefreshState.PENDING
    site.publishes_the_truth()
    assert site.published_ingredients() == {"Absinthe"}


@pytest.mark.slow
def test_backup_and_restore_as_commands_beside_a_server_and_its_writers(tmp_path: Path) -> None:
    server = Server(tmp_path, ANALYTICS_DEBOUNCE_MINUTES="", ANALYTICS_MAX_WAIT_MINUTES="")
    backup = str(tmp_path / "backup.sqlite")
    try:
        token = server.command("token", "new", "ann", "--role", "admin").strip()
        headers = {"Authorization": f"Bearer {token}"}
        server.start()
        statuses: list[int] = []
        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                body = {"name": f"Ingredient {len(statuses)}"}
                answer = request(server.port, "POST", "/api/v1/ingredients", body, **headers)
                statuses.append(answer[0])

        writer = threading.Thread(target=write)
        writer.start()
        eventually(lambda: len(statuses) > 0)
        server.command("backup", backup)
        done.set()
        writer.join()
        assert set(statuses) == {201}
        assert _pairs(Path(backup))
        first = server.get("/api/v1/refresh")
        server.command("restore", "--force", backup)
        second = server.get("/api/v1/refresh")
        assert second["catalogue_id"] != first["catalogue_id"]
        body = {"name": "After the restore"}
        assert request(server.port, "POST", "/api/v1/ingredients", body, **headers)[0] == 201
        eventually(lambda: server.refresh_state == "fresh")
        manifest = server.get("/api/v1/analytics/manifest")
        assert manifest["catalogue_id"] == second["catalogue_id"]
    finally:
        server.stop()
