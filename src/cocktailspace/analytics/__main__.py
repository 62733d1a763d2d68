"""The job: `python -m cocktailspace.analytics [--force]`.

Exit codes: 0 published, or nothing to do; 1 failed; 75 the catalogue cannot be read for now. The
last line on standard output is one JSON object; logs go to standard error.
"""

import argparse
import json
import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import NoReturn

from cocktailspace.analytics.job import Ending, TryAgainError, run_job
from cocktailspace.artifacts.attempt import AttemptNote
from cocktailspace.bootstrap import Services, build_services
from cocktailspace.settings import SettingsError, read_settings

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
    force = parser.parse_args().force
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    started = time.monotonic()
    try:
        code, line = _run(build_services(read_settings()), force=force)
    except SettingsError as error:
        code, line = FAILED, {"outcome": "failed", "error": str(error)}
    line["seconds"] = round(time.monotonic() - started, 3)
    print(json.dumps(line), flush=True)  # noqa: T201 - the promised last line
    # Not sys.exit: worker threads may still be busy with a step that nobody waits for.
    os._exit(code)


def _run(services: Services, *, force: bool) -> tuple[int, dict[str, object]]:
    note = _new_note(services)
    try:
        ending = run_job(services.database, services.store, note, clock=services.clock, force=force)
    except Stop:
        note.stop()
        return STOPPED, {"outcome": "stopped", "run_id": note.run_id}
    except TryAgainError as error:
        note.fail(str(error))
        return TRY_AGAIN, {"outcome": "try again", "run_id": note.run_id, "error": str(error)}
    except Exception as error:  # the top of the job: whatever it is, it is reported
        logger.exception("the job failed")
        note.fail(f"{type(error).__name__}: {error}")
        return FAILED, {"outcome": "failed", "run_id": note.run_id, "error": str(error)}
    note.succeed()
    return PUBLISHED, _line(note.run_id, ending)


def _new_note(services: Services) -> AttemptNote:
    """Batch tells its jobs what they are called; any other job goes by its process."""
    batch_id = os.environ.get("AWS_BATCH_JOB_ID")
    attempt = os.environ.get("AWS_BATCH_JOB_ATTEMPT", "")
    return AttemptNote(
        services.store,
        clock=services.clock,
        job_id=batch_id or str(os.getpid()),
        job_attempt=int(attempt) if batch_id and attempt.isdigit() else None,
    )


def _line(run_id: str, ending: Ending) -> dict[str, object]:
    line: dict[str, object] = {
        "outcome": ending.outcome,
        "run_id": run_id,
        "catalogue_id": ending.snapshot.catalogue_id,
        "source_version": ending.snapshot.version,
    }
    if ending.manifest is not None:
        line |= {"published_run_id": ending.manifest.run_id, "counts": ending.manifest.counts}
    return line


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    main()
