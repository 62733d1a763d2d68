from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.tokens import Role
from tests.conftest import ManualClock

pytestmark = pytest.mark.both_databases

API = "/api/v1"
GIN, BOURBON, OUNCE = 5, 3, 1
Headers = dict[str, str]

GIMLET = {
    "name": "Gimlet",
    "instructions": "Shake.",
    "ingredients": [{"ingredient_id": GIN, "amount": 2.0, "unit_id": OUNCE}],
}


def _version(services: Services) -> int:
    with services.database.reading() as connection:
        return catalogue_state(connection).version


def test_a_recipe_is_made_read_replaced_and_deleted(client: TestClient, editor: Headers) -> None:
    made = client.post(f"{API}/recipes", json=GIMLET, headers=editor)
    assert made.status_code == 201
    address = made.headers["location"]
    read = client.get(address)
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"]
    changed = client.put(address, json={**GIMLET, "name": "Gimlet Royale"}, headers=editor)
    assert changed.json()["name"] == "Gimlet Royale"
    assert changed.headers["etag"] != made.headers["etag"]
    assert client.delete(address, headers=editor).status_code == 204
    assert client.get(address).status_code == 404


def test_an_ingredient_is_made_moved_and_deleted(client: TestClient, editor: Headers) -> None:
    made = client.post(
        f"{API}/ingredients", json={"name": "Old Tom", "parent_id": GIN}, headers=editor
    )
    assert [above["name"] for above in made.json()["ancestors"]] == ["Spirit", "Gin"]
    address = made.headers["location"]
    moved = client.put(address, json={"name": "Old Tom", "parent_id": None}, headers=editor)
    assert moved.json()["ancestors"] == []
    assert client.delete(address, headers=editor).status_code == 204


def test_a_unit_is_made_replaced_and_deleted(client: TestClient, admin: Headers) -> None:
    made = client.post(f"{API}/units", json={"name": "Cup", "millilitres": 240.0}, headers=admin)
    address = made.headers["location"]
    changed = client.put(address, json={"name": "Cup", "millilitres": 250.0}, headers=admin)
    assert changed.json()["millilitres"] == 250.0
    assert client.delete(address, headers=admin).status_code == 204
    assert client.get(address).status_code == 404


def test_each_mutation_signals_once_and_a_refused_one_does_not(
    services: Services, client: TestClient, editor: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = []
    monkeypatch.setattr(services.database, "after_commit", lambda: signals.append(1))
    client.post(f"{API}/recipes", json=GIMLET, headers=editor)
    client.put(f"{API}/recipes/1", json={**GIMLET, "name": "N"}, headers=editor)
    client.delete(f"{API}/recipes/2", headers=editor)
    assert signals == [1, 1, 1]
    client.post(f"{API}/recipes", json=GIMLET, headers=editor)  # the name is taken
    client.post(f"{API}/recipes", json=GIMLET)  # no token
    assert signals == [1, 1, 1]


@pytest.mark.parametrize("kind", ["recipes", "ingredients"])
def test_a_bulk_makes_all_or_none_and_reports_every_bad_row(
    services: Services, client: TestClient, editor: Headers, kind: str
) -> None:
    before = _version(services)
    rows: list[dict[str, Any]] = [{"name": "New"}, {"name": "new"}, {"name": "Other"}]
    refused = client.post(f"{API}/{kind}/bulk", json={kind: rows}, headers=editor)
    assert refused.status_code == 422
    assert refused.json()["error"]["problems"] == [
        {
            "place": f"{kind}[1].name",
            "message": f"'new' is already used at {kind}[0].name; names are unique",
        }
    ]
    assert _version(services) == before
    del rows[1]
    made = client.post(f"{API}/{kind}/bulk", json={kind: rows}, headers=editor)
    assert made.status_code == 201
    assert len(made.json()["ids"]) == 2
    assert _version(services) == before + 2


@pytest.mark.parametrize("method", ["put", "delete"])
@pytest.mark.parametrize("address", ["recipes/3", "ingredients/9", "units/2"])
def test_a_stale_change_is_refused(
    client: TestClient, admin: Headers, method: str, address: str
) -> None:
    first = client.get(f"{API}/{address}")
    body = {"recipes/3": {"name": "X"}, "ingredients/9": {"name": "X"}}.get(
        address, {"name": "X", "millilitres": 1.0}
    )
    client.put(f"{API}/{address}", json=body, headers=admin)
    stale = admin | {"If-Match": first.headers["etag"]}
    content = {"json": body | {"name": "Y"}} if method == "put" else {}
    refused = client.request(method, f"{API}/{address}", headers=stale, **content)
    assert refused.status_code == 412
    assert "read it again" in refused.json()["error"]["message"]
    current = client.get(f"{API}/{address}")
    assert current.json()["name"] == "X"
    if method == "put":
        fresh = admin | {"If-Match": current.headers["etag"]}
        assert client.put(f"{API}/{address}", headers=fresh, **content).status_code == 200


def test_a_retry_with_the_same_key_makes_one_recipe(
    services: Services, client: TestClient, editor: Headers
) -> None:
    keyed = editor | {"Idempotency-Key": "once"}
    first = client.post(f"{API}/recipes", json=GIMLET, headers=keyed)
    version = _version(services)
    again = client.post(f"{API}/recipes", json=GIMLET, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert _version(services) == version


def test_the_same_key_with_another_body_is_refused(client: TestClient, editor: Headers) -> None:
    keyed = editor | {"Idempotency-Key": "once"}
    client.post(f"{API}/recipes", json=GIMLET, headers=keyed)
    other = client.post(f"{API}/recipes", json=GIMLET | {"name": "Other"}, headers=keyed)
    assert other.status_code == 422
    assert other.json()["error"]["problems"][0]["place"] == "Idempotency-Key"


def test_a_key_belongs_to_its_owner_and_address_and_is_forgotten_after_a_day(
    client: TestClient, editor: Headers, admin: Headers, clock: ManualClock
) -> None:
    key = {"Idempotency-Key": "once"}
    client.post(f"{API}/recipes", json=GIMLET, headers=editor | key)
    others = client.post(f"{API}/recipes", json=GIMLET | {"name": "B"}, headers=admin | key)
    assert others.status_code == 201
    elsewhere = client.post(f"{API}/ingredients", json={"name": "B"}, headers=editor | key)
    assert elsewhere.status_code == 201
    clock.advance(hours=25)
    later = client.post(f"{API}/recipes", json=GIMLET | {"name": "C"}, headers=editor | key)
    assert later.status_code == 201


def test_a_key_is_not_that_of_a_token_made_anew_under_the_same_name(
    client: TestClient, tokens: TokenFile, editor: Headers
) -> None:
    key = {"Idempotency-Key": "once"}
    client.post(f"{API}/recipes", json=GIMLET, headers=editor | key)
    tokens.revoke("eve")
    again = {"Authorization": f"Bearer {tokens.create('eve', Role.EDITOR)}"}
    other = client.post(f"{API}/recipes", json=GIMLET | {"name": "B"}, headers=again | key)
    assert other.status_code == 201
    assert "idempotency-replayed" not in other.headers


def test_a_refused_request_may_be_mended_under_the_same_key(
    client: TestClient, editor: Headers
) -> None:
    keyed = editor | {"Idempotency-Key": "once"}
    assert client.post(f"{API}/recipes", json={"name": "negroni"}, headers=keyed).status_code == 422
    assert client.post(f"{API}/recipes", json=GIMLET, headers=keyed).status_code == 201


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": ""}, "name"),
        ({"name": "negroni"}, "name"),
        ({}, "name"),
        ({"name": "X", "colour": "red"}, "colour"),
        ({"name": "X", "source_url": "javascript:alert(1)"}, "source_url"),
        ({"name": "X", "ingredients": [{"ingredient_id": 999}]}, "ingredients[0].ingredient_id"),
        (
            {"name": "X", "ingredients": [{"ingredient_id": 5, "unit_id": 99}]},
            "ingredients[0].unit_id",
        ),
        (
            {"name": "X", "ingredients": [{"ingredient_id": 5, "amount": -1}]},
            "ingredients[0].amount",
        ),
        ({"name": "X", "ingredients": [{"ingredient_id": 5}] * 101}, "ingredients"),
    ],
)
def test_bad_input_is_named_by_field_and_nothing_is_written(
    services: Services, client: TestClient, editor: Headers, body: Any, place: str
) -> None:
    before = _version(services)
    answer = client.post(f"{API}/recipes", json=body, headers=editor)
    assert answer.status_code == 422
    assert [problem["place"] for problem in answer.json()["error"]["problems"]] == [place]
    assert _version(services) == before


@pytest.mark.parametrize(
    "head",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_a_body_that_its_head_says_is_no_json_is_told_what_to_send(
    client: TestClient, editor: Headers, head: Headers
) -> None:
    refused = client.post(f"{API}/recipes", content=b'{"name": "X"}', headers=editor | head)
    (problem,) = refused.json()["error"]["problems"]
    assert (refused.status_code, problem["place"]) == (422, list(head)[-1])
    assert "send the body as" in problem["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b'{"name": "x\\u0000"}',
        b'{"name": "X", "ingredients": [{"ingredient_id": 5, "amount": 1e999}]}',
        b'{"name": "X", "ingredients": [{"ingredient_id": 5, "amount": NaN}]}',
    ],
)
def test_no_body_brings_the_server_down(
    client: TestClient, editor: Headers, content: bytes
) -> None:
    headers = editor | {"Content-Type": "application/json"}
    answer = client.post(f"{API}/recipes", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["message"]


def test_what_is_in_use_is_not_deleted_and_the_users_are_named(
    client: TestClient, editor: Headers
) -> None:
    answer = client.delete(f"{API}/ingredients/{GIN}", headers=editor)
    assert answer.status_code == 409
    assert "'Negroni'" in answer.json()["error"]["message"]


def test_a_cycle_is_refused(client: TestClient, editor: Headers) -> None:
    answer = client.put(
        f"{API}/ingredients/1", json={"name": "Spirit", "parent_id": BOURBON}, headers=editor
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["problems"][0]["place"] == "parent_id"


def test_too_many_rows_are_refused(
    services: Services, new_services: Callable[..., Services], clock: ManualClock
) -> None:
    settings = services.settings.model_copy(update={"max_rows_per_bulk": 2})
    with TestClient(create_app(new_services(settings, clock=clock), _Anybody())) as client:
        rows = [{"name": f"R{i}"} for i in range(3)]
        answer = client.post(f"{API}/recipes/bulk", json={"recipes": rows})
    assert answer.status_code == 422
    assert "at most 2" in answer.json()["error"]["message"]


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_request_is_refused(
    services: Services, new_services: Callable[..., Services], chunked: bool
) -> None:
    settings = services.settings.model_copy(update={"max_body_bytes": 1_000})
    body = b'{"name": "' + b"x" * 2_000 + b'"}'
    content = iter([body[:500], body[500:]]) if chunked else body
    with TestClient(create_app(new_services(settings), _Anybody())) as client:
        answer = client.post(
            f"{API}/recipes", content=content, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.usefixtures("one_minute")
def test_too_many_writes_are_told_to_wait_and_reading_goes_on(
    services: Services, new_services: Callable[..., Services]
) -> None:
    settings = services.settings.model_copy(update={"max_writes_per_minute": 3})
    with TestClient(create_app(new_services(settings))) as client:
        answers = [client.post(f"{API}/recipes", json=GIMLET) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 61
        assert client.get(f"{API}/recipes").status_code == 200


def test_a_catalogue_is_imported_and_exported(client: TestClient, admin: Headers) -> None:
    exported = client.get(f"{API}/catalogue/export").json()
    exported["recipes"].append({"name": "New", "ingredients": [{"ingredient": "Gin"}]})
    summary = client.post(f"{API}/catalogue/import", json=exported, headers=admin).json()
    assert summary == {"created": 1, "updated": 0, "deleted": 0, "unchanged": 14}
    exported["recipes"] = exported["recipes"][-1:]
    replaced = client.post(f"{API}/catalogue/import?replace=true", json=exported, headers=admin)
    assert replaced.json()["deleted"] == 3
    exported["recipes"][0]["ingredients"][0]["ingredient"] = "Ginn"
    refused = client.post(f"{API}/catalogue/import", json=exported, headers=admin)
    assert refused.json()["error"]["problems"][0]["place"] == "recipes[0].ingredients[0].ingredient"


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for address in ("/", f"{API}/recipes", f"{API}/recipes/999", "/nowhere"):
        headers = client.get(address).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_other_origins_may_not_read_unless_they_are_named(
    services: Services, new_services: Callable[..., Services]
) -> None:
    origin = {"Origin": "https://other.example"}
    with TestClient(create_app(services)) as client:
        assert "access-control-allow-origin" not in client.get("/healthz", headers=origin).headers
    settings = services.settings.model_copy(update={"cors_origins": "https://other.example"})
    with TestClient(create_app(new_services(settings))) as client:
        allowed = client.get("/healthz", headers=origin).headers["access-control-allow-origin"]
    assert allowed == "https://other.example"


class _Anybody:
    """An authenticator for tests that are about something else."""

    def identify(self, _request: object) -> Identity:
        return Identity("anybody", Role.ADMIN, "anybody")
