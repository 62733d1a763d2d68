"""The script that puts a restored copy of the catalogue in its place, tried on a plain folder."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT, need


@pytest.fixture(autouse=True)
def _sqlite() -> None:
    need(shutil.which("sqlite3"), "the sqlite3 command")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A file system that holds a live catalogue and two restored copies."""
    _write(tmp_path / "catalogue", "live")
    _write(tmp_path / "aws-backup-restore_2026-11-01T05-00-00-000Z" / "catalogue", "older")
    _write(tmp_path / "aws-backup-restore_2026-11-02T05-00-00-000Z" / "catalogue", "newer")
    return tmp_path


def _write(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE recipes (name)")
        connection.execute("INSERT INTO recipes VALUES (?)", (name,))


def _read(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        [(name,)] = connection.execute("SELECT name FROM recipes")
    return str(name)


def _put_back(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / "put-back-efs-copy.sh"],
        env={"PATH": os.environ["PATH"], "ROOT": str(root), "OWNER": str(os.getuid())},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_newest_copy_takes_the_place_and_what_was_there_is_kept(root: Path) -> None:
    (root / "catalogue" / "catalogue.sqlite-journal").write_bytes(b"of the live file")
    done = _put_back(root)
    assert done.returncode == 0, done.stderr
    assert _read(root / "catalogue" / "catalogue.sqlite") == "newer"
    assert not (root / "catalogue" / "catalogue.sqlite-journal").exists()
    [before] = root.glob("catalogue-before-*")
    assert (before / "catalogue.sqlite-journal").read_bytes() == b"of the live file"
    assert _read(before / "catalogue.sqlite") == "live"


def test_a_damaged_copy_is_refused_and_nothing_moves(root: Path) -> None:
    [copy] = root.glob("aws-backup-restore_2026-11-02*/catalogue/catalogue.sqlite")
    copy.write_bytes(copy.read_bytes()[:5000])
    done = _put_back(root)
    assert done.returncode == 1
    assert "the copy is damaged" in done.stderr
    assert _read(root / "catalogue" / "catalogue.sqlite") == "live"


def test_without_a_copy_nothing_moves(tmp_path: Path) -> None:
    _write(tmp_path / "catalogue", "live")
    done = _put_back(tmp_path)
    assert done.returncode == 1
    assert "no aws-backup-restore_TIME/catalogue/catalogue.sqlite" in done.stderr
    assert _read(tmp_path / "catalogue" / "catalogue.sqlite") == "live"
