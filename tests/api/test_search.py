"""What is typed, listed and counted has one meaning, whichever route is asked."""

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient

API = "/api/v1"


def _get(client: TestClient, path: str) -> Any:
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("q", ["whiskey", "vermouth campari", "manhatan", "stir", ""])
def test_counts_agree(client: TestClient, q: str) -> None:
    listed = _get(client, f"/recipes?q={q}")
    assert _get(client, f"/search?q={q}")["total"] == listed["total"] > 0
    ids = [recipe["id"] for recipe in listed["items"]]
    assert _get(client, f"/recipes/ids?q={q}")["ids"] == ids


def test_the_best_recipes_and_ingredients_are_offered(client: TestClient) -> None:
    assert _get(client, "/search?q=whisky&limit=2") == {
        "recipes": [{"id": 2, "name": "Boulevardier"}, {"id": 3, "name": "Manhattan"}],
        "total": 2,
        "ingredients": [{"id": 2, "name": "Whiskey", "recipes": 2}],
    }
    assert _get(client, "/search?q=xyzzy") == {"recipes": [], "total": 0, "ingredients": []}


def test_an_ingredients_count_is_that_of_its_list(client: TestClient) -> None:
    for row in _get(client, "/search?q=vermouth")["ingredients"]:
        assert row["recipes"] == _get(client, f"/recipes?ingredient={row['id']}")["total"] == 3


def test_pages_go_on_in_every_order(client: TestClient) -> None:
    for sort in ("match", "name", "strongest", "weakest", "fewest", "newest"):
        ids = _get(client, f"/recipes/ids?sort={sort}")["ids"]
        met, cursor = [], ""
        while cursor is not None:
            page = _get(client, f"/recipes?sort={sort}&limit=1{cursor and f'&cursor={cursor}'}")
            met += [recipe["id"] for recipe in page["items"]]
            cursor = page["next_cursor"]
        assert met == ids
        assert len(ids) == 3
    assert _get(client, "/recipes/ids?sort=newest")["ids"] == [3, 2, 1]
    assert client.get(f"{API}/recipes?sort=best").status_code == 422


def test_some_recipes_are_read_at_once(client: TestClient) -> None:
    listed = _get(client, "/recipes?id=1&id=3&id=99&sort=name")
    assert [recipe["name"] for recipe in listed["items"]] == ["Manhattan", "Negroni"]
    assert listed["total"] == 2


def test_forms_learn_which_unit_most_lines_have(client: TestClient, admin: dict[str, str]) -> None:
    used = [
        line["unit_id"]
        for recipe in _get(client, "/recipes")["items"]
        for line in recipe["ingredients"]
    ]
    ((usual, _),) = Counter(unit for unit in used if unit).most_common(1)
    assert _get(client, "/recipes/suggestions")["unit_ids"][0] == usual
    other = next(each["id"] for each in _get(client, "/units")["items"] if each["id"] != usual)
    lines = [{"ingredient_id": 1, "amount": 1, "unit_id": other}] * (len(used) + 1)
    body = {"name": "Many Lines", "ingredients": lines}
    assert client.post(f"{API}/recipes", json=body, headers=admin).status_code == 201
    assert _get(client, "/recipes/suggestions")["unit_ids"][0] == other


def test_forms_learn_what_there_is_to_be_free_of(client: TestClient, admin: dict[str, str]) -> None:
    assert _get(client, "/recipes/suggestions")["free_of"] == []
    bitters = client.get(f"{API}/ingredients/9")
    changed = bitters.json() | {"contains": ["gluten"]}
    draft = {
        name: changed[name] for name in ("name", "parent_id", "allow_substitution", "contains")
    }
    sent = client.put(
        f"{API}/ingredients/9", json=draft, headers=admin | {"If-Match": bitters.headers["ETag"]}
    )
    assert sent.status_code == 200, sent.text
    assert _get(client, "/recipes/suggestions")["free_of"] == ["gluten"]
