"""Which schema a database has."""

from sqlalchemy import Connection, inspect

from cocktailspace.catalogue.migrations import check_revision


def schema_revision(connection: Connection) -> str | None:
    """The database's schema, or None when it has none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def check_schema(connection: Connection) -> None:
    """Raise SchemaError, with the way out, when the database is not ready to be used."""
    check_revision(schema_revision(connection))
