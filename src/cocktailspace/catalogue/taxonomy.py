"""The taxonomy in SQL: what is below or above an ingredient, and what keeps it a shallow forest."""

from collections.abc import Collection, Mapping
from itertools import islice

from sqlalchemy import Connection, Select, literal, select

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.forest import MOST_LEVELS, forest_of, levels_of, lineage
from cocktailspace.catalogue.schema import ingredients


def descendants(ingredient_id: int) -> Select[tuple[int]]:
    """Ids of an ingredient and of all below it, as a query to select from or to nest."""
    below = select(literal(ingredient_id).label("id")).cte(f"below_{ingredient_id}", recursive=True)
    children = select(ingredients.c.id).join(below, ingredients.c.parent_id == below.c.id)
    # UNION, not UNION ALL: even a damaged forest with a cycle ends.
    below = below.union(children)
    return select(below.c.id)


def with_ancestors(ids: Collection[int]) -> Select[tuple[int]]:
    """Ids of some ingredients and of all above them, as a query to select from or to nest."""
    table = ingredients.c
    above = select(table.id, table.parent_id).where(table.id.in_(ids)).cte(recursive=True)
    # UNION, not UNION ALL: even a damaged forest with a cycle ends.
    above = above.union(
        select(table.id, table.parent_id).join(above, table.id == above.c.parent_id)
    )
    return select(above.c.id)


def ancestors(connection: Connection, ingredient_id: int) -> list[tuple[int, str]]:
    """(id, name) from the ingredient's root down to its parent; the nearest 64 if they are more."""
    table = ingredients.c
    rows = connection.execute(
        select(table.id, table.parent_id, table.name).where(
            table.id.in_(with_ancestors([ingredient_id]))
        )
    )
    found = {row.id: row for row in rows}
    upwards = lineage(ingredient_id, lambda each: found[each].parent_id)
    nearest = list(islice(upwards, 1, MOST_LEVELS + 1))
    return [(each, found[each].name) for each in reversed(nearest)]


def refuse_misplaced(connection: Connection, placed: Mapping[int, str]) -> None:
    """Raise InvalidError when one of the placed ingredients (id → its place in the input) is now
    below itself, or when it or a kind of it is deeper than may be; called after they were placed,
    in their transaction, which the error undoes.
    """
    if not placed:
        return
    parents = _parents(connection)
    levels = levels_of(parents)
    too_deep = {each for each in levels if levels[each] > MOST_LEVELS}
    for each in reversed(levels):  # children come before their parents
        if each in too_deep and (above := parents[each]) is not None:
            too_deep.add(above)
    deep = f"it or a kind of it would be deeper than {MOST_LEVELS} levels; place it higher up"
    cyclic = "an ingredient cannot be placed under itself or under one of its own kinds"
    problems = [
        Problem(place, deep if each in levels else cyclic)
        for each, place in placed.items()
        if each not in levels or each in too_deep
    ]
    if problems:
        raise InvalidError(problems)


def misplaced(connection: Connection) -> list[str]:
    """Names of ingredients that stand where no write would place them: too deep, or in a cycle."""
    parents = _parents(connection)
    forest = forest_of(parents)
    names = select(ingredients.c.id, ingredients.c.name).order_by(ingredients.c.id)
    return [row.name for row in connection.execute(names) if forest[row.id] != parents[row.id]]


def in_cycles(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of the ingredients that are in a cycle, or below one."""
    levels = levels_of(_parents(connection))
    names = select(ingredients.c.id, ingredients.c.name).order_by(ingredients.c.id)
    return [(row.id, row.name) for row in connection.execute(names) if row.id not in levels]


def children_first(connection: Connection, ids: Collection[int]) -> list[int]:
    """These ingredients in an order in which each comes before what it is under."""
    levels = levels_of(_parents(connection))
    return sorted(ids, key=lambda each: levels.get(each, 0), reverse=True)


def _parents(connection: Connection) -> dict[int, int | None]:
    pairs = connection.execute(select(ingredients.c.id, ingredients.c.parent_id))
    return {row.id: row.parent_id for row in pairs}
