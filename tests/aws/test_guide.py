"""The guide speaks of what the template makes."""

import re

from tests.aws.resolve import resolve
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "deploy-aws.md").read_text()
ALL_OF_IT = resolve("prod", Catalogue="aurora")


def test_every_alarm_is_explained_and_no_other() -> None:
    explained = set(re.findall(r"^\| `(\w+Alarm)` \|", GUIDE, re.MULTILINE))
    assert explained == ALL_OF_IT.of_type("AWS::CloudWatch::Alarm").keys()


def test_outputs_that_are_asked_for_exist() -> None:
    script = (ROOT / "scripts" / "trigger-analytics-refresh.sh").read_text()
    asked = set(re.findall(r"\$\(output (\w+)\)", GUIDE))
    asked |= set(re.findall(r"\$\(output_of (\w+)\)", script))
    assert asked <= ALL_OF_IT.outputs.keys()
    assert {"TriggerFunction", "Repository", "ApiUrl"} <= asked


def test_resources_and_parameters_that_are_named_exist() -> None:
    template = ALL_OF_IT
    known = template.resources.keys() | template.outputs.keys()
    named = set(re.findall(r"`((?:Analytics|Alarm|Batch|FileSystem|Scheduler)[A-Z]\w+)`", GUIDE))
    assert named <= known
    parameters = ("JobLogGroup", "FirstZone", "SecondZone", "ImageTag", "AlarmEmail")
    for parameter in (*parameters, "Catalogue", "DatabaseSnapshot", "DatabaseCapacity"):
        assert parameter in GUIDE
        resolve("prod", **{parameter: "1"})


def test_input_is_read_from_files() -> None:
    """The AWS CLI reads the file of --cli-input-json twice: from a pipe it gets nothing."""
    assert "--cli-input-json file://$INPUT" in GUIDE
    assert "--cli-input-json file:///dev/stdin" not in GUIDE
