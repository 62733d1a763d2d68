"""States that a healthy server seldom has, with its answers replaced on the way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit, told_nothing
from tests.web.server import Server
from tests.web.test_in_view import look_inside

pytestmark = pytest.mark.browser


def told(server: Server, **changed: Any) -> Callable[[Any], None]:
    """Makes a page be told this of the refresh."""
    status = server.get("/refresh") | changed

    def tell(page: Any) -> None:
        told_nothing(page)
        page.route("**/api/v1/refresh", lambda route: route.fulfill(json=status))

    return tell


def expect_freshness(page: Any, state: str, text: str) -> None:
    """The page comes to say this; until its next look it may say what the server really does."""
    shown = page.locator(f"#freshness[data-state={state}] .text")
    expect(shown).to_have_text(re.compile(text))


def test_a_failed_refresh_is_said_and_the_last_result_stays(starter: Server, visit: Visit) -> None:
    attempt = {"state": "failed", "step": "neighbours", "fraction": 0.4, "failures": 2}
    attempt["error"] = "out of memory"
    page = visit(starter, before=told(starter, state="failed", attempt=attempt))
    expect_freshness(page, "failed", "^Failed, last result from ")
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more")).to_contain_text("out of memory")
    expect(page.locator("#legend button").nth(3)).to_be_visible()


def test_a_running_refresh_shows_its_step(starter: Server, visit: Visit) -> None:
    attempt = {"state": "running", "step": "neighbours", "fraction": 0.6}
    page = visit(starter, before=told(starter, state="running", attempt=attempt))
    expect_freshness(page, "running", r"^Computing — neighbours 60\s%$")
    expect(page.locator("#progress.on")).to_have_count(1)


def test_the_countdown_goes_by_the_servers_clock(starter: Server, visit: Visit) -> None:
    times = {"now": "2031-01-01T00:00:00Z", "due_at": "2031-01-01T00:01:04Z"}
    page = visit(starter, before=told(starter, state="pending", pending_changes=3, **times))
    expect_freshness(page, "pending", r"^Refresh in 1:0\d \(3 changes\)$")


def test_an_empty_catalogue_invites_the_first_recipe(starter: Server, visit: Visit) -> None:
    empty = {"data": [], "metadata": {}}
    space = "**/runs/*/cocktail-space-em"
    page = visit(starter, before=lambda page: page.route(space, lambda it: it.fulfill(json=empty)))
    expect(page.get_by_text("Nothing to map yet.")).to_be_visible()
    page.get_by_role("link", name="Add the first recipe").click()
    expect(page.locator(".panel .form")).to_be_visible()


def test_a_lost_connection_is_said_and_mended(starter: Server, visit: Visit) -> None:
    gone = ("**/api/v1/refresh", lambda route: route.fulfill(status=502, body="gone"))
    page = visit(starter, allow={502}, before=lambda page: page.route(*gone))
    expect_freshness(page, "offline", "^No connection$")
    page.unroute("**/api/v1/refresh")
    expect_freshness(page, "fresh", "^Up to date$")


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [(403, {}, "This token may not do that"), (429, {"Retry-After": "7"}, "in 7 seconds")],
)
def test_a_refused_write_says_why_and_keeps_the_draft(
    starter: Server, visit: Visit, status: int, headers: dict[str, str], words: str
) -> None:
    page = visit(starter, "#/ingredient/new", allow={status, 401})  # 401: whose is the token?
    page.evaluate("() => sessionStorage.setItem('token', 'x')")
    body = {"error": {"code": "refused", "message": "no", "problems": []}}
    page.route(
        "**/api/v1/ingredients",
        lambda route: (
            route.fulfill(status=status, json=body, headers=headers)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.get_by_label("Name", exact=True).fill("Something")
    page.get_by_role("button", name="Add ingredient").click()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Something")


def test_long_words_on_a_phone_move_nothing(starter: Server, visit: Visit) -> None:
    attempt = {"state": "running", "step": "neighbours", "fraction": 0.6}
    page = visit(starter, phone=True, before=told(starter, state="running", attempt=attempt))
    expect_freshness(page, "running", "^Computing")
    heights = page.evaluate(
        """() => ["Up to date", "Failed, last result from 22 Nov, 05:34"].map((text) => {
          document.querySelector("#freshness .text").textContent = text;
          return document.querySelector("header.top").getBoundingClientRect().height;
        })"""
    )
    assert heights[0] == heights[1]


def test_long_words_in_a_panel_stay_in_it(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/recipe/9", phone=True)
    expect(page.locator(".similar .row")).not_to_have_count(0)
    beyond, narrowest = page.evaluate(
        """() => {
          const panel = document.querySelector(".panel");
          const said = panel.querySelectorAll("h2, .measures a, .row span");
          said.forEach((each) => { each.textContent = "Donaudampf".repeat(9); });
          const shares = [...panel.querySelectorAll(".row .name")].map(
            (name) => name.offsetWidth / name.parentElement.offsetWidth);
          return [panel.scrollWidth - panel.clientWidth, Math.min(...shares)];
        }"""
    )
    assert beyond == 0
    assert narrowest > 0.4, "a name is not pushed aside by what stands beside it"


def test_a_page_of_which_a_part_did_not_arrive_is_loaded_once_more(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "recipes", ready=False, allow_failed=True)
    opened: list[str] = []
    page.on("request", lambda sent: sent.is_navigation_request() and opened.append(sent.url))
    page.route(
        "**/js/store.js",
        lambda route: route.abort() if len(opened) < 2 else route.continue_(),
    )
    page.evaluate("() => { location.href = '/'; }")
    page.wait_for_selector("#stage[data-run]")
    assert len(opened) == 2


def test_what_is_typed_before_the_page_is_ready_is_searched_for(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "recipes", ready=False)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/js/app.js", hold)
    page.evaluate("() => { location.href = '/'; }")
    page.locator("#search-text").fill("negroni")
    while not held:  # the script may be asked for after that
        page.wait_for_timeout(10)
    for each in held:
        each.continue_()
    expect(page.locator("#stage")).to_have_attribute("data-matches", "3")
    expect(page.locator("#search-text")).to_have_value("negroni")


def test_word_of_an_older_run_leaves_everything_as_it_is(starter: Server, visit: Visit) -> None:
    page = visit(starter, before=look_inside)
    page.evaluate("() => { window.run = inside.store.get().mapData.run; }")
    late = starter.get("/refresh") | {"published_run_id": "an older one"}
    page.route("**/api/v1/refresh", lambda route: route.fulfill(json=late))
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("() => performance.getEntriesByName('map-shown').length === 2")
    assert page.evaluate("window.run === inside.store.get().mapData.run")


def test_what_a_change_of_network_cuts_is_asked_for_again(starter: Server, visit: Visit) -> None:
    cut: set[str] = set()

    def cut_once(route: Any) -> None:
        known = route.request.url in cut
        cut.add(route.request.url)
        route.continue_() if known else route.abort()

    def prepare(page: Any) -> None:  # early: what a panel needs is fetched before it is opened
        page.route(re.compile(r"/panels/recipe\.js$|/api/v1/recipes/1$"), cut_once)

    page = visit(starter, allow_failed=True, before=prepare)
    page.evaluate("() => { location.hash = '#/recipe/1'; }")
    expect(page.locator(".panel h2")).to_have_text(starter.get("/recipes/1")["name"])
    assert len(cut) == 2
