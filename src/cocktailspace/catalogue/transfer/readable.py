"""Recipes for people and for other programs: text, Markdown, schema.org's JSON-LD, CSV."""

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.fields import field_types, name_in_files
from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.models import Line, LineDraft, Recipe, RecipeDraft, RecipeFields, Unit
from cocktailspace.catalogue.recipes import load_drafts, load_recipes
from cocktailspace.catalogue.transfer.file import row_of_draft
from cocktailspace.catalogue.units import list_units
from cocktailspace.wording import counted

_RECIPES_AT_ONCE = 50
_SHOWN_ELSEWHERE = ("name", "description", "instructions", "extra", "uid", "makes_id")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet, unless quoted."""

Units = Mapping[str, Unit]
"""All units by name."""


def units_by_name(connection: Connection) -> Units:
    """The units that lines name."""
    return {unit.name: unit for unit in list_units(connection)}


def quantity(line: Line, units: Units) -> str:
    """Amount and unit as one writes them: `1.5–2 oz`, `2 dashes`."""
    amounts = [n for n in (line.amount, line.amount_max) if n is not None]
    number = "–".join(f"{n:.4g}" for n in amounts)
    if line.unit is None:
        return number
    unit = units[line.unit]
    return f"{number} {unit.plural if max(amounts, default=0) > 1 else unit.singular}".strip()


def line_text(line: Line, units: Units) -> str:
    """A whole line: `60 ml Rye or Bourbon (chilled), optional`."""
    names = " or ".join((line.ingredient, *line.alternative_names))
    note = f" ({line.note})" if line.note else ""
    optional = ", optional" if line.optional else ""
    return f"{quantity(line, units)} {names}{note}{optional}".strip()


def recipe_text(recipe: Recipe, units: Units) -> str:
    """A recipe as plain text, all that it says."""
    parts = [recipe.name, recipe.description]
    parts.append("\n".join(f"- {line_text(line, units)}" for line in recipe.ingredients))
    parts.append(recipe.instructions)
    parts.append("\n".join(f"{title}: {said}" for title, said in details_of(recipe)))
    return "\n\n".join(part for part in parts if part) + "\n"


def recipe_markdown(recipe: Recipe, units: Units) -> str:
    """A recipe as Markdown, all that it says."""
    lines = "\n".join(f"- {_plain(line_text(line, units))}" for line in recipe.ingredients)
    details = "\n".join(f"- {title}: {_plain(said)}" for title, said in details_of(recipe))
    parts = [
        f"# {_plain(recipe.name)}",
        recipe.description and _plain(recipe.description),
        lines and f"## Ingredients\n\n{lines}",
        recipe.instructions and f"## Instructions\n\n{_plain(recipe.instructions)}",
        details and f"---\n\n{details}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def details_of(recipe: Recipe, without: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Title and text of each field that stands nowhere else."""
    for name, field in field_types(RecipeFields).items():
        if name in _SHOWN_ELSEWHERE or name in without:
            continue
        value = getattr(recipe, name)
        if value not in (None, ()):
            said = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield str(field.info.title), said
    calculated = recipe.calculated
    if (strength := calculated.strength_served or calculated.strength) is not None:
        yield "Strength", f"{strength:.0f} % vol"
    if calculated.contains:
        yield "Contains", ", ".join(calculated.contains)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    for mark in "\\`*_[]<#":
        text = text.replace(mark, f"\\{mark}")
    return text


def recipe_json_ld(recipe: Recipe, units: Units, address: str | None = None) -> dict[str, Any]:
    """The recipe in schema.org's words, as search engines read them."""
    names = ", ".join(line.ingredient for line in recipe.ingredients)
    steps = [step.strip() for step in (recipe.instructions or "").splitlines() if step.strip()]
    steps += [f"Garnish: {recipe.garnish}"] if recipe.garnish else []
    images = (recipe.extra or {}).get("images")
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Recipe",
        "identifier": recipe.uid,
        "name": recipe.name,
        "description": recipe.description or f"A cocktail of {names or 'nothing yet'}.",
        "url": address,
        "recipeCategory": "Cocktail",
        "recipeIngredient": [line_text(line, units) for line in recipe.ingredients],
        "recipeInstructions": [{"@type": "HowToStep", "text": step} for step in steps],
        "recipeYield": recipe.servings and counted(recipe.servings, "serving"),
        "cookingMethod": recipe.method,
        "tool": recipe.glass and {"@type": "HowToTool", "name": f"{recipe.glass} glass"},
        "keywords": ", ".join(recipe.tags),
        "comment": recipe.notes and {"@type": "Comment", "text": recipe.notes},
        "citation": recipe.source,
        "isBasedOn": recipe.source_url,
        "image": [*_images(images)],
        "datePublished": recipe.created_at.date().isoformat(),
        "dateModified": recipe.updated_at.date().isoformat(),
    }
    always = ("recipeIngredient",)
    return {name: value for name, value in found.items() if value or name in always}


def _images(images: object) -> Iterator[dict[str, str]]:
    """What a file said of images on the web: their addresses and whom they are from."""
    for image in images if isinstance(images, list) else ():
        address = image.get("uri") if isinstance(image, dict) else None
        if isinstance(address, str) and address.startswith(("https://", "http://")):
            credit = str(image.get("copyright") or "")
            named = {"creditText": credit} if credit else {}
            yield {"@type": "ImageObject", "url": address, **named}


def markdown_parts(connection: Connection) -> Iterator[str]:
    """All recipes by name, as Markdown."""
    units = units_by_name(connection)
    for number, recipe in enumerate(_by_name(connection)):
        yield "\n" * (number > 0) + recipe_markdown(recipe, units)


def json_ld_parts(connection: Connection) -> Iterator[str]:
    """All recipes by name, as a graph in JSON-LD."""
    units = units_by_name(connection)
    yield '{"@context": "https://schema.org", "@graph": ['
    for number, recipe in enumerate(_by_name(connection)):
        found = recipe_json_ld(recipe, units)
        del found["@context"]
        yield ("," * (number > 0)) + "\n" + json.dumps(found, ensure_ascii=False)
    yield "\n]}\n"


def csv_parts(connection: Connection) -> Iterator[str]:
    """All recipes by name as a table, a row a line; nothing in it is a formula to a spreadsheet."""
    names = {
        table.name: {row.id: row.name for row in connection.execute(select(table))}
        for table in (schema.ingredients, schema.units)
    }
    said = _columns(RecipeDraft, without="ingredients")
    of_line = _columns(LineDraft)
    yield _csv_row([*said, *of_line])
    for chunk in chunks(_ids_by_name(connection), _RECIPES_AT_ONCE):
        drafts = load_drafts(connection, chunk)
        for recipe_id in chunk:
            row = row_of_draft(drafts[recipe_id], lambda table, each: names[table][each])
            for line in row.get("ingredients") or [{}]:
                yield _csv_row(
                    [*(row.get(name) for name in said), *(line.get(name) for name in of_line)]
                )


def _columns(model: Any, without: str = "") -> list[str]:
    types = field_types(model)
    return [name_in_files(name, field) for name, field in types.items() if name != without]


def _csv_row(values: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_cell(value) for value in values])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _by_name(connection: Connection) -> Iterator[Recipe]:
    for chunk in chunks(_ids_by_name(connection), _RECIPES_AT_ONCE):
        recipes = load_recipes(connection, chunk)
        yield from (recipes[each] for each in chunk)


def _ids_by_name(connection: Connection) -> list[int]:
    query = select(schema.recipes.c.id).order_by(schema.recipes.c.order_key)
    return list(connection.execute(query).scalars())
