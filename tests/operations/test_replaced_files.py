"""A database file put back by hand, deleted, or replaced by another's: the truth is published."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import BusyError
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.cli.doctor import examine
from cocktailspace.refresh.migration_guard import REPLACEMENT_GRACE
from cocktailspace.refresh.status import RefreshState
from tests.conftest import ManualClock
from tests.operations.site import Site, another_catalogue

Replace = Callable[[Path, Path], object]


def _renamed(source: Path, target: Path) -> None:
    os.replace(source, target)


def _overwritten(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


@pytest.fixture(params=["running", "stopped"])
def replace(request: pytest.FixtureRequest) -> Callable[[Site, Path, Replace], None]:
    """Does it under a running server, or between its end and its next start."""

    def under(site: Site, source: Path, how: Replace) -> None:
        if request.param == "stopped":
            site.stop()
            how(source, site.path)
            site.serve()
        else:
            site.look()  # idle for a second, so that the file is whole without its WAL
            site.look()
            how(source, site.path)

    return under


def _backup(site: Site, tmp_path: Path) -> Path:
    site.look()
    site.look()
    return Path(shutil.copy(site.path, tmp_path / "backup.sqlite"))


@pytest.mark.parametrize("how", [_renamed, _overwritten])
def test_an_older_copy_put_back(
    site: Site, tmp_path: Path, replace: Callable[..., None], how: Replace
) -> None:
    backup = _backup(site, tmp_path)
    before = site.catalogue()
    site.edit()
    site.settle()
    replace(site, backup, how)
    assert site.status().state is RefreshState.PENDING
    site.publishes_the_truth()
    assert site.catalogue().catalogue_id != before.catalogue_id
    assert not any("Made" in name for name in site.published_ingredients())


@pytest.mark.parametrize("edits", [1, 2], ids=["as far", "farther"])
def test_an_older_copy_that_was_edited_since_is_known_for_another(
    site: Site, tmp_path: Path, clock: ManualClock, replace: Callable[..., None], edits: int
) -> None:
    """Its version is that of what is published, or higher: the version alone says nothing."""
    backup = _backup(site, tmp_path)
    site.edit()
    site.settle()
    published = site.manifest()
    clock.advance(hours=1)
    copy = Database(sqlite_url(backup), clock=clock)
    for number in range(edits):
        with copy.transaction() as tx:
            create_ingredients(tx, [IngredientDraft(name=f"Other {number}")], [""])
    copy.close()
    replace(site, backup, _renamed)
    if edits == 1:
        assert site.catalogue().version == published.source_version
    assert site.status().restored
    site.publishes_the_truth()
    assert site.catalogue().catalogue_id != published.catalogue_id


@pytest.mark.parametrize("how", [_renamed, _overwritten])
@pytest.mark.parametrize("names", [(), ("Absinthe",)], ids=["empty", "with changes"])
def test_anothers_catalogue_in_its_place(
    site: Site,
    tmp_path: Path,
    empty_catalogue: Path,
    replace: Callable[..., None],
    how: Replace,
    names: tuple[str, ...],
) -> None:
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock, *names)
    replace(site, other, how)
    site.publishes_the_truth()
    assert site.published_ingredients() == set(names)


def test_a_file_deleted_under_a_running_server_is_missed_and_then_made_anew(site: Site) -> None:
    site.look()
    for path in site.path.parent.glob("catalogue.sqlite*"):
        path.unlink()
    answer = site.edit()
    assert answer.status_code == 503
    assert "there is no catalogue" in answer.json()["error"]["message"]
    assert site.client.get("/api/v1/recipes").status_code == 503
    assert site.client.get("/api/v1/refresh").status_code == 503
    for _ in range(int(REPLACEMENT_GRACE / timedelta(seconds=1))):
        site.look()
        assert not site.path.exists(), "somebody may be about to put it back"
    site.look()
    assert site.path.exists()
    assert site.edit().status_code == 201
    site.publishes_the_truth()
    assert len(site.published_ingredients()) == 1


def test_a_file_moved_away_and_back_is_taken_up_again(site: Site, tmp_path: Path) -> None:
    site.look()
    os.replace(site.path, tmp_path / "away")
    assert site.edit().status_code == 503
    site.look()
    os.replace(tmp_path / "away", site.path)
    assert site.edit().status_code == 201
    site.publishes_the_truth()
    assert "Gin" in site.published_ingredients()


def test_a_file_moved_away_during_an_edit_costs_that_edit_alone(
    site: Site, tmp_path: Path, empty_catalogue: Path
) -> None:
    """Nobody waits afterwards for a user who has gone."""
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock, "Absinthe")
    database = site.services.database
    with pytest.raises(BusyError, match="replaced"), database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name="Lost")], [""])
        os.replace(site.path, tmp_path / "away")
    assert site.edit().status_code == 503
    os.replace(other, site.path)
    assert site.edit().status_code == 201
    assert "Absinthe" in site.ingredients()


def test_a_file_deleted_while_the_server_is_down_is_made_anew(site: Site) -> None:
    site.stop()
    site.path.unlink()
    site.serve()
    assert site.catalogue().version == 0
    site.publishes_the_truth()
    assert site.published_ingredients() == set()


def test_what_the_old_file_had_not_taken_in_is_not_applied_to_the_new_one(
    site: Site, tmp_path: Path, empty_catalogue: Path
) -> None:
    """The WAL stays behind under its name when the file alone is replaced."""
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock, "Absinthe")
    for _ in range(5):
        site.edit()
    assert Path(f"{site.path}-wal").stat().st_size > 0
    os.replace(other, site.path)
    site.publishes_the_truth()
    assert site.ingredients() == {"Absinthe"}


def test_nor_is_what_the_very_first_user_of_the_old_file_wrote(
    tmp_path: Path, empty_catalogue: Path, clock: ManualClock
) -> None:
    """SQLite makes the WAL when that user comes; it was not there when the file was opened."""
    other = another_catalogue(tmp_path / "other", empty_catalogue, clock, "Absinthe")
    path = Path(shutil.copy(empty_catalogue, tmp_path / "catalogue.sqlite"))
    with closing(Database(sqlite_url(path), clock=clock)) as database:
        with database.transaction() as tx:
            create_ingredients(tx, [IngredientDraft(name="Gin")], [""])
        os.replace(other, path)
        with database.reading() as connection:
            names = connection.exec_driver_sql("SELECT name FROM ingredients").scalars().all()
            assert names == ["Absinthe"]
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_an_edit_during_which_the_file_is_replaced_is_refused(
    site: Site, tmp_path: Path, empty_catalogue: Path
) -> None:
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock)
    database = site.services.database
    with pytest.raises(BusyError, match="replaced"), database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name="Lost")], [""])
        os.replace(other, site.path)
    with database.reading() as connection:
        assert catalogue_state(connection).version == 0


def test_readers_of_the_old_file_finish_before_the_new_one_is_opened(
    site: Site, tmp_path: Path, empty_catalogue: Path
) -> None:
    other = another_catalogue(tmp_path / "other", empty_catalogue, site.clock)
    database = site.services.database
    with database.reading() as connection:
        version = catalogue_state(connection).version
        os.replace(other, site.path)
        with pytest.raises(BusyError, match="still being read"), database.reading():
            pass
        assert catalogue_state(connection).version == version > 0
    with database.reading() as connection:
        assert catalogue_state(connection).version == 0


def test_the_doctor_finds_a_damaged_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PATH", str(site.path))
    monkeypatch.setenv("ANALYTICS_PATH", str(site.settings.artifacts_folder))
    assert all("damaged" not in finding.what for finding in examine())
    site.stop()
    with site.path.open("rb+") as file:
        file.seek(4096 * 9)
        file.write(b"\x0d" + bytes(range(255)) * 16)
    assert any("damaged" in finding.what for finding in examine() if not finding.ok)


def test_what_is_no_database_is_said_and_the_last_good_result_stays(site: Site) -> None:
    site.look()
    site.look()
    site.path.write_bytes(b"these are not the pages you are looking for" * 200)
    answer = site.edit()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "catalogue_damaged")
    assert "restore" in answer.json()["error"]["message"]
    page = site.client.get("/recipe/1", headers={"Accept": "text/html"})
    assert (page.status_code, int(page.headers["retry-after"]) > 0) == (503, True)
    assert "<h1>Not available for now</h1>" in page.text
    run = site.manifest().run_id
    assert site.client.get(f"/api/v1/analytics/runs/{run}/cocktail-space").status_code == 200
