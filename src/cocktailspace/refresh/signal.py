"""The signal: called once after each committed mutation, it sets the timer and no more."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from cocktailspace.refresh.metrics import RefreshMetrics
from cocktailspace.refresh.ports import Scheduler
from cocktailspace.refresh.status import RefreshStatus
from cocktailspace.times import to_text

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.5
"""The longest that an edit waits for its signal, however the scheduler hangs."""

FORGET_SECONDS = 60.0
"""Later signals no longer wait for one that has hung for so long. Where a process is frozen between
requests, as on Lambda, its threads are too: one that was left behind goes on with the next request
and has usually ended by the time that it is looked at."""

LEAST_MOVE = timedelta(seconds=3)
"""Moves by less than this are not worth a call: timers are not that exact."""


class AnalyticsSignal:
    """Sets the timer to when the next run is due: `signal_analytics_run()`.

    It never raises and never delays its caller for long, whatever hangs: the edit is committed, and
    the reconcile finds what is lost here. It remembers what it set the timer to, so as not to move
    it by a moment.
    """

    def __init__(
        self,
        status: Callable[[], RefreshStatus],
        scheduler: Scheduler,
        *,
        least_move: timedelta = LEAST_MOVE,
        patience_seconds: float = PATIENCE_SECONDS,
        metrics: RefreshMetrics | None = None,
    ) -> None:
        self._status = status
        self._scheduler = scheduler
        self._least_move = least_move
        self._patience_seconds = patience_seconds
        self._metrics = metrics or RefreshMetrics()
        self._set_to: datetime | None = None
        self._one_at_a_time = threading.Lock()
        self._hanging: _Call | None = None

    def __call__(self) -> None:
        """Move the timer to when the next run is due, and wait for that for `patience_seconds`."""
        gives_up_at = time.monotonic() + self._patience_seconds
        if not self._one_at_a_time.acquire(timeout=self._patience_seconds):
            self._failed("the refresh was not signalled: an earlier signal still hangs")
            return
        try:
            self._signal(gives_up_at)
        finally:
            self._one_at_a_time.release()

    def _signal(self, gives_up_at: float) -> None:
        if self._hanging is not None and not self._hanging.ended_by(gives_up_at):
            self._failed("the refresh was not signalled: an earlier signal still hangs")
            return
        self._hanging = None
        try:
            call = _Call(self._move)
        except RuntimeError as error:  # no thread to be had
            self._failed(f"the refresh was not signalled ({error})")
            return
        if not call.ended_by(gives_up_at):
            self._hanging = call
            self._failed("the signal hangs; the edit does not wait for it any longer")

    def _failed(self, message: str) -> None:
        self._metrics.record_failed_signal()
        logger.warning("%s", message)

    def _move(self) -> None:
        try:
            status = self._status()
            due_at = status.due_at
            if due_at is None or self._is_set_to(due_at):
                return
            fires_at = self._scheduler.move_to(due_at, armed=status.armed)
        except Exception as error:  # noqa: BLE001 - the documented edge: analytics never fail an edit
            self._failed(f"the refresh was not signalled ({error}); the reconcile will find it")
            return
        if fires_at is not None:
            logger.info("analytics scheduled for %s", to_text(fires_at))
        self._set_to = due_at

    def _is_set_to(self, due_at: datetime) -> bool:
        """Whether the timer is set closely enough; an earlier time is always worth a move."""
        return self._set_to is not None and self._set_to <= due_at < self._set_to + self._least_move


class _Call:
    """A signal on its way, in a thread of its own, so that nobody has to wait for it."""

    def __init__(self, move: Callable[[], None]) -> None:
        self._forgotten_at = time.monotonic() + FORGET_SECONDS
        self._thread = threading.Thread(target=move, name="signal", daemon=True)
        self._thread.start()

    def ended_by(self, moment: float) -> bool:
        """Wait until then at most; whether it has ended, or is not worth waiting for any more."""
        self._thread.join(max(0.0, min(moment, self._forgotten_at) - time.monotonic()))
        return not self._thread.is_alive() or time.monotonic() >= self._forgotten_at
