"""`cocktailspace compare`, in words."""

import json
from pathlib import Path
from typing import Any

from cocktailspace.cli.compare import described
from tests.cli.conftest import Run
from tests.conftest import BAR

COUNTED = {"Mint", "Basil"}


def _words(**changes: list[dict[str, Any]]) -> str:
    return described({"distance": 0.2, "likeness": 77, "near": True, "changes": changes}, COUNTED)


def test_what_is_poured_has_its_millilitres_and_a_dash_has_none() -> None:
    swap = {"from": "Gin", "ml": 30.0, "to": "Orange Bitters", "to_ml": 1.2}
    assert _words(
        swap=[swap],
        without=[{"ingredient": "Absinthe", "ml": 3.99}],
        more=[{"ingredient": "Syrup", "ml": 2.5, "to_ml": 4.0}],
        less=[{"ingredient": "Saline", "ml": 1.9, "to_ml": 1.2}],
    ) == (
        "77 of 100, near; swap 30 ml Gin for Orange Bitters, no Absinthe, "
        "more Syrup (2.5 ml → 4 ml), less Saline"
    )
    assert _words(**{"with": [{"ingredient": "Lime Juice", "ml": 4.0}]}).endswith(
        "add 4 ml Lime Juice"
    )


def test_amounts_that_come_to_the_same_are_not_told() -> None:
    swap = {"from": "Gin", "ml": 59.1, "to": "Bourbon", "to_ml": 59.15}
    more = {"ingredient": "Lime Juice", "ml": 22.0, "to_ml": 22.4}
    assert _words(swap=[swap], more=[more]) == (
        "77 of 100, near; swap Gin for Bourbon, more Lime Juice"
    )


def test_what_is_counted_in_pieces_has_no_millilitres() -> None:
    assert _words(
        swap=[
            {"from": "Basil", "ml": 5.0, "to": "Mint", "to_ml": 8.0},
            {"from": "Mint", "ml": 8.0, "to": "Gin", "to_ml": 30.0},
        ],
        without=[{"ingredient": "Mint", "ml": 8.0}],
        more=[{"ingredient": "Basil", "ml": 4.0, "to_ml": 8.0}],
    ) == ("77 of 100, near; swap Basil for Mint, swap Mint for 30 ml Gin, no Mint, more Basil")


def test_the_command_takes_from_the_run_what_is_counted(run: Run, tmp_path: Path) -> None:
    gin = {"ingredient": "Gin", "amount": 2.0, "unit": "Ounce"}
    leaves = {"ingredient": "Bitters", "amount": 8.0, "unit": "Leaf"}
    document = {
        **BAR,
        "format": "catalogue/1",
        "units": [*BAR["units"], {"name": "Leaf", "millilitres": None}],  # type: ignore[misc]
        "recipes": [
            {"name": "Plain", "ingredients": [gin]},
            {"name": "With leaves", "ingredients": [gin, leaves]},
        ],
    }
    file = tmp_path / "leaves.json"
    file.write_text(json.dumps(document))
    for command in (["import", "--yes", str(file)], ["refresh"]):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    assert run("compare", "Plain", "With leaves").stdout.endswith("; add Bitters\n")
