"""Access tokens that several servers share: names, roles and hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.schema import tokens


@dataclass(frozen=True, slots=True)
class StoredToken:
    """What is known of a token: everything but the token."""

    name: str
    role: str
    sha256: str
    created_at: datetime


_COLUMNS = [tokens.c[name] for name in StoredToken.__slots__]


def list_tokens(connection: Connection) -> list[StoredToken]:
    """All tokens, the oldest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(tokens.c.created_at, tokens.c.name_key))
    return [StoredToken(*row) for row in rows]


def token_of(connection: Connection, sha256: str) -> StoredToken | None:
    """The token of this digest, if it is one. Digests of random tokens can be looked up: how long
    that takes tells nothing of use.
    """
    row = connection.execute(select(*_COLUMNS).where(tokens.c.sha256 == sha256)).one_or_none()
    return None if row is None else StoredToken(*row)


def add_token(tx: Transaction, new: StoredToken) -> bool:
    """Keep a token; returns whether there was none of that name."""
    key = name_key(new.name)
    if tx.connection.execute(select(tokens.c.name).where(tokens.c.name_key == key)).first():
        return False
    keep_tokens(tx.connection, [new])
    return True


def keep_tokens(connection: Connection, new: Iterable[StoredToken]) -> None:
    """Keep tokens whose names are free."""
    for token in new:
        values = {name: getattr(token, name) for name in StoredToken.__slots__}
        connection.execute(insert(tokens), [{"name_key": name_key(token.name), **values}])


def delete_token(tx: Transaction, name: str) -> bool:
    """Forget a token; returns whether there was one of that name."""
    gone = delete(tokens).where(tokens.c.name_key == name_key(name.strip()))
    return tx.connection.execute(gone).rowcount > 0
