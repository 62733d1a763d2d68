"""What tests share: catalogues on temporary files, the clock in their hands, the real data."""

import asyncio
import fcntl
import gc
import itertools
import json
import os
import shutil
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL

from cocktailspace.analytics.encode import encode_artifact
from cocktailspace.bootstrap import Services, build_services
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.catalogue.transfer import import_file, parse_file
from cocktailspace.collector import exempt_from_collection
from cocktailspace.settings import Settings
from tests.environment import leave_environment
from tests.waiting import PATIENCE_SECONDS

pytest_plugins = (
    "tests.fixtures.aws",
    "tests.fixtures.browser",
    "tests.fixtures.postgres",
)

leave_environment()  # before other conftests import what reads it

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("COCKTAILSPACE_SHARED", ROOT.parent / "shared" / "data"))

# The same examples each time, and none that comes too late: what a test says depends on the code
# alone. HYPOTHESIS_PROFILE=random looks for new ones (make soak, make fuzz).
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("random", settings.get_profile("repeatable"), derandomize=False)
RANDOM = os.environ.get("HYPOTHESIS_PROFILE") == "random"
settings.load_profile("random" if RANDOM else "repeatable")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have the collector of reference cycles pass over all modules and tests, as a server does: by
    itself it takes a fourth of the time in which they are found, and a tenth of the time after.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        exempt_from_collection()
        gc.enable()


_LET_GO_EVERY = 500  # tests
_ended = itertools.count(1)


def pytest_runtest_logfinish() -> None:
    """Let go of what imports have exempted from collection: a server has few of them."""
    if next(_ended) % _LET_GO_EVERY == 0:
        gc.unfreeze()
        exempt_from_collection()


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def need(found: object, what: str) -> None:
    """Skip with a clear line, unless everything has to be there."""
    if found:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is needed (REQUIRE_ALL=1)")
    pytest.skip(f"{what} is not on this machine")


def run_alone(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: the main one's event loop may be in use, or another
    library's, and is left as it is.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy; migrating each test's own would take longer than the test."""
    path = tmp_path_factory.mktemp("template") / "catalogue.sqlite"
    database = Database(sqlite_url(path))
    migrate(database)
    database.close()
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that are marked so run on each of the two databases; `both_databases(False)` excepts
    one of a module.
    """
    marked = metafunc.definition.get_closest_marker("both_databases")
    if marked is not None and marked.args != (False,) and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", ["sqlite", "postgres"])


@pytest.fixture
def backend() -> str:
    """The database that a test's catalogues lie in."""
    return "sqlite"


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, backend: str, tmp_path: Path, empty_catalogue: Path
) -> Iterator[Callable[[], URL]]:
    """Makes empty catalogues: each a file of its own, or a database of its own on the server."""
    if backend == "postgres":
        yield request.getfixturevalue("new_postgres_url")
        return
    numbers = itertools.count()

    def make() -> URL:
        path = tmp_path / f"catalogue-{next(numbers)}.sqlite"
        shutil.copy(empty_catalogue, path)
        return sqlite_url(path)

    yield make


@pytest.fixture
def new_database(
    new_url: Callable[[], URL], clock: ManualClock
) -> Iterator[Callable[..., Database]]:
    """Makes empty catalogues, each of its own."""
    made: list[Database] = []

    def make(**options: object) -> Database:
        made.append(Database(new_url(), clock=clock, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture
def database(new_database: Callable[..., Database]) -> Database:
    return new_database()


@pytest.fixture
def new_services() -> Iterator[Callable[..., Services]]:
    """Builds services from settings, and closes them in the end: no job is left that speaks up in
    another test.
    """
    with ExitStack() as stack:

        def build(*settings: Any, **options: Any) -> Services:
            services = stack.enter_context(closing(build_services(*settings, **options)))
            if services.jobs is not None:
                stack.callback(services.jobs.stop)
            return services

        yield build


@pytest.fixture
def services(
    tmp_path: Path,
    new_url: Callable[[], URL],
    clock: ManualClock,
    new_services: Callable[..., Services],
) -> Services:
    """All parts of the embedded mode over an empty catalogue."""
    url = new_url()
    in_file = url.get_backend_name() == "sqlite"
    settings = Settings(
        db_path=Path(str(url.database)) if in_file else None,
        database_url=None if in_file else url.render_as_string(hide_password=False),
        analytics_path=tmp_path / "artifacts",
        tokens_path=tmp_path / "tokens.json",
    )
    return new_services(settings, clock=clock)


@contextmanager
def nothing_published(artifacts: Path) -> Iterator[None]:
    """Jobs come as far as the swap of the manifest, and wait there until this ends."""
    artifacts.mkdir(parents=True, exist_ok=True)
    with (artifacts / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def patient_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a writer waits for its turn has its own tests; elsewhere a slow machine is no
    fault.
    """
    for name in ("database", "migrate", "sqlite"):
        monkeypatch.setattr(f"cocktailspace.catalogue.{name}.BUSY_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr("cocktailspace.catalogue.postgres.WAIT_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes are counted in the middle of a minute: where one ends, one write more is let pass."""
    middle = SimpleNamespace(time=lambda: 1_800_000_030.0)
    monkeypatch.setattr("limits.storage.memory.time", middle)


@pytest.fixture(scope="session")
def real_catalogue() -> bytes:
    """The real catalogue of 1,356 recipes, where it is at hand."""
    path = SHARED / "catalogue-1356.json"
    if not path.exists():
        pytest.skip(f"the real catalogue is not at {path} (COCKTAILSPACE_SHARED says where)")
    return path.read_bytes()


@pytest.fixture
def load(database: Database) -> Callable[[object], None]:
    """Imports a document into `database`."""

    def load_document(document: object) -> None:
        import_document(database, document)

    return load_document


def encoded(
    name: str, data: object, *, source_version: int = 1, generated_at: datetime | None = None
) -> bytes:
    """An artifact as the job would write it."""
    at = generated_at or datetime.now(UTC)
    with encode_artifact(name, data, source_version=source_version, generated_at=at) as file:
        return file.read()


def import_document(database: Database, document: object) -> None:
    """Import a catalogue/1 document given as Python data; parts may be left out."""
    text = json.dumps({"format": "catalogue/1", **document})  # type: ignore[dict-item]
    with database.transaction() as tx:
        import_file(tx, parse_file(text))


BAR = {
    "units": [
        {"name": "Ounce", "abbreviation": "oz", "millilitres": 30.0},
        {"name": "Dash", "abbreviation": "dash", "millilitres": 0.6},
    ],
    "ingredients": [
        {"name": "Spirit", "parent": None, "allow_substitution": False},
        {"name": "Whiskey", "parent": "Spirit", "allow_substitution": False},
        {"name": "Bourbon", "parent": "Whiskey", "allow_substitution": False},
        {"name": "Rye", "parent": "Whiskey", "allow_substitution": True},
        {"name": "Gin", "parent": "Spirit", "allow_substitution": False},
        {"name": "Vermouth", "parent": None, "allow_substitution": False},
        {"name": "Sweet Vermouth", "parent": "Vermouth", "allow_substitution": False},
        {"name": "Campari", "parent": None, "allow_substitution": False},
        {"name": "Bitters", "parent": None, "allow_substitution": False},
    ],
    "recipes": [
        {
            "name": "Negroni",
            "instructions": "Stir with ice.",
            "ingredients": [
                {"ingredient": "Gin", "amount": 1.0, "unit": "Ounce"},
                {"ingredient": "Campari", "amount": 1.0, "unit": "Ounce"},
                {"ingredient": "Sweet Vermouth", "amount": 1.0, "unit": "Ounce"},
            ],
        },
        {
            "name": "Boulevardier",
            "ingredients": [
                {"ingredient": "Bourbon", "amount": 1.0, "unit": "Ounce"},
                {"ingredient": "Campari", "amount": 1.0, "unit": "Ounce"},
                {"ingredient": "Sweet Vermouth", "amount": 1.0, "unit": "Ounce"},
            ],
        },
        {
            "name": "Manhattan",
            "source": "IBA",
            "source_url": "https://example.org/manhattan",
            "ingredients": [
                {"ingredient": "Rye", "amount": 2.0, "unit": "Ounce"},
                {"ingredient": "Sweet Vermouth", "amount": 1.0, "unit": "Ounce"},
                {"ingredient": "Bitters", "amount": 2.0, "unit": "Dash"},
            ],
        },
    ],
}
"""A small bar: three recipes over a forest of three levels."""
