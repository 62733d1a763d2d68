"""A Chromium that drives the real page on a real server, and watches that it behaves."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.web.crowd import publish_crowd
from tests.web.server import Server, run, running

FOLDER = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def need(found: object, what: str) -> None:
    """Skip with a clear line, unless everything has to be there."""
    if found:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is needed (REQUIRE_ALL=1)")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    need(chromium, "chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only with a browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, which npm brings."""
    source = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        need(shutil.which("npm"), "npm")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)
    return source.read_text()


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A new server with the starter catalogue. Tests must leave it as they found it."""
    with running(tmp_path_factory.mktemp("starter")) as server:
        yield server


@pytest.fixture(scope="session")
def bar(starter: Server) -> Server:
    """The starter catalogue with its map."""
    starter.wait_until_published()
    return starter


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """1,356 recipes: the real ones where they are at hand, else made up."""
    folder = tmp_path_factory.mktemp("real")
    document = SHARED / "catalogue-1356.json"
    if not document.exists():
        from benchmarks.synthetic import generate  # noqa: PLC0415 - compiles the engine

        document = folder / "catalogue.json"
        document.write_text(json.dumps(generate(1356).document()))
    environment = {**os.environ, "DB_PATH": str(folder / "catalogue.sqlite")}
    run("import", str(document), environment=environment)
    with running(folder) as server:
        server.wait_until_published()
        yield server


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A map of 100,000 recipes."""
    folder = tmp_path_factory.mktemp("crowd")
    publish_crowd(folder, 100_000)
    with running(folder) as server:
        yield server


@dataclass
class Watch:
    """What a page must not do, and did."""

    address: str
    allowed: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def console(self, message: Any) -> None:
        """Errors, apart from the browser's notes about answers that the test asked for."""
        if message.type != "error":
            return
        status = re.search(r"status of (\d+)", message.text)
        if not (status and int(status[1]) in self.allowed):
            self.complaints.append(f"console: {message.text}")

    def request(self, request: Any) -> None:
        """Everything comes from the one server."""
        if not request.url.startswith((f"{self.address}/", "data:", "about:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Opens a page of a server: visit(server, "#/recipe/1", phone=True, allow={412})."""
    opened = []

    def open_page(
        server: Server,
        where: str = "",
        *,
        phone: bool = False,
        allow: set[int] | None = None,
        ready: bool = True,
        **options: Any,
    ) -> Any:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP, has_touch=phone, **options
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch = Watch(server.address, allow or set())
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.complaints.append(f"exception: {error}"))
        page.on("request", watch.request)
        opened.append((context, watch))
        page.goto(f"{server.address}/{where}")
        if ready:
            page.wait_for_selector("#stage[data-run]")
        return page

    yield open_page
    complaints = [complaint for _, watch in opened for complaint in watch.complaints]
    for context, _ in opened:
        context.close()
    assert complaints == []
