"""The function that the schedule invokes, on an emulated Batch, and what it is shipped with."""

import ast
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cocktailspace.refresh import trigger
from tests.conftest import ROOT

QUEUE = "arn:aws:batch:us-east-1:123456789012:job-queue/analytics"
DEFINITION = "arn:aws:batch:us-east-1:123456789012:job-definition/analytics:1"


@pytest.fixture
def batch(
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """A client whose answers are laid down."""
    monkeypatch.setenv("BATCH_JOB_QUEUE", QUEUE)
    monkeypatch.setenv("BATCH_JOB_DEFINITION", DEFINITION)
    client = boto3.client("batch")
    monkeypatch.setattr(trigger, "_batch", lambda: client)
    with Stubber(client) as stub:
        yield stub
    client.close()


def _listed(stub: Stubber, status: str, *jobs: dict[str, Any], token: str | None = None) -> None:
    answer: dict[str, Any] = {"jobSummaryList": list(jobs)}
    if token:
        answer["nextToken"] = token
    stub.add_response("list_jobs", answer, {"jobQueue": QUEUE, "jobStatus": status})


def _job(job_id: str, name: str = trigger.JOB_NAME, created: int = 1) -> dict[str, Any]:
    arn = f"arn:aws:batch:us-east-1:123456789012:job/{job_id}"
    return {"jobId": job_id, "jobArn": arn, "jobName": name, "createdAt": created}


def _submitted(stub: Stubber, job_id: str, **more: Any) -> None:
    wanted = {"jobName": trigger.JOB_NAME, "jobQueue": QUEUE, "jobDefinition": DEFINITION, **more}
    found = _job(job_id)
    answer = {name: found[name] for name in ("jobId", "jobArn", "jobName")}
    stub.add_response("submit_job", answer, wanted)


def test_it_submits_a_job_when_none_waits(batch: Stubber) -> None:
    for status in trigger.WAITING:
        _listed(batch, status)
    _submitted(batch, "new")
    answer = trigger.handler({"source": "schedule"}, None)
    assert answer == {"jobArn": _job("new")["jobArn"], "jobId": "new", "coalesced": False}
    batch.assert_no_pending_responses()


def test_a_forced_job_is_submitted_whatever_waits(batch: Stubber) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    command = json.loads(dockerfile.rpartition("\nCMD ")[2].partition("\n")[0])
    _submitted(batch, "new", containerOverrides={"command": [*command, "--force"]})
    assert not trigger.handler({"source": "manual", "force": True}, None)["coalesced"]
    batch.assert_no_pending_responses()


def test_it_returns_the_job_that_has_waited_longest(batch: Stubber) -> None:
    _listed(batch, "SUBMITTED")
    _listed(batch, "PENDING")
    _listed(batch, "RUNNABLE", _job("newer", created=9), _job("older", created=3))
    answer = trigger.handler({}, None)
    assert (answer["jobId"], answer["coalesced"]) == ("older", True)


def test_jobs_of_another_name_do_not_count(batch: Stubber) -> None:
    for status in trigger.WAITING:
        _listed(batch, status, _job("other", name="something-else"))
    _submitted(batch, "new")
    assert not trigger.handler({}, None)["coalesced"]


def test_only_jobs_that_surely_took_no_snapshot_count_looked_for_in_their_own_order() -> None:
    assert trigger.WAITING == ("SUBMITTED", "PENDING", "RUNNABLE")


def test_all_pages_are_read(batch: Stubber) -> None:
    _listed(batch, "SUBMITTED", _job("other", name="x"), token="more")
    wanted = {"jobQueue": QUEUE, "jobStatus": "SUBMITTED", "nextToken": "more"}
    batch.add_response("list_jobs", {"jobSummaryList": [_job("late")]}, wanted)
    assert trigger.handler({}, None)["jobId"] == "late"


@pytest.mark.parametrize("call", ["list_jobs", "submit_job"])
def test_it_raises_so_that_it_is_invoked_again(batch: Stubber, call: str) -> None:
    if call == "submit_job":
        for status in trigger.WAITING:
            _listed(batch, status)
    batch.add_client_error(call, "ServerException")
    with pytest.raises(Exception, match="ServerException"):
        trigger.handler({}, None)


def test_a_missing_name_is_named(batch: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setenv("BATCH_JOB_DEFINITION", "")
    with pytest.raises(RuntimeError, match="BATCH_JOB_DEFINITION is not set"):
        trigger.handler({}, None)


def test_it_needs_boto3_and_the_standard_library_alone() -> None:
    tree = ast.parse(Path(trigger.__file__).read_text())
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"boto3"}


def test_its_package_is_small(tmp_path: Path) -> None:
    package = tmp_path / "trigger.zip"
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.write(trigger.__file__, "trigger.py")
    assert package.stat().st_size < 100_000
