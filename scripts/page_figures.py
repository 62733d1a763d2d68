"""Measure the page of a running server: bytes, time to the first map, frames, and `place`.

`python scripts/page_figures.py http://127.0.0.1:8000`
"""

import http.client
import json
import os
import random
import statistics
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.web.conftest import ARGUMENTS, DESKTOP
from tests.web.test_sizes import FRAMES

VISITS, DRAFTS = 5, 300
LOADED = """async () => {
  const mark = (name) => performance.getEntriesByName(name)[0].startTime;
  const sizes = performance.getEntriesByType("resource").map((entry) => entry.encodedBodySize);
  const page = performance.getEntriesByType("navigation")[0].encodedBodySize;
  const { run } = document.querySelector("#stage").dataset;
  const map = await fetch(`/api/v1/analytics/runs/${run}/cocktail-space-em`);
  await map.arrayBuffer();
  const entry = performance.getEntriesByName(map.url).at(-1);
  return { shown: mark("map-shown"), data: mark("map-data"),
    files: sizes.reduce((sum, size) => sum + size, page), map: entry.encodedBodySize };
}"""


def main() -> None:
    """Print the figures."""
    address = sys.argv[1].rstrip("/")
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        visits = [_visit(browser, address) for _ in range(VISITS)]
        browser.close()
    last = visits[-1]
    print(f"bytes of the first load: {last['files'] + last['map']:,.0f} (map {last['map']:,.0f})")
    print(f"first map: {_median(visits, 'shown'):.0f} ms after the click")
    drawn = statistics.median(visit["shown"] - visit["data"] for visit in visits)
    print(f"its data there → picture: {drawn:.0f} ms")
    print(f"frame while zooming: {_median(visits, 'frame'):.0f} ms")
    first, times = _place(address)
    print(
        f"place: p50 {times[len(times) // 2]:.1f} ms, p99 {times[int(0.99 * len(times))]:.1f} ms;"
    )
    print(f"  the first of a run {first:.0f} ms")


def _visit(browser: Any, address: str) -> dict[str, float]:
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{address}/")
    page.wait_for_selector("#stage[data-run]")
    found: dict[str, float] = page.evaluate(LOADED)
    frames = page.evaluate(FRAMES)
    page.context.close()
    return {**found, "frame": frames[len(frames) // 2]}


def _median(visits: list[dict[str, float]], name: str) -> float:
    return statistics.median(visit[name] for visit in visits)


def _place(address: str) -> tuple[float, list[float]]:
    """Milliseconds of the first request and, sorted, of the others, over one connection."""
    api = f"{address}/api/v1"
    ingredients = [each["id"] for each in _get(f"{api}/ingredients")["items"]]
    recipes = _get(f"{api}/recipes?limit=200")["items"]
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    chance = random.Random(1)  # noqa: S311 - a sample
    times = []
    for _ in range(DRAFTS + 1):
        lines = [
            {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
            for line in chance.choice(recipes)["ingredients"]
        ]
        if lines:
            lines[0]["ingredient_id"] = chance.choice(ingredients)
        started = time.perf_counter()
        body, headers = json.dumps({"ingredients": lines}), {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/analytics/place", body, headers)
        connection.getresponse().read()
        times.append(1_000 * (time.perf_counter() - started))
    return times[0], sorted(times[1:])


def _get(address: str) -> Any:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - the address given
        return json.load(answer)


if __name__ == "__main__":
    main()
