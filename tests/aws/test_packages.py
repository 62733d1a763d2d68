"""What is sent to Lambda: small, and whole."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = {"numba", "llvmlite", "scipy", "umap-learn", "matplotlib"}


def locked(name: str) -> dict[str, set[str]]:
    """Versions by package; a lock for several Pythons may have two of one."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    for package, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE):
        versions.setdefault(package, set()).add(version)
    return versions


def test_the_api_brings_no_numerics_but_numpy() -> None:
    assert not locked("lambda").keys() & HEAVY
    assert {"numpy", "boto3", "mangum"} <= locked("lambda").keys()


@pytest.mark.parametrize("name", ["lambda", "job"])
def test_what_is_deployed_is_what_is_tested(name: str) -> None:
    tested = locked("dev")
    untested = {
        package: versions
        for package, versions in locked(name).items()
        if not versions <= tested.get(package, set())
    }
    assert untested == {}, "run `make lock`"


def test_the_api_stays_far_under_lambdas_limit() -> None:
    """As installed here: the same packages, if not the same processor."""
    total = sum(path.stat().st_size for path in (ROOT / "src").rglob("*") if path.is_file())
    for name in locked("lambda"):
        for file in importlib.metadata.files(name) or ():
            path = Path(str(file.locate()))
            if path.suffix != ".pyc" and path.exists():
                total += path.stat().st_size
    assert 50e6 < total < 190e6


SERVE = """
import importlib.abc, importlib.metadata, json, sys

allowed = set(sys.argv[1].split())

class OnlyWhatIsSent(importlib.abc.MetaPathFinder):
    owners = importlib.metadata.packages_distributions()

    def find_spec(self, name, path=None, target=None):
        owners = {each.lower().replace("_", "-") for each in self.owners.get(name, ())}
        if owners and not owners & allowed:
            raise ModuleNotFoundError(f"{name} is not sent", name=name)
        return None

sys.meta_path.insert(0, OnlyWhatIsSent())
from cocktailspace.api.lambda_handler import handler

event = {
    "version": "2.0", "rawPath": "/healthz", "rawQueryString": "", "headers": {"host": "any"},
    "requestContext": {"http": {"method": "GET", "path": "/healthz", "sourceIp": "192.0.2.1"}},
    "isBase64Encoded": False,
}
print(handler(event, None)["statusCode"])
"""


def test_the_api_answers_with_what_is_sent_alone(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DB_PATH": str(tmp_path / "catalogue.sqlite"),
        "DB_NETWORK_FILE_SYSTEM": "true",
        "ANALYTICS_BUCKET": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    sent = " ".join([*locked("lambda"), "cocktailspace"])
    done = subprocess.run(
        [sys.executable, "-c", SERVE, sent],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "200", done.stderr


def test_bytecode_is_of_the_runtimes_python_or_none_is_built() -> None:
    """Bytecode of any other version would be passed over, and each cold start would compile."""
    done = subprocess.run(
        ["scripts/build-lambda.sh", "api"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "RUNTIME_PYTHON": "/bin/true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.13: say RUNTIME_PYTHON=" in done.stderr
    script = (ROOT / "scripts" / "build-lambda.sh").read_text()
    assert "compileall" in script
    assert "unchecked-hash" in script, "the functions cannot write, and times of files vary"


def test_the_trigger_is_one_small_file_that_stands_alone(tmp_path: Path) -> None:
    folder = tmp_path / "trigger"
    subprocess.run(
        ["scripts/build-lambda.sh", "trigger"],
        cwd=ROOT,
        env=os.environ | {"OUT": str(tmp_path)},
        check=True,
    )
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 100_000
    script = (
        "import sys; before = set(sys.modules); sys.path.insert(0, sys.argv[1]); import trigger;"
        "print(*{name.partition('.')[0] for name in sys.modules.keys() - before})"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, str(folder)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    of_boto3 = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
    of_boto3.add("certifi")  # taken where it is there
    others = {
        name
        for name in done.stdout.split()
        if name not in sys.stdlib_module_names and not name.startswith("_")
    }
    assert others - of_boto3 == {"trigger"}
