"""Asking what a bar can make, over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.routes.bar import BarAnswer
from cocktailspace.bootstrap import Services
from tests.publishing import publish_old_form

BAR = "/api/v1/bar"


@pytest.fixture
def ids(client: TestClient) -> dict[str, int]:
    """Of ingredients and recipes, by name."""
    ingredients = client.get("/api/v1/ingredients").json()["items"]
    recipes = client.get("/api/v1/recipes").json()["items"]
    return {each["name"]: each["id"] for each in [*ingredients, *recipes]}


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


@pytest.mark.usefixtures("published")
def test_says_what_can_be_made_what_is_missing_and_what_to_buy(
    client: TestClient, ids: dict[str, int]
) -> None:
    owned = [ids[name] for name in ("Gin", "Campari", "Sweet Vermouth")]
    response = client.post(BAR, json={"ingredients": owned, "map": True})
    answer = response.json()
    assert BarAnswer.model_validate(answer).model_dump(exclude_unset=True) == answer
    assert _names(answer["can_make"]) == ["Negroni"]
    assert [line["how"] for line in answer["can_make"][0]["lines"]] == ["owned"] * 3
    assert _names(answer["one_short"]) == ["Boulevardier"]
    assert _names(answer["one_short"][0]["missing"]) == ["Bourbon"]
    assert _names(answer["two_short"]) == ["Manhattan"]
    assert answer["counts"] == {
        "can_make": 1, "with_stand_ins": 0, "one_short": 1, "two_short": 1
    }  # fmt: skip
    assert answer["map"]["can_make"] == [ids["Negroni"]]
    assert answer["map"]["one_short"] == [ids["Boulevardier"]]
    first, *_ = answer["next_bottles"]
    assert (first["name"], first["opens"]) == ("Bourbon", 1)
    assert _names(first["drinks"]) == ["Boulevardier"]


@pytest.mark.usefixtures("published")
def test_says_which_version_it_shows(client: TestClient, ids: dict[str, int]) -> None:
    response = client.post(BAR, json={"ingredients": [ids["Gin"]]})
    version = response.json()["source_version"]
    assert response.headers["Cocktailspace-Version"] == str(version)
    assert response.headers["Cocktailspace-Refresh"] == "fresh"
    manifest = client.get("/api/v1/analytics/manifest").json()
    assert response.json()["run_id"] == manifest["run_id"]


@pytest.mark.usefixtures("published")
def test_reports_what_the_run_does_not_know(client: TestClient, ids: dict[str, int]) -> None:
    question = {"ingredients": [ids["Gin"], 9_999, 9_999], "likes": [8_888], "wish": 7_777}
    answer = client.post(BAR, json=question).json()
    assert answer["unknown"] == {"ingredients": [9_999], "recipes": [8_888, 7_777]}
    assert answer["wish"] is None


@pytest.mark.usefixtures("published")
def test_a_wish_that_cannot_be_made_leads_to_what_is_nearest(
    client: TestClient, ids: dict[str, int]
) -> None:
    owned = [ids[name] for name in ("Gin", "Campari", "Sweet Vermouth")]
    question = {"ingredients": owned, "wish": ids["Boulevardier"]}
    wish = client.post(BAR, json=question).json()["wish"]
    assert (wish["name"], _names(wish["missing"])) == ("Boulevardier", ["Bourbon"])
    (nearest,) = wish["nearest"]
    assert nearest["name"] == "Negroni"
    assert nearest["changes"]["swap"] == [
        {"from": "Bourbon", "ml": 30.0, "to": "Gin", "to_ml": 30.0}
    ]
    compared = client.get(
        "/api/v1/analytics/compare",
        params={"recipe_id": ids["Boulevardier"], "other_id": ids["Negroni"]},
    ).json()
    assert nearest["distance"] == compared["distance"]
    made = client.post(BAR, json={"ingredients": owned, "wish": ids["Negroni"]}).json()["wish"]
    assert (made["missing"], made["nearest"]) == ([], [])


@pytest.mark.usefixtures("published")
def test_bottles_are_weighed_by_what_is_liked(client: TestClient, ids: dict[str, int]) -> None:
    owned = [ids["Sweet Vermouth"], ids["Campari"], ids["Bitters"]]

    def first(*likes: str) -> str:
        question = {"ingredients": owned, "likes": [ids[each] for each in likes]}
        name: str = client.post(BAR, json=question).json()["next_bottles"][0]["name"]
        return name

    assert first("Negroni") == "Gin"
    assert first("Manhattan") == "Rye"


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("question", "place"),
    [
        ({"ingredients": list(range(1, 502))}, "ingredients"),
        ({"ingredients": [1], "likes": list(range(1, 22))}, "likes"),
        ({"ingredients": [1], "limit": 201}, "limit"),
        ({"ingredients": ["gin"]}, "ingredients[0]"),
        ({"ingredients": [0]}, "ingredients[0]"),
        ({"bottles": [1]}, "ingredients"),
    ],
)
def test_refuses_what_is_no_bar(client: TestClient, question: dict[str, Any], place: str) -> None:
    response = client.post(BAR, json=question)
    assert response.status_code == 422
    assert place in [each["place"] for each in response.json()["error"]["problems"]]


@pytest.mark.usefixtures("published")
def test_lists_are_as_long_as_asked_and_counts_are_whole(
    client: TestClient, ids: dict[str, int]
) -> None:
    question = {"ingredients": [ids["Sweet Vermouth"]], "limit": 0}
    answer = client.post(BAR, json=question).json()
    assert answer["two_short"] == []
    assert answer["counts"]["two_short"] == 3


def test_an_older_run_is_being_computed_anew(services: Services, client: TestClient) -> None:
    publish_old_form(services)
    response = client.post(BAR, json={"ingredients": [1]})
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "not_yet"


def test_says_that_nothing_is_computed_yet(client: TestClient) -> None:
    assert client.post(BAR, json={"ingredients": []}).status_code == 503
