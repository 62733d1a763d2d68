"""Somebody signs in on AWS in a browser, with the certified oidc-provider in the user pool's place.

Its access tokens are as Cognito makes them; the page finds it by the object in the bucket alone.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from scripts.publish_site import publish_site, sign_in_at

from tests.aws.authorizer import authorizer_at
from tests.aws.edge import Edge, serving
from tests.aws.world import AwsWorld
from tests.fixtures.browser import new_context
from tests.ports import free_port
from tests.web.issuing import has_token, issuing, sign_in, sign_out, stored, without_fonts

pytestmark = pytest.mark.browser

CLIENT = "page"
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture
def site(edge: Edge, aws: AwsWorld, tmp_path: Path) -> Iterator[str]:
    """The stack's site, published as the guide says."""
    log = tmp_path / "issuer.log"
    with (
        serving(edge) as address,
        issuing(free_port(), address, 3600, log, pool=True) as issuer,
    ):
        outputs = aws.template.outputs | {"Issuer": issuer, "UserPoolClient": CLIENT}
        publish_site(aws.template.ref("AnalyticsBucket"), address, sign_in_at(outputs))
        edge.gateway.authorizer = authorizer_at(aws.template, issuer, CLIENT)
        yield address


def _assert_guarded(edge: Edge) -> None:
    """What needs a token does not reach the function without one of the pool."""
    asked = [("POST", "/api/v1/ingredients"), ("GET", "/api/v1/me")]
    names = {f"{method} {path}" for method, path in asked}
    before = [call for call in edge.gateway.calls if call in names]
    for token in ("", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.", "Bearer opaque"):
        for method, path in asked:
            assert edge.answer(method, path, {"Authorization": token}).status == 401
    # An open page goes on asking how things stand.
    assert [call for call in edge.gateway.calls if call in names] == before


def test_somebody_signs_in_at_the_pool_writes_and_signs_out_and_nobody_else_passes(
    site: str, edge: Edge, aws: AwsWorld, browser: Any
) -> None:
    context = new_context(browser, viewport=DESKTOP)
    page = context.new_page()
    without_fonts(page)
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.goto(site)
    _assert_guarded(edge)
    sign_in(page, "editor-eve")
    page.get_by_role("button", name="Signed in as").click()
    expect(page.get_by_text("You may edit recipes and ingredients.")).to_be_visible()
    page.goto(f"{site}/#/bar")
    field = page.get_by_role("combobox", name="Add what you have")
    field.fill("Gin")
    with page.expect_response(re.compile("/me/collection$")) as kept:
        field.press("Enter")
    assert kept.value.status == 200
    page.goto(f"{site}/#/ingredient/new")
    page.get_by_label("Name", exact=True).fill("Absinthe")
    page.get_by_role("button", name="Add ingredient").click()
    expect(page.locator(".panel h2")).to_have_text("Absinthe")
    names = [each["name"] for each in aws.request("GET", "/api/v1/ingredients").body["items"]]
    assert "Absinthe" in names
    texts = [*addresses, *stored(page).values(), *edge.gateway.calls]
    assert not any(has_token(text) for text in texts)
    sign_out(page)
    assert "refresh-token" not in stored(page)
    context.close()
