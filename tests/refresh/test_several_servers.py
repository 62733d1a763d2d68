"""What servers of one catalogue in PostgreSQL share: the job's lock, a clock, tokens."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenError, choose_tokens
from cocktailspace.artifacts.attempt import read_attempt
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.errors import UnavailableError
from cocktailspace.catalogue.postgres import JOB
from cocktailspace.catalogue.several_servers import AdvisoryLock
from cocktailspace.catalogue.tokens import Role
from cocktailspace.cli.tokens import first_token
from cocktailspace.refresh.ports import Job
from cocktailspace.settings import Settings
from cocktailspace.times import utc_now
from tests.conftest import BAR, import_document, nothing_published
from tests.waiting import eventually

INHERITS = """\
import subprocess, sys
from sqlalchemy import create_engine
from cocktailspace.catalogue.several_servers import AdvisoryLock
with AdvisoryLock(create_engine(sys.argv[1]), int(sys.argv[2])).taken("the job") as connection:
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(["sleep", "infinity"], pass_fds=[connection.fileno()], **nowhere)
print(child.pid, flush=True)
"""


@pytest.fixture
def new_server(
    new_postgres_url: Callable[[], sa.URL],
    new_services: Callable[..., Services],
    tmp_path: Path,
) -> Callable[[], Services]:
    """Makes the services of one server more, as in another process."""
    settings = Settings(
        database_url=new_postgres_url().render_as_string(hide_password=False),
        analytics_path=tmp_path / "artifacts",
        tokens_path=tmp_path / "tokens.json",
    )
    return lambda: new_services(settings)


def test_one_job_runs_whichever_server_starts_it_and_all_show_it(
    new_server: Callable[[], Services],
) -> None:
    servers = [new_server() for _ in range(3)]
    import_document(servers[0].database, BAR)
    with nothing_published(servers[0].settings.artifacts_folder):
        first = servers[0].jobs.submit()
        assert [each.jobs.submit() for each in servers] == [first] * 3
        assert [each.refresher.status().job for each in servers] == [first] * 3
        assert [each.jobs.started(first) for each in servers] == [True, False, False]
    assert servers[0].jobs.wait(240)
    # PostgreSQL frees the job's lock when it notices that the job's connection is closed.
    eventually(lambda: [each.jobs.active() for each in servers] == [None] * 3)
    assert read_published(servers[1].store) is not None
    assert read_attempt(servers[1].store).job_id == first.id
    assert servers[1].jobs.submit() != first
    servers[1].jobs.stop()


def test_a_job_holds_the_lock_as_long_as_it_lives_whoever_started_it(
    new_server: Callable[[], Services],
) -> None:
    server = new_server()
    url = server.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", INHERITS, url, str(JOB)]
    pid = int(subprocess.run(command, check=True, capture_output=True).stdout)
    try:
        assert server.jobs.active() == Job("the job"), "whoever started it has ended"
        assert server.jobs.submit() == Job("the job")
    finally:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: server.jobs.active() is None)


def test_the_lock_is_free_when_nobody_inherited_it(new_server: Callable[[], Services]) -> None:
    lock = AdvisoryLock(new_server().database.engine, JOB)
    for _ in range(2):
        with lock.taken("a job") as connection:
            assert connection is not None
            assert lock.holder() == "a job"
            with lock.taken("another") as other:
                assert other is None
        eventually(lambda: lock.holder() is None)


def test_a_database_that_ends_while_it_is_asked_for_the_job_is_told_of_in_words(
    new_server: Callable[[], Services],
) -> None:
    server = new_server()
    engine = server.database.engine
    assert server.jobs.active() is None
    ends = "SELECT pg_terminate_backend(pg_backend_pid())"
    lock = AdvisoryLock(engine, JOB)
    lock._holder = ends
    with pytest.raises(UnavailableError, match="the connection to the database was lost"):
        lock.holder()


def test_the_time_is_the_databases(
    new_server: Callable[[], Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose own clock is wrong dates changes, and is on time, like all others."""
    monkeypatch.setattr(
        "cocktailspace.catalogue.several_servers.utc_now", lambda: utc_now() - timedelta(hours=1)
    )
    before = utc_now() - timedelta(minutes=30)
    server = new_server()
    import_document(server.database, BAR)
    assert before < server.refresher.status().catalogue.changed_at
    assert before < server.clock()


def test_a_token_is_valid_at_every_server_until_it_is_revoked_at_one(
    new_server: Callable[[], Services],
) -> None:
    one, other = new_server(), new_server()
    tokens = [choose_tokens(each.settings, each.database) for each in (one, other)]
    client = TestClient(create_app(other), raise_server_exceptions=False)
    headers = {"Authorization": f"Bearer {tokens[0].create('eve', Role.EDITOR)}"}
    with pytest.raises(TokenError, match="already"):
        tokens[1].create("Eve", Role.ADMIN)
    assert [(each.name, each.role) for each in tokens[1].entries()] == [("eve", Role.EDITOR)]
    body = {"name": "New"}
    assert client.post("/api/v1/ingredients", json=body, headers=headers).status_code == 201
    tokens[0].revoke("eve")
    assert client.post("/api/v1/ingredients", json=body, headers=headers).status_code == 401
    assert not one.settings.tokens_file.exists()


def test_servers_that_start_together_make_one_admin_token(
    new_server: Callable[[], Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = new_server(), new_server()
    first_token(one.settings, one.database)
    written = one.settings.tokens_file.with_name("admin-token").read_text()
    monkeypatch.setattr("cocktailspace.api.auth.tokens.TokenTable.is_new", lambda _self: True)
    first_token(other.settings, other.database)  # it looked before the other one had made it
    assert one.settings.tokens_file.with_name("admin-token").read_text() == written
    assert len(choose_tokens(other.settings, other.database).entries()) == 1


def test_an_edit_at_one_server_is_seen_at_another_at_once(
    new_server: Callable[[], Services],
) -> None:
    one, other = new_server(), new_server()
    import_document(one.database, BAR)
    token = choose_tokens(one.settings, one.database).create("ann", Role.ADMIN)
    headers = {"Authorization": f"Bearer {token}"}
    here, there = (TestClient(create_app(each)) for each in (one, other))
    found = there.get("/api/v1/search?q=gin").json()
    assert "Negroni" in str(found)
    recipe = there.get("/api/v1/recipes/1").json()
    for name in ("Bergamot", "Sbagliato", "Cardinale"):
        draft = {"name": name, "ingredients": [{"ingredient_id": 5, "amount": 1.0}]}
        changed = here.put("/api/v1/recipes/1", json=draft, headers=headers)
        assert changed.status_code == 200
        assert there.get("/api/v1/recipes/1").json()["name"] == name != recipe["name"]
        assert name in there.get(f"/api/v1/search?q={name}").text
