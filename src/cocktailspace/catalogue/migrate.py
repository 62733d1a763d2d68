"""Bring a database to the schema of this version: makes a new one, upgrades an old one."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from cocktailspace.catalogue.audit import refuse_foreign
from cocktailspace.catalogue.database import Database, as_domain_errors
from cocktailspace.catalogue.migrations import REVISION
from cocktailspace.catalogue.postgres import refuse_foreign_tables
from cocktailspace.catalogue.revision import check_schema, refuse_newer, schema_revision
from cocktailspace.catalogue.sqlite import BUSY_SECONDS, keep_journal
from cocktailspace.files import make_folder, match_owner

if TYPE_CHECKING:
    from alembic.config import Config


def migrate(database: Database, *, network_file_system: bool = False) -> None:
    """Make or upgrade the schema, all or nothing; several processes may do so at once.

    Raises SchemaError when the database was written by a newer version of the program, or by
    another program; then it is left as it is.
    """
    if path := database.path:
        make_folder(path.parent)
        if not path.exists():
            path.touch()
            match_owner(path, path.parent)
    with database.reading() as connection:
        if database.is_sqlite:
            refuse_foreign(connection)
        else:
            refuse_foreign_tables(inspect(connection).get_table_names())
        upgraded = schema_revision(connection) == REVISION
    if path:
        database.close()  # a connection of ours would be in the way
        # WAL needs shared memory, which a network file system does not have.
        with as_domain_errors(), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as file:
            file.execute(f"PRAGMA journal_mode = {'DELETE' if network_file_system else 'WAL'}")
    if not upgraded:
        upgrade(database)
    if path and network_file_system and not path.with_name(f"{path.name}-journal").exists():
        _make_journal(path)


def _make_journal(path: Path) -> None:
    """Leave a journal beside the file, as every later write does, by writing what is there."""
    with (
        as_domain_errors(),
        closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as file,
    ):
        keep_journal(file)
        file.execute("BEGIN IMMEDIATE")
        (number,) = file.execute("PRAGMA user_version").fetchone()
        file.execute(f"PRAGMA user_version = {number}")
        file.execute("COMMIT")


def upgrade(database: Database, revision: str = REVISION) -> None:
    """Bring the tables to that revision's; an empty database gets them."""
    from alembic import command  # noqa: PLC0415 - heavy, and needed here alone

    config = _config()
    with database.schema_change() as connection:
        refuse_newer(schema_revision(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revisions() -> set[str]:
    """Those that this version of the program knows."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(_config())
    return {script.revision for script in scripts.walk_revisions()}


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "cocktailspace.catalogue:migrations")
    return config


def require_catalogue(database: Database) -> None:
    """Raise SchemaError when there is no catalogue, or one of another schema."""
    with database.reading() as connection:
        check_schema(connection)
