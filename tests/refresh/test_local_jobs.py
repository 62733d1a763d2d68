"""Jobs as real child processes."""

import contextlib
import fcntl
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from cocktailspace.artifacts.attempt import read_attempt
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.artifacts.report import RunReport
from cocktailspace.artifacts.store import StoreError
from cocktailspace.bootstrap import Services
from cocktailspace.refresh import job_lock, local_jobs
from cocktailspace.refresh.embedded import Refresher
from cocktailspace.refresh.status import RefreshState
from tests.conftest import BAR, import_document, nothing_published
from tests.waiting import PATIENCE_SECONDS, eventually


def test_one_job_at_a_time_whoever_asks(
    services: Services, new_services: Callable[..., Services]
) -> None:
    import_document(services.database, BAR)
    other_process = new_services(services.settings)
    with nothing_published(services.settings.artifacts_folder):
        first = services.jobs.submit()
        assert services.jobs.submit() == first
        assert other_process.jobs.submit() == first
        assert other_process.jobs.active() == first
    assert services.jobs.wait(240)
    assert services.jobs.active() is None
    assert read_published(services.store) is not None


def test_who_asks_while_a_job_runs_is_answered_without_waiting(
    services: Services, new_services: Callable[..., Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And keeps nobody waiting: looking for a job and starting one take turns."""
    import_document(services.database, BAR)
    other_process = new_services(services.settings)
    with nothing_published(services.settings.artifacts_folder):
        first = services.jobs.submit()
        with monkeypatch.context() as patch:
            patch.setattr(job_lock.time, "sleep", lambda _: pytest.fail("it waits"))
            assert services.jobs.submit() == first
            assert other_process.jobs.submit() == first
    assert services.jobs.wait(240)


def test_whoever_only_looks_keeps_no_job_from_starting(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_document(services.database, BAR)
    services.jobs.submit()
    assert services.jobs.wait(240)
    looking = [os.open(services.settings.artifacts_folder / ".job.lock", os.O_RDONLY)]
    fcntl.flock(looking[0], fcntl.LOCK_SH)
    waited = []

    def wait(seconds: float) -> None:
        """They look no more after a second, as on a machine that is busy."""
        waited.append(seconds)
        if sum(waited) > 1 and looking:
            os.close(looking.pop())

    with monkeypatch.context() as patch:
        patch.setattr(job_lock.time, "sleep", wait)
        job = services.jobs.submit(force=True)
    assert not looking
    assert services.jobs.started(job)
    assert services.jobs.wait(240)


@contextlib.contextmanager
def _no_room() -> Iterator[None]:
    """No file grows: what a write to a full disk meets, on any machine."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_where_there_is_no_room_to_say_which_job_runs_none_is_started(services: Services) -> None:
    import_document(services.database, BAR)
    with _no_room(), pytest.raises(StoreError, match="no job can be started"):
        services.jobs.submit()
    assert services.jobs.active() is None
    status = services.refresher.status()
    assert status.attempt is not None
    assert "no job can be started" in (status.attempt.error or "")
    services.jobs.submit()
    assert services.jobs.wait(240)
    assert read_published(services.store) is not None


def test_a_job_that_nobody_could_watch_is_not_started(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_document(services.database, BAR)
    with monkeypatch.context() as patch, pytest.raises(StoreError, match="start new thread"):
        message = "can't start new thread"
        patch.setattr(threading.Thread, "start", _raising(RuntimeError(message)))
        services.jobs.submit()
    assert services.jobs.active() is None
    assert services.jobs.submit()
    assert services.jobs.wait(240)


def _raising(error: Exception) -> Callable[..., None]:
    def raise_it(*_: object) -> None:
        raise error

    return raise_it


def test_a_killed_job_is_noted_as_failed_and_publishes_nothing(services: Services) -> None:
    import_document(services.database, BAR)
    with nothing_published(services.settings.artifacts_folder):
        job = services.jobs.submit()
        eventually(lambda: (a := read_attempt(services.store)) is not None and a.job_id == job.id)
        os.kill(int(job.id), signal.SIGKILL)
        assert services.jobs.wait(240)
    attempt = read_attempt(services.store)
    assert attempt is not None
    assert attempt.state == "failed"
    assert attempt.failures == 1
    assert "exit code -9" in (attempt.error or "")
    assert services.refresher.status().state is RefreshState.FAILED
    assert read_published(services.store) is None


def test_stopping_ends_the_job_and_publishes_nothing(services: Services) -> None:
    import_document(services.database, BAR)
    with nothing_published(services.settings.artifacts_folder):
        services.jobs.submit()
        services.jobs.stop()
        assert services.jobs.active() is None
    assert read_published(services.store) is None


def test_stopping_waits_for_the_word_on_a_job_that_has_just_ended(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_document(services.database, BAR)
    stopping, said = threading.Event(), []

    def held(report: RunReport, _logger: object) -> None:
        stopping.wait(PATIENCE_SECONDS)
        said.append(report.outcome)

    monkeypatch.setattr(RunReport, "log_to", held)
    monkeypatch.setattr(local_jobs, "_STOP_SECONDS", PATIENCE_SECONDS)
    services.jobs.submit()
    eventually(lambda: services.jobs.active() is None)
    threading.Timer(0.2, stopping.set).start()
    services.jobs.stop()
    assert said == ["published"]


def test_a_job_that_does_not_listen_is_killed_when_patience_ends(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_jobs, "_STOP_SECONDS", 0.2)
    import_document(services.database, BAR)
    with nothing_published(services.settings.artifacts_folder):
        job = services.jobs.submit()
        os.kill(int(job.id), signal.SIGSTOP)  # it takes no other signal until it is continued
        os.waitid(os.P_PID, int(job.id), os.WSTOPPED | os.WNOWAIT)
        stopping = threading.Thread(target=services.jobs.stop, daemon=True)
        stopping.start()
        stopping.join(PATIENCE_SECONDS)
        still_there = services.jobs.active()
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(job.id), signal.SIGKILL)
    assert not stopping.is_alive()
    assert still_there is None


def test_the_refresher_publishes_an_edit_by_itself(
    services: Services, new_services: Callable[..., Services]
) -> None:
    live_services = new_services(services.settings)
    with live_services.refresher.running():
        import_document(live_services.database, BAR)
        eventually(lambda: read_published(services.store) is not None)
        eventually(lambda: live_services.refresher.status().state is RefreshState.FRESH)


def test_the_refresher_finds_what_was_pending_before_it_started(
    services: Services, new_services: Callable[..., Services]
) -> None:
    live_services = new_services(services.settings)
    import_document(live_services.database, BAR)
    with live_services.refresher.running():
        eventually(lambda: read_published(services.store) is not None)


def test_a_step_starts_what_is_due_and_only_that(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: object
) -> None:
    submitted = []
    monkeypatch.setattr(services.jobs, "submit", lambda **_: submitted.append(1))
    refresher: Refresher = services.refresher
    refresher.step()
    assert submitted == []
    import_document(services.database, BAR)
    refresher.step()
    assert submitted == []
    clock.advance(seconds=2)  # type: ignore[attr-defined]
    refresher.step()
    assert submitted == [1]


def test_a_job_that_takes_too_long_is_ended_and_fails_with_the_way_out(
    services: Services, new_services: Callable[..., Services]
) -> None:
    import_document(services.database, BAR)
    hurried = services.settings.model_copy(update={"analytics_job_minutes": 0.3 / 60})
    impatient = new_services(hurried, clock=services.clock)
    with nothing_published(services.settings.artifacts_folder):
        job = impatient.jobs.submit()
        assert impatient.jobs.wait(240)
    attempt = read_attempt(services.store)
    assert attempt is not None
    assert (attempt.state, attempt.failures) == ("failed", 1)
    assert "longer than 0.005 minutes" in (attempt.error or "")
    assert "ANALYTICS_JOB_MINUTES" in (attempt.error or "")
    assert not os.path.exists(f"/proc/{job.id}")
    assert impatient.refresher.status().state is RefreshState.FAILED
    assert read_published(services.store) is None
