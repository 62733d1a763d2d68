import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cocktailspace.catalogue.changes import CatalogueState
from cocktailspace.refresh import signal as signal_module
from cocktailspace.refresh.ports import Job
from cocktailspace.refresh.scheduled import reconcile
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.refresh.status import RefreshState, RefreshStatus

T0 = datetime(2026, 1, 1, tzinfo=UTC)


class RecordingScheduler:
    """Remembers what it was asked for, and fails on demand."""

    def __init__(self) -> None:
        self.moves: list[datetime] = []
        self.armed: list[bool] = []
        self.broken = False

    def move_to(self, due: datetime, *, armed: bool) -> datetime | None:
        if self.broken:
            raise ConnectionError("no way out")
        self.moves.append(due)
        self.armed.append(armed)
        return due


@pytest.fixture
def scheduler() -> RecordingScheduler:
    return RecordingScheduler()


def _status(due_at: datetime | None, job: Job | None = None) -> RefreshStatus:
    return RefreshStatus(
        state=RefreshState.PENDING,
        catalogue=CatalogueState("cat", 1, T0),
        manifest=None,
        attempt=None,
        job=job,
        due_at=due_at,
        pending_since=None,
        pending_changes=0,
    )


def _due(seconds: float) -> Callable[[], RefreshStatus]:
    return lambda: _status(T0 + timedelta(seconds=seconds))


def test_the_timer_moves_to_when_the_run_is_due_and_the_log_says_so(
    scheduler: RecordingScheduler, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    AnalyticsSignal(_due(5), scheduler)()
    assert scheduler.moves == [T0 + timedelta(seconds=5)]
    assert "analytics scheduled for 2026-01-01T00:00:05" in caplog.text


def test_moves_by_less_than_a_few_seconds_are_skipped_never_delayed(
    scheduler: RecordingScheduler,
) -> None:
    due = [0.0]
    signal = AnalyticsSignal(
        lambda: _status(T0 + timedelta(seconds=due[0])), scheduler, least_move=timedelta(seconds=3)
    )
    for due[0] in (100.0, 101.0, 102.9, 103.0, 104.0, 90.0):
        signal()
    assert [(move - T0).total_seconds() for move in scheduler.moves] == [100.0, 103.0, 90.0]


def test_nothing_pending_moves_nothing(scheduler: RecordingScheduler) -> None:
    AnalyticsSignal(lambda: _status(None), scheduler)()
    assert scheduler.moves == []


def test_a_scheduler_that_fails_is_a_warning_and_is_tried_again_by_the_next_edit(
    scheduler: RecordingScheduler, caplog: pytest.LogCaptureFixture
) -> None:
    signal = AnalyticsSignal(_due(5), scheduler)
    scheduler.broken = True
    signal()
    assert "no way out" in caplog.text
    scheduler.broken = False
    signal()
    assert len(scheduler.moves) == 1


def test_a_status_that_cannot_be_read_is_a_warning_too(
    scheduler: RecordingScheduler, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> RefreshStatus:
        raise OSError("disk gone")

    AnalyticsSignal(broken, scheduler)()
    assert "disk gone" in caplog.text


def test_a_scheduler_that_hangs_delays_the_edit_by_no_more_than_the_bound(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Hanging:
        released = threading.Event()

        def move_to(self, _due: datetime, *, armed: bool) -> None:  # noqa: ARG002
            self.released.wait()

    signal = AnalyticsSignal(_due(5), Hanging(), patience_seconds=0.05)
    signal()  # which would never return, if it waited
    assert "the signal hangs" in caplog.text
    signal()  # and no second one hangs beside it
    assert "an earlier signal still hangs" in caplog.text
    Hanging.released.set()


class HangsOnce:
    """Answers every call but the first."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.calls: list[datetime] = []

    def move_to(self, due: datetime, *, armed: bool) -> datetime:  # noqa: ARG002
        self.calls.append(due)
        if len(self.calls) == 1:
            self.released.wait(60)
        return due

    def wait_for_call(self) -> None:
        """Until its thread, which may be slow to start, has come so far."""
        while not self.calls:
            time.sleep(0.001)


def test_what_an_earlier_request_left_behind_is_waited_for_and_then_this_one_is_signalled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """On Lambda a thread is frozen with the request that started it, and goes on with the next."""
    scheduler, due = HangsOnce(), [5.0]
    signal = AnalyticsSignal(
        lambda: _status(T0 + timedelta(seconds=due[0])), scheduler, patience_seconds=0.05
    )
    signal()
    assert "the signal hangs" in caplog.text
    scheduler.wait_for_call()
    scheduler.released.set()  # it thaws
    signal._patience_seconds = 60
    due[0] = 50.0
    signal()
    assert scheduler.calls == [T0 + timedelta(seconds=5), T0 + timedelta(seconds=50)]
    assert "not signalled" not in caplog.text


def test_what_hangs_for_ever_holds_nobody_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = HangsOnce()
    monkeypatch.setattr(signal_module, "FORGET_SECONDS", 0.2)
    signal = AnalyticsSignal(_due(5), scheduler, patience_seconds=0.05)
    signal()
    scheduler.wait_for_call()
    signal._patience_seconds = 60
    signal()
    assert len(scheduler.calls) == 2
    scheduler.released.set()


def test_two_edits_at_once_are_both_signalled(caplog: pytest.LogCaptureFixture) -> None:
    scheduler, due = HangsOnce(), [5.0]
    signal = AnalyticsSignal(
        lambda: _status(T0 + timedelta(seconds=due[0])), scheduler, patience_seconds=60
    )
    first = threading.Thread(target=signal)
    first.start()
    scheduler.wait_for_call()
    due[0] = 50.0
    second = threading.Thread(target=signal)
    second.start()
    scheduler.released.set()
    first.join()
    second.join()
    assert scheduler.calls == [T0 + timedelta(seconds=5), T0 + timedelta(seconds=50)]
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("status", "armed"),
    [
        (_status(T0), True),
        (_status(T0 - timedelta(hours=1)), True),
        (_status(T0 + timedelta(seconds=1)), False),
        (_status(None), False),
        (_status(T0, Job("1")), False),
    ],
)
def test_the_reconcile_arms_what_is_overdue_and_only_that(
    scheduler: RecordingScheduler, status: RefreshStatus, armed: bool
) -> None:
    assert reconcile(status, scheduler, T0) is armed
    assert scheduler.moves == ([T0] if armed else [])
