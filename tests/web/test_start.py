"""Somebody's first evening with recipes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import NEVER, Server, copy_published, running
from tests.web.test_accessibility import found
from tests.web.test_editing import keep_token

pytestmark = pytest.mark.browser


@pytest.fixture
def begun(tmp_path: Path, published: Path) -> Iterator[Server]:
    """The starter catalogue as it came."""
    copy_published(published, tmp_path)
    with running(tmp_path) as server:
        yield server


def test_one_starts_empty_and_thinks_better_of_it(begun: Server, visit: Visit, axe: str) -> None:
    page = visit(begun, bypass_csp=True)
    keep_token(page, begun)
    page.get_by_role("link", name="Start with your own recipes").click()
    panel = page.locator(".panel")
    expect(panel).to_contain_text("126 recipes are here to begin with")
    assert found(page, axe) == []
    panel.get_by_role("button", name="Start empty").click()
    dialog = page.get_by_role("dialog", name="Start empty?")
    expect(dialog).to_contain_text("126 recipes go")
    assert found(page, axe) == []
    dialog.get_by_role("button", name="Take them away").click()
    expect(page.locator("#toast")).to_contain_text("126 recipes are gone.")
    expect(page.locator("#notice")).to_contain_text("Nothing to map yet. Add the first recipe")
    assert begun.get("/recipes")["total"] == 0
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#stage")).to_have_attribute("data-shown", "126")
    assert begun.get("/recipes")["total"] == 126


def test_an_empty_server_offers_the_first_recipe(tmp_path: Path, visit: Visit) -> None:
    settings = {"STARTER_CATALOGUE": "none", "ANALYTICS_DEBOUNCE_MINUTES": NEVER}
    with running(tmp_path, **settings) as server:
        page = visit(server, ready=False, allow={503})
        expect(page.locator("#notice")).to_contain_text("Nothing to map yet. Add the first recipe")
        first = page.get_by_role("link", name="Add the first recipe")
        first.focus()
        with page.expect_response("**/api/v1/refresh"):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true)))")
        expect(first).to_be_focused()  # news of the state leaves what is there alone
        first.click()
        expect(page.locator(".panel h2")).to_have_text("New recipe")
        keep_token(page, server)
        page.get_by_label("Name", exact=True).fill("Neat")
        line = page.locator(".lines > li").first
        line.get_by_label("Amount").fill("60")
        line.get_by_role("combobox", name="Ingredient").fill("Bourbon")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Add ingredient").click()
        page.get_by_role("button", name="Add recipe").click()
        panel = page.locator(".panel")
        expect(panel.locator("h2")).to_have_text("Neat")  # there is no map yet
        expect(panel).to_contain_text("The next refresh gives it its place.")
        panel.get_by_role("link", name="Bourbon").click()
        expect(panel.locator("h2")).to_have_text("Bourbon")
        expect(panel).to_contain_text("In 1 recipe.")
        panel.get_by_role("link", name="Ingredients", exact=True).click()
        expect(panel).to_contain_text("It comes with the first map")
        server.send("POST", "/refresh")
        expect(panel).to_contain_text("1 ingredient in 1 family.")
        expect(page.locator("#stage")).to_have_attribute("data-shown", "1")
