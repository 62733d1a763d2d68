"""Which schema a database has, and whether this version of the program can use it."""

from typing import TYPE_CHECKING

from cocktailspace.catalogue.errors import SchemaError
from cocktailspace.catalogue.migrations import REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection


def schema_revision(connection: "Connection") -> str | None:
    """The database's schema, or None when it has none of ours."""
    from sqlalchemy import inspect  # noqa: PLC0415 - the job checks without it

    if not inspect(connection).has_table("alembic_version"):
        return None
    return _revision(connection)


def _revision(connection: "Connection") -> str | None:
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def check_schema(connection: "Connection") -> None:
    """Raise SchemaError, with the way out, when the database is not ready to be used."""
    from sqlalchemy.exc import ProgrammingError  # noqa: PLC0415

    if connection.dialect.name == "sqlite":
        check_revision(schema_revision(connection))
        return
    try:  # one way to the server and back, in every write
        check_revision(_revision(connection))
    except ProgrammingError:
        check_revision(None)


def check_revision(revision: str | None) -> None:
    """Raise SchemaError, with the way out, when a database is not ready to be used.

    revision: its schema, None when it has none of ours. Revisions sort by age.
    """
    refuse_newer(revision)
    if revision is None:
        raise SchemaError(
            "the database holds no catalogue; `cocktailspace serve`, `import` or `migrate` makes "
            "one"
        )
    if revision != REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, this version of cocktailspace needs {REVISION}; "
            "`cocktailspace serve` or `migrate` upgrades it"
        )


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaError when a newer version of the program has upgraded the database."""
    if revision is not None and revision > REVISION:
        raise SchemaError(
            f"the catalogue has schema {revision}, which a newer version of cocktailspace wrote "
            f"(this one knows {REVISION}); upgrade the program, or go back to the copy that the "
            "upgrade left beside it: `cocktailspace restore --force` it"
        )
