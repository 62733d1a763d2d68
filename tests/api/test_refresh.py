from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.bootstrap import Services
from cocktailspace.refresh.ports import Job
from tests.conftest import ManualClock
from tests.publishing import publish_analytics

API = "/api/v1"


def _refresh(client: TestClient) -> dict[str, object]:
    return client.get(f"{API}/refresh").json()  # type: ignore[no-any-return]


def test_changes_are_pending_until_they_are_due(client: TestClient, clock: ManualClock) -> None:
    state = _refresh(client)
    assert state["state"] == "pending"
    assert state["pending_changes"] == 14
    assert state["published_version"] is None
    due = clock.now + timedelta(seconds=2)
    assert state["due_at"] == due.isoformat().replace("+00:00", "Z")


@pytest.mark.usefixtures("published")
def test_a_published_version_is_fresh_until_the_next_edit(
    client: TestClient, editor: dict[str, str]
) -> None:
    state = _refresh(client)
    assert (state["state"], state["published_version"], state["due_at"]) == ("fresh", 14, None)
    client.post(f"{API}/recipes", json={"name": "New"}, headers=editor)
    state = _refresh(client)
    assert (state["state"], state["pending_changes"]) == ("pending", 1)


def test_a_running_job_says_how_far_it_is(
    services: Services, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.jobs, "active", lambda: Job("7", "arn:job:7"))
    note = AttemptRecorder(services.store, clock=services.clock, job_id="7")
    note.report("neighbours", 0.0)
    note.took_snapshot("cat", 14)
    state = _refresh(client)
    assert (state["state"], state["job_id"], state["job_arn"]) == ("running", "7", "arn:job:7")
    attempt = state["attempt"]
    assert isinstance(attempt, dict)
    assert attempt["step"] == "neighbours"


def test_a_failed_job_says_why_and_when_it_is_tried_again(
    services: Services, client: TestClient, clock: ManualClock
) -> None:
    note = AttemptRecorder(services.store, clock=services.clock)
    note.fail("no memory")
    state = _refresh(client)
    assert state["state"] == "failed"
    assert state["attempt"]["error"] == "no memory"  # type: ignore[index]
    due = clock.now + timedelta(minutes=1)
    assert state["due_at"] == due.isoformat().replace("+00:00", "Z")


def test_an_editor_may_run_it_now_and_others_may_not(
    services: Services,
    client: TestClient,
    editor: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submitted = []
    monkeypatch.setattr(services.jobs, "submit", lambda **_: submitted.append(1))
    assert client.post(f"{API}/refresh").status_code == 401
    assert submitted == []
    assert client.post(f"{API}/refresh", headers=editor).status_code == 202
    assert submitted == [1]


@pytest.mark.usefixtures("published")
def test_answers_say_which_version_they_show_and_whether_a_newer_one_is_coming(
    client: TestClient, editor: dict[str, str]
) -> None:
    for address in ("manifest", "cocktail-space", "recipe-similar?recipe_id=1"):
        headers = client.get(f"{API}/analytics/{address}").headers
        assert headers["cocktailspace-version"] == "14"
        assert headers["cocktailspace-refresh"] == "fresh"
    client.delete(f"{API}/recipes/1", headers=editor)
    headers = client.get(f"{API}/analytics/manifest").headers
    assert headers["cocktailspace-version"] == "14"
    assert headers["cocktailspace-refresh"] == "pending"


def test_an_empty_catalogue_is_published_and_read_like_any_other(services: Services) -> None:
    publish_analytics(services)
    with TestClient(create_app(services)) as client:
        for name in ("cocktail-space", "recipe-similar", "ingredient-substitutes"):
            assert client.get(f"{API}/analytics/{name}").json()["data"] == []
        placed = client.post(f"{API}/analytics/place", json={"ingredients": []})
        assert placed.status_code in (200, 422), placed.text
        assert client.get("/").status_code == 200
