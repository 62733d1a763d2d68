"""What stands beside the map."""

import contextlib
import re
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser


def recipe_id(server: Server, name: str) -> int:
    items = server.get(f"/recipes?name={name.replace(' ', '%20')}")["items"]
    return next(int(each["id"]) for each in items if each["name"] == name)


def ingredient_id(server: Server, name: str) -> int:
    items = server.get("/ingredients")["items"]
    return next(int(each["id"]) for each in items if each["name"] == name)


def test_a_recipe_has_measures_method_and_kin(starter: Server, visit: Visit) -> None:
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Negroni')}")
    panel = page.locator(".panel")
    for part in ("London Dry Gin", "Spirit › Gin", "30", "How it is made", "Similar cocktails"):
        expect(panel).to_contain_text(part)
    expect(page.locator(".measures tbody tr")).to_have_count(3)
    expect(page).to_have_title(re.compile("^Negroni"))


def test_similar_recipes_are_those_that_are_near_with_what_to_change(
    starter: Server, visit: Visit
) -> None:
    negroni = recipe_id(starter, "Negroni")
    near = starter.get(f"/analytics/recipe-similar?recipe_id={negroni}")["similar"]
    page = visit(starter, f"#/recipe/{negroni}")
    names = page.locator(".similar .name")
    expect(names).to_have_text([each["name"] for each in near])
    close = page.locator(".similar .value")
    expect(close.first).to_have_text(re.compile("^(the same|very close|close|a relative)$"))
    likeness = [f"{each['likeness']}\u00a0% alike" for each in near]
    assert [each.get_attribute("title") for each in close.all()] == likeness
    boulevardier = page.locator(".similar a", has_text="Boulevardier").locator(".why")
    expect(boulevardier).to_have_text("swap 30 ml London Dry Gin for 45 ml Bourbon")
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Whiskey Sour')}")
    smash = page.locator(".similar a", has_text="Gin Basil Smash").locator(".why")
    expect(smash).to_have_text("swap 45 ml Bourbon for 60 ml London Dry Gin, add Basil")


def test_a_recipe_without_its_like_is_said_to_be_one_of_its_kind(
    starter: Server, visit: Visit
) -> None:
    asked = "**/recipe-similar?recipe_id=*"
    none: dict[str, Any] = {"similar": []}
    page = visit(
        starter,
        "#/recipe/1",
        before=lambda it: it.route(asked, lambda route: route.fulfill(json=none)),
    )
    expect(page.locator(".panel")).to_contain_text("None is near: this one is of its own kind.")


def test_a_gin_and_tonic_is_a_gin_drink(starter: Server, visit: Visit) -> None:
    page = visit(starter, f"#/recipe/{recipe_id(starter, 'Gin and Tonic')}")
    expect(page.locator(".crumbs a")).to_have_text(["Spirit", "Gin", "London Dry Gin"])
    page.locator("#legend button", has_text="Mixer").click()
    page.keyboard.press("Escape")
    mixers = page.locator("#legend button", has_text="Mixer").locator("span")
    expect(page.locator("#stage")).to_have_attribute("data-shown", mixers.inner_text())


def test_ingredients_drill_down_to_recipes(starter: Server, visit: Visit) -> None:
    usage = {row["name"]: row for row in starter.get("/analytics/ingredient-usage")["data"]}
    expected = usage["Gin"]["hierarchical_recipes"]
    page = visit(starter, "#/ingredients")
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


def test_an_ingredient_names_its_stand_ins_with_their_evidence(
    starter: Server, visit: Visit
) -> None:
    rows = {row["name"]: row for row in starter.get("/analytics/ingredient-substitutes")["data"]}
    best = rows["Mezcal"]["nearest"][:6]
    evidence = [_evidence(each["pairs"]) for each in best]
    page = visit(starter, f"#/ingredient/{ingredient_id(starter, 'Mezcal')}")
    substitutes = page.locator(".substitutes .row")
    expect(substitutes).to_have_count(len(best))
    for number, (row, pairs) in enumerate(zip(best, evidence, strict=True)):
        expect(substitutes.nth(number).locator(".name")).to_have_text(row["name"])
        expect(substitutes.nth(number).locator(".value")).to_contain_text(pairs)
    name = substitutes.first.locator(".name").inner_text()
    substitutes.first.click()
    expect(page.locator(".panel h2")).to_have_text(name)


def _evidence(pairs: int) -> str:
    if pairs == 0:
        return "by kind"
    return "1 pair of recipes" if pairs == 1 else f"{pairs} pairs of recipes"


def test_the_icicle_is_a_way_down_too(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/ingredients")
    page.locator(".icicle a", has_text="Juice").first.click()
    expect(page.locator(".panel h2")).to_have_text("Juice")


def test_complexity_leads_to_the_recipes(starter: Server, visit: Visit) -> None:
    rows = starter.get("/analytics/recipe-complexity")["data"]
    wanted = rows[1]
    page = visit(starter, "#/complexity")
    expect(page.locator(".histogram a")).to_have_count(len(rows))
    page.locator(".histogram a").nth(1).click()
    expect(page.locator(".panel h3")).to_have_text(
        f"{wanted['recipe_count']} recipes with {wanted['ingredient_count']} ingredients"
    )
    expect(page).to_have_url(re.compile(f"#/complexity/{wanted['ingredient_count']}$"))
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(wanted["recipe_count"]))


def test_a_recipe_that_is_gone_is_said_to_be(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/recipe/999999", allow={404})
    expect(page.locator(".panel h2")).to_have_text("Not here any more")


def test_freshness_tells_more_when_asked(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more")).to_contain_text("Recipes on the map")


def test_a_panel_that_is_on_its_way_comes_although_the_catalogue_changes(
    editable: Server, visit: Visit
) -> None:
    held: list[Any] = []
    asked = re.compile(r"/api/v1/recipes/ids\?ingredient=")

    def hold(
        route: Any,
    ) -> None:  # Playwright asks a function of Python how many arguments it takes
        held.append(route)

    page = visit(editable, before=lambda it: it.route(asked, hold))
    page.evaluate(f"location.hash = '#/ingredient/{ingredient_id(editable, 'Gin')}'")
    page.wait_for_function("() => document.querySelector('#panel .skeleton')")
    while not held:
        page.wait_for_timeout(10)
    made = editable.send("POST", "/units", {"name": "Thimble", "millilitres": 2})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    while len(held) < 2:  # the route asks again, as of the new version
        page.wait_for_timeout(10)
    page.unroute(asked)
    for each in held:
        with contextlib.suppress(Error):  # without the mend it was aborted by then
            each.continue_()
    expect(page.locator(".panel h2")).to_have_text("Gin")
    editable.send("DELETE", f"/units/{made['id']}")
