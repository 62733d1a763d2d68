"""Two that are one, and recipes that make an ingredient."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_accessibility import found_in_both
from tests.web.test_editing import choose, keep_token, tidy
from tests.web.test_panels import ingredient_id

pytestmark = pytest.mark.browser

__all__ = ["tidy"]


def made(server: Server, path: str, **body: Any) -> int:
    """Something new; its id."""
    return int(server.send("POST", f"{path}?confirm=true", body)["id"])


def sour(server: Server, ingredient: int, name: str, **more: Any) -> int:
    lines = [{"ingredient_id": ingredient, "amount": 60, "unit_id": 1}]
    return made(server, "/recipes", name=name, ingredients=lines, **more)


def test_an_ingredient_is_merged_once_it_is_seen_what_moves(
    tidy: Server, visit: Visit, axe: str
) -> None:
    old = made(tidy, "/ingredients", name="Moonshyne", aliases=["White Dog"])
    into = made(tidy, "/ingredients", name="Moonshine")
    recipe = sour(tidy, old, "Moon Sour")
    page = visit(tidy, f"#/ingredient/{old}", bypass_csp=True)
    keep_token(page, tidy)
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge Moonshyne")
    merge = dialog.get_by_role("button", name="Merge", exact=True)
    expect(merge).to_be_disabled()
    choose(page, dialog.get_by_role("combobox"), "Moonshine")
    expect(dialog).to_contain_text("To Moonshine move:1 recipe with it: Moon Sour")
    expect(dialog).to_contain_text("“Moonshyne”, “White Dog” become other names of Moonshine")
    assert found_in_both(page, axe) == []
    merge.click()
    expect(page.locator(".panel h2")).to_have_text("Moonshine")
    expect(page.locator("#toast")).to_contain_text("Moonshyne is Moonshine now.")
    assert tidy.get(f"/ingredients/{into}")["aliases"] == ["Moonshyne", "White Dog"]
    assert tidy.get(f"/recipes/{recipe}")["ingredients"][0]["ingredient_id"] == into


def test_a_merge_that_cannot_be_says_why_and_changes_nothing(tidy: Server, visit: Visit) -> None:
    family = made(tidy, "/ingredients", name="Moonshyne")
    made(tidy, "/ingredients", name="Moonshine", parent_id=family)
    page = visit(tidy, f"#/ingredient/{family}", allow={422})
    keep_token(page, tidy)
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge Moonshyne")
    choose(page, dialog.get_by_role("combobox"), "Moonshine")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("merge it the other way round")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator(".panel h2")).to_have_text("Moonshyne")


def test_a_recipe_is_merged_into_one_that_the_map_does_not_have(tidy: Server, visit: Visit) -> None:
    """The run is older than either: all recipes were made anew since, and have other ids."""
    gin = ingredient_id(tidy, "Gin")
    old, into = sour(tidy, gin, "Negrony"), sour(tidy, gin, "Negroni", source="Our bar")
    page = visit(tidy, f"#/recipe/{old}")
    keep_token(page, tidy)
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge Negrony")
    dialog.get_by_role("combobox").fill("negroni")
    offered = dialog.get_by_role("option")
    expect(offered.filter(has_text="Sbagliato")).to_contain_text("Campari, Sweet Vermouth")
    offered.filter(has_text="Our bar").click()
    expect(dialog).to_contain_text("What Negrony says (its amounts, instructions, notes) is not")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(page).to_have_url(re.compile(f"#/recipe/{into}$"))
    assert tidy.get(f"/recipes/{old}")["id"] == into


def test_a_house_made_recipe_is_found_and_on_the_map_only_if_asked(
    tidy: Server, visit: Visit
) -> None:
    names = {each["name"]: each["id"] for each in tidy.get("/ingredients")["items"]}
    syrup = names["Honey Syrup"]
    sour(tidy, names["Honey"], "House Honey Syrup", source="Our bar", makes_id=syrup)
    page = visit(tidy, f"#/ingredient/{syrup}")
    expect(page.locator(".facts")).to_contain_text("Made fromHoney")
    page.get_by_role("link", name="House Honey Syrup").click()
    expect(page.locator(".panel .pill")).to_have_text("House-made")
    expect(page.locator("#stage")).not_to_have_attribute("data-draft", re.compile("."))
    switch = page.get_by_role("button", name="On the map")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#stage")).to_have_attribute("data-draft", re.compile("house-made"))
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.evaluate("() => { location.hash = '#/ingredients'; }")
    expect(page.locator(".panel")).to_contain_text("Made in the houseHouse Honey SyrupOur bar")
