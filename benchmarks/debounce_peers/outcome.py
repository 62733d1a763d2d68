"""What a policy made of a trace, in figures.

Staleness of a change: the time from its commit until the first published version that covers it.
A change is lost if no version published within the horizon, 24 h after the last edit, covers it
(no later edit comes along to take it with it); in worst and mean staleness it counts as stale from
its commit to the horizon, which is a lower bound.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from benchmarks.debounce_peers.policies import Policy
from benchmarks.debounce_peers.traces import Trace, failing_signals
from benchmarks.debounce_peers.world import Publication, World

HORIZON = timedelta(hours=24)
MakePolicy = Callable[[World], Policy]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Jobs that were run, to the end of the queue; staleness of changes; changes lost."""

    jobs: int
    worst: timedelta
    mean: timedelta
    lost: int


@dataclass(frozen=True, slots=True)
class Faulty:
    """Over repeats in which signals failed: medians, and the worst of any repeat."""

    lost: float
    most_lost: int
    repeats_with_loss: int
    worst: timedelta
    worst_ever: timedelta


def simulate(
    trace: Trace, make: MakePolicy, job: timedelta, failing: frozenset[int] = frozenset()
) -> Outcome:
    """Let the trace happen under a policy; the signals of the edits `failing` do not arrive."""
    world = World(trace, job)
    policy = make(world)

    def tell() -> None:
        if world.version - 1 not in failing:
            policy.signal()

    world.on_commit.append(tell)
    world.run()
    return _count(trace.edits, world.publications, world.jobs)


def _count(edits: Sequence[datetime], publications: Sequence[Publication], jobs: int) -> Outcome:
    horizon = edits[-1] + HORIZON
    stale: list[timedelta] = []
    for publication in publications:
        if publication.at <= horizon:
            newly = edits[len(stale) : publication.version]
            stale.extend(publication.at - edit for edit in newly)
    lost = len(edits) - len(stale)
    stale.extend(horizon - edit for edit in edits[len(stale) :])
    return Outcome(jobs, max(stale), sum(stale, timedelta(0)) / len(stale), lost)


def simulate_faulty(
    trace: Trace, make: MakePolicy, job: timedelta, share: float, repeats: int
) -> Faulty:
    """Repeat with other signals failing; repeat number i is the same for all policies."""
    runs = [
        simulate(trace, make, job, failing_signals(trace, share, seed)) for seed in range(repeats)
    ]
    return Faulty(
        lost=median(run.lost for run in runs),
        most_lost=max(run.lost for run in runs),
        repeats_with_loss=sum(run.lost > 0 for run in runs),
        worst=timedelta(seconds=median(run.worst.total_seconds() for run in runs)),
        worst_ever=max(run.worst for run in runs),
    )
