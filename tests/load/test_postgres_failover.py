"""PostgreSQL's primary killed under load and its standby promoted: no acknowledged write is lost.
`make soak` does so.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import need
from tests.load.database_loss import assert_no_write_is_lost
from tests.postgres import PostgresServer, postgres_programs, server_folder
from tests.waiting import eventually

FAILOVERS = int(os.environ.get("POSTGRES_FAILOVERS", "0"))
WRITES = 100


@dataclass
class Pair:
    """A primary, which waits for its standby at each commit, and the standby."""

    primary: PostgresServer
    standby: PostgresServer

    @property
    def url(self) -> str:
        hosts = f"host={self.primary.folder}&host={self.standby.folder}"
        return f"postgresql+psycopg://cocktailspace@/postgres?{hosts}"

    def kill(self) -> None:
        """End the primary for ever."""
        self.primary.kill()

    def start(self) -> None:
        """Have the standby take over."""
        ask(self.standby, "SELECT pg_promote()")


def ask(server: PostgresServer, *statements: str) -> Any:
    """Let the server do something; what the last statement says first."""
    where = {"host": str(server.folder), "user": "cocktailspace", "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as connection:
        for statement in statements:
            found = connection.execute(statement.encode())
        row = found.fetchone() if found.description else None
    return row and row[0]


@contextmanager
def pair(programs: Path) -> Iterator[Pair]:
    """Two servers, one of which follows the other."""
    with server_folder() as one, server_folder() as other:
        primary = PostgresServer(programs, one, durable=True)
        standby = PostgresServer(programs, other, durable=True, standby_of=one)
        try:
            for server in (primary, standby):
                server.initialise()
                server.start()
            waits = "ALTER SYSTEM SET synchronous_standby_names = standby"
            ask(primary, waits, "SELECT pg_reload_conf()")
            eventually(lambda: ask(primary, "SELECT sync_state FROM pg_stat_replication") == "sync")
            yield Pair(primary, standby)
        finally:
            standby.stop()
            primary.stop()


@pytest.mark.skipif(FAILOVERS == 0, reason="POSTGRES_FAILOVERS says how often; `make soak` sets it")
@pytest.mark.parametrize("_number", range(FAILOVERS))
def test_no_acknowledged_write_is_lost_when_the_standby_takes_over(
    tmp_path: Path, _number: int
) -> None:
    programs = postgres_programs()
    need(programs, "PostgreSQL (Debian: postgresql)")
    assert programs is not None
    with pair(programs) as database:
        url = f"{database.url}&target_session_attrs=read-write"
        assert_no_write_is_lost(tmp_path, database, url, writes=WRITES, kills=1)
