"""The refresher of the embedded mode: a thread that starts the job when it is due."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from cocktailspace.artifacts.hold import FolderHold
from cocktailspace.artifacts.manifest import Manifest
from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.refresh.caretaker import Caretaker
from cocktailspace.refresh.control import Asked
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.ports import Cause, JobQueue
from cocktailspace.refresh.restored import renew_restored
from cocktailspace.refresh.status import RefreshStatus, cause_of, derive_status, read_facts
from cocktailspace.refresh.tally import Tally
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
UNSEEN_SECONDS = 15.0
_SECONDS_BETWEEN_COMPLAINTS = 60.0
_SECONDS_AFTER_SURPRISE = 10.0


class Bell:
    """Wakes the refresher: what a scheduler is on AWS."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings, or for so long."""
        self._rung.wait(seconds)
        self._rung.clear()


class Refresher:
    """Looks at the two facts each second, sooner when the bell rings, and runs what is due.

    It remembers nothing: a server that starts after a crash finds what is pending by looking.

    algorithm_version: the running program's; results of an older one are computed anew.
    whole: whether the published artifacts are all there.
    prepare: makes or upgrades the catalogue, as at the server's start; None where others do.
    hold: the claim to the artifacts folder, where the server has one.
    """

    def __init__(
        self,
        database: Database,
        store: ArtifactStore,
        jobs: JobQueue,
        policy: Debounce,
        clock: Clock,
        bell: Bell,
        *,
        algorithm_version: int = 0,
        prepare: Callable[[], None] | None = None,
        tally: Tally | None = None,
        whole: Callable[[Manifest], bool] = lambda _manifest: True,
        hold: FolderHold | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._jobs = jobs
        self._policy = policy
        self._clock = clock
        self._bell = bell
        self._algorithm_version = algorithm_version
        self._whole = whole
        self._caretaker = Caretaker(database, clock, prepare)
        self._tally = tally or Tally()
        self._version_at_start: int | None = None
        self._hold = hold
        self._thread: threading.Thread | None = None
        self._looked_at = 0.0
        self._trouble, self._complained_at = "", 0.0
        self._stopping = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Refresh in the background for as long as the context lasts, then end a running job."""
        self._looked_at = time.monotonic()
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
        self._bell.ring()
        self._jobs.stop()

    def trouble(self) -> str | None:
        """Why nothing is looked at, where it should be; None while all is well."""
        if self._thread is None or self._stopping.is_set():
            return None
        unseen = time.monotonic() - self._looked_at
        if not self._thread.is_alive():
            return "the refresher has ended; its last words are in the log"
        if unseen < UNSEEN_SECONDS:
            return None
        return f"the refresher has seen nothing for {unseen:.0f} s: {self._trouble or 'it hangs'}"

    def status(self) -> RefreshStatus:
        """Where things stand now."""
        facts = read_facts(
            self._database,
            self._store,
            self._jobs.active,
            algorithm_version=self._algorithm_version,
            unnoted=self._jobs.unnoted,
            whole=self._whole,
        )
        return derive_status(facts, self._policy, self._clock())

    def step(self) -> timedelta:
        """Start the job if it is due; returns how long to sleep before the next look."""
        pause = timedelta(seconds=POLL_SECONDS)
        if not self._caretaker.sees_to_it():
            return pause
        status = self.status()
        if self._hold is not None:
            self._hold.looked(status.catalogue.catalogue_id)
        if self._version_at_start is None:
            self._version_at_start = status.catalogue.version
        if status.job is not None or status.due_at is None:
            return pause
        wait = status.due_at - self._clock()
        if wait > timedelta(0):
            return min(wait, pause)
        self.run_now(status, cause_of(status, self._version_at_start))
        return pause

    def run_now(self, status: RefreshStatus, cause: Cause = Cause.MANUAL) -> Asked:
        """Start the job whether it is due or not, or return the one that runs."""
        renew_restored(self._database, status)
        return Asked(job=self._jobs.submit(cause=cause))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = self.step()
            except (CatalogueError, StoreError, SQLAlchemyError, OSError) as error:
                self._complain(str(error))
                self._bell.wait(POLL_SECONDS)
            except Exception as error:  # noqa: BLE001 - the documented edge: it is never gone silently
                self._wonder(error)
                self._stopping.wait(_SECONDS_AFTER_SURPRISE)
            else:
                self._looked_at, self._trouble = time.monotonic(), ""
                self._bell.wait(pause.total_seconds())

    def _complain(self, trouble: str) -> None:
        """Say it once, and once a minute while it lasts."""
        self._tally.look_failed()
        now = time.monotonic()
        if trouble != self._trouble or now - self._complained_at >= _SECONDS_BETWEEN_COMPLAINTS:
            logger.warning("refresh: %s; looking again each second", trouble)
            self._trouble, self._complained_at = trouble, now

    def _wonder(self, error: Exception) -> None:
        """Say once what nobody foresaw, with all that there is to find out why."""
        self._tally.look_failed()
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self._trouble:
            logger.error("refresh: %s; looking again each few seconds", trouble, exc_info=error)
            self._trouble = trouble
