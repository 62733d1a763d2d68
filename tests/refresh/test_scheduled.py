"""The refresh on AWS, as far as it is decided here: what runs, what is repaired, what is asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cocktailspace.artifacts.attempt import Attempt, AttemptRecorder
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.scheduled import SILENCE, ScheduledRefresher, running_job
from cocktailspace.refresh.status import RefreshState, StatusReader
from tests.conftest import ManualClock
from tests.refresh.world import Alarm, MemoryStore, World

MINUTE = timedelta(minutes=1)
POLICY = Debounce(5 * MINUTE, 20 * MINUTE)
FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:trigger"


@pytest.fixture
def alarm(clock: ManualClock) -> Alarm:
    return Alarm(clock)


@pytest.fixture
def store(clock: ManualClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def refresher(
    database: Database, store: MemoryStore, alarm: Alarm, clock: ManualClock
) -> ScheduledRefresher:
    reader = StatusReader(database, store, POLICY, clock)
    return ScheduledRefresher(reader, alarm, function_arn=FUNCTION)


def _edit(database: Database, name: str = "Gin") -> None:
    with database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name=name)], [""])


def test_the_job_that_runs_is_the_one_that_says_so(
    refresher: ScheduledRefresher, store: MemoryStore, database: Database, clock: ManualClock
) -> None:
    _edit(database)
    note = AttemptRecorder(store, clock=clock, job_id="4f5e", job_attempt=2)
    with database.reading() as connection:
        state = catalogue_state(connection)
    note.took_snapshot(state.catalogue_id, state.version)
    status = refresher.status()
    assert status.state is RefreshState.RUNNING
    assert status.job is not None
    assert status.job.id == "4f5e"
    assert status.job.arn == "arn:aws-cn:batch:cn-north-1:123456789012:job/4f5e"
    assert status.attempt is not None
    assert status.attempt.job_attempt == 2
    clock.now += SILENCE + MINUTE
    status = refresher.status()
    assert status.state is RefreshState.FAILED  # it died without a word
    assert status.due_at is not None


def test_a_job_that_speaks_now_and_then_is_alive(clock: ManualClock) -> None:
    attempt = Attempt(run_id="r", started_at=clock.now, updated_at=clock.now + SILENCE, job_id="1")
    assert running_job(attempt, clock.now + SILENCE * 2, None) is not None
    assert running_job(attempt, clock.now + SILENCE * 2 + MINUTE, None) is None


def test_the_reconcile_arms_a_schedule_that_has_rung_for_nothing(
    refresher: ScheduledRefresher, alarm: Alarm, database: Database, clock: ManualClock
) -> None:
    _edit(database)
    alarm.exists = True  # of an earlier burst; the signal of this edit was lost
    assert not refresher.arm_overdue(refresher.look())
    clock.now += 6 * MINUTE
    assert refresher.arm_overdue(refresher.look())
    assert alarm.set_to == clock.now + MINUTE


def test_the_reconcile_leaves_a_retry_pause_alone(
    refresher: ScheduledRefresher,
    store: MemoryStore,
    alarm: Alarm,
    database: Database,
    clock: ManualClock,
) -> None:
    _edit(database)
    clock.now += 10 * MINUTE
    for _ in range(4):
        note = AttemptRecorder(store, clock=clock)
        with database.reading() as connection:
            state = catalogue_state(connection)
        note.took_snapshot(state.catalogue_id, state.version)
        note.fail("no memory")
    clock.now += 7 * MINUTE  # of the eight that the fourth failure brings
    assert not refresher.arm_overdue(refresher.look())
    clock.now += MINUTE
    assert refresher.arm_overdue(refresher.look())
    assert alarm.set_to == clock.now + MINUTE


def test_a_restored_catalogue_gets_another_identity(
    refresher: ScheduledRefresher, store: MemoryStore, database: Database
) -> None:
    from cocktailspace.artifacts.publish import Result, publish  # noqa: PLC0415

    _edit(database)
    with database.reading() as connection:
        before = catalogue_state(connection)
    result = Result("r", before.catalogue_id, before.version + 5, {})
    publish(store, result, base=None, clock=ManualClock())
    status = refresher.look()
    assert status.catalogue.catalogue_id != before.catalogue_id
    assert status.pending_changes == before.version


def test_a_run_asked_for_starts_at_the_earliest_minute(
    refresher: ScheduledRefresher, alarm: Alarm, clock: ManualClock
) -> None:
    alarm.exists = True
    assert refresher.run_now(refresher.status()).starts_at == clock.now + MINUTE
    assert alarm.set_to == clock.now + MINUTE


def test_the_first_pending_edit_sets_the_alarm_at_all_costs_and_later_ones_do_not(
    refresher: ScheduledRefresher, database: Database, clock: ManualClock
) -> None:
    assert not refresher.status().armed
    _edit(database)
    assert not refresher.status().armed
    clock.advance(seconds=1)
    _edit(database, "Rye")
    assert refresher.status().armed


def test_steady_edits_never_push_a_run_away(
    new_database: Callable[..., Database], clock: ManualClock
) -> None:
    """Edits come faster than the clock can be set, each to a process that remembers nothing:
    past the max wait each would move it again.
    """
    world = World(new_database, clock, aws=True)
    world.without_reconcile = True
    until = clock.now + 30 * MINUTE
    number = 0
    while clock.now < until:
        world.restart()
        _edit(world.database, f"I{number}")
        number += 1
        world.advance(timedelta(seconds=20))
        since = world.status().pending_since
        assert since is None or clock.now - since <= world.policy.max_wait + 2 * MINUTE
    assert world.jobs.started == 1
