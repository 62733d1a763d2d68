"""The page's files and the server-rendered pages."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.qr_code import qr_code
from cocktailspace.api.site import WEB, Site

PAGES = ["/", "/recipe/1", "/ingredient/5", "/recipes", "/ingredients", "/recipe/99999"]


class Seen(HTMLParser):
    """What a page is made of: tags with their attributes, and scripts' contents."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._script: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._script = dict(attrs) if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._script is not None and data.strip():
            self.scripts.append((self._script, data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None


@pytest.mark.parametrize("address", PAGES)
def test_pages_keep_to_the_content_security_policy(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    seen = Seen(answer.text)
    for tag, attributes in seen.tags:
        assert "style" not in attributes, f"<{tag}> has a style attribute"
        assert not [name for name in attributes if name.startswith("on")]
        link = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if link and attributes.get("rel") != "canonical":
            assert link.startswith("/"), f"{link} is on another host"
            assert client.get(link).status_code == 200, link
    data = ("application/ld+json", "application/json")  # which browsers do not run
    assert all(attributes.get("type") in data for attributes, _ in seen.scripts)


def test_files_are_kept_for_ever_under_an_address_that_changes_with_them(
    client: TestClient,
) -> None:
    digest = Site().digest
    fresh = client.get(f"/static/{digest}/js/app.js")
    assert "immutable" in fresh.headers["cache-control"]
    assert fresh.headers["content-type"].startswith("text/javascript")
    old = client.get("/static/0123456789abcdef/js/app.js")
    assert old.headers["cache-control"] == "no-cache"
    assert client.get("/").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../templates/base.html", "%2e%2e/templates/base.html", "js", "nothing.js", "js/../.."]
)
def test_addresses_lead_to_nothing_but_the_files(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{Site().digest}/{path}").status_code == 404


def test_every_module_that_is_imported_is_there_and_those_of_the_first_picture_at_once() -> None:
    site = Site()
    root = WEB / "static"
    for module in root.rglob("*.js"):
        first = module.relative_to(root).as_posix() in site.modules
        for name in re.findall(r'from "(\./[^"]+|\.\./[^"]+)"', module.read_text()):
            target = (module.parent / name).resolve()
            assert target.is_file(), f"{module}: {name}"
            imported = target.relative_to(root).as_posix()
            assert not first or imported in site.modules, f"{module}: {name}"
    assert "js/edit/recipe-form.js" not in site.modules  # fetched when it is opened


def recipe_schema(client: TestClient, address: str) -> Any:
    [(_, text)] = Seen(client.get(address).text).scripts
    return json.loads(text)


def test_a_recipe_speaks_schema_org(client: TestClient) -> None:
    schema = recipe_schema(client, "/recipe/1")
    assert schema["@type"] == "Recipe"
    assert schema["name"] == "Negroni"
    assert schema["recipeIngredient"] == [
        "1 oz Gin",
        "1 oz Campari",
        "1 oz Sweet Vermouth",
    ]
    assert schema["recipeInstructions"] == [{"@type": "HowToStep", "text": "Stir with ice."}]
    assert schema["url"].endswith("/recipe/1")


def test_a_recipe_page_reads_without_a_script(client: TestClient) -> None:
    text = client.get("/recipe/1").text
    for part in ("<h1>Negroni</h1>", "Stir with ice.", "Sweet Vermouth", "/#/recipe/1"):
        assert part in text


def test_an_ingredient_page_leads_up_down_and_to_recipes(client: TestClient) -> None:
    ids = {each["name"]: each["id"] for each in client.get("/api/v1/ingredients").json()["items"]}
    text = client.get(f"/ingredient/{ids['Whiskey']}").text
    for part in ("<h1>Whiskey</h1>", f"/ingredient/{ids['Spirit']}", ">Bourbon<", ">Boulevardier<"):
        assert part in text


def test_what_users_write_is_text_and_nothing_else(
    client: TestClient, editor: dict[str, str]
) -> None:
    evil = "</script><img src=x onerror=alert(1)>'\""
    body = {
        "name": evil,
        "instructions": evil,
        "description": evil,
        "source": evil,
        "source_url": "https://example.org/?a=1&b=2",
        "ingredients": [],
    }
    made = client.post("/api/v1/recipes", json=body, headers=editor).json()
    address = f"/recipe/{made['id']}"
    seen = Seen(client.get(address).text)
    assert not [1 for tag, attributes in seen.tags if tag == "img" and "onerror" in attributes]
    assert recipe_schema(client, address)["name"] == evil
    assert not [1 for tag, a in Seen(client.get("/recipes").text).tags if "onerror" in a]


@pytest.mark.parametrize("address", ["/recipe/99999", "/ingredient/99999"])
def test_what_is_not_there_gets_a_page_that_says_so(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Not here" in answer.text


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("address", ["/nothing", "/recipe/abc", "/static/x/nothing.js"])
def test_a_browser_gets_a_page_where_nothing_is_and_a_program_json(
    client: TestClient, address: str
) -> None:
    page, other = client.get(address, headers=BROWSER), client.get(address)
    assert page.status_code == other.status_code == 404
    assert "<h1>Not here</h1>" in page.text
    assert ("a", {"class": "button primary", "href": "/recipes"}) in Seen(page.text).tags
    assert other.json()["error"]["code"] == "not_found"
    assert all("Accept" in each.headers["vary"].split(", ") for each in (page, other))


def test_the_api_answers_a_browser_in_json_too(client: TestClient) -> None:
    for address in ("/api/v1/nothing", "/api/v1/recipes/99999", "/api/v1/recipes?limit=x"):
        assert "error" in client.get(address, headers=BROWSER).json()


def test_names_are_listed_for_who_has_no_script(client: TestClient) -> None:
    assert "/recipe/1" in client.get("/recipes").text
    assert "Negroni" in client.get("/recipes").text
    assert "Negroni" not in client.get("/recipes", params={"q": "zzz"}).text
    assert "Sweet Vermouth" in client.get("/ingredients").text


def test_pages_are_not_sent_twice(client: TestClient) -> None:
    first = client.get("/recipe/1")
    again = client.get("/recipe/1", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_recipe_has_its_address_as_a_qr_code(client: TestClient) -> None:
    page = client.get("/recipe/1")
    assert '<img class="qr" src="/recipe/1/qr.svg"' in page.text
    answer = client.get("/recipe/1/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == qr_code("http://testserver/recipe/1")
    assert answer.content != client.get("/recipe/2/qr.svg").content
    again = client.get("/recipe/1/qr.svg", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/recipe/999/qr.svg").status_code == 404
