"""What a status says, derived from facts that are laid out by hand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cocktailspace.artifacts.attempt import Attempt, write_attempt
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import MANIFEST_KEY, Manifest
from cocktailspace.catalogue.changes import CatalogueState
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.ports import Job
from cocktailspace.refresh.status import RefreshState, RefreshStatus, StatusReader
from tests.conftest import ManualClock

pytestmark = pytest.mark.both_databases

MINUTE = timedelta(minutes=1)
POLICY = Debounce(5 * MINUTE, 20 * MINUTE)


class World:
    """A catalogue, a store and a clock, and what the refresh makes of them."""

    def __init__(self, database: Database, store: FolderStore, clock: ManualClock) -> None:
        self.database, self.store, self.clock = database, store, clock
        self.job: Job | None = None
        self.reader = StatusReader(database, store, POLICY, clock, active_job=lambda _: self.job)
        self.edits = 0

    @property
    def catalogue(self) -> CatalogueState:
        return self.reader.facts().catalogue

    def edit(self) -> None:
        self.edits += 1
        with self.database.transaction() as tx:
            create_ingredients(tx, [IngredientDraft(name=f"I{self.edits}")], [""])

    def publish(self, version: int | None = None, catalogue_id: str | None = None) -> None:
        manifest = Manifest(
            catalogue_id=catalogue_id or self.catalogue.catalogue_id,
            source_version=self.catalogue.version if version is None else version,
            generated_at=self.clock(),
            run_id="run",
            artifacts={},
            counts={},
            seconds={},
            parameters={},
        )
        self.store.write(MANIFEST_KEY, manifest.model_dump_json().encode())

    def attempt(self, state: str, **fields: object) -> None:
        known = {
            "catalogue_id": self.catalogue.catalogue_id,
            "source_version": self.catalogue.version,
        }
        times = {"started_at": self.clock(), "finished_at": self.clock()}
        attempt = {"run_id": "run", "state": state, **known, **times, **fields}
        write_attempt(self.store, Attempt.model_validate(attempt))

    def status(self) -> RefreshStatus:
        return self.reader.status()


@pytest.fixture
def world(database: Database, clock: ManualClock, tmp_path: Path) -> World:
    return World(database, FolderStore(tmp_path / "store"), clock)


def test_an_untouched_catalogue_has_nothing_to_run(world: World) -> None:
    status = world.status()
    assert (status.state, status.due_at) == (RefreshState.FRESH, None)


def test_edits_are_due_a_pause_after_the_last(world: World) -> None:
    world.edit()
    first = world.clock()
    world.clock.advance(minutes=3)
    world.edit()
    status = world.status()
    assert status.state is RefreshState.PENDING
    assert status.due_at == world.clock() + 5 * MINUTE
    assert (status.pending_since, status.pending_changes) == (first, 2)


def test_steady_edits_cannot_put_a_run_off_for_ever(world: World) -> None:
    world.publish()
    first = world.clock()
    for _ in range(10):
        world.edit()
        world.clock.advance(minutes=4)
    assert world.status().due_at == first + 20 * MINUTE


def test_what_is_published_is_fresh(world: World) -> None:
    world.edit()
    world.publish()
    assert world.status().state is RefreshState.FRESH


def test_only_changes_newer_than_the_published_version_are_pending(world: World) -> None:
    world.edit()
    world.publish()
    world.clock.advance(hours=1)
    world.edit()
    status = world.status()
    assert status.due_at == world.clock() + 5 * MINUTE
    assert status.pending_changes == 1


def test_changes_while_a_job_runs_are_the_next_runs(world: World) -> None:
    world.edit()
    world.attempt("running")
    world.job = Job("1")
    assert world.status().state is RefreshState.RUNNING
    assert world.status().due_at is None
    world.clock.advance(minutes=1)
    world.edit()
    assert world.status().due_at == world.clock() + 5 * MINUTE


def test_a_failed_run_is_tried_again_after_its_pause(world: World) -> None:
    world.edit()
    world.clock.advance(minutes=30)
    world.attempt("failed", failures=3, error="no luck")
    status = world.status()
    assert status.state is RefreshState.FAILED
    assert status.due_at == world.clock() + 4 * MINUTE


def test_an_edit_after_a_failure_is_due_as_any_edit(world: World) -> None:
    world.edit()
    world.attempt("failed", failures=9)
    world.clock.advance(minutes=1)
    world.edit()
    assert world.status().due_at == world.clock() + 5 * MINUTE


def test_a_run_that_failed_before_its_snapshot_waits_too(world: World) -> None:
    world.edit()
    world.clock.advance(minutes=30)
    world.attempt("failed", failures=1, catalogue_id=None, source_version=None)
    assert world.status().due_at == world.clock() + MINUTE


def test_a_job_that_died_without_a_word_is_a_failure(world: World) -> None:
    world.edit()
    world.attempt("running", finished_at=None, failures=1)
    status = world.status()
    assert status.state is RefreshState.FAILED
    assert status.due_at == world.clock() + 2 * MINUTE


def test_a_stopped_job_is_picked_up_at_once(world: World) -> None:
    world.edit()
    world.clock.advance(hours=1)
    world.attempt("stopped")
    status = world.status()
    assert status.state is RefreshState.PENDING
    assert status.due_at is not None
    assert status.due_at <= world.clock()


def test_a_failure_of_what_is_published_meanwhile_does_not_matter(world: World) -> None:
    world.edit()
    world.attempt("failed", failures=5)
    world.publish()
    assert world.status().state is RefreshState.FRESH


def test_success_is_believed_only_when_it_is_published(world: World) -> None:
    world.edit()
    world.clock.advance(hours=1)
    world.attempt("succeeded")
    status = world.status()
    assert status.due_at is not None
    assert status.due_at <= world.clock()


def test_another_catalogues_result_counts_as_none(world: World) -> None:
    world.edit()
    world.clock.advance(hours=1)
    world.publish(version=999, catalogue_id="other")
    status = world.status()
    assert status.state is RefreshState.PENDING
    assert status.due_at is not None
    assert status.due_at <= world.clock()


@pytest.mark.parametrize("other", ["catalogue", "algorithm"])
def test_a_result_that_must_be_computed_anew_is_due_at_once(world: World, other: str) -> None:
    """It waits for no edits to end, until an attempt has covered them."""
    world.edit()
    world.publish(catalogue_id="another" if other == "catalogue" else None)
    if other == "algorithm":
        world.reader = replace(world.reader, algorithm_version=1)
    assert world.status().due_at == world.clock()
    world.attempt("failed")
    assert world.status().due_at == world.clock() + MINUTE
    world.clock.advance(seconds=1)
    world.edit()
    assert world.status().due_at == world.clock() - timedelta(seconds=1) + MINUTE


def test_a_restored_catalogue_is_due_at_once(world: World) -> None:
    world.edit()
    world.publish(version=50)
    status = world.status()
    assert (status.state, status.due_at) == (RefreshState.PENDING, world.clock())


def test_a_change_from_the_future_is_due_at_once(world: World) -> None:
    world.publish()
    world.clock.advance(hours=1)
    world.edit()
    world.clock.advance(hours=-1)
    assert world.status().due_at == world.clock()


def test_a_failure_from_the_future_does_not_hold_the_retry_up(world: World) -> None:
    world.edit()
    world.clock.advance(hours=1)
    world.attempt("failed", failures=1)
    world.clock.advance(hours=-1)
    assert world.status().due_at == world.clock()


def test_a_damaged_manifest_is_due_a_pause_after_the_last_edit(world: World) -> None:
    world.edit()
    world.store.write(MANIFEST_KEY, b"{")
    assert world.status().due_at == world.clock() + 5 * MINUTE
