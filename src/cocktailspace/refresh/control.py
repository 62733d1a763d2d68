"""What the edges (HTTP, CLI) ask of a refresh, in whichever way it is run."""

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
    """Looks at a refresh and starts it."""

    def status(self) -> RefreshStatus:
        """Where things stand now."""
        ...

    def trouble(self) -> str | None:
        """Why nobody looks at what is due, although somebody should; None while all is well."""
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
