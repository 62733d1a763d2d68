"""axe-core finds no serious violation on any view, light or dark."""

from typing import Any

import pytest

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser

VIEWS = [
    "",
    "#/recipe/9",
    "#/ingredients",
    "#/ingredient/2",
    "#/complexity/4",
    "#/search?q=lime",
    "#/recipe/new",
    "#/recipe/9/edit",
    "#/ingredient/2/edit",
    "#/nowhere",
]
PAGES = ["recipe/9", "ingredient/2", "recipes", "ingredients"]
RUN = """async (options) => (await axe.run(document, options)).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)"""


# In the dark nothing is different but the colours.
RULES: dict[str, Any] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast"]},
}


def found(page: Any, axe: str, scheme: str = "light") -> list[str]:
    page.evaluate(f"() => {{ {axe} }}")
    violations: list[str] = page.evaluate(RUN, RULES[scheme])
    return violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_serious_violation(bar: Server, visit: Visit, axe: str, scheme: str) -> None:
    page = visit(bar, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    problems = {}
    for view in VIEWS:
        page.evaluate("view => { location.hash = view || '#/'; }", view)
        page.wait_for_timeout(350)
        if violations := found(page, axe, scheme):
            problems[view] = violations
    for address in PAGES:
        page.goto(f"{bar.address}/{address}")
        if violations := found(page, axe, scheme):
            problems[address] = violations
    assert problems == {}


def test_neither_have_suggestions_a_phone_or_the_dialog(
    bar: Server, visit: Visit, axe: str
) -> None:
    page = visit(bar, "#/recipe/new", phone=True, bypass_csp=True)
    page.get_by_role("combobox", name="Search").fill("lime")
    page.wait_for_selector("#search-found [role=option]")
    assert found(page, axe) == []
    page.keyboard.press("Escape")
    page.get_by_label("Name", exact=True).fill("Something")
    page.get_by_role("button", name="Add recipe").click()
    page.wait_for_selector("#sign-in[open]")
    assert found(page, axe) == []
