"""Commands over strange files and names: what is there stays, and what is wrong is named."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cocktailspace.catalogue import backup as copies
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.sqlite import sqlite_url
from tests.cli.conftest import Run
from tests.conftest import BAR, import_document
from tests.load.harness import Server, request


@pytest.mark.parametrize("name", ["a?b.sqlite", "a#b%20", "file:x", "\udcff"])
def test_a_catalogue_of_any_name_is_made_there_and_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / name
    database = Database(sqlite_url(path))
    migrate(database)
    import_document(database, BAR)
    copies.backup(database, tmp_path / "backup")
    copies.restore(database, tmp_path / "backup")
    database.close()
    assert {each.name.removesuffix("-wal").removesuffix("-shm") for each in folder.iterdir()} == {
        name
    }


def _the_same(path: Path) -> Path:
    return path


def _a_link(path: Path) -> Path:
    (path.parent / "link").symlink_to(path)
    return path.parent / "link"


def _a_second_name(path: Path) -> Path:
    os.link(path, path.parent / "second")
    return path.parent / "second"


def _its_wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


@pytest.mark.parametrize("name_of", [_the_same, _a_link, _a_second_name, _its_wal])
def test_no_backup_is_written_over_the_catalogue_itself(
    database: Database, name_of: Callable[[Path], Path]
) -> None:
    assert database.path is not None
    import_document(database, BAR)
    before = database.path.read_bytes()
    with pytest.raises(ConflictError, match="is the catalogue itself"):
        copies.backup(database, name_of(database.path), force=True)
    assert database.path.read_bytes() == before


def test_no_export_is_written_over_the_catalogue_itself(run: Run, tmp_path: Path) -> None:
    assert (
        run("import", "-", "--yes", stdin=json.dumps({"format": "catalogue/1", **BAR})).returncode
        == 0
    )
    assert "is the catalogue itself" in run("export", str(tmp_path / "catalogue.sqlite")).stderr
    assert len(json.loads(run("export").stdout)["recipes"]) == len(BAR["recipes"])


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_copy_is_as_private_as_the_catalogue(
    database: Database, tmp_path: Path, mode: int
) -> None:
    assert database.path is not None
    database.path.chmod(mode)
    copy = tmp_path / "copy"
    copies.backup(database, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == mode
    copy.chmod(0o660)
    copies.backup(database, copy, force=True)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o660
    fresh = Database(sqlite_url(tmp_path / "fresh"))
    copies.restore(fresh, copy)
    fresh.close()
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o660


def test_keys_of_a_file_do_not_command_the_terminal(run: Run) -> None:
    text = json.dumps({"format": "catalogue/1", "\x1b]0;owned\x07": 1, "x" * 10_000: 1})
    done = run("import", "-", stdin=text)
    assert done.returncode == 1
    assert "\\u001b]0;owned\\u0007" in done.stderr
    assert "\x1b]" not in done.stderr
    assert len(done.stderr) < 1_000


def test_of_very_many_problems_some_are_shown_and_the_rest_counted(run: Run) -> None:
    recipes = [{"name": f"R {number}", "stars": 5} for number in range(1_000)]
    done = run("import", "-", stdin=json.dumps({"format": "catalogue/1", "recipes": recipes}))
    assert "1,000 errors" in done.stderr
    assert done.stderr.endswith("and 980 more\n")
    assert len(done.stderr.splitlines()) == 22


def test_the_first_token_is_not_in_a_log_but_in_a_file_of_its_own(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        server.start()
        path = tmp_path / "admin-token"
        token = path.read_text().strip()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        log = (tmp_path / "serve.log").read_text()
        assert str(path) in log
        assert token not in log
        headers = {"Authorization": f"Bearer {token}"}
        body = {"name": "Cup", "millilitres": 240.0}
        assert request(server.port, "POST", "/api/v1/units", body, **headers)[0] == 201
    finally:
        server.stop()
