"""Imports hold the same on one machine and on AWS, where a job plans them and carries them out."""

import base64
import itertools
import json
import os
import re
import shutil
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

import requests
from cocktailspace.api.deferred import PATIENCE
from cocktailspace.api.lambda_handler import make_handler, prepare
from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.child_process import read_in_child
from tests.aws.edge import Edge, Gateway, serving
from tests.aws.world import SECOND, Answer, AwsWorld, World, http_event
from tests.conftest import ROOT, need
from tests.fixtures.browser import new_context
from tests.waiting import PATIENCE_SECONDS

IMPORTS = "/api/v1/catalogue/imports"
UPLOADS, ANSWERS = "/api/v1/catalogue/uploads", "/api/v1/catalogue/answers"
TABLE = b"name;ingredient;measure\nRed Hook;Rye;2 oz\nRed Hook;Grumble;1 oz\n"


def _names(world: World) -> set[str]:
    listed = world.request("GET", "/api/v1/recipes?limit=200").body["items"]
    return {each["name"] for each in listed}


def _post(form: Mapping[str, Any], file: bytes) -> int:
    """Send a form to the bucket; S3 holds to the policy that was signed, which moto does not."""
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    [sizes] = [each for each in policy["conditions"] if "content-length-range" in each]
    if not sizes[1] <= len(file) <= sizes[2]:
        return 400
    assert {"key": form["fields"]["key"]} in policy["conditions"]
    return requests.post(
        form["url"], data=form["fields"], files={"file": file}, timeout=PATIENCE_SECONDS
    ).status_code


def _uploaded(world: World, file: bytes, name: str = "mine.csv", more: str = "") -> Answer:
    """Ask where the file goes, send it there, and wait for the answer: what the page does."""
    asked = world.request("POST", f"{UPLOADS}?name={name}{more}")
    assert asked.status == 201, asked.body
    form = asked.body
    assert len(file) <= form["most_bytes"]
    if not form["fields"]:
        return world.settled("POST", form["url"], content=file)
    assert _post(form, file) == 204
    return world.waited(world.request("GET", form["answer"]))


def _sent(world: World, file: bytes, name: str = "mine.csv", more: str = "") -> Answer:
    return world.settled("POST", f"{IMPORTS}?name={name}{more}", content=file)


@pytest.mark.parametrize("send", [_sent, _uploaded])
def test_a_file_goes_from_plan_to_recipe_and_back(world: World, send: Any) -> None:
    planned = send(world, TABLE)
    assert (planned.status, planned.body["counts"]) == (201, {"create": 1})
    where = f"{IMPORTS}/{planned.body['id']}"
    undecided = world.settled("POST", f"{where}/apply?digest={planned.body['digest']}")
    assert undecided.status == 409
    assert "not decided" in undecided.body["error"]["message"]
    decided = world.settled("PUT", f"{where}/decisions", {"rest": "unsorted"})
    assert decided.body["open_groups"] == 0
    assert "Red Hook" not in _names(world)
    apply = f"{where}/apply?digest={decided.body['digest']}"
    assert world.settled("POST", apply).body["state"] == "applied"
    assert "Red Hook" in _names(world)
    assert world.settled("POST", apply).body["state"] == "applied", "once, however often asked"
    assert world.refresh["state"] in ("pending", "due"), "an import is followed by a refresh"
    assert world.settled("POST", f"{where}/undo").body["state"] == "undone"
    assert "Red Hook" not in _names(world)
    assert world.request("DELETE", where).status == 204
    assert world.request("GET", where).status == 404


def test_what_cannot_be_planned_is_said(world: World) -> None:
    wrong = [
        (b"words", "", "mine.csv"),
        (TABLE, "&map=name", "say which header is what"),
        (TABLE, "&on_conflict=perhaps", "'fill'"),
    ]
    for (file, more, words), send in itertools.product(wrong, (_sent, _uploaded)):
        answer = send(world, file, more=more)
        assert answer.status == 422
        [problem] = answer.body["error"]["problems"]
        assert words in problem["message"]


def test_both_ways_give_the_same_plan(embedded: World, aws: AwsWorld) -> None:
    mapping = "".join(
        f"&map={urllib.parse.quote(each)}" for each in ("name=What", "ingredient=Booze")
    )
    file = "What,Booze\nZombie Nation,dark rum\nNegroni,Campari\nÜberfall,Gin\n".encode()
    plans = []
    for world in (embedded, aws):
        plan = _uploaded(world, file, name="a%20b.csv", more=f"{mapping}&source=Aunt%20Mary").body
        for own in ("id", "created_at", "expires_at", "digest"):
            del plan[own]
        plans.append(plan)
    assert plans[0] == plans[1]
    assert plans[0]["source"] == "Aunt Mary"


def test_a_stale_plan_is_refused_and_can_be_looked_at_again(world: World) -> None:
    planned = _sent(world, TABLE, more="&source=me").body
    where = f"{IMPORTS}/{planned['id']}"
    decided = world.settled("PUT", f"{where}/decisions", {"rest": "unsorted", "source": "you"}).body
    stale = world.settled("POST", f"{where}/apply?digest={planned['digest']}")
    assert (stale.status, stale.body["error"]["code"]) == (409, "conflict")
    again = world.request("GET", where)
    assert (again.status, again.body["digest"]) == (200, decided["digest"])


def test_events_that_come_twice_do_what_they_say_once(aws: AwsWorld) -> None:
    aws.deliveries = 3
    planned = _uploaded(aws, TABLE + b"Zonk;Gin;1 oz\n").body
    where = f"{IMPORTS}/{planned['id']}"
    decided = aws.settled("PUT", f"{where}/decisions", {"rest": "unsorted"}).body
    before = len(_names(aws))
    assert aws.settled("POST", f"{where}/apply?digest={decided['digest']}").status == 200
    assert len(_names(aws)) == before + 2


def test_an_event_that_comes_late_changes_no_answer(aws: AwsWorld) -> None:
    asked = aws.request("POST", f"{IMPORTS}?name=a.csv", content=TABLE)
    [key] = aws.created_objects()
    waits = aws.request("GET", asked.headers["location"])
    assert (waits.status, waits.headers["retry-after"]) == (202, "1")
    aws.answer_deferred(key)
    first = aws.request("GET", asked.headers["location"]).body
    aws.answer_deferred(key)
    aws.answer_deferred("imports/uploads/0123456789abcdef0123456789abcdef")
    assert aws.request("GET", asked.headers["location"]).body == first
    with aws.function.services.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM imports").scalar() == 1


def _token() -> str:
    signed: str = http_event("GET", "/", None, "[editor]", {})["headers"]["authorization"]
    return signed.removeprefix("Bearer ")


@contextmanager
def _site(aws: AwsWorld) -> Iterator[str]:
    """The stack behind its distribution, at an address; objects wake the function meanwhile."""
    handler = make_handler(prepare(aws.function.services))
    done = threading.Event()

    def wake() -> None:
        while not done.wait(0.1):
            for key in aws.created_objects():
                aws.answer_deferred(key)

    thread = threading.Thread(target=wake)
    thread.start()
    try:
        with serving(Edge(aws.template, Gateway(handler, 1000, 1000))) as address:
            yield address
    finally:
        done.set()
        thread.join()


@pytest.mark.browser
def test_the_page_uploads_a_file_and_shows_its_plan_and_what_it_did(
    aws: AwsWorld, browser: Any
) -> None:
    table = b"name;ingredient;measure\nRed Hook;Rye;2 oz\n"
    with _site(aws) as address:
        context = new_context(browser)
        page = context.new_page()
        page.goto(address)
        page.evaluate("token => sessionStorage.setItem('token', token)", _token())
        page.evaluate("() => { location.hash = '#/import'; }")
        posted: list[str] = []
        page.on("request", lambda sent: sent.method == "POST" and posted.append(sent.url))
        page.set_input_files(
            "input[type=file]", {"name": "mine.csv", "mimeType": "text/csv", "buffer": table}
        )
        page.locator(".actions.decide").wait_for()
        bucket = aws.template.ref("AnalyticsBucket")
        assert [urllib.parse.urlsplit(each).path for each in posted] == [UPLOADS, f"/{bucket}"]
        page.locator(".actions.decide .primary").click()
        page.get_by_role("button", name="Undo all of it").wait_for()
        context.close()
    assert "Red Hook" in _names(aws)


def test_the_commands_of_the_docs_send_a_file_and_wait_for_its_plan(
    aws: AwsWorld, tmp_path: Path
) -> None:
    for tool in ("curl", "jq"):
        need(shutil.which(tool), tool)
    text = (ROOT / "docs" / "importing.md").read_text()
    [commands] = re.findall(r"```sh\n(form=.*?)```", text, re.DOTALL)
    (tmp_path / "drinks.csv").write_bytes(TABLE)
    with _site(aws) as address:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "SITE": address, "TOKEN": _token()},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {"create": 1}


def test_whoever_may_not_write_keeps_nothing_in_the_bucket(aws: AwsWorld) -> None:
    for groups, status in ((None, 401), ("[visitor]", 403)):
        for path in (f"{UPLOADS}?name=a.csv", f"{IMPORTS}?name=a.csv"):
            answer = aws.request("POST", path, content=TABLE, groups=groups)
            assert answer.status == status
    bucket = aws.template.ref("AnalyticsBucket")
    kept = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="imports/")
    assert "Contents" not in kept


def test_answers_and_uploads_are_their_askers_alone(aws: AwsWorld) -> None:
    asked = aws.request("POST", f"{IMPORTS}?name=a.csv", content=TABLE)
    expected = aws.request("POST", f"{UPLOADS}?name=a.csv").body["answer"]
    for where in (asked.headers["location"], expected):
        assert aws.request("GET", where).status == 202
        assert aws.request("GET", where, sub="adam").status == 404
    aws.advance(SECOND)
    where = asked.headers["location"]
    assert aws.request("GET", where).status == 201
    assert aws.request("GET", where, sub="adam").status == 404
    assert aws.request("GET", f"{ANSWERS}/{'0' * 32}").status == 404


def test_an_upload_is_bounded_and_is_one_object_for_a_quarter_of_an_hour(aws: AwsWorld) -> None:
    form = aws.request("POST", f"{UPLOADS}?name=a.csv").body
    assert form["most_bytes"] == BOUNDS.file_bytes
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 1, BOUNDS.file_bytes] in policy["conditions"]
    assert {"bucket": aws.template.ref("AnalyticsBucket")} in policy["conditions"]
    assert {"key": form["fields"]["key"]} in policy["conditions"]
    assert not any("starts-with" in each for each in policy["conditions"])
    page = aws.request("GET", "/", groups=None).headers["content-security-policy"]
    assert urllib.parse.urlsplit(form["url"]).netloc in page, "the page may send it there"


def test_a_job_that_never_answers_is_given_up(aws: AwsWorld) -> None:
    where = aws.request("POST", f"{UPLOADS}?name=a.csv").body["answer"]
    aws.clock.now += PATIENCE - SECOND
    assert aws.request("GET", where).status == 202
    aws.clock.now += timedelta(seconds=2)
    given_up = aws.request("GET", where)
    assert (given_up.status, given_up.body["error"]["code"]) == (503, "no_answer")


def test_a_key_for_repeating_is_refused_at_once(aws: AwsWorld) -> None:
    for path in (f"{IMPORTS}?name=a.csv", f"{IMPORTS}/{'0' * 32}/apply?digest=a"):
        answer = aws.request("POST", path, content=TABLE, idempotency_key="mine")
        assert answer.status == 422


def test_the_child_that_reads_finds_the_library_of_lambdas_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[dict[str, str]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            given.append(options["env"])
            super().__init__(command, **options)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/var/lang/lib")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    assert len(read_in_child("a.csv", TABLE).recipes) == 1
    assert given[0]["LD_LIBRARY_PATH"] == "/var/lang/lib"
    assert "AWS_SECRET_ACCESS_KEY" not in given[0]


def test_on_one_machine_nothing_is_left_to_a_job(embedded: World) -> None:
    assert embedded.request("GET", f"{ANSWERS}/{'0' * 32}").status == 404
    form = embedded.request("POST", f"{UPLOADS}?name=a.csv&source=me").body
    assert (form["fields"], form["answer"]) == ({}, None)
    assert form["url"] == f"{IMPORTS}?name=a.csv&source=me"


@pytest.mark.parametrize("path", [IMPORTS + "?name=mine.csv", "/api/v1/catalogue/import"])
def test_what_is_too_large_for_a_request_is_told_where_to_go(aws: AwsWorld, path: str) -> None:
    answer = aws.request("POST", path, content=b" " * 5_000_001)
    assert answer.status == 413
    assert f"POST {UPLOADS}" in answer.body["error"]["message"]
