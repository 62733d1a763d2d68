"""What holds on one machine and on AWS alike: the same claims, asked of both."""

from tests.aws.world import MINUTE, World

KEPT = "/api/v1/analytics/cocktail-space"


def test_a_burst_of_edits_is_one_job(world: World) -> None:
    before = world.jobs_run
    for number in range(5):
        world.edit(f"I{number}")
        world.advance(world.debounce / 5)
    assert world.refresh["state"] == "pending"
    assert world.jobs_run == before
    world.advance(world.debounce + world.start_time)
    assert world.is_fresh
    assert world.jobs_run == before + 1


def test_continuous_edits_hit_the_max_wait(world: World) -> None:
    before, first_edit = world.jobs_run, world.clock()
    version = world.refresh["published_version"]
    while world.refresh["published_version"] == version:
        assert world.clock() < first_edit + world.max_wait + world.start_time
        world.edit(f"at {world.clock()}")
        world.advance(world.debounce / 2)
    assert world.clock() >= first_edit + world.max_wait
    assert world.jobs_run == before + 1


def test_a_run_asked_for_by_hand_does_not_wait_for_edits_to_end(world: World) -> None:
    world.edit("Absinthe")
    asked = world.request("POST", "/api/v1/refresh")
    assert asked.status == 202
    world.advance(world.start_time)
    assert world.is_fresh


def test_a_job_that_is_killed_is_run_again(world: World) -> None:
    before = world.jobs_run
    world.kill_next_job()
    world.edit("Absinthe")
    world.advance(
        world.debounce + world.start_time + 2 * MINUTE
    )  # a pause before it is tried again
    assert world.is_fresh
    assert world.jobs_run == before + 2


def test_a_lost_signal_is_repaired(world: World) -> None:
    world.lose_signals(True)
    world.edit("Absinthe")
    world.lose_signals(False)
    world.advance(world.debounce + world.start_time * 4)
    assert world.is_fresh


def test_a_failing_job_leaves_the_last_result_and_is_tried_again_after_its_pause(
    world: World,
) -> None:
    shown = world.request("GET", KEPT).body
    before = world.jobs_run
    with world.full_disk():
        world.edit("Absinthe")
        world.advance(world.debounce + world.start_time)
        refresh = world.refresh
        assert refresh["state"] == "failed"
        assert "No space left" in refresh["attempt"]["error"]
        assert refresh["attempt"]["failures"] == 1
        assert world.jobs_run == before + 1
        assert world.request("GET", KEPT).body == shown
    world.advance(max(world.start_time * 6, 2 * MINUTE))
    assert world.is_fresh
    assert world.refresh["attempt"]["failures"] == 0
