"""Recipes for people and other programs."""

import csv
import io
import json
import re

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.models import Line, LineDraft, RecipeDraft, RecipeFields, Unit
from cocktailspace.catalogue.recipes import get_recipe
from cocktailspace.catalogue.transfer import OUTPUTS, import_file, parse_file, starter_file
from cocktailspace.catalogue.transfer.readable import (
    quantity,
    recipe_json_ld,
    recipe_markdown,
    recipe_text,
    units_by_name,
)
from cocktailspace.catalogue.units import written
from tests.catalogue.samples import everything

pytestmark = pytest.mark.both_databases


@pytest.fixture
def full(database: Database) -> Database:
    """A catalogue in which every field says something of its own."""
    document = everything()
    recipe = document["recipes"][0]
    for name, value in recipe.items():
        if value == "something said":
            recipe[name] = f"said of {name}"
    recipe["tags"], recipe["source_url"] = ["said of tags"], "https://example.org/said-of-source"
    recipe["extra"] = {"images": [{"uri": "https://example.org/a.png", "copyright": "Ann"}]}
    with database.transaction() as tx:
        import_file(tx, parse_file(json.dumps(document)))
    return database


def _texts(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        recipe, units = get_recipe(connection, 1), units_by_name(connection)
        return {
            **{name: "".join(output.parts(connection)) for name, output in OUTPUTS.items()},
            "text": recipe_text(recipe, units),
            "markdown": recipe_markdown(recipe, units),
            "json-ld": json.dumps(recipe_json_ld(recipe, units, "https://here"), indent=1),
        }


@pytest.mark.parametrize("kind", ["text", "markdown", "json-ld", "catalogue/2", "csv"])
def test_every_field_of_a_recipe_is_said_in_every_format(full: Database, kind: str) -> None:
    text = _texts(full)[kind].replace("\\", "")
    words = {"source_url": "said-of-source", "servings": "3"}
    for name in set(RecipeFields.model_fields) - {"uid", "makes_id", "extra"}:
        assert words.get(name, f"said of {name}") in text, name


JSON_LD: dict[str, str | None] = {
    "name": "name",
    "instructions": "recipeInstructions",
    "description": "description",
    "source": "citation",
    "source_url": "isBasedOn",
    "garnish": "recipeInstructions",
    "glass": "tool",
    "method": "cookingMethod",
    "tags": "keywords",
    "servings": "recipeYield",
    "notes": "comment",
    "makes_id": None,
    "uid": "identifier",
    "extra": "image",
    "ingredients": "recipeIngredient",
}
"""schema.org's word for each field; None where it has none."""


def test_schema_org_has_a_word_for_each_field_or_is_said_to_have_none(full: Database) -> None:
    assert JSON_LD.keys() == RecipeDraft.model_fields.keys()
    found = json.loads(_texts(full)["json-ld"])
    for name, word in JSON_LD.items():
        assert word is None or word in found, name
    assert found["image"] == [
        {"@type": "ImageObject", "url": "https://example.org/a.png", "creditText": "Ann"}
    ]
    assert found["tool"]["name"] == "said of glass glass"


def test_a_table_has_a_column_for_each_field_and_a_row_for_each_line(full: Database) -> None:
    head, row = csv.reader(io.StringIO(_texts(full)["csv"]))
    assert len(head) == len(RecipeDraft.model_fields) - 1 + len(LineDraft.model_fields)
    assert all(row), dict(zip(head, row, strict=True))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_no_cell_of_a_table_is_a_formula(database: Database, name: str) -> None:
    rows = {"format": "catalogue/2", "recipes": [{"name": name, "notes": "=2"}]}
    with database.transaction() as tx:
        import_file(tx, parse_file(json.dumps(rows)))
    _, row = csv.reader(io.StringIO(_texts(database)["csv"]))
    assert row[0] == f"'{name}"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_lines_are_written_as_one_says_them(full: Database) -> None:
    assert "- 1.5–1.5 Lime or Lime (something said), optional" in (_texts(full)["text"])


@pytest.mark.parametrize(
    ("name", "abbreviation", "one", "more"),
    [
        ("Dash", "dash", "dash", "dashes"),
        ("Leaf", None, "Leaf", "Leaves"),
        ("Pony", "pony", "pony", "ponies"),
        ("Drops", None, "Drops", "Drops"),
        ("Glass", "glass", "glass", "glasses"),
        ("Ounce", "oz", "oz", "oz"),
        ("fl oz", None, "fl oz", "fl oz"),
        ("Tsp.", None, "Tsp.", "Tsp."),
        ("Wedge", "wdg", "wdg", "wdg"),
        ("to top", None, "to top", "to top"),
        ("Each", "each", "", ""),
    ],
)
def test_units_are_written_in_singular_and_plural(
    name: str, abbreviation: str | None, one: str, more: str
) -> None:
    assert written(name, abbreviation) == (one, more)


@pytest.mark.parametrize(
    ("amount", "most", "said"),
    [
        (None, None, "dash"),
        (0.5, None, "0.5 dash"),
        (1, None, "1 dash"),
        (1, 2, "1–2 dashes"),
        (2, None, "2 dashes"),
    ],
)
def test_a_quantity_is_in_the_plural_above_one(
    amount: float | None, most: float | None, said: str
) -> None:
    line = Line.model_construct(amount=amount, amount_max=most, unit="Dash")
    dash = Unit.model_construct(name="Dash", singular="dash", plural="dashes")
    assert quantity(line, {"Dash": dash}) == said


def test_marks_of_markdown_are_text(database: Database) -> None:
    rows = {"format": "catalogue/2", "recipes": [{"name": "*A* [b](http://x) <c>"}]}
    with database.transaction() as tx:
        import_file(tx, parse_file(json.dumps(rows)))
    assert _texts(database)["markdown"].startswith("# \\*A\\* \\[b\\](http://x) \\<c>\n")


def test_the_starter_is_written_in_every_format(database: Database) -> None:
    with database.transaction() as tx:
        import_file(tx, starter_file())
    with database.reading() as connection:
        texts = {name: "".join(output.parts(connection)) for name, output in OUTPUTS.items()}
    assert len(json.loads(texts["json-ld"])["@graph"]) == 126
    assert len(re.findall(r"^# ", texts["markdown"], re.MULTILINE)) == 126
    rows = list(csv.DictReader(io.StringIO(texts["csv"])))
    negroni = [row for row in rows if row["name"] == "Negroni"]
    assert [row["ingredient"] for row in negroni] == ["London Dry Gin", "Campari", "Sweet Vermouth"]
    assert {row["glass"] for row in negroni} == {"Old Fashioned"}
