"""`cocktailspace import` of other people's files, and taking it back."""

import json
import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Run
from tests.waiting import PATIENCE_SECONDS

TEXT = """Red Hook

2 oz rye
1/2 oz Grumble
Stir and strain.
"""


@pytest.fixture
def drinks(tmp_path: Path) -> Path:
    path = tmp_path / "drinks.txt"
    path.write_text(TEXT)
    return path


def test_without_a_terminal_the_plan_is_shown_and_nothing_changed(
    run: Run, bar_file: Path, drinks: Path
) -> None:
    run("import", str(bar_file), "--yes")
    before = run("export").stdout
    planned = run("import", str(drinks))
    assert planned.returncode == 1
    assert "Red Hook" in planned.stdout
    assert "under Unsorted?" in planned.stdout
    assert "nothing was changed" in planned.stdout
    assert run("export").stdout == before
    tried = run("import", "--dry-run", str(drinks))
    assert tried.returncode == 0
    assert run("export").stdout == before


def test_yes_takes_what_is_certain_and_puts_the_rest_under_unsorted(
    run: Run, bar_file: Path, drinks: Path
) -> None:
    run("import", str(bar_file), "--yes")
    done = run("import", "--yes", str(drinks))
    assert (done.returncode, done.stderr) == (0, "")
    assert "done: recipes: 1 created; 1 new ingredient" in done.stdout
    exported = run("export").stdout
    assert '"name": "Red Hook"' in exported
    assert '"parent": "Unsorted"' in exported
    again = run("import", "--yes", str(drinks))
    assert "done: recipes: 1 unchanged; 0 new ingredients" in again.stdout


def test_mistakes_get_one_line(run: Run, bar_file: Path, drinks: Path) -> None:
    run("import", str(bar_file), "--yes")
    for arguments, message in (
        (["--on-conflict", "maybe", str(drinks)], "skip, fill or replace"),
        (["--map", "name", str(drinks)], "--map: say which header is what"),
        (["--replace", str(drinks)], "--replace is for a catalogue's file"),
        (["-"], "is empty"),
    ):
        failed = run("import", *arguments)
        assert failed.returncode == 1
        assert message in failed.stderr
        assert "Traceback" not in failed.stderr


def test_an_import_is_taken_back_by_its_file_or_as_the_last(
    run: Run, bar_file: Path, drinks: Path
) -> None:
    run("import", str(bar_file), "--yes")
    before = run("export").stdout
    run("import", "--yes", str(drinks))
    refused = run("import", "--undo", "others.txt")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "there is no import of others.txt" in refused.stderr
    assert "undone: drinks.txt" in run("import", "--undo", str(drinks)).stdout
    assert run("export").stdout == before
    assert f"undone: {bar_file.name}" in run("import", "--undo").stdout
    assert json.loads(run("export").stdout)["recipes"] == []
    assert "there is no import of anything" in run("import", "--undo").stderr


def test_a_catalogues_own_file_is_taken_back_with_all_that_it_changed(
    run: Run, bar_file: Path, tmp_path: Path
) -> None:
    run("import", str(bar_file), "--yes")
    before = run("export", "--format", "catalogue/2").stdout
    file = json.loads(before)
    file["units"][0]["millilitres"] = 17
    file["ingredients"][0]["description"] = "Changed."
    file["recipes"][0]["instructions"] = "Changed."
    file["recipes"].append({"name": "Added", "ingredients": file["recipes"][0]["ingredients"]})
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(file))
    assert "1 created, 3 updated" in run("import", str(changed), "--yes").stdout
    assert run("export", "--format", "catalogue/2").stdout != before
    run("import", "--undo")
    assert run("export", "--format", "catalogue/2").stdout == before


def test_what_was_changed_since_is_not_taken_back(run: Run, bar_file: Path, tmp_path: Path) -> None:
    run("import", str(bar_file), "--yes")
    file = json.loads(run("export").stdout)
    for text in ("Once.", "Twice."):
        file["recipes"][0]["instructions"] = text
        (tmp_path / f"{text}json").write_text(json.dumps(file))
        run("import", str(tmp_path / f"{text}json"), "--yes")
    refused = run("import", "--undo", "Once.json")
    assert refused.returncode == 1
    assert "changed since" in refused.stderr
    assert json.loads(run("export").stdout)["recipes"][0]["instructions"] == "Twice."


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.side, other = pty.openpty()
        self.child = subprocess.Popen(
            [*COMMAND, *arguments], env=environment, stdin=other, stdout=other, stderr=other
        )
        os.close(other)
        self.said = ""

    def wait_for(self, text: str) -> None:
        """Read until the command says so."""
        while not re.search(text, self.said):
            ready, _, _ = select.select([self.side], [], [], PATIENCE_SECONDS)
            assert ready, self.said
            self.said += os.read(self.side, 65_536).decode(errors="replace")

    def answer(self, text: str) -> None:
        """Type a line."""
        self.said = ""
        os.write(self.side, f"{text}\n".encode())


def test_whoever_has_a_terminal_is_asked(
    run: Run, bar_file: Path, drinks: Path, environment: dict[str, str]
) -> None:
    run("import", str(bar_file), "--yes")
    terminal = Terminal(["import", str(drinks)], environment | {"COLUMNS": "200"})
    terminal.wait_for("source of recipes that name none")
    terminal.answer("Aunt Mary")
    terminal.wait_for("under Unsorted.*\\[y\\]")
    terminal.answer("Nowhere")
    terminal.wait_for("there is no ingredient 'Nowhere'")
    terminal.wait_for("name of an ingredient.*\\[y\\]")
    terminal.answer("Gin")
    terminal.wait_for("done: recipes: 1 created")
    assert terminal.child.wait(PATIENCE_SECONDS) == 0
    os.close(terminal.side)
    exported = json.loads(run("export").stdout)
    parents = {each["name"]: each["parent"] for each in exported["ingredients"]}
    assert parents["Grumble"] == "Gin"
    (hook,) = [each for each in exported["recipes"] if each["name"] == "Red Hook"]
    assert hook["source"] == "Aunt Mary"
