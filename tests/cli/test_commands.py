"""The real commands."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from cocktailspace.cli.commands import app
from tests.cli.conftest import COMMAND, Run
from tests.conftest import BAR
from tests.ports import free_port
from tests.waiting import PATIENCE_SECONDS, eventually


def test_import_refresh_status_and_export_go_together(
    run_process: Run, run: Run, bar_file: Path, tmp_path: Path
) -> None:
    imported = run_process("import", str(bar_file), "--yes")
    assert imported.returncode == 0
    assert imported.stdout.endswith("14 created, 0 updated, 0 deleted, 0 unchanged\n")
    assert json.loads(run("status", "--json").stdout)["state"] == "pending"
    refreshed = run_process("refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert "catalogue version" in refreshed.stdout
    assert run("status").stdout.startswith("fresh:")
    target = tmp_path / "out.json"
    assert run("export", str(target)).returncode == 0
    assert json.loads(target.read_text())["recipes"] == BAR["recipes"]
    assert run_process("export").stdout == target.read_text()
    assert run("import", "-", stdin=target.read_text()).stdout.startswith("0 created")
    healthy = run("doctor")
    assert healthy.returncode == 0, healthy.stdout


@pytest.mark.parametrize(
    ("arguments", "more", "message"),
    [
        (["status"], {}, "there is no catalogue at"),
        (["refresh"], {}, "there is no catalogue at"),
        (["export"], {}, "there is no catalogue at"),
        (["import", "/no/such/file.json"], {}, "/no/such/file.json: No such file"),
        (["import", "-"], {}, "standard input: the file is empty"),
        (["status"], {"PORT": "x"}, "PORT: "),
        (["status"], {"DATABASE_URL": "sqlite://"}, "DB_PATH and DATABASE_URL are both set"),
    ],
)
def test_a_users_mistake_gets_one_clear_line(
    run: Run, arguments: list[str], more: dict[str, str], message: str
) -> None:
    done = run(*arguments, **more)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_import_with_bad_rows_lists_them_and_writes_nothing(run: Run) -> None:
    recipes = [{"name": "Martini", "ingredients": [{"ingredient": "Ginn", "amount": -1}]}]
    bad = {"format": "catalogue/1", "ingredients": [{"name": "Gin"}], "recipes": recipes}
    done = run("import", "-", stdin=json.dumps(bad))
    assert done.returncode == 1
    assert "recipes[0].ingredients[0].amount" in done.stderr
    bad["recipes"] = [{"name": "Martini", "ingredients": [{"ingredient": "Ginn"}]}]
    done = run("import", "-", stdin=json.dumps(bad))
    assert (
        "recipes[0].ingredients[0].ingredient: unknown ingredient 'Ginn' (did you mean 'Gin'?)"
        in done.stderr
    )
    assert json.loads(run("export").stdout)["ingredients"] == []


def test_doctor_says_what_to_fix(run: Run) -> None:
    found = run("doctor")
    assert found.returncode == 1
    assert "run `cocktailspace serve`" in found.stdout


def test_commands_start_without_the_web_framework_and_the_compiler() -> None:
    code = (
        "import sys, cocktailspace.cli; print({'fastapi', 'starlette', 'numba'} & {*sys.modules})"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


@pytest.mark.parametrize("command", ["serve", "refresh", "status", "import", "export", "doctor"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout) > 200


def test_help_is_broken_where_the_terminal_ends_alone(run: Run) -> None:
    shown = run("copy", "--help", COLUMNS="80").stdout
    assert "tokens are kept. The old one stays as it is" in shown


@pytest.fixture
def server(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`cocktailspace serve` on a free port, with nothing there before."""
    port = free_port()
    log = (tmp_path / "serve.log").open("wb")
    child = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    try:
        yield f"http://127.0.0.1:{port}", child
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)
        log.close()


def _get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def test_serve_on_an_empty_machine_ends_with_a_map(
    server: tuple[str, subprocess.Popen[bytes]],
) -> None:
    address, child = server
    eventually(lambda: _get(f"{address}/healthz")[0] == 200)
    eventually(lambda: _get(f"{address}/api/v1/analytics/manifest")[0] == 200)
    manifest = json.loads(_get(f"{address}/api/v1/analytics/manifest")[1])
    assert manifest["counts"]["recipes"] >= 100
    assert b"<title>" in _get(f"{address}/")[1]
    child.send_signal(signal.SIGTERM)
    assert child.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def test_what_is_off_by_default_has_no_option_that_switches_it_off() -> None:
    program = typer.main.get_command(app)
    assert isinstance(program, TyperGroup)
    refresh = program.commands["refresh"]
    assert [each.secondary_opts for each in refresh.params] == [["--no-wait"], [], []]
    useless = [
        f"{name} {option}"
        for name, command in program.commands.items()
        for each in command.params
        if each.default is False
        for option in each.secondary_opts
    ]
    assert useless == []
