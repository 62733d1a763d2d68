"""The list of recipes: its filters, its address, and that the map and the API say the same."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_panels import ingredient_id

pytestmark = pytest.mark.browser

QUESTIONS = [
    "q=daiqiri", "q=sours", "q=old-fashioned", "q=dark+n+stormy", "q=gin%2C+lime", "q=pina",
    "q=creme", "q=whiskey", "glass=Coupe", "method=Stir", "tag=tiki", "free_of=egg",
    "alcohol_free=true", "alcohol_free=false&max_strength=12", "min_strength=25",
    "min_ingredients=3&max_ingredients=3",
]  # fmt: skip


def status(page: Any) -> Any:
    """What the list says of itself."""
    return page.locator(".recipes .lede")


def says(total: int) -> re.Pattern[str]:
    return re.compile("^No recipe" if total == 0 else f"^{total} recipes?,")


def test_the_list_the_map_and_the_api_agree(starter: Server, visit: Visit) -> None:
    whiskey, lemon = (ingredient_id(starter, name) for name in ("Whiskey", "Lemon Juice"))
    questions = [*QUESTIONS, f"ingredient={whiskey}", f"ingredient={whiskey}&without={lemon}"]
    page = visit(starter)
    for question in questions:
        total = starter.get(f"/recipes?{question}")["total"]
        page.evaluate("question => { location.hash = `#/recipes?${question}`; }", question)
        expect(status(page)).to_have_text(says(total))
        expect(page.locator("#stage")).to_have_attribute("data-matches", str(total))
        expect(page.locator(".recipes .rows > li")).to_have_count(min(total, 40))


def test_what_is_suggested_counts_what_the_list_shows(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    box = page.get_by_role("combobox", name="Search")
    for text in ("whiskey", "daiqiri", "gin, lime"):
        total = starter.get(f"/recipes?q={quote(text)}")["total"]
        box.fill(text)
        everything = page.locator("#search-found [role=option]", has_text="All that match")
        expect(everything).to_contain_text(f"“{text}”{total}")
    box.fill("whiskey")
    suggested = page.locator("#search-found [role=option]").filter(
        has_text=re.compile(r"^Whiskey\d+ recipes$")
    )
    words = suggested.locator("span").last.inner_text()
    suggested.click()
    expect(page.locator(".panel h2")).to_have_text("Whiskey")
    expect(page.locator(".panel")).to_contain_text(f"In {words}")


def test_filters_are_chosen_shared_and_taken_back(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    page.get_by_role("link", name="Recipes", exact=True).click()
    expect(status(page)).to_have_text(f"{starter.get('/recipes')['total']} recipes in all.")
    page.locator(".list-tools summary").click()
    field = page.get_by_role("combobox", name="Without ingredient")
    field.fill("egg whi")
    field.press("Enter")
    egg = ingredient_id(starter, "Egg White")
    expect(page).to_have_url(re.compile(f"#/recipes\\?without={egg}$"))
    expect(field).to_have_value("")
    page.get_by_label("Glass").select_option("Coupe")
    page.get_by_label("Ingredients, to").fill("3")
    page.get_by_label("Ingredients, to").press("Tab")
    expected = starter.get(f"/recipes?without={egg}&glass=Coupe&max_ingredients=3")["total"]
    expect(status(page)).to_have_text(says(expected))
    shared = page.evaluate("location.hash")
    page.go_back()
    total = starter.get(f"/recipes?without={egg}&glass=Coupe")["total"]
    expect(status(page)).to_have_text(says(total))
    expect(page.get_by_label("Ingredients, to")).to_have_value("")
    chips = page.locator(".recipes .chips li button")
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/recipes\?glass=Coupe$"))
    expect(chips.first).to_be_focused()
    other = visit(starter, shared)
    expect(status(other)).to_have_text(says(expected))
    expect(other.locator(".recipes .chips")).to_contain_text("no Egg White")


def test_what_it_is_built_on_is_one_search_in_legend_list_map_and_api(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "#/recipes?sort=strongest")
    gin = page.locator("#legend button", has_text="Gin")
    count, base = int(gin.locator("span").inner_text()), ingredient_id(starter, "Gin")
    gin.click()
    expect(page).to_have_url(re.compile(f"#/recipes\\?base={base}&sort=strongest$"))
    expect(status(page)).to_have_text(says(count))
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(count))
    assert starter.get(f"/recipes?base={base}")["total"] == count
    page.locator(".list-tools summary").click()
    offered = page.get_by_label("Built on").locator("option")
    expect(offered.filter(has_text=re.compile(f"^Gin \\({count}\\)$"))).to_have_count(1)
    expect(page.locator(".recipes .chips")).to_contain_text("built on Gin")
    expect(page.locator(".recipes [aria-busy]")).to_have_count(0)
    strengths = [
        int(each.split("·")[-1].strip(" \u00a0%"))
        for each in page.locator(".recipes .value").all_inner_texts()
    ]
    assert strengths == sorted(strengths, reverse=True)
    old = visit(starter, "#/recipes?family=Gin")  # as links were once
    expect(status(old)).to_have_text(says(count))
    expect(old).to_have_url(re.compile(f"base={base}$"))


def test_what_only_the_browser_knows_narrows_it(starter: Server, visit: Visit) -> None:
    rows = starter.get("/recipes?limit=3")["items"]
    opinions = [{"id": row["id"], "name": row["name"], "favourite": True} for row in rows]
    lists = [{"name": "Party", "recipes": [{"id": rows[0]["id"], "name": rows[0]["name"]}]}]
    kept = {"format": "cocktailspace-bars/1", "bars": [], "opinions": opinions, "lists": lists}
    page = visit(starter, "#/recipes")
    page.evaluate("kept => localStorage.setItem('bars', kept)", json.dumps(kept))
    page.reload()
    page.locator(".list-tools summary").click()
    mine = page.get_by_label("Mine")
    mine.evaluate("(select) => { window.offered = select.options[1]; }")
    with page.expect_response("**/api/v1/refresh"):
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true)))")
    assert page.evaluate("window.offered.isConnected")  # or the open list would go
    mine.select_option("favourites")
    expect(status(page)).to_have_text(says(3))
    expect(page.locator("#stage")).to_have_attribute("data-matches", "3")
    mine.select_option(label="Party")
    expect(status(page)).to_have_text(says(1))
    expect(page.locator(".recipes .rows .name")).to_have_text([rows[0]["name"]])
    mine.select_option("can-make")
    expect(status(page)).to_contain_text("Your bar is empty")


def test_an_older_answer_never_takes_the_place_of_a_newer_one(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, allow_failed=True)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(re.compile(r"/(search|recipes/ids)\?q=gi(&|$)"), hold)
    box = page.get_by_role("combobox", name="Search")
    box.fill("gi")
    with page.expect_request(re.compile(r"/recipes/ids\?q=mezcal")):
        page.wait_for_function("() => location.hash.includes('q=gi')")
        box.fill("mezcal")
    total = starter.get("/recipes?q=mezcal")["total"]
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(total))
    for route in held:
        route.fulfill(json={"ids": [], "recipes": [], "ingredients": [], "total": 0})
    expect(page.locator("#search-found [role=option]").last).to_contain_text(f"“mezcal”{total}")
    expect(page.locator("#stage")).to_have_attribute("data-matches", str(total))


def test_without_a_connection_it_says_so_and_goes_on_later(starter: Server, visit: Visit) -> None:
    page = visit(starter, allow_failed=True)
    asked = re.compile(r"/api/v1/(search|recipes/ids|recipes)\?")
    page.route(asked, lambda route: route.abort())
    box = page.get_by_role("combobox", name="Search")
    box.fill("sour")
    expect(page.locator("#search-found .none")).to_have_text("The server cannot be reached.")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("The server cannot be reached.")
    page.unroute(asked)
    busy = "Boolean(document.querySelector('.recipes [aria-busy]'))"
    # At once, and not with the next look at the server.
    assert page.evaluate(f"() => dispatchEvent(new Event('online')) && {busy}")
    expect(status(page)).to_have_text(says(starter.get("/recipes?q=sour")["total"]))


def test_what_the_api_refuses_is_said(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/recipes?free_of=mlik", allow={422})
    expect(status(page)).to_contain_text("did you mean 'milk'")
