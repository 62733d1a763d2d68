"""The refresher's thread is never gone silently."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.artifacts.attempt import ATTEMPT_KEY, read_attempt
from cocktailspace.artifacts.manifest import MANIFEST_KEY
from cocktailspace.bootstrap import Services
from cocktailspace.refresh import embedded
from cocktailspace.refresh.embedded import Refresher
from cocktailspace.refresh.status import RefreshState
from tests.conftest import BAR, import_document
from tests.waiting import PATIENCE_SECONDS, eventually

LAST = "9999-12-31T23:59:59.000000Z"
ATTEMPT = '{"run_id": "r", "started_at": "2026-01-01T00:00:00Z", "state": "failed"'
MANIFEST = (
    '{"catalogue_id": "%s", "source_version": 1, "generated_at": "2026-01-01T00:00:00Z",'
    '"run_id": "r", "artifacts": {}, "counts": {}, "parameters": {}, "seconds": {}'
)


def _last(*objects: tuple[str, str]) -> Callable[[Services], None]:
    def write(services: Services) -> None:
        with services.database.reading() as connection:
            (own,) = connection.exec_driver_sql("SELECT catalogue_id FROM catalogue").one()
        for key, text in objects:
            services.store.write(key, text.replace("%s", own).encode())

    return write


def _sql(statement: str) -> Callable[[Services], None]:
    def change(services: Services) -> None:
        with services.database.schema_change() as connection:
            connection.exec_driver_sql(statement)

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        _last((ATTEMPT_KEY, ATTEMPT.replace("00Z", "00") + "}")),
        _last((ATTEMPT_KEY, ATTEMPT + ', "finished_at": "2026-01-01T00:00:00"}')),
        _last((ATTEMPT_KEY, ATTEMPT + ', "source_version": 1%s}' % ("0" * 30))),
        _last((ATTEMPT_KEY, ATTEMPT + f', "finished_at": "{LAST}", "failures": 9}}')),
        _last((ATTEMPT_KEY, "[" * 1_000)),
        _last((MANIFEST_KEY, MANIFEST + ', "seconds": {"x": 1e15}}')),
        _last((MANIFEST_KEY, MANIFEST + ', "seconds": {"x": NaN}}')),
        _last((MANIFEST_KEY, MANIFEST + ', "seconds": {"x": -1e15}}')),
        _last((MANIFEST_KEY, MANIFEST + ', "source_version": 1%s}' % ("0" * 30))),
        _last((MANIFEST_KEY, MANIFEST + ', "source_changed_at": "2026-01-01T00:00:00"}')),
        _last((MANIFEST_KEY, MANIFEST + f', "source_changed_at": "{LAST}"}}')),
        _sql(f"UPDATE changes SET changed_at = '{LAST}'"),  # noqa: S608
        _sql("UPDATE changes SET changed_at = '0001-01-01T00:00:00.000000Z'"),
    ],
)
def test_what_is_advisory_or_far_off_does_not_stop_it(
    services: Services, spoil: Callable[[Services], None]
) -> None:
    import_document(services.database, BAR)
    spoil(services)
    status = services.refresher.status()
    assert status.state in (RefreshState.PENDING, RefreshState.FAILED)
    assert status.due_at is not None
    client = TestClient(create_app(services), raise_server_exceptions=False)
    assert client.get("/api/v1/refresh").status_code == 200
    assert client.get("/healthz/refresh").status_code in (200, 503)
    assert client.get("/metrics").status_code == 200
    read_attempt(services.store)


LOOKING = "cocktailspace_refresher_looking"


class _Trap:
    """Something that raises while it is told to."""

    def __init__(self, error: BaseException) -> None:
        self.error: BaseException | None = error
        self.sprung = threading.Event()
        self.passed = threading.Event()

    def __call__(self, _manifest: object = None) -> Any:
        if self.error is not None:
            self.sprung.set()
            raise self.error
        self.passed.set()
        return True


@contextmanager
def _running(
    services: Services, monkeypatch: pytest.MonkeyPatch, trap: _Trap
) -> Iterator[Services]:
    refresher = services.refresher
    assert isinstance(refresher, Refresher)
    monkeypatch.setattr(refresher._migration_guard, "ensure_usable", trap)
    monkeypatch.setattr(embedded, "UNSEEN_SECONDS", 0.0)
    monkeypatch.setattr(embedded, "_SECONDS_AFTER_BUG", 0.01)
    with refresher.running():
        yield replace(services, refresher=refresher)


@pytest.mark.parametrize(
    "error", [TypeError("can't compare"), MemoryError(), RecursionError("deep")]
)
def test_the_unforeseen_is_logged_once_and_tried_again_and_shown_meanwhile(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    trap = _Trap(error)
    with caplog.at_level(logging.ERROR), _running(services, monkeypatch, trap) as running:
        client = TestClient(create_app(running))
        assert trap.sprung.wait(PATIENCE_SECONDS)
        trap.sprung.clear()
        assert trap.sprung.wait(PATIENCE_SECONDS), "it is tried again"
        answer = client.get("/healthz/refresh")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "not_looking"
        assert type(error).__name__ in answer.json()["error"]["message"]
        assert client.get("/healthz").status_code == 200
        assert f"\n{LOOKING} 0.0\n" in client.get("/metrics").text
        [record] = [each for each in caplog.records if each.name == embedded.__name__]
        assert record.exc_info is not None
        trap.error = None
        assert trap.passed.wait(PATIENCE_SECONDS)
        monkeypatch.setattr(embedded, "UNSEEN_SECONDS", 60.0)
        eventually(lambda: client.get("/healthz/refresh").status_code == 200)
        assert f"\n{LOOKING} 1.0\n" in client.get("/metrics").text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_gone_all_the_same_is_missed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _running(services, monkeypatch, _Trap(SystemExit())) as running:
        monkeypatch.setattr(embedded, "UNSEEN_SECONDS", 60.0)
        for thread in threading.enumerate():
            if thread.name == "refresher":
                thread.join(PATIENCE_SECONDS)
        assert "has ended" in str(running.refresher.trouble())
    assert running.refresher.trouble() is None, "it was told to end"


def test_where_nobody_is_to_look_nobody_is_missed(services: Services, tmp_path: Path) -> None:
    assert services.refresher.trouble() is None
    assert not (tmp_path / "artifacts").exists()
