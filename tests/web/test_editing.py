"""Writing: the map follows by itself, and nothing anybody wrote is lost."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import nothing_published
from tests.web.conftest import Visit
from tests.web.server import Server, copy_published, running
from tests.web.test_accessibility import found
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser


NEVER_CLOSED = "addEventListener('close', (event) => event.stopImmediatePropagation(), true)"
"""A dialog says that it is closed after one can click on what it covered: here never."""


def sign_in(page: Any, token: str) -> None:
    page.locator("#sign-in").get_by_label("Token").fill(token)
    page.locator("#sign-in").get_by_role("button", name="Use it").click()


def keep_token(page: Any, server: Server) -> None:
    page.evaluate("token => sessionStorage.setItem('token', token)", server.token)


def fill_line(page: Any, place: int, amount: str, name: str) -> None:
    line = page.locator(".lines > li").nth(place)
    line.get_by_label("Amount").fill(amount)
    choose(page, line.get_by_role("combobox", name="Ingredient"), name)


def choose(page: Any, box: Any, name: str) -> None:
    """Type a name ahead and take the first that is offered."""
    box.fill("")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-expanded", "false")


def write_mezcal_negroni(page: Any, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    for place, ingredient in enumerate(["mezcal", "campari", "sweet verm"]):
        fill_line(page, place, "1", ingredient)


@pytest.fixture
def tidy(editable: Server) -> Iterator[Server]:
    """The server, with everything as it was before, whatever becomes of the test."""
    before = editable.get("/catalogue/export")
    yield editable
    editable.send("POST", "/catalogue/import?replace=true", before)


def test_a_new_recipe_appears_at_once_and_the_map_follows(
    tmp_path: Path, published: Path, visit: Visit, axe: str
) -> None:
    copy_published(published, tmp_path)
    with running(tmp_path) as server:
        page = visit(server, "#/recipe/new", bypass_csp=True, reduced_motion="no-preference")
        run = page.locator("#stage").get_attribute("data-run")
        write_mezcal_negroni(page, "Smoke Signal")
        live = page.locator(".live")
        expect(live).to_contain_text("This is close to Negroni.")
        expect(live).to_contain_text(re.compile("close: swap .*Mezcal for .*Gin"))
        assert found(page, axe) == []
        with nothing_published(tmp_path / "artifacts"):
            page.get_by_role("button", name="Add recipe").click()
            sign_in(page, server.token)
            expect(page.locator(".panel h2")).to_have_text("Smoke Signal")
            expect(page.locator(".pill")).to_have_text("Provisional")
            expect(page.locator(".similar a").first).to_contain_text("Negroni")
            expect(page.locator("#freshness .text")).to_contain_text("Computing")
            expect(page.locator("#stage")).to_have_attribute("data-run", run)
        expect(page.locator("#news")).to_contain_text("New: Smoke Signal")
        expect(page.locator("#stage")).not_to_have_attribute("data-run", run)
        expect(page.locator("#stage")).to_have_attribute("data-moving", "false")
        expect(page.locator(".pill")).to_have_count(0)
        assert found(page, axe) == []
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete it").click()
        expect(page.locator(".panel")).to_be_hidden()
        page.goto("about:blank")


def test_what_is_written_shows_before_any_refresh(tidy: Server, visit: Visit, axe: str) -> None:
    page = visit(tidy, "#/recipe/new", bypass_csp=True)
    keep_token(page, tidy)
    stage, pill, heading = (page.locator(each) for each in ("#stage", ".pill", ".panel h2"))
    write_mezcal_negroni(page, "Smoke Signal")
    page.get_by_role("button", name="Add recipe").click()
    expect(pill).to_have_text("Provisional")
    waits = re.compile(r"^Refresh in .+ \(\d+ changes?\)$")
    expect(page.locator("#freshness .text")).to_have_text(waits)
    page.reload()  # as anybody else finds it
    expect(pill).to_have_text("Provisional")
    expect(page.locator(".similar .name").first).to_have_text("Negroni")
    expect(page.locator(".similar .why").first).to_contain_text("Mezcal for")
    assert found(page, axe) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    assert found(page, axe) == []
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator(".panel")).to_be_hidden()

    number, recipes = recipe_id(tidy, "Negroni"), int(stage.get_attribute("data-shown"))
    page.evaluate("address => { location.hash = address; }", f"#/recipe/{number}/edit")
    fill_line(page, 0, "3", "mezcal")
    page.get_by_role("button", name="Save").click()
    expect(heading).to_have_text("Negroni")
    expect(pill).to_have_text("Provisional")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(stage).to_have_attribute("data-shown", str(recipes - 1))


def test_names_are_typed_ahead(editable: Server, visit: Visit) -> None:
    page = visit(editable, "#/recipe/new")
    box = page.locator(".lines").get_by_role("combobox", name="Ingredient").first
    box.click()
    page.keyboard.type("gin dry")
    expect(page.locator(".combobox [role=option]").first).to_contain_text("London Dry Gin")
    page.keyboard.press("Tab")
    expect(box).to_have_value("London Dry Gin")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("campari")
    expect(page.locator(".combobox mark").first).to_have_text("Campari")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".panel .form")).to_be_visible()


def test_an_ingredient_that_is_not_there_is_made_on_the_way(
    tidy: Server, visit: Visit, axe: str
) -> None:
    page = visit(tidy, "#/recipe/new", bypass_csp=True)
    keep_token(page, tidy)
    page.get_by_label("Name", exact=True).fill("Test Sour")
    box = page.locator(".lines").get_by_role("combobox", name="Ingredient").first
    choose(page, box, "Quince Test Brandy")
    dialog = page.get_by_role("dialog", name="New ingredient")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Quince Test Brandy")
    assert found(page, axe) == []
    page.evaluate(NEVER_CLOSED)
    choose(page, dialog.get_by_role("combobox", name="Family"), "Brandy")
    dialog.get_by_role("button", name="Add ingredient").click()
    expect(dialog).to_be_hidden()
    expect(box).to_have_value("Quince Test Brandy")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".panel h2")).to_have_text("Test Sour")
    expect(page.locator(".measures tbody")).to_contain_text("Quince Test Brandy")


def test_a_wrong_token_is_refused_and_the_draft_survives(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, "#/recipe/new", allow={401, 422})
    name = page.get_by_label("Name", exact=True)
    name.fill("Negroni")
    page.get_by_label("Source (optional)", exact=True).fill("IBA")
    fill_line(page, 0, "1½", "campari")
    page.get_by_role("button", name="Add recipe").click()
    sign_in(page, "cs_wrong")
    expect(page.get_by_text("does not accept this token")).to_be_visible()
    sign_in(page, tidy.token)
    expect(page.locator("[aria-invalid=true] ~ .error").first).to_contain_text("taken")
    expect(name).to_be_focused()
    expect(name).to_have_value("Negroni")
    expect(page.locator(".lines input").first).to_have_value("1½")


def test_a_recipe_sent_again_because_the_answer_was_lost_is_one(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, "#/recipe/new", allow_failed=True)
    keep_token(page, tidy)
    write_mezcal_negroni(page, "Twice Sent")
    sent: list[int] = []

    def lose_the_first_answer(route: Any) -> None:
        answer = route.fetch()
        sent.append(answer.status)
        if len(sent) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/api/v1/recipes", lose_the_first_answer)
    add = page.get_by_role("button", name="Add recipe")
    add.click()
    expect(page.locator(".form [role=alert]")).to_contain_text("cannot be reached")
    add.click()
    expect(page.locator(".panel h2")).to_have_text("Twice Sent")
    assert sent == [201, 201]
    found = tidy.get("/recipes?name=Twice%20Sent")["items"]
    assert [recipe["name"] for recipe in found] == ["Twice Sent"]


def test_what_the_form_itself_can_tell_needs_no_server(editable: Server, visit: Visit) -> None:
    page = visit(editable, "#/recipe/new")
    page.locator(".lines > li").first.get_by_label("Amount").fill("a lot")
    page.get_by_role("button", name="Add recipe").click()
    form = page.locator(".form")
    expect(form).to_contain_text("Give it a name.")
    expect(form).to_contain_text("Choose an ingredient from the list.")
    expect(form).to_contain_text("Write an amount")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_the_apis_problems_stand_at_their_fields(tidy: Server, visit: Visit, axe: str) -> None:
    page = visit(tidy, "#/recipe/new", allow={422}, bypass_csp=True)
    keep_token(page, tidy)
    page.get_by_label("Name", exact=True).fill("Far too much")
    fill_line(page, 0, "2000000", "campari")
    link = page.get_by_label("Link to the source")
    link.fill("nowhere")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".lines .error").first).to_contain_text(re.compile("1,?000,?000"))
    expect(link).to_have_attribute("aria-invalid", "true")
    assert found(page, axe) == []


def test_a_conflict_is_shown_side_by_side(tidy: Server, visit: Visit, axe: str) -> None:
    number = recipe_id(tidy, "Negroni")
    before = tidy.get(f"/recipes/{number}")
    draft = {key: before[key] for key in ("name", "instructions", "source", "source_url")}
    draft["ingredients"] = [
        {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
        for line in before["ingredients"]
    ]
    page = visit(tidy, f"#/recipe/{number}/edit", allow={412}, bypass_csp=True)
    keep_token(page, tidy)
    description = page.get_by_label("What it is like")
    description.fill("Mine")
    tidy.send("PUT", f"/recipes/{number}", {**draft, "description": "Theirs"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed it meanwhile")).to_be_visible()
    expect(page.locator(".conflict tr.differs td")).to_have_text(["Mine", "Theirs"])
    expect(page.locator(".conflict").locator("xpath=../h3")).to_be_focused()
    assert found(page, axe) == []
    page.get_by_role("button", name="Take theirs").click()
    expect(description).to_have_value("Theirs")
    description.fill("Mine after all")
    tidy.send("PUT", f"/recipes/{number}", {**draft, "description": "Theirs again"})
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.locator(".panel h2")).to_have_text("Negroni")
    assert tidy.get(f"/recipes/{number}")["description"] == "Mine after all"


def test_an_ingredient_is_added_changed_and_deleted(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, "#/ingredient/new")
    heading = page.locator(".panel h2")
    keep_token(page, tidy)
    page.get_by_label("Name", exact=True).fill("Navy Test Gin")
    choose(page, page.get_by_role("combobox", name="Family"), "Gin")
    page.get_by_role("button", name="Add ingredient").click()
    expect(heading).to_have_text("Navy Test Gin")
    expect(page.locator(".crumbs a")).to_have_text(["Ingredients", "Spirit", "Gin"])
    page.get_by_role("link", name="Change").click()
    page.get_by_label("What it is").fill("Stronger.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".panel .lede").first).to_have_text("Stronger.")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(heading).to_have_text("Gin")


def test_an_ingredient_in_use_stays_and_says_why(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, "#/ingredients", allow={409})
    keep_token(page, tidy)
    page.locator(".kinds .row", has_text="Spirit").click()
    expect(page.locator(".panel h2")).to_have_text("Spirit")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("dialog .error")).to_contain_text("Spirit")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
