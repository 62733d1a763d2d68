"""With a panel open, the chosen recipe and its nearest are in the free part of the map."""

import random
from typing import Any

import pytest

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser

# The map at rest: no flight, nothing that loads, and as it was a moment ago.
AT_REST = """async () => {
  const { camera } = window.inside.map.view;
  for (let last = "", quiet = 0; quiet < 8;) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
    const { x, y, scale } = camera, panel = document.querySelector(".panel");
    const now = [x, y, scale, panel.innerText].join();
    quiet = now === last && !camera.motion ? quiet + 1 : 0;
    last = now;
  }
}"""
# Where a recipe's point is on the page, and whether the map is what one sees there.
POINT = """(id) => {
  const { view } = window.inside.map, { columns, pointOf } = window.inside.store.get().mapData;
  const point = pointOf.get(id), box = document.querySelector("#stage").getBoundingClientRect();
  const [x, y] = view.camera.toScreen(columns.x[point], columns.y[point]);
  const [left, top] = [x + box.left, y + box.top];
  const free = Boolean(document.elementFromPoint(left, top)?.closest("#stage"));
  return { name: columns.names[point], x: left, y: top, free };
}"""
IDS = "() => [...window.inside.store.get().mapData.columns.ids]"
CHOSEN = "() => window.inside.store.get().route.id"


def look_inside(page: Any) -> None:
    """Let the test see the state and the camera."""

    def expose(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"{answer.text()}\nwindow.inside = {{ map, store }};\n")

    page.route("**/js/app.js", expose)


def choose_dot(page: Any, recipe: dict[str, Any], *, phone: bool) -> None:
    if phone:
        page.touchscreen.tap(recipe["x"], recipe["y"])
    else:
        page.mouse.click(recipe["x"], recipe["y"])


def choose_by_search(page: Any, recipe: dict[str, Any], *, phone: bool) -> None:
    page.get_by_role("combobox", name="Search").fill(recipe["name"])
    found = page.locator("#search-found [role=option]").first
    if phone:
        found.tap()
    else:
        found.click()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_what_one_chose_can_be_seen(
    starter: Server, visit: Visit, motion: str, phone: bool
) -> None:
    page = visit(starter, phone=phone, reduced_motion=motion, before=look_inside)
    page.evaluate(AT_REST)
    ids, dice = page.evaluate(IDS), random.Random(f"{motion} {phone}")
    hidden = []
    for choose in (choose_dot, choose_by_search):
        recipe = page.evaluate(POINT, dice.choice(ids))
        while not recipe["free"]:
            recipe = page.evaluate(POINT, dice.choice(ids))
        choose(page, recipe, phone=phone)
        page.wait_for_selector(".panel:not([hidden]) .actions")
        page.evaluate(AT_REST)
        hidden += _hidden(page, starter)
        page.evaluate("() => { location.hash = '#/'; }")
        page.locator(".panel").wait_for(state="hidden")
        page.locator("#zoom [data-zoom=all]").evaluate("(button) => button.click()")
        page.evaluate(AT_REST)
    assert hidden == []


def _hidden(page: Any, server: Server) -> list[str]:
    """Names of those that cannot be seen, of the chosen recipe and what is most like it."""
    chosen = page.evaluate(CHOSEN)
    near = [
        each["recipe_id"]
        for each in server.get(f"/analytics/recipe-similar?recipe_id={chosen}")["similar"]
        if each["near"]
    ]
    points = [page.evaluate(POINT, each) for each in [chosen, *near[:1]]]
    return [point["name"] for point in points if not point["free"]]
