"""The copy that analytics work on has everything that they need, as it is."""

import json
from collections.abc import Callable
from pathlib import Path

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.snapshot import take_snapshot
from cocktailspace.catalogue.transfer import import_file, parse_file
from tests.conftest import BAR


def path_of(database: Database) -> Path:
    assert database.path is not None
    return database.path


def test_a_snapshot_has_every_ingredient_and_every_line_in_order(
    database: Database, load: Callable[[object], None]
) -> None:
    lines = [
        {"ingredient": "Rye", "amount": 2.0, "unit": "Ounce"},
        {"ingredient": "Bitters", "amount": 3.0},
        {"ingredient": "Gin"},
        {"ingredient": "Campari", "unit": "Dash"},
    ]
    load({**BAR, "recipes": [{"name": "Odd", "ingredients": lines}, {"name": "Empty"}]})
    snapshot = take_snapshot(path_of(database))
    names = {each.id: each.name for each in snapshot.ingredients}
    odd, empty = snapshot.recipes
    assert [(names[each], volume) for each, volume in odd.volumes_ml] == [
        ("Rye", 60.0),
        ("Bitters", 3.0),
        ("Gin", 1.0),
        ("Campari", 0.6),
    ]
    assert (empty.name, empty.volumes_ml) == ("Empty", ())
    assert [
        (each.name, names.get(each.parent_id or 0), each.allow_substitution)
        for each in snapshot.ingredients
    ] == [tuple(row.values()) for row in BAR["ingredients"]]  # type: ignore[attr-defined]


def test_what_most_lines_count_is_counted_in_pieces(
    database: Database, load: Callable[[object], None]
) -> None:
    units = [
        {"name": "Ounce", "millilitres": 30.0},
        {"name": "Each", "millilitres": 1.0},
        {"name": "Leaf", "millilitres": None},
    ]
    lines: dict[str, list[str | None]] = {  # by ingredient, the unit of each
        "Mint": ["Leaf", "Leaf", "Ounce"],
        "Sugar Cube": ["Each"],
        "Cherry": [None, "Each", "Ounce"],
        "Lime Juice": ["Ounce", "Ounce", "Leaf"],
        "Egg White": ["Ounce", None],
        "Gin": ["Ounce"],
        "Olive": [],
    }
    recipes = [
        {"name": f"{name} {n}", "ingredients": [{"ingredient": name, "amount": 2.0, "unit": unit}]}
        for name, many in lines.items()
        for n, unit in enumerate(many)
    ]
    garnish = {"ingredient": "Gin", "amount": 2.0, "unit": "Leaf", "optional": True}
    garnished = {"name": "Garnished", "ingredients": [garnish, garnish]}
    kinds = [{"name": name, "parent": None, "allow_substitution": False} for name in lines]
    document = {"units": units, "ingredients": kinds, "recipes": [*recipes, garnished]}
    load({"format": "catalogue/2", **document})
    snapshot = take_snapshot(path_of(database))
    names = {each.id: each.name for each in snapshot.ingredients}
    counted = {names[each] for each in snapshot.counted_in_pieces}
    assert counted == {"Mint", "Sugar Cube", "Cherry"}


def test_a_snapshot_of_the_real_catalogue_loses_no_line(
    database: Database, real_catalogue: bytes
) -> None:
    with database.transaction() as tx:
        import_file(tx, parse_file(real_catalogue))
    lines = [len(recipe["ingredients"]) for recipe in json.loads(real_catalogue)["recipes"]]
    assert [len(recipe.volumes_ml) for recipe in take_snapshot(path_of(database)).recipes] == lines
