"""Imports under way, kept beside the catalogue: an hour as a plan, a month once applied."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.schema import imports

PLANNED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=30)
MOST_PLANS = 20
"""So many plans one person may have at once; older ones make room."""

State = Literal["planned", "applied", "undone"]

COMMAND_LINE = "command line"
"""The owner of what is imported on the server's own machine. Nobody who signs in is called so."""


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import as it is kept."""

    id: str
    owner: str
    """Issuer and subject, or the token's id; never a name, which may be given again."""
    state: State
    name: str
    sha256: str
    created_at: datetime
    content: bytes
    decisions: str
    applied: bytes | None = None
    applied_version: int | None = None


def add_import(connection: Connection, new: StoredImport) -> None:
    """Keep a new import; forget those whose time is over, and its owner's oldest plans."""
    table = imports.c
    over = (table.state == "planned") & (table.created_at < new.created_at - PLANNED_FOR)
    old = table.created_at < new.created_at - KEPT_FOR
    connection.execute(delete(imports).where(over | old))
    own = select(table.id).where(table.owner == new.owner, table.state == "planned")
    kept = connection.execute(own.order_by(table.created_at.desc())).scalars().all()
    connection.execute(delete(imports).where(table.id.in_(kept[MOST_PLANS - 1 :])))
    values = {name: getattr(new, name) for name in StoredImport.__slots__}
    connection.execute(insert(imports), [values])


def get_import(connection: Connection, import_id: str, owner: str, now: datetime) -> StoredImport:
    """An import of this owner; NotFoundError for another's, and for one whose time is over."""
    table = imports.c
    wanted = (table.id == import_id) & (table.owner == owner)
    row = connection.execute(select(imports).where(wanted)).one_or_none()
    if row is None or row.created_at < now - kept_for(row.state):
        raise NotFoundError(f"there is no import {import_id} of yours, or its hour is over")
    return StoredImport(**row._mapping)


@dataclass(frozen=True, slots=True)
class ListedImport:
    """What a list of imports says of one."""

    id: str
    state: State
    name: str
    created_at: datetime


def list_imports(connection: Connection, owner: str, now: datetime) -> list[ListedImport]:
    """The imports of this owner that can still be gone on with or undone, the newest first."""
    table = imports.c
    columns = [table[name] for name in ListedImport.__slots__]
    own = select(*columns).where(table.owner == owner, table.state != "undone")
    rows = connection.execute(own.order_by(table.created_at.desc(), table.id))
    found = [ListedImport(**row._mapping) for row in rows]
    return [each for each in found if each.created_at >= now - kept_for(each.state)]


def kept_for(state: State) -> timedelta:
    """How long an import is kept."""
    return PLANNED_FOR if state == "planned" else KEPT_FOR


def change_import(connection: Connection, import_id: str, **values: object) -> None:
    """Write some of its columns anew."""
    connection.execute(update(imports).where(imports.c.id == import_id).values(**values))


def delete_import(connection: Connection, import_id: str) -> None:
    """Forget an import, and how to undo it."""
    connection.execute(delete(imports).where(imports.c.id == import_id))
