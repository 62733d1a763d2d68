"""Duplicates: ingredients and recipes whose names look the same, recipes of the same contents."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.names import alike_key, name_key
from cocktailspace.catalogue.recipe_lines import read_lines
from cocktailspace.catalogue.reference import reference_for
from cocktailspace.catalogue.schema import ingredients, recipes


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that look the same. why: in words; rows: ids, and what they are called."""

    entity: str
    why: str
    rows: tuple[tuple[int, str], ...]


def duplicates(connection: Connection) -> Iterator[Group]:
    """All of them, those of one kind by name."""
    yield from _ingredients(connection)
    yield from _names_of_recipes(connection)
    yield from _contents_of_recipes(connection)


def _ingredients(connection: Connection) -> Iterator[Group]:
    """By name, and by other names that look like another's name."""
    columns = ingredients.c
    query = select(columns.id, columns.name, columns.aliases).order_by(columns.name_key)
    found: dict[str, dict[int, str]] = {}
    for row in connection.execute(query):
        for name in (row.name, *row.aliases):
            found.setdefault(alike_key(name), {}).setdefault(row.id, row.name)
    for rows in found.values():
        if len(rows) > 1:
            yield Group("ingredient", "names look the same", tuple(rows.items()))


def _names_of_recipes(connection: Connection) -> Iterator[Group]:
    """Versions of a drink, which share a name and differ in source, are none."""
    columns = recipes.c
    query = select(columns.id, columns.name, columns.source).order_by(columns.order_key)
    found: dict[str, list[tuple[int, str, str]]] = {}
    for row in connection.execute(query):
        shown = f"{row.name} ({row.source})" if row.source else row.name
        found.setdefault(alike_key(row.name), []).append((row.id, shown, name_key(row.name)))
    for rows in found.values():
        if len({key for _, _, key in rows}) > 1:
            named = tuple((recipe_id, shown) for recipe_id, shown, _ in rows)
            yield Group("recipe", "names look the same", named)


def _contents_of_recipes(connection: Connection) -> Iterator[Group]:
    """The same ingredients in the same volumes, in whatever order and unit."""
    measures = reference_for(connection).measures
    names: dict[int, str] = {
        row.id: row.name
        for row in connection.execute(select(recipes.c.id, recipes.c.name).order_by(recipes.c.id))
    }
    found: dict[tuple[tuple[int, float], ...], list[tuple[int, str]]] = {}
    for chunk in chunks(names):
        for recipe_id, lines in read_lines(connection, chunk, measures).items():
            content = sorted((line.ingredient_id, round(line.volume_ml, 1)) for line, _ in lines)
            found.setdefault(tuple(content), []).append((recipe_id, names[recipe_id]))
    groups = [rows for rows in found.values() if len(rows) > 1]
    for rows in sorted(groups, key=lambda each: name_key(each[0][1])):
        yield Group("recipe", "the same ingredients and volumes", tuple(rows))
