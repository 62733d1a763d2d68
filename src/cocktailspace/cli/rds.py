"""The command that makes the users of a database on Amazon RDS or Aurora."""

from typing import Annotated

import typer

from cocktailspace.catalogue.rds_users import make_users
from cocktailspace.cli.common import fail, say, url_of


def rds_users(
    admin_url: Annotated[
        str, typer.Argument(metavar="URL", help="The database's URL, for a user who makes users")
    ],
    writer: Annotated[str, typer.Option(help="Who signs in for servers")] = "cocktailspace",
    reader: Annotated[str, typer.Option(help="Who signs in for jobs")] = "cocktailspace_job",
) -> None:
    """Make the users of a database on Amazon RDS or Aurora, who sign in with tokens of AWS.

    Users that are there already stay, and get what they may do.
    """
    url = url_of(admin_url)
    if url.get_backend_name() != "postgresql":
        fail("a SQLite file has no users")
    make_users(url, writer=writer, reader=reader)
    say(f"{writer} writes, {reader} reads; both sign in with tokens (iam=true)")
