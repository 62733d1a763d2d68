"""Catalogues as arrays, for benchmarks and tests: from and to the bulk format catalogue/1."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import forest_of, masses_of
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.properties import OwnProperties, inherit
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

UNITS = {
    "Ounce": ("oz", 29.5735),
    "Teaspoon": ("tsp", 4.92892),
    "Barspoon": ("bsp", 2.46446),
    "Dash": ("dash", 0.616115),
    "Each": ("each", 1.0),
    "to top": ("top", 90.0),
}


@dataclass(frozen=True)
class CatalogueArrays:
    """A catalogue with names as numbers.

    names, parents (-1 for a root), substitutable: one per ingredient.
    count: the number of recipes; recipe, ingredient, amount, unit: one per line of a recipe, unit
    by its place in `units`, a mapping of name to (abbreviation, millilitres).
    """

    names: list[str]
    parents: NDArray[np.int32]
    substitutable: NDArray[np.bool_]
    count: int
    recipe: NDArray[np.int64]
    ingredient: NDArray[np.int32]
    amount: NDArray[np.float64]
    unit: NDArray[np.int32]
    units: dict[str, tuple[str, float]]

    def volumes(self) -> Rows:
        """Millilitres of the recipes that have any, over the ingredients."""
        millilitres = np.array([volume for _, volume in self.units.values()])
        volume = np.round(self.amount * millilitres[self.unit], 3)
        total = np.bincount(self.recipe, weights=volume, minlength=self.count)
        number = np.cumsum(total > 0) - 1
        kept = total[self.recipe] > 0
        shape = int((total > 0).sum()), len(self.names)
        return Rows.from_triplets(
            number[self.recipe[kept]], self.ingredient[kept], volume[kept], shape
        )

    def forest(self) -> Forest:
        """The taxonomy, with the lengths that the job gives to its edges."""
        above = [None if parent < 0 else parent for parent in self.parents.tolist()]
        kinds = list(zip(above, self.substitutable.tolist(), strict=True))
        return forest_of(kinds, {number: number for number in range(len(kinds))})

    def subtree_masses(self) -> Rows:
        """Rows whose L1 distance is the Earth Mover's Distance, as the job compares them."""
        return self.forest().subtree_masses(masses_of(self.volumes()))

    def document(self) -> dict[str, Any]:
        """The catalogue in the bulk format catalogue/1."""
        unit_names = list(self.units)
        recipes: list[dict[str, Any]] = [
            {"name": f"Recipe {number + 1}", "ingredients": []} for number in range(self.count)
        ]
        for recipe, ingredient, amount, unit in zip(
            self.recipe.tolist(),
            self.ingredient.tolist(),
            self.amount.tolist(),
            self.unit.tolist(),
            strict=True,
        ):
            line = {
                "ingredient": self.names[ingredient],
                "amount": amount,
                "unit": unit_names[unit],
            }
            recipes[recipe]["ingredients"].append(line)
        return {
            "format": "catalogue/1",
            "units": [
                {"name": name, "abbreviation": short, "millilitres": volume}
                for name, (short, volume) in self.units.items()
            ],
            "ingredients": [
                {
                    "name": name,
                    "parent": self.names[parent] if parent >= 0 else None,
                    "allow_substitution": bool(substitutable),
                }
                for name, parent, substitutable in zip(
                    self.names, self.parents, self.substitutable, strict=True
                )
            ],
            "recipes": recipes,
        }


def from_document(document: dict[str, Any]) -> CatalogueArrays:
    """Arrays from the bulk format; no amount, or 0, counts as 1, no unit or a piece as 1 ml."""
    names = [ingredient["name"] for ingredient in document["ingredients"]]
    number = {name: place for place, name in enumerate(names)}
    units = {u["name"]: (u["abbreviation"], u["millilitres"] or 1.0) for u in document["units"]}
    units["millilitre"] = ("ml", 1.0)
    unit_number = {name: place for place, name in enumerate(units)}
    lines = [
        (
            place,
            number[line["ingredient"]],
            line.get("amount") or 1.0,
            unit_number[line.get("unit") or "millilitre"],
        )
        for place, recipe in enumerate(document["recipes"])
        for line in recipe["ingredients"]
    ]
    recipe, ingredient, amount, unit = zip(*lines, strict=True)
    return CatalogueArrays(
        names=names,
        parents=np.array(
            [-1 if i["parent"] is None else number[i["parent"]] for i in document["ingredients"]],
            dtype=np.int32,
        ),
        substitutable=np.array([bool(i["allow_substitution"]) for i in document["ingredients"]]),
        count=len(document["recipes"]),
        recipe=np.array(recipe, dtype=np.int64),
        ingredient=np.array(ingredient, dtype=np.int32),
        amount=np.array(amount, dtype=np.float64),
        unit=np.array(unit, dtype=np.int32),
        units=units,
    )


def snapshot_of(document: dict[str, Any]) -> Snapshot:
    """What the job would read of a catalogue in the bulk format; ids count in its order."""
    ids = {each["name"]: number for number, each in enumerate(document["ingredients"], 1)}
    units = {unit["name"]: number for number, unit in enumerate(document.get("units", []), 1)}
    families = {each["parent"] for each in document["ingredients"]}
    measures = Measures(
        {units[unit["name"]]: unit["millilitres"] for unit in document.get("units", [])},
        inherit(
            {
                ids[each["name"]]: OwnProperties(
                    each["name"],
                    ids.get(each["parent"]),
                    {units[p["unit"]]: p["millilitres"] for p in each.get("pieces", [])},
                    each["name"] in families,
                )
                for each in document["ingredients"]
            }
        ),
    )
    ingredients = tuple(
        Ingredient(
            ids[each["name"]],
            each["name"],
            ids.get(each["parent"]),
            bool(each["allow_substitution"]),
            tuple(each.get("aliases", [])),
            bool(each.get("shelf")),
            ids.get(each.get("made_from")),
            each.get("strength"),
            tuple(each.get("contains", [])),
            bool(each.get("pieces")),
        )
        for each in document["ingredients"]
    )
    recipes = tuple(
        Recipe(
            number,
            recipe["name"],
            tuple(
                (
                    ids[line["ingredient"]],
                    measures.volume(
                        ids[line["ingredient"]],
                        line.get("amount"),
                        line.get("amount_max"),
                        units.get(line.get("unit")),
                        optional=bool(line.get("optional")),
                    ).ml,
                )
                for line in recipe["ingredients"]
            ),
            recipe.get("source") or "",
            tuple(n for n, line in enumerate(recipe["ingredients"]) if line.get("optional")),
            tuple(
                (n, tuple(ids[other] for other in line["alternatives"]))
                for n, line in enumerate(recipe["ingredients"])
                if line.get("alternatives")
            ),
        )
        for number, recipe in enumerate(document["recipes"], 1)
    )
    return Snapshot("catalogue", 1, ingredients, recipes)


def real_catalogue_path() -> Path:
    """Where the catalogue of 1,356 real recipes lies, if it is there."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    shared = os.environ.get("COCKTAILSPACE_SHARED")
    for folder in ([Path(shared), Path(shared) / "data"] if shared else []) + [beside]:
        if (folder / "catalogue-1356.json").exists():
            return folder / "catalogue-1356.json"
    return beside / "catalogue-1356.json"


def real_document() -> dict[str, Any] | None:
    """The catalogue of 1,356 real recipes as a document, or None where it is missing."""
    path = real_catalogue_path()
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def real_catalogue() -> CatalogueArrays | None:
    """The same as arrays."""
    document = real_document()
    return None if document is None else from_document(document)


def starter_document() -> dict[str, Any]:
    """The catalogue of 126 recipes that a new installation begins with."""
    text = (files("cocktailspace.catalogue") / "starter.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
