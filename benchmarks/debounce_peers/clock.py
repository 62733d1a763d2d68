"""Virtual time: jumps from event to event."""

import heapq
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum

Action = Callable[[], None]


class Rank(IntEnum):
    """What comes first at one instant: a run that starts at a commit's instant sees the commit."""

    COMMIT = 0
    JOB_END = 1
    TIMER = 2
    JOB_START = 3
    RECONCILE = 4


class Clock:
    """A queue of events, done in order of time, then rank, then the order they were asked for."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._events: list[tuple[datetime, Rank, int, Action]] = []
        self._asked = 0

    def at(self, when: datetime, rank: Rank, action: Action) -> None:
        """Do `action` at `when`."""
        self._asked += 1
        heapq.heappush(self._events, (when, rank, self._asked, action))

    def run(self) -> None:
        """Do everything, until nothing more would ever happen by itself."""
        while self._events:
            self.now, _, _, action = heapq.heappop(self._events)
            action()


class Timer:
    """One alarm that can be moved; once it has rung, it is not set."""

    def __init__(self, clock: Clock, ring: Action) -> None:
        self._clock = clock
        self._ring = ring
        self.due: datetime | None = None

    def move_to(self, due: datetime) -> None:
        """Ring at `due`, and no longer at the time it was set to before."""
        if due != self.due:
            self.due = due
            self._clock.at(due, Rank.TIMER, self._look)

    def _look(self) -> None:
        if self.due == self._clock.now:
            self.due = None
            self._ring()
