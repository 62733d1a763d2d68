"""Lines of recipes as they are read: with names, volumes, and what is calculated from them."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from cocktailspace.catalogue.calculated import Part
from cocktailspace.catalogue.models import Line
from cocktailspace.catalogue.reference import Reference, reference_for
from cocktailspace.catalogue.schema import (
    ingredients,
    line_alternatives,
    recipe_ingredients,
    units,
)


@dataclass(frozen=True, slots=True)
class ReadLines:
    """lines, parts: by recipe, in order. reference: what concerns the ingredients in them."""

    reference: Reference
    lines: dict[int, list[Line]] = field(default_factory=dict)
    parts: dict[int, list[Part]] = field(default_factory=dict)


def read_lines(connection: Connection, recipe_ids: Collection[int]) -> ReadLines:
    """Those of some recipes."""
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
    used = {row.ingredient_id for row in rows} | {i for each in others.values() for i, _ in each}
    reference = reference_for(connection, used)
    measures = reference.measures
    read = ReadLines(reference)
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
        read.lines.setdefault(row.recipe_id, []).append(line)
        read.parts.setdefault(row.recipe_id, []).append(part)
    return read


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
