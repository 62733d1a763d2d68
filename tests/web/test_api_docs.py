"""The interactive description of the API."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server

pytestmark = pytest.mark.browser


def test_a_developer_tries_an_operation_in_the_description(starter: Server, visit: Visit) -> None:
    """All of it comes from the server, under its own policy; no console error."""
    page = visit(starter, "docs", ready=False)
    operation = page.locator("#operations-recipes-list_recipes")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200")
    expect(answer).to_contain_text('"name": "Adonis"')
