"""When a job is asked for. A policy hears signals; only ours looks at the facts as well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from benchmarks.debounce_peers.clock import Rank, Timer
from benchmarks.debounce_peers.world import World
from cocktailspace.refresh.debounce import Debounce, next_run_at

EARLIEST = timedelta(seconds=60)
"""The schedule is never set nearer than this: see the design's 'Debounce'."""


class Policy(Protocol):
    """Decides when jobs run."""

    def signal(self) -> None:
        """A change was committed, and its signal arrived."""


class JobPerEdit:
    """Every signal submits a job; all of them run, one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world

    def signal(self) -> None:
        """Submit a job."""
        self._world.submit()


class PlainDebounce:
    """Every signal moves one timer to now + `debounce`; when it rings, a job is submitted."""

    def __init__(self, world: World, debounce: timedelta) -> None:
        self._world = world
        self._debounce = debounce
        self._timer = Timer(world.clock, world.submit)

    def signal(self) -> None:
        """Move the timer."""
        self._timer.move_to(self._world.clock.now + self._debounce)


class Inngest:
    """Debounce as Inngest documents it, for a function with a concurrency of one.

    The first event begins a window; it and each further one set the run to now + `period`, but
    never later than `timeout` after the window's first event. Then the window is closed and the
    run is handed over, to wait for those before it. An event that arrives from then on, also while
    the function runs or waits to, begins a new window with a period and timeout of its own.
    Sources: https://www.inngest.com/docs/guides/debounce and, for events during a run, its
    pkg/execution/debounce (an item that has been leased is no longer updated, a new one is made).
    Its 3 s of buffer and its rounding to whole seconds are left out.
    """

    def __init__(self, world: World, period: timedelta, timeout: timedelta) -> None:
        self._world = world
        self._period = period
        self._timeout = timeout
        self._ends_by: datetime | None = None
        self._timer = Timer(world.clock, self._close)

    def signal(self) -> None:
        """Begin a window, or restart the open window's period."""
        now = self._world.clock.now
        if self._ends_by is None:
            self._ends_by = now + self._timeout
        self._timer.move_to(min(now + self._period, self._ends_by))

    def _close(self) -> None:
        self._ends_by = None
        self._world.submit()


class Ours:
    """Level-triggered: when to run follows from the change log; the alarm is only an alarm.

    A signal sets the alarm to `next_run_at` of the changes that no job has started from. When the
    alarm rings, the facts are looked at again: a job starts if it is due and none runs; if one
    runs, the look is repeated at its end. Every 10 minutes the reconcile sets the alarm if a run
    is overdue, whether or not any signal arrived. The alarm is set as the design's EventBridge
    schedule is: never nearer than 60 s; what is due sooner leaves an alarm that is set alone. One
    that has rung is not set any more.
    """

    def __init__(self, world: World, rule: Debounce, reconcile: timedelta | None) -> None:
        self._world = world
        self._rule = rule
        self._reconcile_every = reconcile
        self._alarm = Timer(world.clock, self._look)
        self._asked = False
        world.on_job_end.append(self._look_again)
        self._sleep_until_reconcile()

    def signal(self) -> None:
        """Set the alarm to when the next run is due."""
        due = self._due_at()
        if due is not None:
            self._set_alarm(due)

    def _due_at(self) -> datetime | None:
        first = self._world.first_pending_at
        if first is None:
            return None
        last = self._world.last_changed_at
        return next_run_at(first, last, self._rule.debounce, self._rule.max_wait)

    def _set_alarm(self, due: datetime) -> None:
        earliest = self._world.clock.now + EARLIEST
        if due >= earliest:
            self._alarm.move_to(due)
        elif self._alarm.due is None:
            self._alarm.move_to(earliest)

    def _look(self) -> None:
        due = self._due_at()
        if due is None:
            return
        if self._world.busy:
            self._asked = True
        elif due <= self._world.clock.now:
            self._world.submit()
        else:
            self._set_alarm(due)

    def _look_again(self) -> None:
        if self._asked:
            self._asked = False
            self._look()

    def _reconcile(self) -> None:
        due = self._due_at()
        if due is not None and due <= self._world.clock.now:
            self._set_alarm(due)
        if not self._world.quiet:
            self._sleep_until_reconcile()

    def _sleep_until_reconcile(self) -> None:
        if self._reconcile_every is not None:
            clock = self._world.clock
            clock.at(clock.now + self._reconcile_every, Rank.RECONCILE, self._reconcile)


PERIOD = timedelta(minutes=5)
LONGEST = timedelta(minutes=20)
RECONCILE = timedelta(minutes=10)

POLICIES: dict[str, Callable[[World], Policy]] = {
    "a job per edit": JobPerEdit,
    "plain debounce": lambda world: PlainDebounce(world, PERIOD),
    "Inngest": lambda world: Inngest(world, PERIOD, LONGEST),
    "ours": lambda world: Ours(world, Debounce(PERIOD, LONGEST), RECONCILE),
}
