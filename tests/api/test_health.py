"""The health of the refresh, and what Prometheus reads."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from cocktailspace.api.app import create_app
from cocktailspace.artifacts.manifest import MANIFEST_KEY
from cocktailspace.artifacts.report import RunReport
from cocktailspace.bootstrap import Services
from tests.conftest import ManualClock

SLACK = timedelta(seconds=10, minutes=5)  # the longest wait and the allowance; no job ran before


def metrics(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name.removeprefix("cocktailspace_"), frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _value(client: TestClient, name: str, **labels: str) -> float:
    return metrics(client)[name, frozenset(labels.items())]


def test_health_turns_red_when_a_change_stays_unpublished_for_too_long(
    client: TestClient, clock: ManualClock
) -> None:
    assert client.get("/healthz/refresh").json()["status"] == "ok"
    clock.now += SLACK
    assert client.get("/healthz/refresh").status_code == 200
    clock.advance(seconds=1)
    answer = client.get("/healthz/refresh")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "overdue"
    assert "14 changes since 2026-01-01" in answer.json()["error"]["message"]
    assert _value(client, "overdue_seconds") == 1
    assert client.get("/healthz").status_code == 200  # the server itself is well


@pytest.mark.usefixtures("published")
def test_what_is_published_may_be_of_any_age_while_nothing_changes(
    client: TestClient, editor: dict[str, str], clock: ManualClock
) -> None:
    clock.advance(days=400)
    assert client.get("/healthz/refresh").json()["overdue_at"] is None
    assert _value(client, "refresh_age_seconds") == 400 * 86_400
    assert _value(client, "overdue_seconds") == 0
    client.delete("/api/v1/recipes/1", headers=editor)
    assert client.get("/healthz/refresh").status_code == 200
    clock.advance(hours=1)
    assert client.get("/healthz/refresh").status_code == 503
    assert _value(client, "unpublished_seconds") == 3_600


@pytest.mark.usefixtures("published")
def test_two_jobs_as_long_as_the_last_are_allowed_for(
    services: Services, client: TestClient, editor: dict[str, str], clock: ManualClock
) -> None:
    manifest = services.refresher.status().manifest
    assert manifest is not None
    slow = manifest.model_copy(update={"seconds": {"learning costs": 600.0, "map": 300.0}})
    services.store.write(MANIFEST_KEY, slow.model_dump_json().encode())
    client.delete("/api/v1/recipes/1", headers=editor)
    overdue_at = services.refresher.status().overdue_at
    assert overdue_at == clock.now + SLACK + timedelta(minutes=30)


@pytest.mark.usefixtures("published")
def test_the_state_of_the_service_is_in_the_metrics(
    services: Services, client: TestClient, editor: dict[str, str]
) -> None:
    client.delete("/api/v1/recipes/1", headers=editor)
    assert _value(client, "catalogue_version") == 15
    assert _value(client, "published_version") == 14
    assert _value(client, "pending_changes") == 1
    assert _value(client, "published_recipes") == 3
    assert _value(client, "refresh_state", state="pending") == 1
    assert _value(client, "refresh_state", state="fresh") == 0
    assert _value(client, "status_readable") == 1
    assert services.database.path is not None


def test_jobs_and_failures_are_counted(services: Services, client: TestClient) -> None:
    for seconds in (2.0, 3.0):
        steps = {"map": 1.0, "publish": 0.5}
        report = RunReport(outcome="published", cause="edit", seconds=seconds, steps=steps)
        services.metrics.record_run(report)
    services.metrics.record_run(RunReport(outcome="killed", cause="retry", seconds=1))
    services.metrics.record_failed_signal()
    services.metrics.record_failed_look()
    assert _value(client, "refresh_seconds_count", cause="edit", outcome="published") == 2
    assert _value(client, "refresh_seconds_sum", cause="edit", outcome="published") == 5
    assert _value(client, "refresh_seconds_count", cause="retry", outcome="killed") == 1
    assert _value(client, "refresh_step_seconds_sum", step="map") == 2
    assert _value(client, "refresh_step_seconds_count", step="publish") == 2
    assert _value(client, "signal_failures_total") == 1
    assert _value(client, "refresher_failed_looks_total") == 1


def test_requests_are_timed_by_the_template_of_their_route(
    client: TestClient, editor: dict[str, str]
) -> None:
    for recipe_id in (1, 2, 99):
        client.get(f"/api/v1/recipes/{recipe_id}")
    client.post("/api/v1/recipes", json={"name": ""}, headers=editor)
    client.request("BREW", "/nowhere")
    client.get("/nowhere/else?and=more")
    client.patch("/api/v1/recipes/1")
    client.request("BREW", "/api/v1/units")
    client.get("/static/0123/js/app.js")
    counted = {
        tuple(dict(labels)[each] for each in ("method", "route", "status")): value
        for (name, labels), value in metrics(client).items()
        if name == "http_request_seconds_count"
    }
    one = "/api/v1/recipes/{recipe_id}"
    assert counted == {
        ("GET", one, "200"): 2,
        ("GET", one, "404"): 1,
        ("POST", "/api/v1/recipes", "422"): 1,
        ("other", "none", "404"): 1,
        ("GET", "none", "404"): 1,
        ("other", "none", "405"): 2,
        ("GET", "/static/{digest}/{path}", "200"): 1,
    }


def test_metrics_go_on_where_the_status_cannot_be_read(
    services: Services, client: TestClient
) -> None:
    assert services.database.path is not None
    services.store.write(MANIFEST_KEY, b"x")
    artifacts = services.settings.artifacts_folder / MANIFEST_KEY
    artifacts.unlink()
    artifacts.mkdir()
    assert _value(client, "status_readable") == 0
    assert ("catalogue_version", frozenset()) not in metrics(client)


def test_there_are_none_on_lambda(services: Services) -> None:
    with TestClient(create_app(services, lasting=False)) as client:
        assert client.get("/metrics").status_code == 404
        assert client.get("/healthz").status_code == 200
