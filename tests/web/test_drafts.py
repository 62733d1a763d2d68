"""What is being written stays, and what is saved is what was written."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_editing import fill_line, keep_token, tidy
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser

__all__ = ["tidy"]

NO_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('full'); };"


def write(page: Any) -> None:
    page.get_by_label("Name", exact=True).fill("Half Done")
    fill_line(page, 0, "1½", "campari")
    page.locator(".lines > li").nth(1).get_by_label("Amount").fill("a bit")


def expect_written(page: Any) -> None:
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half Done")
    lines = page.locator(".lines > li")
    expect(lines.nth(0).get_by_label("Amount")).to_have_value("1½")
    expect(lines.nth(0).get_by_role("combobox", name="Ingredient")).to_have_value("Campari")
    expect(lines.nth(1).get_by_label("Amount")).to_have_value("a bit")


def test_a_draft_survives_leaving_the_form(editable: Server, visit: Visit) -> None:
    page = visit(editable, "#/recipe/new")
    write(page)
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="Go on writing").click()
    expect_written(page)
    page.get_by_role("link", name="Ingredients").click()
    expect(page.locator(".panel h2")).to_have_text("Ingredients")
    page.go_back()
    expect_written(page)
    page.reload()
    expect_written(page)
    page.get_by_role("button", name="Start afresh").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    page.reload()
    expect(page.get_by_role("button", name="Add recipe")).to_be_visible()
    expect(page.get_by_role("button", name="Start afresh")).to_have_count(0)


def test_a_form_that_nobody_touched_leaves_no_draft(editable: Server, visit: Visit) -> None:
    page = visit(editable, f"#/recipe/{recipe_id(editable, 'Negroni')}/edit")
    name = page.get_by_label("Name", exact=True)
    name.fill("Negroni, or not")
    name.fill("Negroni")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator("#toast")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def test_where_nothing_can_be_kept_leaving_asks(editable: Server, visit: Visit) -> None:
    page = visit(
        editable, "#/recipe/new", before=lambda page: page.add_init_script(NO_STORAGE), ready=False
    )
    write(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on writing").click()
    expect_written(page)
    with page.expect_event("dialog") as asked:
        page.evaluate("() => setTimeout(() => location.reload(), 0)")
    assert asked.value.type == "beforeunload"
    asked.value.accept()
    page.wait_for_selector("#stage[data-run]")
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_enter_goes_on_and_saves_nothing(tidy: Server, visit: Visit) -> None:
    page = visit(tidy, "#/recipe/new")
    keep_token(page, tidy)
    name = page.get_by_label("Name", exact=True)
    name.focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Give it a name.")).to_be_visible()
    expect(name).to_be_focused()
    name.fill("Not yet")
    fill_line(page, 0, "1", "campari")
    amount = page.locator(".lines > li").first.get_by_label("Amount")
    amount.focus()
    page.keyboard.press("Enter")
    expect(amount).not_to_be_focused()
    expect(page.get_by_role("button", name="Add recipe")).to_be_enabled()
    assert tidy.get("/recipes?name=Not%20yet")["items"] == []
    page.keyboard.press("Control+Enter")
    expect(page.locator(".panel h2")).to_have_text("Not yet")


def test_saving_changes_only_what_was_touched(tidy: Server, visit: Visit) -> None:
    campari = next(i["id"] for i in tidy.get("/ingredients")["items"] if i["name"] == "Campari")
    ounce = next(unit["id"] for unit in tidy.get("/units")["items"] if unit["name"] == "Ounce")
    lines = [
        {"ingredient_id": campari, "amount": amount, "unit_id": ounce}
        for amount in (0.3349, 1 / 3, 0.12345)
    ]
    made = tidy.send(
        "POST", "/recipes", {"name": "Exact", "instructions": " Stir.\n ", "ingredients": lines}
    )
    page = visit(tidy, f"#/recipe/{made['id']}/edit")
    keep_token(page, tidy)
    page.get_by_label("What it is like").fill("Exact.")
    page.locator(".lines > li").nth(2).get_by_label("Amount").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".panel h2")).to_have_text("Exact")
    saved = tidy.get(f"/recipes/{made['id']}")
    assert [line["amount"] for line in saved["ingredients"]] == [0.3349, 1 / 3, 2]
    assert saved["instructions"] == made["instructions"]
    assert saved["description"] == "Exact."


def test_an_amount_with_its_unit_and_ingredient_is_taken_apart(
    editable: Server, visit: Visit
) -> None:
    page = visit(editable, "#/recipe/new")
    line = page.locator(".lines > li").first
    amount, unit = line.get_by_label("Amount"), line.get_by_label("Unit")
    amount.fill("60ml")
    amount.blur()
    expect(amount).to_have_value("60")
    expect(unit.locator("option:checked")).to_have_text("ml")
    amount.fill("2 oz lime juice")
    amount.blur()
    expect(amount).to_have_value("2")
    expect(unit.locator("option:checked")).to_have_text("oz")
    expect(line.get_by_role("combobox", name="Ingredient")).to_have_value("lime juice")
    amount.fill("1,000")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".form")).to_contain_text("Write 1 or 1000.")


def lines_to_move(page: Any) -> Callable[..., None]:
    """Three lines in a new recipe; gives a function that expects them in an order."""
    for place, name in enumerate(["campari", "mezcal", "cognac"]):
        fill_line(page, place, "1", name)
    names = page.locator(".lines").get_by_role("combobox", name="Ingredient")

    def expect_order(*wanted: str) -> None:
        for place, name in enumerate(wanted):
            expect(names.nth(place)).to_have_value(re.compile(name, re.IGNORECASE))

    expect_order("campari", "mezcal", "cognac")
    return expect_order


def test_lines_are_moved_by_keyboard(editable: Server, visit: Visit) -> None:
    page = visit(editable, "#/recipe/new")
    expect_order = lines_to_move(page)
    handles = page.get_by_role("button", name=re.compile("Move this ingredient"))
    handles.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect_order("mezcal", "campari", "cognac")
    expect(handles.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect_order("campari", "mezcal", "cognac")


def middle(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("by", ["finger", "mouse"])
def test_lines_are_dragged(editable: Server, visit: Visit, by: str) -> None:
    phone = by == "finger"
    page = visit(editable, "#/recipe/new", phone=phone)
    expect_order = lines_to_move(page)
    if phone:
        page.get_by_role("button", name="Larger or smaller").click()
    handles = page.get_by_role("button", name=re.compile("Move this ingredient"))
    handles.nth(0).scroll_into_view_if_needed()
    x, y = middle(handles.nth(0))
    line = page.locator(".lines > li")
    _, third = middle(line.nth(2))
    touch = page.context.new_cdp_session(page) if phone else None
    steps = [y + (third + 8 - y) * part / 8 for part in range(9)]

    def act(kind: str, at: float) -> None:
        if touch:
            points = [] if kind == "touchEnd" else [{"x": x, "y": at}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        elif kind == "touchMove":
            page.mouse.move(x, at)
        else:
            page.mouse.move(x, at)
            (page.mouse.down if kind == "touchStart" else page.mouse.up)()

    act("touchStart", y)
    for at in steps[1:]:
        act("touchMove", at)
    act("touchEnd", steps[-1])
    expect_order("mezcal", "cognac", "campari")
    expect(page.locator(".lines .moving")).to_have_count(0)
