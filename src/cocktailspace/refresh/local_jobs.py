"""Jobs as child processes of this machine: strictly one at a time, whoever starts them."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from cocktailspace.artifacts.attempt import Attempt, read_attempt, write_attempt
from cocktailspace.artifacts.publish import new_run_id
from cocktailspace.artifacts.report import RunReport, read_report
from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.refresh.job_lock import HeldLock, JobLock
from cocktailspace.refresh.metrics import RefreshMetrics
from cocktailspace.refresh.ports import Cause, Job
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)

JobLog = Literal["nothing", "warnings", "all"]

_STOP_SECONDS = 5.0
_TOLD_TO_STOP = (-signal.SIGTERM, 128 + signal.SIGTERM)


class LocalJobs:
    """A JobQueue that runs `python -m cocktailspace.analytics` under a lock, which admits one job
    at a time and lives exactly as long as the job.
    """

    def __init__(
        self,
        lock: JobLock,
        store: ArtifactStore,
        environment: Mapping[str, str],
        clock: Clock,
        metrics: RefreshMetrics | None = None,
        *,
        time_limit: timedelta = timedelta(hours=2),
    ) -> None:
        self._time_limit = time_limit
        self._lock = lock
        self._store = store
        self._environment = environment
        self._clock = clock
        self._metrics = metrics or RefreshMetrics()
        self._child: subprocess.Popen[bytes] | None = None
        self._job_id = ""
        self._watcher: threading.Thread | None = None
        self._unrecorded_failure: Attempt | None = None
        self._starting = threading.Lock()

    def submit(
        self, *, cause: Cause = Cause.MANUAL, force: bool = False, log: JobLog = "warnings"
    ) -> Job:
        """Start a job, or return the one that runs already.

        log: how much the job itself writes to our standard error; this process logs how it ended.
        Raises StoreError where the artifacts folder cannot be written: the job could not either.
        """
        try:
            with self._starting, self._lock.taken() as lock:
                if lock is None:
                    return self._lock.holder() or Job("ending")
                return self._start(lock, cause, force, log)
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error  # no thread to be had
            message = f"no job can be started: {self._lock.place}: {reason}"
            self._record_failure(message, in_store=False)
            raise StoreError(message) from error

    def _start(self, lock: HeldLock, cause: Cause, force: bool, log: JobLog) -> Job:
        command = [sys.executable, "-m", "cocktailspace.analytics", f"--cause={cause}"]
        command += ["--force"] * force + ["--quiet"] * (log != "all")
        command += [f"--job-id={lock.job_id}"] if lock.job_id else []
        child = subprocess.Popen(  # noqa: S603 - our own module
            command,
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if log == "nothing" else None,
            pass_fds=(lock.handle,),
        )
        job_id = lock.job_id or str(child.pid)
        watcher = threading.Thread(target=self._watch, args=(child, job_id, cause), daemon=True)
        try:
            watcher.start()
        except RuntimeError:
            child.kill()
            child.communicate()
            raise
        self._child, self._job_id, self._watcher = child, job_id, watcher
        lock.started(child.pid)
        return Job(job_id)

    def active(self) -> Job | None:
        """The job that runs, if there is one."""
        with self._starting:
            return self._lock.holder()

    def started(self, job: Job) -> bool:
        """Whether it was this process that started it."""
        return self._child is not None and job.id == self._job_id

    def unrecorded_failure(self) -> Attempt | None:
        """The last attempt, where the store could not take the record that it failed."""
        return self._unrecorded_failure

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the job that this process started; whether it has ended."""
        if self._watcher is not None:
            self._watcher.join(timeout)
        return self._watcher is None or not self._watcher.is_alive()

    def stop(self) -> None:
        """End the job that this process started, within seconds; nothing partial is published.

        Of one that has just ended it is still said how.
        """
        if self._child is None:
            return
        runs = self._child.poll() is None
        if runs:
            self._child.terminate()
        if not self.wait(_STOP_SECONDS) and runs:
            self._child.kill()
            self.wait()

    def _watch(self, child: subprocess.Popen[bytes], job_id: str, cause: Cause) -> None:
        started = time.monotonic()
        output, in_time = self._output_of(child)
        error = _exit_message(child.returncode) if in_time else self._time_limit_message()
        report = read_report(output) if in_time else None
        report = report or RunReport(
            outcome="stopped" if child.returncode in _TOLD_TO_STOP and in_time else "killed",
            cause=cause,
            seconds=round(time.monotonic() - started, 3),
            error=error,
        )
        if not in_time:
            self._record_failure(error, own=self._recorded_by(job_id))
        elif child.returncode == 0:
            self._unrecorded_failure = None
        else:
            self._ensure_recorded(child, job_id, report.error)
        report.log_to(logger)
        self._metrics.record_run(report)

    def _output_of(self, child: subprocess.Popen[bytes]) -> tuple[bytes, bool]:
        """A job's standard output, and whether the job ended by itself in the time that it has."""
        try:
            return child.communicate(timeout=self._time_limit.total_seconds())[0], True
        except subprocess.TimeoutExpired:
            child.terminate()
        try:
            return child.communicate(timeout=_STOP_SECONDS)[0], False
        except subprocess.TimeoutExpired:
            child.kill()
        return child.communicate()[0], False

    def _time_limit_message(self) -> str:
        minutes = self._time_limit / timedelta(minutes=1)
        return (
            f"the job took longer than {minutes:g} minutes and was ended; "
            "raise ANALYTICS_JOB_MINUTES, or see which change made it so slow"
        )

    def _recorded_by(self, job_id: str) -> Attempt | None:
        """The record of the attempt that this job made, if it made one."""
        with contextlib.suppress(StoreError):
            found = read_attempt(self._store)
            return found if found is not None and found.job_id == job_id else None
        return None

    def _ensure_recorded(
        self, child: subprocess.Popen[bytes], job_id: str, error: str | None
    ) -> None:
        """Record the failure of a job that could not: it was killed, or had no room to write."""
        own = self._recorded_by(job_id)
        if own is not None and own.state != "running":
            self._unrecorded_failure = None
        elif child.returncode not in _TOLD_TO_STOP or own is not None:
            self._record_failure(error or _exit_message(child.returncode), own=own)

    def _record_failure(
        self, error: str, *, own: Attempt | None = None, in_store: bool = True
    ) -> None:
        """Record a failed attempt in the store; remember it here where that is not possible.

        own: the job's own record so far.
        """
        previous = own or self._unrecorded_failure
        if previous is None:
            with contextlib.suppress(StoreError):
                previous = read_attempt(self._store)
        now = self._clock()
        begun = own or Attempt(run_id=new_run_id(now), started_at=now)
        failed = begun.model_copy(
            update={
                "state": "failed",
                "finished_at": now,
                "error": error,
                "failures": 1 + (previous.failures if previous else 0),
            }
        )
        self._unrecorded_failure = failed
        if in_store:
            with contextlib.suppress(StoreError):
                write_attempt(self._store, failed)
                self._unrecorded_failure = None


def _exit_message(code: int) -> str:
    if code == -signal.SIGKILL:
        return "the job was killed (exit code -9); perhaps the machine had no memory left for it"
    return f"the job ended without a report (exit code {code})"
