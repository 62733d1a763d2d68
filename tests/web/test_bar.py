"""My bar: what is there, what it makes, and what is kept of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.server import Server
from tests.web.test_accessibility import found_in_both
from tests.web.test_panels import recipe_id

pytestmark = pytest.mark.browser

BAR = ("white rum", "gin", "lime", "mint", "club soda", "angostura")


def add(page: Any, *names: str) -> None:
    """Type what is there."""
    chips = page.locator(".chips li")
    expect(page.locator(".adder input")).to_be_visible()
    before = chips.count()
    for number, name in enumerate(names, before + 1):
        page.locator(".adder input").fill(name)
        page.keyboard.press("Enter")
        expect(chips).to_have_count(number)
    expect(page.locator(".answers[aria-busy]")).to_have_count(0)  # no list comes under the pointer


def test_a_typed_bar_says_what_it_makes_and_lights_up_the_map(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "#/bar")
    add(page, *BAR)
    chips = page.locator(".chips li span")
    expect(chips).to_have_text(
        ["White Rum", "Gin", "Lime", "Mint", "Soda Water", "Angostura Bitters"]
    )
    answers = page.locator(".answers")
    expect(answers.locator("[data-list=can_make]")).to_have_text("You can make 3")
    for said in (
        "Daiquiri",
        "Mojito",
        "Gimlet",
        "Lime Juice from Lime",
        "Your Gin will do for London Dry Gin",
        "Lime Juice for Lemon Juice",
        "pairs of recipes",
        "Missing: Bourbon",
    ):
        expect(answers).to_contain_text(said)
    expect(page.locator("#stage")).to_have_attribute("data-bar", "3")
    card = page.locator(".card").first
    expect(card).to_contain_text("Lemon")
    card.get_by_role("button", name="I have it").click()
    expect(chips.last).to_have_text("Lemon")
    expect(answers.locator("[data-list=can_make]")).not_to_have_text("You can make 3")


def test_a_bar_too_many_is_refused_and_none_is_lost(starter: Server, visit: Visit) -> None:
    bars = [{"name": f"Bar {n}", "ingredients": [{"id": None, "name": "X"}]} for n in range(20)]
    kept = json.dumps({"format": "cocktailspace-bars/1", "bars": bars})
    page = visit(
        starter,
        "#/bar",
        before=lambda page: page.add_init_script(
            f"localStorage.getItem('bars') ?? localStorage.setItem('bars', {json.dumps(kept)})"
        ),
    )
    refused = page.locator("#toast", has_text="That is more than can be kept.")
    page.get_by_role("button", name="New bar").click()
    expect(refused).to_be_visible()
    page.get_by_role("button", name="Put away").click()
    page.evaluate("() => { location.hash = '#/bar/shared?name=Ann&has=Gin'; }")
    page.get_by_role("button", name="Keep it beside mine").click()
    expect(refused).to_be_visible()
    there = page.evaluate(
        "() => JSON.parse(localStorage.getItem('bars')).bars.map((bar) => bar.name)"
    )
    assert there == [bar["name"] for bar in bars]


def test_a_switch_lights_up_the_bar_on_every_map_and_stays_on(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "#/")
    switch = page.get_by_role("button", name="What my bar makes")
    expect(switch).to_be_hidden()
    page.evaluate("() => { location.hash = '#/bar'; }")
    add(page, *BAR)
    page.evaluate("() => { location.hash = '#/'; }")
    stage = page.locator("#stage")
    expect(stage).to_have_attribute("data-bar", "")
    switch.click()
    expect(stage).to_have_attribute("data-bar", "3")
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(stage).to_have_attribute("data-bar", "3")
    page.evaluate("() => { location.hash = '#/recipes?q=daiquiri'; }")
    row = page.locator(".rows .row", has=page.get_by_text("Daiquiri", exact=True))
    expect(row.first.locator(".made")).to_have_text("You can make this")
    page.reload()
    expect(row.first.locator(".made")).to_have_text("You can make this")
    page.evaluate("id => { location.hash = `#/recipe/${id}`; }", recipe_id(starter, "Negroni"))
    expect(page.locator(".in-bar h3")).to_be_visible()
    expect(stage).to_have_attribute("data-bar", "3")
    switch.click()
    expect(stage).to_have_attribute("data-bar", "")


def test_the_bar_is_there_again_after_a_reload_and_what_is_taken_out_is_gone(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "#/bar")
    add(page, "gin", "lime")
    page.reload()
    expect(page.locator(".chips li")).to_have_count(2)
    page.get_by_role("button", name="Take out Gin").click()
    expect(page.locator(".chips li span")).to_have_text(["Lime"])
    page.get_by_label("Ice, water, sugar and salt are there").uncheck()
    page.reload()
    expect(page.get_by_label("Ice, water, sugar and salt are there")).not_to_be_checked()


def test_shelves_are_tapped(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/bar")
    page.locator(".shelves > summary").click()
    shelf = page.locator(".shelf", has_text="Gin").first
    shelf.locator("summary").click()
    shelf.get_by_role("button", name=re.compile("^All of ")).click()
    pressed = shelf.locator(".tap[aria-pressed=true]")
    expect(pressed).to_have_count(shelf.locator(".tap").count())
    expect(page.locator(".chips li")).to_have_count(shelf.locator(".tap").count())
    pressed.first.click()
    expect(page.locator(".chips li")).to_have_count(shelf.locator(".tap").count() - 1)


def test_a_recipe_says_whether_the_bar_makes_it_and_what_would_do(
    starter: Server, visit: Visit
) -> None:
    page = visit(starter, "#/bar")
    add(page, *BAR)
    page.locator(".answers .row", has_text="Mojito").first.click()
    expect(page.locator(".in-bar h3")).to_have_text("You can make this")
    page.evaluate("id => { location.hash = `#/recipe/${id}`; }", recipe_id(starter, "Tom Collins"))
    expect(page.locator(".in-bar h3")).to_have_text("You can make this with stand-ins")
    expect(page.locator(".in-bar")).to_contain_text("Lime Juice for Lemon Juice")
    page.evaluate("id => { location.hash = `#/recipe/${id}`; }", recipe_id(starter, "Negroni"))
    expect(page.locator(".in-bar h3")).to_have_text("You lack Campari and Sweet Vermouth")
    expect(page.locator(".in-bar .rows .why").first).to_be_visible()


def test_what_one_thinks_of_a_recipe_is_kept(starter: Server, visit: Visit) -> None:
    negroni = f"#/recipe/{recipe_id(starter, 'Negroni')}"
    page = visit(starter, negroni)
    opinion = page.locator(".opinion")
    opinion.get_by_role("button", name="Favourite").click()
    opinion.get_by_label("Rating").select_option("4")
    opinion.get_by_label("Your own note").fill("less Campari")
    opinion.get_by_label("New list").fill("Summer")
    page.keyboard.press("Enter")
    expect(opinion.get_by_role("button", name="Summer")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator(".opinion").get_by_label("Your own note")).to_have_value("less Campari")
    page.evaluate("() => { location.hash = '#/bar'; }")
    bar = page.locator(".bar")
    expect(bar).to_contain_text("Favourites")
    expect(bar).to_contain_text("Negroni ★★★★ less Campari")
    summer = bar.locator("h3", has_text="Summer")
    summer.get_by_role("button", name="Delete the list Summer").click()
    expect(summer).to_have_count(0)
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(summer).to_be_visible()


def test_a_link_never_replaces_a_bar_unasked(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/bar")
    add(page, "gin")
    page.evaluate(
        "() => { location.hash = '#/bar/shared?name=Ann&has=Lime&has=%3Cb%3EMoonshine'; }"
    )
    expect(page.locator(".panel h2")).to_have_text("Ann")
    expect(page.locator(".panel")).to_contain_text("Not in this catalogue: <b>Moonshine.")
    kept = json.loads(page.evaluate("() => localStorage.getItem('bars')"))
    assert [bar["name"] for bar in kept["bars"]] == ["My bar"]
    page.get_by_role("button", name="Keep it beside mine").click()
    expect(page.locator(".chips li")).to_have_count(2)
    page.get_by_label("Which bar").select_option(label="My bar")
    expect(page.locator(".chips li span")).to_have_text(["Gin"])


def test_bars_are_taken_along_as_a_file(starter: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(starter, "#/bar")
    add(page, "gin", "lime")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "bars.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["bars"][0]["ingredients"] == [
        {"name": "Gin"},
        {"name": "Lime"},
    ]
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_label("Which bar").locator("option")).to_have_text(["My bar", "My bar 2"])
    expect(page.locator(".chips li span")).to_have_text(["Gin", "Lime"])
    file.write_text("{}")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("#toast")).to_contain_text("no file of bars")


def test_what_is_deleted_in_the_catalogue_is_said(starter: Server, visit: Visit) -> None:
    page = visit(starter, "#/bar", allow={404})
    add(page, "gin")
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage.getItem("bars"));
          kept.bars[0].ingredients.push({ id: 99999, name: "Moonshine" });
          localStorage.setItem("bars", JSON.stringify(kept));
        }"""
    )
    page.reload()
    expect(page.locator(".bar")).to_contain_text("Moonshine is not in the catalogue any more.")
    expect(page.locator(".chips .lost span")).to_have_text("Moonshine")


def test_a_full_bar_has_no_serious_violation_and_fits_a_phone(
    starter: Server, visit: Visit, axe: str
) -> None:
    page = visit(starter, "#/bar", bypass_csp=True, phone=True)
    add(page, *BAR)
    expect(page.locator(".card").first).to_be_attached()
    page.locator(".shelves > summary").click()
    page.locator(".shelf summary").first.click()
    assert found_in_both(page, axe) == []
    for part in ("html", ".panel"):
        fits = "p => (e => e.scrollWidth <= e.clientWidth)(document.querySelector(p))"
        assert page.evaluate(fits, part), part
