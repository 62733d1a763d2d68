from datetime import timedelta

import pytest
from benchmarks.debounce import spoken
from benchmarks.debounce_peers.clock import Clock, Timer
from benchmarks.debounce_peers.outcome import Outcome, simulate, simulate_faulty
from benchmarks.debounce_peers.policies import (
    LONGEST,
    PERIOD,
    POLICIES,
    RECONCILE,
    JobPerEdit,
    Ours,
)
from benchmarks.debounce_peers.traces import (
    MONDAY,
    Trace,
    bulk_import,
    burst,
    failing_signals,
    office_hours,
    steady,
)
from benchmarks.debounce_peers.world import World

from cocktailspace.refresh.debounce import Debounce

MINUTE = timedelta(minutes=1)
FAST, SLOW = timedelta(seconds=30), 25 * MINUTE
PEERS = ("a job per edit", "plain debounce", "Inngest")


def edits(*minutes: float) -> Trace:
    return Trace("by hand", tuple(MONDAY + minute * MINUTE for minute in minutes))


def outcome(jobs: int, *stale_minutes: float, lost: int = 0) -> Outcome:
    total = sum(stale_minutes)
    return Outcome(jobs, max(stale_minutes) * MINUTE, total * MINUTE / len(stale_minutes), lost)


def test_a_job_per_edit_queues_jobs_that_have_nothing_left_to_do() -> None:
    # 0 to 25 takes the first edit, 25 to 50 both others, 50 to 75 nothing new.
    expected = outcome(3, 25, 49, 48)
    assert simulate(edits(0, 1, 2), POLICIES["a job per edit"], SLOW) == expected


def test_plain_debounce_waits_for_a_pause() -> None:
    # The timer rings at 8 + 5, and at 20 + 5.
    expected = outcome(2, 14, 10, 6, 6)
    assert simulate(edits(0, 4, 8, 20), POLICIES["plain debounce"], MINUTE) == expected


def test_plain_debounce_starves_on_steady_edits() -> None:
    found = simulate(steady(), POLICIES["plain debounce"], FAST)
    assert found.jobs == 1
    assert found.worst == timedelta(hours=23, minutes=56) + PERIOD + FAST


def test_plain_debounce_is_put_off_by_no_edit_whose_signal_failed() -> None:
    # The timer of the edit at 0 rings at 5 and takes the silent edit at 4 along.
    found = simulate(edits(0, 4, 8), POLICIES["plain debounce"], MINUTE, frozenset({1}))
    assert found == outcome(2, 6, 2, 6)


@pytest.mark.parametrize("policy", ["Inngest", "ours"])
def test_steady_edits_run_after_the_longest_wait_and_the_window_begins_anew(policy: str) -> None:
    # At 20 a run takes the edits of 0 to 20; that of 24 waits for its own 5 minutes.
    found = simulate(edits(0, 4, 8, 12, 16, 20, 24), POLICIES[policy], MINUTE)
    assert found == outcome(2, 21, 17, 13, 9, 5, 1, 6)


@pytest.mark.parametrize("policy", ["Inngest", "ours"])
def test_changes_during_a_job_are_debounced_from_their_own_first(policy: str) -> None:
    # The job runs from 5 to 8; the edits of 6 and 7 run at 12, not at 5 + 5 or 0 + 20.
    assert simulate(edits(0, 6, 7), POLICIES[policy], 3 * MINUTE) == outcome(2, 8, 9, 8)


def test_inngest_queues_a_run_per_window_that_closes_during_a_job() -> None:
    # Windows close at 5, 11, 17, 23; runs start at 5, 30, 55, 80; that of 30 takes all.
    found = simulate(edits(0, 6, 12, 18), POLICIES["Inngest"], SLOW)
    assert found == outcome(4, 30, 49, 43, 37)


def test_ours_runs_once_for_all_that_came_due_during_a_job() -> None:
    found = simulate(edits(0, 6, 12, 18), POLICIES["ours"], SLOW)
    assert found == outcome(2, 30, 49, 43, 37)


def test_ours_still_waits_for_a_pause_if_edits_go_on_when_a_job_ends() -> None:
    # The edit of 12 comes due at 17 while the first job runs, 5 to 30. When that ends, the edit of
    # 28 has put it off to 32, which is 12 + 20.
    assert simulate(edits(0, 12, 28), POLICIES["ours"], SLOW) == outcome(2, 30, 45, 29)


@pytest.mark.parametrize("policy", PEERS)
def test_the_peers_lose_a_change_whose_signal_failed_if_no_edit_follows(policy: str) -> None:
    found = simulate(edits(0, 60), POLICIES[policy], FAST, frozenset({1}))
    assert (found.jobs, found.lost) == (1, 1)
    assert found.worst == timedelta(hours=24)  # as far as the horizon


@pytest.mark.parametrize("policy", PEERS)
def test_with_the_peers_a_later_edit_takes_the_lost_one_along(policy: str) -> None:
    found = simulate(edits(0, 60), POLICIES[policy], FAST, frozenset({0}))
    wait = timedelta(0) if policy == "a job per edit" else PERIOD
    assert (found.jobs, found.lost, found.worst) == (1, 0, 60 * MINUTE + wait + FAST)


def test_ours_finds_a_change_whose_signal_failed() -> None:
    # Due at 5, seen by the reconcile at 10, which sets the schedule to 11.
    assert simulate(edits(0), POLICIES["ours"], MINUTE, frozenset({0})) == outcome(1, 12)


def test_without_the_reconcile_ours_would_lose_it_too() -> None:
    def unrepaired(world: World) -> Ours:
        return Ours(world, Debounce(PERIOD, LONGEST), reconcile=None)

    assert simulate(edits(0), unrepaired, MINUTE, frozenset({0})).lost == 1


@pytest.mark.parametrize("job", [FAST, SLOW])
@pytest.mark.parametrize("trace", [burst(), steady(), office_hours()], ids=lambda t: t.name)
def test_ours_is_bounded(trace: Trace, job: timedelta) -> None:
    bound = max(LONGEST, job) + job
    assert simulate(trace, POLICIES["ours"], job).worst <= bound
    faulty = simulate_faulty(trace, POLICIES["ours"], job, share=0.3, repeats=5)
    assert faulty.most_lost == 0
    assert faulty.worst_ever <= bound + RECONCILE + MINUTE


def test_a_bulk_import_is_one_job_but_for_a_job_per_edit() -> None:
    jobs = {name: simulate(bulk_import(), make, FAST).jobs for name, make in POLICIES.items()}
    assert jobs == {"a job per edit": 5000, "plain debounce": 1, "Inngest": 1, "ours": 1}


def test_repeats_report_the_median_and_the_worst() -> None:
    trace = edits(0, 60)
    runs = [simulate(trace, JobPerEdit, FAST, failing_signals(trace, 0.5, s)) for s in range(9)]
    found = simulate_faulty(trace, JobPerEdit, FAST, share=0.5, repeats=9)
    assert found.lost == sorted(run.lost for run in runs)[4]
    assert found.most_lost == 2
    assert found.repeats_with_loss == sum(run.lost > 0 for run in runs)
    assert found.worst_ever == timedelta(hours=25)


def test_traces_are_what_their_names_say() -> None:
    assert (len(burst().edits), len(steady().edits), len(bulk_import().edits)) == (200, 360, 5000)
    assert burst().edits[-1] - MONDAY < MINUTE
    assert {b - a for a, b in zip(steady().edits, steady().edits[1:], strict=False)} == {4 * MINUTE}
    assert set(bulk_import().edits) == {MONDAY}
    week = office_hours()
    assert week == office_hours()
    assert week != office_hours(seed=2)
    assert 400 < len(week.edits) < 560  # 480 on average
    assert {edit.weekday() for edit in week.edits} == set(range(5))
    assert {edit.hour for edit in week.edits} == set(range(9, 17))


def test_a_share_of_the_signals_fails_always_the_same_for_a_seed() -> None:
    lost = failing_signals(bulk_import(), 0.01, seed=3)
    assert 25 < len(lost) < 75
    assert lost == failing_signals(bulk_import(), 0.01, seed=3)
    assert lost != failing_signals(bulk_import(), 0.01, seed=4)


def test_a_timer_rings_once_at_the_time_it_was_last_moved_to() -> None:
    clock, rings = Clock(MONDAY), []
    timer = Timer(clock, lambda: rings.append(clock.now - MONDAY))
    for minutes in (5, 9, 7, 9, 7):
        timer.move_to(MONDAY + minutes * MINUTE)
    clock.run()
    assert rings == [7 * MINUTE]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (330, "5 min 30 s"), (1200, "20 min"), (86_730, "24 h 5 min")],
)
def test_durations_are_spoken_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == text
