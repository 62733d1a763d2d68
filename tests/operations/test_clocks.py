"""Clocks that jump, differ, or were wrong when a change was made: the bounds of a refresh hold.

Time passes as it does; what jumps is what the machine's clock says of it.
"""

import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.refresh.status import RefreshState, RefreshStatus, StatusReader
from tests.conftest import ManualClock
from tests.refresh.world import World

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
BACK, AHEAD = -HOUR, HOUR


@pytest.fixture
def new_world(
    tmp_path: Path, empty_catalogue: Path, clock: ManualClock
) -> Iterator[Callable[[bool], World]]:
    made: list[Database] = []

    def database(**options: Any) -> Database:
        shutil.copy(empty_catalogue, tmp_path / "catalogue.sqlite")
        made.append(Database(sqlite_url(tmp_path / "catalogue.sqlite"), clock=clock, **options))
        return made[-1]

    yield lambda aws: World(database, clock, aws=aws)
    for each in made:
        each.close()


@pytest.fixture
def world(new_world: Callable[[bool], World]) -> World:
    return new_world(False)


def _edit(database: Database, name: str) -> None:
    with database.transaction() as tx:
        create_ingredients(tx, [IngredientDraft(name=name)], [""])


def _jump(world: World, by: timedelta) -> None:
    """The clock on the wall; what runs goes on as before."""
    world.clock.now += by
    for job in world.jobs.running:
        job.ends_at += by


def _bound(world: World) -> timedelta:
    """How long a change may take to be published when nothing fails."""
    job = timedelta(seconds=world.jobs.seconds)
    lateness = World.RECONCILE + 2 * MINUTE if world.aws else 2 * SECOND
    return max(world.policy.max_wait, job) + job + lateness


def _version(world: World) -> int:
    with world.database.reading() as connection:
        return catalogue_state(connection).version


def _published(world: World) -> int:
    manifest = world.manifest()
    return manifest.source_version if manifest else 0


@pytest.mark.parametrize("before", [timedelta(0), 3 * SECOND, 8 * SECOND], ids=str)
@pytest.mark.parametrize(
    "jumps",
    [[BACK, AHEAD], [AHEAD, BACK], [BACK, AHEAD, BACK]],
    ids=["back and ahead", "ahead and back", "to and fro"],
)
def test_changes_around_a_jump_are_published_in_time_and_by_few_jobs(
    world: World, jumps: list[timedelta], before: timedelta
) -> None:
    _edit(world.database, "first")
    world.advance(MINUTE)
    for number, by in enumerate(jumps):
        _edit(world.database, f"before {number}")
        world.advance(before)  # pending still, or being computed, or about to be published
        _jump(world, by)
        _edit(world.database, f"after {number}")
        version = _version(world)
        world.advance(_bound(world))
        assert _published(world) >= version
    world.advance(HOUR)
    assert world.status().state is RefreshState.FRESH
    assert world.jobs.published == sorted(world.jobs.published)
    assert world.jobs.started <= 1 + 2 * len(jumps)


def test_a_burst_after_a_jump_is_few_jobs(world: World) -> None:
    """The changes from the future are due at once, and that once."""
    _edit(world.database, "from the future")
    _jump(world, BACK)
    edits = 60
    for number in range(edits):
        _edit(world.database, f"burst {number}")
        world.advance(SECOND)
    world.advance(_bound(world))
    assert _published(world) == _version(world)
    assert world.jobs.started <= 2 + math.ceil(edits * SECOND / world.policy.max_wait)


@pytest.mark.parametrize("by", [BACK, AHEAD])
def test_a_failure_around_a_jump_is_tried_again_soon_and_not_over_and_over(
    world: World, by: timedelta
) -> None:
    _edit(world.database, "unlucky")
    world.jobs.dies_at_step = 1
    world.advance(20 * SECOND)
    assert world.status().state is RefreshState.FAILED
    _jump(world, by)
    world.jobs.dies_at_step = 1
    world.advance(20 * SECOND)
    assert world.jobs.started <= 2
    world.advance(3 * MINUTE)
    assert world.status().state is RefreshState.FRESH
    assert world.jobs.started <= 3


@pytest.mark.parametrize("ahead", [6 * SECOND, HOUR, timedelta(days=400)], ids=str)
def test_a_change_dated_in_the_future_is_published_now_and_once(
    world: World, ahead: timedelta
) -> None:
    world.clock.now += ahead
    _edit(world.database, "from the future")
    world.clock.now -= ahead
    world.advance(_bound(world))
    assert _published(world) == _version(world)
    world.advance(HOUR)
    assert world.jobs.started == 1
    _edit(world.database, "from today")
    world.advance(_bound(world))
    assert _published(world) == _version(world)
    assert world.jobs.started == 2


class Host:
    """One of several API hosts on AWS: a clock and a signal; catalogue and alarm are shared."""

    def __init__(self, world: World, skew: timedelta) -> None:
        self.world, self.skew = world, skew
        self._signal = AnalyticsSignal(self.status, world.alarm)
        self.database = Database(
            str(world.database.url), clock=self.clock, after_commit=self._signal
        )

    def clock(self) -> datetime:
        return self.world.clock() + self.skew

    def status(self) -> RefreshStatus:
        world = self.world
        reader = StatusReader(self.database, world.store, world.policy, self.clock)
        return replace(reader, active_job=lambda _: world.jobs.active()).status()


@pytest.fixture
def hosts(new_world: Callable[[bool], World]) -> Iterator[tuple[World, list[Host]]]:
    """One 30 s ahead of the other, which is AWS's own time."""
    world = new_world(True)
    made = [Host(world, timedelta(0)), Host(world, 30 * SECOND)]
    yield world, made
    for host in made:
        host.database.close()


@pytest.mark.parametrize("order", [(0, 1), (1, 1, 0), (0, 0, 1)], ids=str)
@pytest.mark.parametrize("gap", [20 * SECOND, 4 * MINUTE], ids=str)
def test_hosts_30_s_apart_keep_the_bounds(
    hosts: tuple[World, list[Host]], order: tuple[int, ...], gap: timedelta
) -> None:
    world, (first, *_) = hosts[0], hosts[1]
    _edit(first.database, "first")
    world.advance(HOUR)
    before, began = world.jobs.started, world.clock()
    oldest: dict[int, datetime] = {}
    number = 0
    while world.clock() - began < HOUR:
        _edit(hosts[1][order[number % len(order)]].database, f"edit {number}")
        oldest[_version(world)] = world.clock()
        world.advance(gap)
        number += 1
        overdue = world.clock() - _bound(world)
        assert all(v <= _published(world) for v, since in oldest.items() if since < overdue)
    duration = world.clock() - began
    world.advance(_bound(world))
    assert _published(world) == _version(world)
    most = 1 + math.ceil(duration / world.policy.max_wait)
    assert world.jobs.started - before <= most
    assert world.jobs.published == sorted(world.jobs.published)
