"""Make every picture in docs/images/ again, from the real page on a real server.

`python scripts/screenshots.py [folder]` starts servers of its own (the starter catalogue, and the
real one where it is at hand), drives Chromium through every view on a desktop and a phone, light
and dark, and writes one PNG for each. A look at them is part of changing the page.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import SHARED  # noqa: E402
from tests.web.conftest import ARGUMENTS, PHONE  # noqa: E402
from tests.web.server import Server, run, running  # noqa: E402

DESKTOP = {"width": 1360, "height": 850}
SETTLED_MS = 900


def main() -> None:
    """Write all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        with running(_made(Path(scratch), "starter")) as server:
            server.wait_until_published()
            _pictures_of(browser, server, folder, STARTER)
            _editing(browser, server, folder)
        document = SHARED / "catalogue-1356.json"
        if document.exists():
            place = _made(Path(scratch), "real")
            run("import", str(document), environment={**os.environ, **_settings(place)})
            with running(place) as server:
                server.wait_until_published()
                _pictures_of(browser, server, folder, REAL)
        browser.close()
    shutil.copy(folder / "map-desktop-light.png", folder / "map.png")  # the README's


def _made(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder


def _settings(folder: Path) -> dict[str, str]:
    return {"DB_PATH": str(folder / "catalogue.sqlite")}


def _nothing(_page: Any) -> None:
    """The view needs no more than its address."""


def _search(page: Any) -> None:
    page.get_by_role("combobox", name="Search").click()
    page.keyboard.type("campari", delay=20)
    page.wait_for_selector("#search-found [role=option]")


def _hover(page: Any) -> None:
    box = page.locator("#stage").bounding_box()
    for step in range(0, 600, 3):
        page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + 60 + step)
        if page.locator("#hover").is_visible():
            return


def _scroll(page: Any) -> None:
    page.wait_for_selector(".panel h3")
    page.evaluate("() => { document.querySelector('.panel').scrollTop = 430; }")


def _write(page: Any) -> None:
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    for place, name in enumerate(["mezcal", "campari", "sweet verm"]):
        line = page.locator(".lines > li").nth(place)
        line.get_by_label("Amount").fill("1")
        line.get_by_role("combobox", name="Ingredient").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    page.get_by_text("This is a").wait_for()


View = tuple[str, str, Callable[[Any], None]]
STARTER: list[View] = [
    ("map", "", _nothing),
    ("map-by-ingredient", "#/space/fractions", _nothing),
    ("hover", "", _hover),
    ("search", "", _search),
    ("found", "#/search?q=lime", _nothing),
    ("recipe", "#/recipe/9", _nothing),
    ("recipe-similar", "#/recipe/9", _scroll),
    ("ingredients", "#/ingredients", _nothing),
    ("ingredient", "#/ingredient/2", _nothing),
    ("substitutes", "#/ingredient/2", _scroll),
    ("complexity", "#/complexity/4", _nothing),
    ("new-recipe", "#/recipe/new", _write),
    ("lost", "#/nowhere", _nothing),
    ("page-recipe", "recipe/9", _nothing),
    ("page-ingredient", "ingredient/2", _nothing),
    ("page-missing", "recipe/99999", _nothing),
]
REAL: list[View] = [
    ("map-1356", "", _nothing),
    ("recipe-1356", "#/recipe/1", _nothing),
    ("ingredients-1356", "#/ingredients", _nothing),
    ("ingredient-1356", "#/ingredient/13", _nothing),
]


def _pictures_of(browser: Any, server: Server, folder: Path, views: list[View]) -> None:
    for device in ("desktop", "phone"):
        for scheme in ("light", "dark"):
            for name, where, prepare in views:
                if device == "phone" and name == "hover":
                    continue  # there is no pointer
                page = _open(browser, server, where, device, scheme)
                prepare(page)
                _shoot(page, folder, name, device, scheme)


def _open(browser: Any, server: Server, where: str, device: str, scheme: str) -> Any:
    phone = device == "phone"
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        has_touch=phone,
        color_scheme=scheme,
        device_scale_factor=1.5 if phone else 1,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(f"{server.address}/{where}")
    if where.startswith("#") or not where:
        page.wait_for_selector("#stage[data-run]")
        page.wait_for_selector("#freshness[data-state=fresh]")
    return page


def _shoot(page: Any, folder: Path, name: str, device: str, scheme: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=folder / f"{name}-{device}-{scheme}.png")
    page.context.close()


def _editing(browser: Any, server: Server, folder: Path) -> None:
    """What happens only while somebody writes: problems, token, waiting, conflict, the move."""
    page = _open(browser, server, "#/recipe/new", "desktop", "light")
    page.wait_for_selector(".lines")
    page.locator(".lines > li").first.get_by_label("Amount").fill("a lot")
    page.get_by_role("button", name="Add recipe").click()
    _shoot(page, folder, "problems", "desktop", "light")

    page = _open(browser, server, "#/recipe/new", "desktop", "light")
    _write(page)
    page.get_by_role("button", name="Add recipe").click()
    page.wait_for_selector("#sign-in[open]")
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=folder / "token-desktop-light.png")
    page.locator("#sign-in").get_by_label("Token").fill(server.token)
    page.get_by_role("button", name="Use it").click()
    page.wait_for_selector(".pill")
    page.wait_for_timeout(300)
    page.screenshot(path=folder / "pending-desktop-light.png")
    page.wait_for_selector("#freshness[data-state=running]")
    page.wait_for_timeout(400)
    page.screenshot(path=folder / "computing-desktop-light.png")
    page.locator("#news:not([hidden])").wait_for(timeout=60_000)
    page.wait_for_timeout(2_000)
    page.screenshot(path=folder / "moved-desktop-light.png")
    page.locator("#freshness").click()
    _shoot(page, folder, "freshness", "desktop", "light")
    _conflict(browser, server, folder)


def _conflict(browser: Any, server: Server, folder: Path) -> None:
    page = _open(browser, server, "#/recipe/9/edit", "desktop", "light")
    page.evaluate("token => sessionStorage.setItem('token', token)", server.token)
    page.get_by_label("What it is like").fill("Bitter, and better for it.")
    before = server.get("/recipes/9")
    lines = [
        {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
        for line in before["ingredients"]
    ]
    lines[0]["amount"] = 35
    draft = {key: before[key] for key in ("name", "instructions", "source", "description")}
    server.send("PUT", "/recipes/9", {**draft, "ingredients": lines})
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".conflict")
    _shoot(page, folder, "conflict", "desktop", "light")


if __name__ == "__main__":
    main()
