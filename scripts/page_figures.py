"""Measure the page: bytes, time to the first map, frames, and `place`.

`python scripts/page_figures.py` measures it with 77, 126 (the starter), 1,356 and 100,000 recipes
on servers of its own; sizes or addresses of running servers choose (`... 77 http://127.0.0.1:8000`).
"""

import http.client
import json
import os
import random
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.conftest import SHARED
from tests.fixtures.browser import BROWSER_ARGUMENTS
from tests.web.conftest import DESKTOP
from tests.web.large_catalogue import publish_large
from tests.web.server import NEVER, publish_starter, run, running

VISITS, DRAFTS = 5, 300
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
STARTER, LARGEST_REAL = 126, 1_356
SIZES = ["77", str(STARTER), str(LARGEST_REAL), "100000"]
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
    for wanted in sys.argv[1:] or SIZES:
        if wanted.startswith("http"):
            _measure(wanted.rstrip("/"))
            continue
        with tempfile.TemporaryDirectory() as scratch:
            print(f"{int(wanted):,} recipes")
            _prepare(Path(scratch), int(wanted))
            with running(Path(scratch), ANALYTICS_DEBOUNCE_MINUTES=NEVER) as server:
                _measure(server.address)


def _prepare(folder: Path, count: int) -> None:
    """A catalogue of this size with its maps: a cut of the real one, or a made-up one."""
    environment = {
        **os.environ,
        "DB_PATH": str(folder / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(folder / "artifacts"),
    }
    if count == STARTER:
        publish_starter(folder)
    elif count > LARGEST_REAL:
        publish_large(folder, count)
    else:
        document = json.loads((SHARED / "catalogue-1356.json").read_text())
        document["recipes"] = document["recipes"][:count]
        (folder / "cut.json").write_text(json.dumps(document))
        run("import", str(folder / "cut.json"), "--yes", environment=environment)
        run("refresh", environment=environment)


def _measure(address: str) -> None:
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        visits = [_visit(browser, address) for _ in range(VISITS)]
        browser.close()
    last = visits[-1]
    print(f"  first load: {last['files'] + last['map']:,.0f} bytes (map {last['map']:,.0f})")
    print(f"  first map: {_median(visits, 'shown'):.0f} ms after the click")
    drawn = statistics.median(visit["shown"] - visit["data"] for visit in visits)
    print(f"  its data there → picture: {drawn:.0f} ms")
    print(f"  frame while zooming: {_median(visits, 'frame'):.0f} ms")
    first, times = _place(address)
    p50, p99 = times[len(times) // 2], times[int(0.99 * len(times))]
    print(f"  place: p50 {p50:.1f} ms, p99 {p99:.1f} ms, the first of a run {first:.0f} ms")


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
