"""Export: the whole catalogue as a file that imports to the same catalogue."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.units import list_units
from cocktailspace.terminal import printable

_ROWS_AT_ONCE = 500

_encode = json.JSONEncoder(ensure_ascii=False).encode


def _encoded(value: object) -> str:
    return printable(_encode(value))


def export_text(connection: Connection) -> str:
    """The catalogue as `catalogue/1`, rows in the order in which they were made.

    Importing it into an empty catalogue and exporting that gives the same text.
    """
    return "".join(export_parts(connection))


def export_parts(connection: Connection) -> Iterator[str]:
    """The text in parts: however many recipes there are, no more than some are in memory."""
    yield '{\n "format": "catalogue/1"'
    units = list_units(connection)
    ingredients = list_ingredients(connection)
    ingredient_names = {each.id: _encoded(each.name) for each in ingredients}
    yield from _rows("units", (_fields(unit.model_dump(exclude={"id"})) for unit in units))
    yield from _rows(
        "ingredients",
        (
            {
                '"name"': ingredient_names[each.id],
                '"parent"': ingredient_names[each.parent_id] if each.parent_id else "null",
                '"allow_substitution"': _encoded(each.allow_substitution),
                **_fields(_present(description=each.description)),
            }
            for each in ingredients
        ),
    )
    unit_names = {unit.id: _encoded(unit.name) for unit in units}
    yield from _rows("recipes", _recipes(connection, ingredient_names, unit_names))
    yield "\n}\n"


def _recipes(
    connection: Connection, ingredients: Mapping[int, str], units: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Recipes and their lines, read side by side in the same order."""
    recipes, lines = schema.recipes.c, schema.recipe_ingredients.c
    in_parts = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    found = in_parts.execute(
        select(lines.recipe_id, lines.ingredient_id, lines.amount, lines.unit_id).order_by(
            lines.recipe_id, lines.position
        )
    )
    groups = groupby(found, key=lambda line: line.recipe_id)
    of_recipe, group = next(groups, (None, iter(())))
    columns = [recipes[name] for name in ("name", "instructions", "description", "source")]
    rows = in_parts.execute(select(recipes.id, *columns, recipes.source_url).order_by(recipes.id))
    for row in rows:
        used: list[dict[str, str]] = []
        if row.id == of_recipe:
            for line in group:
                fields = {'"ingredient"': ingredients[line.ingredient_id]}
                if line.amount is not None:
                    fields['"amount"'] = _encoded(line.amount)
                if line.unit_id is not None:
                    fields['"unit"'] = units[line.unit_id]
                used.append(fields)
            of_recipe, group = next(groups, (None, iter(())))
        texts = {name: value for name, value in row._mapping.items() if name not in ("id", "name")}
        yield {
            '"name"': _encoded(row.name),
            **_fields(_present(**texts)),
            '"ingredients"': _list(used),
        }


def _present(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _fields(values: Mapping[str, object]) -> dict[str, str]:
    return {_encoded(name): _encoded(value) for name, value in values.items()}


def _rows(name: str, rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """A list of the document, row by row, as `json.dumps(..., indent=1)` would write it."""
    separator = f',\n "{name}": [\n  '
    for row in rows:
        yield separator + _object(row, "\n   ")
        separator = ",\n  "
    yield f',\n "{name}": []' if separator[-4:] != ",\n  " else "\n ]"


def _list(rows: list[dict[str, str]]) -> str:
    if not rows:
        return "[]"
    return "[\n    " + ",\n    ".join(_object(row, "\n     ") for row in rows) + "\n   ]"


def _object(fields: Mapping[str, str], line: str) -> str:
    """line: the line break and the indentation of what is inside."""
    inside = f",{line}".join(f"{name}: {value}" for name, value in fields.items())
    return f"{{{line}{inside}{line[:-1]}}}"
