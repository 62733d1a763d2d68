"""`cocktailspace compare`, in words."""

from typing import Any

from cocktailspace.cli.compare import described


def _words(**changes: list[dict[str, Any]]) -> str:
    return described({"distance": 0.2, "likeness": 77, "near": True, "changes": changes})


def test_what_is_poured_has_its_millilitres_and_a_dash_has_none() -> None:
    swap = {"from": "Gin", "ml": 30.0, "to": "Orange Bitters", "to_ml": 1.2}
    assert _words(
        swap=[swap],
        without=[{"ingredient": "Absinthe", "ml": 3.99}],
        more=[{"ingredient": "Syrup", "ml": 2.5, "to_ml": 4.0}],
        less=[{"ingredient": "Saline", "ml": 1.9, "to_ml": 1.2}],
    ) == (
        "77 of 100, near; swap 30 ml Gin for Orange Bitters, without Absinthe, "
        "more Syrup (2.5 ml → 4 ml), less Saline"
    )
    assert _words(**{"with": [{"ingredient": "Lime Juice", "ml": 4.0}]}).endswith(
        "with 4 ml Lime Juice"
    )
