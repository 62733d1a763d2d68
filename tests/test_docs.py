"""The documentation says what the code does."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cocktailspace.api.agents.operations import Operations
from cocktailspace.api.agents.tools import make_agent_server
from cocktailspace.api.app import create_app
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.bootstrap import Services
from cocktailspace.catalogue.transfer import starter_file
from cocktailspace.cli.commands import app
from cocktailspace.settings import Settings
from tests.conftest import ROOT, run_alone
from tests.load.harness import Server

REFERENCE = (ROOT / "docs" / "reference.md").read_text()
README = (ROOT / "README.md").read_text()


def test_the_readme_counts_the_starter_catalogue() -> None:
    starter = starter_file()
    counted = rf"{len(starter.recipes)} cocktails\s+over\s+{len(starter.ingredients)}\s+ingredients"
    assert re.search(counted, README)


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
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    groups = {group.name for group in app.registered_groups}
    assert documented == commands | groups


def test_every_tool_of_agents_is_documented_and_no_other(services: Services) -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "agents.md").read_text(), re.M)
    tools = run_alone(make_agent_server(Operations(create_app(services))).list_tools())
    assert documented == [each.name for each in tools]


def test_every_artifact_is_documented_and_no_other() -> None:
    section = REFERENCE.partition("## Artifacts")[2]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == set(ArtifactName)


_PACKAGES = (
    "analytics", "analytics/bar", "analytics/transport", "api", "artifacts", "catalogue",
    "catalogue/search", "cli", "importing", "refresh",
)  # fmt: skip


@pytest.mark.parametrize("package", _PACKAGES)
def test_a_package_says_what_each_of_its_modules_is_for(package: str) -> None:
    folder = ROOT / "src" / "cocktailspace" / package
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    modules = {each.stem for each in folder.glob("*.py")} - {"__init__", "__main__"}
    assert modules <= set(re.findall(r"`(\w+)(?:\.py)?`", said))


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


@pytest.mark.slow
def test_every_example_of_the_readme_and_the_guides_runs(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        environment = server.environment | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "TOKEN": server.command("token", "new", "reader").strip(),
        }
        for page in (ROOT / "README.md", *sorted((ROOT / "docs" / "guides").iterdir())):
            folder = tmp_path / page.stem
            folder.mkdir()
            for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
                script = block.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
                script = script.replace("curl ", "curl --fail ")
                done = subprocess.run(
                    ["bash", "-euc", script],
                    env=environment,
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, f"{page.name}: {done.stdout}\n{done.stderr}"
    finally:
        server.stop()


def test_the_model_of_scaling_is_what_its_script_computes() -> None:
    script = ROOT / "scripts" / "scaling_model.py"
    table = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert table.stdout in (ROOT / "docs" / "scaling.md").read_text()
