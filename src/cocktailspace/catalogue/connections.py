"""Connections to a SQLite file that somebody may replace by hand while a server runs.

SQLite itself does not look: a connection goes on with a file that was deleted or renamed, and with
its cache of one that was overwritten, so that edits would be lost without a word.
"""

import os
import threading
from os.path import samestat
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, QueuePool, event

from cocktailspace.catalogue.errors import BusyError, MissingCatalogueError
from cocktailspace.catalogue.translate import BUSY


class _State(NamedTuple):
    """What the file system says of the file, and of its WAL where there is one."""

    file: os.stat_result
    wal: os.stat_result | None


class FileConnections:
    """Connects to the file that is there now: once it was replaced, with new connections only.

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
            raise BusyError(BUSY)
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
