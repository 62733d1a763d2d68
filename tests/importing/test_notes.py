"""Notes of any program, menus, highlights, Org and LaTeX: a title, and a text below it."""

import json
from typing import Any

import pytest

from cocktailspace.importing.readers.menus import priced
from cocktailspace.importing.rows import UnreadableError
from tests.importing.test_readers import Lines, read, said, zipped

SPEC = "60 ml gin\n20 ml lime juice\n\nShake hard."
LINES: Lines = [(60, "ml", "gin"), (20, "ml", "lime juice")]
NOTES: dict[str, Any] = {
    "cards of a board": {
        "name": "B",
        "cards": [{"name": "Sour", "desc": SPEC}, {"name": "Buy ice"}],
    },
    "notes of one text": [{"title": "Sour", "text": SPEC}],
    "a note": {"title": "Sour", "textContent": SPEC, "isTrashed": False},
    "points of a list": {"title": "Sour", "listContent": [{"text": x} for x in SPEC.split("\n")]},
    "posts": [{"title": {"rendered": "Sour"}, "content": {"rendered": SPEC.replace("\n", "<br>")}}],
}


@pytest.mark.parametrize("shape", NOTES)
def test_the_text_of_a_note_may_be_a_recipe(shape: str) -> None:
    found = read("a.json", json.dumps(NOTES[shape]))
    (recipe,) = found.recipes
    assert (recipe.name, said(recipe), recipe.instructions) == ("Sour", LINES, "Shake hard.")
    assert "of notes, titles, texts, tags and addresses are read" in found.remarks


def test_notes_of_anything_else_are_named() -> None:
    notes = [
        {"title": "Sour", "body": SPEC, "tags": ["gin"]},
        {"title": "Shopping", "body": "- milk\n- 6 eggs"},
        {"title": "Diary", "body": "We sold 400 drinks today."},
    ]
    found = read("a.json", json.dumps(notes))
    assert [(recipe.name, recipe.tags) for recipe in found.recipes] == [("Sour", ("gin",))]
    assert found.remarks[1] == "passed over, as they are no recipes: Shopping, Diary"
    with pytest.raises(UnreadableError, match="no recipes were found"):
        read("a.json", json.dumps(notes[1:]))


def test_exported_notes_of_xml_are_read_and_declarations_are_not() -> None:
    start = '<?xml version="1.0"?><!DOCTYPE en-export SYSTEM "http://example.com/a.dtd"'
    note = "<note><title>Sour</title><content><![CDATA[<en-note><div>60 ml gin</div><div>20 ml lime"
    note += " juice</div></en-note>]]></content><tag>gin</tag></note>"
    (recipe,) = read("a.enex", f"{start}><en-export>{note}</en-export>").recipes
    assert (recipe.name, said(recipe), recipe.tags) == ("Sour", LINES, ("gin",))
    with pytest.raises(UnreadableError, match="DOCTYPE"):
        read("a.enex", f'{start} [<!ENTITY a "b">]><en-export>{note}</en-export>')


def test_a_note_that_an_archive_has_in_two_forms_is_read_once() -> None:
    page = "<html><h1>Jan 1</h1><ul><li>60 ml gin</ul></html>"
    files = {"k/Sour.json": json.dumps(NOTES["a note"]), "k/Sour.html": page, "k/a.json": "{}"}
    found = read("a.zip", zipped(files))
    assert [recipe.name for recipe in found.recipes] == ["Sour"]
    assert "k/Sour.html (it says what the file beside it says)" in found.remarks[0]
    assert "k/a.json (no recipes were found in this JSON file)" in found.remarks[0]


MENU = """COCKTAILS

Smoke & Mirrors   16
mezcal, Campari, sweet vermouth

Garden Party  $14.50
gin | cucumber | lime | soda

Service is not included.
"""


def test_a_menu_says_what_is_in_a_drink_and_its_price() -> None:
    found = read("a.txt", MENU)
    assert [(each.name, each.extra["price"], len(each.lines)) for each in found.recipes] == [
        ("Smoke & Mirrors", "16", 3),
        ("Garden Party", "$14.50", 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        MENU.replace("   16", "").replace("  $14.50", ""),  # anything that is listed
        "Gins   9\nBeefeater, Tanqueray, Plymouth gin\n",
        "Sancerre   12\nlemon, honey, grapefruit\n",
        "Malbec   12\nplum, vanilla, honey\n",
        "Modifiers   9\ngin, rum, soda\n",
        "Left   9\ngin, rum, soda\n\nMiddle\ngin, vodka, rum\n\nRight\nrum, vodka, soda\n",
        "Tanqueray   12\ngin, tonic, lime\n",
        "To buy   20 $\nsomething, anything, gin\n",
        "We opened   12\nThere was gin, and we had nothing, but it was fun.\n",
    ],
)
def test_what_may_be_no_menu_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read("a.txt", text)


@pytest.mark.parametrize("name", ["Corpse Reviver No. 2", "Agent 47", "Vol. 3", "Queen Mary II"])
def test_a_number_in_a_name_is_no_price(name: str) -> None:
    assert priced(name) == (name, "")


@pytest.mark.parametrize(
    "row",
    [
        "Gimlet $12.50",
        "Gimlet   12",
        "Gimlet .... 12.50",
        "Gimlet\t9,-",
        "Gimlet – 9,50 €",
        "Gimlet ..€9",
    ],
)
def test_a_price_is_what_stands_apart_at_the_end(row: str) -> None:
    assert priced(row)[0] == "Gimlet"
    assert priced(row)[1] in row
    assert priced(row)[1]


HIGHLIGHTS = """A Book (Somebody)
- Your Highlight on page 112 | Location 1702-1708 | Added on Tuesday, 4 April 2023 22:10:11

OAXACA
60 ml gin
20 ml lime juice
==========
A Book (Somebody)
- Ihre Markierung auf Seite 9 | Hinzugefügt am Dienstag, 4. April 2023 22:14:30

SECOND
60 ml gin
==========
"""


def test_highlights_of_an_e_book_are_recipes_from_it() -> None:
    first, second = read("My Clippings.txt", HIGHLIGHTS).recipes
    assert (first.name, first.source, said(first)) == ("OAXACA", "A Book (Somebody)", LINES)
    assert (second.name, len(second.lines)) == ("SECOND", 1)


ORG = """#+TITLE: Drinks
* Sour                              :gin:
:PROPERTIES:
:ID: 1
:END:
** Ingredients
- 60 ml gin
- 20 ml lime juice
** Instructions
Shake hard.
"""
LATEX = r"""\documentclass{article}
\begin{document}
\section{Sour} % the best
\begin{itemize}
  \item 60 ml gin
  \item 20\,ml \textbf{lime juice}
\end{itemize}
Shake hard.\\
\end{document}
"""


@pytest.mark.parametrize(("name", "text"), [("a.org", ORG), ("a.tex", LATEX), ("a", LATEX)])
def test_org_and_latex_are_read_as_markdown_is(name: str, text: str) -> None:
    (recipe,) = read(name, text).recipes
    assert (recipe.name, said(recipe), recipe.instructions) == ("Sour", LINES, "Shake hard.")


def test_what_is_bold_as_a_whole_is_a_heading_of_a_page() -> None:
    page = "<html><h1>To make</h1><div><b>Sour</b></div><div>60 ml gin</div><div>20 ml lime juice"
    page += "</div><div><b>Dry</b></div><div>60 ml <b>gin</b></div></html>"
    sour, dry = read("a.html", page).recipes
    assert (sour.name, said(sour), dry.name, said(dry)) == ("Sour", LINES, "Dry", LINES[:1])


def test_lines_of_a_text_say_garnish_glass_and_what_to_do() -> None:
    text = (
        "# Sour\n- 60 ml gin\n- Garnish with a lemon wheel\n- Glass - highball\n\nStir, bottle.\n"
    )
    (recipe,) = read("a.md", text).recipes
    assert (recipe.garnish, recipe.glass) == ("lemon wheel", "highball")
    assert (recipe.instructions, len(recipe.lines)) == ("Stir, bottle.", 1)


def test_a_title_may_say_how_much_it_makes() -> None:
    text = "BATCH ONE, 2 L\n1 l gin\nStir, bottle.\n\nBATCH TWO - 5 L\n2 l gin\n"
    assert [each.name for each in read("a.txt", text).recipes] == [
        "BATCH ONE, 2 L",
        "BATCH TWO - 5 L",
    ]
    (recipe,) = read("a.txt", "PUNCH\n1 L GIN\n\nSODA, 2 L\n1 L RUM\n").recipes
    assert len(recipe.lines) == 3


def test_a_span_may_be_in_bold_by_its_style() -> None:
    page = '<html><p><span style="font-weight:bold">Sour</span></p><p><span>60 ml gin</span></p>'
    page += (
        '<p>20 ml lime juice</p><p><span style="font-weight: 700">Dry</span></p><p>60 ml gin</p>'
    )
    assert [each.name for each in read("a.html", page).recipes] == ["Sour", "Dry"]


def test_bare_numbers_of_a_line_are_of_what_is_known() -> None:
    (recipe,) = read(
        "a.txt", "BOULEVARDIER: 1.5 bourbon, 1 campari, 1 swt verm. stir, up\n"
    ).recipes
    assert said(recipe) == [(1.5, None, "bourbon"), (1, None, "campari"), (1, None, "swt verm")]
    assert recipe.instructions == "stir, up"
    with pytest.raises(UnreadableError):
        read("a.txt", "Deliveries: 2 vans, 4 boxes, 1 gin\n")


def test_a_name_may_look_like_a_unit() -> None:
    (recipe,) = read("a.txt", "El Diablo\nGlass: Highball\n60 ml gin\n20 ml lime juice\n").recipes
    assert (recipe.name, recipe.glass, said(recipe)) == ("El Diablo", "Highball", LINES)
