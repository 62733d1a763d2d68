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

from cocktailspace.api.site import WEB
from tests.conftest import SHARED, need
from tests.fixtures.browser import new_context
from tests.web.large_catalogue import publish_large
from tests.web.server import NEVER, Server, copy_published, publish_starter, run, running

ROOT = Path(__file__).parents[2]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, which npm brings."""
    source = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        need(shutil.which("npm"), "npm")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    return source.read_text()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter catalogue with its maps, computed once for all processes of this session."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "published"
    publish_starter(folder)
    return folder


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Server]:
    """The starter catalogue with its map, for reading: no test changes anything here."""
    folder = tmp_path_factory.mktemp("starter")
    copy_published(published, folder)
    with running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Server]:
    """The same for writing: no refresh comes between, and every test tidies up."""
    folder = tmp_path_factory.mktemp("editable")
    copy_published(published, folder)
    with running(folder, ANALYTICS_DEBOUNCE_MINUTES=NEVER) as server:
        yield server


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
    run("import", str(document), "--yes", environment=environment)
    with running(folder) as server:
        server.wait_until_published()
        yield server


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A map of 100,000 recipes."""
    folder = tmp_path_factory.mktemp("large")
    publish_large(folder, 100_000)
    with running(folder) as server:
        yield server


@dataclass
class Watch:
    """What a page must not do, and did."""

    address: str
    allowed: set[int] = field(default_factory=set)
    aborted: bool = False
    hosts: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)

    def console(self, message: Any) -> None:
        """Errors, apart from the browser's notes about answers that the test asked for."""
        if message.type != "error":
            return
        if self.aborted and "net::ERR_FAILED" in message.text:
            return
        if "net::ERR_NETWORK_CHANGED" in message.text:  # the machine's doing; the page asks again
            return
        status = re.search(r"status of (\d+)", message.text)
        if not (status and int(status[1]) in self.allowed):
            self.complaints.append(f"console: {message.text}")

    def request(self, request: Any) -> None:
        """Everything comes from the one server, and from the issuer where somebody signs in."""
        known = tuple(f"{each}/" for each in (self.address, *self.hosts))
        if not request.url.startswith((*known, "data:", "about:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")


FORGET = """if (location.protocol === "http:" && !sessionStorage.getItem("opened")) {
  localStorage.clear();
  sessionStorage.setItem("opened", "yes");
}"""
"""Each tab of a test begins as a new visitor's."""

SLOWNESS = float(os.environ.get("SLOW_PAGES", "1"))
"""So many times slower is everything that a page does (make test-elsewhere)."""

TOAST = Path(WEB) / "static/js/shell/toast.js"
STAY = """const later = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => (ms === TOAST_MS ? 0 : later(act, ms, ...rest));"""
"""Toasts do not go by themselves: a test looks when it comes to it."""

Visit = Callable[..., Any]


def toasts_stay(page: Any) -> None:
    """What is said for some seconds is there for as long as a test takes to look."""
    shown = re.search(r"SHOWN_MS = ([\d_]+);", TOAST.read_text())
    assert shown
    page.add_init_script(STAY.replace("TOAST_MS", shown[1]))


def slow_down(page: Any) -> None:
    """Give a page less of the processor, where that is asked for."""
    if SLOWNESS > 1:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})


def told_nothing(page: Any) -> None:
    """Have the page ask: there is no stream, as on Lambda."""
    page.route("**/api/v1/events", lambda route: route.fulfill(status=204))


@pytest.fixture(scope="session")
def contexts(browser: Any) -> Iterator[Callable[..., Any]]:
    """Browser profiles, one for each set of options, so that files are fetched once."""
    kept: dict[str, Any] = {}

    def context(**options: Any) -> Any:
        key = json.dumps(options, sort_keys=True)
        if key not in kept:
            kept[key] = new_context(browser, **options)
        return kept[key]

    yield context
    for each in kept.values():
        each.close()


@pytest.fixture
def visit(contexts: Callable[..., Any]) -> Iterator[Visit]:
    """Opens a page of a server: visit(server, "#/recipe/1", phone=True, allow={412}).

    Nothing flies there, as drawing that takes long without a graphics card: a test of how the map
    moves asks for it, reduced_motion="no-preference".
    before: what is done to the page before it goes there.
    ready: wait for the map, and for the first word on whether it is up to date.
    """
    opened = []

    def open_page(
        server: Server,
        where: str = "",
        *,
        phone: bool = False,
        allow: set[int] | None = None,
        allow_failed: bool = False,
        hosts: tuple[str, ...] = (),
        before: Callable[[Any], object] | None = None,
        ready: bool = True,
        **options: Any,
    ) -> Any:
        options.setdefault("reduced_motion", "reduce")
        page = contexts(viewport=PHONE if phone else DESKTOP, has_touch=phone, **options).new_page()
        slow_down(page)
        page.add_init_script(FORGET)
        toasts_stay(page)
        watch = Watch(server.address, allow or set(), allow_failed, hosts)
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.complaints.append(f"exception: {error}"))
        page.on("request", watch.request)
        opened.append((page, watch))
        if before:
            before(page)
        page.goto(f"{server.address}/{where}")
        if ready:
            page.wait_for_selector("#stage[data-run]")
            page.wait_for_selector("#freshness:not([data-state=unknown])")
        return page

    yield open_page
    complaints = [complaint for _, watch in opened for complaint in watch.complaints]
    for page, _ in opened:
        page.close()
    assert complaints == []
