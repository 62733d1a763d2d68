"""Finding rows by name or id, and the problems of names that clash."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Column, Connection, Table, select

from cocktailspace.catalogue.errors import AlikeError, MergedError, NotFoundError, Problem, at
from cocktailspace.catalogue.names import alike_key, name_key
from cocktailspace.catalogue.schema import merged

T = TypeVar("T")

_CHUNK = 500  # well below every database's limit on parameters


def chunks(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def ids_by_key(
    connection: Connection, column: Column[str], keys: Collection[str]
) -> dict[str, int]:
    """Ids of the rows that have one of these keys in that column."""
    found: dict[str, int] = {}
    for chunk in chunks(keys):
        query = select(column, column.table.c.id).where(column.in_(chunk))
        found.update((key, row_id) for key, row_id in connection.execute(query))
    return found


def names_by_id(connection: Connection, table: Table, ids: Collection[int]) -> dict[int, str]:
    """What rows are called; ids without one are left out."""
    found: dict[int, str] = {}
    for chunk in chunks(ids):
        query = select(table.c.id, table.c.name).where(table.c.id.in_(chunk))
        found.update((row_id, name) for row_id, name in connection.execute(query))
    return found


def missing_ids(connection: Connection, table: Table, ids: Collection[int]) -> set[int]:
    """Those of the ids that no row has."""
    found: set[int] = set()
    for chunk in chunks(ids):
        found.update(connection.execute(select(table.c.id).where(table.c.id.in_(chunk))).scalars())
    return set(ids) - found


def require(connection: Connection, table: Table, row_id: int) -> None:
    """Raise NotFoundError when no row has this id, MergedError when one had."""
    if missing_ids(connection, table, [row_id]):
        entity = table.name.removesuffix("s")
        is_it = (merged.c.entity == entity) & (merged.c.old_id == row_id)
        into_id = connection.execute(select(merged.c.into_id).where(is_it)).scalar()
        if into_id is not None:
            raise MergedError(entity, row_id, into_id)
        raise NotFoundError(f"there is no {entity} {row_id}")


def key_problems(
    keys: Sequence[str],
    shown: Sequence[str],
    places: Sequence[str],
    owners: Sequence[int | None],
    holders: Mapping[str, tuple[int, str]],
) -> list[Problem]:
    """Names used twice in the input, or by a row other than their owner (None for a new row).

    holders: who has a key now, as an id and in words.
    """
    first: dict[str, str] = {}
    problems = []
    for key, name, place, owner in zip(keys, shown, places, owners, strict=True):
        holder, words = holders.get(key, (owner, ""))
        if key in first:
            message = f"{name} is already used at {at(first[key], 'name')}; names are unique"
            problems.append(Problem(at(place, "name"), message))
        elif holder != owner:
            message = f"{name} is taken by {words}; choose another"
            problems.append(Problem(at(place, "name"), message))
        first.setdefault(key, place)
    return problems


def name_problems(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> list[Problem]:
    """The same, of rows that are told apart by their names alone."""
    keys = [name_key(name) for name in names]
    holders = {
        key: (row_id, f"{table.name} {row_id}")
        for key, row_id in ids_by_key(connection, table.c.name_key, set(keys)).items()
    }
    return key_problems(keys, [repr(name) for name in names], places, owners, holders)


def refuse_alike(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    places: Sequence[str],
    owners: Sequence[int | None],
) -> None:
    """Raise AlikeError for new names that differ from others' by accents, case, plural or
    punctuation alone. owners: who gets the name; None for a new row.
    """
    columns = table.c
    alike: dict[str, list[tuple[int, str, str]]] = {}
    for chunk in chunks({alike_key(name) for name in names}):
        query = select(columns.id, columns.name, columns.name_key, columns.alike_key)
        for row in connection.execute(query.where(columns.alike_key.in_(chunk))):
            alike.setdefault(row.alike_key, []).append((row.id, row.name, row.name_key))
    problems = []
    for name, place, owner in zip(names, places, owners, strict=True):
        there = alike.get(alike_key(name), [])
        keys = {key for _, _, key in there}
        others = [other for row_id, other, _ in there if row_id != owner]
        if others and name_key(name) not in keys:
            message = f"did you mean {others[0]!r}? {name!r} is made if that is confirmed"
            problems.append(Problem(at(place, "name"), message))
    if problems:
        raise AlikeError(problems)
