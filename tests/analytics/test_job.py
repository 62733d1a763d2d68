import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from benchmarks.catalogues import starter_document
from numpy.typing import NDArray

from cocktailspace.analytics import job as job_module
from cocktailspace.analytics import maps
from cocktailspace.analytics.job import JobResult, TryAgainError, run_job
from cocktailspace.analytics.parameters import MAPS
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.artifacts.attempt import AttemptRecorder, read_attempt
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import ArtifactName, read_published
from cocktailspace.artifacts.rows import rows_of
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import SchemaError, UnavailableError
from cocktailspace.catalogue.recipes import delete_recipe
from cocktailspace.catalogue.snapshot import take_snapshot
from tests.conftest import BAR, ManualClock
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artifacts")


@pytest.fixture
def bar(database: Database, load: Callable[[object], None]) -> Database:
    load(BAR)
    return database


def _path(database: Database) -> Path:
    assert database.path is not None
    return database.path


def _run(
    database: Database, store: FolderStore, clock: ManualClock, **options: object
) -> JobResult:
    clock.advance(seconds=1)
    note = AttemptRecorder(store, clock=clock)
    return run_job(_path(database), store, note, clock=clock, sleep=lambda _s: None, **options)  # type: ignore[arg-type]


def test_a_run_publishes_every_artifact_of_the_present_version(
    bar: Database, store: FolderStore, clock: ManualClock
) -> None:
    result = _run(bar, store, clock)
    assert result.outcome == "published"
    assert result.manifest is not None
    assert set(result.manifest.artifacts) == set(ArtifactName)
    with bar.reading() as connection:
        state = catalogue_state(connection)
    assert result.manifest.source_version == state.version
    assert result.manifest.catalogue_id == state.catalogue_id
    assert result.manifest.counts["recipes"] == 3


def test_what_is_published_already_is_not_computed_again(
    bar: Database, store: FolderStore, clock: ManualClock
) -> None:
    first = _run(bar, store, clock)
    again = _run(bar, store, clock)
    assert again.outcome == "nothing to do"
    assert again.manifest == first.manifest
    forced = _run(bar, store, clock, force=True)
    assert forced.outcome == "published"
    assert forced.manifest != first.manifest


def test_other_parameters_are_computed_without_an_edit(
    bar: Database, store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(bar, store, clock)
    monkeypatch.setattr(job_module, "PARAMETERS", {"algorithm_version": 99})
    assert _run(bar, store, clock).outcome == "published"


def test_an_edit_is_computed(bar: Database, store: FolderStore, clock: ManualClock) -> None:
    _run(bar, store, clock)
    with bar.transaction() as tx:
        delete_recipe(tx, 1)
    result = _run(bar, store, clock)
    assert result.manifest is not None
    assert result.manifest.counts["recipes"] == 2


def test_a_busy_catalogue_is_tried_again_and_then_left_for_later(
    bar: Database, store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def snapshot(_path: Path) -> object:
        tries.append(1)
        raise UnavailableError("database is locked")

    monkeypatch.setattr(job_module, "take_snapshot", snapshot)
    with pytest.raises(TryAgainError):
        _run(bar, store, clock)
    assert len(tries) > 3
    assert read_published(store) is None


def test_an_unwritable_store_fails_and_publishes_nothing(
    bar: Database, store: FolderStore, clock: ManualClock
) -> None:
    store.root.mkdir()
    (store.root / "analytics").write_text("a file where a folder should be")
    with pytest.raises(StoreError):
        _run(bar, store, clock)


def test_an_artifact_is_stored_before_the_next_is_computed(
    bar: Database, store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = []

    def project(neighbours: Neighbours, **_: object) -> NDArray[np.float64]:
        stored.append({Path(each.key).stem for each in store.list("analytics/v1/runs/")})
        return np.zeros((len(neighbours), 2))

    monkeypatch.setattr(maps, "project", project)
    result = _run(bar, store, clock)
    before, between = stored
    assert ArtifactName.INGREDIENT_USAGE in before
    assert between - before == {ArtifactName.COCKTAIL_SPACE_EM}
    assert result.manifest is not None
    assert set(result.manifest.artifacts) == set(ArtifactName)


def test_progress_goes_through_every_step(
    bar: Database, store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    monkeypatch.setattr(AttemptRecorder, "report", lambda _self, step, _f: steps.append(step))
    result = _run(bar, store, clock)
    assert result.manifest is not None
    seconds = result.manifest.seconds
    shown = [step for step in dict.fromkeys(steps) if step not in ("snapshot", "publish")]
    assert shown == list(seconds)


def test_the_note_names_the_version_under_way(
    bar: Database, store: FolderStore, clock: ManualClock
) -> None:
    result = _run(bar, store, clock)
    attempt = read_attempt(store)
    assert attempt is not None
    assert attempt.source_version == result.snapshot.version


def test_a_snapshot_sees_only_what_was_committed(bar: Database) -> None:
    with closing(sqlite3.connect(str(bar.path), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM recipe_ingredients")
        assert all(recipe.volumes_ml for recipe in take_snapshot(_path(bar)).recipes)


def test_a_snapshot_of_a_missing_catalogue_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no catalogue"):
        take_snapshot(tmp_path / "nowhere.sqlite")
    assert not list(tmp_path.iterdir())


def test_snapshots_take_a_rollback_journal_too(bar: Database) -> None:
    bar.close()
    with closing(sqlite3.connect(str(bar.path))) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    assert len(take_snapshot(_path(bar)).recipes) == 3


def _leave_a_hot_journal(path: Path) -> None:
    """Kill a writer in the middle of its commit: some of its pages are in the file already."""
    script = (
        "import os, sqlite3, sys\n"
        "writer = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "writer.execute('PRAGMA cache_size = 2')\n"
        "writer.execute('BEGIN IMMEDIATE')\n"
        "writer.execute('UPDATE recipes SET instructions = hex(zeroblob(20000))')\n"
        "writer.execute('DELETE FROM recipe_ingredients')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = [sys.executable, "-c", script, str(path)]
    subprocess.run(killed, check=False, timeout=PATIENCE_SECONDS)
    assert path.with_name(f"{path.name}-journal").stat().st_size > 0


def test_a_writers_hot_journal_is_waited_for_and_never_read_around(
    bar: Database, store: FolderStore, clock: ManualClock
) -> None:
    path = _path(bar)
    bar.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    _leave_a_hot_journal(path)
    with pytest.raises(TryAgainError):
        _run(bar, store, clock)
    with bar.reading() as connection:  # opened for writing, which heals
        assert catalogue_state(connection).version > 0
    snapshot = take_snapshot(_path(bar))
    assert all(recipe.volumes_ml for recipe in snapshot.recipes)


def test_a_catalogue_in_wal_mode_where_nothing_may_be_written_says_what_to_do(
    bar: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_arguments: object, **_options: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY_DIRECTORY
        raise error

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(SchemaError, match=r"WAL mode.*DB_NETWORK_FILE_SYSTEM"):
        take_snapshot(_path(bar))


def test_a_forced_run_of_an_unchanged_catalogue_moves_no_point(
    database: Database,
    load: Callable[[object], None],
    store: FolderStore,
    clock: ManualClock,
) -> None:
    load(starter_document())
    endings = [_run(database, store, clock, force=True) for _ in range(2)]
    for name in MAPS:
        first, second = (
            list(rows_of(store.read(result.manifest.artifacts[name].key).body))
            for result in endings
            if result.manifest is not None
        )
        assert len(first) == 126
        assert first == second


def test_the_same_is_said_where_no_wal_can_be_made(bar: Database) -> None:
    """As on a read-only mount; here a folder is in its place."""
    assert bar.path is not None
    bar.close()
    bar.path.with_name(f"{bar.path.name}-wal").mkdir()
    with pytest.raises(SchemaError, match=r"WAL mode.*DB_NETWORK_FILE_SYSTEM"):
        take_snapshot(_path(bar))
