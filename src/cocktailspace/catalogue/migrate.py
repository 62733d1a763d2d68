"""Bring a database to the schema of this version: makes a new one, upgrades an old one."""

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, inspect, text

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.errors import SchemaError
from cocktailspace.catalogue.schema import REVISION


def migrate(database: Database, *, network_file_system: bool = False) -> None:
    """Make or upgrade the schema, all or nothing; several processes may do so at once.

    Raises SchemaError when the database was written by a newer version of the program.
    """
    if path := database.path:
        path.parent.mkdir(parents=True, exist_ok=True)
        # WAL needs shared memory, which a network file system does not have.
        with closing(sqlite3.connect(path)) as file:
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
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        _refuse_newer(schema_revision(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_schema(connection: Connection) -> None:
    """Raise SchemaError, with the way out, when the database is not ready to be used."""
    revision = schema_revision(connection)
    _refuse_newer(revision)
    if revision is None:
        raise SchemaError(
            "the database holds no catalogue; `cocktailspace serve` or `import` makes one"
        )
    if revision != REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, this version of cocktailspace needs {REVISION}; "
            "`cocktailspace serve` upgrades it"
        )


def require_catalogue(database: Database) -> None:
    """Raise SchemaError when there is no catalogue, or one of another schema."""
    if (path := database.path) and not path.exists():
        raise SchemaError(
            f"there is no catalogue at {path}; `cocktailspace serve` or `import` makes one"
        )
    with database.reading() as connection:
        check_schema(connection)


def schema_revision(connection: Connection) -> str | None:
    """The database's schema, or None when it has none of ours. Revisions sort by age."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision > REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, which a newer version of cocktailspace wrote "
            f"(this one knows {REVISION}); upgrade the program"
        )
