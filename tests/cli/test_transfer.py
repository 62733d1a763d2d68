"""What goes in and out by the command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cocktailspace.cli import transfer
from cocktailspace.cli.commands import app
from tests.conftest import BAR

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DB_PATH", str(tmp_path / "catalogue.sqlite"))
    monkeypatch.setenv("ANALYTICS_PATH", str(tmp_path / "artifacts"))
    runner = CliRunner()
    return lambda *arguments, answer="": runner.invoke(app, [*arguments], input=answer)


@pytest.fixture
def fewer(run: Run, tmp_path: Path) -> str:
    """A file that lacks two recipes of a catalogue, an ingredient and a unit."""
    whole, path = tmp_path / "whole.json", tmp_path / "fewer.json"
    whole.write_text(json.dumps({"format": "catalogue/1", **BAR}))
    assert run("import", str(whole), "--yes").exit_code == 0
    rows = {table: rows[:1] for table, rows in BAR.items() if table != "ingredients"}
    ingredients = [row for row in BAR["ingredients"] if row["name"] != "Bitters"]  # type: ignore[index]
    path.write_text(json.dumps({"format": "catalogue/1", "ingredients": ingredients, **rows}))
    return str(path)


def _recipes(run: Run) -> int:
    return len(json.loads(run("export").stdout)["recipes"])


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's input is a person's."""

    class Terminal:
        stdin = type("Stdin", (), {"isatty": staticmethod(lambda: True)})
        exit = staticmethod(sys.exit)

    monkeypatch.setattr(transfer, "sys", Terminal)


def test_without_a_terminal_the_plan_is_shown_and_nothing_is_changed(run: Run, fewer: str) -> None:
    done = run("import", fewer, "--replace")
    assert done.exit_code == 1
    assert "1 unit: Dash" in done.output
    assert "1 ingredient: Bitters" in done.output
    assert "2 recipes: Boulevardier, Manhattan (IBA)" in done.output
    assert "nothing was changed: confirm at a terminal, or take it with --yes" in done.output
    assert _recipes(run) == 3


def test_scripts_say_yes(run: Run, fewer: str) -> None:
    done = run("import", fewer, "--replace", "--yes")
    assert done.exit_code == 0
    assert "4 deleted" in done.stdout
    assert _recipes(run) == 1


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("n\n", 3)])
def test_a_person_is_asked(run: Run, fewer: str, answer: str, left: int) -> None:
    done = run("import", fewer, "--replace", answer=answer)
    assert "bring it in?" in done.output
    assert done.exit_code == (0 if left == 1 else 1)
    assert _recipes(run) == left


def _plural(tmp_path: Path) -> str:
    """A file that calls an ingredient by a name that is nearly another's."""
    path = tmp_path / "plural.json"
    line = {"ingredient": "Gins", "amount": 1}
    rows = {"ingredients": [{"name": "Gins"}], "recipes": [{"name": "Two", "ingredients": [line]}]}
    path.write_text(json.dumps({"format": "catalogue/1", **rows}))
    return str(path)


@pytest.mark.usefixtures("person", "fewer")
@pytest.mark.parametrize(("answer", "name"), [("y\ny\n", "Gin"), ("n\ny\n", "Gins")])
def test_a_name_that_is_nearly_anothers_is_asked_about(
    run: Run, tmp_path: Path, answer: str, name: str
) -> None:
    done = run("import", _plural(tmp_path), answer=answer)
    assert "Gins may be Gin: is it the same?" in done.output
    (two,) = (each for each in json.loads(run("export").stdout)["recipes"] if each["name"] == "Two")
    assert two["ingredients"][0]["ingredient"] == name


@pytest.mark.usefixtures("fewer")
def test_with_yes_a_files_names_are_what_they_are(run: Run, tmp_path: Path) -> None:
    done = run("import", _plural(tmp_path), "--yes")
    assert "Gins beside Gin" in done.output
    assert '"name": "Gins"' in run("export").stdout


@pytest.mark.usefixtures("fewer")
def test_what_deletes_nothing_needs_no_confirmation(run: Run, tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    assert run("import", str(whole), "--yes", "--replace").exit_code == 0


@pytest.mark.usefixtures("fewer")
def test_an_export_says_what_it_left_out(run: Run, tmp_path: Path) -> None:
    more = tmp_path / "more.json"
    row = {"name": "Negroni", "garnish": "orange"}
    more.write_text(json.dumps({"format": "catalogue/2", "recipes": [row]}))
    assert run("import", str(more), "--yes").exit_code == 0
    assert "only --format catalogue/2 has a place for it: Garnish 1" in run("export").stderr
    whole = run("export", "--format", "catalogue/2")
    assert whole.stderr == ""
    assert json.loads(whole.stdout)["recipes"][0]["garnish"] == "orange"


@pytest.mark.usefixtures("fewer")
def test_an_unknown_format_is_refused_with_those_there_are(run: Run) -> None:
    done = run("export", "--format", "xml")
    assert done.exit_code == 1
    assert "catalogue/1, catalogue/2, csv, json-ld, markdown" in done.stderr
    assert run("export", "--format", "csv").stdout.startswith("name,instructions,")
