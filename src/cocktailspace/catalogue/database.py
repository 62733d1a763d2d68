"""Connections to the catalogue and the one way to change it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, OperationalError

from cocktailspace.catalogue.changes import Action, Entity, append_changes
from cocktailspace.catalogue.errors import BusyError, ConflictError
from cocktailspace.catalogue.models import Limits
from cocktailspace.times import Clock, utc_now

BUSY_SECONDS = 5.0
_BUSY = "other writers kept the catalogue busy and nothing was written; try again"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mutation under way: its connection, time and bounds, and what it has touched so far."""

    connection: Connection
    now: datetime
    limits: Limits
    touched: dict[tuple[Entity, int], Action] = field(default_factory=dict)

    def record(self, entity: Entity, entity_id: int, action: Action) -> None:
        """Note an entity for the change log: one row an entity, written just before the commit."""
        created = self.touched.get((entity, entity_id)) == "create"
        self.touched[entity, entity_id] = "create" if created and action == "update" else action


class Database:
    """A catalogue's database.

    `after_commit` is called once after each transaction that changed something: the one place
    from which analytics are signalled, so that no route, command or import can forget it.
    """

    def __init__(
        self,
        url: str,
        *,
        limits: Limits | None = None,
        clock: Clock = utc_now,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self.url = make_url(url)
        self.engine = _make_engine(url)
        self._limits = limits or Limits()
        self._clock = clock
        self._after_commit = after_commit
        self._writer = threading.Lock()

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where the catalogue is not a file."""
        is_file = self.url.get_backend_name() == "sqlite" and self.url.database not in (
            None,
            "",
            ":memory:",
        )
        return Path(str(self.url.database)) if is_file else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read of the whole catalogue: one transaction, no writes."""
        with _as_domain_errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A mutation: its rows and its changes are committed together, or neither is."""
        with (
            _as_domain_errors(),
            self._turn(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            transaction = Transaction(connection, self._clock(), self._limits)
            yield transaction
            append_changes(connection, transaction.touched, transaction.now)
        if transaction.touched:
            self._after_commit()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Writers of one process queue up here; SQLite itself would have them poll."""
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise BusyError(_BUSY)
        try:
            yield
        finally:
            self._writer.release()

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """The database URL of a SQLite file."""
    return f"sqlite:///{path}"


def _make_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url)
    # As many connections as callers: what bounds them is the edge's number of threads.
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that read first could not wait for its turn.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _as_domain_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        raise BusyError(_BUSY) from error
    except IntegrityError as error:  # on a database that lets two writers in at once
        raise ConflictError(
            "another writer changed the same rows at the same time; read again"
        ) from error
