"""Whether the SQLite file is still the one that our connections were opened to.

SQLite itself does not look: a connection goes on with a file that was deleted or renamed, and with
its cache of one that was overwritten, so that edits would be lost without a word.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cocktailspace.catalogue.errors import BusyError, MissingCatalogueError


@dataclass(frozen=True, slots=True)
class _Look:
    """What is at the path: the file itself, its last write, and the file of its WAL."""

    file: tuple[int, int]
    written: tuple[int, int]
    wal: tuple[int, int] | None
    wal_bytes: int


class OpenedFile:
    """Lets users of a file in, and has it opened anew, between them, when it is another one.

    reopen: closes all connections, so that the next ones are opened to what is there now.
    patience_seconds: how long a newcomer waits for others to finish before that.
    """

    def __init__(self, path: Path, reopen: Callable[[], None], patience_seconds: float) -> None:
        self.path = path
        self._reopen = reopen
        self._patience_seconds = patience_seconds
        self._turn = threading.Condition()
        self._users = 0
        self._opened: _Look | None = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While somebody reads or writes. Raises MissingCatalogueError when there is no file."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def exchanged(self) -> bool:
        """Whether, since its user came in, the file was replaced by another or removed."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return True
        return self._opened is None or self._opened.file != (found.st_dev, found.st_ino)

    def wal_bytes(self) -> int:
        """How much was written that the file itself may not have taken in yet."""
        return self._look().wal_bytes

    def emptied_wal(self) -> None:
        """From here on, a write to the file while its WAL is empty is not SQLite's."""
        with self._turn:
            if not self.exchanged():
                self._opened = self._look()

    def _enter(self) -> None:
        with self._turn:
            found = self._look()
            if self._opened is not None and _is_another(self._opened, found):
                found = self._open_anew()
            self._opened = found
            self._users += 1

    def _leave(self) -> None:
        with self._turn:
            if self._opened is not None and self._opened.wal is None and not self.exchanged():
                self._opened = self._look()  # the first connection has made it
            self._users -= 1
            self._turn.notify_all()

    def _open_anew(self) -> _Look:
        if not self._turn.wait_for(lambda: self._users == 0, self._patience_seconds):
            raise BusyError(
                f"the file {self.path} was exchanged and the old one is still being read; try again"
            )
        old, found = self._opened, self._look()
        if old is None or not _is_another(old, found):  # somebody saw to it while we waited
            return found
        self._reopen()
        if found.file != old.file and found.wal is not None and found.wal == old.wal:
            # What the old file had not taken in yet; applied to the new one, it would ruin it.
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        return self._look()

    def _look(self) -> _Look:
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
            return _Look(identity, written, None, 0)
        return _Look(identity, written, (wal.st_dev, wal.st_ino), wal.st_size)


def _is_another(old: _Look, found: _Look) -> bool:
    """Whether the file was replaced, or overwritten by somebody other than SQLite.

    With an empty WAL before and after, SQLite has not written: it goes through the WAL.
    """
    if old.file != found.file:
        return True
    quiet = old.wal is not None and old.wal == found.wal and old.wal_bytes == found.wal_bytes == 0
    return quiet and old.written != found.written
