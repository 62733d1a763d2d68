"""The composition root: picks the parts that the settings ask for and puts them together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.inspection import Inspection
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.exchange import ImportSummary, import_file, starter_file
from cocktailspace.catalogue.migrate import migrate, require_catalogue
from cocktailspace.catalogue.models import Limits
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Bell, Refresher
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.refresh.tally import Tally
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
    tally: Tally


def build_services(settings: Settings, *, clock: Clock = utc_now) -> Services:
    """Connect nothing yet; just choose."""
    limits = Limits(settings.max_ingredients_per_recipe, settings.max_rows_per_bulk)
    store = _store(settings)
    lock_path = settings.artifacts_folder / ".job.lock"
    tally = Tally()
    jobs = LocalJobs(lock_path, store, settings.environment(), clock, tally)
    bell = Bell()
    # `signal_analytics_run()` of the embedded mode: the refresher is a thread of this process or
    # looks by itself within a second, so there is no alarm to move and nothing to work out.
    database = Database(settings.catalogue_url, limits=limits, clock=clock, after_commit=bell.ring)
    refresher = Refresher(
        database,
        store,
        jobs,
        _policy(settings),
        clock,
        bell,
        algorithm_version=PARAMETERS["algorithm_version"],
        prepare=_preparation(settings, database),
        tally=tally,
        whole=Inspection(store),
    )
    return Services(settings, database, limits, store, jobs, refresher, clock, tally)


def prepare_catalogue(
    settings: Settings, database: Database, *, starter: bool
) -> ImportSummary | None:
    """Make or upgrade the catalogue, where that is not another's business; SchemaError then.

    starter: fill one that was never changed with the starter catalogue; returns what that did.
    """
    if settings.migrate_at_start:
        migrate(database, network_file_system=settings.db_network_file_system)
    require_catalogue(database)
    if starter:
        with database.transaction() as tx:
            if catalogue_state(tx.connection).version == 0:
                return import_file(tx, starter_file())
    return None


def _preparation(settings: Settings, database: Database) -> Callable[[], None] | None:
    def prepare() -> None:
        prepare_catalogue(settings, database, starter=True)

    return prepare if settings.migrate_at_start else None


def _store(settings: Settings) -> ArtifactStore:
    if settings.analytics_bucket is None:
        return FolderStore(settings.artifacts_folder)
    from cocktailspace.artifacts.s3 import S3Store  # noqa: PLC0415 - boto3 is an extra

    return S3Store(settings.analytics_bucket)


def _policy(settings: Settings) -> Debounce:
    """What is set, else 2 s and 10 s; a debounce alone brings a max wait of four times itself."""
    debounce, max_wait = settings.analytics_debounce_minutes, settings.analytics_max_wait_minutes
    slack = timedelta(minutes=settings.analytics_overdue_minutes)
    if debounce is None:
        wait = timedelta(seconds=10) if max_wait is None else timedelta(minutes=max_wait)
        return Debounce(timedelta(seconds=2), wait, slack)
    return Debounce(
        timedelta(minutes=debounce),
        timedelta(minutes=4 * debounce if max_wait is None else max_wait),
        slack,
    )
