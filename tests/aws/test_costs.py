"""The cost table of the docs is what the script computes, and its quantities are the template's."""

import subprocess
import sys

import pytest

from tests.aws.resolve import Stage, resolve
from tests.conftest import ROOT

SCRIPT = ROOT / "scripts" / "aws_costs.py"
PAGE = ROOT / "docs" / "decisions" / "aws-network-and-cost.md"


@pytest.fixture(scope="module")
def table() -> str:
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_docs_show_what_the_script_computes(table: str) -> None:
    for each in table.split("\n\n"):
        assert each in PAGE.read_text()


def test_aurora_is_paid_for_what_it_never_goes_below(table: str) -> None:
    least = resolve("prod", Catalogue="aurora").resource("Database")[
        "ServerlessV2ScalingConfiguration"
    ]["MinCapacity"]
    assert f"| Aurora capacity | 0.12 per unit-hour | {730 * least:.4g} |" in table


@pytest.mark.parametrize(("stage", "column"), [("prod", 3), ("dev", 6)])
def test_quantities_are_the_templates(table: str, stage: Stage, column: int) -> None:
    always = table.partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in always.splitlines()]
    dollars = {row[0]: row[column] for row in rows}
    template = resolve(stage)
    zones = len(template.resource("SchedulerEndpoint")["SubnetIds"])
    assert dollars["scheduler endpoint"] == f"{zones * 7.30:.2f}"
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    metrics = sum(
        sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in alarms
    )
    assert dollars["alarms"] == f"{metrics * 0.10:.2f}"
