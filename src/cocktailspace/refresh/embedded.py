"""The local scheduler: a thread of the server that starts the job when it is due."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from cocktailspace.artifacts.lease import FolderLease
from cocktailspace.artifacts.store import StoreError
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.refresh.control import RequestedRun
from cocktailspace.refresh.metrics import RefreshMetrics
from cocktailspace.refresh.migration_guard import MigrationGuard
from cocktailspace.refresh.ports import Cause, JobQueue
from cocktailspace.refresh.status import RefreshStatus, StatusReader, cause_of, renew_restored

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
UNSEEN_SECONDS = 15.0
_SECONDS_BETWEEN_WARNINGS = 60.0
_SECONDS_AFTER_BUG = 10.0


class WakeUp:
    """An event that ends the refresher's sleep; locally it takes the place of a Scheduler."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Wake the refresher."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Sleep until the event is set, or for so long."""
        self._event.wait(seconds)
        self._event.clear()


class Refresher:
    """Reads the status each second, sooner when it is woken up, and starts the job that is due.

    It remembers nothing: a server that starts after a crash finds what is pending by looking.

    prepare: makes or upgrades the catalogue, as at the server's start; None where another process
    does.
    lease: of the artifacts folder, where the server has one.
    """

    def __init__(
        self,
        reader: StatusReader,
        jobs: JobQueue,
        wake_up: WakeUp,
        *,
        prepare: Callable[[], None] | None = None,
        metrics: RefreshMetrics | None = None,
        lease: FolderLease | None = None,
    ) -> None:
        self._reader = replace(
            reader,
            active_job=lambda _attempt: jobs.active(),
            unrecorded_failure=jobs.unrecorded_failure,
        )
        self._jobs = jobs
        self._wake_up = wake_up
        self._migration_guard = MigrationGuard(reader.database, reader.clock, prepare)
        self._metrics = metrics or RefreshMetrics()
        self._version_at_start: int | None = None
        self._lease = lease
        self._thread: threading.Thread | None = None
        self._polled_at = 0.0
        self._trouble, self._warned_at = "", 0.0
        self._stopping = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Refresh in the background for as long as the context lasts, then end a running job."""
        self._polled_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self._thread.start()
        try:
            yield
        finally:
            self.stop()
            self._thread.join()
            self._jobs.stop()  # one that was started while we stopped

    def stop(self) -> None:
        """Start nothing more, and end the job that runs."""
        self._stopping.set()
        self._wake_up.set()
        self._jobs.stop()

    def trouble(self) -> str | None:
        """Why due runs are not started although they should be; None while all is well."""
        if self._thread is None or self._stopping.is_set():
            return None
        unseen = time.monotonic() - self._polled_at
        if not self._thread.is_alive():
            return "the refresher has ended; the log says why"
        if unseen < UNSEEN_SECONDS:
            return None
        reason = self._trouble or "it hangs"
        return f"the refresher has failed for {unseen:.0f} s: {reason}"

    def status(self) -> RefreshStatus:
        """Where things stand now."""
        return self._reader.status()

    def step(self) -> timedelta:
        """Start the job if it is due; returns how long to sleep before the next step."""
        pause = timedelta(seconds=POLL_SECONDS)
        if not self._migration_guard.ensure_usable():
            return pause
        status = self.status()
        if self._lease is not None:
            self._lease.renew(status.catalogue.catalogue_id)
        if self._version_at_start is None:
            self._version_at_start = status.catalogue.version
        if status.job is not None or status.due_at is None:
            return pause
        wait = status.due_at - self._reader.clock()
        if wait > timedelta(0):
            return min(wait, pause)
        self.run_now(status, cause_of(status, self._version_at_start))
        return pause

    def run_now(self, status: RefreshStatus, cause: Cause = Cause.MANUAL) -> RequestedRun:
        """Start the job whether it is due or not, or return the one that runs."""
        renew_restored(self._reader.database, status)
        return RequestedRun(job=self._jobs.submit(cause=cause))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = self.step()
            except (CatalogueError, StoreError, SQLAlchemyError, OSError) as error:
                self._warn(str(error))
                self._wake_up.wait(POLL_SECONDS)
            except Exception as error:  # noqa: BLE001 - the documented edge: the thread must not end silently
                self._report_bug(error)
                self._stopping.wait(_SECONDS_AFTER_BUG)
            else:
                self._polled_at, self._trouble = time.monotonic(), ""
                self._wake_up.wait(pause.total_seconds())

    def _warn(self, trouble: str) -> None:
        """Log the trouble once, and once a minute while it lasts."""
        self._metrics.record_failed_look()
        now = time.monotonic()
        if trouble != self._trouble or now - self._warned_at >= _SECONDS_BETWEEN_WARNINGS:
            logger.warning("refresh: %s; trying again every second", trouble)
            self._trouble, self._warned_at = trouble, now

    def _report_bug(self, error: Exception) -> None:
        """Log once, with its traceback, an exception that nobody foresaw."""
        self._metrics.record_failed_look()
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self._trouble:
            logger.error("refresh: %s; trying again every few seconds", trouble, exc_info=error)
            self._trouble = trouble
