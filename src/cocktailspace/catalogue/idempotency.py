"""Idempotency keys: a request sent twice is carried out once; the response is stored with it."""

from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select

from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.schema import idempotency_keys

KEY_LIFETIME = timedelta(hours=24)


def earlier_response(tx: Transaction, key: str, fingerprint: str) -> str | None:
    """The answer that a request with this key was given in the last 24 hours, if there was one.

    fingerprint: of the request's content. Raises InvalidError when it was another request.
    """
    keys = idempotency_keys.c
    row = tx.connection.execute(
        select(keys.fingerprint, keys.answer, keys.created_at).where(keys.key == key)
    ).one_or_none()
    if row is None or row.created_at < tx.now - KEY_LIFETIME:
        return None
    if row.fingerprint != fingerprint:
        message = "this key was used for another request; give each request a new one"
        raise InvalidError([Problem("Idempotency-Key", message)])
    return str(row.answer)


def store_response(tx: Transaction, key: str, fingerprint: str, answer: str) -> None:
    """Keep an answer, in the transaction of what it answers; forget those that are too old."""
    keys = idempotency_keys.c
    forgotten = (keys.created_at < tx.now - KEY_LIFETIME) | (keys.key == key)
    # Those that another writer forgets at the same time are left to it.
    found = select(keys.key).where(forgotten).with_for_update(skip_locked=True)
    tx.connection.execute(delete(idempotency_keys).where(keys.key.in_(found)))
    row = {"key": key, "fingerprint": fingerprint, "answer": answer, "created_at": tx.now}
    tx.connection.execute(insert(idempotency_keys), [row])


def delete_responses(connection: Connection) -> None:
    """Forget all answers: of a catalogue that is put back, they tell of another one."""
    connection.execute(delete(idempotency_keys))
