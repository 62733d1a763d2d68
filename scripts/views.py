"""The views of the page that scripts/screenshots.py takes pictures of."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect
from tests.web.server import Server

DEVICES = ("desktop", "phone")
REFRESH, SPACE = "**/api/v1/refresh", "**/runs/*/cocktail-space-em"
EVENTS = "**/api/v1/events"
MANIFEST = "**/api/v1/analytics/manifest"

Step = Callable[[Any, Server], None]


def nothing(_page: Any, _server: Server) -> None:
    """The view needs no more than its address."""


@dataclass(frozen=True)
class View:
    """A picture to take: where, what is done before going there, and after."""

    name: str
    where: str = ""
    after: Step = nothing
    before: Step = nothing
    devices: tuple[str, ...] = DEVICES
    scripts: bool = True
    ready: str = "#freshness[data-state=fresh]"


def search(page: Any, _server: Server) -> None:
    """Suggestions, and matches lit on the map."""
    page.get_by_role("combobox", name="Search").click()
    page.keyboard.type("campari")
    page.wait_for_selector("#search-found [role=option]")


def hover(page: Any, _server: Server) -> None:
    """The card of a recipe that is pointed at."""
    box = page.locator("#stage").bounding_box()
    for step in range(0, 600, 3):
        page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + 60 + step)
        if page.locator("#hover").is_visible():
            return


def families(page: Any, _server: Server) -> None:
    """The legend as a filter."""
    page.locator("#legend button").nth(0).click()
    page.locator("#legend button").nth(4).click()


def fill_bar(page: Any, _server: Server) -> None:
    """A bar, what it makes, and the map lit by it; emptied first of what the view before put in."""
    page.evaluate("() => localStorage.removeItem('bars')")
    page.reload()
    for place, name in enumerate(["white rum", "gin", "lime", "mint", "club soda", "angostura"], 1):
        page.locator(".adder input").fill(name)
        page.keyboard.press("Enter")
        expect(page.locator(".chips li")).to_have_count(place)
    expect(page.locator("[data-list=can_make]")).to_be_visible()
    page.wait_for_selector("#stage[data-bar='3']")


def next_bottles(page: Any, server: Server) -> None:
    """What to buy next, as cards."""
    fill_bar(page, server)
    page.evaluate("() => document.querySelector('.cards').scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(600)


def further_down(page: Any, _server: Server) -> None:
    """What stands below the first screen of a panel."""
    section = page.locator(".panel h3", has_text=re.compile("stand in for it|Similar cocktails"))
    section.evaluate("heading => heading.scrollIntoView({ block: 'start' })")
    page.evaluate("() => { document.querySelector('.panel').scrollTop -= 60; }")  # its own heading


def write(page: Any, _server: Server) -> None:
    """A recipe, as far as what it is like is said of it."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    for place, name in enumerate(["mezcal", "campari", "sweet verm"]):
        line = page.locator(".lines > li").nth(place)
        line.get_by_label("Amount").fill("1")
        line.get_by_role("combobox", name="Ingredient").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    expect(page.locator(".live")).to_contain_text("This is close to")


def type_ahead(page: Any, _server: Server) -> None:
    """Names that are offered while one types."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    page.locator(".lines").get_by_role("combobox", name="Ingredient").first.click()
    page.keyboard.type("dry")


def make_ingredient(page: Any, _server: Server) -> None:
    """A name that is not there, made on the way."""
    page.locator(".lines").get_by_role("combobox", name="Ingredient").first.click()
    page.keyboard.type("Quince Brandy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def mistakes(page: Any, server: Server) -> None:
    """What the API says of them, each at its field."""
    sign_in(page, server)
    page.get_by_label("Name", exact=True).fill("Negroni")
    line = page.locator(".lines > li").first
    line.get_by_label("Amount").fill("2000000")
    line.get_by_role("combobox", name="Ingredient").click()
    page.keyboard.type("campari")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def ask_for_token(page: Any, _server: Server) -> None:
    """The dialog that saving without a token opens."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    page.get_by_role("button", name="Add ingredient").click()
    page.wait_for_selector("#sign-in[open]")


def ask_to_delete(page: Any, _server: Server) -> None:
    """The dialog before anything is deleted."""
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()


def conflict(page: Any, server: Server) -> None:
    """Somebody else saves the recipe that is open in a form."""
    sign_in(page, server)
    page.get_by_label("What it is like").fill("Bitter, and better for it.")
    before = server.get("/recipes/9")
    lines = [
        {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
        for line in before["ingredients"]
    ]
    draft = {key: before[key] for key in ("name", "instructions", "source", "description")}
    theirs = [{**lines[0], "amount": 35}, *lines[1:]]
    server.send("PUT", "/recipes/9", {**draft, "ingredients": theirs})
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".conflict")).to_be_visible()
    server.send("PUT", "/recipes/9", {**draft, "ingredients": lines})


def sign_in(page: Any, server: Server) -> None:
    """As somebody who may write."""
    page.evaluate("token => sessionStorage.setItem('token', token)", server.token)


def _answer(address: str, **answer: Any) -> Step:
    def before(page: Any, _server: Server) -> None:
        page.route(address, lambda route: route.fulfill(**answer))

    return before


def _hang(page: Any, _server: Server) -> None:
    page.add_init_script(
        "const ask = fetch; window.fetch = (where, ...rest) =>"
        " String(where).endsWith('/manifest') ? new Promise(() => {}) : ask(where, ...rest);"
    )


def _noticed(page: Any, _server: Server) -> None:
    expect(page.locator("#notice")).to_be_visible()


def _in_trouble(page: Any, _server: Server) -> None:
    expect(page.locator("#notice-text")).to_contain_text("cannot")


def _told(**changed: Any) -> Step:
    def before(page: Any, server: Server) -> None:
        status = server.get("/refresh") | changed
        page.route(EVENTS, lambda route: route.fulfill(status=204))
        page.route(REFRESH, lambda route: route.fulfill(json=status))

    return before


def freshness(page: Any, _server: Server) -> None:
    """The details behind the word in the header."""
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more dl")).to_be_visible()


def said(state: str) -> str:
    """A selector that is there when the page says so."""
    return f"#freshness[data-state={state}]"


FAILED = {"state": "failed", "step": "learning costs", "failures": 2, "error": "out of memory"}
EMPTY = {"data": [], "metadata": {}}
STARTER = [
    View("map"),
    View("map-by-ingredient", "#/space/fractions"),
    View("families", after=families),
    View("hover", after=hover, devices=("desktop",)),
    View("search", after=search),
    View("found", "#/recipes?q=lime"),
    View("my-bar", "#/bar", after=fill_bar),
    View("my-bar-next", "#/bar", after=next_bottles),
    View("recipe", "#/recipe/9"),
    View("recipe-similar", "#/recipe/9", further_down),
    View("ingredients", "#/ingredients"),
    View("ingredient", "#/ingredient/2"),
    View("substitutes", "#/ingredient/109", further_down),
    View("complexity", "#/complexity/4"),
    View("freshness", after=freshness),
    View("new-recipe", "#/recipe/new", write),
    View("typed-ahead", "#/recipe/new", type_ahead),
    View("new-ingredient", "#/recipe/new", make_ingredient),
    View("problems", "#/recipe/new", mistakes),
    View("token", "#/ingredient/new", ask_for_token),
    View("delete", "#/recipe/9", ask_to_delete),
    View("lost", "#/nowhere", ready="#stage[data-run]"),
    View("failed", "", freshness, _told(state="failed", attempt=FAILED), ready=said("failed")),
    View("offline", before=_answer(REFRESH, status=502, body="gone"), ready=said("offline")),
    View("loading", "", _noticed, _hang, ready="#freshness[data-state]"),
    View("error", "", _in_trouble, _answer(MANIFEST, status=500, body="{}"), ready=".notice"),
    View("empty", "", before=_answer(SPACE, json=EMPTY), ready="#stage[data-run]"),
    View("no-javascript", scripts=False),
    View("page-recipe", "recipe/9"),
    View("page-ingredient", "ingredient/2"),
    View("page-recipes", "recipes"),
    View("page-missing", "recipe/99999"),
    View("conflict", "#/recipe/9/edit", conflict, ready=".form"),  # writes: last
]  # fmt: skip
REAL = [
    View("map-1356"),
    View("recipe-1356", "#/recipe/1"),
    View("ingredients-1356", "#/ingredients"),
    View("ingredient-1356", "#/ingredient/13"),
]
CROWD = [View("map-100000", ready="#stage[data-run]")]
