"""A whole refresh on a virtual clock: the real rule, signal, status, refresher and publishing.

Two worlds share it. Embedded: the refresher looks each second. AWS: a signal moves one alarm, whose
ringing submits a job, and a reconcile looks every ten minutes. Only the computing is made up: a job
takes a snapshot when it starts, reports as it goes, and publishes artifacts that name its run.
"""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO

from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.manifest import Manifest, Published, read_published
from cocktailspace.artifacts.publish import Result, publish
from cocktailspace.artifacts.store import Entry, MissingError, Stored, SwapConflictError
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Refresher, WakeUp
from cocktailspace.refresh.ports import Cause, Job
from cocktailspace.refresh.scheduled import ScheduledRefresher
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.refresh.status import RefreshStatus, StatusReader
from tests.conftest import ManualClock

ARTIFACTS = ("ingredient-usage", "cocktail-space")
SECOND = timedelta(seconds=1)
NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryStore:
    """An ArtifactStore in memory, on the virtual clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._objects: dict[str, tuple[bytes, str, datetime]] = {}
        self._tags = itertools.count()
        self.before_swap: Callable[[], None] | None = None

    def read(self, key: str) -> Stored:
        if key not in self._objects:
            raise MissingError(key)
        body, tag, _ = self._objects[key]
        return Stored(body, tag)

    def size(self, key: str) -> int:
        return len(self.read(key).body)

    def sha256(self, key: str) -> str:
        return hashlib.sha256(self.read(key).body).hexdigest()

    def write(self, key: str, body: bytes | IO[bytes]) -> None:
        content = body if isinstance(body, bytes) else body.read()
        self._objects[key] = (content, str(next(self._tags)), self._clock())

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        if self.before_swap is not None:
            racing, self.before_swap = self.before_swap, None
            racing()
        present = self._objects[key][1] if key in self._objects else None
        if present != expected:
            raise SwapConflictError(key)
        self.write(key, body)

    def list(self, prefix: str) -> "list[Entry]":
        found = sorted(key for key in self._objects if key.startswith(prefix))
        return [Entry(key, self._objects[key][2]) for key in found]

    def delete(self, key: str) -> None:
        self._objects.pop(key, None)


@dataclass
class RunningJob:
    """A job under way: what it saw, when it will end, and how."""

    job: Job
    note: AttemptRecorder
    base: Published | None
    catalogue_id: str
    version: int
    ends_at: datetime
    dies_at_step: int | None
    started_at: datetime


@dataclass
class Jobs:
    """A JobQueue whose jobs run on the virtual clock.

    overlaps: whether a job starts although one runs, as on AWS, where only waiting ones are shared.
    """

    clock: ManualClock
    database: Database
    store: MemoryStore
    overlaps: bool
    seconds: float = 5.0
    dies_at_step: int | None = None
    running: list[RunningJob] = field(default_factory=list)
    started: int = 0
    published: list[tuple[str, int]] = field(default_factory=list)

    def submit(
        self,
        *,
        cause: Cause = Cause.MANUAL,  # noqa: ARG002 - every queue takes it
        overlap: bool = False,
        seconds: float | None = None,
    ) -> Job:
        if self.running and not (overlap or self.overlaps):
            return self.running[0].job
        self.started += 1
        job = Job(str(self.started))
        base = read_published(self.store)
        note = AttemptRecorder(self.store, clock=self.clock, job_id=job.id)
        with self.database.reading() as connection:
            state = catalogue_state(connection)
        dies, self.dies_at_step = self.dies_at_step, None
        if dies != 0:
            note.took_snapshot(state.catalogue_id, state.version)
        ends_at = self.clock() + timedelta(seconds=seconds or self.seconds)
        self.running.append(
            RunningJob(
                job, note, base, state.catalogue_id, state.version, ends_at, dies, self.clock()
            )
        )
        return job

    def active(self) -> Job | None:
        return self.running[0].job if self.running else None

    def unrecorded_failure(self) -> None:
        """The store of this world takes every note."""

    def stop(self) -> None:
        for job in self.running:
            job.note.stop()
        self.running.clear()

    def vanish(self) -> None:
        """Every running job dies without a word."""
        self.running.clear()

    def finish_due(self) -> None:
        while due := [job for job in self.running if job.ends_at <= self.clock()]:
            self._finish(due[0])

    def finish_all(self) -> None:
        """Whatever runs ends now, the newest first."""
        while self.running:
            self._finish(self.running[-1])

    def next_end(self) -> datetime:
        return min((job.ends_at for job in self.running), default=NEVER)

    def until_all_end(self) -> timedelta:
        return max((job.ends_at - self.clock() for job in self.running), default=timedelta(0))

    def _finish(self, job: RunningJob) -> None:
        self.running.remove(job)
        if job.dies_at_step in (0, 1):
            job.note.fail("it failed")
            return
        if job.dies_at_step == 2:  # killed: nobody notes anything
            return
        body = json.dumps({"run": job.note.run_id}).encode()
        artifacts = dict.fromkeys(ARTIFACTS, body)
        result = Result(job.note.run_id, job.catalogue_id, job.version, artifacts.items())
        manifest = publish(self.store, result, base=job.base, clock=self.clock)
        if manifest is not None:
            self.published.append((manifest.catalogue_id, manifest.source_version))
        if job.dies_at_step == 3:  # killed after it published, before it said so
            return
        job.note.succeed()


class Alarm:
    """The AWS Scheduler: one time, not before a minute from now, late by up to a minute."""

    FLOOR = timedelta(seconds=60)

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.set_to: datetime | None = None
        self.exists = False
        self.broken = False

    def move_to(self, due: datetime, *, armed: bool) -> datetime | None:
        if self.broken:
            raise ConnectionError("the scheduler does not answer")
        earliest = self._clock() + self.FLOOR
        if due < earliest and armed and self.exists:  # it may have fired: nobody here can tell
            return None
        self.exists = True
        self.set_to = max(due, earliest)
        return self.set_to

    def fires(self) -> bool:
        if self.set_to is None or self.set_to > self._clock():
            return False
        self.set_to = None
        return True


class World:
    """Catalogue, store, clock and one of the two ways to run jobs."""

    RECONCILE = timedelta(minutes=10)

    def __init__(self, database: Callable[..., Database], clock: ManualClock, *, aws: bool) -> None:
        minutes = timedelta(minutes=5 if aws else 0.1)
        self.aws, self.clock = aws, clock
        self.policy = Debounce(minutes, 4 * minutes)
        self.store = MemoryStore(clock)
        self.alarm = Alarm(clock)
        self.lose_signals = 0
        self.without_reconcile = False
        self.database = database(after_commit=self._after_commit)
        seconds = 20.0 if aws else 3.0
        self.jobs = Jobs(clock, self.database, self.store, overlaps=aws, seconds=seconds)
        self._next_reconcile = clock() + self.RECONCILE
        self.restart()

    def restart(self) -> None:
        """A new server process: nothing that the old one remembered is left."""
        reader = StatusReader(self.database, self.store, self.policy, self.clock)
        self.refresher = Refresher(reader, self.jobs, WakeUp())
        self.scheduled = ScheduledRefresher(reader, self.alarm)
        self._signal = AnalyticsSignal(self.status, self.alarm)

    def status(self) -> RefreshStatus:
        """On AWS, what the job's note says; embedded, also whether a job really runs."""
        return self.scheduled.status() if self.aws else self.refresher.status()

    def run_by_hand(self) -> None:
        """A script on AWS goes round the alarm."""
        if self.aws:
            self.jobs.submit()
        else:
            self.refresher.run_now(self.status())

    def manifest(self) -> Manifest | None:
        published = read_published(self.store)
        return published.manifest if published else None

    def advance(self, duration: timedelta) -> None:
        """Let time pass, from one moment at which something may happen to the next."""
        until = self.clock() + duration
        while self.clock() < until:
            self.clock.now = min(until, self._next_moment())
            self.jobs.finish_due()
            if self.aws:
                self._fire_and_reconcile()
            else:
                self.refresher.step()

    def _next_moment(self) -> datetime:
        """The refresher looks each second, but it can do nothing before something is due."""
        moments = [self.jobs.next_end()]
        if self.aws:
            moments += [self.alarm.set_to or NEVER, self._next_reconcile]
        else:
            moments.append(self.status().due_at or NEVER)
        return max(min(moments), self.clock() + SECOND)

    def _fire_and_reconcile(self) -> None:
        if self.alarm.fires():
            self.jobs.submit()
        if self.clock() >= self._next_reconcile:
            self._next_reconcile = self.clock() + self.RECONCILE
            if not self.without_reconcile and not self.alarm.broken:
                self.scheduled.arm_overdue(self.scheduled.look())

    def _after_commit(self) -> None:
        if self.lose_signals:
            self.lose_signals -= 1
        elif self.aws:
            self._signal()
