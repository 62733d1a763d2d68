"""Access tokens: what is known of each, and the table of those that several servers share."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, delete, insert, select

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import tokens
from cocktailspace.catalogue.values import Name


class Role(StrEnum):
    """What an identity may do: an editor recipes and ingredients, an admin everything."""

    EDITOR = "editor"
    ADMIN = "admin"


class TokenEntry(BaseModel):
    """What is known of a token: everything but the token."""

    model_config = ConfigDict(frozen=True)

    name: Name
    role: Role
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created_at: datetime


_COLUMNS = [tokens.c[name] for name in TokenEntry.model_fields]


def list_tokens(connection: Connection) -> list[TokenEntry]:
    """All tokens, the oldest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(tokens.c.created_at, tokens.c.name_key))
    return [TokenEntry(**row._mapping) for row in rows]


def token_of(connection: Connection, sha256: str) -> TokenEntry | None:
    """The token of this digest, if it is one. Digests of random tokens can be looked up: how long
    that takes tells nothing of use.
    """
    row = connection.execute(select(*_COLUMNS).where(tokens.c.sha256 == sha256)).one_or_none()
    return None if row is None else TokenEntry(**row._mapping)


def add_token(tx: Transaction, new: TokenEntry) -> bool:
    """Keep a token; returns whether there was none of that name."""
    key = name_key(new.name)
    if tx.connection.execute(select(tokens.c.name).where(tokens.c.name_key == key)).first():
        return False
    keep_tokens(tx.connection, [new])
    return True


def keep_tokens(connection: Connection, new: Iterable[TokenEntry]) -> None:
    """Keep tokens whose names are free."""
    for token in new:
        row = {"name_key": name_key(token.name), **token.model_dump()}
        connection.execute(insert(tokens), [row])


def delete_token(tx: Transaction, name: str) -> bool:
    """Forget a token; returns whether there was one of that name."""
    gone = delete(tokens).where(tokens.c.name_key == name_key(name.strip()))
    return tx.connection.execute(gone).rowcount > 0
