"""The composition root: picks the parts that the settings ask for and puts them together."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.integrity import IntegrityChecker
from cocktailspace.artifacts.lease import FolderLease
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore
from cocktailspace.catalogue.backup import backup_before_upgrade
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, Limits
from cocktailspace.catalogue.migrate import migrate, require_catalogue
from cocktailspace.catalogue.postgres import JOB
from cocktailspace.catalogue.several_servers import AdvisoryLock
from cocktailspace.catalogue.transfer import ImportSummary, import_file, starter_file
from cocktailspace.refresh.control import RefreshControl
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Refresher, WakeUp
from cocktailspace.refresh.job_lock import DatabaseLock, FileLock, JobLock
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.refresh.metrics import RefreshMetrics
from cocktailspace.refresh.ports import ScheduleNames, Scheduler
from cocktailspace.refresh.scheduled import ScheduledRefresher
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.refresh.status import StatusReader
from cocktailspace.settings import Settings, SettingsError
from cocktailspace.storage import catalogue_file, choose_store
from cocktailspace.times import Clock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that the edges (HTTP, CLI, job) work with.

    integrity: verifies published artifacts before they are read.
    jobs: runs jobs on this machine; None where a schedule starts them elsewhere.
    lease: of the artifacts folder, for a server to hold; None where artifacts lie elsewhere.
    links: to artifacts in the store, for an API whose responses are limited in size (Lambda); None
    where the API sends all artifacts itself.
    """

    settings: Settings
    database: Database
    store: ArtifactStore
    integrity: IntegrityChecker
    jobs: LocalJobs | None
    refresher: RefreshControl
    metrics: RefreshMetrics
    lease: FolderLease | None = None
    links: ArtifactLinks | None = None

    @property
    def clock(self) -> Clock:
        """The clock that all parts go by."""
        return self.database.clock

    @property
    def data_origins(self) -> list[str]:
        """Hosts besides the API's from which artifacts come."""
        return [self.links.origin] if self.links else []

    def close(self) -> None:
        """Close the connections to the database."""
        self.database.close()


def build_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Build the services that the settings ask for; nothing is connected or opened yet."""
    database = Database(
        settings.catalogue_url,
        limits=Limits(settings.max_ingredients_per_recipe, settings.max_rows_per_bulk),
        clock=clock,
        most_connections=settings.database_connections,
    )
    store, metrics = choose_store(settings), RefreshMetrics()
    integrity = IntegrityChecker(store)
    in_folder = settings.analytics_store == "folder"
    lease = FolderLease(settings.artifacts_folder) if in_folder else None
    jobs = _local_jobs(settings, database, store, metrics)
    reader = StatusReader(
        database,
        store,
        _policy(settings),
        database.clock,
        algorithm_version=PARAMETERS["algorithm_version"],
        is_complete=integrity.is_complete,
    )
    if jobs is None:
        refresher, signal_analytics_run = _scheduled(settings, reader, metrics)
    else:
        refresher, signal_analytics_run = _embedded(settings, reader, jobs, metrics, lease)
    # Last: to know when a run is due, the signal needs the database that calls it.
    database.after_commit = signal_analytics_run
    return Services(settings, database, store, integrity, jobs, refresher, metrics, lease)


def prepare_catalogue(
    settings: Settings, database: Database, *, starter: bool
) -> ImportSummary | None:
    """Make or upgrade the catalogue, if MIGRATE_AT_START allows it.

    starter: fill one that was never changed with what STARTER_CATALOGUE names of the starter
    catalogue; returns what that did.
    Raises SchemaError for a catalogue that is still missing or of another schema.
    """
    if settings.migrate_at_start:
        make_or_upgrade(settings, database)
    require_catalogue(database)
    begins_with = settings.starter_catalogue
    if starter and begins_with != "none":
        with database.transaction() as tx:
            if catalogue_state(tx.connection).version == 0:
                return import_file(tx, starter_file(with_recipes=begins_with == "recipes"))
    return None


def make_or_upgrade(settings: Settings, database: Database) -> None:
    """Make the catalogue, or upgrade it and keep a copy of what it was."""
    if kept := backup_before_upgrade(database):
        logger.info("the catalogue is upgraded; as it was it is kept in %s", kept)
    migrate(database, network_file_system=settings.db_network_file_system)


def _prepare_function(settings: Settings, database: Database) -> Callable[[], None] | None:
    def prepare() -> None:
        prepare_catalogue(settings, database, starter=True)

    return prepare if settings.migrate_at_start else None


def _local_jobs(
    settings: Settings, database: Database, store: ArtifactStore, metrics: RefreshMetrics
) -> LocalJobs | None:
    if settings.analytics_jobs != "local":
        return None
    return LocalJobs(
        _job_lock(settings, database),
        store,
        settings.environment(),
        database.clock,
        metrics,
        time_limit=timedelta(minutes=settings.analytics_job_minutes),
    )


def _job_lock(settings: Settings, database: Database) -> JobLock:
    """Among all who may publish: servers of any machine, or processes of this one."""
    if not database.is_sqlite:
        return DatabaseLock(AdvisoryLock(database.engine, JOB))
    if settings.analytics_store == "folder":
        return FileLock(settings.artifacts_folder / ".job.lock")
    catalogue = catalogue_file(settings)
    return FileLock(catalogue.with_name(f"{catalogue.name}.job.lock"))


def _scheduled(
    settings: Settings, reader: StatusReader, metrics: RefreshMetrics
) -> tuple[RefreshControl, Callable[[], None]]:
    """A refresh whose timer is another service's, and the signal that moves it."""
    scheduler = _scheduler(settings, reader.clock)
    function = settings.analytics_trigger_function
    refresher = ScheduledRefresher(reader, scheduler, function_arn=function)
    return refresher, AnalyticsSignal(refresher.status, scheduler, metrics=metrics)


def _embedded(
    settings: Settings,
    reader: StatusReader,
    jobs: LocalJobs,
    metrics: RefreshMetrics,
    lease: FolderLease | None,
) -> tuple[RefreshControl, Callable[[], None]]:
    """A refresh by a thread of this process, and what wakes it: it looks each second anyway."""
    wake_up = WakeUp()
    prepare = _prepare_function(settings, reader.database)
    refresher = Refresher(reader, jobs, wake_up, prepare=prepare, metrics=metrics, lease=lease)
    return refresher, wake_up.set


def _scheduler(settings: Settings, clock: Clock) -> Scheduler:
    try:  # boto3 is an extra
        from cocktailspace.refresh.eventbridge import EventBridgeScheduler  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "ANALYTICS_SCHEDULER=eventbridge takes more: pip install 'cocktailspace[aws]'"
        raise SettingsError(message) from error
    names = ScheduleNames(
        settings.analytics_schedule_name or "",
        settings.analytics_trigger_function or "",
        settings.analytics_scheduler_role_arn or "",
        settings.analytics_scheduler_dlq_arn,
    )
    return EventBridgeScheduler(names, clock)


def _policy(settings: Settings) -> Debounce:
    """The waits that are set, else the scheduler's; a debounce alone sets both (4 times it)."""
    debounce, max_wait = _DEFAULT_WAITS[settings.analytics_scheduler]
    minutes, most = settings.analytics_debounce_minutes, settings.analytics_max_wait_minutes
    if minutes is not None:
        debounce, max_wait = timedelta(minutes=minutes), timedelta(minutes=4 * minutes)
    slack = timedelta(minutes=settings.analytics_overdue_minutes)
    return Debounce(debounce, max_wait if most is None else timedelta(minutes=most), slack)


_DEFAULT_WAITS = {
    "local": (timedelta(seconds=2), timedelta(seconds=10)),
    "eventbridge": (timedelta(minutes=15), timedelta(minutes=60)),
}
