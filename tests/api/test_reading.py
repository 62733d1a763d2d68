import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.both_databases

API = "/api/v1"


def test_recipes_come_in_pages_by_name(client: TestClient) -> None:
    names, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"{API}/recipes", params=query).json()
        names += [recipe["name"] for recipe in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["Boulevardier", "Manhattan", "Negroni"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=negro", ["Negroni"]),
        ("ingredient=2", ["Boulevardier", "Manhattan"]),
        ("ingredient=2&ingredient=8", ["Boulevardier"]),
        ("name=xyz", []),
    ],
)
def test_recipes_are_searched_by_name_and_ingredient(
    client: TestClient, query: str, found: list[str]
) -> None:
    page = client.get(f"{API}/recipes?{query}").json()
    assert [recipe["name"] for recipe in page["items"]] == found


def test_a_recipe_has_its_lines_with_names_and_volumes(client: TestClient) -> None:
    recipe = client.get(f"{API}/recipes/1").json()
    assert recipe["name"] == "Negroni"
    assert recipe["ingredients"][0] == {
        "ingredient_id": 5,
        "ingredient": "Gin",
        "amount": 1.0,
        "amount_max": None,
        "unit_id": 1,
        "unit": "Ounce",
        "note": None,
        "optional": False,
        "alternatives": [],
        "alternative_names": [],
        "volume_ml": 30.0,
    }


def test_ingredients_come_flat_nested_and_one_by_one(client: TestClient) -> None:
    flat = client.get(f"{API}/ingredients").json()["items"]
    assert len(flat) == 9
    roots = client.get(f"{API}/ingredients/tree").json()["roots"]
    assert [root["name"] for root in roots] == ["Bitters", "Campari", "Spirit", "Vermouth"]
    assert [kind["name"] for kind in roots[2]["children"]] == ["Gin", "Whiskey"]
    rye = client.get(f"{API}/ingredients/4").json()
    assert [above["name"] for above in rye["ancestors"]] == ["Spirit", "Whiskey"]
    whiskey = client.get(f"{API}/ingredients/2").json()
    assert [below["name"] for below in whiskey["children"]] == ["Bourbon", "Rye"]


def test_units_are_listed(client: TestClient) -> None:
    assert [unit["name"] for unit in client.get(f"{API}/units").json()["items"]] == [
        "Ounce",
        "Dash",
    ]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/recipes/99", 404, "not_found"),
        ("/ingredients/99", 404, "not_found"),
        ("/recipes/0", 404, "not_found"),
        ("/recipes/abc", 404, "not_found"),
        ("/recipes/99999999999999999999", 404, "not_found"),
        ("/recipes?limit=0", 422, "invalid"),
        ("/recipes?cursor=%21", 422, "invalid"),
        ("/recipes?ingredient=x", 422, "invalid"),
        ("/nowhere", 404, "not_found"),
        ("/analytics/nonsense", 404, "not_found"),
        ("/analytics/place", 405, "method_not_allowed"),
        ("/analytics/manifest", 503, "not_yet"),
        ("/analytics/cocktail-space", 503, "not_yet"),
        ("/analytics/runs/..%2F..%2Fsecret/cocktail-space", 404, "not_found"),
        ("/analytics/runs/20260101T000000.000000Z-00000000/cocktail-space", 404, "not_found"),
    ],
)
def test_errors_have_one_shape_and_a_message(
    client: TestClient, address: str, status: int, code: str
) -> None:
    answer = client.get(API + address)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert len(error["message"]) > 10 or status == 404
    if status == 503:
        assert int(answer.headers["retry-after"]) > 0


def test_an_invalid_value_is_named_with_its_place(client: TestClient) -> None:
    error = client.get(f"{API}/recipes?limit=500").json()["error"]
    assert error["problems"] == [
        {"place": "limit", "message": "Input should be less than or equal to 200 (got '500')"}
    ]


def test_the_server_says_that_it_is_well(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "catalogue_version": 14}


def test_openapi_describes_every_route(client: TestClient) -> None:
    document = client.get(f"{API}/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path} has no description"
