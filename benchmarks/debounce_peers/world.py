"""The catalogue's change log, the machine that runs jobs, and what is published."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.debounce_peers.clock import Action, Clock, Rank
from benchmarks.debounce_peers.traces import Trace


@dataclass(frozen=True, slots=True)
class Publication:
    """From `at` on, readers see all changes up to `version`."""

    at: datetime
    version: int


class World:
    """Commits a trace's edits; runs jobs one at a time, in the order they were submitted.

    Change number i (from 1) makes version i. A job takes the version that is committed when it
    starts, runs for `job`, and publishes that version when it ends.
    """

    def __init__(self, trace: Trace, job: timedelta) -> None:
        self.clock = Clock(trace.edits[0])
        self.job = job
        self.edits = trace.edits
        self.version = 0
        self.taken = 0  # the version that the running or the last job started from
        self.busy = False
        self.waiting = 0
        self.jobs = 0
        self.publications: list[Publication] = []
        self.on_commit: list[Action] = []
        self.on_job_end: list[Action] = []

    def run(self) -> None:
        """Let it all happen."""
        self.clock.at(self.edits[0], Rank.COMMIT, self._commit)
        self.clock.run()

    @property
    def first_pending_at(self) -> datetime | None:
        """Time of the first change that no job has started from."""
        return self.edits[self.taken] if self.taken < self.version else None

    @property
    def last_changed_at(self) -> datetime:
        """Time of the newest change."""
        return self.edits[self.version - 1]

    @property
    def quiet(self) -> bool:
        """Whether no edit is to come and every change was taken by a job."""
        return self.taken == len(self.edits)

    def submit(self) -> None:
        """Ask for a job: it starts now, or when those submitted before have ended."""
        self.waiting += 1
        self._start_next()

    def _commit(self) -> None:
        self.version += 1
        if self.version < len(self.edits):
            self.clock.at(self.edits[self.version], Rank.COMMIT, self._commit)
        for action in self.on_commit:
            action()

    def _start_next(self) -> None:
        if self.waiting and not self.busy:
            self.waiting -= 1
            self.busy = True
            self.clock.at(self.clock.now, Rank.JOB_START, self._start)

    def _start(self) -> None:
        self.jobs += 1
        self.taken = self.version
        self.clock.at(self.clock.now + self.job, Rank.JOB_END, self._end)

    def _end(self) -> None:
        self.busy = False
        self.publications.append(Publication(self.clock.now, self.taken))
        self._start_next()
        for action in self.on_job_end:
            action()
