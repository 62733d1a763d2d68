"""What is AWS's own, from an edit to the trigger; with the template's values throughout."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.s3.models import S3Backend

from cocktailspace.api import artifact_responses
from tests.aws.batch import Instance, last_line
from tests.aws.resolve import Stage
from tests.aws.world import MINUTE, RECONCILE, SECOND, AwsWorld
from tests.waiting import PATIENCE_SECONDS

API = "/api/v1"
SCHEDULE = "cocktailspace-dev-analytics-debounce"


def test_a_burst_makes_one_schedule_that_moves_with_each_edit_and_one_job(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        aws.edit(f"I{number}")
        [(name, at)] = aws.schedules().items()
        assert name == SCHEDULE
        assert timedelta(0) <= at - (aws.clock() + aws.debounce) <= SECOND
        aws.advance(10 * SECOND)
    shown: list[dict[str, Any]] = []
    with _publishing_waits(monkeypatch) as (publishing, looked):

        def look(_instance: Instance) -> None:
            assert publishing.wait(PATIENCE_SECONDS)
            shown.append(aws.refresh)
            looked.set()

        aws.batch.spot.append(look)
        aws.advance(aws.debounce + aws.start_time)
    [run] = aws.runs
    assert run.exit_codes == [0]
    assert last_line(run.attempts[0])["outcome"] == "published"
    [running] = shown
    assert (running["state"], running["job_id"]) == ("running", run.id)
    assert running["job_arn"].endswith(f":job/{run.id}")
    assert running["attempt"]["job_attempt"] == 1
    assert running["attempt"]["step"]
    refresh = aws.refresh
    assert (refresh["state"], refresh["attempt"]["state"]) == ("fresh", "succeeded")
    answer = aws.request("GET", f"{API}/analytics/ingredient-usage")
    assert answer.body["metadata"]["source_version"] == refresh["catalogue_version"]
    assert {f"I{number}" for number in range(4)} <= {row["name"] for row in answer.body["data"]}


@contextmanager
def _publishing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A job that publishes says so by the first event, and waits for the second."""
    publishing, looked = threading.Event(), threading.Event()
    put = S3Backend.put_object

    def slow_put(backend: S3Backend, bucket: str, key: str, *rest: Any, **named: Any) -> Any:
        if key.endswith("ingredient-usage.json"):
            publishing.set()
            looked.wait(25)
        return put(backend, bucket, key, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(S3Backend, "put_object", slow_put)
        yield publishing, looked


@pytest.mark.parametrize(("stage", "minutes"), [("dev", 5), ("prod", 15)])
def test_the_first_mutation_of_a_new_stack_creates_the_schedule(
    deployed: Callable[[Stage], AwsWorld], stage: Stage, minutes: int
) -> None:
    world = deployed(stage)
    assert world.schedules() == {}
    world.edit("Gin")
    [(name, at)] = world.schedules().items()
    assert timedelta(0) <= at - (world.clock() + minutes * MINUTE) <= SECOND
    made = boto3.client("scheduler").get_schedule(Name=name, GroupName="default")
    given = world.template.functions["CocktailLambda"].environment
    assert made["Target"]["Arn"] == given["ANALYTICS_TRIGGER_FUNCTION"]
    assert made["Target"]["RoleArn"] == given["ANALYTICS_SCHEDULER_ROLE_ARN"]
    assert made["Target"]["DeadLetterConfig"] == {"Arn": given["ANALYTICS_SCHEDULER_DLQ_ARN"]}
    assert made["ActionAfterCompletion"] == "NONE"


def test_two_first_mutations_at_once_make_one_schedule(
    deployed: Callable[[Stage], AwsWorld], caplog: pytest.LogCaptureFixture
) -> None:
    world = deployed("dev")
    both = threading.Barrier(2, timeout=PATIENCE_SECONDS)
    calls: list[str] = []
    functions = [world.new_function() for _ in range(2)]

    def wait_for_the_other(**_call: object) -> None:
        both.wait()

    for function in functions:
        # FastAPI prepares its routes when first asked, and not for two threads at once; each
        # function of AWS has a process of its own
        assert function.request("GET", "/nowhere").status == 404
        refresher = function.services.refresher
        events = refresher._scheduler._client.meta.events  # type: ignore[attr-defined]
        events.register("before-call.scheduler", lambda model, **_: calls.append(model.name))
        events.register("before-call.scheduler.CreateSchedule", wait_for_the_other)
    statuses = []

    def edit(number: int) -> None:
        answer = functions[number].request("POST", f"{API}/ingredients", {"name": f"I{number}"})
        statuses.append(answer.status)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201, 201]
    assert len(world.schedules()) == 1
    assert sorted(calls) == ["CreateSchedule"] * 2 + ["UpdateSchedule"] * 3
    assert "not signalled" not in caplog.text


def test_an_edit_is_saved_while_the_scheduler_is_down_and_the_reconcile_repairs(
    aws: AwsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    aws.scheduler_down = True
    aws.edit("Absinthe")
    assert "the scheduler cannot be reached (EndpointConnectionError)" in caplog.text
    assert aws.schedules() == {}
    asked = aws.request("POST", f"{API}/refresh")
    assert (asked.status, asked.body["error"]["code"]) == (503, "scheduler_unavailable")
    aws.advance(RECONCILE + MINUTE)
    assert aws.schedules() == {}
    assert aws.metrics[-1]["UnpublishedSeconds"] >= 600
    aws.scheduler_down = False
    aws.advance(RECONCILE + aws.start_time)
    assert aws.is_fresh
    assert aws.reconcile()["unpublished_seconds"] == 0


def test_a_schedule_that_has_rung_is_set_again_by_the_next_edit(aws: AwsWorld) -> None:
    for name in ("Absinthe", "Bitters from Angostura"):
        aws.edit(name)
        aws.advance(aws.debounce + aws.start_time)
        assert aws.is_fresh
        aws.advance(timedelta(minutes=30))
    assert len(aws.schedules()) == 1
    assert len(aws.runs) == 2


def test_a_trigger_that_fails_is_tried_again_and_then_left_to_the_alarm_and_the_reconcile(
    aws: AwsWorld,
) -> None:
    aws.edit("Absinthe")
    aws.trigger_fails = 3
    aws.advance(aws.debounce + SECOND)
    assert [event["source"] for event in aws.undelivered] == ["schedule"]
    assert aws.runs == []
    aws.trigger_fails = 2
    aws.advance(RECONCILE + aws.start_time)
    assert len(aws.undelivered) == 1
    assert len(aws.runs) == 1
    assert aws.is_fresh


def test_running_by_hand_goes_round_the_debounce(aws: AwsWorld) -> None:
    aws.edit("Absinthe")
    [by_script] = aws.invoke_trigger({"source": "manual"})
    assert not by_script["coalesced"]
    asked = aws.request("POST", f"{API}/refresh", groups="[editor]")
    assert asked.status == 202
    [at] = aws.schedules().values()
    assert asked.body["starts_at"] == at.isoformat().replace("+00:00", "Z")
    assert timedelta(0) <= at - (aws.clock() + MINUTE) <= SECOND
    assert [run.id for run in aws.runs] == [by_script["jobId"]]
    assert aws.invoke_trigger({"source": "manual"}) == [by_script | {"coalesced": True}]
    assert aws.request("POST", f"{API}/refresh", groups=None).status == 401


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_lambda_cannot_send_comes_from_the_bucket(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    manifest = aws.request("GET", f"{API}/analytics/manifest").body
    address = f"{API}/analytics/runs/{manifest['run_id']}/recipe-similar"
    sent = aws.request("GET", address, Accept_Encoding="identity").body
    monkeypatch.setattr(artifact_responses, "LAMBDA_BYTES", 100)
    answer = aws.request("GET", address, Accept_Encoding=encoding)
    assert answer.status == 307
    with urllib.request.urlopen(answer.headers["location"]) as fetched:
        assert json.loads(fetched.read()) == sent
    origin = answer.headers["location"].split("/cocktailspace-dev-")[0]
    assert f"connect-src 'self' {origin};" in answer.headers["content-security-policy"]
