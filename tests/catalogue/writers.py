"""Writers at once on one PostgreSQL: threads that can be held, by locks in the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from cocktailspace.catalogue.database import Database

_GATE = 4711
_MAKE_GATE = f"""\
CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({_GATE}); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.entity_id = {{entity_id}}) EXECUTE FUNCTION pass_gate()"""
_WAITING = """\
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_END = """\
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def waiting(connection: sa.Connection) -> int:
    """How many wait for a lock of ours."""
    return int(connection.exec_driver_sql(_WAITING).scalar_one())


def end_other_connections(connection: sa.Connection) -> None:
    """As when the server ends: all connections to this database but this one are gone."""
    assert connection.exec_driver_sql(_END).scalar_one()


@dataclass(frozen=True, slots=True)
class Gate:
    """Holds commits up, as long as a transaction of this connection does."""

    connection: sa.Connection

    def wait_for(self, count: int, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until so many wait here, or for who does; or until something else happens."""
        while waiting(self.connection) < count and not unless():
            pass

    def open(self) -> None:
        """Let them pass."""
        self.connection.commit()


@contextmanager
def gate_at_commit(database: Database, *, entity_id: int = 1) -> Iterator[Gate]:
    """Hold up the commit of whoever changes the recipe or ingredient of that id."""
    with database.schema_change() as connection:
        connection.exec_driver_sql(_MAKE_GATE.format(entity_id=entity_id))
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_GATE})")
        yield Gate(connection)
