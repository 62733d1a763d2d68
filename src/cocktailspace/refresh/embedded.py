"""The refresher of the embedded mode: a thread that starts the job when it is due."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.refresh.status import RefreshState, RefreshStatus, derive_status, read_facts
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0


class Refresher:
    """Looks at the two facts each second, sooner when the bell rings, and runs what is due.

    It remembers nothing: a server that starts after a crash finds what is pending by looking.
    """

    def __init__(
        self,
        database: Database,
        store: ArtifactStore,
        jobs: LocalJobs,
        policy: Debounce,
        clock: Clock,
        bell: threading.Event,
    ) -> None:
        self._database = database
        self._store = store
        self._jobs = jobs
        self._policy = policy
        self._clock = clock
        self._bell = bell
        self._stopping = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Refresh in the background for as long as the context lasts, then end a running job."""
        thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._bell.set()
            thread.join()
            self._jobs.stop()

    def status(self) -> RefreshStatus:
        """Where things stand now."""
        facts = read_facts(self._database, self._store, self._jobs.active)
        return derive_status(facts, self._policy, self._clock())

    def step(self) -> timedelta:
        """Start the job if it is due; returns how long to sleep before the next look."""
        status = self.status()
        if status.state is RefreshState.RUNNING or status.due_at is None:
            return timedelta(seconds=POLL_SECONDS)
        wait = status.due_at - self._clock()
        if wait > timedelta(0):
            return min(wait, timedelta(seconds=POLL_SECONDS))
        self._jobs.submit()
        return timedelta(seconds=POLL_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            try:
                pause = self.step()
            except (CatalogueError, StoreError, SQLAlchemyError, OSError) as error:
                logger.warning("refresh: %s; looking again soon", error)
                pause = timedelta(seconds=POLL_SECONDS)
            self._bell.wait(pause.total_seconds())
