"""axe-core finds no serious violation on any view, light or dark."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser

VIEWS = {  # and what their heading says when they are there
    "#/recipe/9": "",
    "#/ingredients": "Ingredients",
    "#/ingredient/2": "",
    "#/complexity/4": "Complexity",
    "#/search?q=lime": "“lime”",
    "#/recipe/new": "New recipe",
    "#/recipe/9/edit": "Change ",
    "#/ingredient/2/edit": "Change ",
    "#/nowhere": "Nothing is here",
}
PAGES = ["recipe/9", "ingredient/2", "recipes", "ingredients", "recipe/99999"]
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
def test_no_view_has_a_serious_violation(bar: Server, visit: Visit, axe: str, scheme: str) -> None:
    options = {"bypass_csp": True, "reduced_motion": "reduce"}
    page = visit(bar, color_scheme=scheme, allow={404}, **options)
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
        page.goto(f"{bar.address}/{address}")
        problems[address] = found(page, axe, scheme)
    assert not any(problems.values()), problems


def test_neither_have_suggestions_a_phone_or_the_dialog(
    bar: Server, visit: Visit, axe: str
) -> None:
    page = visit(bar, "#/recipe/new", phone=True, bypass_csp=True)
    page.get_by_role("combobox", name="Search").fill("lime")
    expect(page.locator("#search-found [role=option]").first).to_be_visible()
    assert found(page, axe) == []
    page.keyboard.press("Escape")
    page.get_by_label("Name", exact=True).fill("Something")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator("#sign-in")).to_be_visible()
    assert found(page, axe) == []
