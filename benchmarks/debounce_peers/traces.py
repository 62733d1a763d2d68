"""When edits are committed, and which of their signals fail."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Trace:
    """Commit times of changes, in order; each change sends one signal."""

    name: str
    edits: tuple[datetime, ...]


def evenly(name: str, count: int, duration: timedelta) -> Trace:
    """`count` edits, one at the begin of each of as many equal parts of `duration`."""
    return Trace(name, tuple(MONDAY + duration * i / count for i in range(count)))


def burst() -> Trace:
    """Someone saves and saves: 200 edits in 60 s."""
    return evenly("burst", 200, timedelta(seconds=60))


def steady() -> Trace:
    """An edit every 4 minutes for a day: never a pause as long as the debounce."""
    return evenly("steady", 360, timedelta(days=1))


def office_hours(seed: int = 1, per_hour: float = 12) -> Trace:
    """A week: Monday to Friday from 9 to 17, edits at random (Poisson), on average 12 an hour."""
    chance = random.Random(seed)
    edits = []
    for day in range(5):
        opens = MONDAY + timedelta(days=day, hours=9)
        hours = chance.expovariate(per_hour)
        while hours < 8:
            edits.append(opens + timedelta(hours=hours))
            hours += chance.expovariate(per_hour)
    return Trace("office hours", tuple(edits))


def bulk_import() -> Trace:
    """5,000 changes at one instant, each with a signal of its own."""
    return evenly("bulk import", 5000, timedelta(0))


TRACES = (burst, steady, office_hours, bulk_import)


def failing_signals(trace: Trace, share: float, seed: int) -> frozenset[int]:
    """Positions of the edits whose signal is lost, each with probability `share`."""
    chance = random.Random(seed)
    return frozenset(i for i in range(len(trace.edits)) if chance.random() < share)
