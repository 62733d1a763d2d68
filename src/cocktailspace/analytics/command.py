"""The job: `python -m cocktailspace.analytics [--force] [--cause CAUSE] [--quiet]`.

Exit codes: 0 published, or nothing to do; 1 failed; 75 the catalogue cannot be read for now. The
last line on standard output is one JSON object; logs go to standard error.
"""

import argparse
import logging
import os
import signal
import sqlite3
import tempfile
import time
from types import FrameType
from typing import Any, NoReturn

from cocktailspace.analytics.choose_workers import choose_workers
from cocktailspace.analytics.code_cache import writable_code_cache
from cocktailspace.analytics.job import JobResult, TryAgainError, run_job
from cocktailspace.analytics.transport.neighbours import MissingNumbaError
from cocktailspace.analytics.transport.workers import LostWorkersError, Workers
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.report import RunReport
from cocktailspace.artifacts.store import ArtifactStore, StoreError
from cocktailspace.catalogue.errors import CatalogueError
from cocktailspace.catalogue.snapshot import clock_of
from cocktailspace.logs import LogLevel, configure_logging
from cocktailspace.settings import Settings, SettingsError, read_settings
from cocktailspace.storage import catalogue_source, choose_store
from cocktailspace.times import Clock

logger = logging.getLogger("cocktailspace.analytics")

PUBLISHED, FAILED, TRY_AGAIN, STOPPED = 0, 1, 75, 143


class Stop(BaseException):
    """We were told to stop (a Spot reclaim, or the server going down)."""


def main() -> NoReturn:
    """Run the job once and exit with its code."""
    parser = argparse.ArgumentParser(prog="python -m cocktailspace.analytics", description=__doc__)
    parser.add_argument(
        "--force", action="store_true", help="compute even what is published already"
    )
    parser.add_argument("--cause", default="manual", help="why, for the log", metavar="CAUSE")
    parser.add_argument("--because", help=argparse.SUPPRESS)  # --cause was called so
    parser.add_argument(
        "--quiet", action="store_true", help="log warnings only: whoever started it logs its end"
    )
    parser.add_argument("--job-id", help=argparse.SUPPRESS)  # else the number of the process
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    started = time.monotonic()
    try:
        settings = read_settings()
        level: LogLevel = "warning" if arguments.quiet else settings.log_level
        configure_logging(settings.log_format, level)
        if arguments.because is not None:
            logger.warning("--because is now --cause; the next release will not know it any more")
        with writable_code_cache(), choose_workers(settings) as workers:
            code, report = _run(settings, workers, job_id=arguments.job_id, force=arguments.force)
    except (SettingsError, CatalogueError) as error:  # before there is a recorder
        code, report = FAILED, RunReport(outcome="failed", error=str(error))
    seconds = round(time.monotonic() - started, 3)
    report = report.model_copy(
        update={"cause": arguments.because or arguments.cause, "seconds": seconds}
    )
    if not arguments.quiet:
        report.log_to(logger)
    print(report.model_dump_json(exclude_none=True), flush=True)  # noqa: T201 - the last line
    # Not sys.exit: worker threads may still be busy with a step that nobody waits for.
    os._exit(code)


def _run(
    settings: Settings, workers: Workers, *, job_id: str | None, force: bool
) -> tuple[int, RunReport]:
    source, store = catalogue_source(settings), choose_store(settings)
    clock = clock_of(source)
    recorder = _new_recorder(store, clock, job_id)
    try:
        result = run_job(source, store, recorder, clock=clock, force=force, workers=workers)
    except Stop:
        recorder.stop()
        return STOPPED, _report("stopped", recorder)
    except TryAgainError as error:
        recorder.fail(str(error))
        return TRY_AGAIN, _report("try again", recorder, error=str(error))
    except (MissingNumbaError, LostWorkersError) as error:
        recorder.fail(str(error))
        return FAILED, _report("failed", recorder, error=str(error))
    except Exception as error:  # the top of the job: whatever it is, it is reported
        logger.exception("the job failed")
        message = _error_message(error)
        recorder.fail(message)
        return FAILED, _report("failed", recorder, error=message)
    recorder.succeed()
    return PUBLISHED, _report_of(result, recorder)


def _new_recorder(store: ArtifactStore, clock: Clock, job_id: str | None) -> AttemptRecorder:
    """A recorder under the id of the Batch job, the one that is given, or else of this process."""
    batch_id = os.environ.get("AWS_BATCH_JOB_ID")
    attempt = os.environ.get("AWS_BATCH_JOB_ATTEMPT", "")
    return AttemptRecorder(
        store,
        clock=clock,
        job_id=batch_id or job_id or str(os.getpid()),
        job_attempt=int(attempt) if batch_id and attempt.isdigit() else None,
    )


def _error_message(error: Exception) -> str:
    """What failed, for readers of the status."""
    if isinstance(error, MemoryError):
        return f"the job ran out of memory ({error})"
    if isinstance(error, StoreError | CatalogueError):
        return str(error)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
        return f"there is no room in {tempfile.gettempdir()} for a copy of the catalogue"
    return f"{type(error).__name__}: {error}"


def _report(outcome: str, recorder: AttemptRecorder, **more: Any) -> RunReport:
    return RunReport(
        outcome=outcome,
        run_id=recorder.run_id,
        catalogue_id=recorder.attempt.catalogue_id,
        source_version=recorder.attempt.source_version,
        steps=recorder.seconds,
        **more,
    )


def _report_of(result: JobResult, recorder: AttemptRecorder) -> RunReport:
    published: dict[str, Any] = {}
    if result.manifest is not None:
        published = {
            "published_run_id": result.manifest.run_id,
            "counts": result.manifest.counts,
        }
    return _report(result.outcome, recorder, previous_version=result.previous_version, **published)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop
