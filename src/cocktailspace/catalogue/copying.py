"""A whole catalogue from one database to another: rows, versions, identity, ids that were given."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    String,
    Table,
    TableClause,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DataError

from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import ConflictError, DamagedError
from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.migrate import migrate, require_catalogue
from cocktailspace.catalogue.schema import Json, UtcTime, catalogue, metadata, methods, tokens
from cocktailspace.catalogue.tokens import TokenEntry, keep_tokens, list_tokens

_ROWS = 1_000
"""So many are read and written at a time."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table."""

    state: CatalogueState
    rows: dict[str, int]
    tokens: list[TokenEntry]


class _Digest:
    """Counts rows, and tells whether others are the same ones, in whatever order."""

    def __init__(self) -> None:
        self.count = self.total = 0

    def add(self, row: Row) -> None:
        self.count += 1
        shown = repr(sorted(row.items())).encode()
        self.total += int.from_bytes(hashlib.sha256(shown).digest())

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, each added on its way."""
        for row in rows:
            self.add(row)
            yield row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Digest) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


@contextmanager
def copied_catalogue(
    source: Database,
    target: Database,
    *,
    token_file: list[TokenEntry],
    network_file_system: bool = False,
) -> Iterator[Copied]:
    """Copy everything as it is at one moment, in one transaction of the target, and check it there.

    The target holds what the source does, or is left as it was. Raises ConflictError unless it is
    empty: it holds no table, or a catalogue that was never changed.
    It is committed when the context ends, unless with an error.
    token_file: tokens that lie in a file beside the source; the target's database takes them.
    """
    require_catalogue(source)
    migrate(target, network_file_system=network_file_system)
    with source.reading() as read, target.schema_change() as written:
        _refuse_rows(written)
        for each in _IN_EVERY:
            written.execute(delete(each))
        tables = [each for each in metadata.sorted_tables if each is not tokens]
        digests = {each.name: _copied(read, written, each) for each in tables}
        own = token_file or list_tokens(read)
        if not target.is_sqlite:
            keep_tokens(written, own)
        _go_on_from(written, _highest_ids(read))
        for each in tables:
            _check(written, each, digests[each.name])
        rows = {name: digest.count for name, digest in digests.items() if digest.count}
        yield Copied(catalogue_state(read), rows, own)


_IN_EVERY = (catalogue, methods)
"""Tables that have rows in a new catalogue, too: its identity, and the usual methods."""


def _refuse_rows(connection: Connection) -> None:
    """Raise ConflictError unless the catalogue is new."""
    for each in metadata.sorted_tables:
        if each in _IN_EVERY:
            continue
        if count := connection.execute(select(func.count()).select_from(each)).scalar_one():
            raise ConflictError(
                f"the database to copy to holds a catalogue already ({count:,} rows of "
                f"{each.name}); name one that is empty"
            )


def _copied(read: Connection, written: Connection, each: Table) -> _Digest:
    """Copy the rows of a table. Those that name others of it do so once all of them are there."""
    digest, plain = _Digest(), _plain(each)
    own = [c.name for c in each.c if any(key.column.table is each for key in c.foreign_keys)]
    waiting: list[Row] = []
    try:
        for rows in chunks(digest.of(_rows(read, plain)), _ROWS):
            for row in rows:
                named = {name: row[name] for name in own if row[name] is not None}
                if named:
                    waiting.append({"its_id": row["id"], **dict.fromkeys(own), **named})
            written.execute(insert(plain), [row | dict.fromkeys(own) for row in rows])
        for rows in chunks(waiting, _ROWS):
            written.execute(update(plain).where(plain.c.id == bindparam("its_id")), rows)
    except DataError as error:
        raise DamagedError(
            f"{each.name} holds what the other database cannot, and nothing was copied: "
            f"{error.orig}"
        ) from error
    return digest


def _check(connection: Connection, each: Table, expected: _Digest) -> None:
    found = _Digest()
    for row in _rows(connection, _plain(each)):
        found.add(row)
    if found != expected:
        raise DamagedError(
            f"{each.name} came out with {found.count:,} rows that are not the {expected.count:,} "
            "that it had, and nothing was copied"
        )


def _plain(each: Table) -> TableClause:
    """A table whose columns hold what is stored there, as it is."""
    return table(each.name, *(column(c.name, _stored(c)) for c in each.c))


def _stored(known: Column[Any]) -> Any:
    return Text() if isinstance(known.type, UtcTime | Json | String) else known.type


def _rows(connection: Connection, plain: TableClause) -> Iterator[Row]:
    streamed = connection.execute(select(plain).execution_options(yield_per=_ROWS))
    return (dict(row) for row in streamed.mappings())


def _numbered(tables: Iterable[Table]) -> list[tuple[Table, Column[Any]]]:
    """Tables that give their rows numbers, each once."""
    given = (each for each in tables if each.dialect_options["sqlite"]["autoincrement"])
    return [(each, next(iter(each.primary_key))) for each in given]


def _highest_ids(connection: Connection) -> dict[str, int]:
    """The highest number that was ever given in each table, also of rows that are deleted."""
    found = {}
    for each, key in _numbered(metadata.sorted_tables):
        highest = connection.execute(select(func.max(key))).scalar() or 0
        if connection.dialect.name == "sqlite":
            query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            given = connection.execute(query, {"name": each.name}).scalar()
        else:
            query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :key))")
            given = connection.execute(query, {"name": each.name, "key": key.name}).scalar()
        found[each.name] = max(highest, given or 0)
    return found


def _go_on_from(connection: Connection, highest: Mapping[str, int]) -> None:
    """Give no number again that was given."""
    for each, key in _numbered(metadata.sorted_tables):
        values = {"name": each.name, "key": key.name, "highest": highest[each.name]}
        if not values["highest"]:
            continue
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            new = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :highest)")
        else:
            new = text("SELECT setval(pg_get_serial_sequence(:name, :key), :highest)")
        connection.execute(new, values)
