"""The forest of ingredients: who is below whom, how it stays a forest, and how deep it may be."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Select, literal, select

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.forest import MOST_LEVELS, Parents, forest_of, levels_of
from cocktailspace.catalogue.schema import ingredients


def descendants(ingredient_id: int) -> Select[tuple[int]]:
    """Ids of an ingredient and of all below it, as a query to select from or to nest."""
    below = select(literal(ingredient_id).label("id")).cte(f"below_{ingredient_id}", recursive=True)
    children = select(ingredients.c.id).join(below, ingredients.c.parent_id == below.c.id)
    # UNION, not UNION ALL: even a damaged forest with a cycle ends.
    below = below.union(children)
    return select(below.c.id)


def ancestors(connection: Connection, ingredient_id: int) -> list[tuple[int, str]]:
    """(id, name) from the ingredient's root down to its parent; the nearest 64 if they are more."""
    above = (
        select(
            ingredients.c.id,
            ingredients.c.parent_id,
            ingredients.c.name,
            literal(0).label("height"),
        )
        .where(ingredients.c.id == ingredient_id)
        .cte("above", recursive=True)
    )
    parents = (
        select(ingredients.c.id, ingredients.c.parent_id, ingredients.c.name, above.c.height + 1)
        .join(above, ingredients.c.id == above.c.parent_id)
        .where(above.c.height < MOST_LEVELS)  # even a damaged forest with a cycle ends
    )
    above = above.union_all(parents)
    path = select(above.c.id, above.c.name).order_by(above.c.height)
    upwards: dict[int, str] = {}
    for row in connection.execute(path):
        if row.id in upwards:
            break
        upwards[row.id] = row.name
    del upwards[ingredient_id]
    return list(reversed(upwards.items()))


def refuse_misplaced(connection: Connection, placed: Mapping[int, str]) -> None:
    """Raise InvalidError when one of the placed ingredients (id → its place in the input) is now
    below itself, or when it or a kind of it is deeper than may be; called after they were placed,
    in their transaction, which the error undoes.
    """
    if not placed:
        return
    parents = _parents(connection)
    levels = levels_of(parents)
    too_deep = _with_ancestors([each for each in levels if levels[each] > MOST_LEVELS], parents)
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


def _with_ancestors(ids: Collection[int], parents: Parents) -> set[int]:
    found: set[int] = set()
    for each in ids:
        above: int | None = each
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found
