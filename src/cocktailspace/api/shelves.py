"""Published recipes as arrays that a draft can be compared with; parsed once for each run."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.placing import Forest, Shelf, make_shelf
from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.rows import rows_of
from cocktailspace.artifacts.store import ArtifactStore

RUNS_KEPT = 2
_PLACE = re.compile(rb'"x":(-?[0-9.]+(?:e-?[0-9]+)?),"y":(-?[0-9.]+(?:e-?[0-9]+)?)')
"""Quotes within a name are written \\", so that no name looks like this."""

MAPS = (ArtifactName.COCKTAIL_SPACE_EM, ArtifactName.COCKTAIL_SPACE)

USED = (*MAPS, ArtifactName.INGREDIENT_USAGE, ArtifactName.INGREDIENT_COSTS)


@dataclass(frozen=True, slots=True)
class Published:
    """One run, ready for comparing.

    names: of the recipes, in the order of `shelf`; ingredients: names by id; counts_as: what
    ingredients in use count as when recipes are compared, themselves included; places: by map,
    (n, 2) coordinates in the order of `shelf`; extents: how wide each map is.
    """

    shelf: Shelf
    names: list[str]
    ingredients: Mapping[int, str]
    counts_as: Mapping[int, int]
    places: Mapping[str, NDArray[np.float64]]
    extents: Mapping[str, float]


class Shelves:
    """The last runs that were asked for."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._kept: OrderedDict[str, Published] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run_id: str) -> Published:
        """A run by its id; MissingError when it is gone. Waits while another request parses."""
        with self._lock:
            if run_id not in self._kept:
                self._kept[run_id] = self._read(run_id)
                if len(self._kept) > RUNS_KEPT:
                    self._kept.popitem(last=False)
            return self._kept[run_id]

    def _read(self, run_id: str) -> Published:
        usage = list(self._rows(run_id, ArtifactName.INGREDIENT_USAGE))
        ingredients = {row["ingredient_id"]: row["name"] for row in usage}
        forest = Forest({row["ingredient_id"]: row["parent_id"] for row in usage})
        counts_as = self._counts_as(run_id, ingredients)
        names: list[str] = []
        places: dict[str, list[tuple[float, float]]] = {each.value: [] for each in MAPS}

        def recipes() -> Iterator[tuple[int, list[tuple[int, float]]]]:
            for row in self._rows(run_id, MAPS[0]):
                names.append(row["name"])
                places[MAPS[0]].append((row["x"], row["y"]))
                lines = [(line["ingredient_id"], line["volume_ml"]) for line in row["ingredients"]]
                yield row["recipe_id"], lines

        shelf = make_shelf(recipes(), forest, counts_as)
        places[MAPS[1]] = self._coordinates(run_id, MAPS[1])
        arrays = {name: np.array(each).reshape(-1, 2) for name, each in places.items()}
        extents = {
            name: float(np.ptp(each, axis=0).max()) if len(each) else 0.0
            for name, each in arrays.items()
        }
        return Published(shelf, names, ingredients, counts_as, arrays, extents)

    def _counts_as(self, run_id: str, ingredients: Mapping[int, str]) -> dict[int, int]:
        by_name = {name: ingredient_id for ingredient_id, name in ingredients.items()}
        return {
            row["ingredient_id"]: by_name[row["counts_as"]]
            if row["counts_as"]
            else row["ingredient_id"]
            for row in self._rows(run_id, ArtifactName.INGREDIENT_COSTS)
        }

    def _coordinates(self, run_id: str, name: str) -> list[tuple[float, float]]:
        """Where each recipe is, in order; what else stands in the rows the other map has too."""
        body = self._store.read(artifact_key(run_id, name)).body
        return [(float(x), float(y)) for x, y in _PLACE.findall(body)]

    def _rows(self, run_id: str, name: str) -> Iterator[Any]:
        return rows_of(self._store.read(artifact_key(run_id, name)).body)
