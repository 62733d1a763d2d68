"""PostgreSQL's primary killed under load and its standby promoted: no acknowledged write is lost.
`make soak` does so.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import need
from tests.load.harness import Server, recipes_on, run_load
from tests.postgres import PostgresServer, postgres_programs

FAILOVERS = int(os.environ.get("POSTGRES_FAILOVERS", "0"))
WRITERS, WRITES = 4, 100


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
    with tempfile.TemporaryDirectory(prefix="pg-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        folders = [folder / name for name in ("a", "b")]
        for each in folders:
            each.mkdir()
        primary = PostgresServer(programs, folders[0], durable=True)
        standby = PostgresServer(programs, folders[1], durable=True, standby_of=folders[0])
        try:
            for server in (primary, standby):
                server.initialise()
                server.start()
            waits = "ALTER SYSTEM SET synchronous_standby_names = standby"
            ask(primary, waits, "SELECT pg_reload_conf()")
            while ask(primary, "SELECT sync_state FROM pg_stat_replication") != "sync":
                pass
            yield Pair(primary, standby)
        finally:
            standby.stop()
            primary.stop()


class ServerOverPair(Server):
    """A server that goes on while its database moves to the other host."""

    database: Pair

    def kill(self) -> None:
        self.database.kill()

    def start(self) -> None:
        if self.child is None:
            super().start()
        else:
            self.database.start()


@pytest.mark.skipif(FAILOVERS == 0, reason="POSTGRES_FAILOVERS says how often; `make soak` sets it")
@pytest.mark.parametrize("number", range(FAILOVERS))
def test_no_acknowledged_write_is_lost_when_the_standby_takes_over(
    tmp_path: Path, number: int
) -> None:
    programs = postgres_programs()
    need(programs, "PostgreSQL (Debian: postgresql)")
    assert programs is not None
    with pair(programs) as database:
        url = f"{database.url}&target_session_attrs=read-write"
        server = ServerOverPair(tmp_path, DB_PATH="", DATABASE_URL=url)
        server.database = database
        server.command("migrate")
        reports = run_load(server, writers=WRITERS, writes=WRITES, readers=1, kills=1)
        expected = {name: amount for each in reports for name, amount in each.recipes.items()}
        found = recipes_on(server)
        server.stop()
    statuses = sum((Counter(each.statuses) for each in reports), Counter())
    print(f"failover {number}: answers {dict(statuses)}, {len(expected)} recipes")
    assert [each.complaints for each in reports if each.complaints] == []
    assert found == expected
