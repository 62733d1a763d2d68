"""The attempt: the progress of the running or last job. Advisory: no reader of results needs it."""

import contextlib
import logging
import time
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from cocktailspace.artifacts.manifest import PREFIX, Version
from cocktailspace.artifacts.publish import new_run_id
from cocktailspace.artifacts.store import ArtifactStore, MissingError, StoreError
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

ATTEMPT_KEY = f"{PREFIX}/attempt.json"


class Attempt(BaseModel):
    """One run of the job, from its start to its end."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    catalogue_id: str | None = Field(
        default=None, description="Unknown until the snapshot is taken"
    )
    source_version: Version | None = Field(
        default=None, description="Unknown until the snapshot is taken"
    )
    started_at: AwareDatetime
    updated_at: AwareDatetime | None = Field(default=None, description="When this was written")
    finished_at: AwareDatetime | None = None
    job_id: str | None = Field(
        default=None, description="The Batch job or the process that runs it"
    )
    job_attempt: int | None = Field(
        default=None, description="Which attempt of that Batch job, from 1"
    )
    step: str = ""
    fraction: float = Field(default=0.0, ge=0, le=1, description="How much of the step is done")
    state: Literal["running", "succeeded", "failed", "stopped"] = "running"
    error: str | None = None
    failures: int = Field(
        default=0, ge=0, description="Failed attempts in a row, this one included"
    )


def read_attempt(store: ArtifactStore) -> Attempt | None:
    """The last attempt, or None when there was none or its record is unreadable."""
    try:
        return Attempt.model_validate_json(store.read(ATTEMPT_KEY).body)
    except (MissingError, ValidationError):
        return None


def write_attempt(store: ArtifactStore, attempt: Attempt) -> None:
    """Replace the record of the attempt."""
    store.write(ATTEMPT_KEY, attempt.model_dump_json().encode())


def _failures_so_far(previous: Attempt | None) -> int:
    """Failures in a row before a new attempt; one that never came to an end was a failure too."""
    if previous is None:
        return 0
    return previous.failures + (previous.state == "running")


class AttemptRecorder:
    """Writes `attempt.json` while the job runs. A store that fails is no reason to stop, since the
    record is advisory.
    """

    _SECONDS_BETWEEN_WRITES = 0.25
    _PAUSE_FACTOR = 20  # times what a write took: writes take a twentieth of the time at most
    _SECONDS_BETWEEN_LOGS = 5.0

    def __init__(
        self,
        store: ArtifactStore,
        *,
        clock: Clock,
        job_id: str | None = None,
        job_attempt: int | None = None,
    ) -> None:
        previous = None
        with contextlib.suppress(StoreError):
            previous = read_attempt(store)
        now = clock()
        self._store = store
        self._clock = clock
        self._written_at = self._logged_at = self._step_began_at = time.monotonic()
        self._pause = self._SECONDS_BETWEEN_WRITES
        self._seconds: dict[str, float] = {}
        self.attempt = Attempt(
            run_id=new_run_id(now),
            started_at=now,
            job_id=job_id,
            job_attempt=job_attempt,
            failures=_failures_so_far(previous),
        )

    @property
    def run_id(self) -> str:
        """The run that this attempt makes."""
        return self.attempt.run_id

    @property
    def seconds(self) -> dict[str, float]:
        """How long each step took so far."""
        return {step: round(seconds, 3) for step, seconds in self._seconds.items()}

    def report(self, step: str, fraction: float) -> None:
        """Record the step and how much of it is done; cheap enough for every iteration."""
        now = time.monotonic()
        if step != self.attempt.step or now - self._logged_at >= self._SECONDS_BETWEEN_LOGS:
            logger.info("%s %.0f %%", step, 100 * fraction)
            self._logged_at = now
        self._count_seconds(now)
        self._update(step=step, fraction=fraction)
        if now - self._written_at >= self._pause:
            self._write()

    def took_snapshot(self, catalogue_id: str, source_version: int) -> None:
        """Record which version is being computed."""
        self._update(catalogue_id=catalogue_id, source_version=source_version)
        self._write()

    def succeed(self) -> None:
        """Record that the run succeeded."""
        self._count_seconds(time.monotonic())
        self._update(state="succeeded", finished_at=self._clock(), fraction=1.0, failures=0)
        self._write()

    def fail(self, error: str) -> None:
        """Record a failure; the next attempt comes after a backoff that grows with each failure."""
        self._count_seconds(time.monotonic())
        failures = self.attempt.failures + 1
        self._update(state="failed", finished_at=self._clock(), error=error, failures=failures)
        self._write()

    def stop(self) -> None:
        """Record that the run was told to stop, which counts as no failure."""
        self._update(state="stopped", finished_at=self._clock())
        self._write()

    def _count_seconds(self, now: float) -> None:
        """Add the time since the last report to the step that it was about."""
        if step := self.attempt.step:
            spent = now - self._step_began_at
            self._seconds[step] = self._seconds.get(step, 0.0) + spent
        self._step_began_at = now

    def _update(self, **fields: object) -> None:
        self.attempt = self.attempt.model_copy(update=fields)

    def _write(self) -> None:
        started = time.monotonic()
        self._update(updated_at=self._clock())
        try:
            write_attempt(self._store, self.attempt)
        except StoreError as error:
            logger.warning("the progress was not recorded: %s", error)
        self._written_at = time.monotonic()
        took = self._written_at - started
        self._pause = max(self._SECONDS_BETWEEN_WRITES, self._PAUSE_FACTOR * took)
