"""Files of many formats say the same: a reader's rows do not tell which it was."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from cocktailspace.importing.lines import read_line
from cocktailspace.importing.readers.files import read_file
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.rows import Collection, RecipeRow, UnreadableError

Lines = list[tuple[float | None, str | None, str]]
SOUR: Lines = [(45, "ml", "Pisco"), (1.5, "oz", "Lime juice"), (2, "dash", "Bitters")]


def read(name: str, body: str | bytes, mapping: Mapping[str, str] | None = None) -> Collection:
    return read_file(
        name, body if isinstance(body, bytes) else body.encode(), Mapped(mapping or {})
    )


def said(recipe: RecipeRow) -> Lines:
    found = []
    for row in recipe.lines:
        line = read_line(row)[0]
        name = line.candidates[-1].name if line.candidates else ""
        found.append((line.quantity.amount, line.quantity.unit, name))
    return found


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def the_sour(found: Collection) -> RecipeRow:
    (recipe,) = (each for each in found.recipes if each.name == "Quito Sour")
    assert said(recipe) == SOUR
    return recipe


PARTS = [
    {"name": "Pisco", "amount": 45, "units": "ml"},
    {"name": "Lime juice", "amount": "1 1/2", "units": "oz"},
    {"name": "Bitters", "amount": 2, "units": "dashes"},
]
TEXTS = ["45 ml Pisco", "1 1/2 oz Lime juice", "2 dashes Bitters"]
OBJECTS: dict[str, Any] = {
    "a recipe": {"name": "Quito Sour", "ingredients": PARTS},
    "a list": [{"title": "Quito Sour", "ingredients": TEXTS}, {"title": "B", "ingredients": []}],
    "named texts": {"Quito Sour": {"ingredients": "\n".join(TEXTS)}},
    "a collection": {"name": "Mine", "cocktails": [{"name": "Quito Sour", "ingredients": PARTS}]},
    "measures by name": [{
        "name": "Quito Sour",
        "ingredients": {"Pisco": "45 ml", "Lime juice": "1 1/2 oz", "Bitters": "2 dashes"},
    }],
    "numbered": {"drinks": [{
        "strDrink": "Quito Sour", "strIngredient1": "Pisco", "strMeasure1": "45 ml ",
        "strIngredient2": "Lime juice", "strMeasure2": "1 1/2 oz", "strIngredient3": "Bitters",
        "strMeasure3": "2 dashes", "strIngredient4": None, "strMeasure4": None,
    }]},
    "pairs": [{"name": "Quito Sour", "ingredients": [["45 ml", "Pisco"], ["1 1/2 oz", "Lime juice"],
                                                      ["2 dashes", "Bitters"]]}],
    "bulk": [{"name": "Quito Sour", "ingredients": [
        {"ingredient_name": "Pisco", "amount": 45.0, "unit_name": "ml"},
        {"ingredient_name": "Lime juice", "amount": 1.5, "unit_name": "oz"},
        {"ingredient_name": "Bitters", "amount": 2, "unit_name": "dash"},
    ]}],
    "specials": [{"name": "Quito Sour", "ingredients": [
        {"unit": "ml", "amount": 45, "ingredient": "Pisco"},
        {"special": "1 1/2 oz Lime juice"}, {"special": "2 dashes Bitters"},
    ]}],
    "nested ingredients": {"recipes": [{"name": "Quito Sour", "ingredients": [
        {"ingredient": {"name": "Pisco"}, "quantity": 45, "unit": "ml"},
        {"ingredient": {"name": "Lime juice"}, "quantity": 1.5, "unit": "oz"},
        {"ingredient": {"name": "Bitters"}, "quantity": 2, "unit": "dash"},
    ]}]},
    "rows of lines": [
        {"cocktail": "Quito Sour", "ingredient": "Pisco", "amount": 45, "unit": "ml"},
        {"cocktail": "Quito Sour", "ingredient": "Lime juice", "amount": 1.5, "unit": "oz"},
        {"cocktail": "Quito Sour", "ingredient": "Bitters", "amount": 2, "unit": "dash"},
    ],
    "an answer": {"status": 1, "data": {"items": [{"name": "Quito Sour", "ingredients": TEXTS}]}},
    "schema.org": {"@context": "https://schema.org", "@type": "Recipe", "name": "Quito Sour",
                   "recipeIngredient": TEXTS},
    "schema.org in a graph": {"@context": "https://schema.org", "@graph": [
        {"@type": "WebPage"},
        {"@type": ["Recipe"], "name": "Quito Sour", "recipeIngredient": TEXTS},
    ]},
    "German": [{"Titel": "Quito Sour", "Zutaten": ["45 ml Pisco", "1,5 oz Lime juice",
                                                   "2 Dashes Bitters"]}],
}  # fmt: skip


@pytest.mark.parametrize("shape", OBJECTS)
def test_json_and_yaml_are_read_whatever_their_shape(shape: str) -> None:
    the_sour(read("file.json", json.dumps(OBJECTS[shape])))
    the_sour(read("file", yaml.safe_dump(OBJECTS[shape], sort_keys=False)))


def test_json_of_a_line_each_is_read() -> None:
    lines = [json.dumps({"name": name, "ingredients": TEXTS}) for name in ("Quito Sour", "Other")]
    the_sour(read("file.jsonl", "\n".join(lines)))


WIDE = [["Drink", "Ingredient 1", "Measure 1", "Ingredient 2", "Measure 2", "Ingredient 3",
         "Measure 3", "Rating"],
        ["Quito Sour", "Pisco", "45 ml", "Lime juice", "1 1/2 oz", "Bitters", "2 dashes", "5"],
        ["Other", "Gin", "1 oz", "", "", "", "", "4"]]  # fmt: skip
LONG = [["name", "ingredient", "amount", "unit"], ["Quito Sour", "Pisco", "45", "ml"],
        ["Quito Sour", "Lime juice", "1,5", "oz"], ["", "Bitters", "2", "dashes"],
        ["Other", "Gin", "1", "oz"]]  # fmt: skip
TEXT_COLUMN = [["Name", "Zutaten", "Zubereitung"],
               ["Quito Sour", "45 ml Pisco\n1 1/2 oz Lime juice\n2 dashes Bitters", "Shütteln."],
               ["Other", "1 oz Gin; 2 oz Tonic", ""]]  # fmt: skip


@pytest.mark.parametrize("rows", [WIDE, LONG, TEXT_COLUMN])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_wide_and_long_whatever_parts_them(
    rows: list[list[str]], delimiter: str
) -> None:
    found = read("file.csv", table(rows, delimiter))
    the_sour(found)
    assert [recipe.name for recipe in found.recipes] == ["Quito Sour", "Other"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_tables_are_read_in_any_encoding(encoding: str) -> None:
    rows = [
        ["Name", "Ingredients"],
        ["Piña Colada", "3 cl Crème de Cacao"],
        ["Café", "4 cl Cachaça"],
    ]
    found = read("file.csv", table(rows, ";").encode(encoding))
    assert [recipe.name for recipe in found.recipes] == ["Piña Colada", "Café"]
    assert found.recipes[1].lines[0].text == "4 cl Cachaça"


def test_unknown_headers_are_said_and_can_be_mapped() -> None:
    rows = [["What we call it", "Booze 1", "How much 1"], ["Quito Sour", "Pisco", "45 ml"]]
    with pytest.raises(UnreadableError, match=r"What we call it, Booze 1.*say which is which"):
        read("file.csv", table(rows))
    mapping = {"name": "What we call it", "ingredient": "Booze 1", "measure": "How much 1"}
    (recipe,) = read("file.csv", table(rows), mapping).recipes
    assert said(recipe) == [(45, "ml", "Pisco")]


def test_columns_without_a_place_are_named_and_kept() -> None:
    found = read("file.csv", table(WIDE))
    assert found.columns == ("Rating",)
    assert the_sour(found).extra == {"Rating": "5"}


def test_two_columns_of_one_name_are_refused_by_it() -> None:
    rows = [["Name", "Ingredients", "name", "Name", "", ""], ["Sour", "45 ml Pisco", "", "Fizz"]]
    with pytest.raises(UnreadableError, match=r"2 columns 'Name'.*Name 1, Name 2"):
        read("file.csv", table(rows))


def test_spreadsheets_are_read() -> None:
    the_sour(read("file.xlsx", xlsx(LONG)))
    the_sour(read("file.xlsx", xlsx(WIDE)))


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(rows: list[list[str]]) -> bytes:
    return sheets_of({"S": rows})


def sheets_of(sheets: Mapping[str, list[list[str]]]) -> bytes:
    links = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    link = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'.format
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
    )
    targets = "".join(
        link(f"r{n}", _RELATIONS, "worksheet", f"worksheets/{n}.xml")
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f"{links}{link('r1', _RELATIONS, 'officeDocument', 'xl/workbook.xml')}"
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{names}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{links}{targets}</Relationships>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        cells = "".join(
            "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row)
            + "</row>"
            for row in rows
        )  # fmt: skip
        parts[f"xl/worksheets/{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
        )
    return zipped({name: '<?xml version="1.0"?>' + text for name, text in parts.items()})


def docx(*blocks: str | list[list[str]]) -> bytes:
    """A document of paragraphs (`# ` a heading, `- ` of a list) and tables."""
    said = []
    for block in blocks:
        if isinstance(block, list):
            rows = ("".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) for row in block)
            said.append(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")
        else:
            said.append(_paragraph(block))
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body>{"".join(said)}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": body})


def _paragraph(text: str) -> str:
    styles = {
        "# ": '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>',
        "- ": "<w:pPr><w:numPr/></w:pPr>",
    }
    style = styles.get(text[:2], "")
    text = text[2:] if style else text
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in (text[:3], text[3:]))
    return f"<w:p>{style}{runs}</w:p>"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return body.getvalue()


def test_a_data_pack_has_recipes_and_what_ingredients_are() -> None:
    pack = {
        "cocktails/sour/data.json": json.dumps({"name": "Quito Sour", "ingredients": PARTS}),
        "cocktails/sour/sour.jpg": b"\xff\xd8\xff",
        "ingredients/pisco/data.json": json.dumps(
            {"_id": "pisco", "_parent_id": "brandy", "name": "Pisco", "strength": 42}
        ),
        "base_glasses.json": "[]",
    }
    found = read("pack.zip", zipped(pack))
    the_sour(found)
    (pisco,) = found.ingredients
    assert (pisco.name, pisco.parent, pisco.strength) == ("Pisco", "brandy", 42)
    assert "1 file of" in found.remarks[0]


def test_a_saved_page_is_read_from_its_data_alone() -> None:
    data = json.dumps(OBJECTS["schema.org"])
    page = f"<!DOCTYPE html><html><head><script type='application/ld+json'>{data}</script></head>"
    the_sour(read("page.html", page + "<body><img src='http://x.invalid/'>&frac12;</body></html>"))
    with pytest.raises(UnreadableError, match="copy its text"):
        read("page.html", "<html><body>Quito Sour</body></html>")


def test_xml_is_read_and_its_entities_are_not() -> None:
    lines = "".join(f"<ingredients><text>{text}</text></ingredients>" for text in TEXTS)
    the_sour(
        read(
            "file.xml",
            f"<?xml version='1.0' encoding='latin1'?><r><name>Quito Sour</name>{lines}</r>",
        )
    )
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa">]><r><name>&a;</name></r>'
    with pytest.raises(UnreadableError, match="DOCTYPE"):
        read("file.xml", '<?xml version="1.0"?>' + bomb)


TEXT = """My drinks

Quito Sour
A bright one, from the mountains.
45 ml Pisco
1 1/2 oz Lime juice
2 dashes Bitters
Shake with ice and strain into a coupe.
Garnish: lime wheel
Glass: Coupe

Other
1 oz Gin
4 oz Tonic water
Build over ice.
"""
MARKDOWN = """# Drinks of the house

## Quito Sour

A bright one.

### Ingredients
* 45 ml Pisco
* 1 1/2 oz Lime juice
* **2 dashes** Bitters

### Method
1. Shake with ice.
2. Strain into a coupe.

## Other
- 1 oz Gin
- 4 oz Tonic water

Build over ice.
"""


@pytest.mark.parametrize("text", [TEXT, MARKDOWN])
def test_texts_hold_several_recipes(text: str) -> None:
    found = read("drinks.txt", text)
    recipe = the_sour(found)
    assert [each.name for each in found.recipes] == ["Quito Sour", "Other"]
    assert "Shake with ice" in recipe.instructions
    assert recipe.description.startswith("A bright one")
    assert found.recipes[1].instructions == "Build over ice."
    assert said(found.recipes[1]) == [(1, "oz", "Gin"), (4, "oz", "Tonic water")]


def test_texts_say_glass_and_garnish() -> None:
    recipe = the_sour(read("drinks.txt", TEXT))
    assert (recipe.glass, recipe.garnish) == ("Coupe", "lime wheel")


def test_fields_of_a_recipe_find_their_place() -> None:
    recipe = {
        "name": " Quito  Sour ", "ingredients": TEXTS, "preparation": "Shake.", "method": "Shake",
        "glass": "coupe", "garnish": "none", "category": "Sours", "keywords": "sour, pisco",
        "source": "https://drinks.example/q", "recipeYield": "2 drinks", "rating": 4, "tags": [],
    }  # fmt: skip
    found = the_sour(read("file.json", json.dumps(recipe)))
    assert (found.instructions, found.method, found.glass) == ("Shake.", "Shake", "coupe")
    assert (found.source, found.source_url) == ("", "https://drinks.example/q")
    assert (found.tags, found.servings) == (("Sours", "sour", "pisco"), 2)
    assert found.extra == {"rating": 4}


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("a.json", b'{"name": ', "not whole JSON"),
        ("a.json", b"[]", "no recipes"),
        ("a.pdf", b"%PDF-1.4 ...", "export it"),
        ("a.zip", b"PK\x03\x04broken", "archive cannot be read"),
        ("a.yml", b"a: &x [1]\nb: *x\n", "aliases"),
        ("a.txt", b"only words here", "no recipes were found in this text"),
        ("a.csv", b"", "empty"),
        ("a.bin", bytes(range(256)) * 4, "picture"),
        ("a.webp", b"RIFF\x7a\x00\x00\x00WEBPVP8 " + bytes(range(200)), "picture"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00" + bytes(range(200)), "picture"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(name: str, body: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read(name, body)


def test_a_stray_control_character_is_no_picture() -> None:
    body = b"Gimlet\n\n60 ml gin\n20 ml lime cordial\n\x1a"
    assert [recipe.name for recipe in read("a.txt", body).recipes] == ["Gimlet"]


def test_a_cell_that_lists_amounts_between_commas_is_several_lines() -> None:
    rows = [
        ["Cocktail", "Zutaten", "Zubereitung"],
        [
            "Mojito",
            "6 cl Rum, gekühlt, 3 cl Limettensaft, 1,5 cl Sirup (1:1, frisch), Minze",
            "Bauen",
        ],
        ["Highball", "2 oz whiskey, chilled", "Build"],
    ]
    mojito, highball = read("file.csv", table(rows, ";")).recipes
    assert [line.text for line in mojito.lines] == [
        "6 cl Rum, gekühlt",
        "3 cl Limettensaft",
        "1,5 cl Sirup (1:1, frisch)",
        "Minze",
    ]
    assert [line.text for line in highball.lines] == ["2 oz whiskey, chilled"]


def test_steps_that_have_their_ingredients_are_gathered() -> None:
    part = {"food": {"name": "Pisco"}, "unit": {"name": "ml"}, "amount": 45.0, "note": ""}
    steps = [{"instruction": "Shake.", "ingredients": [part]}, {"instruction": "Strain."}]
    (recipe,) = read("file.json", json.dumps({"name": "Quito Sour", "steps": steps})).recipes
    assert said(recipe) == [(45, "ml", "Pisco")]
    assert recipe.instructions == "Shake.\nStrain."


def test_every_step_of_a_section_is_kept() -> None:
    steps = [{"@type": "HowToStep", "text": text} for text in ("Shake all.", "Strain.")]
    section = {"@type": "HowToSection", "name": "Build", "itemListElement": steps}
    page = {"@type": "Recipe", "name": "Quito Sour", "recipeIngredient": ["45 ml pisco"]}
    found = read("file.json", json.dumps({**page, "recipeInstructions": [section]}))
    assert found.recipes[0].instructions == "Build\nShake all.\nStrain."


def test_measures_by_name_may_stand_in_a_list() -> None:
    text = "name: Quito Sour\ningredients:\n  - pisco: 45 ml\n  - lime juice: 20 ml\n"
    assert said(read("file.yml", text).recipes[0]) == [
        (45, "ml", "pisco"),
        (20, "ml", "lime juice"),
    ]


def test_tables_of_markdown_are_read() -> None:
    lines = "| What | How much |\n|---|:---:|\n| Pisco | 45 ml |\n"
    (one,) = read("file.md", f"# Quito Sour\n\n{lines}\nShake.\n").recipes
    assert said(one) == [(45, "ml", "Pisco")]
    rows = "| Drink | Ingredients |\n|---|---|\n| Quito Sour | 45 ml pisco |\n"
    assert [recipe.name for recipe in read("file.md", rows).recipes] == ["Quito Sour"]


def test_an_apps_ingredient_may_be_an_object_with_a_title() -> None:
    lines = [{"qty": "1 1/2", "uom": "oz", "item": {"id": 4, "title": "Gin"}}]
    file = json.dumps({"favourites": [{"drinkName": "Gimlet", "components": lines}]})
    (recipe,) = read_file("app.json", file.encode()).recipes
    assert [(line.measure, line.ingredient) for line in recipe.lines] == [("1 1/2 oz", "Gin")]


def test_lines_that_are_not_understood_are_kept_and_said() -> None:
    lines = [{"qty": 1, "thing": {"code": 7}}]
    file = json.dumps([{"name": "Gimlet", "components": lines}])
    (recipe,) = read_file("app.json", file.encode()).recipes
    assert recipe.extra["components"] == lines


def test_what_stands_among_recipes_and_is_none_is_named() -> None:
    file = json.dumps([{"name": "Gimlet", "ingredients": ["1 oz gin"]}, {"name": "Opening hours"}])
    found = read_file("a.json", file.encode())
    assert found.remarks == ("passed over, as no ingredients were found: Opening hours",)


def test_a_pages_data_that_says_a_key_twice_is_refused() -> None:
    data = '{"@type": "Recipe", "name": "A", "name": "B", "recipeIngredient": ["1 oz gin"]}'
    page = f"<html><script type='application/ld+json'>{data}</script></html>"
    with pytest.raises(UnreadableError, match="a second key 'name'"):
        read_file("a.html", page.encode())


def test_a_sections_heading_may_say_for_how_many() -> None:
    text = "Mojito\n\nIngrédients (1 verre) :\n\n* 5 cl rhum\n* menthe\n\nAstuce : bien frais"
    (recipe,) = read_file("a.md", text.encode()).recipes
    assert [line.text for line in recipe.lines] == ["5 cl rhum", "menthe"]
    assert recipe.notes == "bien frais"


def test_a_note_that_some_of_the_lines_share_is_theirs() -> None:
    rows = [
        ["name", "ingredient", "amount", "unit", "note"],
        ["Spritz", "Prosecco", "90", "ml", "to top"],
        ["Spritz", "Soda", "30", "ml", "to top"],
        ["Spritz", "Aperol", "60", "ml", ""],
    ]
    (recipe,) = read("file.csv", table(rows, ",")).recipes
    assert not recipe.notes
    assert [line.note for line in recipe.lines] == ["to top", "to top", ""]
