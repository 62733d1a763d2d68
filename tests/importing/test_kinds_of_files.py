"""Kinds of files that people's programs write: apps, site generators, spreadsheets, books."""

import gzip
import json

import pytest

from cocktailspace.importing.readers import prose, text_lines
from cocktailspace.importing.readers.files import read_file
from cocktailspace.importing.rows import RecipeRow, UnreadableError
from tests.importing.test_readers import TEXTS, read, said, table, zipped

LINES = "- 45 ml gin\n- 20 ml lime juice\n"


def only(name: str, body: str | bytes) -> RecipeRow:
    (recipe,) = read(name, body).recipes
    return recipe


def texts(recipe: RecipeRow) -> list[str]:
    return [line.text for line in recipe.lines]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Gimlet\nauthor: Ada\ntags: [sour, gin]\ndescription: Sharp.\n"
        "date: 2021-03-04\n---\n",
        '+++\ntitle = "Gimlet"\ndate = 2021-03-04\ndescription = "Sharp."\n[params]\n'
        'author = "Ada"\ntags = ["sour", "gin"]\n+++\n',
    ],
)
def test_front_matter_says_what_the_text_does_not(front: str) -> None:
    recipe = only("gimlet.md", f"{front}\n{LINES}\nShake, strain.\n")
    assert (recipe.name, recipe.source, recipe.tags) == ("Gimlet", "Ada", ("sour", "gin"))
    assert (recipe.description, recipe.instructions) == ("Sharp.", "Shake, strain.")
    assert str(recipe.extra["date"]) == "2021-03-04"
    assert texts(recipe) == ["45 ml gin", "20 ml lime juice"]


def test_front_matter_may_have_the_lines() -> None:
    text = "---\nname: Gimlet\ningredients:\n  - 45 ml gin\n  - 20 ml lime juice\n---\nShake.\n"
    recipe = only("a.md", text)
    assert (recipe.name, recipe.instructions) == ("Gimlet", "Shake.")
    assert texts(recipe) == ["45 ml gin", "20 ml lime juice"]


def test_what_front_matter_and_text_both_say_is_kept() -> None:
    text = f"---\ntitle: Gimlet\nglass: coupe\ningredients: [gin]\n---\nGlass: tumbler\n\n{LINES}"
    recipe = only("a.md", text)
    assert (recipe.glass, recipe.extra) == ("tumbler", {"glass": "coupe", "ingredients": ["gin"]})


def test_front_matter_of_several_recipes_is_said() -> None:
    found = read("a.md", f"---\ntitle: Ours\nauthor: Ada\n---\n# A\n{LINES}\n# B\n{LINES}")
    assert [(each.name, each.source) for each in found.recipes] == [("A", "Ada"), ("B", "Ada")]
    assert "front matter (title, author)" in found.remarks[0]


@pytest.mark.parametrize("front", ["---\ntitle: a: b\n---\n", "+++\ntitle = a\n+++\n"])
def test_front_matter_that_is_damaged_is_refused(front: str) -> None:
    with pytest.raises(UnreadableError, match=r"not whole (YAML|TOML)"):
        read("a.md", f"{front}\n{LINES}")


def test_a_note_without_a_heading_is_called_as_its_file() -> None:
    assert only("corpse-reviver_no 2.md", LINES).name == "Corpse Reviver No 2"


BOOK = """DAIQUIRI
2 oz. white rum.
1 oz. lime juice.
Shake, strain.
Serve up.

MARTINEZ
1 1/2 oz gin
2 dashes orange bitters
Stir
Strain into a coupe
Lemon twist

NELKENTRUNK
4 cl Rum
Nelken
Alles gut verrühren
"""


def test_what_is_done_directly_below_the_lines_is_no_line() -> None:
    daiquiri, martinez, other = read("book.txt", BOOK).recipes
    assert texts(daiquiri) == ["2 oz. white rum.", "1 oz. lime juice."]
    assert daiquiri.instructions == "Shake, strain.\nServe up."
    assert martinez.instructions == "Stir\nStrain into a coupe\nLemon twist"
    assert (texts(other), other.instructions) == (["4 cl Rum", "Nelken"], "Alles gut verrühren")


def test_a_recipe_may_be_one_line_and_what_is_none_is_named() -> None:
    found = read(
        "a.txt",
        "Ours\nNegroni - gin, Campari\nGimlet: 6 cl gin, 2 cl lime juice. Shake.\n"
        "Fizz: 4 cl gin, 2 cl lemon juice, soda",
    )
    gimlet, fizz = found.recipes
    assert (gimlet.name, gimlet.instructions, gimlet.origin) == ("Gimlet", "Shake.", "line 3")
    assert texts(gimlet) == ["6 cl gin", "2 cl lime juice"]
    assert texts(fizz) == ["4 cl gin", "2 cl lemon juice", "soda"]
    assert found.remarks == ("passed over: Ours, Negroni - gin, Campari",)


def test_a_line_of_amounts_that_is_no_recipe_is_none() -> None:
    recipe = only("a.txt", "Gimlet\n45 ml gin\n\nNutrition: 120 kcal, 10 g sugar, 3 g fat\n")
    assert texts(recipe) == ["45 ml gin"]
    recipe = only("a.md", "# Gimlet\n- 45 ml gin\n\nSyrup: 2 parts sugar, 1 part water\n")
    assert texts(recipe) == ["45 ml gin"]
    assert recipe.instructions == "Syrup: 2 parts sugar, 1 part water"


def test_a_table_in_a_text_is_no_name() -> None:
    text = (
        "   Sazerac\n\nCategories : Stirred\n\n  Amount  Measure  Ingredient\n"
        "--------  -------  ----------\n       2  ounces   rye\n       3  dashes   bitters\n"
    )
    recipe = only("a.txt", text)
    assert (recipe.name, recipe.tags) == ("Sazerac", ("Stirred",))
    assert said(recipe) == [(2, "oz", "rye"), (3, "dash", "bitters")]


def test_of_a_long_text_only_lines_that_may_say_an_amount_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []
    monkeypatch.setattr(
        text_lines, "read_quantity", lambda text, _: looked_at.append(text) or _READ(text)
    )
    many = "\n".join(f"Nothing of note on page {n}" for n in range(50))
    assert prose.read_text(f"{many}\n\nGimlet\n45 ml gin\n").recipes
    assert looked_at == ["45 ml gin"]


_READ = text_lines.read_quantity


def test_columns_of_lines_that_are_called_alike_are_several_lines() -> None:
    rows = [
        ["sep=", "", "", "", "", ""],
        ["Nr.", "Cocktail", "Zutat", "Menge", "Zutat", "Menge"],
        ["1", "Gimlet", "Gin", "4,5 cl", "Limettensaft", "2 cl"],
    ]
    body = table(rows, ";").encode("cp1252")
    assert said(only("a.csv", body)) == [(4.5, "cl", "Gin"), (2, "cl", "Limettensaft")]


def test_a_table_saved_as_a_text_is_a_table() -> None:
    rows = [["Drink", "Qty", "Unit", "Ingredient", "Notes"], ["Gimlet", "45", "ml", "Gin", ""],
            ["", "20", "ml", "Lime juice", "fresh"]]  # fmt: skip
    recipe = only("drinks.txt", table(rows, "\t").encode("utf-16"))
    assert said(recipe) == [(45, "ml", "Gin"), (20, "ml", "Lime juice")]
    assert (recipe.lines[1].note, recipe.notes) == ("fresh", "")


def test_lines_may_say_by_id_what_stands_beside_the_recipe() -> None:
    gin = {"_id": "gin-x", "name": "Gin", "strength": 40}
    line = {"_id": "gin-x", "amount": 45, "units": "ml", "substitutes": [{"_id": "gin-x"}]}
    file = {"recipe": {"name": "Gimlet", "ingredients": [line]}, "ingredients": [gin]}
    for found in (
        read("a.json", json.dumps(file)),
        read("a.zip", zipped({"cocktails/gimlet/recipe.json": json.dumps(file)})),
    ):
        assert said(found.recipes[0]) == [(45, "ml", "Gin")]
        assert found.recipes[0].lines[0].alternatives == ("Gin",)
        assert found.ingredients[0].strength == 40


def test_elements_may_say_amounts_as_attributes() -> None:
    lines = '<ingredient amount="3" unit="cl">Campari</ingredient><ingredient>Soda</ingredient>'
    recipe = only("a.xml", f"<drinks><drink><name>Americano</name><ingredients>{lines}"
                  "</ingredients></drink></drinks>")  # fmt: skip
    assert said(recipe) == [(3, "cl", "Campari"), (None, None, "Soda")]


def test_a_measure_without_its_unit_stands_before_it() -> None:
    line = {"menge": "4", "einheit": "cl", "name": "Gin"}
    recipe = only("a.yml", json.dumps([{"cocktail": "Gimlet", "zutaten": [line]}]))
    assert said(recipe) == [(4, "cl", "Gin")]


def test_apps_archives_of_packed_recipes_are_read() -> None:
    recipe = json.dumps({"name": "Gimlet", "ingredients": "\n".join(TEXTS)}).encode()
    files = {
        "Gimlet.paprikarecipe": gzip.compress(recipe),
        "7.zip": zipped({"recipe.json": recipe.replace(b"Gimlet", b"Fizz")}),
    }
    found = read("a.paprikarecipes", zipped(files))
    assert [each.name for each in found.recipes] == ["Fizz", "Gimlet"]
    assert only("a.json.gz", gzip.compress(recipe)).name == "Gimlet"


def test_files_of_an_archive_that_say_no_recipe_are_named() -> None:
    found = read(
        "a.zip",
        zipped({"a.json": json.dumps({"name": "Gimlet", "ingredients": TEXTS}),
                "meta.json": "{}", "broken.json": "{", "a.png": b"x"}),
    )  # fmt: skip
    assert [each.name for each in found.recipes] == ["Gimlet"]
    assert found.remarks[0] == "passed over: 1 file of the archive"
    assert "broken.json (this is not whole JSON" in found.remarks[1]
    assert "meta.json (no recipes" in found.remarks[1]


def test_what_is_packed_twice_is_refused() -> None:
    with pytest.raises(UnreadableError, match="not read"):
        read_file("a.gz", gzip.compress(gzip.compress(b"{}")))


def test_a_page_may_say_its_recipe_in_its_elements() -> None:
    page = (
        "<!DOCTYPE html><html><body><p itemprop=name>Not this</p>"
        "<div itemscope itemtype='https://schema.org/Recipe'><h1 itemprop=name>Clover Club</h1>"
        "<span itemprop=author itemscope itemtype='https://schema.org/Person'>by "
        "<b itemprop=name>Ada</b></span><img itemprop=image src=a.jpg>"
        "<ul><li itemprop=recipeIngredient>45 ml gin<li itemprop=recipeIngredient>1 egg white</ul>"
        "<div itemprop=recipeInstructions><p>Dry shake.</p> <p>Strain.</p></div></div>"
        "<p itemprop=name>Nor this</p></body></html>"
    )
    recipe = only("page.html", page)
    assert (recipe.name, recipe.source) == ("Clover Club", "by Ada")
    assert texts(recipe) == ["45 ml gin", "1 egg white"]
    assert recipe.instructions == "Dry shake. Strain."
    assert recipe.extra == {"image": ["a.jpg"]}


@pytest.mark.parametrize(
    "lines",
    [
        [{"name": "Gin", "quantity": {"value": 0.75, "unit": "oz"}}],
        {"Gin": {"amount": 0.75, "unit": "oz"}},
        {"ing": [{"amt": {"qty": "3/4", "unit": "oz"}, "item": "Gin"}]},
    ],
)
def test_an_amount_may_be_an_object(lines: object) -> None:
    file = json.dumps([{"head": {"title": "Gimlet"}, "ingredients": lines}])
    recipe = only("a.json", file)
    assert (recipe.name, said(recipe)) == ("Gimlet", [(0.75, "oz", "Gin")])


def test_amounts_between_strokes_are_several_lines() -> None:
    rows = [["Drink", "Rezeptur"], ["Hugo", "15 cl Prosecco / 2 cl Sirup / Minze"]]
    assert texts(only("a.csv", table(rows, ";"))) == ["15 cl Prosecco", "2 cl Sirup", "Minze"]


def test_notes_link_to_each_other() -> None:
    body = {
        "Gimlet.md": "glass:: coupe\n\n- 45 ml [[Dry Gin|gin]]\n- 20 ml [[lime juice]]\n",
        "index.md": "# Drinks\n- [[Gimlet]]\n- [Fizz](fizz.md)\n",
    }
    (recipe,) = read("vault.zip", zipped(body)).recipes
    assert (recipe.name, recipe.glass) == ("Gimlet", "coupe")
    assert texts(recipe) == ["45 ml gin", "20 ml lime juice"]


def test_a_name_may_be_called_so() -> None:
    assert only("a.txt", "Title: Rusty Nail\nYield: 1\n\n1 1/2 oz scotch\n").name == "Rusty Nail"


def test_steps_may_be_an_object() -> None:
    for steps in ({"step": ["Shake.", "Strain."]}, {"1": "Shake.", "2": "Strain."}):
        file = [{"name": "Gimlet", "ingredients": TEXTS, "directions": steps}]
        assert only("a.json", json.dumps(file)).instructions == "Shake.\nStrain."
