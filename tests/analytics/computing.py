"""What tests of the whole computation share: catalogues, everything computed, names for ids."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cocktailspace.analytics.maps import PreviousMap
from cocktailspace.analytics.regenerate import regenerate_analytics
from cocktailspace.analytics.transport.workers import THIS_MACHINE, Workers
from cocktailspace.artifacts.manifest import ArtifactName
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

FOREST = (
    Ingredient(1, "Spirit", None, False),
    Ingredient(2, "Gin", 1, False),
    Ingredient(3, "Rum", 1, False),
    Ingredient(4, "Lime", None, False),
    Ingredient(5, "Lemon", None, True),
)
SOUR = ((2, 60.0), (4, 30.0))

Lines = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Computed:
    """Every artifact's data by name, with rows made one by one as lists; and the maps' digests."""

    data: dict[ArtifactName, Any]
    counts: dict[str, int]
    graphs: dict[ArtifactName, str]

    def maps(self) -> dict[ArtifactName, PreviousMap]:
        """What the next run starts from."""
        return {
            name: PreviousMap(
                np.array([row["recipe_id"] for row in self.data[name]], dtype=np.int64),
                np.array([(row["x"], row["y"]) for row in self.data[name]]).reshape(-1, 2),
                graph,
            )
            for name, graph in self.graphs.items()
        }


def snapshot_with(*volumes: Lines, forest: tuple[Ingredient, ...] = FOREST) -> Snapshot:
    """Recipes R0, R1 and so on of these lines, with ids 10, 20 and so on."""
    recipes = tuple(Recipe(10 * i + 10, f"R{i}", lines) for i, lines in enumerate(volumes))
    return Snapshot("cat", 1, forest, recipes)


def compute(
    snapshot: Snapshot,
    previous: Mapping[ArtifactName, PreviousMap] | None = None,
    workers: Workers = THIS_MACHINE,
) -> Computed:
    """All that the job would publish."""
    analytics = regenerate_analytics(
        snapshot, previous=previous or {}, report=lambda *_: None, workers=workers
    )
    data, graphs = {}, {}
    for artifact in analytics.artifacts:
        rows = artifact.data
        data[artifact.name] = list(rows) if isinstance(rows, Iterator) else rows
        if "graph" in artifact.metadata:
            graphs[artifact.name] = artifact.metadata["graph"]
    return Computed(data, analytics.counts, graphs)


@cache
def computed_once(snapshot: Snapshot) -> Computed:
    """The same without a run before, for whoever only looks at it."""
    return compute(snapshot)


def by_name(snapshot: Snapshot, data: Any) -> Any:
    """Artifacts with names for ids, without coordinates; rows in an order of their own.

    Only order by id is given up: of rows, of lines, of children, of equal lines that a recipe may
    be built on. What is ranked stays in order.
    """
    recipes = {each.id: each.name for each in snapshot.recipes}
    ingredients = {each.id: each.name for each in snapshot.ingredients}
    of_id = {"recipe_id": recipes, "ingredient_id": ingredients, "parent_id": ingredients}
    of_id["base_id"] = ingredients
    of_ids = {"recipes": recipes, "children": ingredients}

    def named(key: str, value: Any) -> Any:
        if key in of_id and isinstance(value, list):
            return [of_id[key].get(each) for each in value]
        if key in of_id:
            return of_id[key].get(value)
        if key in of_ids and all(isinstance(each, int) for each in value):
            return sorted(of_ids[key][each] for each in value)
        return renamed(value)

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(k): named(k, v) for k, v in value.items() if k not in ("x", "y")}
        return [renamed(each) for each in value] if isinstance(value, list) else value

    def apart(name: str, rows: Any) -> Any:
        if name in (ArtifactName.COCKTAIL_SPACE, ArtifactName.COCKTAIL_SPACE_EM):
            for row in rows:
                base = row.pop("base_id", row["ingredients"][0]["ingredient_id"])
                volumes = {line["name"]: line["volume_ml"] for line in row["ingredients"]}
                row["base"] = min(each for each in volumes if volumes[each] == volumes[base])
                row["ingredients"].sort(key=lambda line: (-line["volume_ml"], line["name"]))
        return sorted(rows, key=json.dumps) if isinstance(rows, list) else rows

    return {name: apart(name, renamed(rows)) for name, rows in data.items()}
