"""Catalogues of every size: the first load stays small, all recipes are there and can be moved.

How long it takes is measured by scripts/page_figures.py.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually
from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser

FIRST_LOAD_BYTES = 160_000  # compressed, as sent, the map included
LOADED = """async () => {
  const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const { run } = document.querySelector("#stage").dataset; // its map is fetched by a worker
  const map = await fetch(`/api/v1/analytics/runs/${run}/cocktail-space-em`);
  await map.arrayBuffer();
  loaded.push(performance.getEntriesByName(map.url).at(-1));
  return loaded.map((entry) => [entry.encodedBodySize, entry.name]).sort(([one], [other]) => other - one);
}"""  # noqa: E501 - JavaScript


def test_1356_recipes(real: Server, visit: Visit) -> None:
    assert real.get("/analytics/manifest")["counts"]["recipes"] == 1356
    ingredient = real.get("/recipes?limit=1")["items"][0]["ingredients"][0]["ingredient"]
    page = visit(real)
    loaded = page.evaluate(LOADED)
    assert loaded[0][1].endswith("/cocktail-space-em")
    assert sum(size for size, _ in loaded) < FIRST_LOAD_BYTES, loaded
    page.get_by_role("combobox", name="Search").fill(ingredient)
    expect(page.locator("#stage")).to_have_attribute("data-matches", re.compile("[1-9]"))


def test_100000_recipes(large: Server, visit: Visit) -> None:
    page = visit(large)
    stage = page.locator("#stage")
    expect(stage).to_have_attribute("data-shown", "100000")
    before = stage.screenshot()
    page.get_by_role("button", name="Zoom in").click()
    eventually(lambda: stage.screenshot() != before)
    page.get_by_role("combobox", name="Search").fill("recipe 499")  # in the catalogue, too
    expect(stage).to_have_attribute("data-matches", re.compile("[1-9]"))
