"""A page and a run of different versions of the program."""

import mimetypes
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cocktailspace.bootstrap import build_services
from cocktailspace.settings import Settings
from tests.conftest import ROOT, nothing_published
from tests.publishing import publish_old_form
from tests.web.conftest import Visit
from tests.web.server import NEVER, Server, copy_published, running
from tests.web.test_panels import ingredient_id, recipe_id

pytestmark = pytest.mark.browser

BEFORE = "4ef2663"
"""The last commit whose page reads flows and costs."""


@pytest.fixture
def unpublished() -> Iterator[ExitStack]:
    """Closed, it lets a job of the old run's server publish."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def old_run(tmp_path: Path, published: Path, unpublished: ExitStack) -> Iterator[Server]:
    """A server that was upgraded, whose first refresh comes as far as the swap of the manifest."""
    copy_published(published, tmp_path)
    settings = Settings(
        db_path=tmp_path / "catalogue.sqlite", analytics_path=tmp_path / "artifacts"
    )
    with closing(build_services(settings)) as services:
        publish_old_form(services)
    unpublished.enter_context(nothing_published(tmp_path / "artifacts"))
    with running(tmp_path, ANALYTICS_DEBOUNCE_MINUTES=NEVER) as server:
        yield server


def test_what_an_older_run_lacks_is_being_computed_and_comes_by_itself(
    old_run: Server, unpublished: ExitStack, visit: Visit
) -> None:
    page = visit(old_run, f"#/ingredient/{ingredient_id(old_run, 'Mezcal')}", allow={503})
    panel = page.locator(".panel")
    expect(panel).to_contain_text("It is being computed, and appears here by itself.")
    negroni = recipe_id(old_run, "Negroni")
    page.evaluate("where => { location.hash = where }", f"#/recipe/{negroni}")
    expect(panel).to_contain_text("How it is made")
    expect(panel).to_contain_text("They are being computed, and appear here by themselves.")
    unpublished.close()
    expect(page.locator(".similar a").first).to_contain_text("close")
    page.go_back()
    expect(page.locator(".substitutes .row").first).to_be_visible()


def test_an_older_answer_that_the_browser_kept_is_taken_for_none(
    starter: Server, visit: Visit
) -> None:
    plan = {"flows": [{"from": "Gin", "to": "Rum", "fraction": 0.5}], "unchanged": 0.5}
    kept = {"similar": [{"recipe_id": 2, "name": "Other", "distance": 0.4} | plan]}
    asked = "**/recipe-similar?recipe_id=*"
    page = visit(
        starter,
        "#/recipe/1",
        before=lambda it: it.route(asked, lambda route: route.fulfill(json=kept)),
    )
    expect(page.locator(".panel")).to_contain_text("They are being computed")


def test_a_draft_is_written_and_saved_while_an_older_run_stands(
    old_run: Server, visit: Visit
) -> None:
    page = visit(old_run, "#/recipe/new", allow={503})
    page.evaluate("token => sessionStorage.setItem('token', token)", old_run.token)
    page.get_by_label("Name", exact=True).fill("Between Versions")
    line = page.locator(".lines > li").first
    line.get_by_label("Amount").fill("1")
    box = line.get_by_role("combobox", name="Ingredient")
    box.fill("")
    page.keyboard.type("campari")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add recipe").click()
    expect(page.locator(".panel h2")).to_have_text("Between Versions")
    expect(page.locator(".panel")).to_contain_text("They are being computed")


def _serve_the_page_before(page: Any) -> None:
    """As if it had been opened before the upgrade: its files come from the history."""

    def serve(route: Any) -> None:
        path = "/".join(route.request.url.split("/static/")[1].split("/")[1:])
        file = f"{BEFORE}:src/cocktailspace/web/static/{path}"
        shown = subprocess.run(["git", "show", file], cwd=ROOT, check=False, capture_output=True)
        status = 200 if shown.returncode == 0 else 404  # what today's page fetches ahead
        media_type = mimetypes.guess_type(path)[0]
        route.fulfill(status=status, body=shown.stdout, content_type=media_type)

    page.route("**/static/**", serve)


def test_a_page_from_before_the_upgrade_keeps_its_map_and_says_what_it_cannot_show(
    starter: Server, visit: Visit
) -> None:
    known = subprocess.run(
        ["git", "cat-file", "-e", BEFORE], cwd=ROOT, check=False, capture_output=True
    )
    if known.returncode != 0:  # a shallow clone, or a copy without git
        pytest.skip(f"the project's history (commit {BEFORE}) is not here")
    page = visit(starter, before=_serve_the_page_before, allow={404, 410})
    heading = page.locator(".panel h2")
    for where in (
        f"#/recipe/{recipe_id(starter, 'Negroni')}",
        f"#/ingredient/{ingredient_id(starter, 'Mezcal')}",
    ):
        page.evaluate("where => { location.hash = where }", where)
        expect(heading).to_have_text("This cannot be shown for now")
    expect(page.locator(".panel")).to_contain_text("ingredient-substitutes takes its place")
    page.evaluate("location.hash = '#/complexity'")
    expect(heading).to_have_text("Complexity")
    expect(page.locator("#stage")).to_have_attribute("data-renderer", "webgl")
