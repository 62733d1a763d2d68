"""PostgreSQL's server killed under load: no acknowledged write is lost. `make soak` does so."""

import os
from pathlib import Path

import pytest

from tests.conftest import need
from tests.load.database_loss import assert_no_write_is_lost
from tests.postgres import new_postgres_database, postgres_programs, postgres_server

KILLS = int(os.environ.get("POSTGRES_KILLS", "0"))
WRITES = int(os.environ.get("POSTGRES_WRITES", "200"))


@pytest.mark.skipif(KILLS == 0, reason="POSTGRES_KILLS says how often; `make soak` sets it")
def test_no_acknowledged_write_is_lost_when_the_database_is_killed(tmp_path: Path) -> None:
    programs = postgres_programs()
    need(programs, "PostgreSQL (Debian: postgresql)")
    assert programs is not None
    with (
        postgres_server(programs, durable=True) as database,
        new_postgres_database(database.folder) as url,
    ):
        address = url.render_as_string(hide_password=False)
        assert_no_write_is_lost(tmp_path, database, address, writes=WRITES, kills=KILLS)
