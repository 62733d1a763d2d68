"""axe-core finds no serious violation on any view, light or dark."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit, told_nothing
from tests.web.server import Server

pytestmark = pytest.mark.browser

VIEWS = {  # and what their heading says when they are there
    "#/recipe/9": "",
    "#/ingredients": "Ingredients",
    "#/ingredient/2": "",
    "#/complexity/4": "Ingredient count",
    "#/recipes?q=lime&tag=tiki": "Recipes",
    "#/bar": "My bar",
    "#/bar/shared?name=Ann&has=Gin": "Ann",
    "#/import": "Bring in recipes",
    "#/recipe/new": "New recipe",
    "#/recipe/9/edit": "Change ",
    "#/ingredient/2/edit": "Change ",
    "#/nowhere": "Nothing is here",
}
PAGES = [
    "recipe/9",
    "ingredient/2",
    "recipes",
    "recipes?tag=tiki&without=2",
    "recipes?id=x",
    "ingredients",
    "recipe/99999",
]
RUN = """async (options) => (await axe.run(document, options)).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)"""


def found(page: Any, axe: str) -> list[str]:
    """Serious violations on the page as it is now."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {axe} }}")
    violations: list[str] = page.evaluate(RUN, {"resultTypes": ["violations"]})
    return violations


def found_in_both(page: Any, axe: str) -> list[str]:
    """Those in the light, and in the dark, where nothing is different but the colours."""
    violations = found(page, axe)
    page.emulate_media(color_scheme="dark")
    violations += [f"dark: {each}" for each in page.evaluate(RUN, {"runOnly": ["color-contrast"]})]
    page.emulate_media(color_scheme="light")
    return violations


def test_no_view_has_a_serious_violation(starter: Server, visit: Visit, axe: str) -> None:
    page = visit(starter, allow={404, 422}, bypass_csp=True)
    problems = {"map": found_in_both(page, axe)}
    heading = page.locator(".panel h2")
    before = ""
    for view, says in VIEWS.items():
        page.evaluate("view => { location.hash = view; }", view)
        expect(heading).not_to_have_text(re.compile(f"^({re.escape(before)})?$"))
        expect(heading).to_contain_text(says or " ")
        before = heading.inner_text()
        problems[view] = found_in_both(page, axe)
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more dl")).to_be_visible()
    problems["freshness"] = found_in_both(page, axe)
    for address in PAGES:
        page.goto(f"{starter.address}/{address}")
        problems[address] = found_in_both(page, axe)
    assert not any(problems.values()), problems


STATES = {  # and what shows that the page is in them; each is told so by answers on the way
    "failed": ("#freshness[data-state=failed]", "**/api/v1/refresh", {"state": "failed"}),
    "empty": (
        "#notice a[href='#/recipe/new']",
        "**/runs/*/cocktail-space-em",
        {"data": [], "metadata": {}},
    ),
    "error": ("#notice", "**/analytics/manifest", None),
}


@pytest.mark.parametrize("state", STATES)
def test_neither_has_a_state_that_is_seldom_seen(
    starter: Server, visit: Visit, axe: str, state: str
) -> None:
    shows, address, answer = STATES[state]
    if state == "failed":
        answer = starter.get("/refresh") | answer
    status = 500 if answer is None else 200

    def tell(page: Any) -> None:
        told_nothing(page)
        page.route(address, lambda route: route.fulfill(status=status, json=answer or {}))

    page = visit(starter, ready=False, before=tell, allow={500}, bypass_csp=True)
    expect(page.locator(shows)).to_be_visible()
    assert found(page, axe) == []


def test_neither_has_what_one_sees_without_scripts(starter: Server, visit: Visit, axe: str) -> None:
    def without(page: Any) -> None:
        page.route("**/*.js", lambda route: route.abort())

    page = visit(starter, ready=False, before=without, allow_failed=True, bypass_csp=True)
    page.evaluate(
        "() => { const each = document.querySelector('noscript');"
        " const shown = document.createElement('div'); shown.innerHTML = each.textContent;"
        " each.replaceWith(...shown.childNodes); }"
    )
    expect(page.locator(".noscript")).to_be_visible()
    assert found(page, axe) == []


@pytest.mark.parametrize("phone", [False, True])
def test_neither_has_the_list_of_recipes_with_its_filters(
    starter: Server, visit: Visit, axe: str, phone: bool
) -> None:
    page = visit(starter, "#/recipes", phone=phone, bypass_csp=True)
    page.locator(".list-tools summary").click()
    field = page.get_by_role("combobox", name="With ingredient")
    field.fill("gin")
    expect(page.locator(".combobox [role=option]").first).to_be_visible()
    problems = {"typing": found_in_both(page, axe)}
    field.press("Enter")
    expect(page.locator(".recipes .chips li")).to_have_count(1)
    page.get_by_label("Sort").select_option("strongest")
    problems["chosen"] = found_in_both(page, axe)
    page.evaluate("() => { location.hash = '#/recipes?glass=Boot'; }")
    expect(page.locator(".recipes .lede")).to_contain_text("No recipe has all of that")
    problems["nothing"] = found_in_both(page, axe)
    assert not any(problems.values()), problems


def test_neither_have_suggestions_a_phone_or_the_dialog(
    starter: Server, visit: Visit, axe: str
) -> None:
    page = visit(starter, "#/recipe/new", phone=True, bypass_csp=True)
    page.get_by_role("combobox", name="Search").fill("lime")
    expect(page.locator("#search-found [role=option]").first).to_be_visible()
    assert found(page, axe) == []
    page.keyboard.press("Escape")
    page.get_by_label("Name", exact=True).fill("Something")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator("#sign-in")).to_be_visible()
    assert found(page, axe) == []


@pytest.mark.parametrize("phone", [False, True])
def test_neither_has_the_tour_a_toast_or_what_is_being_written(
    starter: Server, visit: Visit, axe: str, phone: bool
) -> None:
    page = visit(starter, phone=phone, bypass_csp=True)
    problems = {}
    page.get_by_role("button", name="Show me around").click()
    for step in ("1 of 3", "2 of 3", "3 of 3"):
        expect(page.locator("#tour")).to_contain_text(step)
        problems[f"tour {step}"] = found_in_both(page, axe)
        page.locator("#tour .primary").click()
    expect(page.locator("#tour")).to_have_count(0)
    page.evaluate("() => { location.hash = '#/recipe/new'; }")
    page.get_by_label("Name", exact=True).fill("Half Done")
    line = page.locator(".lines > li").first
    line.get_by_label("Amount").fill("two or so")
    page.locator(".lines summary").first.click()
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".error:not(:empty)").first).to_be_visible()
    problems["mistakes"] = found_in_both(page, axe)
    line.get_by_role("combobox", name="Ingredient").fill("gin")
    expect(line.locator(".found [role=option]").first).to_be_visible()
    problems["choices"] = found_in_both(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#toast")).to_be_visible()
    problems["toast"] = found_in_both(page, axe)
    page.get_by_role("button", name="Go on writing").click()
    expect(page.get_by_role("button", name="Start afresh")).to_be_visible()
    problems["a draft"] = found_in_both(page, axe)
    assert not any(problems.values()), problems
