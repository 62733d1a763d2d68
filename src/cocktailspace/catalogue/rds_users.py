"""The users of a database on Amazon RDS or Aurora: one of servers, one of jobs, none with a
password.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL

from cocktailspace.catalogue.errors import UnavailableError
from cocktailspace.catalogue.postgres import connection_parameters

if TYPE_CHECKING:
    import psycopg


def make_users(url: URL, *, writer: str, reader: str) -> None:
    """Make those of two users that are missing, who sign in with tokens, and what they may do: the
    writer makes and changes the catalogue, the reader reads all that the writer makes.

    url: of a user who may make users, such as RDS's master user.
    Raises UnavailableError where the database cannot be reached, or is not one of RDS.
    """
    parameters = connection_parameters(url)
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(**parameters) as connection:
            _make_users(connection, writer, reader)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise UnavailableError(f"no users were made ({reason})") from error


def _make_users(connection: "psycopg.Connection[Any]", writer: str, reader: str) -> None:
    from psycopg import sql  # noqa: PLC0415

    names = {"writer": sql.Identifier(writer), "reader": sql.Identifier(reader)}
    for role, name in ((writer, names["writer"]), (reader, names["reader"])):
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        connection.execute(sql.SQL("GRANT rds_iam TO {}").format(name))
    for statement in _RIGHTS:
        connection.execute(sql.SQL(statement).format(**names))


_RIGHTS = (
    "GRANT {writer} TO CURRENT_USER",  # who may then say what others may do with its tables
    "GRANT CREATE ON SCHEMA public TO {writer}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {writer} IN SCHEMA public "
    "GRANT SELECT ON TABLES TO {reader}",
)
