"""Signing in at a real OpenID Connect issuer, the certified oidc-provider, and what goes wrong."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ports import free_port
from tests.waiting import PATIENCE_SECONDS
from tests.web.conftest import Visit
from tests.web.issuing import (
    FONTS,
    at_issuer,
    expect_signed_in,
    expect_signed_out,
    has_token,
    issuing,
    sign_in,
    sign_out,
    stored,
    without_fonts,
)
from tests.web.server import NEVER, Server, copy_published, running
from tests.web.test_editing import fill_line

pytestmark = pytest.mark.browser

AUDIENCE = "https://bar.example.org"
REFUSALS = {400, 401, 403}


@dataclass(frozen=True)
class Signing:
    """A server, and the issuer whose tokens it takes."""

    server: Server
    issuer: str

    def open(
        self, visit: Visit, where: str = "", *, new: bool = True, before: Any = None, **options: Any
    ) -> Any:
        """A page of the server, which may go to the issuer, and may be refused.

        new: of a browser that the issuer does not know.
        """

        def prepare(page: Any) -> None:
            without_fonts(page)
            if new:
                page.context.clear_cookies()
            if before:
                before(page)

        options |= {"hosts": (self.issuer, FONTS), "allow": REFUSALS}
        return visit(self.server, where, before=prepare, **options)

    def recipes(self, name: str) -> int:
        """How many there are of that name."""
        query = urllib.parse.urlencode({"name": name})
        return len(self.server.get(f"/recipes?{query}")["items"])

    def post(self, path: str, **fields: str) -> int:
        """A form sent to the issuer by somebody else; the status of its answer."""
        data = urllib.parse.urlencode({"client_id": "page", **fields}).encode()
        try:
            with urllib.request.urlopen(
                f"{self.issuer}{path}", data, timeout=PATIENCE_SECONDS
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@contextmanager
def signing(folder: Path, published: Path, seconds: int) -> Iterator[Signing]:
    copy_published(published, folder)
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with (
        issuing(free_port(), site, seconds, folder / "issuer.log") as issuer,
        running(
            folder,
            port=port,
            ANALYTICS_DEBOUNCE_MINUTES=NEVER,
            OIDC_ISSUER=issuer,
            OIDC_AUDIENCE=AUDIENCE,
            OIDC_CLIENT_ID="page",
        ) as server,
    ):
        yield Signing(server, issuer)


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Signing]:
    """Access tokens live an hour."""
    with signing(tmp_path_factory.mktemp("hourly"), published, 3600) as made:
        yield made


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Signing]:
    """Access tokens are renewed before each use."""
    with signing(tmp_path_factory.mktemp("brief"), published, 20) as made:
        yield made


def write_recipe(page: Any, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    fill_line(page, 0, "60", "gin")


def save(page: Any) -> None:
    page.get_by_role("button", name="Add recipe").click()


def test_somebody_signs_in_writes_and_signs_out(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit, "#/recipe/new")
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    write_recipe(page, "Signed Sour")
    save(page)
    expect(page.get_by_role("heading", name="Sign in to go on")).to_be_visible()
    page.locator("#sign-in").get_by_role("button", name="Sign in").click()
    at_issuer(page, "editor-eve")
    expect_signed_in(page, "editor-eve")
    expect(page).to_have_url(f"{hourly.server.address}/#/recipe/new")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Signed Sour")
    save(page)
    expect(page.locator(".panel h2")).to_have_text("Signed Sour")
    assert hourly.recipes("Signed Sour") == 1
    kept = stored(page)
    assert not any(has_token(value) for value in kept.values())
    assert "sign-in" not in kept
    assert not any("eyJ" in address or "access_token" in address for address in addresses)
    sign_out(page)
    expect(page).to_have_url(re.compile(re.escape(hourly.server.address)))
    assert "refresh-token" not in stored(page)
    page.reload()
    expect_signed_out(page)
    assert "eyJ" not in (hourly.server.folder / "server.log").read_text()
    assert "code=" not in (hourly.server.folder / "server.log").read_text()


def test_a_reload_leaves_somebody_signed_in(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit)
    sign_in(page, "editor-eve")
    before = stored(page)["refresh-token"]
    page.reload()
    expect_signed_in(page, "editor-eve")
    page.wait_for_function("old => sessionStorage.getItem('refresh-token') !== old", arg=before)


def test_an_answer_to_nothing_that_was_asked_signs_nobody_in(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit, "signed-in?code=stolen&state=wrong")
    expect(page.locator("#toast")).to_contain_text("This sign-in was not begun here")
    expect_signed_out(page)
    assert "stolen" not in page.url


def _begun(page: Any, **changes: str) -> None:
    """As after a click on Sign in, with another memory of it."""
    begun = {"state": "s", "nonce": "n", "verifier": "v" * 43, "hash": "#/"} | changes
    page.evaluate("text => sessionStorage.setItem('sign-in', text)", json.dumps(begun))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("code=c&state=other", "This sign-in was not begun here"),
        ("code=guessed&state=s", "does not accept it"),
    ],
)
def test_an_answer_that_is_not_right_signs_nobody_in(
    hourly: Signing, visit: Visit, answer: str, said: str
) -> None:
    page = hourly.open(visit)
    _begun(page)
    page.goto(f"{hourly.server.address}/signed-in?{answer}")
    expect(page.locator("#toast")).to_contain_text(said)
    expect_signed_out(page)
    assert "sign-in" not in stored(page)


def test_a_code_counts_once(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit)
    back: list[str] = []
    page.on(
        "request", lambda request: back.append(request.url) if "signed-in?" in request.url else None
    )
    verifiers: list[str] = []
    page.on(
        "request",
        lambda request: (
            verifiers.append(request.post_data or "") if request.url.endswith("/token") else None
        ),
    )
    sign_in(page, "editor-eve")
    page.goto(back[0])  # the address from the history of somebody's browser
    expect(page.locator("#toast")).to_contain_text("This sign-in was not begun here")
    sent = dict(urllib.parse.parse_qsl(verifiers[0]))
    assert hourly.post("/token", **sent) == 400  # and the issuer withdraws what the code gave
    page.reload()
    expect_signed_out(page)


def test_an_answer_with_another_nonce_signs_nobody_in(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{hourly.issuer}/**")
    asked = page.url
    page.goto(f"{hourly.server.address}/")
    page.evaluate(
        "() => { const begun = JSON.parse(sessionStorage.getItem('sign-in')); begun.nonce = 'x';"
        " sessionStorage.setItem('sign-in', JSON.stringify(begun)); }"
    )
    page.goto(asked)
    at_issuer(page, "editor-eve")
    expect(page.locator("#toast")).to_contain_text("answered another question")
    expect_signed_out(page)


def test_a_token_is_renewed_before_it_is_over_and_nobody_notices(
    brief: Signing, visit: Visit
) -> None:
    page = brief.open(visit, "#/recipe/new")
    sign_in(page, "editor-eve")
    for name in ("First Fizz", "Second Fizz"):
        page.goto(f"{brief.server.address}/#/recipe/new")
        write_recipe(page, name)
        save(page)
        expect(page.locator(".panel h2")).to_have_text(name)
    assert brief.recipes("First Fizz") == brief.recipes("Second Fizz") == 1


def test_a_long_form_survives_a_sign_in_that_is_over(brief: Signing, visit: Visit) -> None:
    page = brief.open(visit, "#/recipe/new")
    sign_in(page, "editor-eve")
    write_recipe(page, "Patient Punch")
    assert brief.post("/token/revocation", token=stored(page)["refresh-token"]) == 200
    save(page)
    expect(page.get_by_role("heading", name="Sign in to go on")).to_be_visible()
    assert brief.recipes("Patient Punch") == 0
    page.locator("#sign-in").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Continue").click()  # the issuer knows who it is
    expect_signed_in(page, "editor-eve")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Patient Punch")
    save(page)
    expect(page.locator(".panel h2")).to_have_text("Patient Punch")
    assert brief.recipes("Patient Punch") == 1


def test_a_refresh_token_that_does_not_rotate_is_not_kept(brief: Signing, visit: Visit) -> None:
    page = brief.open(visit, "#/recipe/new")
    sign_in(page, "editor-still")
    for name in ("Still Fizz", "Still Sour"):  # renewed before each, from the memory of the tab
        page.goto(f"{brief.server.address}/#/recipe/new")
        write_recipe(page, name)
        save(page)
        expect(page.locator(".panel h2")).to_have_text(name)
    assert "refresh-token" not in stored(page)
    page.reload()
    expect_signed_out(page)


def test_an_issuer_whose_tokens_only_it_can_read_is_refused_in_plain_words(
    hourly: Signing, visit: Visit
) -> None:
    page = hourly.open(visit)
    page.get_by_role("button", name="Sign in", exact=True).click()
    at_issuer(page, "editor-opaque")
    expect(page.locator("#toast")).to_contain_text("only the issuer itself can read")
    expect_signed_out(page)
    assert "refresh-token" not in stored(page)


def test_without_a_group_somebody_may_read_and_is_told_so(hourly: Signing, visit: Visit) -> None:
    page = hourly.open(visit, "#/recipe/new")
    sign_in(page, "guest")
    write_recipe(page, "Nobody's Sour")
    save(page)
    expect(page.get_by_text("none of its groups may write")).to_be_visible()
    assert hourly.recipes("Nobody's Sour") == 0
    page.get_by_role("button", name="Signed in as").click()
    expect(page.get_by_text("editing takes a role")).to_be_visible()


@pytest.mark.parametrize(("seconds", "name"), [(-120, "Slow Clock"), (120, "Early Bird")])
def test_a_clock_that_is_two_minutes_off_is_no_matter(
    brief: Signing, visit: Visit, seconds: int, name: str
) -> None:
    shift = f"const now = Date.now; Date.now = () => now() + {1000 * seconds};"
    page = brief.open(visit, "#/recipe/new", before=lambda opened: opened.add_init_script(shift))
    sign_in(page, "editor-eve")
    write_recipe(page, name)
    save(page)
    expect(page.locator(".panel h2")).to_have_text(name)


def test_two_tabs_share_what_one_has_signed_in(brief: Signing, visit: Visit) -> None:
    one = brief.open(visit)
    sign_in(one, "editor-eve")
    two = brief.open(visit, new=False)
    expect_signed_in(two, "editor-eve")
    for turn in range(2):  # both renew at once: a refresh token that is used twice would be the end
        for page, name in ((one, "One"), (two, "Two")):
            page.goto(f"{brief.server.address}/#/recipe/new")
            write_recipe(page, f"{name} {turn}")
        for page in (one, two):
            page.evaluate("() => document.querySelector('#panel form').requestSubmit()")
        for page, name in ((one, "One"), (two, "Two")):
            expect(page.locator(".panel h2")).to_have_text(f"{name} {turn}")
    one.get_by_role("button", name="Signed in as").click()
    one.get_by_role("button", name="Sign out").click()
    expect_signed_out(two)
    assert "refresh-token" not in stored(two)
