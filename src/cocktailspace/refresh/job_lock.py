"""The lock that admits one job at a time: on a file of this machine, or in the shared database.

A child process inherits it: however the server dies, it is held exactly as long as the job lives.
"""

import contextlib
import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from cocktailspace.catalogue.several_servers import AdvisoryLock
from cocktailspace.files import open_lock
from cocktailspace.refresh.ports import Job

_LOCK_TRIES, _TRY_SECONDS = 500, 0.01  # a busy machine halts who looks for seconds
_ID_WIDTH = 20


@dataclass(frozen=True, slots=True)
class HeldLock:
    """The lock, in the hands of the process that starts the job.

    handle: the file descriptor that the job inherits.
    job_id: what the job is called; None where it goes by the number of its process.
    started: tells others the number of that process.
    """

    handle: int
    job_id: str | None = None
    started: Callable[[int], None] = lambda _pid: None


class JobLock(Protocol):
    """Whoever takes it may start a job."""

    place: str

    def taken(self) -> contextlib.AbstractContextManager[HeldLock | None]:
        """Take the lock for as long as the context lasts, and then as long as who inherited it
        lives; None while a job holds it.
        """
        ...

    def holder(self) -> Job | None:
        """The job that holds it, if one does."""
        ...


class FileLock:
    """A lock on a file, for the processes of one machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path.parent)

    @contextlib.contextmanager
    def taken(self) -> Iterator[HeldLock | None]:
        """As `_try_lock`, but waits for processes that share the lock for a moment to look."""
        for _ in range(_LOCK_TRIES):
            with self._try_lock(fcntl.LOCK_EX) as lock:
                if lock is not None:
                    # Room for its id while nothing runs yet: on a full disk no job may start
                    # unwatched.
                    os.pwrite(lock, b" " * _ID_WIDTH, 0)
                    yield HeldLock(lock, started=partial(_write_pid, lock))
                    return
            with self._try_lock(fcntl.LOCK_SH) as shared:
                if shared is None:  # a job's
                    break
            time.sleep(_TRY_SECONDS)
        yield None

    def holder(self) -> Job | None:
        """The job that runs on this machine, if there is one."""
        if not self._path.exists():
            return None
        with self._try_lock(fcntl.LOCK_SH) as lock:
            if lock is not None:
                return None
            return Job(self._path.read_text().strip() or "starting")

    @contextlib.contextmanager
    def _try_lock(self, kind: int) -> Iterator[int | None]:
        """The lock's file descriptor, or None while a job holds it.

        Looking takes no more than a shared lock on a file that it may only read.
        """
        if kind == fcntl.LOCK_SH:
            lock = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
        else:
            lock = open_lock(self._path)
        try:
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield lock
        finally:
            os.close(lock)  # ours; a child that inherited it keeps the lock


def _write_pid(lock: int, pid: int) -> None:
    with contextlib.suppress(OSError):  # others then see a job that is starting
        os.pwrite(lock, f"{pid:<{_ID_WIDTH}}".encode(), 0)


class DatabaseLock:
    """A lock in the database that servers of any number of machines share."""

    place = "the database"

    def __init__(self, lock: AdvisoryLock) -> None:
        self._lock = lock

    @contextlib.contextmanager
    def taken(self) -> Iterator[HeldLock | None]:
        """Take it; a server that is cut off from the database loses it after some seconds."""
        job_id = f"{socket.gethostname()[:30]}-{secrets.token_hex(4)}"
        with self._lock.taken(job_id) as connection:
            yield None if connection is None else HeldLock(connection.fileno(), job_id)

    def holder(self) -> Job | None:
        """The job that runs, on whichever machine."""
        job_id = self._lock.holder()
        return None if job_id is None else Job(job_id)
