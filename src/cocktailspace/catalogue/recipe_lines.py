"""Lines of recipes: what each is of and how much, with its alternatives; reading and writing."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from cocktailspace.catalogue.calculated import Part
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.fields import column_values
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.models import Line, RecipeDraft
from cocktailspace.catalogue.schema import (
    ingredients,
    line_alternatives,
    recipe_ingredients,
    units,
)


def read_lines(
    connection: Connection, recipe_ids: Collection[int], measures: Measures
) -> dict[int, list[tuple[Line, Part]]]:
    """The lines of some recipes in order, each with what is calculated from it."""
    query = (
        select(
            recipe_ingredients,
            ingredients.c.name.label("ingredient"),
            units.c.name.label("unit"),
            units.c.assumed,
        )
        .join_from(recipe_ingredients, ingredients)
        .outerjoin(units)
        .where(recipe_ingredients.c.recipe_id.in_(recipe_ids))
        .order_by(recipe_ingredients.c.recipe_id, recipe_ingredients.c.position)
    )
    rows = connection.execute(query).all()
    others = alternatives_of(connection, recipe_ids)
    found: dict[int, list[tuple[Line, Part]]] = {}
    for row in rows:
        volume = measures.volume(
            row.ingredient_id, row.amount, row.amount_max, row.unit_id, optional=row.optional
        )
        named = others.get((row.recipe_id, row.position), ())
        alternatives = tuple(each for each, _ in named)
        line = Line.model_construct(
            **row._mapping,
            alternatives=alternatives,
            alternative_names=tuple(name for _, name in named),
            volume_ml=volume.ml,
        )
        part = Part(
            ingredient_id=row.ingredient_id,
            volume=volume,
            unit=row.unit or "",
            note=row.note or "",
            assumed=bool(row.assumed),
            alternatives=alternatives,
        )
        found.setdefault(row.recipe_id, []).append((line, part))
    return found


def alternatives_of(
    connection: Connection, recipe_ids: Collection[int]
) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """Id and name of each alternative, by recipe and position of its line."""
    others = line_alternatives.c
    query = (
        select(others.recipe_id, others.position, others.ingredient_id, ingredients.c.name)
        .join_from(line_alternatives, ingredients)
        .where(others.recipe_id.in_(recipe_ids))
        .order_by(others.recipe_id, others.position, others.rank)
    )
    found: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for row in connection.execute(query):
        found.setdefault((row.recipe_id, row.position), []).append((row.ingredient_id, row.name))
    return found


def insert_lines(tx: Transaction, drafts: Mapping[int, RecipeDraft]) -> None:
    """Write the lines of recipes that have none."""
    lines, others = [], []
    for recipe_id, draft in drafts.items():
        for position, line in enumerate(draft.ingredients):
            place = {"recipe_id": recipe_id, "position": position}
            lines.append(place | column_values(line))
            others += [
                place | {"rank": rank, "ingredient_id": each}
                for rank, each in enumerate(line.alternatives)
            ]
    _insert(tx, recipe_ingredients, lines)
    _insert(tx, line_alternatives, others)


def _insert(tx: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.connection.execute(insert(table), rows)


def delete_lines(tx: Transaction, recipe_ids: Collection[int]) -> None:
    """Delete the lines of recipes; no more than a statement may have parameters."""
    for table in (line_alternatives, recipe_ingredients):
        tx.connection.execute(delete(table).where(table.c.recipe_id.in_(recipe_ids)))
