"""The map: first visit, search, links and back, keyboard, and what stands in when there is none."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually
from tests.web.conftest import Visit
from tests.web.server import NEVER, Server, running

pytestmark = pytest.mark.browser


# The first place, from the middle downwards, where pointing shows a card: [x, y] on the page. By
# the second frame the map has made room for what lies around it.
POINT = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const stage = document.querySelector("#stage"), box = stage.getBoundingClientRect();
  const card = document.querySelector("#hover");
  for (let y = box.top + box.height / 2; y < box.bottom; y += 4) {
    for (let x = box.left + box.width / 2; x < box.right - 60; x += 4) {
      const options = { clientX: x, clientY: y, pointerType: "mouse", bubbles: true };
      stage.dispatchEvent(new PointerEvent("pointermove", options));
      if (!card.hidden) return [x, y];
    }
  }
  return null;
}"""


def test_the_first_visit_waits_for_the_map_and_then_shows_it(tmp_path: Path, visit: Visit) -> None:
    with running(tmp_path, ANALYTICS_DEBOUNCE_MINUTES=NEVER) as server:
        page = visit(server, ready=False)
        expect(page.locator("#notice-text")).to_have_text("The first map is being computed.")
        expect(page.locator("#freshness")).to_have_attribute("data-state", "pending")
        server.send("POST", "/refresh")
        expect(page.locator("#stage")).to_have_attribute("data-renderer", "webgl")
        expect(page.locator("#notice")).to_be_hidden()
        expect(page.locator("#legend button").nth(4)).to_be_visible()
        expect(page.locator("#freshness .text")).to_have_text("Up to date")
        page.goto("about:blank")


def test_search_lights_matches_and_leads_to_a_recipe(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    page.keyboard.press("/")
    page.keyboard.type("negroni")
    expect(page.locator("#stage")).to_have_attribute("data-matches", "3")
    options = page.locator("#search-found [role=option]")
    expect(options.last).to_contain_text("“negroni”3")  # and not of what was typed until then
    first = options.first
    expect(first).to_contain_text("Negroni")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("Negroni")
    expect(page).to_have_url(re.compile(r"#/recipe/\d+$"))


def test_search_by_ingredient_lists_all_that_match(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    stage = page.locator("#stage")
    page.get_by_role("combobox", name="Search").fill("mezcal")
    expect(stage).to_have_attribute("data-matches", re.compile("[1-9]"))
    expected = starter.get("/recipes?q=mezcal")["total"]
    expect(stage).to_have_attribute("data-matches", str(expected))
    page.keyboard.press("Enter")
    expect(page.locator(".panel .rows > li")).to_have_count(expected)
    expect(page).to_have_url(re.compile("#/recipes\\?q=mezcal$"))
    page.get_by_role("combobox", name="Search").fill("xyzzy")
    expect(page.locator("#search-found .none")).to_be_visible()


def test_every_word_of_a_search_has_to_be_met(starter: Server, visit: Visit) -> None:
    """In whatever order."""
    both, gin, lemon = (
        starter.get(f"/recipes?q={words}")["total"] for words in ("gin%20lemon", "gin", "lemon")
    )
    assert 0 < both < min(gin, lemon)
    page = visit(starter)
    search = page.get_by_role("combobox", name="Search")
    for wanted in ("gin lemon", "Lemon  GIN"):
        search.fill(wanted)
        expect(page.locator("#stage")).to_have_attribute("data-matches", str(both))
        search.fill("")
        expect(page.locator("#stage")).not_to_have_attribute("data-matches", str(both))


def test_a_link_opens_its_recipe_and_back_leads_back(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/recipe/1")
    heading, similar = page.locator(".panel h2"), page.locator(".similar a").first
    expect(similar).to_contain_text(re.compile("very close|close|a relative|the same"))
    expect(similar).to_contain_text(re.compile("swap|no|add|more|less|the same"))
    name = heading.inner_text()
    similar.click()
    expect(heading).not_to_have_text(name)
    page.go_back()
    expect(heading).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    page.reload()
    page.wait_for_selector("#stage[data-run]")
    expect(page.locator(".panel")).to_be_hidden()


def test_the_other_space_has_a_link_and_points_move_there(starter: Server, visit: Visit) -> None:
    page = visit(starter, reduced_motion="no-preference")
    stage = page.locator("#stage")
    page.locator("#spaces label", has_text="Same ingredients").click()
    expect(stage).to_have_attribute("data-space", "fractions")
    expect(page).to_have_url(re.compile("#/space/fractions$"))
    expect(stage).to_have_attribute("data-moving", "false")
    page.go_back()
    expect(stage).to_have_attribute("data-space", "em")
    page.goto("about:blank")
    page.goto(f"{starter.address}/#/space/fractions")
    expect(stage).to_have_attribute("data-space", "fractions")
    expect(page.locator("#spaces input[value=fractions]")).to_be_checked()
    page.goto("about:blank")
    page.goto(f"{starter.address}/#/space/em")
    expect(stage).to_have_attribute("data-space", "em")


def test_the_legend_filters_and_the_filter_is_in_the_link(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    pressed = page.locator("#legend button[aria-pressed=true]")
    page.locator("#legend button", has_text="Gin").click()
    expect(page).to_have_url(re.compile("family=Gin"))
    expect(pressed).to_have_count(1)
    expect(pressed).to_contain_text("Gin")
    page.get_by_role("button", name="Show all").first.click()
    expect(page).not_to_have_url(re.compile("family"))
    expect(page.locator("#legend button[aria-pressed=false]")).to_have_count(0)


def test_the_keyboard_walks_from_recipe_to_recipe(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    said = page.locator("#announcer")
    expect(said).to_have_text("The map is up to date")  # and then nothing that nobody asked for
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text(": ")
    first = said.inner_text()
    page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(first)
    second = said.inner_text()
    page.keyboard.press("+")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    heading = page.locator(".panel h2")
    expect(heading).to_have_text(second.split(": ")[0])
    expect(heading).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#stage")).to_be_focused()  # and one walks on from there
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text(": ")
    expect(said).not_to_have_text(second)


def test_pointing_shows_a_card_and_a_click_opens_the_recipe(starter: Server, visit: Visit) -> None:
    page = visit(starter)
    x, y = page.evaluate(POINT)
    page.mouse.move(x, y)
    expect(page.locator("#hover")).to_contain_text("ml")
    name = page.locator("#hover strong").inner_text()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".panel h2")).to_have_text(name)


def test_wheel_and_drag_move_the_view(starter: Server, visit: Visit) -> None:
    page = visit(starter, reduced_motion="no-preference")
    stage = page.locator("#stage")
    at_rest = [stage.screenshot()]
    eventually(lambda: at_rest.append(stage.screenshot()) or at_rest[-1] == at_rest[-2])
    for act in (wheel, drag):
        before = stage.screenshot()
        act(page)
        eventually(lambda before=before: stage.screenshot() != before, lambda act=act: act.__name__)
    expect(page.locator(".panel")).to_be_hidden()


def wheel(page: Any) -> None:
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -400)


def drag(page: Any) -> None:
    page.mouse.down()
    page.mouse.move(560, 340, steps=4)
    page.mouse.up()


def test_without_webgl_the_picture_is_drawn_all_the_same(starter: Server, visit: Visit) -> None:
    no_webgl = (
        "const make = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl2' ? null : make.call(this, kind, ...rest); };"
    )
    page = visit(starter, ready=False, before=lambda page: page.add_init_script(no_webgl))
    page.wait_for_selector("#stage[data-renderer=canvas]")
    page.wait_for_function(
        "() => { const c = document.querySelector('canvas.points');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.some((value) => value > 0); }"
    )


def test_without_javascript_the_names_are_one_step_away(starter: Server, visit: Visit) -> None:
    page = visit(starter, ready=False, java_script_enabled=False)
    # By tag: Playwright's words for texts and roles do not look into <noscript>.
    expect(page.locator(".noscript")).to_be_visible()
    page.locator(".noscript a[href='/recipes']").click()
    page.get_by_role("searchbox").fill("negroni")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Negroni", exact=True).click()
    expect(page.locator("h1")).to_have_text("Negroni")


def test_an_address_that_leads_nowhere_says_so(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/no/such/view")
    expect(page.locator(".panel h2")).to_have_text("Nothing is here")


def test_the_theme_can_be_chosen_and_stays(starter: Server, visit: Visit) -> None:
    page = visit(starter, color_scheme="light")
    root, body = page.locator("html"), page.locator("body")
    page.locator("#theme").click()
    expect(root).to_have_attribute("data-theme", "light")
    page.locator("#theme").click()
    expect(root).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    expect(body).to_have_css("background-color", dark)


def test_a_phone_has_everything(starter: Server, visit: Visit) -> None:
    page = visit(starter, phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Ingredients").click()
    expect(page.locator(".panel .kinds").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Larger or smaller").click()
    expect(page.locator(".panel.tall")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".panel")).to_be_hidden()
    page.touchscreen.tap(195, 500)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_a_tour_says_what_the_map_is(starter: Server, visit: Visit, phone: bool) -> None:
    page = visit(starter, phone=phone)
    expect(page.locator("#about")).to_contain_text("Every dot is a drink")
    page.get_by_role("button", name="Show me around").click()
    tour = page.get_by_role("dialog")
    expect(tour.get_by_role("heading")).to_have_text("A dot is a drink")
    expect(tour.get_by_role("heading")).to_be_focused()
    tour.get_by_role("button", name="Next").click()
    expect(page.locator(".similar")).to_be_attached()
    expect(tour.get_by_role("heading")).to_have_text("Near means alike")
    expect(tour.get_by_role("heading")).to_be_focused()
    tour.get_by_role("button", name="Next").click()
    expect(page.locator(".panel")).to_be_hidden()
    expect(tour).to_contain_text("3 of 3")
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)


def test_nothing_jumps_while_the_page_arrives(starter: Server, visit: Visit) -> None:
    watch = (
        "window.shift = 0; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) window.shift += entry.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    page = visit(starter, ready=False, before=lambda page: page.add_init_script(watch))
    page.wait_for_selector("#stage[data-run]")
    page.wait_for_selector("#freshness[data-state=fresh]")
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    assert page.evaluate("window.shift") < 0.01


def test_an_unreachable_server_is_said_and_come_back_from(starter: Server, visit: Visit) -> None:
    broken = ("**/api/v1/analytics/manifest", lambda it: it.fulfill(status=500, body="{}"))
    page = visit(starter, ready=False, allow={500}, before=lambda page: page.route(*broken))
    expect(page.locator("#notice-text")).to_have_text("The map cannot be shown for now.")
    page.unroute("**/api/v1/analytics/manifest")
    expect(page.locator("#notice")).to_be_hidden()
