"""Make every picture in docs/images/ again, from the real page on real servers.

`python scripts/screenshots.py [folder] [word ...]` starts servers of its own (the starter
catalogue, the real one where it is at hand, 100,000 made-up recipes), drives Chromium through every
view on a desktop and a phone, light and dark, and writes a WebP for each; words choose the views
whose names contain one. With a folder that is not docs/images the pictures are PNGs, to look at.
A look at them is part of changing the page.
"""

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import SHARED  # noqa: E402
from tests.web.conftest import ARGUMENTS, PHONE  # noqa: E402
from tests.web.crowd import publish_crowd  # noqa: E402
from tests.web.server import NEVER, Server, copy_published, publish_starter, run, running  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DESKTOP = {"width": 1360, "height": 850}
QUALITY = 78
DEVICES, SCHEMES = ("desktop", "phone"), ("light", "dark")
REFRESH, SPACE = "**/api/v1/refresh", "**/runs/*/cocktail-space-em"
MANIFEST = "**/api/v1/analytics/manifest"

Step = Callable[[Any, Server], None]


def nothing(_page: Any, _server: Server) -> None:
    """The view needs no more than its address."""


@dataclass(frozen=True)
class View:
    """A picture to take: where, what is done before going there, and after."""

    name: str
    where: str = ""
    after: Step = nothing
    before: Step = nothing
    devices: tuple[str, ...] = DEVICES
    scripts: bool = True
    ready: str = "#freshness[data-state=fresh]"


class Studio:
    """A browser that takes pictures, and where they go."""

    def __init__(self, browser: Any, folder: Path, words: list[str]) -> None:
        self._browser, self._folder, self._words = browser, folder, words
        self._kept: dict[tuple[str, str, bool], Any] = {}

    def wants(self, name: str) -> bool:
        """Whether this picture was asked for."""
        return not self._words or any(word in name for word in self._words)

    def take(self, views: list[View], server: Server) -> None:
        """Every view on every device in every scheme."""
        for view in views:
            if not self.wants(view.name):
                continue
            for device in view.devices:
                for scheme in SCHEMES:
                    page = self.open(server, view, device, scheme)
                    view.after(page, server)
                    self.shoot(page, view.name, device, scheme)
                    page.close()

    def open(self, server: Server, view: View, device: str, scheme: str) -> Any:
        """A page that shows the view."""
        page = self._context(device, scheme, view.scripts).new_page()
        view.before(page, server)
        page.goto(f"{server.address}/{view.where}")
        if view.scripts and (not view.where or view.where.startswith("#")):
            page.wait_for_selector(view.ready)
        if view.where.startswith("#/") and "space" not in view.where:
            expect(page.locator(".panel h2")).not_to_be_empty()
        return page

    def shoot(self, page: Any, name: str, device: str, scheme: str) -> None:
        """One picture, of the page at rest."""
        page.evaluate("() => document.fonts.ready")
        page.wait_for_timeout(250)
        png = page.screenshot()
        stem = self._folder / f"{name}-{device}-{scheme}"
        if self._folder == IMAGES:
            picture = Image.open(io.BytesIO(png)).convert("RGB")
            picture.save(stem.with_suffix(".webp"), quality=QUALITY, method=6)
        else:
            stem.with_suffix(".png").write_bytes(png)

    def _context(self, device: str, scheme: str, scripts: bool) -> Any:
        key = device, scheme, scripts
        if key not in self._kept:
            phone = device == "phone"
            self._kept[key] = self._browser.new_context(
                viewport=PHONE if phone else DESKTOP,
                has_touch=phone,
                color_scheme=scheme,
                device_scale_factor=1.5 if phone else 1,
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="UTC",
                java_script_enabled=scripts,
            )
            self._kept[key].set_default_timeout(60_000)
        return self._kept[key]


def main() -> None:
    """Write all pictures."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=60_000)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        studio = Studio(browser, folder, sys.argv[2:])
        publish_starter(Path(scratch) / "published")
        for make, views in ((_starter, STARTER), (_real, REAL), (_crowd, CROWD)):
            if any(studio.wants(view.name) for view in views):
                with make(Path(scratch)) as server:
                    studio.take(views, server)
        if studio.wants("writing"):
            _writing(studio, Path(scratch))
        browser.close()
    if folder == IMAGES:  # the README's
        Image.open(IMAGES / "map-desktop-light.webp").save(IMAGES / "map.webp", quality=QUALITY)


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    if not folder.exists():
        folder.mkdir()
    return folder


@contextmanager
def _starter(scratch: Path) -> Iterator[Server]:
    folder = _folder(scratch, "starter")
    copy_published(scratch / "published", folder)
    with running(folder, ANALYTICS_DEBOUNCE_MINUTES=NEVER) as server:
        yield server


@contextmanager
def _real(scratch: Path) -> Iterator[Server]:
    document, folder = SHARED / "catalogue-1356.json", _folder(scratch, "real")
    if document.exists():
        path = str(folder / "catalogue.sqlite")
        run("import", str(document), environment={**os.environ, "DB_PATH": path})
    with running(folder) as server:
        server.wait_until_published()
        yield server


@contextmanager
def _crowd(scratch: Path) -> Iterator[Server]:
    folder = _folder(scratch, "crowd")
    publish_crowd(folder, 100_000)
    with running(folder) as server:
        yield server


def search(page: Any, _server: Server) -> None:
    """Suggestions, and matches lit on the map."""
    page.get_by_role("combobox", name="Search").click()
    page.keyboard.type("campari")
    page.wait_for_selector("#search-found [role=option]")


def hover(page: Any, _server: Server) -> None:
    """The card of a recipe that is pointed at."""
    box = page.locator("#stage").bounding_box()
    for step in range(0, 600, 3):
        page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + 60 + step)
        if page.locator("#hover").is_visible():
            return


def families(page: Any, _server: Server) -> None:
    """The legend as a filter."""
    page.locator("#legend button").nth(0).click()
    page.locator("#legend button").nth(4).click()


def further_down(page: Any, _server: Server) -> None:
    """What stands below the first screen of a panel."""
    page.wait_for_selector(".panel h3")
    page.evaluate("() => { document.querySelector('.panel').scrollTop = 430; }")


def write(page: Any, _server: Server) -> None:
    """A recipe, as far as what it is like is said of it."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    for place, name in enumerate(["mezcal", "campari", "sweet verm"]):
        line = page.locator(".lines > li").nth(place)
        line.get_by_label("Amount").fill("1")
        line.get_by_role("combobox", name="Ingredient").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    expect(page.locator(".live")).to_contain_text("This is a")


def type_ahead(page: Any, _server: Server) -> None:
    """Names that are offered while one types."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    page.locator(".lines").get_by_role("combobox", name="Ingredient").first.click()
    page.keyboard.type("dry")


def make_ingredient(page: Any, _server: Server) -> None:
    """A name that is not there, made on the way."""
    page.locator(".lines").get_by_role("combobox", name="Ingredient").first.click()
    page.keyboard.type("Quince Brandy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def mistakes(page: Any, server: Server) -> None:
    """What the API says of them, each at its field."""
    _sign_in(page, server)
    page.get_by_label("Name", exact=True).fill("Negroni")
    line = page.locator(".lines > li").first
    line.get_by_label("Amount").fill("2000000")
    line.get_by_role("combobox", name="Ingredient").click()
    page.keyboard.type("campari")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def ask_for_token(page: Any, _server: Server) -> None:
    """The dialog that saving without a token opens."""
    page.get_by_label("Name", exact=True).fill("Smoke Signal")
    page.get_by_role("button", name="Add ingredient").click()
    page.wait_for_selector("#sign-in[open]")


def ask_to_delete(page: Any, _server: Server) -> None:
    """The dialog before anything is deleted."""
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()


def conflict(page: Any, server: Server) -> None:
    """Somebody else saves the recipe that is open in a form."""
    _sign_in(page, server)
    page.get_by_label("What it is like").fill("Bitter, and better for it.")
    before = server.get("/recipes/9")
    lines = [
        {key: line[key] for key in ("ingredient_id", "amount", "unit_id")}
        for line in before["ingredients"]
    ]
    draft = {key: before[key] for key in ("name", "instructions", "source", "description")}
    theirs = [{**lines[0], "amount": 35}, *lines[1:]]
    server.send("PUT", "/recipes/9", {**draft, "ingredients": theirs})
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".conflict")).to_be_visible()
    server.send("PUT", "/recipes/9", {**draft, "ingredients": lines})


def _sign_in(page: Any, server: Server) -> None:
    page.evaluate("token => sessionStorage.setItem('token', token)", server.token)


def _answer(address: str, **answer: Any) -> Step:
    def before(page: Any, _server: Server) -> None:
        page.route(address, lambda route: route.fulfill(**answer))

    return before


def _hang(page: Any, _server: Server) -> None:
    page.add_init_script(
        "const ask = fetch; window.fetch = (where, ...rest) =>"
        " String(where).endsWith('/manifest') ? new Promise(() => {}) : ask(where, ...rest);"
    )


def _noticed(page: Any, _server: Server) -> None:
    expect(page.locator("#notice")).to_be_visible()


def _in_trouble(page: Any, _server: Server) -> None:
    expect(page.locator("#notice-text")).to_contain_text("cannot")


def _told(**changed: Any) -> Step:
    def before(page: Any, server: Server) -> None:
        status = server.get("/refresh") | changed
        page.route(REFRESH, lambda route: route.fulfill(json=status))

    return before


def freshness(page: Any, _server: Server) -> None:
    """The details behind the word in the header."""
    page.locator("#freshness").click()
    expect(page.locator("#freshness-more dl")).to_be_visible()


def said(state: str) -> str:
    """A selector that is there when the page says so."""
    return f"#freshness[data-state={state}]"


FAILED = {"state": "failed", "step": "learning costs", "failures": 2, "error": "out of memory"}
EMPTY = {"data": [], "metadata": {}}
STARTER = [
    View("map"),
    View("map-by-ingredient", "#/space/fractions"),
    View("families", after=families),
    View("hover", after=hover, devices=("desktop",)),
    View("search", after=search),
    View("found", "#/search?q=lime"),
    View("recipe", "#/recipe/9"),
    View("recipe-similar", "#/recipe/9", further_down),
    View("ingredients", "#/ingredients"),
    View("ingredient", "#/ingredient/2"),
    View("substitutes", "#/ingredient/2", further_down),
    View("complexity", "#/complexity/4"),
    View("freshness", after=freshness),
    View("new-recipe", "#/recipe/new", write),
    View("typed-ahead", "#/recipe/new", type_ahead),
    View("new-ingredient", "#/recipe/new", make_ingredient),
    View("problems", "#/recipe/new", mistakes),
    View("token", "#/ingredient/new", ask_for_token),
    View("delete", "#/recipe/9", ask_to_delete),
    View("lost", "#/nowhere", ready="#stage[data-run]"),
    View("failed", "", freshness, _told(state="failed", attempt=FAILED), ready=said("failed")),
    View("offline", before=_answer(REFRESH, status=502, body="gone"), ready=said("offline")),
    View("loading", "", _noticed, _hang, ready="#freshness[data-state]"),
    View("error", "", _in_trouble, _answer(MANIFEST, status=500, body="{}"), ready=".notice"),
    View("empty", "", before=_answer(SPACE, json=EMPTY), ready="#stage[data-run]"),
    View("no-javascript", scripts=False),
    View("page-recipe", "recipe/9"),
    View("page-ingredient", "ingredient/2"),
    View("page-recipes", "recipes"),
    View("page-missing", "recipe/99999"),
    View("conflict", "#/recipe/9/edit", conflict, ready=".form"),  # writes: last
]  # fmt: skip
REAL = [
    View("map-1356"),
    View("recipe-1356", "#/recipe/1"),
    View("ingredients-1356", "#/ingredients"),
    View("ingredient-1356", "#/ingredient/13"),
]
CROWD = [View("map-100000", ready="#stage[data-run]")]


def _writing(studio: Studio, scratch: Path) -> None:
    """A recipe from the form to the new map, with a server for each, for it happens once."""
    for device in DEVICES:
        for scheme in SCHEMES:
            folder = _folder(scratch, f"writing-{device}-{scheme}")
            copy_published(scratch / "published", folder)
            with running(folder, ANALYTICS_DEBOUNCE_MINUTES="0.15") as server:
                page = studio.open(server, View("", "#/recipe/new"), device, scheme)
                _write_and_follow(studio, page, server, device, scheme)
                page.close()


def _write_and_follow(studio: Studio, page: Any, server: Server, device: str, scheme: str) -> None:
    _sign_in(page, server)
    write(page, server)
    page.get_by_role("button", name="Add recipe").click()
    page.wait_for_selector(".pill")
    page.wait_for_selector("#freshness[data-state=pending]")
    studio.shoot(page, "writing-1-pending", device, scheme)
    expect(page.locator("#freshness .text")).to_have_text(re.compile("Computing — .*[1-9]"))
    studio.shoot(page, "writing-2-computing", device, scheme)
    expect(page.locator("#news")).to_be_visible(timeout=120_000)
    page.wait_for_selector("#freshness[data-state=fresh]")
    studio.shoot(page, "writing-3-moved", device, scheme)


if __name__ == "__main__":
    main()
