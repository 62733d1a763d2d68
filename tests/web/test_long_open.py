"""A page that stays open for a day, while refreshes come and runs go."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cocktailspace.artifacts.manifest import Manifest, read_published
from cocktailspace.bootstrap import Services, build_services, prepare_catalogue
from cocktailspace.catalogue.models import LineDraft, RecipeDraft
from cocktailspace.catalogue.recipes import create_recipes
from cocktailspace.settings import Settings
from tests.conftest import BAR, import_document
from tests.publishing import publish_analytics
from tests.web.conftest import Visit, told_nothing
from tests.web.server import Server, running

pytestmark = pytest.mark.browser


class Bar:
    """A server that never refreshes by itself, and the hand that does so."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(
            db_path=folder / "catalogue.sqlite", analytics_path=folder / "artifacts"
        )
        self.services: Services = build_services(settings)
        prepare_catalogue(settings, self.services.database, starter=False)
        import_document(self.services.database, BAR)
        self.server: Server
        self.made = 0
        self.publish()

    def publish(self, *, forget_the_others: bool = False) -> Manifest:
        """A new recipe and its refresh; the runs before it go as they do after ten minutes."""
        self.made += 1
        with self.services.database.transaction() as tx:
            draft = RecipeDraft(
                name=f"Made {self.made}",
                ingredients=[
                    LineDraft(ingredient_id=5, amount=self.made),
                    LineDraft(ingredient_id=8),
                ],
            )
            create_recipes(tx, [draft], [""])
        services = self.services
        publish_analytics(services)
        published = read_published(services.store)
        assert published is not None
        assert published.manifest is not None
        if forget_the_others:
            runs = services.settings.artifacts_folder / "analytics/v1/runs"
            for run in runs.iterdir():
                if run.name != published.manifest.run_id:
                    shutil.rmtree(run)
        return published.manifest


@pytest.fixture(scope="module")
def bar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bar]:
    folder = tmp_path_factory.mktemp("long-open")
    made = Bar(folder)
    with running(folder, ANALYTICS_DEBOUNCE_MINUTES="100000") as server:
        made.server = server
        yield made
    made.services.database.close()


def _open(bar: Bar, visit: Visit, where: str = "") -> Any:
    """A page whose clock is in our hands, and which asks; it knows whether it was loaded again."""
    # A clock is its whole context's: the time zone gives these tests one that no others share.
    page = visit(bar.server, where, allow={404}, timezone_id="UTC", before=told_nothing)
    page.clock.install()
    page.reload()
    page.wait_for_selector("#stage[data-run]")
    page.evaluate("window.sameDocument = true")
    return page


def _shows(page: Any, manifest: Manifest) -> None:
    page.wait_for_selector(f'#stage[data-run="{manifest.run_id}"]')
    assert page.evaluate("window.sameDocument")
    expect(page.locator("#freshness[data-state=fresh] .text")).to_have_text("Up to date")
    assert page.locator(".error, [role=alert]:not(:empty)").count() == 0


def test_two_tabs_are_told_of_what_another_process_publishes(bar: Bar, visit: Visit) -> None:
    status = bar.server.get("/refresh")
    pages = []
    for _ in range(2):
        page = visit(bar.server)
        page.route(
            "**/api/v1/refresh", lambda route: route.fulfill(json=status)
        )  # all is old there
        pages.append(page)
    newest = bar.publish(forget_the_others=True)
    for page in pages:
        page.wait_for_selector(f'#stage[data-run="{newest.run_id}"]')


def test_a_page_open_for_a_day_takes_up_every_version_by_itself(bar: Bar, visit: Visit) -> None:
    page = _open(bar, visit, "#/recipe/1")
    for _ in range(6):
        newest = bar.publish(forget_the_others=True)
        page.clock.fast_forward("04:00:00")
        _shows(page, newest)
    page.get_by_role("heading", name="Similar cocktails").wait_for()


@pytest.mark.parametrize(
    ("where", "title"),
    [
        ("#/complexity", "Ingredient count"),
        ("#/recipe/2", "Boulevardier"),
        ("#/ingredient/5", "Gin"),
    ],
)
def test_a_page_that_slept_through_the_end_of_its_run_shows_no_error(
    bar: Bar, visit: Visit, where: str, title: str
) -> None:
    """The click comes before the look by which it would have learnt of the new run."""
    page = _open(bar, visit)
    status = bar.server.get("/refresh")  # what the page has heard before it fell asleep
    page.route("**/api/v1/refresh", lambda route: route.fulfill(json=status))
    newest = bar.publish(forget_the_others=True)
    page.evaluate("where => { location.hash = where }", where)
    expect(page.locator(".panel h2")).to_have_text(title)
    if where == "#/recipe/2":
        expect(page.get_by_role("heading", name="Similar cocktails")).to_be_visible()
    page.unroute("**/api/v1/refresh")
    page.clock.fast_forward("00:00:10")
    _shows(page, newest)


def test_the_other_map_of_a_run_that_is_gone_is_the_current_runs(bar: Bar, visit: Visit) -> None:
    page = _open(bar, visit)
    status = bar.server.get("/refresh")
    page.route("**/api/v1/refresh", lambda route: route.fulfill(json=status))
    newest = bar.publish(forget_the_others=True)
    page.evaluate("location.hash = '#/space/fractions'")
    page.wait_for_selector(f'#stage[data-run="{newest.run_id}"]')
    page.unroute("**/api/v1/refresh")
    page.clock.fast_forward("00:00:10")
    _shows(page, newest)
