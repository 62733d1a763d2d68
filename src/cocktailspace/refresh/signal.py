"""The signal: called once after each committed mutation, it sets the alarm clock and no more."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cocktailspace.refresh.ports import Scheduler
from cocktailspace.refresh.status import RefreshStatus
from cocktailspace.refresh.tally import Tally

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.5
"""The longest that an edit waits for its signal, however the scheduler hangs."""

LEAST_MOVE = timedelta(seconds=3)
"""Moves by less than this are not worth a call: alarm clocks are not that exact."""


class AnalyticsSignal:
    """`signal_analytics_run()` as an object, so that it can tell how far the alarm would move.

    It never raises and never delays its caller for long, whatever hangs: the edit is committed, and
    what is lost here, the reconcile finds.
    """

    def __init__(
        self,
        status: Callable[[], RefreshStatus],
        scheduler: Scheduler,
        *,
        least_move: timedelta = LEAST_MOVE,
        patience_seconds: float = PATIENCE_SECONDS,
        tally: Tally | None = None,
    ) -> None:
        self._status = status
        self._scheduler = scheduler
        self._least_move = least_move
        self._patience_seconds = patience_seconds
        self._tally = tally or Tally()
        self._set_to: datetime | None = None
        self._caller: threading.Thread | None = None

    def __call__(self) -> None:
        """Move the alarm to when the next run is due; give up waiting for it in time."""
        if self._caller is not None and self._caller.is_alive():
            self._tally.signal_failed()
            logger.warning("the refresh was not signalled: an earlier signal still hangs")
            return
        caller = threading.Thread(target=self._move, name="signal", daemon=True)
        self._caller = caller
        caller.start()
        caller.join(self._patience_seconds)
        if caller.is_alive():
            self._tally.signal_failed()
            logger.warning("the signal hangs; the edit does not wait for it any longer")

    def _move(self) -> None:
        try:
            due_at = self._status().due_at
            if due_at is None or self._is_set_to(due_at):
                return
            self._scheduler.move_to(due_at)
        except Exception as error:  # noqa: BLE001 - the documented edge: analytics never fail an edit
            self._tally.signal_failed()
            logger.warning(
                "the refresh was not signalled (%s); the reconcile will see to it", error
            )
            return
        self._set_to = due_at

    def _is_set_to(self, due_at: datetime) -> bool:
        """Whether the alarm is set closely enough; an earlier time is always worth a move."""
        return self._set_to is not None and self._set_to <= due_at < self._set_to + self._least_move


def reconcile(status: RefreshStatus, scheduler: Scheduler, now: datetime) -> bool:
    """Set the alarm for a run that should have started by now: its signal was lost.

    A failed run's retry pause is part of when it is due. Returns whether there was such a run.
    """
    overdue = status.job is None and status.due_at is not None and status.due_at <= now
    if overdue:
        scheduler.move_to(now)
    return overdue
