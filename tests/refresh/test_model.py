"""A model check: histories of edits and faults, of any kind and order, on a virtual clock.

Held in every history:
(a) a committed change is published no later than the bound after the last fault has ended;
(b) without faults and manual runs, a burst causes at most 1 + ceil(duration / max_wait) jobs;
(c) the versions published for one catalogue never go down;
(d) a reader that follows a manifest sees the artifacts of one run;
(e) a mutation never fails because of analytics.
Where nothing runs and nothing is due, everything is published; and without faults no run is overdue
by more than a job and the granularity of the world's timer, and no change waits longer than the max
wait and these.
`make soak` runs many more histories than `make test`.
"""

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import URL

from cocktailspace.artifacts.manifest import MANIFEST_KEY
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.refresh.debounce import retry_pause
from tests.conftest import ManualClock
from tests.refresh.world import ARTIFACTS, World

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "40"))
POSTGRES_EXAMPLES = max(4, EXAMPLES // 10)
PHASES = [Phase.generate] if "MODEL_WITHOUT_SHRINKING" in os.environ else list(Phase)
MINUTE = timedelta(minutes=1)
faulty = precondition(lambda self: self.faults)
pauses = st.sampled_from([0.5, 1, 2, 4, 7, 15, 60, 200, 400, 900])


class Histories(RuleBasedStateMachine):
    """Edits, time, and everything that can go wrong."""

    new_url: Callable[[ExitStack], URL]

    @initialize(aws=st.booleans(), faults=st.booleans())
    def start(self, aws: bool, faults: bool) -> None:
        self.made = ExitStack()
        self.clock = ManualClock()
        self.world = World(self._database, self.clock, aws=aws)
        self.edits = 0
        self.faults = faults

    def _database(self, **options: Any) -> Database:
        return Database(type(self).new_url(self.made), clock=self.clock, **options)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._everything_is_published_in_time()
            self.world.database.close()
            self.made.close()

    @rule(count=st.integers(1, 3))
    def edit(self, count: int) -> None:
        """(e): whatever is broken, the edit is made."""
        for _ in range(count):
            self.edits += 1
            with self.world.database.transaction() as tx:
                create_ingredients(tx, [IngredientDraft(name=f"I{self.edits}")], [""])

    @rule(seconds=pauses)
    def wait(self, seconds: float) -> None:
        self.world.advance(timedelta(seconds=seconds))

    @rule(count=st.integers(2, 12), share=st.floats(0.1, 0.9))
    def burst_is_few_jobs(self, count: int, share: float) -> None:
        """(b): edits closer together than the debounce are one run for each max wait."""
        if self.faults:
            return
        self._settle()
        before, began = self.world.jobs.started, self.clock()
        for _ in range(count):
            self.edit(1)
            self.world.advance(self.world.policy.debounce * share)
            self.without_faults_nothing_is_overdue_or_starved()
        duration = self.clock() - began
        self._settle()
        most = 1 + math.ceil(duration / self.world.policy.max_wait)
        assert self.world.jobs.started - before <= most

    @faulty
    @rule()
    def an_edit_whose_signal_is_lost(self) -> None:
        self.world.lose_signals = 1
        self.edit(1)

    @faulty
    @rule(broken=st.booleans())
    def break_the_scheduler(self, broken: bool) -> None:
        self.world.alarm.broken = broken

    @faulty
    @rule(step=st.integers(0, 3))
    def next_job_dies(self, step: int) -> None:
        self.world.jobs.dies_at_step = step

    @faulty
    @rule()
    def running_jobs_vanish(self) -> None:
        self.world.jobs.vanish()

    @faulty
    @rule(seconds=st.sampled_from([0.0, 40.0, 700.0]))
    def trigger_comes_twice_or_late(self, seconds: float) -> None:
        self.world.advance(timedelta(seconds=seconds))
        self.world.jobs.submit(overlap=True)

    @faulty
    @rule(seconds=st.sampled_from([100.0, 1000.0]))
    def an_older_job_finishes_last(self, seconds: float) -> None:
        self.world.jobs.submit(overlap=True, seconds=seconds)
        self.edit(1)
        self.world.jobs.submit(overlap=True)

    @faulty
    @rule()
    def publishers_race(self) -> None:
        """Another job publishes between this one's look at the manifest and its swap."""
        self.world.jobs.submit(overlap=True)
        self.edit(1)
        self.world.jobs.submit(overlap=True)
        self.world.store.before_swap = self.world.jobs.finish_all

    @faulty
    @rule()
    def the_manifest_is_lost(self) -> None:
        """Deleted by hand, say; the note about the job that wrote it is still there."""
        self.world.store.delete(MANIFEST_KEY)
        self.world.jobs.published.clear()  # nobody can tell any more what was published

    @faulty
    @rule(seconds=st.sampled_from([1.0, 30.0, 300.0]))
    def jobs_take(self, seconds: float) -> None:
        self.world.jobs.seconds = seconds

    @faulty
    @rule()
    def run_by_hand(self) -> None:
        self.world.run_by_hand()

    @rule()
    def server_restarts(self) -> None:
        self.world.restart()

    @precondition(lambda self: self.faults and not self.world.aws)
    @rule()
    def server_stops_and_starts(self) -> None:
        self.world.jobs.stop()
        self.world.restart()

    @invariant()
    def readers_see_one_run(self) -> None:
        """(d)"""
        manifest = self.world.manifest() if hasattr(self, "world") else None
        if manifest is not None:
            for name in ARTIFACTS:
                body = self.world.store.read(manifest.artifacts[name].key).body
                assert json.loads(body) == {"run": manifest.run_id}

    @invariant()
    def versions_never_go_down(self) -> None:
        """(c)"""
        published = self.world.jobs.published if hasattr(self, "world") else []
        assert published == sorted(published)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """Where nothing runs and nothing is due, everything is published."""
        if not hasattr(self, "world"):
            return
        status = self.world.status()
        if status.job is None and status.due_at is None and status.catalogue.version > 0:
            assert status.manifest is not None
            assert status.manifest.source_version == status.catalogue.version

    @invariant()
    def without_faults_nothing_is_overdue_or_starved(self) -> None:
        if not hasattr(self, "world") or self.faults:
            return
        status, now = self.world.status(), self.clock()
        timer = 2 * MINUTE if self.world.aws else timedelta(seconds=2)
        job = timedelta(seconds=self.world.jobs.seconds)
        assert status.due_at is None or now <= status.due_at + timer + job
        if status.pending_since is not None:
            assert now <= status.pending_since + self.world.policy.max_wait + timer + job

    def _settle(self) -> None:
        """Let everything pending be published."""
        longest = self.world.policy.max_wait + 3 * MINUTE + World.RECONCILE
        self.world.advance(longest)
        assert self.world.status().due_at is None

    def _everything_is_published_in_time(self) -> None:
        """(a): the faults end here; from now on only the bound may pass."""
        world = self.world
        world.alarm.broken, world.lose_signals, world.jobs.dies_at_step = False, 0, None
        world.advance(world.jobs.until_all_end())  # some of what runs is still doomed
        attempt = world.status().attempt
        failures = attempt.failures + 1 if attempt else 1
        job = timedelta(seconds=world.jobs.seconds)
        bound = max(world.policy.max_wait, job) + job + World.RECONCILE + retry_pause(failures)
        world.advance(bound + 2 * MINUTE + timedelta(seconds=300))
        with world.database.reading() as connection:
            version = catalogue_state(connection).version
        self.versions_never_go_down()
        manifest = world.manifest()
        assert version == 0 or (manifest is not None and manifest.source_version == version)


def _copied_file(template: Path, made: ExitStack) -> URL:
    folder = made.enter_context(tempfile.TemporaryDirectory(prefix="model-"))
    return sqlite_url(Path(shutil.copy(template, folder)))


class PostgresHistories(Histories):
    """The same, of catalogues in PostgreSQL."""


@pytest.fixture
def in_sqlite(empty_catalogue: Path) -> None:
    Histories.new_url = partial(_copied_file, empty_catalogue)


@pytest.fixture
def in_postgres(postgres_folder: Path, postgres_template: str) -> None:
    from tests.postgres import new_postgres_database  # noqa: PLC0415 - for few tests

    PostgresHistories.new_url = lambda made: made.enter_context(
        new_postgres_database(postgres_folder, template=postgres_template)
    )


@pytest.mark.usefixtures("in_sqlite")
class TestHistories(Histories.TestCase):
    """Run by pytest."""

    settings: Any = settings(max_examples=EXAMPLES, stateful_step_count=25, phases=PHASES)


@pytest.mark.usefixtures("in_postgres")
class TestPostgresHistories(PostgresHistories.TestCase):
    """Run by pytest."""

    settings: Any = settings(max_examples=POSTGRES_EXAMPLES, stateful_step_count=25, phases=PHASES)
