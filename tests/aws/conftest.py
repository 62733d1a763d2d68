"""The deployed system without AWS."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scripts.publish_site import publish_files

from cocktailspace.analytics.job import run_job
from cocktailspace.api.lambda_handler import make_handler
from cocktailspace.artifacts.attempt import AttemptRecorder
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.sqlite import sqlite_url
from cocktailspace.refresh.signal import AnalyticsSignal
from cocktailspace.settings import Settings
from cocktailspace.times import utc_now
from tests.aws.edge import Edge, Gateway
from tests.aws.resolve import resolve
from tests.aws.world import AwsWorld, EmbeddedWorld, World, emulated_aws
from tests.conftest import BAR, ManualClock, import_document
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def now() -> ManualClock:
    """A virtual clock that begins now, so that times of child processes can be compared."""
    return ManualClock(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Bar:
    """A small bar, and what is published of it."""

    catalogue: Path
    artifacts: FolderStore


@pytest.fixture(scope="session")
def bar(tmp_path_factory: pytest.TempPathFactory, empty_catalogue: Path) -> Bar:
    """Published once, here, and copied for each test."""
    folder = tmp_path_factory.mktemp("bar")
    path = folder / "catalogue.sqlite"
    shutil.copy(empty_catalogue, path)
    database, store = Database(sqlite_url(path)), FolderStore(folder / "artifacts")
    migrate(database, network_file_system=True)
    import_document(database, BAR)
    note = AttemptRecorder(store, clock=utc_now)
    run_job(path, store, note, clock=utc_now)
    note.succeed()
    database.close()
    return Bar(path, store)


@pytest.fixture
def deployed(
    tmp_path: Path,
    aws_server: str,
    aws_environment: None,  # noqa: ARG001
    patient_scheduler: None,  # noqa: ARG001
    now: ManualClock,
    new_services: Callable[..., Services],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., AwsWorld]]:
    """Deploys a stage, or a template; what is in `efs` below the temporary folder is on its EFS."""
    monkeypatch.setitem(
        AnalyticsSignal.__init__.__kwdefaults__, "patience_seconds", PATIENCE_SECONDS
    )
    efs = tmp_path / "efs"
    efs.mkdir()
    with emulated_aws(aws_server, monkeypatch):
        yield lambda stage, template=None: AwsWorld(
            template or resolve(stage), efs, aws_server, now, new_services
        )


@pytest.fixture
def aws(deployed: Callable[..., AwsWorld], tmp_path: Path, bar: Bar) -> AwsWorld:
    """The dev stack with a bar that is published."""
    shutil.copy(bar.catalogue, tmp_path / "efs" / "catalogue.sqlite")
    world = deployed("dev")
    for entry in bar.artifacts.list("analytics/"):
        world.function.services.store.write(entry.key, bar.artifacts.read(entry.key).body)
    assert world.is_fresh
    return world


@pytest.fixture
def edge(aws: AwsWorld) -> Edge:
    """The dev stack's distribution, over what the site's files were published to."""
    publish_files(aws.template.ref("AnalyticsBucket"))
    limits = aws.template.resource("ApiStage")["DefaultRouteSettings"]
    gateway = Gateway(
        make_handler(aws.function.services),
        limits["ThrottlingRateLimit"],
        limits["ThrottlingBurstLimit"],
    )
    return Edge(aws.template, gateway)


@pytest.fixture
def embedded(
    tmp_path: Path, bar: Bar, now: ManualClock, new_services: Callable[..., Services]
) -> EmbeddedWorld:
    """One machine with a bar that is published."""
    settings = Settings(
        db_path=tmp_path / "catalogue.sqlite",
        analytics_path=tmp_path / "artifacts",
        tokens_path=tmp_path / "tokens.json",
    )
    shutil.copy(bar.catalogue, tmp_path / "catalogue.sqlite")
    shutil.copytree(bar.artifacts.root, tmp_path / "artifacts")
    services = new_services(settings, clock=now)
    migrate(services.database)
    world = EmbeddedWorld(services, now)
    assert world.is_fresh
    return world


@pytest.fixture(params=["embedded", "aws"])
def world(request: pytest.FixtureRequest) -> World:
    """Each of the two ways to run, with a bar that is published."""
    found: World = request.getfixturevalue(request.param)
    return found
