"""Behind CloudFront: who is answered, what is kept, and what a visit costs."""

import gzip
import json
from typing import Any

import boto3
import pytest
from scripts.publish_site import publish_site

from cocktailspace.api.lambda_handler import make_handler
from cocktailspace.api.site import Site
from tests.aws.edge import VIEWER, Edge, serving
from tests.aws.world import AwsWorld, http_event, invoke
from tests.fixtures.browser import new_context

API = "/api/v1"
WIDE = {"width": 1280, "height": 800}
FROM_A_BROWSER = {"Accept-Encoding": "gzip"}


def _get(edge: Edge, target: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    reply = edge.answer("GET", target, {**FROM_A_BROWSER, **named})
    assert reply.status == 200, reply
    return reply


def test_whoever_does_not_come_through_cloudfront_is_told_where_the_api_is(aws: AwsWorld) -> None:
    handler = make_handler(aws.function.services)
    for headers in ({}, {"X-Origin-Secret": "guessed"}):
        event = http_event("GET", f"{API}/recipes", None, None, headers)
        answer = invoke(handler, event)
        assert answer["statusCode"] == 403
        assert "the stack's output ApiUrl" in json.loads(answer["body"])["error"]["message"]
    publish_site(aws.template.ref("AnalyticsBucket"), aws.template.outputs["ApiUrl"], None)
    answer = invoke(handler, http_event("GET", f"{API}/recipes", None, None, {}))
    assert "https://d111111abcdef8.cloudfront.net" in json.loads(answer["body"])["error"]["message"]


def test_runs_and_files_of_the_page_never_reach_the_function(edge: Edge) -> None:
    run = json.loads(_body(_get(edge, f"{API}/analytics/manifest")))["run_id"]
    edge.gateway.calls.clear()
    for name in ("cocktail-space", "recipe-similar"):
        address = f"{API}/analytics/runs/{run}/{name}"
        document = json.loads(_body(_get(edge, address)))
        assert document["metadata"]["analytics_type"] == name
        assert "immutable" in _get(edge, address).headers["cache-control"]
    script = _get(edge, f"/static/{Site().digest}/js/app.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert edge.gateway.calls == []


def test_a_file_that_is_not_in_the_bucket_comes_from_the_function(
    edge: Edge, aws: AwsWorld
) -> None:
    s3, bucket = boto3.client("s3"), aws.template.ref("AnalyticsBucket")
    path = f"static/{Site().digest}/js/app.js"
    s3.delete_object(Bucket=bucket, Key=path)
    assert b"import" in _body(_get(edge, f"/{path}"))
    assert edge.gateway.calls == [f"GET /{path}"]
    missing = edge.answer("GET", f"{API}/analytics/runs/never/cocktail-space", FROM_A_BROWSER)
    assert missing.status == 404
    assert b"error" in _body(missing)


def test_what_changes_is_five_seconds_old_at_most_and_an_edit_is_seen_at_once(
    edge: Edge, aws: AwsWorld
) -> None:
    now = 1_000.0
    edge.clock = lambda: now
    before = json.loads(_body(_get(edge, f"{API}/refresh")))["catalogue_version"]
    recipe = f"{API}/recipes?limit=1"
    _get(edge, recipe)
    aws.edit("Absinthe")
    edge.gateway.calls.clear()
    assert json.loads(_body(_get(edge, f"{API}/refresh")))["catalogue_version"] == before
    assert edge.gateway.calls == []
    assert any(
        row["name"] == "Absinthe"
        for row in json.loads(_body(_get(edge, f"{API}/ingredients")))["items"]
    )
    now += 5.01
    assert json.loads(_body(_get(edge, f"{API}/refresh")))["catalogue_version"] > before


def test_answers_to_a_token_are_nobody_elses(edge: Edge) -> None:
    edge.clock = lambda: 1_000.0
    _get(edge, f"{API}/refresh", Authorization="Bearer mine")
    _get(edge, f"{API}/refresh")
    _get(edge, f"{API}/refresh", Authorization="Bearer mine")
    assert edge.gateway.calls == [f"GET {API}/refresh"] * 2


def test_failures_count_against_the_viewer_and_not_against_cloudfront(
    edge: Edge, aws: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(
        "cocktailspace.api.guarded_route.client_address",
        lambda request: seen.append(request.client.host) or request.client.host,
    )
    edge.gateway.handler = make_handler(aws.function.services)
    reply = edge.answer("POST", f"{API}/ingredients", FROM_A_BROWSER, b'{"name": "Gin"}')
    assert reply.status == 401
    assert set(seen) == {VIEWER}


@pytest.mark.browser
def test_ten_first_visits_at_once_get_their_map_for_three_calls_each(
    edge: Edge, browser: Any
) -> None:
    with serving(edge) as address:
        alone = new_context(browser, viewport=WIDE)
        page = alone.new_page()
        page.goto(address)
        page.wait_for_selector("#stage[data-run]")
        page.wait_for_selector("#freshness:not([data-state=unknown])")
        alone.close()
        assert sorted(set(edge.gateway.calls)) == [
            "GET /",
            f"GET {API}/analytics/manifest",
            f"GET {API}/refresh",  # again each five seconds, on a slow machine
        ]
        contexts = [new_context(browser, viewport=WIDE) for _ in range(10)]
        pages = [context.new_page() for context in contexts]
        for each in pages:
            each.goto(address, wait_until="commit")
        for each in pages:
            each.wait_for_selector("#stage[data-run]")
        for context in contexts:
            context.close()
    assert edge.gateway.refused == 0


def _body(reply: Any) -> bytes:
    packed = reply.headers.get("content-encoding") == "gzip"
    return gzip.decompress(reply.body) if packed else reply.body
