"""Copies of SQLite files: taken within one read of the source, put under their names whole."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cocktailspace.catalogue.errors import BusyError, ConflictError
from cocktailspace.catalogue.local_copy import is_in_wal_mode
from cocktailspace.catalogue.sqlite import BUSY_SECONDS
from cocktailspace.files import match_owner, mode_at, scratch_folder


def copy_database(source: sqlite3.Connection, target: Path, *, one_file: bool = False) -> None:
    """SQLite's own backup, within one read of the source and as one write of the target.

    one_file: whoever opens the copy needs no WAL beside it, so that it can be read from anywhere.
    """
    with closing(sqlite3.connect(target, timeout=BUSY_SECONDS, isolation_level=None)) as written:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(written, progress=_in_time())
        if one_file:
            written.execute("PRAGMA journal_mode = DELETE")


def _in_time() -> Callable[[int, int, int], None]:
    """Ends a backup that cannot begin; left alone, it would wait for its target for ever."""
    until = time.monotonic() + BUSY_SECONDS

    def look(status: int, _remaining: int, _total: int) -> None:
        busy = status & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if busy and time.monotonic() > until:
            raise BusyError("the catalogue is in use and was left as it is; try again")

    return look


def connect_file(path: Path, mode: str) -> sqlite3.Connection:
    """Connect to a file that is there. mode: `ro` or `rw`."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def is_closed_in_wal_mode(source: Path) -> bool:
    """Whether a file in WAL mode is not open anywhere: to open it would leave files beside it."""
    return is_in_wal_mode(source) and not Path(f"{source}-wal").exists()


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A name for a file in the same folder, on the same disk, that is gone in the end."""
    with scratch_folder(target.absolute().parent, ".copying-") as folder:
        yield folder / target.name


def install(made: Path, target: Path, *, like: Path, force: bool) -> None:
    """On disk for good, then under its name; an earlier file is replaced only when forced.

    like: who may read it, unless there is an earlier file that says so.
    """
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    made.chmod(mode_at(target, mode_at(like, 0o644)))
    match_owner(made, target)
    if force:
        made.replace(target)
    else:
        try:
            os.link(made, target)
        except FileExistsError:
            raise ConflictError(f"{target} exists; replace it with --force") from None
        except OSError:  # a file system without links, on a memory stick perhaps
            made.replace(target)
    folder = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
