"""Catalogues of every size: the map is there in time, and moving it is smooth."""

import json
import time
from typing import Any

import pytest

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser

FIRST_MAP_MS = 3_000

FRAMES = """async () => {
  const stage = document.querySelector("#stage"), gaps = [];
  const box = stage.getBoundingClientRect();
  let last = performance.now();
  for (let turn = 0; turn < 30; turn++) {
    stage.dispatchEvent(new WheelEvent("wheel", { deltaY: turn < 15 ? -60 : 60, cancelable: true,
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  return gaps.sort((one, other) => one - other);
}"""


def seconds_after_data(page: Any) -> float:
    """From the arrival of the map's data to its first picture."""
    return float(
        page.evaluate(
            "() => performance.getEntriesByName('map-shown').at(0).startTime"
            " - performance.getEntriesByName('map-data').at(0).startTime"
        )
    )


def test_1356_recipes(real: Server, visit: Visit) -> None:
    page = visit(real)
    assert "1356" in json.dumps(real.get("/analytics/manifest")["counts"])
    page.get_by_role("combobox", name="Search").fill("sour")
    page.wait_for_function("() => document.querySelector('#stage').dataset.matches > 0")
    assert seconds_after_data(page) < FIRST_MAP_MS


def test_100000_recipes(crowd: Server, visit: Visit) -> None:
    started = time.monotonic()
    page = visit(crowd)
    whole = time.monotonic() - started
    assert seconds_after_data(page) < FIRST_MAP_MS
    assert whole < 15, "fetching and parsing included"
    gaps = page.evaluate(FRAMES)
    # On a graphics card a frame takes a millisecond; here Chromium draws with two shared cores.
    assert gaps[len(gaps) // 2] < 250, gaps
    page.get_by_role("combobox", name="Search").fill("recipe 99999")
    page.wait_for_selector("#stage[data-matches='1']")
