"""What stands beside the map."""

from typing import Any

import pytest

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
    text = page.locator(".panel").inner_text()
    for part in ("London Dry Gin", "Spirit › Gin", "30", "How it is made", "Similar cocktails"):
        assert part in text
    assert page.locator(".measures tbody tr").count() == 3
    assert page.locator(".similar a").count() == 10
    assert page.title().startswith("Negroni")


def test_ingredients_drill_down_to_recipes(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/ingredients")
    page.locator(".kinds .row", has_text="Spirit").click()
    page.wait_for_selector(".panel h2:text-is('Spirit')")
    page.locator(".kinds .row", has_text="Gin").first.click()
    page.wait_for_selector(".panel h2:text-is('Gin')")
    assert page.locator(".crumbs").inner_text().split() == ["Ingredients", "Spirit"]
    usage = {row["name"]: row for row in bar.get("/analytics/ingredient-usage")["data"]}
    expected = usage["Gin"]["hierarchical_recipes"]
    assert f"In {expected} recipes" in page.locator(".panel").inner_text()
    assert page.locator("#stage").get_attribute("data-matches") == str(expected)
    page.go_back()
    page.wait_for_selector(".panel h2:text-is('Spirit')")


def test_an_ingredient_names_its_substitutes(bar: Server, visit: Visit) -> None:
    page = visit(bar, f"#/ingredient/{ingredient_id(bar, 'Mezcal')}")
    substitutes = page.locator(".substitutes .row")
    assert substitutes.count() == 6
    name = substitutes.first.locator(".name").inner_text()
    substitutes.first.click()
    page.wait_for_selector(f'.panel h2:text-is("{name}")')


def test_the_icicle_is_a_way_down_too(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/ingredients")
    page.locator(".icicle a", has_text="Juice").first.click()
    page.wait_for_selector(".panel h2:text-is('Juice')")


def test_complexity_leads_to_the_recipes(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/complexity")
    rows = bar.get("/analytics/recipe-complexity")["data"]
    assert page.locator(".histogram a").count() == len(rows)
    page.locator(".histogram a").nth(1).click()
    wanted = rows[1]
    page.wait_for_selector(
        f"h3:text-is('{wanted['recipe_count']} recipes with "
        f"{wanted['ingredient_count']} ingredients')"
    )
    assert page.url.endswith(f"#/complexity/{wanted['ingredient_count']}")
    assert page.locator("#stage").get_attribute("data-matches") == str(wanted["recipe_count"])


def test_a_recipe_that_is_gone_is_said_to_be(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/999999", allow={404})
    page.wait_for_selector(".panel h2:text-is('Not here any more')")


def test_freshness_tells_more_when_asked(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.locator("#freshness").click()
    more: Any = page.locator("#freshness-more")
    more.wait_for()
    assert "Recipes on the map" in more.inner_text()
