"""AWS Batch as far as the job sees it: moto keeps its books, and here its jobs really run.

A job is a child process with the environment of the job definition alone. Where the machine allows
it, it has a mount namespace of its own in which /mnt/efs is read-only; else it sees a plain folder.
"""

import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.batch.models import Job, batch_backends

from tests.aws.checks import retry_decision
from tests.aws.resolve import ACCOUNT, REGION, ResolvedTemplate
from tests.waiting import PATIENCE_SECONDS

MOUNT = "/mnt/efs"
IN_A_NAMESPACE = (
    "unshare",
    "-m",
    "sh",
    "-ec",
    f"mount -t tmpfs none /mnt; mkdir {MOUNT}; mount --bind $0 {MOUNT}; "
    f'mount -o remount,ro,bind {MOUNT}; exec "$@"',
)
JOB = (sys.executable, "-m", "cocktailspace.analytics")


@functools.cache
def namespaces_allowed() -> bool:
    """Whether this machine lets us mount, which takes root and no sandbox around it."""
    try:
        tried = subprocess.run(
            [*IN_A_NAMESPACE, tempfile.gettempdir(), "true"],
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        return False
    return tried.returncode == 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt of a job ended: its exit code, None where its host was taken away."""

    exit_code: int | None
    log: str


@dataclass
class Run:
    """A job, from the books to its end."""

    id: str
    submitted_at: datetime
    started_at: datetime | None = None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def exit_codes(self) -> list[int | None]:
        return [attempt.exit_code for attempt in self.attempts]


Spot = Callable[["Instance"], None]
"""Does something to an instance while its job runs: takes it away, for example."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A host, and the job's process on it."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    said: threading.Condition = field(default_factory=threading.Condition)

    def listen(self) -> None:
        """Keep the log until the job closes it."""
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                with self.said:
                    self.lines.append(line)
                    self.said.notify_all()

    def wait_for(self, text: str) -> None:
        """Wait until the job's log has the text."""
        with self.said:
            heard = self.said.wait_for(
                lambda: any(text in line for line in self.lines), PATIENCE_SECONDS
            )
        assert heard, "".join(self.lines)


class Batch:
    """The queue of one stack."""

    def __init__(self, template: ResolvedTemplate, efs: Path, address: str) -> None:
        self._template = template
        self._efs = efs
        self._address = address
        self.runs: dict[str, Run] = {}
        self.events: list[dict[str, Any]] = []
        self.spot: list[Spot | None] = []

    @property
    def read_only(self) -> bool:
        return namespaces_allowed()

    def waiting(self, now: datetime) -> list[Run]:
        """Jobs that have not started, the oldest first; new ones are taken in."""
        for job_id, job in self._books().items():
            if job_id not in self.runs:
                job.status = "RUNNABLE"
                self.runs[job_id] = Run(job_id, now)
        return [run for run in self.runs.values() if run.started_at is None]

    def run(self, run: Run, now: datetime) -> None:
        """Run a job to its end, retried as its definition says."""
        strategy = self._template.resource("AnalyticsJobDefinition")["RetryStrategy"]
        run.started_at = now
        for number in range(1, strategy["Attempts"] + 1):
            self._enter(run, "STARTING")
            attempt, status_reason = self._attempt(run, number, now)
            run.attempts.append(attempt)
            if attempt.exit_code == 0:
                self._enter(run, "SUCCEEDED")
                return
            decision = retry_decision(
                strategy["EvaluateOnExit"],
                exit_code=attempt.exit_code,
                status_reason=status_reason,
            )
            if decision == "EXIT":
                break
            self._enter(run, "RUNNABLE")
        self._enter(run, "FAILED")

    def _attempt(self, run: Run, number: int, now: datetime) -> tuple[Attempt, str]:
        instance = self._start(run, number, now)
        listener = threading.Thread(target=instance.listen, daemon=True)
        listener.start()
        self._enter(run, "RUNNING")
        reclaim = self.spot.pop(0) if self.spot else None
        if reclaim is not None:
            reclaim(instance)
        instance.process.wait(PATIENCE_SECONDS)
        listener.join(PATIENCE_SECONDS)
        log = "".join(instance.lines)
        code = instance.process.returncode
        if code == -signal.SIGKILL:
            return Attempt(None, log), "Host EC2 (instance i-0123456789abcdef0) terminated."
        return Attempt(code, log), "Essential container in task exited"

    def _start(self, run: Run, number: int, now: datetime) -> Instance:
        command, environment = list(JOB), self._environment(run, number, now)
        if self.read_only:
            command = [*IN_A_NAMESPACE, str(self._efs), *command]
        return Instance(
            subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    def _environment(self, run: Run, number: int, now: datetime) -> dict[str, str]:
        """The job definition's, what Batch adds, and what leads to the emulated AWS."""
        given: Mapping[str, str] = self._template.job.environment
        if not self.read_only:
            given = {name: text.replace(MOUNT, str(self._efs)) for name, text in given.items()}
        return {
            **given,
            "AWS_BATCH_JOB_ID": run.id,
            "AWS_BATCH_JOB_ATTEMPT": str(number),
            "AWS_ENDPOINT_URL": self._address,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            **standing_clock(now),
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
        }

    def _enter(self, run: Run, status: str) -> None:
        job = self._books()[run.id]
        job.status = status
        detail = {"jobId": run.id, "jobQueue": job.job_queue.arn, "status": status}
        self.events.append(
            {"source": "aws.batch", "detail-type": "Batch Job State Change", "detail": detail}
        )

    def _books(self) -> dict[str, Job]:
        return dict(batch_backends[ACCOUNT][REGION]._jobs)


def standing_clock(now: datetime) -> dict[str, str]:
    """What a child process must be given for its clock to say `now` however long it takes, and for
    its disk to be as full as ours is said to be (see children/).
    """
    return {
        "CLOCK_STANDS_AT": now.isoformat(),
        "PYTHONPATH": str(Path(__file__).parent / "children"),
    } | {name: "1" for name in ("JOB_DISK_FULL",) if name in os.environ}


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an EventBridge rule takes an event; lists are alternatives, objects nest."""
    for name, wanted in pattern.items():
        found = event.get(name)
        if isinstance(wanted, dict):
            if not isinstance(found, dict) or not matches(wanted, found):
                return False
        elif found not in wanted:
            return False
    return True


def last_line(attempt: Attempt) -> dict[str, Any]:
    """The JSON object that a job says last."""
    found: dict[str, Any] = json.loads(attempt.log.splitlines()[-1])
    return found
