"""`cocktailspace import` of other people's files."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

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
    run("import", str(bar_file))
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
    run("import", str(bar_file))
    done = run("import", "--yes", str(drinks))
    assert (done.returncode, done.stderr) == (0, "")
    assert "done: recipes: 1 created; 1 new ingredients" in done.stdout
    exported = run("export").stdout
    assert '"name": "Red Hook"' in exported
    assert '"parent": "Unsorted"' in exported
    again = run("import", "--yes", str(drinks))
    assert "done: recipes: 1 unchanged; 0 new ingredients" in again.stdout


def test_mistakes_get_one_line(run: Run, bar_file: Path, drinks: Path) -> None:
    run("import", str(bar_file))
    for arguments, message in (
        (["--on-conflict", "maybe", str(drinks)], "skip, fill or replace"),
        (["--map", "name", str(drinks)], "field=header"),
        (["--replace", str(drinks)], "--replace is for a catalogue's file"),
        (["-"], "is empty"),
    ):
        failed = run("import", *arguments)
        assert failed.returncode == 1
        assert message in failed.stderr
        assert "Traceback" not in failed.stderr
