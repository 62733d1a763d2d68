"""Connections to the catalogue and the one way to change it."""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError

from cocktailspace.catalogue import postgres
from cocktailspace.catalogue.changes import Action, Entity, append_changes
from cocktailspace.catalogue.errors import (
    BusyError,
    ConflictError,
    InvalidError,
    Problem,
    UnavailableError,
)
from cocktailspace.catalogue.revision import check_schema
from cocktailspace.catalogue.several_servers import ServerClock
from cocktailspace.catalogue.sqlite import (
    BUSY_SECONDS,
    FileConnections,
    raise_domain_error,
    sqlite_engine,
)
from cocktailspace.times import Clock, utc_now

_REPLACED = "the catalogue's file was replaced while this was written to the old one; try again"
_UNKNOWN = (
    "the connection to the database was lost while this was committed: it may have been written or "
    "not; read again before you repeat it"
)
MOST_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one mutation may hold."""

    ingredients_per_recipe: int = 100
    rows_per_bulk: int = 5_000

    def bulk_places(self, field: str, count: int) -> list[str]:
        """The places of a bulk's rows, `recipes[3]`; InvalidError when there are too many."""
        if count > self.rows_per_bulk:
            message = f"{count} rows are too many at once; at most {self.rows_per_bulk}"
            raise InvalidError([Problem(field, message)])
        return [f"{field}[{row}]" for row in range(count)]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mutation under way: its connection, time and bounds, and what it has touched so far.

    alone: whether nobody else writes meanwhile.
    """

    connection: Connection
    now: datetime
    limits: Limits
    alone: bool = True
    touched: dict[tuple[Entity, int], Action] = field(default_factory=dict)

    def record(self, entity: Entity, entity_id: int, action: Action) -> None:
        """Note an entity for the change log: one row an entity, written just before the commit."""
        if not self.alone and entity != "recipe":
            raise RuntimeError(f"{entity} {entity_id}: who changes it must be the only writer")
        created = self.touched.get((entity, entity_id)) == "create"
        self.touched[entity, entity_id] = "create" if created and action == "update" else action

    def claim(self, name: str) -> None:
        """Also claim this, as `Database.transaction` does; the last thing that is claimed."""
        if not self.alone and self.connection.dialect.name != "sqlite":
            postgres.claim(self.connection, name)


class Database:
    """A catalogue's database.

    limits: how much one mutation may hold.
    clock: the database's where none is given, or this machine's for a SQLite file.
    after_commit: called once after each transaction that changed something: the one place from
    which analytics are signalled, so that no route, command or import can forget it.
    most_connections: so many are open to PostgreSQL at once.
    """

    def __init__(
        self,
        url: str | URL,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        after_commit: Callable[[], None] = lambda: None,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = (
            sqlite_engine(self.url)
            if self.is_sqlite
            else postgres.postgres_engine(self.url, most_connections=most_connections)
        )
        self.limits = limits or Limits()
        self.clock = clock or (utc_now if self.is_sqlite else ServerClock())
        self.after_commit = after_commit
        self._writers = threading.BoundedSemaphore(
            1 if self.is_sqlite else max(1, most_connections // 2)
        )
        self._wal_bytes = 0
        path = self.path
        self._file = FileConnections(self.engine, path, BUSY_SECONDS) if path else None

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where the catalogue is not a file."""
        name = self.url.database
        if not self.is_sqlite or name in (None, "", ":memory:"):
            return None
        return None if str(name).startswith("file:") else Path(str(name))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read of the whole catalogue: one transaction, no writes.

        A newer schema is read as far as it can be; SchemaError where it cannot.
        """
        with as_domain_errors(), self._connect() as connection:
            if not self.is_sqlite:
                postgres.for_reading(connection)
            try:
                with connection.begin():
                    yield connection
            except (OperationalError, ProgrammingError) as error:
                if not error.connection_invalidated:
                    with connection.begin():
                        check_schema(connection)
                raise

    @contextmanager
    def transaction(self, claims: Collection[str] = ()) -> Iterator[Transaction]:
        """A mutation: its rows and its changes are committed together, or neither is.

        claims: names of all that it changes and of what its checks rest on, where that is less than
        the whole catalogue. Writers of other things then go on at the same time, as far as the
        database can; ingredients, units and methods stay as they are meanwhile, for all of them.
        Raises SchemaError, under its lock, when the database is of another version of the program:
        one that was upgraded while this process runs is not written to.
        """
        with self._writing(foreign_keys=True, claims=claims) as transaction:
            check_schema(transaction.connection)
            transaction.connection.execution_options(touched=transaction.touched)
            yield transaction
        if transaction.touched:
            self.after_commit()

    @contextmanager
    def schema_change(self) -> Iterator[Connection]:
        """A write of any kind, whatever schema the database has, without a change log.

        SQLite checks no foreign keys meanwhile: a table that others refer to can be made anew.
        """
        with self._writing(foreign_keys=False) as transaction:
            yield transaction.connection

    @contextmanager
    def _writing(
        self, *, foreign_keys: bool, claims: Collection[str] = ()
    ) -> Iterator[Transaction]:
        with as_domain_errors(), self._writer():
            with self._connect() as connection:
                connection.execution_options(writes=True, claims=claims, foreign_keys=foreign_keys)
                with connection.begin() as begun:
                    found = Transaction(connection, self.clock(), self.limits, alone=not claims)
                    yield found
                    with _committing():
                        append_changes(connection, found.touched, found.now)
                        begun.commit()
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
        if self._file is not None:
            return self._file.connect()
        if self.is_sqlite:
            return self.engine.connect()
        connection = postgres.connect(self.engine)
        try:
            if isinstance(self.clock, ServerClock):
                self.clock.ask(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _writer(self) -> Iterator[None]:
        """Writers of one process queue here: SQLite would have them poll, and they leave half of
        PostgreSQL's connections to readers.
        """
        if not self._writers.acquire(timeout=BUSY_SECONDS):
            raise BusyError
        try:
            yield
        finally:
            self._writers.release()

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


@contextmanager
def _committing() -> Iterator[None]:
    """UnavailableError that leaves open whether it was written, for a connection that is lost."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError(_UNKNOWN) from error
        raise


@contextmanager
def as_domain_errors() -> Iterator[None]:
    """Raise the catalogue's errors for the database's; what nobody can act on passes as it is."""
    try:
        yield
    except IntegrityError as error:  # on a database that lets two writers in at once
        raise ConflictError(
            "another writer changed the same rows at the same time; read again"
        ) from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise_domain_error(error.orig)
        else:
            postgres.raise_domain_error(error)
        raise
    except NoConnectionError as error:
        raise BusyError from error
    except sqlite3.Error as error:  # while a connection was opened
        raise_domain_error(error)
        raise
