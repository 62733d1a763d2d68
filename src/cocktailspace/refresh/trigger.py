"""The function that the schedule invokes: it submits the job, or finds one that waits already.

It is shipped alone: boto3 and the standard library, nothing else of this package. It is delivered
at least once and retried when it raises, so it may run at any time and as often as it likes.
"""

import functools
import logging
import os
from typing import Any

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

JOB_NAME = "cocktailspace-analytics"

WAITING = ("SUBMITTED", "PENDING", "RUNNABLE")
"""In the order in which a job goes through them, so that none slips by between two listings. A job
that is STARTING may have begun already, its state being reported late: then its snapshot could be
older than the edit that we are invoked for, and a new job is submitted."""


FORCED = {"command": ["python", "-m", "cocktailspace.analytics", "--force"]}
"""The image's command with an option: the job computes what is published already."""


def handler(event: Any, _context: object) -> dict[str, Any]:
    """Submit the job unless one waits that will see the same edits. Raises on failure.

    An event with `"force": true` always submits one, which replaces what is published.
    """
    queue, definition = _name("BATCH_JOB_QUEUE"), _name("BATCH_JOB_DEFINITION")
    forced = isinstance(event, dict) and event.get("force") is True
    overrides = {"containerOverrides": FORCED} if forced else {}
    waiting = None if forced else _waiting_job(queue)
    if waiting is not None:
        answer = {"jobArn": waiting["jobArn"], "jobId": waiting["jobId"], "coalesced": True}
    else:
        names = {"jobName": JOB_NAME, "jobQueue": queue, "jobDefinition": definition}
        job = _batch().submit_job(**names, **overrides)
        answer = {"jobArn": job["jobArn"], "jobId": job["jobId"], "coalesced": False}
    logger.info("%s for %s", answer, event)
    return answer


def _waiting_job(queue: str) -> dict[str, Any] | None:
    """The job that has waited longest, if one waits."""
    pages = _batch().get_paginator("list_jobs")
    for status in WAITING:
        listed = pages.paginate(jobQueue=queue, jobStatus=status)
        found: list[dict[str, Any]] = [
            job for page in listed for job in page["jobSummaryList"] if job["jobName"] == JOB_NAME
        ]
        if found:
            return min(found, key=lambda job: (job.get("createdAt", 0), job["jobId"]))
    return None


@functools.cache
def _batch() -> Any:
    return boto3.client("batch")


def _name(variable: str) -> str:
    if not (value := os.environ.get(variable)):
        raise RuntimeError(f"{variable} is not set: the trigger does not know what to submit")
    return value
