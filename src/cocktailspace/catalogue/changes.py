"""The change log: append-only, one row per entity touched; its last version is the catalogue's."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, bindparam, insert, select, true, update

from cocktailspace.catalogue import postgres
from cocktailspace.catalogue.schema import catalogue, changes
from cocktailspace.times import to_text

Entity = Literal["recipe", "ingredient", "unit", "method"]
Action = Literal["create", "update", "delete"]
ENTITIES, ACTIONS = get_args(Entity), get_args(Action)

# Statements that every look at the refresh executes, built once.
_NEWEST = (
    select(changes.c.version, changes.c.changed_at)
    .order_by(changes.c.version.desc())
    .limit(1)
    .subquery()
)
_STATE = select(catalogue.c.catalogue_id, _NEWEST).join_from(
    catalogue, _NEWEST, true(), isouter=True
)
_OLDEST_AFTER = (
    select(changes.c.changed_at)
    .where(changes.c.version > bindparam("version"))
    .order_by(changes.c.version)
    .limit(1)
)
_TIME_OF = select(changes.c.changed_at).where(changes.c.version == bindparam("version"))


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """Which catalogue this is and how far its log has come: half of what a refresh must know."""

    catalogue_id: str
    version: int
    changed_at: datetime | None


def append_changes(
    connection: Connection, touched: Mapping[tuple[Entity, int], Action], changed_at: datetime
) -> None:
    """Add to the log, in the order touched: the last thing that a mutation does, which PostgreSQL
    commits with it.
    """
    if not touched:
        return
    rows = [(*entity, action) for entity, action in touched.items()]
    if connection.dialect.name == "sqlite":
        names = ("entity", "entity_id", "action")
        values = [{"changed_at": changed_at, **dict(zip(names, row, strict=True))} for row in rows]
        connection.execute(insert(changes), values)
    else:
        postgres.commit_changes(connection, rows, to_text(changed_at))


def catalogue_state(connection: Connection) -> CatalogueState:
    """Identity, version (0 when nothing was ever changed) and time of the newest change."""
    row = connection.execute(_STATE).one()
    return CatalogueState(row.catalogue_id, row.version or 0, row.changed_at)


def renew_identity(connection: Connection, *, known: str | None = None) -> str | None:
    """Give the catalogue a new random identity: it is not the one it was published as any more.

    known: the identity that it must still have. Returns the new one, or None when it has another.
    """
    catalogue_id = secrets.token_hex(16)
    renewal = update(catalogue).values(catalogue_id=catalogue_id)
    if known is not None:
        renewal = renewal.where(catalogue.c.catalogue_id == known)
    return catalogue_id if connection.execute(renewal).rowcount else None


def first_change_after(connection: Connection, version: int) -> datetime | None:
    """Time of the oldest change newer than `version`, or None when there is none."""
    return connection.execute(_OLDEST_AFTER, {"version": version}).scalar_one_or_none()


def touched_after(connection: Connection, version: int) -> set[tuple[str, int]]:
    """What was touched by changes newer than `version`."""
    rows = select(changes.c.entity, changes.c.entity_id).where(changes.c.version > version)
    return {(row.entity, row.entity_id) for row in connection.execute(rows.distinct())}


def deleted_after(connection: Connection, version: int, entity: str) -> set[int]:
    """The rows of a table that changes newer than `version` deleted."""
    rows = select(changes.c.entity_id).where(
        changes.c.version > version, changes.c.entity == entity, changes.c.action == "delete"
    )
    return set(connection.execute(rows).scalars())


def continues(connection: Connection, state: CatalogueState, known: CatalogueState) -> bool:
    """Whether the log that has come to this state came by the one that is known.

    A file put back by hand keeps its identity, but had other changes at other times.
    """
    is_earlier = known.catalogue_id == state.catalogue_id and known.version <= state.version
    return is_earlier and change_time(connection, known.version) == known.changed_at


def change_time(connection: Connection, version: int) -> datetime | None:
    """When that change was made, or None when the log does not have it."""
    return connection.execute(_TIME_OF, {"version": version}).scalar_one_or_none()
