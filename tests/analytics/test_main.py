"""The job as a process: exit codes, the last line, signals."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cocktailspace.analytics.transport.neighbours import FEW
from cocktailspace.artifacts.attempt import read_attempt
from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.manifest import read_published
from cocktailspace.bootstrap import Services
from tests.conftest import BAR, import_document, nothing_published
from tests.waiting import PATIENCE_SECONDS, eventually

JOB = [sys.executable, "-m", "cocktailspace.analytics"]


def _environment(services: Services) -> dict[str, str]:
    return {**os.environ, **services.settings.environment()}


def _run(
    services: Services, *arguments: str, **environment: str
) -> tuple[int, dict[str, object], str]:
    done = subprocess.run(
        [*JOB, *arguments],
        env=_environment(services) | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_it_publishes_says_so_in_one_line_and_exits_with_0(services: Services) -> None:
    import_document(services.database, BAR)
    code, line, log = _run(services)
    published = read_published(services.store)
    assert code == 0
    assert published is not None
    assert published.manifest is not None
    assert line["outcome"] == "published"
    assert line["run_id"] == published.manifest.run_id
    assert "neighbours" in log
    code, line, _ = _run(services)
    assert (code, line["outcome"]) == (0, "nothing to do")
    code, line, _ = _run(services, "--force")
    assert (code, line["outcome"]) == (0, "published")


def test_a_server_of_the_release_before_may_start_it(services: Services) -> None:
    """It calls `--cause` `--because`: the program was upgraded while it ran."""
    import_document(services.database, BAR)
    code, line, log = _run(services, "--because=edit", "--quiet")
    assert (code, line["cause"]) == (0, "edit")
    assert "--because is now --cause" in log
    code, line, log = _run(services, "--cause=retry", "--quiet")
    assert (code, line["cause"], log) == (0, "retry", "")


def test_it_loads_neither_scipy_nor_the_compiler(services: Services) -> None:
    recipes = [{**each, "name": f"{each['name']} {n}"} for each in BAR["recipes"] for n in range(4)]
    import_document(services.database, {**BAR, "recipes": recipes})
    code, _, log = _run(services, PYTHONPROFILEIMPORTTIME="1")
    assert code == 0
    assert "cocktailspace.analytics.layout" in log
    assert "llvmlite" not in log
    assert "numba" not in log
    assert "scipy._lib" not in log  # which every part of it loads


def test_more_recipes_than_a_bare_install_can_compare_fail_with_one_line(
    services: Services, tmp_path: Path
) -> None:
    many = [{**BAR["recipes"][0], "name": f"Drink {n}"} for n in range(FEW + 1)]
    import_document(services.database, {**BAR, "recipes": many})
    (tmp_path / "numba.py").write_text("raise ModuleNotFoundError(name='numba')")
    code, line, log = _run(services, "--quiet", PYTHONPATH=str(tmp_path))
    assert code == 1
    assert "pip install 'cocktailspace[analytics]'" in str(line["error"])
    assert log == ""
    attempt = read_attempt(services.store)
    assert attempt is not None
    assert attempt.error == line["error"]


def test_an_empty_catalogue_is_published_too(services: Services) -> None:
    code, line, _ = _run(services)
    assert (code, line["outcome"]) == (0, "published")


def test_a_failure_exits_with_1_and_leaves_a_note(services: Services, tmp_path: Path) -> None:
    code, line, _ = _run(services, DB_PATH=f"{tmp_path}/nowhere.sqlite")
    assert (code, line["outcome"]) == (1, "failed")
    attempt = read_attempt(services.store)
    assert attempt is not None
    assert attempt.state == "failed"
    assert attempt.error is not None
    assert "no catalogue" in attempt.error


def test_settings_that_make_no_sense_exit_with_1(services: Services) -> None:
    code, line, log = _run(services, ANALYTICS_BUCKET="bucket", ANALYTICS_STORE="")
    assert code == 1
    assert "ANALYTICS_PATH and ANALYTICS_BUCKET are both set" in str(line["error"])
    assert "Traceback" not in log


@pytest.mark.slow
def test_a_database_without_its_driver_exits_with_1(services: Services, tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('not here')")
    url = "postgresql+psycopg://host/name"
    code, line, log = _run(services, DATABASE_URL=url, DB_PATH="", PYTHONPATH=str(tmp_path))
    assert (code, line["outcome"]) == (1, "failed")
    assert "pip install 'cocktailspace[postgres]'" in str(line["error"])
    assert "Traceback" not in log


def test_a_catalogue_that_stays_locked_exits_with_75(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its second try, so that nobody waits for all of them."""
    start = "from cocktailspace.analytics import command, job; job._SNAPSHOT_TRIES = 2"
    monkeypatch.setattr(f"{__name__}.JOB", [sys.executable, "-c", f"{start}; command.main()"])
    path = str(services.database.path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        code, line, _ = _run(services)
    assert (code, line["outcome"]) == (75, "try again")


def test_a_term_signal_stops_it_and_publishes_nothing(services: Services) -> None:
    import_document(services.database, BAR)
    store = FolderStore(services.settings.artifacts_folder)
    with nothing_published(store.root):
        child = subprocess.Popen(JOB, env=_environment(services), stdout=subprocess.PIPE, text=True)
        eventually(lambda: (begun := read_attempt(store)) and begun.source_version is not None)
        child.send_signal(signal.SIGTERM)
        output, _ = child.communicate(timeout=PATIENCE_SECONDS)
    assert child.returncode == 143
    assert json.loads(output.splitlines()[-1])["outcome"] == "stopped"
    assert read_published(store) is None
    attempt = read_attempt(store)
    assert attempt is not None
    assert attempt.state == "stopped"
