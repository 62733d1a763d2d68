"""The composition root: picks the parts that the settings ask for and puts them together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import ArgumentError

from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.artifacts.hold import FolderHold
from cocktailspace.artifacts.inspection import Inspection
from cocktailspace.artifacts.store import ArtifactLinks, ArtifactStore
from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.exchange import ImportSummary, import_file, starter_file
from cocktailspace.catalogue.migrate import migrate, require_catalogue
from cocktailspace.catalogue.models import Limits
from cocktailspace.refresh.control import RefreshControl
from cocktailspace.refresh.debounce import Debounce
from cocktailspace.refresh.embedded import Bell, Refresher
from cocktailspace.refresh.local_jobs import LocalJobs
from cocktailspace.refresh.ports import ScheduleNames
from cocktailspace.refresh.scheduled import ScheduledRefresher
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.refresh.tally import Tally
from cocktailspace.settings import Settings, SettingsError
from cocktailspace.storage import choose_store
from cocktailspace.times import Clock, utc_now


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that the edges (HTTP, CLI, job) work with.

    inspection: what published artifacts are read through.
    jobs: the jobs of this machine; None on AWS, where nobody here may start one.
    links: what can hand out addresses of artifacts; None where readers must come through us.
    hold: a server's claim to the artifacts folder; None on AWS, where a bucket is one's own.
    """

    settings: Settings
    database: Database
    limits: Limits
    store: ArtifactStore
    inspection: Inspection
    jobs: LocalJobs | None
    refresher: RefreshControl
    clock: Clock
    tally: Tally
    links: ArtifactLinks | None = None
    hold: FolderHold | None = None

    def close(self) -> None:
        """Give up the connections to the database."""
        self.database.close()


def build_services(settings: Settings, *, clock: Clock = utc_now) -> Services:
    """Connect nothing yet; just choose."""
    return _aws(settings, clock) if settings.aws else _embedded(settings, clock)


def _embedded(settings: Settings, clock: Clock) -> Services:
    store = choose_store(settings)
    lock_path = settings.artifacts_folder / ".job.lock"
    tally = Tally()
    most = timedelta(minutes=settings.analytics_job_minutes)
    jobs = LocalJobs(lock_path, store, settings.environment(), clock, tally, most=most)
    inspection = Inspection(store)
    hold = FolderHold(settings.artifacts_folder)
    bell = Bell()
    # `signal_analytics_run()` of the embedded mode: the refresher is a thread of this process or
    # looks by itself within a second, so there is no alarm to move and nothing to work out.
    database = _database(settings, clock, bell.ring)
    refresher = Refresher(
        database,
        store,
        jobs,
        _policy(settings, timedelta(seconds=2), timedelta(seconds=10)),
        clock,
        bell,
        algorithm_version=PARAMETERS["algorithm_version"],
        prepare=_preparation(settings, database),
        tally=tally,
        whole=inspection,
        hold=hold,
    )
    return Services(
        settings=settings,
        database=database,
        limits=_limits(settings),
        store=store,
        inspection=inspection,
        jobs=jobs,
        refresher=refresher,
        clock=clock,
        tally=tally,
        hold=hold,
    )


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


def _aws(settings: Settings, clock: Clock) -> Services:
    store = choose_store(settings)
    # After the store, which says what is missing: boto3 is an extra.
    from cocktailspace.artifacts.s3 import S3Store  # noqa: PLC0415
    from cocktailspace.refresh.eventbridge import EventBridgeScheduler  # noqa: PLC0415

    links = store if isinstance(store, S3Store) else None

    def signal_analytics_run() -> None:
        signal()  # made below: to know when a run is due, it needs the database that calls it

    database = _database(settings, clock, signal_analytics_run)
    policy = _policy(settings, timedelta(minutes=15), timedelta(minutes=60))
    scheduler = EventBridgeScheduler(_schedule_names(settings), clock)
    tally = Tally()
    inspection = Inspection(store)
    refresher = ScheduledRefresher(
        database,
        store,
        scheduler,
        policy,
        clock,
        algorithm_version=PARAMETERS["algorithm_version"],
        function_arn=settings.analytics_trigger_function,
        whole=inspection,
    )
    signal = AnalyticsSignal(refresher.status, scheduler, tally=tally)
    return Services(
        settings=settings,
        database=database,
        limits=_limits(settings),
        store=store,
        inspection=inspection,
        jobs=None,
        refresher=refresher,
        clock=clock,
        tally=tally,
        links=links,
    )


def _database(settings: Settings, clock: Clock, after_commit: Callable[[], None]) -> Database:
    url, limits = settings.catalogue_url, _limits(settings)
    try:
        return Database(url, limits=limits, clock=clock, after_commit=after_commit)
    except (ArgumentError, ModuleNotFoundError) as error:
        message = f"DATABASE_URL: no driver for {url.drivername!r} is installed ({error})"
        raise SettingsError(message) from error


def _limits(settings: Settings) -> Limits:
    return Limits(settings.max_ingredients_per_recipe, settings.max_rows_per_bulk)


def _schedule_names(settings: Settings) -> ScheduleNames | None:
    """All names or none: a schedule without its function or its role is none."""
    schedule, function = settings.analytics_schedule_name, settings.analytics_trigger_function
    role = settings.analytics_scheduler_role_arn
    if schedule is None or function is None or role is None:
        return None
    return ScheduleNames(schedule, function, role, settings.analytics_scheduler_dlq_arn)


def _policy(settings: Settings, debounce: timedelta, max_wait: timedelta) -> Debounce:
    """What is set, else these; a debounce alone brings a max wait of four times itself."""
    minutes, most = settings.analytics_debounce_minutes, settings.analytics_max_wait_minutes
    if minutes is not None:
        debounce, max_wait = timedelta(minutes=minutes), timedelta(minutes=4 * minutes)
    slack = timedelta(minutes=settings.analytics_overdue_minutes)
    return Debounce(debounce, max_wait if most is None else timedelta(minutes=most), slack)
