"""Merging, and names that look like others, over HTTP."""

import json

import pytest
from fastapi.testclient import TestClient

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.transfer import import_file, parse_file
from tests.conftest import BAR

pytestmark = pytest.mark.both_databases

API = "/api/v1"
Headers = dict[str, str]
RYE, BOURBON, WHISKEY = 4, 3, 2


@pytest.fixture(autouse=True)
def bar(client: TestClient, services: object) -> Database:  # noqa: ARG001
    database: Database = services.database  # type: ignore[attr-defined]
    with database.transaction() as tx:
        import_file(tx, parse_file(json.dumps({"format": "catalogue/1", **BAR})))
    return database


def test_the_old_address_answers_308_and_its_changes_409(
    client: TestClient, editor: Headers
) -> None:
    merged = client.post(f"{API}/ingredients/{RYE}/merge", json={"into": BOURBON}, headers=editor)
    assert merged.status_code == 200
    assert (merged.json()["name"], merged.json()["aliases"]) == ("Bourbon", ["Rye"])
    for method in ("GET", "HEAD"):
        for path in (f"{API}/ingredients", "/ingredient"):
            answer = client.request(method, f"{path}/{RYE}?a=b", follow_redirects=False)
            assert answer.status_code == 308
            assert answer.headers["location"] == f"{path}/{BOURBON}?a=b"
    change = {"name": "Rye", "allow_substitution": False}
    for answer in (
        client.put(f"{API}/ingredients/{RYE}", json=change, headers=editor),
        client.delete(f"{API}/ingredients/{RYE}", headers=editor),
    ):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "merged"
        assert f"{API}/ingredients/{BOURBON}" in answer.json()["error"]["message"]


def test_recipes_merge_too(client: TestClient, editor: Headers) -> None:
    merged = client.post(f"{API}/recipes/1/merge", json={"into": 2}, headers=editor)
    assert merged.json()["name"] == "Boulevardier"
    answer = client.get(f"{API}/recipes/1/export", follow_redirects=False)
    assert answer.headers["location"] == f"{API}/recipes/2/export"


def test_a_merge_that_cannot_be_is_refused_at_its_field(
    client: TestClient, editor: Headers
) -> None:
    refused = client.post(f"{API}/ingredients/{WHISKEY}/merge", json={"into": RYE}, headers=editor)
    assert refused.status_code == 422
    assert refused.json()["error"]["problems"][0]["place"] == "into"
    assert client.post(f"{API}/ingredients/{WHISKEY}/merge", json={"into": RYE}).status_code == 401


def test_a_name_that_looks_like_another_is_made_if_confirmed(
    client: TestClient, editor: Headers
) -> None:
    draft = {"name": "Bourbons", "allow_substitution": False}
    asked = client.post(f"{API}/ingredients", json=draft, headers=editor)
    assert (asked.status_code, asked.json()["error"]["code"]) == (422, "alike")
    assert "did you mean 'Bourbon'?" in asked.json()["error"]["problems"][0]["message"]
    made = client.post(f"{API}/ingredients?confirm=true", json=draft, headers=editor)
    assert made.status_code == 201
    renamed = client.put(f"{API}/ingredients/{RYE}", json={"name": "Böurbon"}, headers=editor)
    assert renamed.json()["error"]["code"] == "alike"
    bulk = {"recipes": [{"name": "Manhattans", "ingredients": []}]}
    assert client.post(f"{API}/recipes/bulk", json=bulk, headers=editor).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [(f"{API}/recipes/1", {"into": 2}), (f"{API}/ingredients/{RYE}", {"into": BOURBON})],
)
def test_a_stale_merge_is_refused(
    client: TestClient, editor: dict[str, str], path: str, body: dict[str, int]
) -> None:
    stale = editor | {"If-Match": '"another"'}
    assert client.post(f"{path}/merge", json=body, headers=stale).status_code == 412
    assert client.get(path, follow_redirects=False).status_code == 200
    fresh = editor | {"If-Match": client.get(path).headers["etag"]}
    assert client.post(f"{path}/merge", json=body, headers=fresh).status_code == 200


def test_what_needs_an_ingredient_is_listed(client: TestClient) -> None:
    uses = client.get(f"{API}/ingredients/{WHISKEY}/uses").json()["items"]
    assert uses == [{"need": "kind", "total": 2, "names": ["Bourbon", "Rye"]}]
    uses = client.get(f"{API}/ingredients/{BOURBON}/uses").json()["items"]
    assert uses == [{"need": "line", "total": 1, "names": ["Boulevardier"]}]
    assert client.get(f"{API}/ingredients/999/uses").status_code == 404


def test_recipes_that_make_an_ingredient_are_listed(client: TestClient, editor: Headers) -> None:
    assert client.get(f"{API}/recipes/house-made").json() == {"items": []}
    draft = {"name": "House Rye", "source": "Us", "makes_id": RYE, "ingredients": []}
    made = client.post(f"{API}/recipes", json=draft, headers=editor).json()["id"]
    listed = [{"id": made, "name": "House Rye", "source": "Us", "makes_id": RYE, "makes": "Rye"}]
    for query in ("", f"?makes={RYE}", f"?makes={BOURBON}&makes={RYE}"):
        assert client.get(f"{API}/recipes/house-made{query}").json() == {"items": listed}
    assert client.get(f"{API}/recipes/house-made?makes={BOURBON}").json() == {"items": []}
    need = client.get(f"{API}/ingredients/{RYE}/uses").json()["items"][-1]
    assert need == {"need": "house_made", "total": 1, "names": ["House Rye"]}
