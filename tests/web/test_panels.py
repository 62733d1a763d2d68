"""What stands beside the map."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser


def recipe_id(server: Server, name: str) -> int:
    items = server.get(f"/recipes?name={name.replace(' ', '%20')}")["items"]
    return next(int(each["id"]) for each in items if each["name"] == name)


def ingredient_id(server: Server, name: str) -> int:
    items = server.get("/ingredients")["items"]
    return next(int(each["id"]) for each in items if each["name"] == name)


def test_a_recipe_has_measures_method_and_kin(bar: Server, visit: Visit) -> None:
    page = visit(bar, f"#/recipe/{recipe_id(bar, 'Negroni')}")
    panel = page.locator(".panel")
    for part in ("London Dry Gin", "Spirit › Gin", "30", "How it is made", "Similar cocktails"):
        expect(panel).to_contain_text(part)
    expect(page.locator(".measures tbody tr")).to_have_count(3)
    expect(page.locator(".similar a")).to_have_count(10)
    expect(page).to_have_title(re.compile("^Negroni"))


def test_a_gin_and_tonic_is_a_gin_drink(bar: Server, visit: Visit) -> None:
    page = visit(bar, f"#/recipe/{recipe_id(bar, 'Gin and Tonic')}")
    expect(page.locator(".crumbs a")).to_have_text(["Spirit", "Gin", "London Dry Gin"])
    page.locator("#legend button", has_text="Mixer").click()
    page.keyboard.press("Escape")
    mixers = page.locator("#legend button", has_text="Mixer").locator("span")
    expect(page.locator("#stage")).to_have_attribute("data-shown", mixers.inner_text())


def test_ingredients_drill_down_to_recipes(bar: Server, visit: Visit) -> None:
    usage = {row["name"]: row for row in bar.get("/analytics/ingredient-usage")["data"]}
    expected = usage["Gin"]["hierarchical_recipes"]
    page = visit(bar, "#/ingredients")
    heading = page.locator(".panel h2")
    page.locator(".kinds .row", has_text="Spirit").click()
    expect(heading).to_have_text("Spirit")
    page.locator(".kinds .row", has_text="Gin").first.click()
    expect(heading).to_have_text("Gin")
    expect(page.locator(".crumbs a")).to_have_text(["Ingredients", "Spirit"])
    expect(page.locator(".panel")).to_contain_text(f"In {expected} recipes")
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(expected))
    page.go_back()
    expect(heading).to_have_text("Spirit")


def test_an_ingredient_names_its_substitutes(bar: Server, visit: Visit) -> None:
    page = visit(bar, f"#/ingredient/{ingredient_id(bar, 'Mezcal')}")
    substitutes = page.locator(".substitutes .row")
    expect(substitutes).to_have_count(6)
    name = substitutes.first.locator(".name").inner_text()
    substitutes.first.click()
    expect(page.locator(".panel h2")).to_have_text(name)


def test_the_icicle_is_a_way_down_too(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/ingredients")
    page.locator(".icicle a", has_text="Juice").first.click()
    expect(page.locator(".panel h2")).to_have_text("Juice")


def test_complexity_leads_to_the_recipes(bar: Server, visit: Visit) -> None:
    rows = bar.get("/analytics/recipe-complexity")["data"]
    wanted = rows[1]
    page = visit(bar, "#/complexity")
    expect(page.locator(".histogram a")).to_have_count(len(rows))
    page.locator(".histogram a").nth(1).click()
    expect(page.locator(".panel h3")).to_have_text(
        f"{wanted['recipe_count']} recipes with {wanted['ingredient_count']} ingredients"
    )
    expect(page).to_have_url(re.compile(f"#/complexity/{wanted['ingredient_count']}$"))
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(wanted["recipe_count"]))


def test_a_recipe_that_is_gone_is_said_to_be(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/999999", allow={404})
    expect(page.locator(".panel h2")).to_have_text("Not here any more")


def test_freshness_tells_more_when_asked(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more")).to_contain_text("Recipes on the map")
