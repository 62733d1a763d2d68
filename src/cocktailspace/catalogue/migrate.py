"""Bring a database to the schema of this version: makes a new one, upgrades an old one."""

import sqlite3
from contextlib import closing

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrations import REVISION, refuse_newer
from cocktailspace.catalogue.revision import check_schema, schema_revision
from cocktailspace.catalogue.translate import as_domain_errors


def migrate(database: Database, *, network_file_system: bool = False) -> None:
    """Make or upgrade the schema, all or nothing; several processes may do so at once.

    Raises SchemaError when the database was written by a newer version of the program.
    """
    if path := database.path:
        path.parent.mkdir(parents=True, exist_ok=True)
        # WAL needs shared memory, which a network file system does not have.
        with as_domain_errors(), closing(sqlite3.connect(path)) as file:
            file.execute(f"PRAGMA journal_mode = {'DELETE' if network_file_system else 'WAL'}")
    with database.reading() as connection:
        if schema_revision(connection) == REVISION:
            return
    _upgrade(database)


def _upgrade(database: Database) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and needed here alone
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "cocktailspace.catalogue:migrations")
    with database.schema_change() as connection:
        refuse_newer(schema_revision(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_catalogue(database: Database) -> None:
    """Raise SchemaError when there is no catalogue, or one of another schema."""
    with database.reading() as connection:
        check_schema(connection)
