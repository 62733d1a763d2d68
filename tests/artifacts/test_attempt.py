from pathlib import Path
from types import SimpleNamespace

import pytest

from cocktailspace.artifacts import attempt as attempt_module
from cocktailspace.artifacts.attempt import ATTEMPT_KEY, AttemptRecorder, read_attempt
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.store import StoreError
from tests.conftest import ManualClock


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def _note(store: FolderStore, clock: ManualClock) -> AttemptRecorder:
    return AttemptRecorder(store, clock=clock, job_id="job")


def test_failures_in_a_row_are_counted_until_a_success(
    store: FolderStore, clock: ManualClock
) -> None:
    for failures in (1, 2):
        _note(store, clock).fail("no luck")
        attempt = read_attempt(store)
        assert attempt is not None
        assert (attempt.state, attempt.failures, attempt.error) == ("failed", failures, "no luck")
    _note(store, clock).succeed()
    _note(store, clock).fail("again")
    attempt = read_attempt(store)
    assert attempt is not None
    assert attempt.failures == 1


def test_an_attempt_that_never_ended_was_a_failure(store: FolderStore, clock: ManualClock) -> None:
    _note(store, clock).took_snapshot("cat", 3)
    assert _note(store, clock).attempt.failures == 1


def test_a_stopped_attempt_is_no_failure(store: FolderStore, clock: ManualClock) -> None:
    _note(store, clock).stop()
    assert _note(store, clock).attempt.failures == 0


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff"])
def test_a_damaged_note_counts_as_none(store: FolderStore, damage: bytes) -> None:
    store.write(ATTEMPT_KEY, damage)
    assert read_attempt(store) is None


def test_a_store_that_fails_does_not_stop_the_work(
    store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = _note(store, clock)

    def fail(_key: str, _body: bytes) -> None:
        raise StoreError("full")

    monkeypatch.setattr(store, "write", fail)
    note.took_snapshot("cat", 1)
    note.succeed()
    assert note.attempt.state == "succeeded"


def test_a_slow_store_takes_little_of_the_jobs_time(
    store: FolderStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(attempt_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    writes = []

    def write(_key: str, _body: bytes) -> None:
        writes.append(now[0])
        now[0] += 0.1

    note = _note(store, clock)
    monkeypatch.setattr(store, "write", write)
    while now[0] < 60:
        note.report("map", 0.5)
        now[0] += 0.05
    assert 20 <= len(writes) <= 30
