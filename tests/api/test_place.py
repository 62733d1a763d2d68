"""Placing a draft over HTTP."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.analytics.space import rolled_up, space_of
from cocktailspace.analytics.transport import nearest_rows, subtree_masses
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.snapshot import take_snapshot

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
def test_says_what_a_draft_is_like_and_why(client: TestClient, named: dict[str, int]) -> None:
    draft = draft_of(named, (1, "Rye"), (1, "Campari"), (1, "Sweet Vermouth"))
    answer = client.post(PLACE, json=draft).json()
    first = answer["neighbours"][0]
    assert first["name"] == "Boulevardier"
    # Rye may be replaced by its siblings, so it counts as whiskey, one step from bourbon.
    assert first["distance"] == pytest.approx(1 / 3, abs=1e-6)
    assert first["flows"] == [{"from": "Whiskey", "to": "Bourbon", "fraction": 0.3333}]
    assert first["unchanged"] == pytest.approx(2 / 3, abs=1e-4)
    gaps = [each["distance"] for each in answer["neighbours"]]
    assert gaps == sorted(gaps)


@pytest.mark.usefixtures("published")
def test_a_published_recipe_stands_where_it_is(client: TestClient, named: dict[str, int]) -> None:
    draft = draft_of(named, (1, "Gin"), (1, "Campari"), (1, "Sweet Vermouth"))
    answer = client.post(PLACE, json=draft).json()
    assert answer["neighbours"][0]["name"] == "Negroni"
    assert answer["neighbours"][0]["distance"] == 0
    assert answer["neighbours"][0]["flows"] == []
    assert set(answer["places"]) == {"cocktail-space", "cocktail-space-em"}


@pytest.mark.usefixtures("published")
def test_agrees_with_the_engine(client: TestClient, services: Services) -> None:
    """The job's engine finds the same neighbours at the same distances under the taxonomy."""
    space = space_of(take_snapshot(services.database))
    masses = subtree_masses(rolled_up(space), space.parents)
    engine = nearest_rows(masses, len(space.recipes) - 1)
    for row, recipe in enumerate(space.recipes):
        stored = client.get(f"/api/v1/recipes/{recipe.id}").json()
        keys = ("ingredient_id", "amount", "unit_id")
        lines = [{key: line[key] for key in keys} for line in stored["ingredients"]]
        draft = {"ingredients": lines, "without": recipe.id}
        placed = client.post(PLACE, json=draft).json()["neighbours"]
        expected = {
            space.recipes[other].id: pytest.approx(float(gap), abs=1e-4)
            for other, gap in zip(engine.indices[row], engine.distances[row], strict=True)
        }
        assert {each["recipe_id"]: each["distance"] for each in placed} == expected


@pytest.mark.usefixtures("published")
def test_nothing_yet_is_like_nothing(client: TestClient, named: dict[str, int]) -> None:
    for draft in ({}, {"ingredients": []}, draft_of(named, (0, "Gin"))):
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
    assert (first["name"], first["distance"]) == ("Negroni", pytest.approx(1 / 3, abs=1e-6))
    assert first["flows"][0]["from"] == "Navy Gin"


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
