"""What servers of one catalogue share through PostgreSQL: a clock, and a lock for their jobs."""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from cocktailspace.catalogue.errors import UnavailableError
from cocktailspace.catalogue.postgres import (
    KEEPALIVES,
    connect,
    connection_parameters,
    raise_domain_error,
    require_driver,
)
from cocktailspace.times import utc_now

if TYPE_CHECKING:
    import psycopg

_CLOCK_SECONDS = 10.0
_NOW = "SELECT clock_timestamp()"


class ServerClock:
    """The database's clock, which servers share whose own ones may be wrong; this machine's until
    somebody has asked the database.
    """

    def __init__(self) -> None:
        self._time, self._at = utc_now(), time.monotonic()
        self._asked_at = -math.inf

    def __call__(self) -> datetime:
        """The time that the database had when it was asked, and what has passed since."""
        return self._time + timedelta(seconds=time.monotonic() - self._at)

    def ask(self, connection: Connection) -> None:
        """Ask for the time, unless that was done some seconds ago."""
        if time.monotonic() - self._asked_at < _CLOCK_SECONDS:
            return
        with connection.begin():
            self._set(lambda: connection.exec_driver_sql(_NOW).scalar_one())

    @classmethod
    def of(cls, url: URL) -> "ServerClock":
        """The clock of a database that is asked once, if it answers."""
        require_driver()
        import psycopg  # noqa: PLC0415

        clock = cls()
        with (
            suppress(psycopg.Error, UnavailableError),
            psycopg.connect(**connection_parameters(url)) as connection,
        ):
            clock._set(lambda: connection.execute(_NOW).fetchall()[0][0])
        return clock

    def _set(self, read: Callable[[], datetime]) -> None:
        before = time.monotonic()
        found = read()
        self._asked_at = time.monotonic()
        self._time, self._at = found.astimezone(UTC), (before + self._asked_at) / 2


class AdvisoryLock:
    """A lock in the database that lives as long as a connection, which a process may inherit."""

    _TAKE = f"""\
SET LOCAL idle_in_transaction_session_timeout = 0;
{KEEPALIVES};
SELECT pg_try_advisory_xact_lock({{number}})"""
    _HOLDER = """\
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database()
AND database = datid AND (classid::bigint << 32) + objid::bigint = {number}"""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._take = self._TAKE.format(number=number)
        self._holder = self._HOLDER.format(number=number)

    @contextmanager
    def taken(self, name: str) -> "Iterator[psycopg.Connection[Any] | None]":
        """A connection that holds the lock, under that name; None while another one does.

        When the context ends, a child process that inherited the connection's socket goes on
        holding it: to the server, a connection ends with the last process that has it.
        """
        import psycopg  # noqa: PLC0415

        parameters = {**connection_parameters(self._engine.url), "application_name": name}
        try:
            connection = psycopg.connect(**parameters)
            cursor = connection.execute(self._take.encode())
        except psycopg.OperationalError as error:
            raise UnavailableError(" ".join(str(error).split())) from error
        while cursor.nextset():
            pass
        try:
            yield connection if cursor.fetchall() == [(True,)] else None
        finally:
            # Closing it would tell the server that it ends, whoever has inherited it.
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, connection.fileno())
            os.close(null)
            connection.close()

    def holder(self) -> str | None:
        """The name of the connection that holds it; None where none does."""
        try:
            with connect(self._engine) as connection, connection.begin():
                return connection.exec_driver_sql(self._holder).scalars().first()
        except DBAPIError as error:
            raise_domain_error(error)
            raise
