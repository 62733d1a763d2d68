"""What a refresh needs from outside: a timer, and somewhere to run jobs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cocktailspace.artifacts.attempt import Attempt


class Cause(StrEnum):
    """Why a run is started."""

    EDIT = "edit"
    STARTUP = "startup"  # changes from before this process started
    RECONCILE = "reconcile"  # another catalogue than the published one, or a signal that was lost
    MANUAL = "manual"
    RETRY = "retry"
    ALGORITHM = "algorithm"  # what is published was computed by an older one


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was submitted and has not ended."""

    id: str
    arn: str | None = None


class SchedulerError(Exception):
    """The timer cannot be set for now."""


class Scheduler(Protocol):
    """A one-shot timer that starts the job."""

    def move_to(self, due: datetime, *, armed: bool) -> datetime | None:
        """Fire at `due`, or as soon afterwards as the timer can, instead of at any time set before.

        armed: an earlier signal has set the timer for the same changes. If `due` is too soon for
        the timer, one that is armed stays as it is: it fires by itself, and edits that move it
        again and again would keep it from firing for ever.
        Returns when it fires, None if it stays as it is.
        Raises SchedulerError when the timer's service does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class ScheduleNames:
    """What the schedule is called, what it invokes and in which role.

    dead_letters: ARN of the queue that takes what could not be delivered.
    """

    schedule: str
    function: str
    role: str
    dead_letters: str | None = None


class JobQueue(Protocol):
    """Where jobs are run."""

    def submit(self, *, cause: Cause = Cause.MANUAL) -> Job:
        """Start a job, or return the one that waits or runs already."""
        ...

    def active(self) -> Job | None:
        """The job that waits or runs, if there is one."""
        ...

    def unrecorded_failure(self) -> Attempt | None:
        """The last attempt, where the store could not take the record that it failed."""
        ...

    def stop(self) -> None:
        """End what runs within this process, if anything does; nothing partial is published."""
        ...
