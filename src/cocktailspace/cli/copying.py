"""The command that moves a catalogue to another database."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL

from cocktailspace.api.auth.tokens import TokenError, TokenFile
from cocktailspace.catalogue.copying import Copied, copied_catalogue
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.tokens import TokenEntry
from cocktailspace.cli.common import fail, say, url_of
from cocktailspace.settings import read_settings
from cocktailspace.times import utc_now
from cocktailspace.wording import counted


def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="A SQLite file, or the URL of a database")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="Likewise; it must be empty")],
) -> None:
    """Copy a catalogue to another database: all or nothing, and checked.

    Versions, identity, changes, what people keep of their own, imports and access tokens are kept.
    The old one stays as it is: stop its servers first, as what they write meanwhile is not copied.
    Tokens of a SQLite catalogue lie in the file TOKENS_PATH, those of PostgreSQL in the database.
    """
    settings = read_settings()
    urls = _url(source), _url(target)
    if urls[0] == urls[1]:
        fail("FROM and TO are the same database")
    file = TokenFile(settings.tokens_file, utc_now)
    with (
        closing(Database(urls[0])) as old,
        closing(Database(urls[1], most_connections=2)) as new,
    ):
        with copied_catalogue(
            old,
            new,
            token_file=file.entries() if old.is_sqlite and not new.is_sqlite else [],
            network_file_system=settings.db_network_file_system,
        ) as copied:
            if new.is_sqlite and not old.is_sqlite:  # two SQLite files share the file of tokens
                _keep(file, copied.tokens)
        _report(copied, old, new, file)


def _url(place: str) -> URL:
    if "://" not in place:
        return sqlite_url(Path(place).expanduser().absolute())
    return url_of(place)


def _keep(file: TokenFile, copied: list[TokenEntry]) -> None:
    """Keep tokens of a database in the file, as part of the copy.

    One that the file has and the database has not was revoked there, or is of somebody else.
    """
    there = {name_key(each.name): each for each in file.entries()}
    for token in copied:
        same = there.pop(name_key(token.name), token)
        if same.sha256 != token.sha256:
            raise TokenError(
                f"{file.path} has another token named {token.name!r}, and nothing was copied; "
                "revoke one of them, or name another file with TOKENS_PATH"
            )
    if there:
        names = ", ".join(repr(each.name) for each in there.values())
        raise TokenError(
            f"{file.path} has tokens that the database has not, and nothing was copied: {names}; "
            "move that file away (the copy makes a new one), or name another with TOKENS_PATH"
        )
    known = {each.sha256 for each in file.entries()}
    if new := [each for each in copied if each.sha256 not in known]:
        file.add_all(new)


def _report(copied: Copied, old: Database, new: Database, file: TokenFile) -> None:
    state = copied.state
    say(f"copied version {state.version:,} of catalogue {state.catalogue_id}:")
    for name, count in copied.rows.items():
        say(f"  {name.replace('_', ' '):<20} {count:>12,}")
    say("checked: each table has the same rows in both databases")
    kept = counted(len(copied.tokens), "access token")
    if new.is_sqlite and not old.is_sqlite:
        say(f"{kept} in {file.path}")
    elif not new.is_sqlite:
        say(f"{kept} in the database" + f"; {file.path} does not count there" * old.is_sqlite)
    say(f"from now on: {_setting(new)}")


def _setting(database: Database) -> str:
    if database.path is not None:
        return f"DB_PATH={database.path}"
    return f"DATABASE_URL={database.url.render_as_string()}"
