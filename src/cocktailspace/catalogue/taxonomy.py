"""The forest of ingredients: who is below whom, and how it stays a forest."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Select, literal, select

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.schema import ingredients


def descendants(ingredient_id: int) -> Select[tuple[int]]:
    """Ids of an ingredient and of all below it, as a query to select from or to nest."""
    below = select(literal(ingredient_id).label("id")).cte(f"below_{ingredient_id}", recursive=True)
    children = select(ingredients.c.id).join(below, ingredients.c.parent_id == below.c.id)
    # UNION, not UNION ALL: even a damaged forest with a cycle ends.
    below = below.union(children)
    return select(below.c.id)


def ancestors(connection: Connection, ingredient_id: int) -> list[tuple[int, str]]:
    """(id, name) from the ingredient's root down to its parent."""
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
    parents = select(
        ingredients.c.id, ingredients.c.parent_id, ingredients.c.name, above.c.height + 1
    ).join(above, ingredients.c.id == above.c.parent_id)
    above = above.union_all(parents)
    path = (
        select(above.c.id, above.c.name).where(above.c.height > 0).order_by(above.c.height.desc())
    )
    return [(row.id, row.name) for row in connection.execute(path)]


def refuse_cycles(connection: Connection, moved: Mapping[int, str]) -> None:
    """Raise InvalidError when one of the moved ingredients (id → its place in the input) is now
    below itself; called after the move, in its transaction, which the error undoes.
    """
    pairs = connection.execute(select(ingredients.c.id, ingredients.c.parent_id))
    parents = {row.id: row.parent_id for row in pairs}
    message = "an ingredient cannot be placed under itself or under one of its own kinds"
    problems = [
        Problem(place, message) for start, place in moved.items() if _in_cycle(start, parents)
    ]
    if problems:
        raise InvalidError(problems)


def _in_cycle(start: int, parents: Mapping[int, int | None]) -> bool:
    seen = {start}
    above = parents[start]
    while above is not None and above not in seen:
        seen.add(above)
        above = parents[above]
    return above is not None


def children_first(connection: Connection, ids: Collection[int]) -> list[int]:
    """These ingredients in an order in which each comes before what it is under."""
    pairs = connection.execute(select(ingredients.c.id, ingredients.c.parent_id))
    parents = {row.id: row.parent_id for row in pairs}

    def depth(ingredient_id: int) -> int:
        steps, above = 0, parents[ingredient_id]
        while above is not None:
            steps, above = steps + 1, parents[above]
        return steps

    return sorted(ids, key=depth, reverse=True)
