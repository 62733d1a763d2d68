"""What becomes of jobs on AWS: reclaimed, failing, in the way of a writer, delivered twice."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.aws.batch import IN_A_NAMESPACE, Instance, last_line, matches, namespaces_allowed
from tests.aws.world import AwsWorld
from tests.waiting import PATIENCE_SECONDS

API = "/api/v1"


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
    with aws.full_disk():
        aws.edit("Absinthe")
        aws.advance(aws.debounce + aws.start_time)
        [run] = aws.runs
        assert run.exit_codes == [1]
        assert last_line(run.attempts[0])["outcome"] == "failed"
        failed = [event for event in aws.batch.events if matches(pattern, event)]
        assert [event["detail"]["jobId"] for event in failed] == [run.id]
        aws.reconcile()
        assert aws.metrics[-1]["FailuresInARow"] == 1
        assert aws.metrics[-1]["Schedule"] == "cocktailspace-dev-analytics-debounce"
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
    subprocess.run(
        [sys.executable, "-c", WRITER, aws.catalogue], check=False, timeout=PATIENCE_SECONDS
    )
    assert journal.stat().st_size > 0
    aws.advance(aws.boot_time)
    [run] = aws.runs
    assert run.exit_codes == [75, 0]
    assert "SQLITE_READONLY_ROLLBACK" in run.attempts[0].log
    assert aws.is_fresh
    answer = aws.request("GET", f"{API}/analytics/cocktail-space")
    assert [row["name"] for row in answer.body["data"]] == ["Negroni", "Boulevardier", "Manhattan"]
    assert all(len(row["ingredients"]) == 3 for row in answer.body["data"])


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


def test_the_job_cannot_write_to_the_catalogue(aws: AwsWorld) -> None:
    if not namespaces_allowed():
        pytest.skip("this machine lets nobody mount; the jobs above saw a plain folder")
    tried = subprocess.run(
        [*IN_A_NAMESPACE, str(aws.efs), "touch", "/mnt/efs/x"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode != 0
    assert "Read-only file system" in tried.stderr
