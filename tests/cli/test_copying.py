"""Moving to another database by the command line."""

import json
from pathlib import Path

from sqlalchemy import URL

from tests.cli.conftest import Run
from tests.conftest import BAR
from tests.rds import Rds


def test_a_catalogue_moves_to_another_database(
    run: Run, environment: dict[str, str], postgres_url: URL, tmp_path: Path
) -> None:
    file, url = environment["DB_PATH"], postgres_url.render_as_string(hide_password=False)
    assert (
        run("import", "-", "--yes", stdin=json.dumps({"format": "catalogue/1", **BAR})).returncode
        == 0
    )
    token = run("token", "new", "Eve").stdout.strip()
    expected = run("export", "-").stdout
    done = run("copy", file, url)
    assert done.returncode == 0, done.stderr
    assert "checked: each table has the same rows in both databases" in done.stdout
    assert "recipes                         3" in done.stdout
    assert f"1 access token in the database; {tmp_path}/tokens.json does not count" in done.stdout
    there = {"DATABASE_URL": url, "DB_PATH": ""}
    assert run("export", "-", **there).stdout == expected
    (tmp_path / "tokens.json").unlink()
    assert "Eve" in run("token", "list", **there).stdout
    again = run("copy", file, url)
    assert again.returncode == 1
    assert "holds a catalogue already (" in again.stderr
    back = run("copy", url, str(tmp_path / "back.sqlite"))
    assert f"1 access token in {tmp_path}/tokens.json" in back.stdout
    assert "Eve" in run("token", "list", DB_PATH=str(tmp_path / "back.sqlite")).stdout
    assert token
    assert run("token", "revoke", "Eve", **there).returncode == 0
    revoked = run("copy", url, str(tmp_path / "again.sqlite"))
    assert "has tokens that the database has not, and nothing was copied: 'Eve'" in revoked.stderr
    (tmp_path / "tokens.json").unlink()
    assert "0 access tokens in" in run("copy", url, str(tmp_path / "again.sqlite")).stdout
    refused = run("copy", file, "mysql://host/name")
    assert "a catalogue lies in SQLite or PostgreSQL, not in mysql" in refused.stderr


def test_a_catalogue_moves_to_another_file_beside_its_tokens(run: Run, tmp_path: Path) -> None:
    run("import", "-", "--yes", stdin=json.dumps({"format": "catalogue/1", **BAR}))
    assert run("token", "new", "Eve").returncode == 0
    moved = run("copy", str(tmp_path / "catalogue.sqlite"), str(tmp_path / "other.sqlite"))
    assert moved.returncode == 0, moved.stderr
    assert "Eve" in run("token", "list", DB_PATH=str(tmp_path / "other.sqlite")).stdout


def test_a_catalogue_moves_to_rds(run: Run, environment: dict[str, str], aws_database: Rds) -> None:
    run("import", "-", "--yes", stdin=json.dumps({"format": "catalogue/1", **BAR}))
    expected = run("export", "-").stdout
    admin, writer = (
        aws_database.url(user).render_as_string() for user in ("postgres", "cocktailspace")
    )
    made = run("rds-users", admin)
    assert made.stdout.startswith("cocktailspace writes, cocktailspace_job reads;"), made.stderr
    copied = run("copy", environment["DB_PATH"], writer)
    assert copied.returncode == 0, copied.stderr
    assert f"from now on: DATABASE_URL={writer}" in copied.stdout
    assert run("export", "-", DATABASE_URL=writer, DB_PATH="").stdout == expected
    assert "has no users" in run("rds-users", f"sqlite:///{environment['DB_PATH']}").stderr
