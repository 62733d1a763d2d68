"""Real processes: a job killed at any moment, a server that is told to stop, many edits at once."""

import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.artifacts.store import MissingError
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.refresh.debounce import next_run_at
from tests.conftest import BAR, import_document, nothing_published
from tests.load.harness import Server, run_load
from tests.waiting import eventually

KILLS = int(os.environ.get("JOB_KILLS", "8"))


class Reader(threading.Thread):
    """Follows manifest after manifest and checks every artifact's hash."""

    def __init__(self, store: FolderStore) -> None:
        super().__init__(daemon=True)
        self._store = store
        self.done = threading.Event()
        self.reads = 0
        self.complaints: list[str] = []
        self._versions: dict[str, int] = {}

    def run(self) -> None:
        while not self.done.is_set():
            published = read_published(self._store)
            if published is None:
                time.sleep(0.01)
                continue
            if published.manifest is None:
                self.complaints.append("the manifest is damaged")
                return
            manifest = published.manifest
            if manifest.source_version < self._versions.get(manifest.catalogue_id, 0):
                self.complaints.append("the version went down")
            self._versions[manifest.catalogue_id] = manifest.source_version
            for name, entry in manifest.artifacts.items():
                try:
                    body = self._store.read(entry.key).body
                except MissingError:
                    self.complaints.append(f"{name} of {manifest.run_id} is missing")
                    continue
                if hashlib.sha256(body).hexdigest() != entry.sha256:
                    self.complaints.append(f"{name} of {manifest.run_id} is damaged")
            self.reads += 1
            time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
def test_a_job_killed_at_any_moment_leaves_one_complete_result(
    services: Services, new_services: Callable[..., Services]
) -> None:
    live = new_services(services.settings)
    import_document(live.database, BAR)
    reader = Reader(FolderStore(live.settings.artifacts_folder))
    reader.start()
    random.seed(1)
    longest = _seconds_of_a_job(live)
    for number in range(KILLS):
        with live.database.transaction() as tx:
            create_ingredients(tx, [IngredientDraft(name=f"I{number}")], [""])
        job = live.jobs.submit()
        time.sleep(random.uniform(0, longest))
        with contextlib.suppress(ProcessLookupError):  # this one was quicker than the measured one
            os.kill(int(job.id), signal.SIGKILL)
        assert live.jobs.wait(240)
    last = live.jobs.submit()
    assert live.jobs.wait(240), last
    reader.done.set()
    reader.join()
    assert reader.complaints == []
    assert reader.reads > KILLS
    manifest = read_published(live.store)
    with live.database.reading() as connection:
        state = catalogue_state(connection)
    assert manifest is not None
    assert manifest.manifest is not None
    assert manifest.manifest.source_version == state.version
    print(f"{KILLS} kills, {reader.reads} checked reads, 0 complaints")


def _seconds_of_a_job(live: Services) -> float:
    live.jobs.submit()
    assert live.jobs.wait(240)
    started = time.monotonic()
    live.jobs.submit(force=True)
    assert live.jobs.wait(240)
    return time.monotonic() - started


def _most_jobs(catalogue: Path) -> int:
    """How many jobs all changes of a catalogue are, if each is as early as the debounce allows."""
    debounce, max_wait = timedelta(seconds=2), timedelta(seconds=10)
    with closing(sqlite3.connect(catalogue)) as file:
        rows = file.execute("SELECT changed_at FROM changes ORDER BY version").fetchall()
    times = [datetime.fromisoformat(text) for (text,) in rows]
    jobs, first = 1, times[0]
    for last, at in pairwise(times):
        if at >= next_run_at(first, last, debounce, max_wait):
            jobs, first = jobs + 1, at
    return jobs


@pytest.mark.slow
def test_a_server_told_to_stop_ends_its_job(tmp_path: Path) -> None:
    server = Server(tmp_path, ANALYTICS_DEBOUNCE_MINUTES="0")
    with nothing_published(tmp_path / "artifacts"):
        server.start()
        eventually(lambda: server.refresh_state == "running")
        job_id = server.get("/api/v1/refresh")["job_id"]
        server.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(int(job_id), 0)


@pytest.mark.slow
def test_many_edits_are_few_jobs_and_soon_published(tmp_path: Path) -> None:
    writes = int(os.environ.get("BURST_WRITES", "20"))
    server = Server(tmp_path, ANALYTICS_DEBOUNCE_MINUTES="", ANALYTICS_MAX_WAIT_MINUTES="")
    try:
        started = time.monotonic()
        reports = run_load(server, writers=8, writes=writes, readers=1)
        burst = time.monotonic() - started
        assert [report.complaints for report in reports if report.complaints] == []
        eventually(lambda: server.refresh_state == "fresh")
        lag = time.monotonic() - started - burst
        log = tmp_path / "serve.log"  # it is written once a job has ended
        eventually(lambda: "refresh published" in log.read_text(), log.read_text)
        jobs = log.read_text().count("refresh published")
        p50 = statistics.median(ms for report in reports for ms in report.create_ms)
        print(
            f"{8 * writes} edits in {burst:.1f} s: {jobs} jobs, "
            f"published {lag:.1f} s after the last; create p50 {p50:.1f} ms"
        )
        # What is slow to be written is dated earlier than it can be seen.
        assert jobs <= _most_jobs(tmp_path / "catalogue.sqlite") + 2
    finally:
        server.stop()
