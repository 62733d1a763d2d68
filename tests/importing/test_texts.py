"""Texts as people paste them: spec sheets, chats, wikis, titles of any length."""

import pytest

from cocktailspace.importing.rows import RecipeRow, UnreadableError
from tests.importing.test_readers import read, said

LONG = "The Ultimate Smoky Mezcal Margarita with Charred Pineapple and a Chilli Salt Rim for Summer"


def recipes(text: str, name: str = "a.txt") -> list[RecipeRow]:
    return list(read(name, text).recipes)


def test_a_long_title_is_a_name() -> None:
    first, second = recipes(f"{LONG}\n\n50 ml mezcal\n\nShake.\n\n{LONG} 2\n60 ml gin\n")
    assert (first.name, first.instructions, second.name) == (LONG, "Shake.", f"{LONG} 2")


def test_a_title_may_read_as_an_amount() -> None:
    spritz, other = recipes("SPRITZ VENEZIANO\n6 cl prosecco\n\nBATIDA (PT)\n5 cl cachaça\n")
    assert (spritz.name, other.name) == ("SPRITZ VENEZIANO", "BATIDA (PT)")
    (recipe,) = recipes("Paloma\n5 cl tequila\n\nTop Soda\n2 cl lime juice\n")
    assert [line.text for line in recipe.lines] == ["5 cl tequila", "Top Soda", "2 cl lime juice"]


SHEET = """=====================
THE LIBRARY BAR SPECS
=====================

NO. 1: LAVENDER FIELDS
Glass: Nick & Nora | Ice: none | Method: Shake
1.5 oz  Gin

NO. 2: DIRTY WORK
Method: Stir
2 oz    Vodka
"""


def test_a_banner_is_no_recipe_and_fields_may_share_a_row() -> None:
    first, second = recipes(SHEET)
    assert (first.name, first.glass, first.method) == ("LAVENDER FIELDS", "Nick & Nora", "Shake")
    assert (second.name, second.method, said(second)) == (
        "DIRTY WORK",
        "Stir",
        [(2, "oz", "Vodka")],
    )
    (negroni,) = recipes("=====\nNEGRONI\n=====\n30 ml gin\n")
    assert negroni.name == "NEGRONI"


def test_what_to_do_may_be_said_before_the_ingredients() -> None:
    (recipe,) = recipes("Dry\nInstructions: Stir well with ice.\n60 ml gin\n10 ml vermouth\n")
    assert (recipe.instructions, len(recipe.lines)) == ("Stir well with ice.", 2)


def test_the_first_line_above_a_list_with_a_heading_is_the_name() -> None:
    text = "Bramble\nA Guide\nServe in a rocks glass\nSeen in a book\nIngredients:\n60 ml gin\n"
    (recipe,) = recipes(text)
    assert (recipe.name, said(recipe)) == ("Bramble", [(60, "ml", "gin")])


@pytest.mark.parametrize("stamp", ["[12.03.24, 21:14:05] Jo: ", "3/12/24, 9:14 PM - Jo B.: "])
def test_messages_of_a_chat_are_read_without_their_stamps(stamp: str) -> None:
    text = (
        f"{stamp}Ours: 50ml tequila, 20ml lime\n{stamp}nice!\n{stamp}Bee: 3cl gin, 3cl rum. Stir\n"
    )
    first, second = recipes(text)
    assert (first.name, said(first)) == ("Ours", [(50, "ml", "tequila"), (20, "ml", "lime")])
    assert (second.name, second.instructions) == ("Bee", "Stir")


def test_a_recipe_of_one_line_may_be_parted_by_strokes() -> None:
    first, second = recipes("Aa: 1oz gin / 1oz Campari / stir / rocks\nBb: 2oz gin / .5oz lime\n")
    assert said(first) == [(1, "oz", "gin"), (1, "oz", "Campari")]
    assert first.instructions == "stir\nrocks"
    assert said(second) == [(2, "oz", "gin"), (0.5, "oz", "lime")]


def test_headings_of_wikis_are_headings() -> None:
    first, second = recipes("== Negroni ==\n* 30 ml gin\n\nStir.\n\n== Gimlet ==\n* 60 ml gin\n")
    assert (first.name, first.instructions, second.name) == ("Negroni", "Stir.", "Gimlet")


BOX = """{{Short description|A drink}}
{{Infobox cocktail
| name = Negroni
| drinkware = [[Old fashioned glass|tumbler]]
| ingredients = * 30 ml [[gin]]<ref name="a">{{cite|x=1}}</ref>
* {{convert|3|cl|USoz|abbr=on}} [[Campari]]
| prep = ''Stir'' gently.
| timing =
}}
The '''Negroni''' is a drink. {{Infobox cocktail|name=B
|ingredients = 45 ml gin}}
"""


def test_a_box_of_a_wiki_says_a_recipe() -> None:
    negroni, other = recipes(BOX, "Negroni.txt")
    assert (negroni.name, negroni.glass) == ("Negroni", "tumbler")
    assert negroni.instructions == "Stir gently."
    assert said(negroni) == [(30, "ml", "gin"), (3, "cl", "Campari")]
    assert (other.name, said(other)) == ("B", [(45, "ml", "gin")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{Infobox person\n| name = Ada\n}}", "no box with ingredients"),
        ("-- dump\nINSERT INTO recipes VALUES (1, 'Negroni');\n", "as one zip"),
    ],
)
def test_what_is_no_text_of_recipes_says_what_to_do(text: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        recipes(text)


@pytest.mark.parametrize(
    "text",
    [
        "NEGRONI\n30 ml gin, 30 ml Campari. Stir over ice.\n\nGIMLET\n60 ml gin + 20 ml lime\n",
        "**NEGRONI**\n- 30 ml gin, 30 ml Campari\n\nStir over ice.\n\n"
        "**GIMLET**\n60 ml gin, 20 ml lime\n",
        "# NEGRONI\n30 ml gin / 30 ml Campari\n\nStir over ice.\n\n"
        "# GIMLET\n60 ml gin, 20 ml lime\n",
    ],
)
def test_a_row_that_lists_what_is_poured_is_a_line_for_each(text: str) -> None:
    negroni, gimlet = recipes(text, "a.md")
    assert said(negroni) == [(30, "ml", "gin"), (30, "ml", "Campari")]
    assert negroni.instructions.startswith("Stir over ice")
    assert (gimlet.name, said(gimlet)) == ("GIMLET", [(60, "ml", "gin"), (20, "ml", "lime")])


def test_what_leads_to_an_amount_is_no_part_of_a_name() -> None:
    (recipe,) = recipes("Ours\nGin ........ 30 ml\nSt. Germain | 20 ml\nRum 1 cl\n")
    assert said(recipe) == [(30, "ml", "Gin"), (20, "ml", "St. Germain"), (1, "cl", "Rum")]


PAGE = """<!DOCTYPE html><html><head><title>No</title><style>h2 {}</style></head><body>
<nav><ul><li>2 oz of links</ul></nav><h1>Our drinks</h1>
<h2>Negroni</h2><ul><li>30&nbsp;ml <b>gin</b><li>30 ml
 Campari</ul><p>Stir.<h2>Gimlet</h2>60 ml gin<br>20 ml lime cordial<p>Shake.</p>
<table><tr><th>Drink<th>Specs<tr><td>Dry<td><p>60 ml gin</p><p>10 ml vermouth</p></table>
<script>1 oz of code</script></body></html>"""


def test_a_page_without_data_is_read_as_it_is_seen() -> None:
    found = read("a.html", PAGE)
    dry, negroni, gimlet = found.recipes
    assert (negroni.name, said(negroni)) == ("Negroni", [(30, "ml", "gin"), (30, "ml", "Campari")])
    assert (negroni.instructions, gimlet.instructions) == ("Stir.", "Shake.")
    assert (gimlet.name, said(gimlet)) == (
        "Gimlet",
        [(60, "ml", "gin"), (20, "ml", "lime cordial")],
    )
    assert (dry.name, said(dry)) == ("Dry", [(60, "ml", "gin"), (10, "ml", "vermouth")])
    assert found.remarks == ("passed over: Our drinks",)
