"""The embedded mode in this process and on a virtual clock.

Real are the files, the API, the refresher, the snapshot and the publishing; the job runs
within the look that starts it.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from cocktailspace.analytics.job import run_job
from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.api.app import create_app
from cocktailspace.api.auth.tokens import TokenFile
from cocktailspace.artifacts.attempt import Attempt, AttemptRecorder
from cocktailspace.artifacts.manifest import Manifest, read_published
from cocktailspace.bootstrap import Services, prepare_catalogue
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.tokens import Role
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Refresher, WakeUp
from cocktailspace.refresh.ports import Job
from cocktailspace.refresh.status import RefreshState, RefreshStatus, StatusReader
from cocktailspace.settings import Settings
from tests.conftest import BAR, ManualClock, import_document

POLICY = Debounce(timedelta(seconds=2), timedelta(seconds=10))


@dataclass
class Jobs:
    """A JobQueue whose job has ended when `submit` returns."""

    services: Services
    run: Callable[..., Any] = run_job
    started: int = 0
    errors: list[str] = field(default_factory=list)

    def submit(self, **_options: Any) -> Job:
        self.started += 1
        job = Job(str(self.started))
        services = self.services
        note = AttemptRecorder(services.store, clock=services.clock, job_id=job.id)
        try:
            catalogue = services.settings.catalogue_file
            self.run(catalogue, services.store, note, clock=services.clock)
        except Exception as error:  # noqa: BLE001 - as the job's own top does
            self.errors.append(str(error))
            note.fail(str(error))
        else:
            note.succeed()
        return job

    def active(self) -> Job | None:
        return None

    def unrecorded_failure(self) -> Attempt | None:
        return None

    def stop(self) -> None:
        return None


class Site:
    """A server, its files and its clock. `serve` again after `stop`, as often as you like."""

    def __init__(
        self,
        folder: Path,
        template: Path,
        clock: ManualClock,
        new_services: Callable[..., Services],
        *,
        algorithm_version: int = PARAMETERS["algorithm_version"],
        **settings: Any,
    ) -> None:
        self.clock, self._new_services = clock, new_services
        self.path = folder / "catalogue.sqlite"
        shutil.copy(template, self.path)
        self.settings = Settings(
            db_path=self.path,
            analytics_path=folder / "artifacts",
            tokens_path=folder / "tokens.json",
            **settings,
        )
        token = TokenFile(folder / "tokens.json", clock).create("ann", Role.ADMIN)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.algorithm_version = algorithm_version
        self.serve()
        self.made = 0

    def serve(self) -> None:
        """What a start of the server does, the starting of threads aside."""
        base = self._new_services(self.settings, clock=self.clock)
        self.jobs = Jobs(base)
        prepare_catalogue(self.settings, base.database, starter=False)
        reader = StatusReader(
            base.database,
            base.store,
            POLICY,
            self.clock,
            algorithm_version=self.algorithm_version,
            is_complete=base.integrity.is_complete,
        )
        refresher = Refresher(reader, self.jobs, WakeUp(), prepare=lambda: self._prepare(base))
        self.services = replace(base, refresher=refresher)
        self.client = TestClient(create_app(self.services), raise_server_exceptions=False)

    def _prepare(self, services: Services) -> None:
        prepare_catalogue(self.settings, services.database, starter=False)

    def stop(self) -> None:
        self.services.close()

    def fill(self) -> None:
        import_document(self.services.database, BAR)

    def edit(self) -> Any:
        """A new ingredient, by HTTP."""
        self.made += 1
        body = {"name": f"Made {self.made} at {self.clock():%H:%M:%S.%f}"}
        return self.client.post("/api/v1/ingredients", json=body, headers=self.headers)

    def status(self) -> RefreshStatus:
        return self.services.refresher.status()

    def look(self, seconds: float = 1.0) -> None:
        """Time passes, and the refresher looks."""
        self.clock.advance(seconds=seconds)
        self.services.refresher.step()

    def settle(self, looks: int = 30) -> int:
        """Look each second until everything is published; how many looks it took."""
        for number in range(looks):
            self.look()
            if self.status().state is RefreshState.FRESH:
                return number + 1
        raise AssertionError(f"not fresh after {looks} looks: {self.status()} {self.jobs.errors}")

    def catalogue(self) -> CatalogueState:
        with self.services.database.reading() as connection:
            return catalogue_state(connection)

    def same_file(self) -> tuple[int, int]:
        """Equal as long as the catalogue is the same file."""
        found = self.path.stat()
        return found.st_dev, found.st_ino

    def manifest(self) -> Manifest:
        published = read_published(self.services.store)
        assert published is not None
        assert published.manifest is not None
        return published.manifest

    def ingredients(self) -> set[str]:
        """As the server's catalogue has them."""
        return {row["name"] for row in self.client.get("/api/v1/ingredients").json()["items"]}

    def published_ingredients(self) -> set[str]:
        """As the published analytics have them."""
        answer = self.client.get("/api/v1/analytics/ingredient-usage")
        return {row["name"] for row in answer.json()["data"]}

    def publishes_the_truth(self) -> None:
        """What is published is of this very catalogue."""
        self.settle()
        state, manifest = self.catalogue(), self.manifest()
        assert (manifest.catalogue_id, manifest.source_version) == (
            state.catalogue_id,
            state.version,
        )
        assert self.published_ingredients() == self.ingredients()
        with self.services.database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def another_catalogue(path: Path, template: Path, clock: ManualClock, *names: str) -> Path:
    """A catalogue of somebody else's, with these ingredients."""
    shutil.copy(template, path)
    database = Database(sqlite_url(path), clock=clock)
    ingredients = [{"name": name, "parent": None, "allow_substitution": False} for name in names]
    with database.schema_change() as connection:
        connection.exec_driver_sql("UPDATE catalogue SET catalogue_id = hex(randomblob(16))")
    if names:
        import_document(database, {"units": [], "recipes": [], "ingredients": ingredients})
    database.close()
    return path
