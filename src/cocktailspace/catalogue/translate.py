"""What the database says, in the catalogue's own words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, IntegrityError

from cocktailspace.catalogue.errors import (
    BusyError,
    ConflictError,
    DamagedError,
    FullError,
    UnavailableError,
)

BUSY = "other writers kept the catalogue busy and nothing was written; try again"


@contextmanager
def as_domain_errors() -> Iterator[None]:
    """Translate what SQLite and SQLAlchemy raise; what nobody can act on passes as it is."""
    try:
        yield
    except IntegrityError as error:  # on a database that lets two writers in at once
        raise ConflictError(
            "another writer changed the same rows at the same time; read again"
        ) from error
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error):
            _raise_domain_error(error.orig)
        raise
    except sqlite3.Error as error:  # while a connection was opened
        _raise_domain_error(error)
        raise


def _raise_domain_error(error: sqlite3.Error) -> None:
    """Say in our words what SQLite says, where anybody can do something about it."""
    if "Could not decode to UTF-8" in str(error):
        raise DamagedError(
            f"the catalogue's file holds text that is none ({error}); put a backup back with "
            "`cocktailspace restore --force`"
        ) from error
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            raise BusyError(BUSY) from error
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
