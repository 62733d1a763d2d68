"""Finding named rows: by name, by id, and the problems of names that clash."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table, select

from cocktailspace.catalogue.errors import NotFoundError, Problem
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.validation import at

T = TypeVar("T")

_CHUNK = 500  # well below every database's limit on parameters


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def ids_by_key(connection: Connection, table: Table, keys: Collection[str]) -> dict[str, int]:
    """Ids of the rows that have one of these name keys."""
    found: dict[str, int] = {}
    for chunk in chunks(keys):
        query = select(table.c.name_key, table.c.id).where(table.c.name_key.in_(chunk))
        found.update((row.name_key, row.id) for row in connection.execute(query))
    return found


def missing_ids(connection: Connection, table: Table, ids: Collection[int]) -> set[int]:
    """Those of the ids that no row has."""
    found: set[int] = set()
    for chunk in chunks(ids):
        found.update(connection.execute(select(table.c.id).where(table.c.id.in_(chunk))).scalars())
    return set(ids) - found


def require(connection: Connection, table: Table, row_id: int) -> None:
    """Raise NotFoundError when no row has this id."""
    if missing_ids(connection, table, [row_id]):
        raise NotFoundError(f"there is no {table.name.removesuffix('s')} {row_id}")


def name_problems(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> list[Problem]:
    """Names used twice in the input, or by a row other than their owner (None for a new row)."""
    keys = [name_key(name) for name in names]
    holders = ids_by_key(connection, table, set(keys))
    first: dict[str, str] = {}
    problems = []
    for name, key, place, owner in zip(names, keys, places, owners, strict=True):
        where = at(place, "name")
        if key in first:
            problems.append(
                Problem(where, f"{name!r} is already used at {first[key]}; names are unique")
            )
        elif holders.get(key, owner) != owner:
            problems.append(
                Problem(where, f"{name!r} is taken by {table.name} {holders[key]}; choose another")
            )
        first.setdefault(key, where)
    return problems
