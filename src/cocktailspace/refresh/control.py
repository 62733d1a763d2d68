"""The interface by which HTTP and CLI read the state of a refresh and start one."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cocktailspace.refresh.ports import Job
from cocktailspace.refresh.status import RefreshStatus


@dataclass(frozen=True, slots=True)
class RequestedRun:
    """A run that was asked for: the job, or when the schedule starts it."""

    job: Job | None = None
    starts_at: datetime | None = None


class RefreshControl(Protocol):
    """Reads the state of the analytics and starts runs."""

    def status(self) -> RefreshStatus:
        """Where things stand now."""
        ...

    def trouble(self) -> str | None:
        """Why due runs are not started although they should be; None while all is well."""
        ...

    def run_now(self, status: RefreshStatus) -> RequestedRun:
        """Run without waiting for edits to end. Raises SchedulerError when nobody can say when."""
        ...

    def running(self) -> AbstractContextManager[None]:
        """Keep the analytics up to date for as long as the context lasts."""
        ...

    def stop(self) -> None:
        """Start nothing more here, and end what runs here."""
        ...
