"""What is somebody's own goes with them from one browser to another, and none of it is lost."""

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.waiting import eventually
from tests.web.conftest import Visit
from tests.web.server import Server, run

pytestmark = pytest.mark.browser

FORMAT = "cocktailspace-bars/1"


@pytest.fixture
def ann(editable: Server) -> Server:
    """The server, as somebody sees it who has nothing there yet."""
    name = f"ann {secrets.token_hex(4)}"
    made = run("token", "new", name, "--role", "editor", environment=editable.environment)
    return replace(editable, token=made.split()[-1])


def ids(server: Server, *names: str) -> list[dict[str, Any]]:
    """Ingredients as they are kept."""
    found = {each["name"]: each["id"] for each in server.get("/ingredients")["items"]}
    return [{"id": found[name], "name": name} for name in names]


def keep(page: Any, **parts: Any) -> None:
    """What a browser has, from before."""
    kept = {"format": FORMAT, "current": 0, "bars": [], "opinions": [], "lists": [], **parts}
    page.evaluate("text => localStorage.setItem('bars', text)", json.dumps(kept))


def bar(name: str, ingredients: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "staples": True, "ingredients": ingredients}


def sign_in(page: Any, server: Server) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#sign-in").get_by_label("Token").fill(server.token)
    page.locator("#sign-in").get_by_role("button", name="Use it").click()
    expect(page.get_by_role("button", name="Signed in as ann")).to_be_visible()


def refuse_a_mistyped_token(page: Any) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()
    dialog = page.locator("#sign-in")
    dialog.get_by_label("Token").fill("cs_mistyped")
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog).to_contain_text("does not accept this token")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("#account[data-signed-in]")).to_have_count(0)


def sign_out(page: Any) -> None:
    page.get_by_role("button", name="Signed in as").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def bars_on(server: Server) -> dict[str, set[str]]:
    found = server.get("/me/collection")["bars"]
    return {each["name"]: {row["name"] for row in each["ingredients"]} for each in found}


def bars_in(page: Any) -> dict[str, set[str]]:
    kept = json.loads(page.evaluate("() => localStorage.getItem('bars')") or '{"bars": []}')
    return {each["name"]: {row["name"] for row in each["ingredients"]} for each in kept["bars"]}


def until_on(server: Server, wanted: dict[str, set[str]]) -> None:
    eventually(lambda: bars_on(server) == wanted, lambda: f"the server has {bars_on(server)}")


def until_in(page: Any, wanted: dict[str, set[str]]) -> None:
    eventually(lambda: bars_in(page) == wanted, lambda: f"the browser has {bars_in(page)}")


def look_again(page: Any) -> None:
    """As when somebody comes back to the tab."""
    page.evaluate("() => dispatchEvent(new Event('visibilitychange'))")


def test_two_browsers_become_one_and_none_of_it_is_lost(ann: Server, visit: Visit) -> None:
    desk, phone = visit(ann, allow={401}), visit(ann, phone=True)
    version = ann.get("/refresh")["catalogue_version"]
    [negroni] = ann.get("/recipes?name=Negroni&limit=1")["items"]
    opinion = {"id": negroni["id"], "name": negroni["name"], "favourite": False, "tried": False}
    keep(
        desk,
        bars=[bar("My bar", ids(ann, "Gin")), bar("Office", ids(ann, "Campari"))],
        opinions=[{**opinion, "favourite": True, "rating": 3, "note": "less gin"}],
    )
    keep(
        phone,
        bars=[bar("My bar", ids(ann, "Lime Juice"))],
        opinions=[{**opinion, "tried": True, "rating": 5, "note": "with an orange"}],
        lists=[{"name": "Friday", "recipes": [{"id": negroni["id"], "name": negroni["name"]}]}],
    )
    for page in (desk, phone):
        page.reload()
    refuse_a_mistyped_token(desk)
    sign_in(desk, ann)
    until_on(ann, {"My bar": {"Gin"}, "Office": {"Campari"}})
    sign_in(phone, ann)
    both = {"My bar": {"Gin", "Lime Juice"}, "Office": {"Campari"}}
    until_on(ann, both)
    look_again(desk)
    for page in (desk, phone):
        until_in(page, both)
    [one] = ann.get("/me/collection")["opinions"]
    assert (one["favourite"], one["tried"], one["rating"]) == (True, True, 5)
    assert one["note"] == "less gin\nwith an orange"
    assert [each["name"] for each in ann.get("/me/collection")["lists"]] == ["Friday"]
    assert ann.get("/refresh")["catalogue_version"] == version  # nothing of it starts a job


def test_two_that_change_at_once_both_have_their_way(ann: Server, visit: Visit) -> None:
    desk = visit(ann, "#/bar", allow={412})  # what whoever is second is told, and answers
    phone = visit(ann, "#/bar", phone=True, allow={412})
    for page in (desk, phone):
        sign_in(page, ann)
    for page, name in ((desk, "Gin"), (phone, "Campari")):
        field = page.get_by_role("combobox", name="Add what you have")
        field.fill(name)
        field.press("Enter")
    until_on(ann, {"My bar": {"Gin", "Campari"}})
    for page in (desk, phone):
        look_again(page)
        until_in(page, {"My bar": {"Gin", "Campari"}})
    phone.get_by_role("button", name="Take out Gin").click()
    until_on(ann, {"My bar": {"Campari"}})
    look_again(desk)
    until_in(desk, {"My bar": {"Campari"}})


def test_signing_out_takes_what_is_theirs_from_the_browser_and_in_brings_it_back(
    ann: Server, visit: Visit
) -> None:
    page = visit(ann)
    keep(page, bars=[bar("Home", ids(ann, "Gin"))])
    page.reload()
    sign_in(page, ann)
    until_on(ann, {"Home": {"Gin"}})
    sign_out(page)
    until_in(page, {"My bar": set()})
    assert "Gin" not in json.dumps(page.evaluate("() => ({...localStorage})"))
    assert bars_on(ann) == {"Home": {"Gin"}}
    sign_in(page, ann)
    until_in(page, {"Home": {"Gin"}})


def test_what_is_somebody_elses_is_not_taken_for_ones_own(
    ann: Server, visit: Visit, editable: Server
) -> None:
    page = visit(ann)
    keep(page, bars=[bar("Ann's", ids(ann, "Gin"))])
    page.reload()
    sign_in(page, ann)
    until_on(ann, {"Ann's": {"Gin"}})
    keep(page, bars=[bar("Ann's", ids(ann, "Gin", "Campari"))])  # offline, and never sent
    page.evaluate("() => sessionStorage.removeItem('token')")  # over, and nobody signed out
    page.reload()
    made = run("token", "new", f"ann {secrets.token_hex(4)}", environment=editable.environment)
    other = replace(ann, token=made.split()[-1])
    sign_in(page, other)
    until_in(page, {"My bar": set()})
    assert bars_on(other) == {}
    sign_out(page)
    sign_in(page, ann)
    until_on(ann, {"Ann's": {"Gin", "Campari"}})


def test_somebody_has_the_server_forget_what_is_theirs(ann: Server, visit: Visit) -> None:
    page = visit(ann)
    keep(page, bars=[bar("Home", ids(ann, "Gin"))])
    page.reload()
    sign_in(page, ann)
    until_on(ann, {"Home": {"Gin"}})
    page.get_by_role("button", name="Signed in as").click()
    page.get_by_text("Delete what is mine").click()
    page.get_by_role("button", name="Delete them from the server").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert bars_on(ann) == {}
    assert bars_in(page) == {"Home": {"Gin"}}
