"""The commands for access tokens, and the first one of a machine."""

import sys
from typing import Annotated

import typer

from cocktailspace.api.auth.identity import Role
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.cli.common import say
from cocktailspace.files import replace_file
from cocktailspace.settings import Settings, read_settings
from cocktailspace.times import utc_now

token_app = typer.Typer(help="Make, list and revoke tokens for writing.", no_args_is_help=True)


@token_app.command(name="new")
def new_token(
    name: Annotated[str, typer.Argument(help="Whose it is, or what for")],
    role: Annotated[Role, typer.Option(help="editor: recipes and ingredients; admin: all")] = (
        Role.EDITOR
    ),
) -> None:
    """Make a token and show it, this once."""
    say(_tokens(read_settings()).create(name, role))


@token_app.command(name="list")
def list_tokens() -> None:
    """Show whose tokens there are, and what they may do."""
    for entry in _tokens(read_settings()).entries():
        say(f"{entry.name:<24} {entry.role:<8} {entry.created_at:%Y-%m-%d %H:%M}Z")


@token_app.command(name="revoke")
def revoke_token(name: Annotated[str, typer.Argument(help="As `token list` shows it")]) -> None:
    """Revoke a token: whoever has it may not write any more."""
    _tokens(read_settings()).revoke(name)
    say(f"the token {name!r} is revoked")


def first_token(settings: Settings) -> None:
    """Make an admin token where there is no other way to write.

    It is shown once on a terminal; elsewhere, where the output may be a log that others read, it
    is written to a file of its own.
    """
    tokens = _tokens(settings)
    if settings.oidc_issuer or tokens.path.exists():
        return
    token = tokens.create("admin", Role.ADMIN)
    if sys.stdout.isatty():
        say(f"the admin token for writing, shown only now: {token}")
    else:
        path = tokens.path.with_name("admin-token")
        replace_file(path, f"{token}\n".encode(), mode=0o600)
        say(f"the admin token for writing is in {path}; delete that file once you have it")


def _tokens(settings: Settings) -> TokenFile:
    return TokenFile(settings.tokens_file, utc_now)
