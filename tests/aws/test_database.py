"""A stack moves to Aurora: its own jobs, at a PostgreSQL server that lets users in as RDS does."""

import copy
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.sqlite import sqlite_url
from tests.aws import resolve as resolving
from tests.aws.batch import MOUNT
from tests.aws.conftest import Bar
from tests.aws.resolve import ResolvedTemplate, resolve_template, translated_template
from tests.aws.world import AwsWorld
from tests.conftest import ROOT, need
from tests.postgres import postgres_programs
from tests.rds import Rds, new_rds, rds_server

GUIDE = (ROOT / "docs" / "deploy-aws.md").read_text()


@pytest.fixture
def aurora(aws_environment: None) -> Iterator[Rds]:  # noqa: ARG001
    programs = postgres_programs()
    need(programs, "PostgreSQL (Debian: postgresql)")
    assert programs is not None
    with rds_server(programs, any_token=True) as server, new_rds(*server) as made:
        yield made


@pytest.fixture
def template(aurora: Rds, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ResolvedTemplate]:
    """The dev stack's, whose cluster is that server, and whose packages have its certificate."""
    attributes = {
        "Endpoint.Address": f"localhost:{aurora.port}",
        "DBClusterResourceId": "cluster-EXAMPLE",
    }
    known = resolving._IDENTITIES
    monkeypatch.setitem(known, "AWS::RDS::DBCluster", ("{lower}", attributes))
    text = json.dumps(copy.deepcopy(translated_template()))
    for package in ("/var/task", "/opt"):
        text = text.replace(f"{package}/certificates", str(aurora.folder))
    return lambda catalogue: resolve_template(json.loads(text), "dev", Catalogue=catalogue)


def _job(template: ResolvedTemplate, efs: Path, command: Sequence[str]) -> str:
    """Run the job that is submitted by hand; what it says."""
    container = template.resource("DatabaseJobDefinition")["ContainerProperties"]
    given = {each["Name"]: each["Value"] for each in container["Environment"]}
    keys = {name: text for name, text in os.environ.items() if name.startswith("AWS_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the image's has the command, too
    done = subprocess.run(
        [word.replace(MOUNT, str(efs)) for word in command],
        env={"PATH": path, **keys, **given},
        cwd=efs.parent,  # /tmp, in the image
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _of_the_guide(name: str, url: str) -> list[str]:
    """The command of a job that the guide submits, which is given the database's URL."""
    [program] = re.findall(
        rf"--job-name {name} .*?--arg (?:to|from) .*?'(.*?)'\)", GUIDE, re.DOTALL
    )
    known = ["--arg", "to", url, "--arg", "from", url]
    done = subprocess.run(["jq", "-n", *known, program], capture_output=True, check=True)
    command: list[str] = json.loads(done.stdout)["command"]
    return command


def test_a_stack_moves_to_aurora_and_goes_on_from_there(
    template: Callable[[str], ResolvedTemplate],
    deployed: Callable[..., AwsWorld],
    bar: Bar,
    tmp_path: Path,
) -> None:
    efs, moving, moved = tmp_path / "efs", template("moving"), template("aurora")
    file = efs / "catalogue.sqlite"
    shutil.copy(bar.catalogue, file)
    before = hashlib.sha256(file.read_bytes()).digest()

    made = moving.resource("DatabaseJobDefinition")["ContainerProperties"]["Command"]
    assert "cocktailspace_job reads" in _job(moving, efs, made)
    to = moving.outputs["DatabaseUrl"]
    copied = _job(moving, efs, _of_the_guide("copy", to))
    assert "checked: each table has the same rows" in copied

    world = deployed("dev", moved)
    store = world.function.services.store
    for entry in bar.artifacts.list("analytics/"):
        store.write(entry.key, bar.artifacts.read(entry.key).body)
    assert world.is_fresh, "versions and identity came along"
    world.edit("Absinthe")
    assert world.refresh["state"] == "pending"
    world.advance(world.debounce + world.start_time)
    assert world.is_fresh
    assert world.jobs_run == 1
    assert hashlib.sha256(file.read_bytes()).digest() == before, "the file is left as it was"

    _job(moved, efs, _of_the_guide("back", to))
    assert hashlib.sha256((efs / "before-aurora" / file.name).read_bytes()).digest() == before
    with closing(Database(sqlite_url(file))) as database, database.reading() as connection:
        assert "Absinthe" in [each.name for each in list_ingredients(connection)]
