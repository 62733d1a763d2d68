"""The commands for access tokens, and the first one of a machine."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from cocktailspace.api.auth.tokens import TokenError, Tokens, choose_tokens
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.tokens import Role
from cocktailspace.cli.common import say
from cocktailspace.files import replace_file
from cocktailspace.settings import Settings, read_settings

token_app = typer.Typer(help="Make, list and revoke tokens for writing.", no_args_is_help=True)


@token_app.command(name="new")
def new_token(
    name: Annotated[str, typer.Argument(help="Whose it is, or what for")],
    role: Annotated[Role, typer.Option(help="editor: recipes and ingredients; admin: all")] = (
        Role.EDITOR
    ),
) -> None:
    """Make a token and show it, this once."""
    with _tokens() as tokens:
        say(tokens.create(name, role))


@token_app.command(name="list")
def list_tokens() -> None:
    """Show whose tokens there are, and what they may do."""
    with _tokens() as tokens:
        entries = tokens.entries()
    for entry in entries:
        say(f"{entry.name:<24} {entry.role:<8} {entry.created_at:%Y-%m-%d %H:%M}Z")


@token_app.command(name="revoke")
def revoke_token(name: Annotated[str, typer.Argument(help="As `token list` shows it")]) -> None:
    """Revoke a token: whoever has it may not write any more."""
    with _tokens() as tokens:
        tokens.revoke(name)
    say(f"the token {name!r} is revoked")


def first_token(settings: Settings, database: Database) -> None:
    """Make an admin token where there is no other way to write.

    It is shown once on a terminal; elsewhere, where the output may be a log that others read, it
    is written to a file of its own.
    """
    tokens = choose_tokens(settings, database)
    if settings.oidc_issuer or not tokens.is_new():
        return
    try:
        token = tokens.create("admin", Role.ADMIN)
    except TokenError:  # another server was first
        return
    if sys.stdout.isatty():
        say(f"the admin token for writing, shown only now: {token}")
    else:
        path = settings.tokens_file.with_name("admin-token")
        replace_file(path, f"{token}\n".encode(), mode=0o600)
        say(f"the admin token for writing is in {path}; delete that file once you have it")


@contextmanager
def _tokens() -> Iterator[Tokens]:
    settings = read_settings()
    with closing(Database(settings.catalogue_url)) as database:
        yield choose_tokens(settings, database)
