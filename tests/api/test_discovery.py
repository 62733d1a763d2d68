"""What search engines, other programs and browsers without scripts find."""

import json
import re
import urllib.robotparser
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.routes import discovery
from tests.api.test_pages import Seen

XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _places(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.headers["content-type"] == "application/xml"
    tree = ElementTree.fromstring(answer.text)  # noqa: S314 - the server's own
    return [str(each.text) for each in tree.iter(f"{XML}loc")]


@pytest.mark.parametrize("most", [50_000, 4, 1])
def test_sitemaps_name_every_page_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(discovery, "ADDRESSES_A_SITEMAP", most)
    maps = _places(client, "/sitemap.xml")
    listed = [_places(client, each.removeprefix("http://testserver")) for each in maps]
    assert all(0 < len(each) <= most for each in listed)
    found = [place.removeprefix("http://testserver") for each in listed for place in each]
    recipes = [f"/recipe/{number}" for number in (1, 2, 3)]
    ingredients = [f"/ingredient/{number}" for number in range(1, 10)]
    assert found == ["/", "/recipes", "/ingredients", *recipes, *ingredients]
    assert all(client.get(place).status_code == 200 for place in found)
    assert client.get(f"/sitemap/{len(maps) + 1}.xml").status_code == 404


def test_addresses_are_those_of_the_host_that_was_asked(client: TestClient) -> None:
    host = {"Host": "bar.example"}
    assert "http://bar.example/recipe/1<" in client.get("/sitemap/1.xml", headers=host).text
    assert "Sitemap: http://bar.example/sitemap.xml" in client.get("/robots.txt", headers=host).text


def test_robots_may_read_pages_and_leave_the_api_alone(client: TestClient) -> None:
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    for path, allowed in {
        "/recipe/1": True,
        "/recipes": True,
        "/": True,
        "/api/v1/bar": False,
    }.items():
        assert rules.can_fetch("*", f"http://testserver{path}") is allowed, path


def test_what_programs_are_told_leads_somewhere(client: TestClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# cocktailspace\n\n> ")
    links = re.findall(r"\]\(http://testserver([^)]+)\)", text)
    assert len(links) > 6
    for link in links:
        assert client.get(link).status_code in (200, 503), link  # nothing may be published yet


def _names(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/recipes?{query}")
    assert answer.status_code == 200
    return re.findall(r'class="name" href="/recipe/\d+">([^<]+)<', answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "q=whisky", "q=manhatan", "ingredient=2", "ingredient=2&ingredient=8", "without=8",
        "base=2", "q=xyzzy", "sort=newest", "min_ingredients=3&max_ingredients=3",
        "min_strength=20", "limit=2", "id=1&id=3",
    ],
)  # fmt: skip
def test_the_list_without_scripts_takes_the_apis_parameters(client: TestClient, query: str) -> None:
    listed = client.get(f"/api/v1/recipes?{query}").json()
    assert _names(client, query) == [recipe["name"] for recipe in listed["items"]]
    assert _names(client, f"{query}&glass=&tag=+&max_strength=") == _names(client, query)
    total = listed["total"]
    text = client.get(f"/recipes?{query}").text
    assert ("No recipe has all of that." if not total else f"{total} recipe") in text


def test_its_pages_go_on_with_the_same_filters(client: TestClient) -> None:
    path, met = "/recipes?limit=1&without=3", []
    while path:
        text = client.get(path).text
        met += re.findall(r'class="name" href="/recipe/\d+">([^<]+)<', text)
        following = [
            a["href"] for tag, a in Seen(text).tags if tag == "a" and a.get("rel") == "next"
        ]
        path = following[0] or "" if following else ""
    assert met == ["Manhattan", "Negroni"]


def test_its_form_keeps_what_was_chosen(client: TestClient) -> None:
    tags = Seen(client.get("/recipes?ingredient=2&without=9&max_ingredients=3&sort=name").text).tags
    checked = [(a["name"], a["value"]) for tag, a in tags if tag == "input" and "checked" in a]
    assert checked == [("ingredient", "2"), ("without", "9")]
    assert [a["value"] for tag, a in tags if tag == "option" and "selected" in a] == ["name"]
    assert [a["value"] for _, a in tags if a.get("name") == "max_ingredients"] == ["3"]


def test_what_is_in_each_drink_stands_in_the_list(client: TestClient) -> None:
    assert "1 oz Gin, 1 oz Campari, 1 oz Sweet Vermouth" in client.get("/recipes").text


def test_what_it_cannot_understand_is_said_by_name(client: TestClient) -> None:
    for query, says in {
        "ingredient=x": "ingredient",
        "free_of=mlik": "mlik",
        "cursor=x": "cursor",
    }.items():
        answer = client.get(f"/recipes?{query}")
        assert answer.status_code == 422
        assert says in answer.text
        assert answer.headers["content-type"].startswith("text/html")


def test_narrowed_lists_are_no_pages_for_search_engines(client: TestClient) -> None:
    assert "noindex" not in client.get("/recipes").text
    assert "noindex" in client.get("/recipes?q=gin").text


@pytest.mark.usefixtures("published")
def test_a_recipe_lists_what_is_like_it_and_what_to_change(client: TestClient) -> None:
    near = client.get("/api/v1/analytics/recipe-similar?recipe_id=1").json()["similar"]
    text = client.get("/recipe/1").text
    assert near
    for each in near:
        assert f'href="/recipe/{each["recipe_id"]}">{each["name"]}<' in text
    assert "swap Gin for Bourbon" in text


def test_a_recipe_is_shown_before_anything_is_published(client: TestClient) -> None:
    assert "Similar cocktails" not in client.get("/recipe/1").text
    [(_, schema)] = Seen(client.get("/recipe/1").text).scripts
    assert json.loads(schema)["@type"] == "Recipe"
