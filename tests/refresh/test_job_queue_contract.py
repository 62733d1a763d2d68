"""What every JobQueue must do: child processes, and the jobs that the model check runs on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cocktailspace.bootstrap import Services
from cocktailspace.refresh.ports import JobQueue
from tests.conftest import BAR, ManualClock, import_document
from tests.refresh.world import Jobs, MemoryStore


@pytest.fixture(params=["processes", "model"])
def queue(
    request: pytest.FixtureRequest, services: Services, clock: ManualClock
) -> tuple[JobQueue, Callable[[], None]]:
    """A queue, and how to let its job come to an end."""
    import_document(services.database, BAR)
    if request.param == "processes":
        jobs = services.jobs
        assert jobs is not None
        return jobs, lambda: _ended(jobs.wait(120))
    model = Jobs(clock, services.database, MemoryStore(clock), overlaps=False)

    def finish() -> None:
        clock.now += timedelta(minutes=1)
        model.finish_due()

    return model, finish


def _ended(ended: bool) -> None:
    assert ended


def test_a_job_is_shared_while_it_is_active_and_the_next_is_another(
    queue: tuple[JobQueue, Callable[[], None]],
) -> None:
    jobs, finish = queue
    assert jobs.active() is None
    first = jobs.submit()
    assert jobs.active() == first
    assert jobs.submit() == first
    finish()
    assert jobs.active() is None
    second = jobs.submit()
    assert second != first
    jobs.stop()
    assert jobs.active() is None
