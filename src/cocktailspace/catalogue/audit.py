"""Checks of a database file before it becomes the catalogue: our tables, and rows by our rules.

SQLite itself says whether a file is whole; here it is asked whether its tables are those that our
migrations make, and nothing besides, and whether each row is one that we could have written.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import Boolean, Connection, Integer, Table, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.changes import ACTIONS, ENTITIES
from cocktailspace.catalogue.errors import (
    MOST_PROBLEMS,
    DamagedError,
    InvalidError,
    Problem,
    SchemaError,
    at,
    place_of,
    problem_of,
)
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    PieceDraft,
    RecipeFields,
    UnitDraft,
)
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import Json, UtcTime
from cocktailspace.catalogue.taxonomy import in_cycles
from cocktailspace.catalogue.values import UNSEEN
from cocktailspace.times import from_text

_CATALOGUE_ID = re.compile(r"[0-9A-Fa-f]{32}")
_OUTSIDE_BRACKETS = re.compile(r"(?:[^,()]|\([^()]*(?:\([^()]*\)[^()]*)*\))+")
"""What commas divide, brackets within brackets at most."""
_LITESTREAM = {
    ("table", name): f"{name}: CREATE TABLE {name}({columns})"
    for name, columns in (
        ("_litestream_lock", "id INTEGER"),
        ("_litestream_seq", "id INTEGER PRIMARY KEY,seq INTEGER"),
    )
}
"""What Litestream makes in each database that it replicates, for itself alone."""
_MODELS: dict[str, type[BaseModel]] = {
    "units": UnitDraft,
    "methods": MethodDraft,
    "ingredients": IngredientDraft,
    "ingredient_pieces": PieceDraft,
    "recipes": RecipeFields,
    "recipe_ingredients": LineDraft,
}


def refuse_foreign(connection: Connection) -> None:
    """Raise SchemaError for a SQLite file that holds something, and no catalogue."""
    names = {name for _, name in _objects(connection)}
    if names and not {"alembic_version", "catalogue", "changes"} <= names:
        listed = ", ".join(map(repr, islice(sorted(names), 5)))
        raise SchemaError(
            f"{connection.engine.url.database} is another program's SQLite file (it holds "
            f"{listed}), and no catalogue; it was left as it is"
        )


def refuse_other_objects(connection: Connection, ours: Connection) -> None:
    """Raise SchemaError unless both databases have the same tables, indexes, views and triggers;
    Litestream's tables may be there, too.
    """
    found, expected = _objects(connection), _objects(ours)
    expected |= {key: made for key, made in _LITESTREAM.items() if key in found}
    for key in sorted(found.keys() | expected.keys()):
        kind, name = key
        if key not in found:
            raise SchemaError(f"its {kind} {name!r} is missing")
        if key not in expected:
            raise SchemaError(f"its {kind} {name!r} is not ours")
        if found[key] != expected[key]:
            raise SchemaError(f"its {kind} {name!r} is another than ours: {found[key]}")


def refuse_bad_rows(connection: Connection) -> None:
    """Raise InvalidError when rows break the rules by which we write them; names some of them."""
    problems = list(islice(row_problems(connection), MOST_PROBLEMS))
    if problems:
        raise InvalidError(problems)


def row_problems(connection: Connection) -> Iterator[Problem]:
    """Rows that we could not have written: each with its table, its key and what is wrong."""
    yield from _bad_identity(connection)
    if connection.dialect.name == "sqlite":  # any other database holds to them whoever writes
        for table, row, target, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield Problem(f"{table} row {row}", f"it refers to a row of {target} that is not there")
    for ingredient_id, name in in_cycles(connection):
        message = f"{name!r} is below itself: the ingredients above it run in a circle"
        yield Problem(f"ingredients {ingredient_id}", message)
    for name, model in _MODELS.items():
        yield from _bad_values(connection, schema.metadata.tables[name], model)
    yield from _bad_changes(connection)


def _objects(connection: Connection) -> dict[tuple[str, str], str]:
    """(kind, name) of everything in the schema, and how it is made; statistics aside."""
    rows = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_stat[0-9]'"
    )
    return {(row.type, row.name): f"{row.tbl_name}: {_plain(row.sql or '')}" for row in rows}


def _plain(sql: str) -> str:
    """Without what SQL does not mind: spaces, and the order of constraints, which differs with each
    table that a migration has made anew.
    """
    plain = re.sub(r" ?([(),]) ?", r"\1", " ".join(sql.replace('"', "").split()))
    if not plain.startswith("CREATE TABLE"):
        return plain
    start, end = plain.index("(") + 1, plain.rindex(")")
    parts = _OUTSIDE_BRACKETS.findall(plain[start:end])
    parts.sort(key=lambda part: part if part.startswith("CONSTRAINT") else "")
    return f"{plain[:start]}{','.join(parts)}{plain[end:]}"


def _bad_identity(connection: Connection) -> Iterator[Problem]:
    identities = connection.execute(select(schema.catalogue.c.catalogue_id)).scalars().all()
    if len(identities) != 1:
        yield Problem("catalogue", f"it has {len(identities)} identities instead of one")
    for identity in identities:
        if not isinstance(identity, str) or not _CATALOGUE_ID.fullmatch(identity):
            yield Problem("catalogue.catalogue_id", f"{identity!r} is no identity")


def _bad_values(connection: Connection, table: Table, model: type[BaseModel]) -> Iterator[Problem]:
    """Rows whose values the model of what users write would refuse."""
    fields = [name for name in model.model_fields if name in table.c]
    for place, row in _rows(connection, table):
        yield from _bad_kinds(table, place, row)
        try:
            clean = model.model_validate({name: row[name] for name in fields})
        except ValidationError as error:
            for finding in error.errors(include_url=False):
                if finding["type"] != UNSEEN:  # or a backup with such a name could not be put back
                    field = place_of(finding["loc"])
                    yield Problem(at(place, field), problem_of(finding).message)
            continue
        name = getattr(clean, "name", None)
        if name is not None and row["name_key"] != name_key(name):
            yield Problem(f"{place}.name_key", f"{row['name_key']!r} is not the key of {name!r}")


def _bad_changes(connection: Connection) -> Iterator[Problem]:
    for place, row in _rows(connection, schema.changes):
        yield from _bad_kinds(schema.changes, place, row)
        if row["entity"] not in ENTITIES or row["action"] not in ACTIONS:
            yield Problem(place, f"{row['action']!r} of {row['entity']!r} is no change")


def _bad_kinds(table: Table, place: str, row: dict[str, Any]) -> Iterator[Problem]:
    """Values of a kind that the column never has; SQLite itself takes any."""
    for column in table.c:
        value = row[column.name]
        if isinstance(value, bytes):
            yield Problem(f"{place}.{column.name}", "it is binary")
        elif isinstance(column.type, UtcTime):
            try:
                from_text(value)
            except (TypeError, ValueError):
                yield Problem(f"{place}.{column.name}", f"{value!r} is no time")
        elif isinstance(column.type, Integer) and value is not None:
            least = 0 if column.name == "position" else 1
            if not isinstance(value, int) or value < least:
                yield Problem(f"{place}.{column.name}", f"{value!r} is no number that we give")


def _rows(connection: Connection, table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place of each row and what is stored there, whatever its kind; 0 and 1 as truth values
    where these are meant, and JSON read.
    """
    flags = [column.name for column in table.c if isinstance(column.type, Boolean)]
    texts = {c.name: c.type for c in table.c if isinstance(c.type, Json)}
    keys = [column.name for column in table.primary_key]
    for found in connection.exec_driver_sql(f"SELECT * FROM {table.name}").mappings():  # noqa: S608
        row = dict(found)
        for flag in flags:
            if type(row[flag]) is int and row[flag] in (0, 1):
                row[flag] = bool(row[flag])
        for name, kind in texts.items():
            with suppress(DamagedError):  # else the model says so
                row[name] = kind.read(row[name])
        yield f"{table.name} {'/'.join(str(row[key]) for key in keys)}", row
