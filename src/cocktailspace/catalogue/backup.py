"""Whole copies of the catalogue's SQLite file: taken while writers write, put back as one write."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from cocktailspace.catalogue.audit import refuse_bad_rows, refuse_other_objects
from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    change_time,
    renew_identity,
)
from cocktailspace.catalogue.database import Database, as_domain_errors
from cocktailspace.catalogue.errors import (
    CatalogueError,
    ConflictError,
    DamagedError,
    MissingCatalogueError,
    SchemaError,
)
from cocktailspace.catalogue.file_copies import (
    connect_file,
    copy_database,
    install,
    is_closed_in_wal_mode,
    temporary_beside,
)
from cocktailspace.catalogue.idempotency import delete_responses
from cocktailspace.catalogue.migrate import migrate, revisions, upgrade
from cocktailspace.catalogue.migrations import REVISION
from cocktailspace.catalogue.revision import refuse_newer, schema_revision
from cocktailspace.catalogue.schema import recipes
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.files import make_folder


@dataclass(frozen=True, slots=True)
class CopySummary:
    """What a backup or a restored catalogue holds."""

    state: CatalogueState
    recipes: int


def backup(database: Database, target: Path, *, force: bool = False) -> CopySummary:
    """Write the catalogue as it is at one moment to a file of its own, whole or not at all.

    Raises ConflictError when there is such a file already, unless forced.
    """
    path = _file_of(database)
    if not path.exists():
        raise MissingCatalogueError(f"there is no catalogue at {path}")
    refuse_live_file(database, target)
    if not force and target.exists():
        raise ConflictError(f"{target} exists; name another file, or replace it with --force")
    with temporary_beside(target) as made:
        with as_domain_errors(), closing(connect_file(path, "ro")) as source:
            copy_database(source, made, one_file=True)
        copied = _summary_of(made)
        install(made, target, like=path, force=force)
    return copied


def backup_before_upgrade(database: Database) -> Path | None:
    """Copy a catalogue whose schema is to be upgraded beside itself; where to, if it was.

    The name says schema and version. So a copy of that name is of this very catalogue, and is left
    as it is: another process may have made it, and upgraded the catalogue since.
    """
    path = database.path
    if path is None or not path.exists():
        return None
    with database.reading() as connection:
        revision = schema_revision(connection)
        if revision is None or revision >= REVISION:
            return None
        version = catalogue_state(connection).version
    target = path.with_name(f"{path.stem}-schema-{revision}-version-{version}{path.suffix}")
    with suppress(ConflictError):
        backup(database, target)
    return target


def restore(
    database: Database, source: Path, *, force: bool = False, network_file_system: bool = False
) -> CopySummary:
    """Make the catalogue what a backup holds, under a new identity.

    A running server goes on: it sees all of it at once, as it would see an edit. The backup is
    checked, and upgraded on the way if it is older; it stays as it is. Raises DamagedError or
    SchemaError for a file that is no catalogue of ours, InvalidError for one with rows that we
    could not have written, and ConflictError when the present catalogue has changes that the
    backup lacks, unless forced.
    """
    path = _file_of(database)
    if not source.is_file():
        raise MissingCatalogueError(f"there is no file {source}")
    make_folder(path.parent)
    with temporary_beside(path) as made:
        _copy_checked(source, made)
        with _database(made) as copy:
            _refuse_unsound(source, copy, made.parent / "ours")
            migrate(copy, network_file_system=network_file_system)
            if not force:
                _refuse_loss(database, copy)
            with copy.schema_change() as connection:
                refuse_bad_rows(connection)
                delete_responses(connection)
                renew_identity(connection)
        copied = _summary_of(made)
        _replace(database, source, made, force=force)
    return copied


def refuse_live_file(database: Database, target: Path) -> None:
    """Raise ConflictError when a file to be written is the catalogue's own, by whatever name."""
    if database.path is None:
        return
    for suffix in ("", "-wal", "-shm", "-journal"):
        ours = Path(f"{database.path}{suffix}")
        if target.resolve() == ours.resolve() or (
            target.exists() and ours.exists() and target.samefile(ours)
        ):
            raise ConflictError(f"{target} is the catalogue itself; name another file")


def damage(database: Database) -> str | None:
    """What SQLite finds wrong with the file, if anything; reads all of it."""
    if database.path is None:
        return None
    with database.reading() as connection:
        finding = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return None if finding == "ok" else finding


def _file_of(database: Database) -> Path:
    if database.path is None:
        raise CatalogueError(
            "DATABASE_URL names no SQLite file; use that database's own tools for its backups"
        )
    return database.path


def _refuse_loss(database: Database, copy: Database) -> None:
    """Raise ConflictError when the present catalogue holds what the copy does not."""
    try:
        with database.reading() as connection:
            present = catalogue_state(connection)
            refuse_newer(schema_revision(connection))
    except MissingCatalogueError:
        return
    except SchemaError as error:
        raise ConflictError(f"{error}; `--force` replaces it") from error
    with copy.reading() as connection:
        known = catalogue_state(connection)
        shared = change_time(connection, present.version)
    if present.version == 0:
        return
    if present.catalogue_id == known.catalogue_id and shared == present.changed_at:
        return
    raise ConflictError(
        f"the present catalogue ({present.catalogue_id}, version {present.version}) has changes "
        f"that the backup ({known.catalogue_id}, version {known.version}) lacks; keep them with "
        "`cocktailspace backup`, then restore with --force"
    )


def _replace(database: Database, source: Path, made: Path, *, force: bool) -> None:
    """Copy over the database as one write of it, which its other users see as such."""
    path = _file_of(database)
    if not path.exists():
        install(made, path, like=source, force=True)
        return
    try:
        with as_domain_errors(), closing(connect_file(made, "ro")) as copy:
            copy_database(copy, path)
    except DamagedError:
        if not force:
            raise
        for suffix in ("-wal", "-shm"):  # of the damaged file
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        install(made, path, like=source, force=True)


def _copy_checked(source: Path, made: Path) -> None:
    """Copy a file that is said to be a catalogue; DamagedError or SchemaError when it is none."""
    try:
        with as_domain_errors():
            if is_closed_in_wal_mode(source):
                shutil.copyfile(source, made)
            else:
                with closing(connect_file(source, "ro")) as original:
                    copy_database(original, made)
            with closing(connect_file(made, "rw")) as copy:
                copy.execute("PRAGMA trusted_schema = OFF")
                (finding,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except DamagedError as error:
        raise DamagedError(f"{source} is no SQLite file, or damaged ({error.__cause__})") from error
    if finding != "ok":
        raise DamagedError(f"{source} is damaged: {finding}")


def _refuse_unsound(source: Path, copy: Database, scratch: Path) -> None:
    """Raise SchemaError unless the copy has the tables of a revision that we know, and no others.

    Nothing is written to it before: its triggers would be carried out.
    """
    with copy.reading() as connection:
        revision = schema_revision(connection)
        if revision is None:
            raise SchemaError(f"{source} is a SQLite file, but no catalogue")
        refuse_newer(revision)
        if revision not in revisions():
            raise SchemaError(f"{source} has the schema {revision!r}, which no version of us made")
        scratch.touch()
        with _database(scratch) as ours:
            upgrade(ours, revision)
            with ours.reading() as expected:
                try:
                    refuse_other_objects(connection, expected)
                except SchemaError as error:
                    message = f"{source} is not as schema {revision} is: {error}"
                    raise SchemaError(message) from error


def _summary_of(made: Path) -> CopySummary:
    with _database(made) as copy, copy.reading() as connection:
        count = connection.execute(select(func.count()).select_from(recipes)).scalar_one()
        return CopySummary(catalogue_state(connection), count)


@contextmanager
def _database(path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(path))
    try:
        yield database
    finally:
        database.close()
