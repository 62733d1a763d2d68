"""What tests of regions share: books of recipes by name, and the regions of such a book."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from cocktailspace.analytics.regions import regions
from cocktailspace.analytics.space import Space, masses_of, space_of
from cocktailspace.analytics.transport import taxonomy
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

Lines = dict[str, float]
Book = dict[str, Lines]
"""Volume by ingredient, by recipe."""

Forest = dict[str, str | None]
"""Each ingredient's parent."""

BAR: Forest = {
    "Gin": None,
    "London Dry Gin": "Gin",
    "Old Tom Gin": "Gin",
    "Whiskey": None,
    "Bourbon": "Whiskey",
    "Rye": "Whiskey",
    "Rum": None,
    "Juice": None,
    "Lime Juice": "Juice",
    "Lemon Juice": "Juice",
    "Lime": None,
    "Sweet Vermouth": None,
    "Campari": None,
    "Sherry": None,
    "Brandy": None,
    "Tequila": None,
    "Vodka": None,
}


def starter() -> tuple[Forest, Book]:
    document = json.loads((files("cocktailspace.catalogue") / "starter.json").read_bytes())
    return read(document)


def read(document: dict[str, Any]) -> tuple[Forest, Book]:
    """Pieces count as 1 ml each."""
    ml = {unit["name"]: unit["millilitres"] or 1.0 for unit in document["units"]}
    book: Book = {}
    for recipe in document["recipes"]:
        lines = book.setdefault(recipe["name"], {})
        for line in recipe["ingredients"]:
            if line.get("optional"):
                continue
            volume = (line.get("amount") or 1.0) * (ml[line["unit"]] if line.get("unit") else 1.0)
            lines[line["ingredient"]] = lines.get(line["ingredient"], 0.0) + volume
    return {each["name"]: each["parent"] for each in document["ingredients"]}, book


def snapshot(forest: Forest, book: Book, numbers: Sequence[int] | None = None) -> Snapshot:
    """`numbers`: the ingredients' ids, where not 1, 2, 3 ..."""
    ids = dict(zip(forest, numbers or range(1, len(forest) + 1), strict=True))
    ingredients = [
        Ingredient(ids[name], name, ids[parent] if parent else None, False)
        for name, parent in forest.items()
    ]
    recipes = [
        Recipe(number, name, tuple((ids[each], volume) for each, volume in lines.items()))
        for number, (name, lines) in enumerate(book.items(), 1)
    ]
    by_id = sorted(ingredients, key=lambda each: each.id)
    return Snapshot("cat", 1, tuple(by_id), tuple(recipes))


def subtree_of(space: Space) -> Rows:
    return taxonomy.Forest(space.forest.parents).subtree_masses(masses_of(space.volumes))


Named = list[dict[str, list[str]]]
"""For each level the names of the recipes of each region, by its name, in order."""


def named(forest: Forest, book: Book, numbers: Sequence[int] | None = None) -> Named:
    space = space_of(snapshot(forest, book, numbers))
    name = {recipe.id: recipe.name for recipe in space.recipes}
    levels = regions(space, masses_of(space.volumes))["levels"]
    for level in levels:
        assert len({row["name"] for row in level}) == len(level)
    return [
        {row["name"]: [name[each] for each in row["recipes"]] for row in level} for level in levels
    ]


def copies(count: int, name: str, **lines: float) -> Book:
    """Recipes that are alike but for their names; `_` stands for a space."""
    return {
        f"{name}{chr(65 + n // 26)}{chr(65 + n % 26)}": {
            each.replace("_", " "): volume for each, volume in lines.items()
        }
        for n in range(count)
    }


BASES = ("Gin", "Rum", "Rye", "Bourbon", "Sherry", "Brandy", "Tequila", "Vodka")

OTHERS = {name: lines for base in BASES for name, lines in copies(14, base, **{base: 50}).items()}
"""Recipes of many bases, so that none is too common to set anything apart."""
