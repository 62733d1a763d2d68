"""Writing: the map follows by itself, and nothing anybody wrote is lost."""

import re
from typing import Any

import pytest

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser


def sign_in(page: Any, token: str) -> None:
    page.locator("#sign-in").get_by_label("Token").fill(token)
    page.locator("#sign-in").get_by_role("button", name="Use it").click()


def keep_token(page: Any, server: Server) -> None:
    page.evaluate("token => sessionStorage.setItem('token', token)", server.token)


def fill_line(page: Any, place: int, amount: str, name: str) -> None:
    line = page.locator(".lines > li").nth(place)
    line.get_by_label("Amount").fill(amount)
    line.get_by_role("combobox", name="Ingredient").click()
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def write_mezcal_negroni(page: Any, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    for place, ingredient in enumerate(["mezcal", "campari", "sweet verm"]):
        fill_line(page, place, "1", ingredient)


def test_a_new_recipe_appears_at_once_and_the_map_follows(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/new")
    run = page.locator("#stage").get_attribute("data-run")
    write_mezcal_negroni(page, "Smoke Signal")
    page.get_by_text("This is a Negroni variation.").wait_for()
    assert "Mezcal → Gin" in page.locator(".live").inner_text()
    page.get_by_role("button", name="Add recipe").click()
    sign_in(page, bar.token)
    page.wait_for_selector(".panel h2:text-is('Smoke Signal')")
    assert page.locator(".pill").inner_text() == "Provisional"
    assert "Negroni" in page.locator(".similar a").first.inner_text()
    seen = page.evaluate(
        """() => new Promise((resolve) => {
            const seen = [];
            const look = () => {
              const text = document.querySelector("#freshness .text").textContent;
              if (seen.at(-1) !== text) seen.push(text);
              if (document.querySelector("#news").hidden) setTimeout(look, 30);
              else resolve(seen);
            };
            look();
        })"""
    )
    assert any(re.fullmatch(r"Refresh in 0:0\d \(1 change\)", text) for text in seen), seen
    assert any(text.startswith("Computing") for text in seen), seen
    assert page.locator("#stage").get_attribute("data-run") != run
    assert "Smoke Signal is new" in page.locator("#news").inner_text()
    page.wait_for_selector("#stage[data-moving=false]")
    page.locator(".pill").wait_for(state="detached")

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    page.locator(".panel").wait_for(state="hidden")


def test_a_wrong_token_is_refused_and_the_draft_survives(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/new", allow={401, 422})
    page.get_by_label("Name", exact=True).fill("Negroni")
    fill_line(page, 0, "1½", "campari")
    page.get_by_role("button", name="Add recipe").click()
    sign_in(page, "cs_wrong")
    page.get_by_text("does not accept this token").wait_for()
    sign_in(page, bar.token)
    error = page.locator("[aria-invalid=true] ~ .error")
    error.first.wait_for()
    assert "taken" in error.first.inner_text()
    assert page.evaluate("document.activeElement.value") == "Negroni"
    assert page.locator(".lines input").first.input_value() == "1½"


def test_what_the_form_itself_can_tell_needs_no_server(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/new")
    page.wait_for_selector(".lines")
    page.locator(".lines > li").first.get_by_label("Amount").fill("a lot")
    page.get_by_role("button", name="Add recipe").click()
    text = page.locator(".form").inner_text()
    assert "Give it a name." in text
    assert "Choose an ingredient from the list." in text
    assert "Write an amount" in text
    assert page.evaluate("document.activeElement.closest('div').textContent").startswith("Name")


def test_the_apis_problems_stand_at_their_fields(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/new", allow={422})
    keep_token(page, bar)
    page.get_by_label("Name", exact=True).fill("Far too much")
    fill_line(page, 0, "2000000", "campari")
    page.get_by_label("Link to the source").fill("nowhere")
    page.get_by_role("button", name="Add recipe").click()
    page.locator(".lines [aria-invalid=true]").wait_for()
    assert "1000000" in page.locator(".lines .error").first.inner_text().replace(",", "")
    assert page.get_by_label("Link to the source").get_attribute("aria-invalid") == "true"


def test_a_conflict_is_shown_side_by_side(bar: Server, visit: Visit) -> None:
    number = recipe_id(bar, "Negroni")
    before = bar.get(f"/recipes/{number}")
    page = visit(bar, f"#/recipe/{number}/edit", allow={412})
    keep_token(page, bar)
    description = page.get_by_label("What it is like")
    description.fill("Mine")
    draft = {key: before[key] for key in ("name", "instructions", "source", "source_url")}
    draft["ingredients"] = [
        {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
        for line in before["ingredients"]
    ]
    bar.send("PUT", f"/recipes/{number}", {**draft, "description": "Theirs"})
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Somebody changed it meanwhile").wait_for()
    row = page.locator(".conflict tr.differs")
    assert [each.inner_text() for each in row.locator("td").all()] == ["Mine", "Theirs"]
    page.get_by_role("button", name="Take theirs").click()
    assert description.input_value() == "Theirs"
    description.fill("Mine after all")
    bar.send("PUT", f"/recipes/{number}", {**draft, "description": "Theirs again"})
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save mine over it").click()
    page.wait_for_selector(".panel h2:text-is('Negroni')")
    assert bar.get(f"/recipes/{number}")["description"] == "Mine after all"
    bar.send("PUT", f"/recipes/{number}", {**draft, "description": before["description"]})


def test_an_ingredient_is_added_changed_and_deleted(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/ingredient/new")
    keep_token(page, bar)
    page.get_by_label("Name", exact=True).fill("Navy Test Gin")
    page.get_by_role("combobox", name="Family").click()
    page.keyboard.type("Gin")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add ingredient").click()
    page.wait_for_selector(".panel h2:text-is('Navy Test Gin')")
    assert page.locator(".crumbs").inner_text().split() == ["Ingredients", "Spirit", "Gin"]
    page.get_by_role("link", name="Change").click()
    page.get_by_label("What it is").fill("Stronger.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Stronger.").wait_for()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_selector(".panel h2:text-is('Gin')")


def test_an_ingredient_in_use_stays_and_says_why(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/ingredients", allow={409})
    keep_token(page, bar)
    page.locator(".kinds .row", has_text="Spirit").click()
    page.wait_for_selector(".panel h2:text-is('Spirit')")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    page.locator("dialog .error:not(:empty)").wait_for()
    page.get_by_role("button", name="Keep it").click()
