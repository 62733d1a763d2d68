"""What is AWS's own: schedule, trigger, Spot, the mount; with the template's values throughout."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from cocktailspace.api import delivery
from cocktailspace.artifacts.manifest import read_published
from tests.aws.batch import Instance, last_line, matches, namespaces_allowed
from tests.aws.resolve import Stage
from tests.aws.world import MINUTE, RECONCILE, SECOND, AwsWorld

API = "/api/v1"
SCHEDULE = "cocktailspace-dev-analytics-debounce"


def test_a_burst_makes_one_schedule_that_moves_with_each_edit_and_one_job(aws: AwsWorld) -> None:
    for number in range(4):
        aws.edit(f"I{number}")
        [(name, at)] = aws.schedules().items()
        assert name == SCHEDULE
        assert timedelta(0) <= at - (aws.clock() + aws.debounce) <= SECOND
        aws.advance(10 * SECOND)
    aws.advance(aws.debounce + aws.start_time)
    [run] = aws.runs
    assert run.exit_codes == [0]
    assert last_line(run.attempts[0])["outcome"] == "published"
    refresh = aws.refresh
    assert refresh["state"] == "fresh"
    assert refresh["attempt"]["job_id"] == run.id
    assert refresh["attempt"]["job_attempt"] == 1
    answer = aws.request("GET", f"{API}/analytics/ingredient-usage")
    assert answer.body["metadata"]["source_version"] == refresh["catalogue_version"]
    assert {f"I{number}" for number in range(4)} <= {row["name"] for row in answer.body["data"]}


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
    both = threading.Barrier(2, timeout=60)
    calls: list[str] = []
    functions = [world.new_function() for _ in range(2)]

    def wait_for_the_other(**_call: object) -> None:
        both.wait()

    for function in functions:
        refresher = function.services.refresher
        events = refresher._scheduler._client.meta.events  # type: ignore[attr-defined]
        events.register("before-call.scheduler", lambda model, **_: calls.append(model.name))
        events.register("before-call.scheduler.CreateSchedule", wait_for_the_other)
    statuses = []

    def edit(number: int) -> None:
        loop = asyncio.new_event_loop()  # each function has a process of its own
        asyncio.set_event_loop(loop)
        answer = functions[number].request("POST", f"{API}/ingredients", {"name": f"I{number}"})
        statuses.append(answer.status)
        loop.close()

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


def test_a_duplicate_delivery_finds_the_job_that_waits(aws: AwsWorld) -> None:
    aws.edit("Absinthe")
    aws.deliveries = 2
    first, second = aws.invoke_trigger({"source": "schedule"})
    assert (first["coalesced"], second["coalesced"]) == (False, True)
    assert first["jobId"] == second["jobId"]
    assert first["jobArn"].endswith(first["jobId"])
    aws.advance(aws.boot_time)
    [run] = aws.runs
    aws.deliveries = 1
    [late] = aws.invoke_trigger({"source": "schedule"})
    assert not late["coalesced"]
    aws.advance(aws.boot_time)
    assert last_line(aws.runs[1].attempts[0])["outcome"] == "nothing to do"
    assert aws.refresh["published_run_id"] == last_line(run.attempts[0])["run_id"]


def test_a_trigger_that_fails_is_tried_again_and_then_left_to_the_alarm_and_the_reconcile(
    aws: AwsWorld,
) -> None:
    aws.edit("Absinthe")
    aws.trigger_fails = 2
    aws.advance(aws.debounce + SECOND)
    assert len(aws.runs) == 1
    assert aws.undelivered == []
    aws.advance(aws.start_time)
    aws.edit("Becherovka")
    aws.trigger_fails = 3
    aws.advance(aws.debounce + SECOND)
    assert [event["source"] for event in aws.undelivered] == ["schedule"]
    assert len(aws.runs) == 1
    aws.advance(RECONCILE + aws.start_time)
    assert aws.is_fresh


def test_a_job_reclaimed_twice_publishes_at_its_third_attempt(aws: AwsWorld) -> None:
    aws.edit("Absinthe")
    with closing(sqlite3.connect(aws.catalogue, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")  # so that the job surely has not ended when it is told to

        def reclaim_with_a_warning(instance: Instance) -> None:
            instance.wait_for("snapshot 0 %")
            instance.process.send_signal(signal.SIGTERM)

        def take_away(instance: Instance) -> None:
            instance.wait_for("snapshot 0 %")
            instance.process.kill()
            writer.execute("ROLLBACK")
            assert aws.refresh["attempt"]["state"] == "stopped"  # the first said so
            assert aws.refresh["published_version"] < aws.refresh["catalogue_version"]

        aws.batch.spot += [reclaim_with_a_warning, take_away]
        aws.invoke_trigger({"source": "manual"})
        aws.reconciling = False
        aws.advance(aws.boot_time)
    [run] = aws.runs
    assert run.exit_codes == [143, None, 0]
    assert last_line(run.attempts[0])["outcome"] == "stopped"
    assert aws.is_fresh
    assert aws.refresh["attempt"]["job_attempt"] == 3


def test_an_applications_failure_is_not_retried_and_raises_the_alarm(aws: AwsWorld) -> None:
    pattern = aws.template.resource("AnalyticsJobFailedRule")["EventPattern"]
    shown = aws.request("GET", f"{API}/analytics/manifest").body
    with aws.unreadable_catalogue():
        aws.edit("Absinthe")
        aws.advance(aws.debounce + aws.start_time)
        [run] = aws.runs
        assert run.exit_codes == [1]
        assert last_line(run.attempts[0])["outcome"] == "failed"
        failed = [event for event in aws.batch.events if matches(pattern, event)]
        assert [event["detail"]["jobId"] for event in failed] == [run.id]
        aws.reconcile()
        assert aws.metrics[-1]["FailuresInARow"] == 1
        assert aws.metrics[-1]["Schedule"] == SCHEDULE
        assert aws.request("GET", f"{API}/analytics/manifest").body == shown
    assert not [event for event in aws.batch.events if event["detail"]["jobId"] != run.id]


WRITER = """
import os, sqlite3, sys
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("PRAGMA cache_size = 2")
writer.execute("BEGIN IMMEDIATE")
writer.execute("UPDATE recipes SET instructions = hex(zeroblob(20000))")
writer.execute("DELETE FROM recipe_ingredients")
os.kill(os.getpid(), 9)
"""


def test_a_writer_killed_in_mid_commit_makes_jobs_retry_until_it_is_healed(aws: AwsWorld) -> None:
    aws.edit("Absinthe")
    aws.reconciling = False
    journal = Path(f"{aws.catalogue}-journal")

    def heal(_instance: Instance) -> None:
        assert journal.stat().st_size > 0
        assert aws.request("GET", "/healthz").status == 200  # any reader that may write

    aws.batch.spot += [None, heal]
    aws.invoke_trigger({"source": "manual"})
    subprocess.run([sys.executable, "-c", WRITER, aws.catalogue], check=False, timeout=60)
    assert journal.stat().st_size > 0
    aws.advance(aws.boot_time)
    [run] = aws.runs
    assert run.exit_codes == [75, 0]
    assert "SQLITE_READONLY_ROLLBACK" in run.attempts[0].log
    assert aws.is_fresh
    answer = aws.request("GET", f"{API}/analytics/cocktail-space")
    assert [row["name"] for row in answer.body["data"]] == ["Negroni", "Boulevardier", "Manhattan"]
    assert all(len(row["ingredients"]) == 3 for row in answer.body["data"])


def test_running_by_hand_goes_round_the_debounce(aws: AwsWorld) -> None:
    aws.edit("Absinthe")
    [by_script] = aws.invoke_trigger({"source": "manual"})
    assert not by_script["coalesced"]
    asked = aws.request("POST", f"{API}/refresh", groups="[editor]")
    assert asked.status == 202
    [at] = aws.schedules().values()
    assert asked.body["starts_at"] == at.isoformat().replace("+00:00", "Z")
    assert timedelta(0) <= at - (aws.clock() + MINUTE) <= SECOND
    aws.advance(aws.boot_time)
    assert aws.is_fresh
    assert aws.runs[0].id == by_script["jobId"]
    assert aws.request("POST", f"{API}/refresh", groups=None).status == 401


def test_a_running_job_is_shown_with_its_id_and_progress(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.models import S3Backend  # noqa: PLC0415

    publishing, looked = threading.Event(), threading.Event()
    put = S3Backend.put_object

    def slow_put(
        backend: S3Backend, bucket: str, key: str, *rest: object, **named: object
    ) -> object:
        if key.endswith("ingredient-usage.json"):
            publishing.set()
            looked.wait(25)
        return put(backend, bucket, key, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(S3Backend, "put_object", slow_put)
    shown: list[dict[str, object]] = []

    def look(_instance: Instance) -> None:
        assert publishing.wait(60)
        shown.append(aws.refresh)
        looked.set()

    aws.edit("Absinthe")
    aws.batch.spot.append(look)
    [answer] = aws.invoke_trigger({"source": "manual"})
    aws.advance(aws.boot_time)
    assert shown[0]["state"] == "running"
    assert shown[0]["job_id"] == answer["jobId"]
    assert shown[0]["job_arn"] == answer["jobArn"]
    assert shown[0]["attempt"]["step"] != ""  # type: ignore[index]
    assert aws.is_fresh


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_lambda_cannot_send_comes_from_the_bucket(
    aws: AwsWorld, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    manifest = aws.request("GET", f"{API}/analytics/manifest").body
    address = f"{API}/analytics/runs/{manifest['run_id']}/recipe-similar"
    sent = aws.request("GET", address, Accept_Encoding="identity").body
    monkeypatch.setattr(delivery, "MOST_BYTES", 100)
    answer = aws.request("GET", address, Accept_Encoding=encoding)
    assert answer.status == 307
    with urllib.request.urlopen(answer.headers["location"]) as fetched:
        assert json.loads(fetched.read()) == sent
    origin = answer.headers["location"].split("/cocktailspace-dev-")[0]
    assert f"connect-src 'self' {origin};" in answer.headers["content-security-policy"]


def test_the_job_cannot_write_to_the_catalogue(aws: AwsWorld) -> None:
    if not namespaces_allowed():
        pytest.skip("this machine lets nobody mount; the jobs above saw a plain folder")
    from tests.aws.batch import _IN_A_NAMESPACE  # noqa: PLC0415

    tried = subprocess.run(
        [*_IN_A_NAMESPACE, str(aws.efs), "touch", "/mnt/efs/x"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode != 0
    assert "Read-only file system" in tried.stderr
    published = read_published(aws.function.services.store)
    assert published is not None
