"""Jobs as child processes of this machine: strictly one at a time, whoever starts them."""

import contextlib
import fcntl
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from cocktailspace.artifacts.attempt import read_attempt, write_attempt
from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.refresh.ports import Job
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

_STOP_SECONDS = 5.0


class LocalJobs:
    """A JobQueue that runs `python -m cocktailspace.analytics`.

    The one at a time is held by a lock on a file, and the lock by the child itself, which inherits
    it: however the server dies, the lock lives exactly as long as the job.
    """

    def __init__(
        self, lock_path: Path, store: ArtifactStore, environment: Mapping[str, str], clock: Clock
    ) -> None:
        self._lock_path = lock_path
        self._store = store
        self._environment = environment
        self._clock = clock
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, *, force: bool = False, quiet: bool = False) -> Job:
        """Start a job, or return the one that runs already. A quiet one does not show its log."""
        with self._starting, self._try_lock() as lock:
            if lock is None:
                return self._holder()
            command = [sys.executable, "-m", "cocktailspace.analytics"]
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                command + (["--force"] if force else []),
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else None,
                pass_fds=(lock,),
            )
            os.pwrite(lock, f"{self._child.pid:<20}".encode(), 0)
            self._watcher = threading.Thread(target=self._watch, args=(self._child,), daemon=True)
            self._watcher.start()
            return Job(str(self._child.pid))

    def active(self) -> Job | None:
        """The job that runs on this machine, if there is one."""
        if not self._lock_path.exists():
            return None
        with self._starting, self._try_lock() as lock:
            return self._holder() if lock is None else None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the job that this process started; whether it has ended."""
        if self._watcher is not None:
            self._watcher.join(timeout)
        return self._watcher is None or not self._watcher.is_alive()

    def stop(self) -> None:
        """End the job that this process started, within seconds; nothing partial is published."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        if not self.wait(_STOP_SECONDS):
            self._child.kill()
            self.wait()

    @contextlib.contextmanager
    def _try_lock(self) -> Iterator[int | None]:
        """The lock's file descriptor, or None while a job holds it."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield lock
        finally:
            os.close(lock)  # ours; a child that inherited it keeps the lock

    def _holder(self) -> Job:
        return Job(self._lock_path.read_text().strip() or "starting")

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        output, _ = child.communicate()
        if child.returncode == 0:
            logger.info("refresh: %s", _last_line(output))
        else:
            logger.warning("refresh: the job ended with code %s", child.returncode)
            self._note_unreported_failure(child)

    def _note_unreported_failure(self, child: subprocess.Popen[bytes]) -> None:
        """A job that was killed could not say so: say it in its place."""
        with contextlib.suppress(StoreError):
            attempt = read_attempt(self._store)
            if attempt and attempt.state == "running" and attempt.job_id == str(child.pid):
                failed = {
                    "state": "failed",
                    "finished_at": self._clock(),
                    "error": f"the job ended without a word (exit code {child.returncode})",
                    "failures": attempt.failures + 1,
                }
                write_attempt(self._store, attempt.model_copy(update=failed))


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    try:
        return str(json.loads(lines[-1])["outcome"])
    except (IndexError, ValueError, KeyError):
        return "the job said nothing"
