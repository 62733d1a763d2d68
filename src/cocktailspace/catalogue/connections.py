"""Connections to a SQLite file that somebody may replace by hand while a server runs.

SQLite itself does not look: a connection goes on with a file that was deleted or renamed, and with
its cache of one that was overwritten, so that edits would be lost without a word.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, QueuePool, event

from cocktailspace.catalogue.errors import BusyError, MissingCatalogueError

_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class _FileState:
    """What is at the path: the file itself, its last write, and the file of its WAL."""

    file: tuple[int, int]
    written: tuple[int, int]
    wal: tuple[int, int] | None
    wal_bytes: int


class FileConnections:
    """Connects to the file that is there now: once it was replaced, with a pool of new connections.

    patience_seconds: how long whoever connects then waits for the users of the old file.
    """

    def __init__(self, engine: Engine, path: Path, patience_seconds: float) -> None:
        self.path = path
        self._engine = engine
        self._patience_seconds = patience_seconds
        self._connecting = threading.Lock()
        self._opened: _FileState | None = None
        event.listen(engine, "checkin", self._note_wal)

    def connect(self) -> Connection:
        """A connection to the present file. Raises MissingCatalogueError when there is none."""
        if not self._connecting.acquire(timeout=self._patience_seconds):
            raise self._still_read()
        try:
            found = self._state()
            if self._opened is not None and _is_another(self._opened, found):
                found = self._renew_pool(self._opened)
            self._opened = found
            return self._engine.connect()
        finally:
            self._connecting.release()

    def replaced(self) -> bool:
        """Whether the file that is connected to was replaced by another or removed."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return True
        return self._opened is None or self._opened.file != (found.st_dev, found.st_ino)

    def wal_bytes(self) -> int:
        """How much was written that the file itself may not have taken in yet."""
        return self._state().wal_bytes

    def emptied_wal(self) -> None:
        """From here on, a write to the file while its WAL is empty is not SQLite's."""
        with self._connecting:
            if not self.replaced():
                self._opened = self._state()

    def _note_wal(self, _connection: object, _record: object) -> None:
        """SQLite makes the WAL when the file is first used: note which it is, once."""
        opened = self._opened
        if opened is None or opened.wal is not None:
            return
        with suppress(MissingCatalogueError):
            found = self._state()
            if found.file == opened.file:
                self._opened = found

    def _renew_pool(self, old: _FileState) -> _FileState:
        """Close the connections to the old file, once nobody uses one; no newcomer gets one."""
        pool = self._engine.pool
        deadline = time.monotonic() + self._patience_seconds
        while isinstance(pool, QueuePool) and pool.checkedout() > 0:
            if time.monotonic() > deadline:
                raise self._still_read()
            time.sleep(_POLL_SECONDS)
        self._engine.dispose()
        found = self._state()
        if found.file != old.file and found.wal is not None and found.wal == old.wal:
            # What the old file had not taken in yet; applied to the new one, it would ruin it.
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        return self._state()

    def _still_read(self) -> BusyError:
        return BusyError(
            f"the file {self.path} was replaced and the old one is still being read; try again"
        )

    def _state(self) -> _FileState:
        try:
            file = os.stat(self.path)
        except FileNotFoundError:
            raise MissingCatalogueError(
                f"there is no catalogue at {self.path}; `cocktailspace serve` or `import` makes "
                "one, `restore` puts a backup there"
            ) from None
        identity, written = (file.st_dev, file.st_ino), (file.st_mtime_ns, file.st_size)
        try:
            wal = os.stat(f"{self.path}-wal")
        except FileNotFoundError:
            return _FileState(identity, written, None, 0)
        return _FileState(identity, written, (wal.st_dev, wal.st_ino), wal.st_size)


def _is_another(old: _FileState, found: _FileState) -> bool:
    """Whether the file was replaced, or overwritten by somebody other than SQLite.

    With an empty WAL before and after, SQLite has not written: it goes through the WAL.
    """
    if old.file != found.file:
        return True
    quiet = old.wal is not None and old.wal == found.wal and old.wal_bytes == found.wal_bytes == 0
    return quiet and old.written != found.written
