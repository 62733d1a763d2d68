"""Bringing in a file or a pasted text: planned, decided, carried out, watched, undone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server, copy_published, running
from tests.web.test_accessibility import found_in_both
from tests.web.test_editing import choose, keep_token, sign_in, tidy
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser

__all__ = ["tidy"]

RECIPES = [
    {"name": "Red Hook", "ingredients": ["2 oz rye", "1/2 oz Grumble", "1/2 oz maraschino"]},
    {"name": "Peppery", "ingredients": ["2 oz pepper vodka", "a bit of everything and nothing"]},
    {"name": "Negroni", "notes": "Ours.", "ingredients": ["1 oz gin", "1 oz campari"]},
]
FILE = {"name": "mine.json", "mimeType": "application/json", "buffer": json.dumps(RECIPES).encode()}
TABLE = b"What we call it;Booze 1;How much 1\nRed Hook;Rye;2 oz\n"
TEXT = "Red Hook\n\n2 oz rye\n1/2 oz Grumble\nStir and strain.\n"
DROP = """file => {
  const data = new DataTransfer();
  data.items.add(new File([file.text], file.name));
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  const drag = kind => document.body.dispatchEvent(new DragEvent(kind, options));
  for (const kind of ["dragenter", "dragover"])
    drag(kind);
  drag("drop");
}"""


def open_import(visit: Visit, server: Server, **options: Any) -> Any:
    """The way in, for somebody who may edit."""
    page = visit(server, **options)
    keep_token(page, server)
    page.evaluate("() => { location.hash = '#/import'; }")
    expect(page.locator(".drop")).to_be_visible()
    return page


def send(page: Any, file: Any = FILE) -> None:
    page.set_input_files("input[type=file]", file)
    expect(page.locator(".actions.decide")).to_be_visible()


def card(page: Any, text: str) -> Any:
    return page.get_by_role("group", name=re.compile(text))


def kept(page: Any) -> None:
    """Until every decision has reached the server."""
    expect(page.locator(".import[aria-busy]")).to_have_count(0)


def test_a_file_fills_the_map_and_is_taken_back_as_a_whole(
    tmp_path: Path, published: Path, visit: Visit
) -> None:
    copy_published(published, tmp_path)
    with running(tmp_path) as server:
        before = server.get("/catalogue/export")
        page = open_import(visit, server)
        send(page)
        expect(page.locator(".import .lede")).to_contain_text("2 new, 1 filled in")
        page.get_by_role("button", name="Accept all that are certain").click()
        page.get_by_role("button", name="The rest under Unsorted").click()
        expect(page.locator(".actions.decide")).to_contain_text("Everything is decided.")
        page.get_by_role("button", name="Bring in 3 recipes").click()
        expect(page.locator(".import .lede")).to_contain_text("Brought in from mine.json")
        expect(page.locator(".import .lede")).to_be_focused()
        expect(page.locator("#news")).to_contain_text("Red Hook")
        expect(page.locator(".import")).to_contain_text("The map shows it.")
        page.reload()  # with the map there before what was done
        expect(page.locator(".import")).to_contain_text("The map shows it.")
        page.get_by_role("button", name="Undo all of it").click()
        expect(page.locator(".import .lede")).to_have_text("Undone: everything is as it was.")
        assert server.get("/catalogue/export") == before
        page.goto("about:blank")


def test_what_was_decided_is_there_after_a_reload_and_found_again(
    tidy: Server, visit: Visit
) -> None:
    page = open_import(visit, tidy)
    send(page, FILE | {"name": "half done.json"})
    card(page, "under Unsorted").get_by_label("Under Unsorted").check()
    page.get_by_label("all that the file says").check()
    page.get_by_label("Source of recipes that name none").fill("Aunt Mary")
    page.get_by_label("Source of recipes that name none").blur()
    kept(page)
    page.reload()
    expect(card(page, "under Unsorted").get_by_label("Under Unsorted")).to_be_checked()
    expect(page.get_by_label("all that the file says")).to_be_checked()
    expect(page.get_by_label("Source of recipes that name none")).to_have_value("Aunt Mary")
    page.evaluate("() => { location.hash = '#/import'; }")
    page.get_by_role("link", name=re.compile("half done.json")).first.click()
    expect(page.get_by_label("all that the file says")).to_be_checked()
    page.get_by_role("button", name="Discard the plan").click()
    expect(page.locator(".drop")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("half done.json"))).to_have_count(0)


def test_names_are_decided_one_by_one_and_by_keyboard(tidy: Server, visit: Visit) -> None:
    page = open_import(visit, tidy)
    send(page)
    page.get_by_text("names are certain").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Change what “gin” is").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".named .combobox input")).to_be_focused()
    page.keyboard.type("plymouth")
    page.keyboard.press("Enter")
    expect(page.locator(".named", has_text="gin").first).to_contain_text("→ Plymouth Gin")
    grumble = card(page, "under Unsorted")
    grumble.get_by_label("Elsewhere").focus()
    page.keyboard.press("Space")
    family = page.get_by_role("combobox", name="Which family")
    expect(family).to_be_focused()
    choose(page, family, "Amaro")
    kept(page)
    page.get_by_role("button", name="Accept all that are certain").click()
    page.get_by_role("button", name="Bring in 3 recipes").click()
    expect(page.locator(".import .lede")).to_contain_text("Brought in")
    tree = {each["name"]: each for each in tidy.get("/ingredients")["items"]}
    assert tree["Grumble"]["parent_id"] == tree["Amaro"]["id"]
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".import .lede")).to_contain_text("Undone")


def test_an_open_question_is_gone_to_before_anything_is_brought_in(
    tidy: Server, visit: Visit
) -> None:
    page = open_import(visit, tidy)
    send(page)
    page.get_by_role("button", name="Bring in 3 recipes").click()
    expect(page.locator(".decision.open input").first).to_be_focused()
    assert tidy.get("/recipes?name=Red%20Hook")["items"] == []


def test_what_was_not_understood_and_what_is_shown_nowhere_is_said(
    tidy: Server, visit: Visit
) -> None:
    page = open_import(visit, tidy)
    recipes = [{"name": "Odd", "mood": "low", "ingredients": ["2 oz rye", "2 oz"]}]
    send(page, FILE | {"buffer": json.dumps(recipes).encode()})
    expect(page.locator("details", has_text="Not understood: 1 line")).to_contain_text("“2 oz” Odd")
    page.get_by_text("Kept, but shown nowhere: 1 key").click()
    page.get_by_label("“mood”").select_option("a category")
    page.get_by_role("button", name="Read it so").click()
    expect(page.get_by_text("Kept, but shown nowhere")).to_have_count(0)


def test_columns_that_say_nothing_are_asked_about(tidy: Server, visit: Visit) -> None:
    page = open_import(visit, tidy, allow={422})
    page.set_input_files(
        "input[type=file]", {"name": "odd.csv", "mimeType": "text/csv", "buffer": TABLE}
    )
    page.get_by_label("“What we call it”").select_option("the drink's name")
    page.get_by_label("“Booze 1”").select_option("an ingredient")
    page.get_by_label("“How much 1”").select_option("how much of it")
    page.get_by_role("button", name="Read it so").click()
    expect(page.locator(".import .lede")).to_contain_text("1 new")


def test_a_text_is_pasted_and_what_is_no_recipe_is_said(tidy: Server, visit: Visit) -> None:
    page = open_import(visit, tidy, allow={422})
    box = page.get_by_label("Or paste a text")
    box.fill("hello")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("alert")).to_contain_text("no recipes were found")
    box.fill(TEXT)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".import .lede")).to_contain_text("1 new")


def test_a_file_can_be_dropped_anywhere(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, f"#/recipe/{recipe_id(tidy, 'Negroni')}")
    keep_token(page, tidy)
    page.evaluate(DROP, {"text": TEXT, "name": "dropped.txt"})
    expect(page.locator(".import .lede")).to_contain_text("dropped.txt")


def test_whoever_is_not_signed_in_is_told_how(editable: Server, visit: Visit) -> None:
    page = visit(editable, "#/recipe/new")
    page.get_by_role("link", name="Bring in a file or a list").click()
    expect(page.locator(".panel")).to_contain_text("cocktailspace token new NAME --role editor")
    expect(page.locator(".drop")).to_have_count(0)
    page.locator(".panel").get_by_role("button", name="Sign in").click()
    sign_in(page, editable.token)
    expect(page.locator(".drop")).to_be_visible()


def test_a_plan_that_is_gone_is_said_and_begun_anew(editable: Server, visit: Visit) -> None:
    page = open_import(visit, editable, allow={404})
    page.evaluate("() => { location.hash = '#/import/' + '0'.repeat(32); }")
    expect(page.get_by_role("alert").first).to_contain_text("This plan is not here any more")
    expect(page.locator(".drop")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_no_step_has_a_serious_violation(tidy: Server, visit: Visit, axe: str, phone: bool) -> None:
    page = open_import(visit, tidy, bypass_csp=True, phone=phone, allow={422})
    problems = {"start": found_in_both(page, axe)}
    page.set_input_files(
        "input[type=file]", {"name": "odd.csv", "mimeType": "text/csv", "buffer": TABLE}
    )
    expect(page.get_by_label("“Booze 1”")).to_be_visible()
    problems["columns"] = found_in_both(page, axe)
    send(page)
    page.get_by_text("names are certain").click()
    page.get_by_role("button", name="Change what “gin” is").click()
    problems["plan"] = found_in_both(page, axe)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="The rest under Unsorted").click()
    kept(page)
    page.get_by_role("button", name="Bring in 3 recipes").click()
    undo = page.get_by_role("button", name="Undo all of it")
    expect(undo).to_be_visible()
    problems["done"] = found_in_both(page, axe)
    undo.click()
    expect(page.locator(".import .lede")).to_contain_text("Undone")
    assert not any(problems.values()), problems
