"""Connections to the catalogue and the one way to change it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError

from cocktailspace.catalogue.changes import Action, Entity, append_changes
from cocktailspace.catalogue.connections import FileConnections
from cocktailspace.catalogue.errors import BusyError
from cocktailspace.catalogue.models import Limits
from cocktailspace.catalogue.revision import check_schema
from cocktailspace.catalogue.translate import BUSY, as_domain_errors
from cocktailspace.times import Clock, utc_now

BUSY_SECONDS = 5.0
_JOURNAL_BYTES = 1_048_576
"""What a journal that is kept may take; a larger one shrinks to it when its transaction ends."""
_REPLACED = "the catalogue's file was replaced while this was written to the old one; try again"


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
        url: str | URL,
        *,
        limits: Limits | None = None,
        clock: Clock = utc_now,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self.url = make_url(url)
        self.engine = _make_engine(self.url)
        self._limits = limits or Limits()
        self._clock = clock
        self._after_commit = after_commit
        self._writer = threading.Lock()
        self._wal_bytes = 0
        path = self.path
        self._file = FileConnections(self.engine, path, BUSY_SECONDS) if path else None

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where the catalogue is not a file."""
        name = self.url.database
        if self.url.get_backend_name() != "sqlite" or name in (None, "", ":memory:"):
            return None
        return None if str(name).startswith("file:") else Path(str(name))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read of the whole catalogue: one transaction, no writes.

        A newer schema is read as far as it can be; SchemaError where it cannot.
        """
        with as_domain_errors(), self._connect() as connection, connection.begin():
            try:
                yield connection
            except OperationalError:
                check_schema(connection)
                raise

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A mutation: its rows and its changes are committed together, or neither is.

        Raises SchemaError, under the write lock, when the database is of another version of the
        program: one that was upgraded while this process runs is not written to.
        """
        with self._writing(foreign_keys=True) as connection:
            check_schema(connection)
            transaction = Transaction(connection, self._clock(), self._limits)
            yield transaction
            append_changes(connection, transaction.touched, transaction.now)
        if transaction.touched:
            self._after_commit()

    def schema_change(self) -> AbstractContextManager[Connection]:
        """A write of any kind, whatever schema the database has, without a change log.

        SQLite checks no foreign keys meanwhile: a table that others refer to can be made anew.
        """
        return self._writing(foreign_keys=False)

    @contextmanager
    def _writing(self, *, foreign_keys: bool) -> Iterator[Connection]:
        with as_domain_errors(), self._one_writer():
            with self._connect() as connection:
                connection.execution_options(writes=True, foreign_keys=foreign_keys)
                with connection.begin():
                    yield connection
            if self._file is not None and self._file.replaced():
                raise BusyError(_REPLACED)

    def empty_wal(self) -> None:
        """Have the file take in what its WAL holds, if nobody has written since the last call.

        A file that is copied or put back by hand, without its WAL, then lacks nothing.
        """
        if self._file is None:
            return
        written, self._wal_bytes = self._wal_bytes, self._file.wal_bytes()
        if self._wal_bytes == 0 or self._wal_bytes != written:
            return
        with (
            as_domain_errors(),
            self._connect() as connection,
            closing(connection.connection.cursor()) as cursor,
        ):
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                (in_the_way, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS:.0f}")
            if not in_the_way:
                self._file.emptied_wal()

    def _connect(self) -> Connection:
        return self.engine.connect() if self._file is None else self._file.connect()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """Writers of one process queue here; SQLite itself would have them poll."""
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise BusyError(BUSY)
        try:
            yield
        finally:
            self._writer.release()

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> URL:
    """The database URL of a SQLite file; as text, a name with a question mark would be another."""
    return URL.create("sqlite", database=str(path))


def keep_journal(connection: sqlite3.Connection) -> None:
    """Have the rollback journal stay when a transaction ends, its header emptied.

    A client of a network file system believes for half a minute that a file is not there, and for
    as long what size it had. Of a writer that was killed in mid-commit it would miss the journal,
    and take what was half written for committed. A journal that always exists is opened, which asks
    the server, and its header says whether it must be rolled back.
    """
    connection.execute("PRAGMA journal_mode = PERSIST")
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    # As many connections as callers: what bounds them is the edge's number of threads.
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, max_overflow=-1)

    @event.listens_for(engine, "do_connect")
    def open_existing(
        _dialect: Any, _record: Any, args: list[Any], options: dict[str, Any]
    ) -> None:
        # SQLite would make an empty database of a file that is missing for a moment.
        if args[0] != ":memory:" and not options.get("uri"):
            args[0] = f"{Path(args[0]).absolute().as_uri()}?mode=rw"
            options["uri"] = True

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
            keep_journal(connection)
        # With a rollback journal, what does not fit the cache would go to the file before the
        # commit, and shut all readers out from then on.
        connection.execute("PRAGMA cache_spill = OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("writes", False):
            connection.exec_driver_sql("BEGIN")
            return
        # Within a transaction SQLite would ignore it.
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {options['foreign_keys']}")
        # A writer takes its lock at once: one that read first could not wait for its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
