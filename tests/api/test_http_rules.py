"""Manners of HTTP."""

import itertools
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.bootstrap import Services
from tests.api.addresses import filled, operations

API = "/api/v1"
READS = (
    f"{API}/recipes",
    f"{API}/recipes/1",
    f"{API}/ingredients",
    f"{API}/ingredients/tree",
    f"{API}/ingredients/1",
    f"{API}/units",
    f"{API}/units/1",
    f"{API}/catalogue/export",
    f"{API}/analytics/manifest",
    f"{API}/analytics/recipe-similar",
    f"{API}/refresh",
    f"{API}/openapi.json",
    "/",
    "/recipes",
    "/recipe/1",
    "/ingredients",
    "/ingredient/1",
    "/healthz",
    "/healthz/refresh",
    "/metrics",
)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("path", READS)
def test_head_gives_the_head_of_get(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    for name in ("content-type", "etag", "content-encoding"):
        assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.usefixtures("published")
def test_every_get_has_a_head(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    manifest = client.get(f"{API}/analytics/manifest").json()
    asked = {"compare": "?recipe_id=1&other_id=2", "events": "?limit=1"}  # which has no end else
    seen = 0
    for path, methods in operations(services):
        address = filled(path, run_id=manifest["run_id"]) + asked.get(path.rpartition("/")[2], "")
        if "GET" in methods:
            got, head = client.get(address, headers=admin), client.head(address, headers=admin)
            there = not path.endswith(("{import_id}", "{token}"))
            assert got.status_code == head.status_code == (200 if there else 404), address
            assert head.content == b""
            seen += 1
    assert seen > 20


def test_a_method_that_is_not_possible_is_told_which_are(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    others = [("/", {"GET"}), ("/healthz", {"GET"}), ("/recipe/{recipe_id}", {"GET"})]
    for path, methods in [*operations(services), *others]:
        possible = methods | ({"HEAD"} if "GET" in methods else set())
        for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - possible:
            answer = client.request(method, filled(path), headers=admin)
            assert answer.status_code == 405, (method, path)
            allowed = answer.headers["allow"]
            assert set(allowed.split(", ")) == possible, (method, path)
            if method != "HEAD":
                said = answer.json()["error"]["message"]
                verb = "are" if len(possible) > 1 else "is"
                assert said == f"{method} is not possible here; {allowed} {verb}"


def test_nothing_follows_a_body_whose_length_is_said_in_two_ways(client: TestClient) -> None:
    said = {"Content-Type": "application/json", "Content-Length": "2"}
    for more, kept in (({}, None), ({"Transfer-Encoding": "chunked"}, "close")):
        answer = client.post(f"{API}/bar", content=b"{}", headers=said | more)
        assert answer.headers.get("connection") == kept


@pytest.mark.parametrize("path", ["recipes/1", "ingredients/1", "units/1"])
def test_what_the_client_has_is_not_sent_again(client: TestClient, path: str) -> None:
    etag = client.get(f"{API}/{path}").headers["etag"]
    for named in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get(f"{API}/{path}", headers={"If-None-Match": named})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert client.get(f"{API}/{path}", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("path", "caching"),
    [
        (f"{API}/recipes", "no-cache"),
        (f"{API}/refresh", "no-cache"),
        (f"{API}/recipes/999", "no-cache"),
        ("/metrics", "no-cache"),
        (f"{API}/me", "no-store"),
        (f"{API}/me/collection", "no-store"),
        (f"{API}/catalogue/imports", "no-store"),
        (f"{API}/catalogue/imports/{'0' * 32}", "no-store"),
    ],
)
def test_no_cache_answers_by_itself_for_what_may_change_and_none_keeps_what_is_somebodys(
    client: TestClient, editor: dict[str, str], path: str, caching: str
) -> None:
    signed_in = editor if caching == "no-store" else {}
    assert client.get(path, headers=signed_in).headers["cache-control"] == caching


def test_a_weak_etag_does_not_guard_a_change(client: TestClient, editor: dict[str, str]) -> None:
    etag = client.get(f"{API}/recipes/1").headers["etag"]
    weak = editor | {"If-Match": f"W/{etag}"}
    assert client.delete(f"{API}/recipes/1", headers=weak).status_code == 412
    assert client.delete(f"{API}/recipes/1", headers=editor | {"If-Match": etag}).status_code == 204


def test_each_post_that_changes_something_honours_an_idempotency_key_or_refuses_it(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    bodies = {
        f"{API}/recipes": {"name": "A"},
        f"{API}/recipes/bulk": {"recipes": [{"name": "B"}]},
        f"{API}/ingredients": {"name": "C"},
        f"{API}/ingredients/bulk": {"ingredients": [{"name": "D"}]},
        f"{API}/recipes/{{recipe_id}}/merge": {"into": 2},
        f"{API}/ingredients/{{ingredient_id}}/merge": {"into": 2},
        f"{API}/units": {"name": "E", "millilitres": 1},
        f"{API}/methods": {"name": "F", "constant": 0.1},
        f"{API}/catalogue/import": {"format": "catalogue/1"},
        f"{API}/catalogue/imports": {},
        f"{API}/catalogue/uploads": None,
        f"{API}/catalogue/imports/{{import_id}}/apply": None,
        f"{API}/catalogue/imports/{{import_id}}/undo": None,
        f"{API}/refresh": None,
    }
    paths = create_app(services).openapi()["paths"]
    posts = {path for path, operations in paths.items() if "post" in operations}
    changing_nothing = {f"{API}/analytics/place", f"{API}/bar"}
    assert set(bodies) == posts - changing_nothing
    for path, body in bodies.items():
        address = filled(path)
        first, again = (
            client.post(address, json=body, headers=admin | {"Idempotency-Key": "k"}) for _ in "ab"
        )
        if first.status_code == 201:
            assert again.headers["idempotency-replayed"] == "true"
        else:
            assert first.status_code == 422
            assert first.json()["error"]["problems"][0]["place"] == "Idempotency-Key"


def test_preflights_may_name_what_conditional_requests_need(services: Services) -> None:
    settings = services.settings.model_copy(update={"cors_origins": "https://bar.example"})
    services = replace(services, settings=settings)
    with TestClient(create_app(services)) as client:
        for size in (1, 2, 3):
            names = ("If-None-Match", "If-Match", "Idempotency-Key")
            for named in itertools.combinations(names, size):
                answer = client.options(
                    f"{API}/recipes",
                    headers={
                        "Origin": "https://bar.example",
                        "Access-Control-Request-Method": "GET",
                        "Access-Control-Request-Headers": ", ".join(named),
                    },
                )
                assert answer.status_code == 200


def test_what_the_description_refers_to_is_in_it(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', described.text))
    assert named >= {"ErrorAnswer", "ProblemOut"}
    assert named <= described.json()["components"]["schemas"].keys()
