"""What search reads from the catalogue: a segment's recipes, and all ingredients."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from cocktailspace.catalogue.calculated import Part, is_drunk
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.reference import reference_for
from cocktailspace.catalogue.schema import (
    ingredients,
    line_alternatives,
    recipe_ingredients,
    recipes,
)
from cocktailspace.catalogue.search.ingredients import IndexedIngredients
from cocktailspace.catalogue.search.segment import (
    LABEL,
    NAME,
    TEXT,
    IndexedPart,
    IndexedRecipe,
    Segment,
    build_segment,
    label,
)

SEGMENT = 4_096
"""So many ids make a segment: more make a change dearer, fewer make a search dearer."""

Which = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""Some recipes, by the column that has their ids."""


def segment_numbers(connection: Connection) -> list[int]:
    """Those of all segments that have recipes."""
    number = recipes.c.id // SEGMENT
    return list(connection.execute(select(number).distinct().order_by(number)).scalars())


def within(number: int) -> Which:
    """The recipes of a segment."""
    return lambda column: (column >= number * SEGMENT) & (column < (number + 1) * SEGMENT)


def among(ids: Collection[int]) -> Which:
    """Some recipes; no more than a statement may have parameters."""
    return lambda column: column.in_(ids)


def read_segment(connection: Connection, which: Which, known: IndexedIngredients) -> Segment:
    """Recipes as the catalogue has them."""
    lines: dict[int, list[Part]] = {}
    reference = known.reference
    for row in connection.execute(_lines(which(recipe_ingredients.c.recipe_id))):
        volume = reference.measures.volume(
            row.ingredient_id, row.amount, row.amount_max, row.unit_id, optional=row.optional
        )
        unit = "" if row.unit_id is None else reference.unit_names[row.unit_id]
        part = Part(row.ingredient_id, volume, unit, row.note or "")
        lines.setdefault(row.recipe_id, []).append(part)
    others: dict[int, list[int]] = {}
    table = line_alternatives.c
    alternatives = select(table.recipe_id, table.ingredient_id)
    for row in connection.execute(alternatives.where(which(table.recipe_id))):
        others.setdefault(row.recipe_id, []).append(row.ingredient_id)
    wanted = [recipes.c[name] for name in _COLUMNS]
    found = [
        _indexed(row, lines.get(row.id, []), others.get(row.id, []))
        for row in connection.execute(select(*wanted).where(which(recipes.c.id)))
    ]
    return build_segment(found)


def read_ingredients(connection: Connection) -> IndexedIngredients:
    """All ingredients, and all that volumes and strengths depend on."""
    table = ingredients.c
    rows = connection.execute(select(table.id, table.name, table.aliases)).all()
    names = {row.id: (row.name, *row.aliases) for row in rows}
    return IndexedIngredients.of(names, reference_for(connection))


_COLUMNS = (
    "id", "name", "order_key", "glass", "method", "tags", "garnish", "instructions", "makes_id",
)  # fmt: skip


def _lines(which: ColumnElement[bool]) -> Any:
    columns = ("recipe_id", "ingredient_id", "amount", "amount_max", "unit_id", "optional", "note")
    table = recipe_ingredients.c
    query = select(*(table[name] for name in columns)).where(which)
    return query.order_by(table.recipe_id, table.position)


def _indexed(row: Any, lines: list[Part], others: list[int]) -> IndexedRecipe:
    texts = [(TEXT, row.instructions), (LABEL, row.garnish), (LABEL, row.method)]
    texts += [(LABEL, row.glass), *((LABEL, tag) for tag in row.tags), (NAME, row.name)]
    return IndexedRecipe(
        id=row.id,
        order_key=row.order_key,
        texts=[(weight, text) for weight, text in texts if text],
        labels=list(_labels(row)),
        ingredient_ids=[*(part.ingredient_id for part in lines), *others],
        lines=len({part.ingredient_id for part in lines}),
        parts=[
            IndexedPart(part.ingredient_id, part.volume.ml, is_drunk(part))
            for part in lines
            if part.volume.ml > 0
        ],
        house_made=row.makes_id is not None,
    )


def _labels(row: Any) -> Iterator[str]:
    if row.glass:
        yield label("glass", name_key(row.glass))
    if row.method:
        yield label("method", name_key(row.method))
    yield from {label("tag", name_key(tag)) for tag in row.tags}
