"""The commands against a stack."""

import json

import pytest
from typer.testing import CliRunner, Result

from cocktailspace.bootstrap import build_services
from cocktailspace.cli.commands import app
from cocktailspace.settings import Settings, SettingsError
from tests.aws.batch import MOUNT
from tests.aws.test_switch import NAMES_OF_ONE_SWITCH
from tests.aws.world import AwsWorld


def _run(aws: AwsWorld, *arguments: str, **more: str) -> Result:
    given = aws.template.functions["CocktailLambda"].environment | more
    environment = {name: text.replace(MOUNT, str(aws.efs)) for name, text in given.items()}
    return CliRunner().invoke(app, arguments, env=environment)


def test_status_reads_the_bucket(aws: AwsWorld) -> None:
    result = _run(aws, "status", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["state"] == "fresh"
    assert found["published_run_id"] == aws.refresh["published_run_id"]


def test_refresh_says_where_jobs_run(aws: AwsWorld) -> None:
    result = _run(aws, "refresh")
    assert result.exit_code == 1
    assert "scripts/trigger-analytics-refresh.sh" in result.output


def test_doctor_names_what_no_edit_can_do_without(aws: AwsWorld) -> None:
    result = _run(aws, "doctor")
    assert result.exit_code == 0, result.output
    assert "edits move the schedule cocktailspace-dev-analytics-debounce" in result.output
    result = _run(aws, "doctor", ANALYTICS_TRIGGER_FUNCTION="", ANALYTICS_SCHEDULER_ROLE_ARN="")
    assert result.exit_code == 1
    assert "ANALYTICS_TRIGGER_FUNCTION and ANALYTICS_SCHEDULER_ROLE_ARN too" in result.output


def test_no_folder_is_made_or_needed(aws: AwsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Settings, "artifacts_folder", property(lambda _settings: pytest.fail("not on AWS"))
    )
    assert aws.new_function().request("GET", "/api/v1/refresh").status == 200


def test_a_missing_region_is_named(
    aws_environment: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(SettingsError, match="AWS_DEFAULT_REGION"):
        build_services(Settings(analytics_bucket="b"))


def test_aws_debounces_by_a_quarter_of_an_hour_unless_told_otherwise(
    aws_environment: None,  # noqa: ARG001
) -> None:
    for settings, minutes in (
        ({}, (15, 60)),
        ({"analytics_debounce_minutes": 5}, (5, 20)),
        ({"analytics_max_wait_minutes": 30}, (15, 30)),
    ):
        scheduled = Settings(**NAMES_OF_ONE_SWITCH, **settings)
        policy = build_services(scheduled).refresher._reader.policy  # type: ignore[attr-defined]
        found = (policy.debounce.total_seconds() / 60, policy.max_wait.total_seconds() / 60)
        assert found == minutes
