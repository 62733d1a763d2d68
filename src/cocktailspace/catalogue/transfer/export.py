"""Export: the whole catalogue as a file that imports to the same catalogue."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from sqlalchemy import Column, Connection, case, func, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.fields import as_draft, field_types, later_fields
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.methods import list_methods
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.recipes import load_drafts
from cocktailspace.catalogue.transfer.file import ROWS, Format, first_names, row_of_draft
from cocktailspace.catalogue.transfer.readable import csv_parts, json_ld_parts, markdown_parts
from cocktailspace.catalogue.units import list_units
from cocktailspace.catalogue.values import Draft
from cocktailspace.terminal import printable

ExportFormat = Literal["catalogue/1", "catalogue/2", "csv", "json-ld", "markdown"]
Row = dict[str, Any]

_encode = json.JSONEncoder(ensure_ascii=False).encode
_ALWAYS: dict[str, Row] = {
    "units": {"name": None, "abbreviation": None, "millilitres": None},
    "methods": {"name": None},
    "ingredients": {"name": None, "parent": None, "allow_substitution": False},
    "recipes": {"name": None, "ingredients": []},
}
"""Keys that stand in every row, and what they are where nothing is said."""
_RECIPES_AT_ONCE = 50
_PIECE_IN_1 = 1.0
"""Millilitres of a unit that counts pieces, in `catalogue/1`, where all have some."""


def export_text(connection: Connection, version: Format = "catalogue/1") -> str:
    """The catalogue in that format, rows in the order in which they were made.

    Importing it into an empty catalogue and exporting that gives the same text.
    """
    return "".join(export_parts(connection, version))


def export_parts(connection: Connection, version: Format = "catalogue/1") -> Iterator[str]:
    """The text in parts: however many recipes there are, no more than some are in memory."""
    yield f'{{\n "format": "{version}"'
    units, ingredients = list_units(connection), list_ingredients(connection)
    names = {
        "units": {unit.id: unit.name for unit in units},
        "ingredients": {each.id: each.name for each in ingredients},
    }

    def named(table: str, row_id: int) -> str:
        return names[table][row_id]

    drafts: dict[str, Iterator[Draft]] = {
        "units": (as_draft(unit, UnitDraft) for unit in units),
        "methods": (as_draft(each, MethodDraft) for each in list_methods(connection)),
        "ingredients": (as_draft(each, IngredientDraft) for each in ingredients),
        "recipes": _recipes(connection),
    }
    if version == "catalogue/1":
        del drafts["methods"]
    for table, rows in drafts.items():
        found = (row_of_draft(draft, named) for draft in rows)
        yield from _rows(table, (_in_format(version, table, row) for row in found))
    yield "\n}\n"


def left_out_of_1(connection: Connection) -> dict[str, int]:
    """What `catalogue/1` has no place for: how many rows of the catalogue say it, by field."""
    found: dict[str, int] = {}
    models: dict[str, type[Draft]] = {**ROWS, "recipe_ingredients": LineDraft}
    del models["methods"]  # those of the literature are there anyway
    for table_name, model in models.items():
        table = schema.metadata.tables[table_name]
        later = [table.c[name] for name in sorted(later_fields(model) - {"uid"}) if name in table.c]
        row = connection.execute(select(*map(_said, later))).one()
        found |= {
            str(field_types(model)[c.name].info.title): n for c, n in zip(later, row, strict=True)
        }
    for title, table in (
        ("Pieces", schema.ingredient_pieces),
        ("Alternatives", schema.line_alternatives),
    ):
        found[title] = connection.execute(select(func.count()).select_from(table)).scalar_one()
    pieces = schema.units.c.millilitres.is_(None) & (schema.units.c.name_key != "each")
    found["Units of pieces"] = connection.execute(
        select(func.count()).select_from(schema.units).where(pieces)
    ).scalar_one()
    return {title: count for title, count in found.items() if count}


def _said(column: Column[Any]) -> Any:
    """In how many rows a column says something."""
    if column.nullable:
        return func.count(column)
    return func.coalesce(func.sum(case((column, 1), else_=0)), 0)


def _recipes(connection: Connection) -> Iterator[RecipeDraft]:
    ids = connection.execute(select(schema.recipes.c.id).order_by(schema.recipes.c.id)).scalars()
    for chunk in chunks(ids.all(), _RECIPES_AT_ONCE):
        yield from load_drafts(connection, chunk).values()


def _in_format(version: Format, table: str, row: Row) -> Row:
    """With the keys that stand in every row; in `catalogue/1` with none that it does not have."""
    always, model = _ALWAYS[table], ROWS[table]
    order = [*always, *row] if table != "recipes" else [*row, *always]
    whole = {name: row.get(name, always.get(name)) for name in dict.fromkeys(order)}
    if version == "catalogue/2":
        return whole
    row = {name: value for name, value in whole.items() if name in first_names(model)}
    if table == "recipes":
        names = first_names(LineDraft)
        lines = row["ingredients"]
        row["ingredients"] = [{k: v for k, v in line.items() if k in names} for line in lines]
    elif table == "units" and row["millilitres"] is None:
        row["millilitres"] = _PIECE_IN_1
    return row


def _rows(name: str, rows: Iterable[Row]) -> Iterator[str]:
    """A list of the document, row by row, as `json.dumps(..., indent=1)` would write it."""
    separator = f',\n "{name}": [\n  '
    for row in rows:
        yield separator + _text(row, "\n   ")
        separator = ",\n  "
    yield f',\n "{name}": []' if separator[-4:] != ",\n  " else "\n ]"


def _text(value: object, line: str) -> str:
    """line: the line break and the indentation of what is inside."""
    if isinstance(value, Mapping) and value:
        parts = (f"{_scalar(key)}: {_text(each, line + ' ')}" for key, each in value.items())
        return f"{{{line}{f',{line}'.join(parts)}{line[:-1]}}}"
    if isinstance(value, list) and value:
        return f"[{line}{f',{line}'.join(_text(each, line + ' ') for each in value)}{line[:-1]}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    return printable(_encode(value))


@dataclass(frozen=True, slots=True)
class Output:
    """A format: its file's name and kind, and the text in parts."""

    file_name: str
    media_type: str
    parts: Callable[[Connection], Iterator[str]]


OUTPUTS: dict[ExportFormat, Output] = {
    "catalogue/1": Output(
        "catalogue.json", "application/json", partial(export_parts, version="catalogue/1")
    ),
    "catalogue/2": Output(
        "catalogue.json", "application/json", partial(export_parts, version="catalogue/2")
    ),
    "csv": Output("recipes.csv", "text/csv; charset=utf-8", csv_parts),
    "json-ld": Output("recipes.jsonld", "application/ld+json", json_ld_parts),
    "markdown": Output("recipes.md", "text/markdown; charset=utf-8", markdown_parts),
}
