"""The map: first visit, search, links and back, keyboard, and what stands in when there is none."""

import re
from typing import Any

import pytest

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser


def matches(page: Any) -> int:
    return int(page.locator("#stage").get_attribute("data-matches") or 0)


def test_the_first_visit_waits_for_the_map_and_then_shows_it(starter: Server, visit: Visit) -> None:
    page = visit(starter, ready=False)
    page.wait_for_selector("#stage[data-run]", timeout=60_000)
    assert page.locator("#notice").is_hidden()
    assert page.locator("#legend button").count() >= 5
    page.wait_for_selector("#freshness[data-state=fresh]", timeout=30_000)
    assert page.locator("#freshness .text").inner_text() == "Up to date"
    assert page.locator("#stage").get_attribute("data-renderer") == "webgl"


def test_search_lights_matches_and_leads_to_a_recipe(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.keyboard.press("/")
    page.keyboard.type("negroni")
    page.wait_for_selector("#stage[data-matches='3']")
    options = page.locator("#search-found [role=option]")
    assert "Negroni" in options.first.inner_text()
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel h2:text-is('Negroni')")
    assert re.search(r"#/recipe/\d+$", page.url)


def test_search_by_ingredient_lists_all_that_match(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.get_by_role("combobox", name="Search").fill("mezcal")
    page.wait_for_function("() => document.querySelector('#stage').dataset.matches > 0")
    expected = matches(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel .rows")
    assert page.locator(".panel .rows > li").count() == expected
    assert page.url.endswith("#/search?q=mezcal")
    page.get_by_role("combobox", name="Search").fill("xyzzy")
    page.wait_for_selector("#search-found .none")


def test_a_link_opens_its_recipe_and_back_leads_back(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/recipe/1")
    name = page.locator(".panel h2").inner_text()
    similar = page.locator(".similar a").first
    assert re.search(r"→|the same", similar.inner_text())
    similar.click()
    page.wait_for_function(
        "name => document.querySelector('.panel h2').textContent !== name", arg=name
    )
    page.go_back()
    page.wait_for_selector(f".panel h2:text-is('{name}')")
    page.keyboard.press("Escape")
    page.locator(".panel").wait_for(state="hidden")
    page.reload()
    page.wait_for_selector("#stage[data-run]")
    assert page.locator(".panel").is_hidden()


def test_the_other_space_has_a_link_and_points_move_there(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.locator("#spaces label", has_text="By ingredient").click()
    page.wait_for_selector("#stage[data-space=fractions]")
    assert page.url.endswith("#/space/fractions")
    page.wait_for_selector("#stage[data-moving=false]")
    page.go_back()
    page.wait_for_selector("#stage[data-space=em]")
    other = visit(bar, "#/space/fractions")
    assert other.locator("#spaces input[value=fractions]").is_checked()
    named = visit(bar, "#/space/em")
    assert named.locator("#stage").get_attribute("data-space") == "em"


def test_the_legend_filters_and_the_filter_is_in_the_link(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.locator("#legend button", has_text="Gin").click()
    assert "family=Gin" in page.url
    assert page.locator("#legend button", has_text="Rum").count() <= 1
    pressed = page.locator("#legend button[aria-pressed=true]")
    assert pressed.count() == 1
    page.get_by_role("button", name="Show all").first.click()
    assert "family" not in page.url


def test_the_keyboard_walks_from_recipe_to_recipe(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#announcer").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator("#announcer").inner_text()
    assert first != second
    page.keyboard.press("+")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel h2")
    assert second.startswith(page.locator(".panel h2").inner_text())


def test_pointing_shows_a_card_and_a_click_opens_the_recipe(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    box = page.locator("#stage").bounding_box()
    name = ""
    for step in range(0, 400, 4):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200 + step)
        if page.locator("#hover").is_visible():
            name = page.locator("#hover strong").inner_text()
            break
    assert name
    assert "ml" in page.locator("#hover").inner_text()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(".panel h2")
    assert page.locator(".panel h2").inner_text() == name


def test_wheel_and_drag_move_the_view(bar: Server, visit: Visit) -> None:
    page = visit(bar)
    page.wait_for_timeout(100)
    before = page.locator("#stage").screenshot()
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -400)
    page.mouse.down()
    page.mouse.move(560, 340, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert page.locator("#stage").screenshot() != before
    assert page.locator(".panel").is_hidden()


def test_without_webgl_the_picture_is_drawn_all_the_same(bar: Server, visit: Visit) -> None:
    page = visit(bar, ready=False)
    page.add_init_script(
        "const make = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl2' ? null : make.call(this, kind, ...rest); };"
    )
    page.reload()
    page.wait_for_selector("#stage[data-renderer=canvas]")
    page.wait_for_timeout(200)
    drawn = page.evaluate(
        "() => { const c = document.querySelector('canvas.points');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.some((value) => value > 0); }"
    )
    assert drawn


def test_without_javascript_the_names_are_one_step_away(bar: Server, visit: Visit) -> None:
    page = visit(bar, ready=False, java_script_enabled=False)
    # By tag: Playwright's words for texts and roles do not look into <noscript>.
    assert page.locator(".noscript").is_visible()
    page.locator(".noscript a[href='/recipes']").click()
    page.get_by_role("link", name="Negroni", exact=True).click()
    assert page.locator("h1").inner_text() == "Negroni"


def test_an_address_that_leads_nowhere_says_so(bar: Server, visit: Visit) -> None:
    page = visit(bar, "#/no/such/view")
    page.wait_for_selector(".panel h2:text-is('Nothing is here')")


def test_the_theme_can_be_chosen_and_stays(bar: Server, visit: Visit) -> None:
    page = visit(bar, color_scheme="light")
    button = page.locator("#theme")
    button.click()
    button.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_phone_has_everything(bar: Server, visit: Visit) -> None:
    page = visit(bar, phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Ingredients").click()
    page.wait_for_selector(".panel .kinds")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Larger or smaller").click()
    page.get_by_role("button", name="Close").click()
    page.locator(".panel").wait_for(state="hidden")
    page.touchscreen.tap(195, 500)


def test_nothing_jumps_while_the_page_arrives(bar: Server, visit: Visit) -> None:
    page = visit(bar, ready=False)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) window.shift += entry.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    page.reload()
    page.wait_for_selector("#stage[data-run]")
    page.wait_for_selector("#freshness[data-state=fresh]")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") < 0.01


def test_an_unreachable_server_is_said_and_come_back_from(bar: Server, visit: Visit) -> None:
    page = visit(bar, ready=False, allow={500})
    page.route("**/api/v1/analytics/manifest", lambda route: route.fulfill(status=500, body="{}"))
    page.reload()
    page.get_by_text("The map cannot be shown for now.").wait_for()
    page.unroute("**/api/v1/analytics/manifest")
    page.wait_for_selector("#stage[data-run]", timeout=15_000)
