"""Imports over HTTP: a file is sent as it is, planned, decided, applied and undone."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import API
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.catalogue.tokens import Role

pytestmark = pytest.mark.both_databases

IMPORTS = f"{API}/catalogue/imports"
TABLE = "name;ingredient;measure\nRed Hook;Rye;2 oz\nRed Hook;Grumble;1 oz\n"


def plan(client: TestClient, editor: dict[str, str], body: Any = TABLE, **more: Any) -> Any:
    answer = client.post(IMPORTS, content=body, params={"name": "mine.csv", **more}, headers=editor)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_file_goes_from_plan_to_recipe_and_back(
    client: TestClient, editor: dict[str, str]
) -> None:
    planned = plan(client, editor)
    assert planned["counts"] == {"create": 1}
    assert [group["question"] for group in planned["groups"]] == [
        "a new one without a place: under Unsorted?"
    ]
    where = f"{IMPORTS}/{planned['id']}"
    open_still = client.post(f"{where}/apply", params={"digest": planned["digest"]}, headers=editor)
    assert open_still.status_code == 409
    assert "not decided" in open_still.json()["error"]["message"]
    decided = client.put(f"{where}/decisions", json={"rest": "unsorted"}, headers=editor).json()
    assert decided["open_groups"] == 0
    done = client.post(f"{where}/apply", params={"digest": decided["digest"]}, headers=editor)
    assert done.json()["state"] == "applied"
    names = [each["name"] for each in client.get(f"{API}/recipes").json()["items"]]
    assert "Red Hook" in names
    assert client.post(f"{where}/undo", headers=editor).json()["state"] == "undone"
    names = [each["name"] for each in client.get(f"{API}/recipes").json()["items"]]
    assert "Red Hook" not in names
    assert client.delete(where, headers=editor).status_code == 204
    assert client.get(where, headers=editor).status_code == 404


def test_a_plan_that_was_not_seen_is_not_applied(
    client: TestClient, editor: dict[str, str]
) -> None:
    planned = plan(client, editor)
    where = f"{IMPORTS}/{planned['id']}"
    decided = {"rest": "unsorted", "source": "Aunt Mary"}
    client.put(f"{where}/decisions", json=decided, headers=editor)
    stale = client.post(f"{where}/apply", params={"digest": planned["digest"]}, headers=editor)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")


def test_a_token_made_anew_under_the_same_name_has_not_the_same_imports(
    client: TestClient, tokens: TokenFile, editor: dict[str, str]
) -> None:
    planned = plan(client, editor)
    tokens.revoke("eve")
    again = {"Authorization": f"Bearer {tokens.create('eve', Role.EDITOR)}"}
    assert client.get(IMPORTS, headers=again).json() == {"items": []}
    assert client.get(f"{IMPORTS}/{planned['id']}", headers=again).status_code == 404


@pytest.mark.parametrize("media_type", ["application/json", "text/csv", "application/zip", ""])
def test_what_a_file_is_called_does_not_matter(
    client: TestClient, editor: dict[str, str], media_type: str
) -> None:
    body = json.dumps([{"name": "Red Hook", "ingredients": ["2 oz rye"]}])
    found = plan(client, editor | ({"Content-Type": media_type} if media_type else {}), body)
    assert found["format"] == "JSON"


def test_what_cannot_be_read_is_said(client: TestClient, editor: dict[str, str]) -> None:
    answer = client.post(IMPORTS, content=b"", params={"name": "a.csv"}, headers=editor)
    assert answer.status_code == 422
    answer = client.post(IMPORTS, content=b"words", params={"name": "a.txt"}, headers=editor)
    assert answer.status_code == 422
    assert "no recipes were found" in answer.json()["error"]["problems"][0]["message"]


def test_headers_are_mapped(client: TestClient, editor: dict[str, str]) -> None:
    table = "What;Booze 1;How much 1\nRed Hook;Rye;2 oz\n"
    mapping = ["name=What", "ingredient=Booze 1", "measure=How much 1"]
    assert plan(client, editor, table, map=mapping)["counts"] == {"create": 1}
    answer = client.post(
        IMPORTS, content=table, params={"name": "a.csv", "map": "name"}, headers=editor
    )
    assert answer.json()["error"]["problems"][0]["place"] == "map"


def test_a_plan_is_its_makers_alone(
    client: TestClient, editor: dict[str, str], tokens: TokenFile
) -> None:
    where = f"{IMPORTS}/{plan(client, editor)['id']}"
    other = {"Authorization": f"Bearer {tokens.create('adam', Role.ADMIN)}"}
    assert client.get(where).status_code == 401
    assert client.get(where, headers=other).status_code == 404
    assert client.delete(where, headers=other).status_code == 404
    assert client.get(where, headers=editor).status_code == 200


def test_imports_are_found_again_by_their_maker(
    client: TestClient, editor: dict[str, str], tokens: TokenFile
) -> None:
    planned = plan(client, editor)
    (found,) = client.get(IMPORTS, headers=editor).json()["items"]
    assert (found["id"], found["state"], found["file"]) == (planned["id"], "planned", "mine.csv")
    assert found["expires_at"] == planned["expires_at"]
    other = {"Authorization": f"Bearer {tokens.create('adam', Role.ADMIN)}"}
    assert client.get(IMPORTS, headers=other).json() == {"items": []}
    assert client.get(IMPORTS).status_code == 401


def test_columns_that_say_nothing_are_named_once_for_all_of_their_numbers(
    client: TestClient, editor: dict[str, str]
) -> None:
    table = "What;Booze 1;How much 1;Booze 2;How much 2\nRed Hook;Rye;2 oz;Gin;1 oz\n"
    answer = client.post(IMPORTS, content=table, params={"name": "a.csv"}, headers=editor)
    places = [each["place"] for each in answer.json()["error"]["problems"]]
    assert places == ["", "map[What]", "map[Booze 1]", "map[How much 1]"]
