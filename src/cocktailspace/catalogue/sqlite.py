"""What is SQLite's own: opening a file that may be replaced, its journal, its errors."""

import os
import sqlite3
import threading
from os.path import samestat
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event

from cocktailspace.catalogue.errors import (
    BusyError,
    DamagedError,
    FullError,
    MissingCatalogueError,
    UnavailableError,
)

BUSY_SECONDS = 5.0
_JOURNAL_BYTES = 1_048_576
"""What a journal that is kept may take; a larger one shrinks to it when its transaction ends."""


def sqlite_url(path: Path) -> URL:
    """The database URL of a SQLite file; as text, a name with a question mark would be another."""
    return URL.create("sqlite", database=str(path))


def sqlite_engine(url: URL) -> Engine:
    """An engine for a SQLite database, whose every connection and transaction keeps our rules."""
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


def keep_journal(connection: sqlite3.Connection) -> None:
    """Have the rollback journal stay when a transaction ends, its header emptied.

    A client of a network file system believes for half a minute that a file is not there, and for
    as long what size it had. Of a writer that was killed in mid-commit it would miss the journal,
    and take what was half written for committed. A journal that always exists is opened, which asks
    the server, and its header says whether it must be rolled back.
    """
    connection.execute("PRAGMA journal_mode = PERSIST")
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")


class _State(NamedTuple):
    """What the file system says of the file, and of its WAL where there is one."""

    file: os.stat_result
    wal: os.stat_result | None


class FileConnections:
    """Connects to the file that is there now: once it was replaced, with new connections only.

    SQLite itself does not look: a connection goes on with a file that was deleted or renamed, and
    with its cache of one that was overwritten, so that edits would be lost without a word.

    busy_seconds: how long to wait for others who connect, which takes longer while SQLite is busy.
    """

    def __init__(self, engine: Engine, path: Path, busy_seconds: float) -> None:
        self._engine = engine
        self._path = path
        self._busy_seconds = busy_seconds
        self._connecting = threading.Lock()
        self._opened: _State | None = None
        event.listen(engine, "checkin", self._note_new_wal)

    def connect(self) -> Connection:
        """Connect to the present file. Raises MissingCatalogueError when there is none."""
        if not self._connecting.acquire(timeout=self._busy_seconds):
            raise BusyError
        try:
            found = self._state()
            if self._opened is not None and _is_another(self._opened, found):
                found = self._close_all(self._opened)
            self._opened = found
            return self._engine.connect()
        finally:
            self._connecting.release()

    def replaced(self) -> bool:
        """Whether the file that is connected to was replaced by another or removed."""
        try:
            return self._opened is None or not samestat(self._opened.file, os.stat(self._path))
        except FileNotFoundError:
            return True

    def wal_bytes(self) -> int:
        """How much was written that the file itself may not have taken in yet."""
        wal = self._state().wal
        return 0 if wal is None else wal.st_size

    def emptied_wal(self) -> None:
        """From here on, a write to the file while its WAL is empty is not SQLite's."""
        with self._connecting:
            if not self.replaced():
                self._opened = self._state()

    def _note_new_wal(self, _connection: object, _record: object) -> None:
        """Remember which file is the WAL: SQLite makes it when the database is first used."""
        opened = self._opened
        if opened is None or opened.wal is not None:
            return
        if (wal := _stat(f"{self._path}-wal")) and not self.replaced():
            self._opened = opened._replace(wal=wal)

    def _close_all(self, old: _State) -> _State:
        """Close the connections to the old file: together, as they share one view of its WAL."""
        if isinstance(self._engine.pool, QueuePool) and self._engine.pool.checkedout() > 0:
            raise BusyError(
                f"the file {self._path} was replaced and the old one is still being read; try again"
            )
        self._engine.dispose()
        found = self._state()
        left_behind = found.wal and old.wal and samestat(found.wal, old.wal)
        if left_behind and not samestat(found.file, old.file):
            # What the old file had not taken in yet; applied to the new one, it would ruin it.
            for suffix in ("-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return self._state()

    def _state(self) -> _State:
        if (file := _stat(self._path)) is None:
            raise MissingCatalogueError(
                f"there is no catalogue at {self._path}; `cocktailspace serve` or `import` makes "
                "one, `restore` puts a backup there"
            )
        return _State(file, _stat(f"{self._path}-wal"))


def raise_domain_error(error: sqlite3.Error) -> None:
    """Raise the catalogue's error for one of SQLite's that a caller can do something about."""
    if "Could not decode to UTF-8" in str(error):
        raise DamagedError(
            f"the catalogue's file holds text that is none ({error}); put a backup back with "
            "`cocktailspace restore --force`"
        ) from error
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            raise BusyError from error
        case sqlite3.SQLITE_FULL:
            raise FullError(
                "the disk that holds the catalogue is full and nothing was written; make room"
            ) from error
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            raise DamagedError(
                f"the catalogue's file is damaged or no catalogue ({error}); put a backup back "
                "with `cocktailspace restore --force`"
            ) from error
        case sqlite3.SQLITE_READONLY:
            raise UnavailableError(
                f"the catalogue cannot be written and nothing was ({error}); see to the rights of "
                "its file and folder"
            ) from error
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            raise UnavailableError(
                f"the catalogue's disk fails ({error}) and nothing was written; see to its disk "
                "and rights"
            ) from error


def _stat(path: Path | str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _is_another(old: _State, found: _State) -> bool:
    """Whether the file was replaced, or overwritten by somebody other than SQLite.

    With an empty WAL before and after, SQLite has not written: it goes through the WAL.
    """
    if not samestat(old.file, found.file):
        return True
    if not (old.wal and found.wal and samestat(old.wal, found.wal)):
        return False
    quiet = old.wal.st_size == found.wal.st_size == 0
    written = (old.file.st_mtime_ns, old.file.st_size)
    return quiet and written != (found.file.st_mtime_ns, found.file.st_size)
