"""The documentation says what the code does."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.auth.issuer import REFETCH_SECONDS
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.bootstrap import Services
from cocktailspace.cli.commands import app
from cocktailspace.settings import Settings
from tests.conftest import ROOT
from tests.load.harness import Server

REFERENCE = (ROOT / "docs" / "reference.md").read_text()
README = (ROOT / "README.md").read_text()


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", REFERENCE, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_route_is_documented_and_no_other(services: Services) -> None:
    documented = set(
        re.findall(r"^\| `((?:GET|PUT|POST|DELETE) /[^`]*)` \|", REFERENCE, re.MULTILINE)
    )
    with TestClient(create_app(services)) as client:
        paths = client.get("/api/v1/openapi.json").json()["paths"]
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/api/v1")
    }
    assert documented == routes


def test_every_command_is_documented_and_no_other() -> None:
    section = REFERENCE.partition("## Commands")[2].partition("## Routes")[0]
    documented = set(re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE))
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    groups = {group.name for group in app.registered_groups}
    assert documented == commands | groups


def test_every_artifact_is_documented_and_no_other() -> None:
    section = REFERENCE.partition("## Artifacts")[2]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == set(ArtifactName)


def test_the_readme_names_the_pythons_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tested = [each.rpartition(" ")[2] for each in project["classifiers"] if ":: 3." in each]
    assert f"Python {', '.join(tested[:-1])} or {tested[-1]}" in README
    assert project["requires-python"] == f">={tested[0]}"
    assert f"--universal --python-version {tested[0]}" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"])
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_files_that_pages_name_exist() -> None:
    """Other than in the table of the design documents' names, whose first column is not ours."""
    tree = [*ROOT.iterdir()]
    for folder in ("src", "tests", "scripts", "benchmarks", "docs"):
        tree += (ROOT / folder).rglob("*")
    known = {f"/{path.relative_to(ROOT)}" for path in tree}
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "benchmarks" / "README.md"]
    for page in pages:
        text = re.sub(r"^\| `[^|]*\|", "|", page.read_text(), flags=re.MULTILINE)
        for name in re.findall(r"`([\w./-]+\.(?:py|sh|js|css|toml|yaml|md))`", text):
            assert any(each.endswith(f"/{name}") for each in known), f"{page.name} names {name}"


def test_the_readme_says_what_a_month_costs() -> None:
    table = (ROOT / "docs" / "decisions" / "aws-network-and-cost.md").read_text()
    row = re.findall(r"\*\*([0-9.]+)\*\*", table.partition("**a month**")[2])
    prod, dev = round(float(row[0])), round(float(row[2]))
    assert f"${dev} a month idle as dev, ${prod} as prod" in README


def test_keys_are_fetched_as_seldom_as_is_said() -> None:
    page = (ROOT / "docs" / "decisions" / "tokens-and-policy.md").read_text()
    assert REFETCH_SECONDS == 30
    assert "at most once in half a minute" in " ".join(page.split())


@pytest.mark.slow
def test_every_example_of_the_readme_runs(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        environment = server.environment | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "TOKEN": server.command("token", "new", "reader").strip(),
        }
        for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
            script = block.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
            script = script.replace("curl ", "curl --fail ")
            done = subprocess.run(
                ["bash", "-euc", script],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    finally:
        server.stop()
