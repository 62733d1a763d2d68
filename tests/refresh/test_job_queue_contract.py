"""What every JobQueue must do: child processes, and the jobs that the model check runs on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from cocktailspace.bootstrap import Services
from cocktailspace.refresh.ports import JobQueue
from tests.conftest import BAR, ManualClock, import_document, nothing_published
from tests.refresh.world import Jobs, MemoryStore
from tests.waiting import eventually

pytestmark = pytest.mark.both_databases


@pytest.fixture(params=["processes", "model"])
def queue(
    request: pytest.FixtureRequest, services: Services, clock: ManualClock
) -> Iterator[tuple[JobQueue, Callable[[], None]]]:
    """A queue, and how to let its job come to an end, to which it does not come before."""
    import_document(services.database, BAR)
    if request.param == "processes":
        jobs = services.jobs
        assert jobs is not None
        with ExitStack() as gate:
            gate.enter_context(nothing_published(services.settings.artifacts_folder))

            def open_and_wait() -> None:
                gate.close()
                assert jobs.wait(240)

            yield jobs, open_and_wait
        return
    model = Jobs(clock, services.database, MemoryStore(clock), overlaps=False)

    def finish() -> None:
        clock.now += timedelta(minutes=1)
        model.finish_due()

    yield model, finish


def test_a_job_is_shared_while_it_is_active_and_the_next_is_another(
    queue: tuple[JobQueue, Callable[[], None]],
) -> None:
    jobs, finish = queue
    assert jobs.active() is None
    first = jobs.submit()
    assert jobs.active() == first
    assert jobs.submit() == first
    finish()
    # PostgreSQL frees the job's lock when it notices that the job's connection is closed.
    eventually(lambda: jobs.active() is None)
    second = jobs.submit()
    assert second != first
    jobs.stop()
    eventually(lambda: jobs.active() is None)
