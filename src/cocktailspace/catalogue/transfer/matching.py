"""Which rows of the catalogue a file's recipes mean."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from cocktailspace.catalogue.errors import Problem
from cocktailspace.catalogue.names import name_key, order_key
from cocktailspace.catalogue.schema import merged, recipes
from cocktailspace.catalogue.transfer.file import RecipeRow


@dataclass(slots=True)
class Matching:
    """ids: of the recipe that each row means, None for a new one. problems: rows that might mean
    any of several.
    """

    ids: list[int | None]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KnownRecipes:
    """Ids of recipes: by uid, by name and source, and by name alone, with their sources."""

    by_uid: dict[str, int]
    by_order: dict[str, int]
    by_name: dict[str, list[tuple[int, str | None]]]


def match_recipes(connection: Connection, rows: Sequence[RecipeRow]) -> Matching:
    """A row means the recipe of its uid, or else of its name and source, or else the only one of
    its name. One whose source differs from those of several is a new version of the drink; one
    that names no source might be any of them.
    """
    known = known_recipes(connection)
    ids: list[int | None] = []
    for row in rows:
        found = known.by_uid.get(row.uid or "")
        ids.append(found or known.by_order.get(order_key(row.name, row.source)))
    claimed = {each for each in ids if each is not None}
    matching = Matching(ids)
    for i, row in enumerate(rows):
        if ids[i] is not None:
            continue
        there = known.by_name.get(name_key(row.name), [])
        if len(there) > 1 and not row.source:
            sources = ", ".join(repr(source or "none")[:60] for _, source in there[:5])
            message = f"there are {len(there)} recipes {row.name!r}; say which by source: {sources}"
            matching.problems.append(Problem(f"recipes[{i}].source", message))
        elif len(there) == 1 and there[0][0] not in claimed:
            ids[i] = there[0][0]
            claimed.add(there[0][0])
    return matching


def known_recipes(connection: Connection) -> KnownRecipes:
    """What recipes there are now."""
    known = KnownRecipes({}, {}, {})
    columns = recipes.c
    query = select(columns.id, columns.uid, columns.order_key, columns.name_key, columns.source)
    for row in connection.execute(query.order_by(columns.order_key)):
        known.by_uid[row.uid] = row.id
        known.by_order[row.order_key] = row.id
        known.by_name.setdefault(row.name_key, []).append((row.id, row.source))
    _add_merged(connection, known)
    return known


def _add_merged(connection: Connection, known: KnownRecipes) -> None:
    """Names of recipes that were merged into others mean these, unless others have them now."""
    here = set(known.by_uid.values())
    query = select(merged).where(merged.c.entity == "recipe").order_by(merged.c.old_id)
    for row in connection.execute(query):
        if row.into_id not in here:
            continue
        known.by_uid.setdefault(row.uid, row.into_id)
        known.by_order.setdefault(row.order_key, row.into_id)
        known.by_name.setdefault(row.order_key.partition("\x01")[0], [(row.into_id, None)])
