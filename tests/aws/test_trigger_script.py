"""scripts/trigger-analytics-refresh.sh against a stand-in for the AWS CLI."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.resolve import resolve
from tests.conftest import ROOT, need

STUB = Path(__file__).parent / "stub"
SCRIPT = ROOT / "scripts" / "trigger-analytics-refresh.sh"
JOB = "0f6a3a0e-1111-4222-8333-444455556666"


def job(status: str, *, stream: str | None = None, **more: Any) -> dict[str, Any]:
    container = {"logStreamName": stream, "exitCode": more.pop("code", None)}
    return {"jobs": [{"status": status, "container": container, "attempts": [], **more}]}


def events(token: str, *messages: str) -> dict[str, Any]:
    return {"events": [{"message": each} for each in messages], "nextForwardToken": token}


def invoked(*, coalesced: bool = False) -> dict[str, Any]:
    answer = {"jobArn": f"arn:aws:batch:::job/{JOB}", "jobId": JOB, "coalesced": coalesced}
    return {"StatusCode": 200, "Payload": json.dumps(answer)}


class Run:
    """One run of the script: what it said, its exit code, and what it asked AWS."""

    def __init__(self, folder: Path, answers: dict[str, list[Any]], arguments: str = "dev") -> None:
        template = resolve("dev")
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in template.outputs.items()]
        script = {"cloudformation describe-stacks": [{"Stacks": [{"Outputs": outputs}]}], **answers}
        (folder / "answers").write_text(json.dumps(script))
        python = Path(sys.executable).parent  # has botocore, which the stand-in needs
        environment = {
            "PATH": f"{STUB}:{python}:{os.environ['PATH']}",
            "STUB_ANSWERS": str(folder / "answers"),
            "STUB_CALLS": str(folder / "calls"),
            "POLL_SECONDS": "0",
            "TMPDIR": str(folder),
        }
        done = subprocess.run(
            [str(SCRIPT), *arguments.split()],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.shown, self.errors = done.returncode, done.stdout, done.stderr
        calls = folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        self.calls = [tuple(json.loads(line)) for line in lines]

    def options(self, call: str) -> list[dict[str, Any]]:
        return [options for name, options in self.calls if name == call]


@pytest.mark.slow
def test_a_job_is_followed_to_its_good_end(tmp_path: Path) -> None:
    first, second = "cocktailspace-dev/default/1", "cocktailspace-dev/default/2"
    run = Run(
        tmp_path,
        {
            "lambda invoke": [invoked()],
            "batch describe-jobs": [
                job("RUNNABLE"),
                job("RUNNING", stream=first),
                job("RUNNABLE", stream=first, attempts=[{}], statusReason="Host EC2 terminated"),
                job("SUCCEEDED", stream=second, code=0, attempts=[{}, {}]),
            ],
            "logs get-log-events": [
                "ResourceNotFoundException",
                events("f/1", "snapshot 0 %"),
                events("f/1"),
                events("f/2", "publish 0 %", '{"outcome": "published"}'),
                events("f/2"),
            ],
        },
    )
    assert run.code == 0, run.errors
    said = [line[9:] if line[2:3] == ":" else line for line in run.shown.splitlines()]
    assert said == [
        f"job {JOB} is submitted",
        "RUNNABLE",
        "RUNNING",
        f"log /aws/batch/job {first}",
        "RUNNABLE after 1 attempt(s): Host EC2 terminated",
        "    snapshot 0 %",
        "SUCCEEDED after 2 attempt(s)",
        f"log /aws/batch/job {second}",
        "    publish 0 %",
        '    {"outcome": "published"}',
    ]
    [call] = run.options("lambda invoke")
    assert call["function-name"] == resolve("dev").functions["AnalyticsTriggerFunction"].name
    assert json.loads(call["payload"]) == {"source": "manual"}
    assert {each["jobs"] for each in run.options("batch describe-jobs")} == {JOB}
    tokens = [each.get("next-token") for each in run.options("logs get-log-events")]
    assert tokens == [None, None, "f/1", None, "f/2"]


@pytest.mark.slow
def test_a_forced_job_is_asked_for(tmp_path: Path) -> None:
    answers = {"lambda invoke": [invoked()], "batch describe-jobs": [job("SUCCEEDED", code=0)]}
    run = Run(tmp_path, answers, "dev --force")
    assert run.code == 0, run.errors
    [call] = run.options("lambda invoke")
    assert json.loads(call["payload"]) == {"source": "manual", "force": True}


@pytest.mark.slow
def test_a_failed_jobs_exit_code_is_the_scripts(tmp_path: Path) -> None:
    failed = job("FAILED", stream=None, code=75, attempts=[{}, {}, {}], statusReason="ended")
    run = Run(
        tmp_path,
        {"lambda invoke": [invoked(coalesced=True)], "batch describe-jobs": [failed]},
    )
    assert run.code == 75
    assert f"job {JOB} waits already" in run.shown
    assert "FAILED after 3 attempt(s): ended" in run.shown


def test_a_job_without_an_exit_code_is_a_failure(tmp_path: Path) -> None:
    lost = {"lambda invoke": [invoked()], "batch describe-jobs": [job("FAILED")]}
    assert Run(tmp_path, lost).code == 1


def test_a_trigger_that_fails_is_reported(tmp_path: Path) -> None:
    answer = {"FunctionError": "Unhandled", "Payload": '{"errorMessage": "no queue"}'}
    run = Run(tmp_path, {"lambda invoke": [answer]})
    assert run.code == 1
    assert "no queue" in run.errors


def test_a_missing_stack_is_named(tmp_path: Path) -> None:
    run = Run(tmp_path, {"cloudformation describe-stacks": ["ValidationError"]}, arguments="prod")
    assert run.code == 1
    assert "cocktailspace-prod cannot be read" in run.errors


def test_another_stage_is_refused(tmp_path: Path) -> None:
    run = Run(tmp_path, {}, arguments="staging")
    assert run.code == 2
    assert "usage" in run.errors
    assert run.calls == []


def test_the_scripts_are_clean() -> None:
    need(shutil.which("shellcheck"), "shellcheck")
    scripts = sorted((ROOT / "scripts").glob("*.sh"))
    subprocess.run(["shellcheck", *map(str, scripts)], check=True)
