"""PostgreSQL's server killed under load: no acknowledged write is lost. `make soak` does so."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import need
from tests.load.harness import Server, recipes_on, run_load
from tests.postgres import PostgresServer, new_postgres_database, postgres_programs, postgres_server

KILLS = int(os.environ.get("POSTGRES_KILLS", "0"))
WRITERS, WRITES = 4, int(os.environ.get("POSTGRES_WRITES", "200"))


class ServerOverPostgres(Server):
    """A server that goes on while its database's server is killed and started again."""

    database: PostgresServer

    def kill(self) -> None:
        self.database.kill()

    def start(self) -> None:
        if self.child is None:
            super().start()
        else:
            self.database.start()


@pytest.mark.skipif(KILLS == 0, reason="POSTGRES_KILLS says how often; `make soak` sets it")
def test_no_acknowledged_write_is_lost_when_the_database_is_killed(tmp_path: Path) -> None:
    programs = postgres_programs()
    need(programs, "PostgreSQL (Debian: postgresql)")
    assert programs is not None
    with (
        postgres_server(programs, durable=True) as database,
        new_postgres_database(database.folder) as url,
    ):
        place = {"DB_PATH": "", "DATABASE_URL": url.render_as_string(hide_password=False)}
        server = ServerOverPostgres(tmp_path, **place)
        server.database = database
        server.command("migrate")
        reports = run_load(server, writers=WRITERS, writes=WRITES, readers=1, kills=KILLS)
        expected = {name: amount for each in reports for name, amount in each.recipes.items()}
        found = recipes_on(server)
        server.stop()
    statuses = sum((Counter(each.statuses) for each in reports), Counter())
    print(f"{KILLS} kills, answers {dict(statuses)}, {len(expected)} recipes")
    assert [each.complaints for each in reports if each.complaints] == []
    assert found == expected
