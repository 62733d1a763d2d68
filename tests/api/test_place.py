"""Placing a draft over HTTP."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.analytics.parameters import EDGES, SUBSTITUTABLE_EDGE
from cocktailspace.bootstrap import Services

PLACE = "/api/v1/analytics/place"


@pytest.fixture
def named(client: TestClient) -> dict[str, int]:
    """Ids of ingredients and units by name."""
    items = client.get("/api/v1/ingredients").json()["items"]
    units = client.get("/api/v1/units").json()["items"]
    return {each["name"]: each["id"] for each in [*items, *units]}


def draft_of(named: dict[str, int], *lines: tuple[float, str]) -> dict[str, Any]:
    return {
        "ingredients": [
            {"ingredient_id": named[name], "amount": amount, "unit_id": named["Ounce"]}
            for amount, name in lines
        ]
    }


@pytest.mark.usefixtures("published")
def test_says_what_a_draft_is_like_and_what_to_change(
    client: TestClient, named: dict[str, int]
) -> None:
    draft = draft_of(named, (1, "Rye"), (1, "Campari"), (1, "Sweet Vermouth"))
    answer = client.post(PLACE, json=draft).json()
    first = answer["neighbours"][0]
    assert first["name"] == "Boulevardier"
    # A third of the drink goes from rye, which its siblings may replace, up to whiskey and down.
    path = SUBSTITUTABLE_EDGE + EDGES[2]
    assert first["distance"] == pytest.approx(path / EDGES[0] / 3, abs=1e-6)
    assert first["changes"] == {
        "swap": [{"from": "Rye", "ml": 30.0, "to": "Bourbon", "to_ml": 30.0}]
    }
    assert first["near"]
    gaps = [each["distance"] for each in answer["neighbours"]]
    assert gaps == sorted(gaps)


@pytest.mark.usefixtures("published")
def test_changes_are_named_once_each_by_kind(client: TestClient, named: dict[str, int]) -> None:
    draft = draft_of(named, (3, "Gin"), (0.5, "Sweet Vermouth"), (1, "Bitters"))
    placed = client.post(PLACE, json=draft).json()["neighbours"]
    negroni = next(each for each in placed if each["name"] == "Negroni")
    assert negroni["changes"] == {
        "without": [{"ingredient": "Bitters", "ml": 30.0}],
        "with": [{"ingredient": "Campari", "ml": 30.0}],
        "more": [{"ingredient": "Sweet Vermouth", "ml": 15.0, "to_ml": 30.0}],
        "less": [{"ingredient": "Gin", "ml": 90.0, "to_ml": 30.0}],
    }


@pytest.mark.usefixtures("published")
def test_a_published_recipe_stands_where_it_is(client: TestClient, named: dict[str, int]) -> None:
    draft = draft_of(named, (1, "Gin"), (1, "Campari"), (1, "Sweet Vermouth"))
    answer = client.post(PLACE, json=draft).json()
    first = answer["neighbours"][0]
    del first["recipe_id"]
    same = {"name": "Negroni", "distance": 0, "likeness": 100, "near": True, "changes": {}}
    assert first == same
    assert set(answer["places"]) == {"cocktail-space", "cocktail-space-em"}


@pytest.mark.usefixtures("published")
def test_lists_all_with_whether_they_are_near(client: TestClient, named: dict[str, int]) -> None:
    alike = draft_of(named, (1, "Gin"), (1, "Campari"), (1, "Sweet Vermouth"))
    placed = client.post(PLACE, json=alike).json()["neighbours"]
    near = {each["name"]: each["near"] for each in placed}
    assert near.keys() == {"Negroni", "Boulevardier", "Manhattan"}
    assert near["Boulevardier"]
    nothing_in_common = draft_of(named, (1, "Bitters"))
    placed = client.post(PLACE, json=nothing_in_common).json()["neighbours"]
    told = {each["name"]: (each["likeness"], each["near"]) for each in placed}
    assert told.keys() == near.keys()
    assert told["Boulevardier"] == told["Negroni"] == (0, False)


@pytest.mark.usefixtures("published")
def test_an_amount_of_nothing_or_0_counts_as_one(client: TestClient, named: dict[str, int]) -> None:
    drafts = [draft_of(named, (amount, "Gin"), (1, "Campari")) for amount in (0, 1)]
    drafts.append({"ingredients": [line | {"amount": None} for line in drafts[0]["ingredients"]]})
    first, *others = [client.post(PLACE, json=draft).json() for draft in drafts]
    assert first["neighbours"]
    assert others == [first, first]


@pytest.mark.usefixtures("published")
def test_nothing_yet_is_like_nothing(client: TestClient, named: dict[str, int]) -> None:
    too_little = {"ingredients": [{"ingredient_id": named["Gin"], "amount": 0.0004}]}
    for draft in ({}, {"ingredients": []}, too_little):
        answer = client.post(PLACE, json=draft)
        assert answer.status_code == 200
        assert (answer.json()["neighbours"], answer.json()["places"]) == ([], None)


@pytest.mark.usefixtures("published")
def test_knows_ingredients_that_are_newer_than_the_map(
    client: TestClient, named: dict[str, int], editor: dict[str, str]
) -> None:
    body = {"name": "Navy Gin", "parent_id": named["Gin"]}
    made = client.post("/api/v1/ingredients", json=body, headers=editor).json()
    named["Navy Gin"] = made["id"]
    draft = draft_of(named, (1, "Navy Gin"), (1, "Campari"), (1, "Sweet Vermouth"))
    first = client.post(PLACE, json=draft).json()["neighbours"][0]
    # A third of the drink goes up by one edge: from a kind of gin to gin.
    gap = pytest.approx(EDGES[2] / EDGES[0] / 3, abs=1e-6)
    assert (first["name"], first["distance"]) == ("Negroni", gap)
    assert [each["from"] for each in first["changes"]["swap"]] == ["Navy Gin"]


@pytest.mark.usefixtures("published")
def test_an_ingredient_deleted_since_the_map_is_not_there(
    client: TestClient, named: dict[str, int], editor: dict[str, str]
) -> None:
    gone, kept = named["Rye"], named["Bourbon"]
    merged = client.post(f"/api/v1/ingredients/{gone}/merge", json={"into": kept}, headers=editor)
    assert merged.status_code == 200
    answer = client.post(PLACE, json=draft_of(named, (1, "Rye")))
    assert answer.status_code == 422
    [problem] = answer.json()["error"]["problems"]
    assert problem["place"] == "ingredients[0].ingredient_id"
    assert problem["message"] == f"there is no ingredient {gone}"


@pytest.mark.usefixtures("published")
def test_a_recipe_being_changed_is_not_its_own_neighbour(
    client: TestClient, named: dict[str, int]
) -> None:
    draft = draft_of(named, (1, "Gin"), (1, "Campari"), (1, "Sweet Vermouth"))
    answer = client.post(PLACE, json={**draft, "without": 1}).json()
    assert 1 not in [each["recipe_id"] for each in answer["neighbours"]]


@pytest.mark.usefixtures("published")
def test_writes_nothing_and_needs_no_token(client: TestClient, services: Services) -> None:
    before = client.get("/healthz").json()["catalogue_version"]
    assert client.post(PLACE, json={"ingredients": []}).status_code == 200
    assert client.get("/healthz").json()["catalogue_version"] == before
    assert services.settings is not None


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"ingredient_id": 999}, "ingredients[0].ingredient_id"),
        ({"ingredient_id": 5, "unit_id": 999}, "ingredients[0].unit_id"),
        ({"ingredient_id": 5, "amount": -1}, "ingredients[0].amount"),
        ({"ingredient_id": 5, "amount": 1e9}, "ingredients[0].amount"),
        ({"ingredient_id": "5"}, "ingredients[0].ingredient_id"),
        ({"ingredient_id": 5, "more": 1}, "ingredients[0].more"),
    ],
)
def test_problems_come_with_their_place(client: TestClient, line: Any, place: str) -> None:
    answer = client.post(PLACE, json={"ingredients": [line]})
    assert answer.status_code == 422
    assert [each["place"] for each in answer.json()["error"]["problems"]] == [place]


@pytest.mark.usefixtures("published")
def test_a_recipe_has_bounds(client: TestClient) -> None:
    answer = client.post(PLACE, json={"ingredients": [{"ingredient_id": 5}] * 101})
    assert answer.status_code == 422
    assert answer.json()["error"]["problems"][0]["place"] == "ingredients"


@pytest.mark.usefixtures("published")
def test_not_a_number_is_refused(client: TestClient) -> None:
    body = '{"ingredients": [{"ingredient_id": 5, "amount": NaN}]}'
    headers = {"Content-Type": "application/json"}
    answer = client.post(PLACE, content=body, headers=headers)
    assert answer.status_code in (400, 422)
    json.loads(answer.text)


def test_before_the_first_map_it_says_to_come_back(client: TestClient) -> None:
    answer = client.post(PLACE, json={"ingredients": []})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
