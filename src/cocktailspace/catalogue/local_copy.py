"""A copy on local disk of a SQLite file that may only be read, taken without SQLAlchemy."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cocktailspace.catalogue.errors import SchemaError, UnavailableError
from cocktailspace.files import scratch_folder

_COPIES = ".cocktailspace-copy-"
"""Folders of this name in the temporary folder are ours to remove."""
_FOR_NOW = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
_WAL_WITHOUT_WRITING = {
    sqlite3.SQLITE_READONLY_DIRECTORY,
    sqlite3.SQLITE_READONLY_CANTINIT,
    sqlite3.SQLITE_READONLY_RECOVERY,
}


@contextmanager
def local_copy(path: Path) -> Iterator[Path]:
    """Copy a file as it is at one moment; the copy is gone when the context ends.

    Raises UnavailableError while a writer is busy, or has left a journal to be healed by whoever
    opens the file for writing next; SchemaError for one whose journal does not work where it lies.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with scratch_folder(Path(tempfile.gettempdir()), _COPIES) as folder:
        copy = folder / "catalogue.sqlite"
        with (
            _named_errors(path),
            closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=1.0)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # The lock is taken by a read of our own, which gives up in time; backup() never does.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target)
        yield copy


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """SQLite's codes for what a reader of a network file system meets, by what can be done."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in _FOR_NOW or code == sqlite3.SQLITE_READONLY_ROLLBACK:
            raise UnavailableError(
                f"{path}: {error} ({getattr(error, 'sqlite_errorname', code)})"
            ) from error
        no_wal = code == sqlite3.SQLITE_CANTOPEN and is_in_wal_mode(path)  # of a read-only mount
        if no_wal or code in _WAL_WITHOUT_WRITING:
            raise SchemaError(
                f"{path} is in WAL mode, which cannot be read where nothing may be written: let "
                "the API or its reconcile open it once, with DB_NETWORK_FILE_SYSTEM=true"
            ) from error
        raise


def is_in_wal_mode(path: Path) -> bool:
    """By the header of the file, whose 19th byte is the version of the format for writers."""
    with path.open("rb") as file:
        return file.read(19)[18:] == b"\x02"
