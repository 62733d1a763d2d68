"""The operations page: what it tells to watch is there, and what is there is on it."""

import re

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from cocktailspace.artifacts.report import RunReport
from cocktailspace.bootstrap import Services
from cocktailspace.refresh.ports import Cause
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()


@pytest.fixture
def families(
    services: Services,
    client: TestClient,
    published: None,  # noqa: ARG001 - so that every gauge is there
) -> dict[str, set[str]]:
    """What `/metrics` has after a refresh and a request: samples by family."""
    services.metrics.record_run(RunReport(outcome="published", steps={"map": 1.0}))
    client.get("/")
    text = client.get("/metrics").text
    return {
        family.name: {sample.name for sample in family.samples}
        for family in text_string_to_metric_families(text)
        if family.name.startswith("cocktailspace_")
    }


def test_every_metric_is_on_the_page_and_no_other(families: dict[str, set[str]]) -> None:
    documented = set(re.findall(r"^\| `(cocktailspace_[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert {name.removesuffix("_total") for name in documented} == set(families)


def test_every_cause_is_on_the_page_and_no_other() -> None:
    section = PAGE.partition("| `cause` |")[2].partition("| `outcome` |")[0]
    assert set(re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE)) == set(Cause)


def test_alarms_watch_metrics_that_exist_and_say_what_to_do(
    families: dict[str, set[str]],
) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    [group] = yaml.safe_load(block)["groups"]
    samples = set().union(*families.values())
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        named = set(re.findall(r"cocktailspace_[a-z_]+", rule["expr"]))
        assert named <= samples, rule
        assert named or rule["expr"].startswith("up{")
    assert [f"`{rule['alert']}`" for rule in group["rules"]] == re.findall(
        r"^\| (`Cocktailspace\w+`) \|", PAGE, re.MULTILINE
    )
