"""Commands as a person gives them: most of them within this process, some as processes."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from cocktailspace.cli import main
from tests.conftest import BAR
from tests.waiting import PATIENCE_SECONDS

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = [sys.executable, "-c", "from cocktailspace.cli import main; main()"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "DB_PATH": str(tmp_path / "catalogue.sqlite"),
        "ANALYTICS_PATH": str(tmp_path / "artifacts"),
        "TOKENS_PATH": str(tmp_path / "tokens.json"),
        "COLUMNS": "100",
    }


@pytest.fixture
def run_process(environment: dict[str, str]) -> Run:
    """Runs a command as a process of its own."""

    def call(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return call


def _file(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", write_through=True)


def _text(file: io.TextIOWrapper) -> str:
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode()


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Runs a command's whole main function here: nothing has to be imported again."""

    def call(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        words, output, errors = ["cocktailspace", *arguments], _file(), _file()
        with (
            mock.patch.dict(os.environ, environment | more, clear=True),
            mock.patch.multiple(sys, argv=words, stdin=_file(stdin), stdout=output, stderr=errors),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess(words, ended.value.code, _text(output), _text(errors))

    return call


@pytest.fixture
def bar_file(tmp_path: Path) -> Path:
    path = tmp_path / "bar.json"
    path.write_text(json.dumps({"format": "catalogue/1", **BAR}))
    return path
