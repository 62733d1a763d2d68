"""Catalogues as arrays, for benchmarks and tests: from and to the bulk format catalogue/1."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport import Rows

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

    def fractions(self, *, rolled_up: bool = False) -> Rows:
        """Volume fractions of the recipes that have volume.

        rolled_up: leaves marked substitutable count as their parent, as for learned costs.
        """
        millilitres = np.array([volume for _, volume in self.units.values()])
        volume = self.amount * millilitres[self.unit]
        total = np.bincount(self.recipe, weights=volume, minlength=self.count)
        number = np.cumsum(total > 0) - 1
        kept = total[self.recipe] > 0
        target = self._rolled_up() if rolled_up else np.arange(len(self.names))
        return Rows.from_triplets(
            number[self.recipe[kept]],
            target[self.ingredient[kept]],
            volume[kept] / total[self.recipe[kept]],
            (int((total > 0).sum()), len(self.names)),
        )

    def _rolled_up(self) -> NDArray[np.int64]:
        """(m,) what each ingredient counts as."""
        itself = np.arange(len(self.names))
        leaf = np.ones(len(self.names), dtype=np.bool_)
        leaf[self.parents[self.parents >= 0]] = False
        moves = self.substitutable & leaf & (self.parents >= 0)
        return np.where(moves, self.parents, itself)

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
    """Arrays from the bulk format; no amount counts as 1, no unit as 1 ml."""
    names = [ingredient["name"] for ingredient in document["ingredients"]]
    number = {name: place for place, name in enumerate(names)}
    units = {u["name"]: (u["abbreviation"], u["millilitres"]) for u in document["units"]}
    units["millilitre"] = ("ml", 1.0)
    unit_number = {name: place for place, name in enumerate(units)}
    lines = [
        (
            place,
            number[line["ingredient"]],
            1.0 if line.get("amount") is None else line["amount"],
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


def real_catalogue_path() -> Path:
    """Where the catalogue of 1,356 real recipes lies, if it is there."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    shared = os.environ.get("COCKTAILSPACE_SHARED")
    for folder in ([Path(shared), Path(shared) / "data"] if shared else []) + [beside]:
        if (folder / "catalogue-1356.json").exists():
            return folder / "catalogue-1356.json"
    return beside / "catalogue-1356.json"


def real_catalogue() -> CatalogueArrays | None:
    """The catalogue of 1,356 real recipes, or None where it is missing."""
    path = real_catalogue_path()
    if not path.exists():
        return None
    return from_document(json.loads(path.read_text(encoding="utf-8")))
