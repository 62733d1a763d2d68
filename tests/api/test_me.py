"""What is somebody's own, over HTTP."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.api.routes.me import COLLECTION_BYTES
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.tokens import Role

pytestmark = pytest.mark.both_databases

ME, COLLECTION = "/api/v1/me", "/api/v1/me/collection"
NOTHING = {"bars": [], "opinions": [], "lists": []}
HOME = {"bars": [{"name": "Home", "ingredients": [{"id": None, "name": "Gin"}]}]}

Headers = dict[str, str]


def _put(client: TestClient, headers: Headers, body: object, etag: str | None = None) -> int:
    named = etag or client.get(COLLECTION, headers=headers).headers["etag"]
    return client.put(COLLECTION, json=body, headers={**headers, "If-Match": named}).status_code


def test_who_has_signed_in_is_told_so(client: TestClient, editor: Headers, admin: Headers) -> None:
    eve, ann = (client.get(ME, headers=each) for each in (editor, admin))
    assert (eve.json()["name"], eve.json()["role"]) == ("eve", "editor")
    assert (ann.json()["name"], ann.json()["role"]) == ("ann", "admin")
    assert eve.json()["key"] != ann.json()["key"]
    assert eve.headers["cache-control"] == "no-store"


def test_nothing_is_anybodys_without_signing_in(client: TestClient) -> None:
    for method, path in (("GET", ME), ("GET", COLLECTION), ("PUT", COLLECTION), ("DELETE", ME)):
        assert client.request(method, path, json=None).status_code == 401, (method, path)


def test_a_collection_is_kept_and_read_by_its_owner_alone(
    client: TestClient, editor: Headers, admin: Headers
) -> None:
    assert client.get(COLLECTION, headers=editor).json() == NOTHING
    assert _put(client, editor, HOME) == 200
    found = client.get(COLLECTION, headers=editor)
    assert found.json()["bars"][0]["ingredients"] == [{"id": None, "name": "Gin"}]
    assert found.headers["cache-control"] == "no-store"
    assert client.get(COLLECTION, headers=admin).json() == NOTHING
    assert client.delete(ME, headers=admin).status_code == 204
    assert client.get(COLLECTION, headers=editor).json() == found.json()
    assert client.delete(ME, headers=editor).status_code == 204
    assert client.get(COLLECTION, headers=editor).json() == NOTHING


def test_of_two_devices_that_write_the_second_must_look_first(
    client: TestClient, editor: Headers
) -> None:
    read = client.get(COLLECTION, headers=editor).headers["etag"]
    assert _put(client, editor, HOME, read) == 200
    assert _put(client, editor, NOTHING, read) == 412
    assert client.get(COLLECTION, headers=editor).json()["bars"][0]["name"] == "Home"
    without = client.put(COLLECTION, json=NOTHING, headers=editor)
    assert without.status_code == 422
    assert "ETag" in without.json()["error"]["problems"][0]["message"]


def test_a_token_made_anew_under_the_same_name_is_somebody_else(
    client: TestClient, tokens: TokenFile, editor: Headers
) -> None:
    assert _put(client, editor, HOME) == 200
    tokens.revoke("eve")
    again = {"Authorization": f"Bearer {tokens.create('eve', Role.EDITOR)}"}
    assert client.get(COLLECTION, headers=again).json() == NOTHING


def test_what_is_too_much_is_refused_and_nothing_is_changed(
    client: TestClient, editor: Headers
) -> None:
    assert _put(client, editor, HOME) == 200
    opinion = {"name": "x", "note": "n" * 5_000}
    too_large = {"opinions": [opinion] * (COLLECTION_BYTES // 5_000 + 1)}
    assert _put(client, editor, too_large) == 413
    for body in (
        {"bars": [{"name": "Bar"}] * 21},
        {"opinions": [{"name": "x", "note": "n" * 5_001}]},
        {"opinions": [{"name": "x", "rating": 6}]},
        {"lists": [{"name": ""}]},
        {"lists": [{"name": "x", "colour": "red"}]},
    ):
        assert _put(client, editor, body) == 422, body
    assert client.get(COLLECTION, headers=editor).json()["bars"][0]["name"] == "Home"


def test_nothing_of_it_changes_the_catalogue(client: TestClient, editor: Headers) -> None:
    before = client.get("/api/v1/refresh").json()["catalogue_version"]
    assert _put(client, editor, HOME) == 200
    assert client.delete(ME, headers=editor).status_code == 204
    assert client.get("/api/v1/refresh").json()["catalogue_version"] == before


class _Guest:
    def identify(self, _request: object) -> Identity:
        return Identity("guest", None, owner="https://issuer.example.org guest")


def test_somebody_without_a_role_keeps_what_is_their_own_and_edits_nothing(
    services: Services, new_services: Callable[..., Services]
) -> None:
    few = services.settings.model_copy(update={"max_collections": 1})
    with TestClient(create_app(new_services(few), _Guest())) as client:
        assert client.get(ME).json()["role"] is None
        assert _put(client, {}, HOME) == 200
        assert client.post("/api/v1/recipes", json={"name": "X"}).status_code == 403
