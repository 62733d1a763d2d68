"""The API meets runs of other versions of the program: older ones before the first refresh after an
upgrade, newer ones after a rollback.
"""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.manifest import Manifest, artifact_key
from cocktailspace.bootstrap import Services
from tests.publishing import (
    OLD_PARAMETERS,
    bodies_of,
    publish_analytics,
    publish_instead,
    publish_old_form,
)

API = "/api/v1/analytics"
NEWER_PARAMETERS = {**PARAMETERS, "algorithm_version": PARAMETERS["algorithm_version"] + 1}


@pytest.fixture
def old(services: Services, client: TestClient) -> Manifest:  # noqa: ARG001 - comes after the bar
    return publish_old_form(services)


def _says_that_it_follows(answer: Any) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["error"]["code"] == "not_yet"
    assert "comput" in answer.json()["error"]["message"]
    assert int(answer.headers["retry-after"]) > 0


def _state(client: TestClient) -> str:
    return str(client.get("/api/v1/refresh").json()["state"])


def _asked_for(client: TestClient, run_id: str) -> dict[str, Any]:
    """Every answer whose form depends on the algorithm."""
    addresses = [
        "recipe-similar?recipe_id=1",
        f"runs/{run_id}/recipe-similar?recipe_id=1",
        "ingredient-substitutes",
        f"runs/{run_id}/ingredient-substitutes",
        "compare?recipe_id=1&other_id=2",
    ]
    found = {each: client.get(f"{API}/{each}") for each in addresses}
    draft = {"ingredients": [{"ingredient_id": 5}]}
    return found | {"place": client.post(f"{API}/place", json=draft)}


def test_what_an_older_run_has_in_another_form_is_being_computed(
    client: TestClient, old: Manifest
) -> None:
    for answer in _asked_for(client, old.run_id).values():
        _says_that_it_follows(answer)
    for name in ("recipe-similar", "regions", f"runs/{old.run_id}/regions"):
        _says_that_it_follows(client.get(f"{API}/{name}"))


def test_the_rest_of_an_older_run_is_shown(client: TestClient, old: Manifest) -> None:
    assert client.get(f"{API}/manifest").json()["run_id"] == old.run_id
    for name in ("cocktail-space", "cocktail-space-em", "ingredient-usage", "recipe-complexity"):
        for address in (f"{API}/{name}", f"{API}/runs/{old.run_id}/{name}"):
            assert client.get(address).status_code == 200
    for page in ("/", "/recipe/1", "/ingredient/5", "/recipes", "/ingredients"):
        assert client.get(page).status_code == 200


def test_what_is_retired_is_gone_even_from_a_run_that_has_it(
    client: TestClient, services: Services, old: Manifest
) -> None:
    assert services.store.read(artifact_key(old.run_id, "ingredient-costs")).body
    for address in (f"{API}/ingredient-costs", f"{API}/runs/{old.run_id}/ingredient-costs"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "ingredient-substitutes" in answer.json()["error"]["message"]


def test_an_older_run_is_replaced_by_itself(
    client: TestClient, services: Services, old: Manifest
) -> None:
    assert _state(client) == "pending"
    manifest = publish_analytics(services).manifest
    assert manifest is not None
    assert manifest.source_version == old.source_version
    for answer in _asked_for(client, manifest.run_id).values():
        assert answer.status_code == 200
    assert "ingredient-costs" not in manifest.artifacts


def test_a_reader_who_still_follows_the_older_run_is_sent_on(
    client: TestClient, services: Services, old: Manifest
) -> None:
    """Its run is kept for a while; what it never had is said to be gone, so that readers look at
    the manifest again.
    """
    publish_analytics(services)
    run = f"{API}/runs/{old.run_id}"
    assert client.get(f"{run}/cocktail-space").status_code == 200
    assert client.get(f"{run}/ingredient-substitutes").status_code == 404
    _says_that_it_follows(client.get(f"{run}/recipe-similar?recipe_id=1"))


@pytest.mark.parametrize("name", ["regions", "ingredient-substitutes"])
def test_a_run_that_lacks_one_artifact_is_shown_and_computed_anew(
    client: TestClient, services: Services, name: str
) -> None:
    bodies = bodies_of(services)
    bodies.pop(name, None)
    run_id = publish_instead(services, bodies, PARAMETERS).run_id
    for address in (f"{API}/{name}", f"{API}/runs/{run_id}/{name}"):
        _says_that_it_follows(client.get(address))
    assert client.get(f"{API}/recipe-similar?recipe_id=1").status_code == 200
    assert _state(client) == "pending"
    assert publish_analytics(services).outcome == "published"


def test_a_newer_run_of_our_form_is_read_and_left_alone(
    client: TestClient, services: Services
) -> None:
    bodies = bodies_of(services) | {"of-tomorrow": b'{"data":[],"metadata":{}}'}
    newer = publish_instead(services, bodies, NEWER_PARAMETERS)
    for answer in _asked_for(client, newer.run_id).values():
        assert answer.status_code == 200
    assert client.get(f"{API}/of-tomorrow").status_code == 404
    assert _state(client) == "fresh"
    assert publish_analytics(services).outcome == "nothing to do"


def test_a_newer_run_that_has_retired_one_of_ours_is_computed_back(
    client: TestClient, services: Services
) -> None:
    bodies = bodies_of(services)
    del bodies["ingredient-substitutes"]
    newer = publish_instead(services, bodies, NEWER_PARAMETERS)
    answers = _asked_for(client, newer.run_id)
    for name in ("ingredient-substitutes", "place", "compare?recipe_id=1&other_id=2"):
        _says_that_it_follows(answers[name])
    assert _state(client) == "pending"
    assert publish_analytics(services).outcome == "published"
    run_id = client.get(f"{API}/manifest").json()["run_id"]
    for answer in _asked_for(client, run_id).values():
        assert answer.status_code == 200


def test_a_newer_run_of_another_form_breaks_nothing_and_says_what_helps(
    client: TestClient, services: Services
) -> None:
    rows = b'{"data":[\n{"recipe_id":1,"similar":[{"words":"of tomorrow"}]}\n],"metadata":{}}\n'
    other = dict.fromkeys(("recipe-similar", "cocktail-space-em", "ingredient-usage"), rows)
    newer = publish_instead(services, bodies_of(services) | other, NEWER_PARAMETERS)
    answers = _asked_for(client, newer.run_id)
    for name, answer in answers.items():
        if "ingredient-substitutes" not in name:
            _says_that_it_follows(answer)
    assert "refresh --force" in answers["place"].json()["error"]["message"]


@pytest.mark.parametrize("how", ["edit", "force"])
def test_after_a_rollback_an_edit_or_a_forced_run_replaces_newer_results(
    client: TestClient, services: Services, editor: dict[str, str], how: str
) -> None:
    publish_instead(services, bodies_of(services), NEWER_PARAMETERS)
    if how == "edit":
        assert client.post("/api/v1/recipes", json={"name": "Ice"}, headers=editor).is_success
    manifest = publish_analytics(services, force=how == "force").manifest
    assert manifest is not None
    assert manifest.algorithm_version == PARAMETERS["algorithm_version"]


def test_an_old_run_is_really_old() -> None:
    assert OLD_PARAMETERS["algorithm_version"] < PARAMETERS["algorithm_version"]
