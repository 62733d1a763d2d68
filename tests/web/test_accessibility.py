"""axe-core finds no serious violation on any view, light or dark."""

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


# In the dark nothing is different but the colours.
RULES: dict[str, Any] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast"]},
}


def found(page: Any, axe: str, scheme: str = "light") -> list[str]:
    """Serious violations on the page as it is now."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {axe} }}")
    violations: list[str] = page.evaluate(RUN, RULES[scheme])
    return violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_serious_violation(
    starter: Server, visit: Visit, axe: str, scheme: str
) -> None:
    options = {"bypass_csp": True, "reduced_motion": "reduce"}
    page = visit(starter, color_scheme=scheme, allow={404, 422}, **options)
    problems = {"map": found(page, axe, scheme)}
    heading = page.locator(".panel h2")
    before = ""
    for view, says in VIEWS.items():
        page.evaluate("view => { location.hash = view; }", view)
        expect(heading).not_to_have_text(before)
        expect(heading).to_contain_text(says or " ")
        before = heading.inner_text()
        problems[view] = found(page, axe, scheme)
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more dl")).to_be_visible()
    problems["freshness"] = found(page, axe, scheme)
    for address in PAGES:
        page.goto(f"{starter.address}/{address}")
        problems[address] = found(page, axe, scheme)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_neither_has_the_list_of_recipes_with_its_filters(
    starter: Server, visit: Visit, axe: str, scheme: str, phone: bool
) -> None:
    page = visit(starter, "#/recipes", phone=phone, color_scheme=scheme, bypass_csp=True)
    page.locator(".list-tools summary").click()
    field = page.get_by_role("combobox", name="With ingredient")
    field.fill("gin")
    expect(page.locator(".combobox [role=option]").first).to_be_visible()
    problems = {"typing": found(page, axe, scheme)}
    field.press("Enter")
    expect(page.locator(".recipes .chips li")).to_have_count(1)
    page.get_by_label("Sort").select_option("strongest")
    problems["chosen"] = found(page, axe, scheme)
    page.evaluate("() => { location.hash = '#/recipes?glass=Boot'; }")
    expect(page.locator(".recipes .lede")).to_contain_text("No recipe has all of that")
    problems["nothing"] = found(page, axe, scheme)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_neither_has_the_tour_a_toast_or_what_is_being_written(
    starter: Server, visit: Visit, axe: str, scheme: str, phone: bool
) -> None:
    options = {"bypass_csp": True, "reduced_motion": "reduce", "color_scheme": scheme}
    page = visit(starter, phone=phone, **options)
    problems = {}
    page.get_by_role("button", name="Show me around").click()
    for step in ("1 of 3", "2 of 3", "3 of 3"):
        expect(page.locator("#tour")).to_contain_text(step)
        problems[f"tour {step}"] = found(page, axe, scheme)
        page.locator("#tour .primary").click()
    expect(page.locator("#tour")).to_have_count(0)
    page.evaluate("() => { location.hash = '#/recipe/new'; }")
    page.get_by_label("Name", exact=True).fill("Half Done")
    line = page.locator(".lines > li").first
    line.get_by_label("Amount").fill("two or so")
    page.locator(".lines summary").first.click()
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".error:not(:empty)").first).to_be_visible()
    problems["mistakes"] = found(page, axe, scheme)
    line.get_by_role("combobox", name="Ingredient").fill("gin")
    expect(line.locator(".found [role=option]").first).to_be_visible()
    problems["choices"] = found(page, axe, scheme)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#toast")).to_be_visible()
    page.locator("#toast").hover()  # so that it stays
    problems["toast"] = found(page, axe, scheme)
    page.get_by_role("button", name="Go on writing").click()
    expect(page.get_by_role("button", name="Start afresh")).to_be_visible()
    problems["a draft"] = found(page, axe, scheme)
    assert not any(problems.values()), problems
