"""What is handed on: a wheel and an sdist that hold everything, the same bytes each time."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


def _build(sources: Path) -> dict[str, bytes]:
    """Build both from a copy of the sources, whose files are as old as the copy."""
    shutil.copytree(ROOT / "src", sources / "src", ignore=IGNORED)
    for name in ("pyproject.toml", "README.md"):
        (sources / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."],
        cwd=sources,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
    )
    return {path.name: path.read_bytes() for path in (sources / "dist").iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _build(tmp_path_factory.mktemp("once"))


def test_wheel_and_sdist_hold_every_file_of_the_package(
    built: dict[str, bytes], tmp_path: Path
) -> None:
    package = ROOT / "src" / "cocktailspace"
    wanted = {
        f"cocktailspace/{path.relative_to(package)}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"cocktailspace/catalogue/starter.json", "cocktailspace/web/static/icon.svg"} < wanted
    wheel, sdist = sorted(built, key=lambda name: not name.endswith(".whl"))
    for name in (wheel, sdist):
        (tmp_path / name).write_bytes(built[name])
    with zipfile.ZipFile(tmp_path / wheel) as archive:
        assert wanted <= set(archive.namelist())
    with tarfile.open(tmp_path / sdist) as archive:
        found = {name.partition("/")[2].removeprefix("src/") for name in archive.getnames()}
    assert wanted <= found


def test_the_same_sources_make_the_same_bytes(built: dict[str, bytes], tmp_path: Path) -> None:
    assert _build(tmp_path / "again") == built
