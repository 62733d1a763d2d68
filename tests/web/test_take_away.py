"""Amounts in the units that one likes, and recipes to take away."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_editing import keep_token, tidy
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser

__all__ = ["tidy"]


def test_amounts_are_shown_in_the_units_that_were_chosen(starter: Server, visit: Visit) -> None:
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Negroni')}")
    amounts = page.locator(".measures tbody td:last-child")
    expect(amounts).to_have_text(["30 ml"] * 3)
    page.locator(".segments label", has_text="oz").click()
    expect(amounts).to_have_text(["1 oz"] * 3)
    expect(page.locator(".similar .why").first).to_contain_text("oz")
    page.get_by_role("button", name="More servings").click()
    expect(amounts).to_have_text(["2 oz"] * 3)
    expect(page.locator(".servings output")).to_have_text("2 servings")
    page.reload()
    expect(amounts).to_have_text(["1 oz"] * 3)


def test_a_recipe_is_copied_as_text_as_it_is_shown(starter: Server, visit: Visit) -> None:
    number = recipe_id(starter, "Negroni")
    page = visit(starter, f"#/recipe/{number}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="More servings").click()
    page.get_by_role("button", name="Copy as text").click()
    expect(page.locator("#toast")).to_contain_text("The recipe is copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Negroni\n\n60 ml London Dry Gin\n")
    assert text.endswith(f"/recipe/{number}")


SHEET = """window.shared = [];
navigator.share = async (sent) => {
  window.shared.push(sent);
  if (window.refusal) throw new DOMException("", window.refusal);
};"""


def test_a_phones_sheet_gets_the_recipe_and_where_it_fails_the_link_is_copied(
    starter: Server, visit: Visit
) -> None:
    number = recipe_id(starter, "Negroni")
    page = visit(
        starter,
        f"#/recipe/{number}",
        phone=True,
        permissions=["clipboard-read", "clipboard-write"],
        before=lambda page: page.add_init_script(SHEET),
    )
    share, toast = page.get_by_role("button", name="Share"), page.locator("#toast")
    share.tap()
    page.wait_for_function("() => window.shared.length === 1")
    (sent,) = page.evaluate("window.shared")
    link = f"{starter.address}/recipe/{number}"
    assert (sent["title"], sent["url"]) == ("Negroni", link)
    assert sent["text"].startswith("Negroni\n\n30 ml London Dry Gin\n")
    assert link not in sent["text"]  # apps put the address after the text
    page.evaluate("window.refusal = 'AbortError'")  # somebody closed the sheet
    share.tap()
    page.wait_for_function("() => window.shared.length === 2")
    expect(toast).to_be_hidden()
    page.evaluate("window.refusal = 'NotAllowedError'")
    share.tap()
    expect(toast).to_contain_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_print_has_the_recipe_and_nothing_around_it(starter: Server, visit: Visit) -> None:
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Negroni')}")
    expect(page.locator(".similar")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".measures")).to_be_visible()
    for around in ("header.top", ".map", ".panel .tools", ".panel .actions >> nth=0", ".similar"):
        expect(page.locator(around)).to_be_hidden()
    page.emulate_media(media="screen")


def test_the_print_button_adds_a_code_that_leads_back(starter: Server, visit: Visit) -> None:
    def no_dialog(page: object) -> None:
        page.add_init_script("window.print = () => { window.printed = true; };")  # type: ignore[attr-defined]

    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Negroni')}", before=no_dialog)
    code = page.locator(".panel .qr")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("() => window.printed")
    expect(code).to_be_hidden()
    page.emulate_media(media="print")
    expect(code).to_be_visible()
    assert page.evaluate("() => document.querySelector('.panel .qr').naturalWidth > 0")


def test_a_list_is_printed_as_a_menu(starter: Server, visit: Visit) -> None:
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Negroni')}")
    for name in ("Negroni", "Daiquiri"):
        page.evaluate("id => { location.hash = `#/recipe/${id}`; }", recipe_id(starter, name))
        expect(page.locator(".panel h2")).to_have_text(name)
        page.locator(".opinion").get_by_label("New list").fill("Friday, 100 %")
        page.keyboard.press("Enter")
    page.evaluate("() => { location.hash = '#/bar'; }")
    page.get_by_role("link", name="Friday, 100 % as a menu").click()
    expect(page.locator(".panel h2")).to_have_text("Friday, 100 %")
    expect(page.locator(".menu a")).to_have_text(["Negroni", "Daiquiri"])
    expect(page.locator(".menu p").nth(1)).to_have_text("White Rum · Lime Juice · Simple Syrup")
    page.reload()
    expect(page.locator(".menu a")).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.locator(".menu")).to_be_visible()
    expect(page.locator(".panel .actions")).to_be_hidden()


def test_a_recipe_is_the_beginning_of_a_variation(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, f"#/recipe/{recipe_id(tidy, 'Negroni')}")
    keep_token(page, tidy)
    page.get_by_role("link", name="Make a variation").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Negroni, my way")
    page.locator(".lines > li").first.get_by_label("Amount").fill("45")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".panel h2")).to_have_text("Negroni, my way")
    expect(page.locator(".measures tbody td:last-child").first).to_have_text("45 ml")
    assert len(tidy.get("/recipes?name=Negroni")["items"]) >= 2


def test_deleting_can_be_undone(tidy: Server, visit: Visit) -> None:
    number = recipe_id(tidy, "Daiquiri")  # which is not on the map any more, for who comes next
    before = tidy.get(f"/recipes/{number}")
    page = visit(tidy, f"#/recipe/{number}", allow={404})
    keep_token(page, tidy)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".panel h2")).to_have_text("Daiquiri")
    expect(page).to_have_url(re.compile(r"#/recipe/\d+$"))
    again = int(re.findall(r"\d+$", page.url)[0])
    passing = {"id", "created_at", "updated_at"}
    after = tidy.get(f"/recipes/{again}")
    assert {k: v for k, v in after.items() if k not in passing} == {
        k: v for k, v in before.items() if k not in passing
    }
