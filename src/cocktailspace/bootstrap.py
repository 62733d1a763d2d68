"""The composition root: picks the parts that the settings ask for and puts them together."""

from dataclasses import dataclass
from datetime import timedelta

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.models import Limits
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Bell, Refresher
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.settings import Settings
from cocktailspace.times import Clock, utc_now


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that the edges (HTTP, CLI, job) work with."""

    settings: Settings
    database: Database
    limits: Limits
    store: ArtifactStore
    jobs: LocalJobs
    refresher: Refresher
    clock: Clock


def build_services(settings: Settings, *, clock: Clock = utc_now) -> Services:
    """Connect nothing yet; just choose."""
    limits = Limits(settings.max_ingredients_per_recipe, settings.max_rows_per_bulk)
    store = _store(settings)
    lock_path = settings.artifacts_folder / ".job.lock"
    jobs = LocalJobs(lock_path, store, settings.environment(), clock)
    bell = Bell()
    # `signal_analytics_run()` of the embedded mode: the refresher is a thread of this process or
    # looks by itself within a second, so there is no alarm to move and nothing to work out.
    database = Database(settings.catalogue_url, limits=limits, clock=clock, after_commit=bell.ring)
    refresher = Refresher(database, store, jobs, _policy(settings), clock, bell)
    return Services(settings, database, limits, store, jobs, refresher, clock)


def _store(settings: Settings) -> ArtifactStore:
    if settings.analytics_bucket is None:
        return FolderStore(settings.artifacts_folder)
    from cocktailspace.artifacts.s3 import S3Store  # noqa: PLC0415 - boto3 is an extra

    return S3Store(settings.analytics_bucket)


def _policy(settings: Settings) -> Debounce:
    """What is set, else 2 s and 10 s; a debounce alone brings a max wait of four times itself."""
    debounce, max_wait = settings.analytics_debounce_minutes, settings.analytics_max_wait_minutes
    if debounce is None:
        wait = timedelta(seconds=10) if max_wait is None else timedelta(minutes=max_wait)
        return Debounce(timedelta(seconds=2), wait)
    return Debounce(
        timedelta(minutes=debounce),
        timedelta(minutes=4 * debounce if max_wait is None else max_wait),
    )
