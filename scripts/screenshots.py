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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import SHARED, nothing_published  # noqa: E402
from tests.fixtures.browser import BROWSER_ARGUMENTS  # noqa: E402
from tests.web.conftest import PHONE  # noqa: E402
from tests.web.large_catalogue import publish_large  # noqa: E402
from tests.web.server import NEVER, Server, copy_published, publish_starter, run, running  # noqa: E402
from views import CROWD, DEVICES, REAL, STARTER, View, sign_in, write  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DESKTOP = {"width": 1360, "height": 850}
QUALITY = 78
SCHEMES = ("light", "dark")


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
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
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
        run("import", str(document), "--yes", environment={**os.environ, "DB_PATH": path})
    with running(folder) as server:
        server.wait_until_published()
        yield server


@contextmanager
def _crowd(scratch: Path) -> Iterator[Server]:
    folder = _folder(scratch, "crowd")
    publish_large(folder, 100_000)
    with running(folder) as server:
        yield server


def _writing(studio: Studio, scratch: Path) -> None:
    """A recipe from the form to the new map, with a server for each, for it happens once."""
    for device in DEVICES:
        for scheme in SCHEMES:
            folder = _folder(scratch, f"writing-{device}-{scheme}")
            copy_published(scratch / "published", folder)
            with running(folder, ANALYTICS_DEBOUNCE_MINUTES="0.15") as server:
                page = studio.open(server, View("", "#/recipe/new"), device, scheme)
                _write_and_follow(studio, page, server, folder, device, scheme)
                page.close()


def _write_and_follow(
    studio: Studio, page: Any, server: Server, folder: Path, device: str, scheme: str
) -> None:
    sign_in(page, server)
    write(page, server)
    with nothing_published(folder / "artifacts"):
        page.get_by_role("button", name="Add recipe").click()
        page.wait_for_selector(".pill")
        page.wait_for_selector("#freshness[data-state=pending]")
        studio.shoot(page, "writing-1-pending", device, scheme)
        expect(page.locator("#freshness .text")).to_have_text(re.compile("Computing"))
        studio.shoot(page, "writing-2-computing", device, scheme)
    expect(page.locator("#news")).to_be_visible(timeout=120_000)
    page.wait_for_selector("#freshness[data-state=fresh]")
    studio.shoot(page, "writing-3-moved", device, scheme)


if __name__ == "__main__":
    main()
