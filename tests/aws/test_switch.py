"""Store, scheduler and jobs: each chosen by a setting of its own, or by the names that are set."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cocktailspace.api.lambda_handler import make_handler, prepare
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.artifacts.s3 import S3Store
from cocktailspace.bootstrap import Services, prepare_catalogue
from cocktailspace.refresh.embedded import Refresher
from cocktailspace.refresh.scheduled import ScheduledRefresher
from cocktailspace.refresh.status import RefreshState
from cocktailspace.settings import Settings, SettingsError, read_settings
from tests.conftest import BAR, import_document
from tests.fixtures.aws import reset_aws

NAMES_OF_ONE_SWITCH = {
    "analytics_bucket": "bucket",
    "analytics_schedule_name": "stack-analytics-debounce",
    "analytics_trigger_function": "arn:aws:lambda:us-east-1:123456789012:function:trigger",
    "analytics_scheduler_role_arn": "arn:aws:iam::123456789012:role/scheduler",
    "analytics_scheduler_dlq_arn": "arn:aws:sqs:us-east-1:123456789012:letters",
}
"""What template.yaml gave the functions when ANALYTICS_BUCKET decided everything."""

SCHEDULE = {name: NAMES_OF_ONE_SWITCH[name] for name in list(NAMES_OF_ONE_SWITCH)[1:4]}


@pytest.fixture
def bucket(
    aws_server: str,
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    reset_aws(aws_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_server)
    boto3.client("s3").create_bucket(Bucket="bucket")
    yield "bucket"
    reset_aws(aws_server)


@pytest.fixture
def built(tmp_path: Path, new_services: Callable[..., Services]) -> Callable[..., Services]:
    def build(**settings: Any) -> Services:
        return new_services(Settings(db_path=tmp_path / "catalogue.sqlite", **settings))

    return build


@pytest.mark.usefixtures("aws_environment")
def test_an_environment_from_before_each_had_a_setting_means_what_it_meant(
    tmp_path: Path, built: Callable[..., Services]
) -> None:
    services = built(**NAMES_OF_ONE_SWITCH, analytics_debounce_minutes=5)
    settings = services.settings
    chosen = (settings.analytics_store, settings.analytics_scheduler, settings.analytics_jobs)
    assert chosen == ("s3", "eventbridge", "batch")
    assert isinstance(services.store, S3Store)
    assert isinstance(services.refresher, ScheduledRefresher)
    assert (services.jobs, services.lease) == (None, None)
    prepared = prepare(services)
    assert prepared.links is services.store, "readers fetch from it what is too large for Lambda"
    assert make_handler(prepared) is not None
    assert not (tmp_path / "data").exists()


def test_nothing_set_is_one_machine(tmp_path: Path, built: Callable[..., Services]) -> None:
    services = built(analytics_path=tmp_path / "artifacts")
    assert isinstance(services.store, FolderStore)
    assert isinstance(services.refresher, Refresher)
    assert services.jobs is not None
    assert services.lease is not None


def test_a_bucket_on_one_machine_is_published_to_by_its_own_jobs(
    tmp_path: Path, built: Callable[..., Services], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    services = built(analytics_bucket=bucket)
    assert services.links is None, "the page of this machine need not be let into the bucket"
    prepare_catalogue(services.settings, services.database, starter=False)
    import_document(services.database, BAR)
    assert services.refresher.status().state is RefreshState.PENDING
    assert services.jobs is not None
    services.jobs.submit()
    assert services.jobs.wait(240)
    assert services.refresher.status().state is RefreshState.FRESH
    published = read_published(services.store)
    assert published is not None
    assert published.manifest is not None
    assert published.manifest.counts["recipes"] == 3
    made = {path.name for path in tmp_path.iterdir()}
    assert not [name for name in made if not name.startswith("catalogue.sqlite")], "no folder"


@pytest.mark.usefixtures("aws_environment")
def test_artifacts_of_a_stack_may_lie_in_a_folder(
    tmp_path: Path, built: Callable[..., Services]
) -> None:
    services = built(analytics_path=tmp_path / "artifacts", **SCHEDULE)
    assert isinstance(services.store, FolderStore)
    assert isinstance(services.refresher, ScheduledRefresher)
    assert prepare(services).links is None


@pytest.mark.usefixtures("aws_environment")
def test_a_choice_goes_before_the_names_that_are_set(
    tmp_path: Path, built: Callable[..., Services]
) -> None:
    chosen = {"analytics_store": "folder", "analytics_scheduler": "local"}
    services = built(**NAMES_OF_ONE_SWITCH, **chosen, analytics_path=tmp_path / "a")
    assert isinstance(services.store, FolderStore)
    assert isinstance(services.refresher, Refresher)


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"ANALYTICS_STORE": "s3"}, ["ANALYTICS_STORE=s3 needs ANALYTICS_BUCKET"]),
        ({"ANALYTICS_SCHEDULER": "eventbridge"}, [name.upper() for name in SCHEDULE]),
        (
            {"ANALYTICS_SCHEDULE_NAME": "it"},
            ["ANALYTICS_TRIGGER_FUNCTION", "ANALYTICS_SCHEDULER_ROLE_ARN"],
        ),
        ({"ANALYTICS_TRIGGER_FUNCTION": "it"}, ["ANALYTICS_SCHEDULE_NAME"]),
        ({"BATCH_JOB_QUEUE": "queue"}, ["BATCH_JOB_DEFINITION"]),
        ({"BATCH_JOB_DEFINITION": "job"}, ["BATCH_JOB_QUEUE"]),
        (
            {"BATCH_JOB_QUEUE": "queue", "BATCH_JOB_DEFINITION": "job"},
            ["ANALYTICS_JOBS=batch needs ANALYTICS_SCHEDULE_NAME"],
        ),
        ({"ANALYTICS_JOBS": "batch"}, ["ANALYTICS_JOBS=batch needs ANALYTICS_SCHEDULE_NAME"]),
        (
            {name.upper(): text for name, text in SCHEDULE.items()} | {"ANALYTICS_JOBS": "local"},
            ["ANALYTICS_JOBS=local cannot be started by ANALYTICS_SCHEDULER=eventbridge"],
        ),
        ({"ANALYTICS_STORE": "tape"}, ["ANALYTICS_STORE: ", "'folder' or 's3'"]),
        (
            {"ANALYTICS_BUCKET": "bucket", "ANALYTICS_PATH": "folder"},
            ["ANALYTICS_PATH and ANALYTICS_BUCKET are both set"],
        ),
    ],
    ids=json.dumps,
)
def test_half_a_choice_is_refused_and_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], missing: list[str]
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    for each in missing:
        assert each in str(refused.value)
