"""No room, no rights, no memory: said clearly, the last good result stays, and it mends itself."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.content import CACHED_FILES
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import Manifest
from cocktailspace.artifacts.publish import KEEP_SUPERSEDED
from cocktailspace.artifacts.store import Entry, Stored, StoreError
from cocktailspace.bootstrap import Services, build_services, prepare_catalogue
from cocktailspace.catalogue.ingredients import create_ingredients
from cocktailspace.catalogue.models import IngredientDraft
from cocktailspace.refresh import status as status_module
from cocktailspace.refresh.debounce import FIRST_RETRY, retry_pause
from cocktailspace.refresh.embedded import Refresher, WakeUp
from cocktailspace.refresh.job_lock import FileLock
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.refresh.status import RefreshState, StatusReader
from cocktailspace.settings import Settings
from tests.conftest import BAR, ManualClock, import_document
from tests.operations.site import POLICY, Site
from tests.waiting import children_of, eventually


class FullStore:
    """A store whose disk is full from its n-th write on, until there is room again."""

    def __init__(self, store: FolderStore, writes: int) -> None:
        self._store = store
        self.writes = writes

    def _count(self, key: str) -> None:
        self.writes -= 1
        if self.writes < 0:
            raise StoreError(f"{key}: No space left on device")

    def read(self, key: str) -> Stored:
        return self._store.read(key)

    def write(self, key: str, body: bytes) -> None:
        self._count(key)
        self._store.write(key, body)

    def swap(self, key: str, body: bytes, expected: str | None) -> None:
        self._count(key)
        self._store.swap(key, body, expected)

    def list(self, prefix: str) -> Iterator[Entry]:
        return self._store.list(prefix)

    def delete(self, key: str) -> None:
        self._store.delete(key)


def _whole(site: Site) -> Manifest:
    """What readers follow, every file of it as the manifest says."""
    manifest = site.manifest()
    for entry in manifest.artifacts.values():
        assert len(site.services.store.read(entry.key).body) == entry.bytes
    return manifest


def test_a_full_disk_at_any_write_of_a_job_costs_nothing_but_time(site: Site) -> None:
    for writes in range(40):
        before = _whole(site)
        site.edit()
        full = FullStore(FolderStore(site.settings.artifacts_folder), writes)
        site.jobs.services = replace(site.services, store=full)
        for _ in range(3):
            site.look()
        published = _whole(site)
        left = full.writes
        site.jobs.services = site.services
        if left >= 0:  # the job has ended before the disk was full
            assert published.source_version == site.catalogue().version
            assert writes > len(published.artifacts)
            return
        assert published.source_version in (before.source_version, site.catalogue().version)
        site.clock.now += retry_pause(99)
        site.publishes_the_truth()
    raise AssertionError("the disk was never large enough")


def _fill_pages(site: Site, pages: int) -> None:
    """Let SQLite find no room beyond so many more pages."""
    database = site.services.database
    database.close()
    with contextlib.closing(sqlite3.connect(site.path)) as file:
        file.execute("VACUUM")  # migrations leave pages that could be used again
    with database.schema_change() as connection:
        count = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {count + pages}")


def test_a_catalogue_without_room_says_507_and_writes_nothing_half(site: Site) -> None:
    """Room for so many more pages, whichever write of the transaction that stops."""
    body = {"name": "Long", "instructions": "stir " * 2_000, "ingredients": []}
    for pages in range(9):
        before = site.catalogue()
        _fill_pages(site, pages)
        answer = site.client.post(
            "/api/v1/recipes", json=body | {"name": f"Long {pages}"}, headers=site.headers
        )
        site.services.database.close()  # the bound is the connection's
        if answer.status_code == 201:
            assert pages > 0
            break
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "catalogue_full")
        assert "make room" in answer.json()["error"]["message"]
        assert site.catalogue() == before
        assert site.client.get("/api/v1/recipes?name=long").json()["items"] == []
    else:
        raise AssertionError("there was never room")
    site.publishes_the_truth()


def _mounted(folder: Path, options: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own."""
    folder = tmp_path / "disk"
    if not _mounted(folder, "size=2m"):
        pytest.skip("no file systems may be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _ballast(disk: Path) -> Path:
    """A file that takes all the room there is."""
    path = disk / "ballast"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1024))
    return path


def test_a_catalogue_on_a_full_disk_says_507_and_reads_on(
    small_disk: Path,
    empty_catalogue: Path,
    clock: ManualClock,
    new_services: Callable[..., Services],
) -> None:
    site = Site(small_disk, empty_catalogue, clock, new_services)
    site.fill()
    site.settle()
    ballast = _ballast(small_disk)
    answers = [site.edit() for _ in range(200)]  # the WAL may have some room of its own
    assert {answer.status_code for answer in answers} <= {201, 507}
    assert answers[-1].status_code == 507
    made = sum(answer.status_code == 201 for answer in answers)
    assert len(site.ingredients()) == len(BAR["ingredients"]) + made
    for _ in range(3):
        site.look()
    _whole(site)
    ballast.unlink()
    assert site.edit().status_code == 201
    site.clock.now += retry_pause(99)
    site.publishes_the_truth()
    site.stop()


class Live:
    """The embedded mode with real jobs on the real clock.

    pause: how long after a failure it is tried again.
    """

    pause = timedelta(0)

    def __init__(
        self, folder: Path, artifacts: Path, new_services: Callable[..., Services]
    ) -> None:
        settings = Settings(
            db_path=folder / "catalogue.sqlite",
            analytics_path=artifacts,
            tokens_path=folder / "tokens.json",
        )
        self.services = new_services(settings)
        prepare_catalogue(settings, self.services.database, starter=False)
        import_document(self.services.database, BAR)
        app = create_app(self.services, refresh=True)
        self.client = TestClient(app, raise_server_exceptions=False)

    def edit(self, name: str) -> None:
        with self.services.database.transaction() as tx:
            create_ingredients(tx, [IngredientDraft(name=name)], [""])

    def says(self, state: str) -> dict[str, Any]:
        """Wait until the status says so."""
        found: dict[str, Any] = {}

        def look() -> bool:
            answer = self.client.get("/api/v1/refresh")
            assert answer.status_code == 200, answer.text
            found.update(answer.json())
            return found["state"] == state

        eventually(look)
        return found

    def fails_and_recovers(self, name: str, mend: Callable[[], object], because: str) -> None:
        """Something is broken: an edit's refresh fails, until it is mended and tried again.

        Of a job that died without a word it is known that it failed before it is noted why.
        """
        self.pause = timedelta(hours=1)
        before = self.client.get("/api/v1/analytics/manifest").json()
        self.edit(name)
        eventually(lambda: self.says("failed")["attempt"]["error"] is not None)
        assert because in self.says("failed")["attempt"]["error"]
        shown = self.client.get("/api/v1/analytics/cocktail-space")
        assert shown.status_code == 200
        assert shown.headers["Cocktailspace-Refresh"] == "failed"
        assert self.client.get("/api/v1/analytics/manifest").json() == before
        mend()
        self.pause = timedelta(0)
        fresh = self.says("fresh")
        assert fresh["published_version"] == fresh["catalogue_version"]


@pytest.mark.slow
def test_jobs_without_room_rights_or_memory_fail_clearly_and_recover_by_themselves(
    small_disk: Path,
    tmp_path: Path,
    new_services: Callable[..., Services],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starts: list[float] = []
    start = LocalJobs._start

    def counted(self: LocalJobs, *arguments: Any) -> Any:
        starts.append(time.monotonic())
        return start(self, *arguments)

    monkeypatch.setattr(LocalJobs, "_start", counted)
    live = Live(tmp_path, small_disk / "artifacts", new_services)
    monkeypatch.setattr(status_module, "retry_pause", lambda _failures: live.pause)
    with live.client:
        live.says("fresh")
        ballast = _ballast(small_disk)
        live.fails_and_recovers("No room", ballast.unlink, "No space left on device")

        remount = ["mount", "-o", "remount,ro", str(small_disk)]
        subprocess.run(remount, check=True)
        remount[2] = "remount,rw"
        live.fails_and_recovers(
            "No rights", lambda: subprocess.run(remount, check=True), "Read-only file system"
        )

        python = sys.executable
        starved = tmp_path / "starved-python"
        starved.write_text(f'#!/bin/sh\nulimit -v 100000\nexec {python} "$@"\n')
        starved.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(starved))
        live.fails_and_recovers(
            "No memory", lambda: monkeypatch.setattr(sys, "executable", python), ""
        )
    assert len(starts) < 20, "a job that fails is not started over and over"


def test_a_failure_that_cannot_be_noted_holds_the_next_try_up_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the server lives; each new failure doubles the pause."""
    jobs = LocalJobs(
        FileLock(site.settings.artifacts_folder / ".job.lock"),
        FullStore(FolderStore(site.settings.artifacts_folder), 0),
        {},
        site.clock,
    )
    monkeypatch.setattr(sys, "executable", "/bin/false")
    reader = StatusReader(site.services.database, site.services.store, POLICY, site.clock)
    refresher = Refresher(reader, jobs, WakeUp())
    site.edit()
    site.clock.advance(seconds=3)
    started = []
    for _ in range(int(3 * FIRST_RETRY.total_seconds()) + 10):
        refresher.step()
        if jobs._child is not None and jobs._child.pid not in started:
            started.append(jobs._child.pid)
            assert jobs.wait(240)
            assert refresher.status().state is RefreshState.FAILED
            assert refresher.status().attempt is not None
        site.clock.advance(seconds=1)
    assert len(started) == 3  # at once, after a minute, after two more


def _held() -> tuple[int, int, int]:
    """Open files, threads and children of this process."""
    return len(os.listdir("/proc/self/fd")), threading.active_count(), len(children_of("self"))


def _grew(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """By more than what other tests of this process may still be letting go of."""
    return any(more > less + 5 for less, more in zip(before, after, strict=True))


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_what_a_server_holds_does_not_grow_with_its_refreshes(site: Site) -> None:
    def refresh(times: int) -> None:
        for _ in range(times):
            site.edit()
            site.settle()
            site.client.get("/api/v1/analytics/cocktail-space")

    refresh(CACHED_FILES)  # compressed forms, each in a file
    held, memory = _held(), _memory_mb()
    refresh(24)
    assert not _grew(held, _held())
    assert _memory_mb() - memory < 10
    runs = site.settings.artifacts_folder / "analytics/v1/runs"
    kept = KEEP_SUPERSEDED / timedelta(seconds=2)
    assert len(list(runs.iterdir())) <= 2 + kept


def test_what_a_server_holds_does_not_grow_with_its_child_processes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    jobs = build_services(site.settings).jobs
    held = []
    for _ in range(30):
        jobs.submit()
        assert jobs.wait(240)
        jobs.active()
        held.append(_held())
    assert not _grew(held[0], held[-1])


def test_a_look_of_another_process_is_not_taken_for_a_job(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others look at the lock a thousand times a second; each holds it for a moment."""
    monkeypatch.setattr(sys, "executable", "/bin/true")
    services = build_services(site.settings)
    services.jobs.submit()
    assert services.jobs.wait(240)
    done = threading.Event()

    def look() -> None:
        other = build_services(site.settings).jobs
        while not done.wait(0.001):
            other.active()

    looking = [threading.Thread(target=look) for _ in range(3)]
    for each in looking:
        each.start()
    try:
        for _ in range(60):
            before = services.jobs._child
            job = services.jobs.submit()
            assert services.jobs.started(job)
            assert services.jobs._child is not before
            assert services.jobs.wait(240)
    finally:
        done.set()
        for each in looking:
            each.join()
