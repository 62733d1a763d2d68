"""The artifacts of the map: every recipe's place, and where it was the last time."""

import hashlib
import logging
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.projection import project
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.artifacts.manifest import Manifest
from cocktailspace.artifacts.rows import metadata_of, rows_of
from cocktailspace.artifacts.store import ArtifactStore, MissingError
from cocktailspace.catalogue.bases import Lines, base_ingredients

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreviousMap:
    """A published map.

    ids: (n,) of its recipes, ascending. places: (n, 2) where they are. graph: digest of the
    neighbour graph that it was drawn from; empty where it does not say.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    places: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    graph: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """A map of a space.

    coordinates: (n, 2) where its recipes are. graph: digest of the neighbour graph behind it.
    """

    coordinates: NDArray[np.float64]
    graph: str


def draw_map(
    space: Space,
    features: Rows,
    neighbours: Neighbours,
    previous: PreviousMap,
    other: Map | None = None,
) -> Map:
    """The map by these neighbours, which stays as it was if they are what they were.

    previous: the published one; `projection.project` says what the features and another map are.
    """
    graph = graph_digest(space, neighbours)
    start = start_coordinates(space, previous)
    if start is not None and previous.graph == graph and np.isfinite(start).all():
        return Map(start, graph)
    begin = None if other is None else other.coordinates
    return Map(project(neighbours, start=start, other=begin, features=features), graph)


def graph_digest(space: Space, neighbours: Neighbours) -> str:
    """Digest of the neighbours and their distances: the same on every machine."""
    digest = hashlib.sha256()
    ids = np.array([recipe.id for recipe in space.recipes], dtype="<i8")
    for part in (ids, neighbours.indices.astype("<i4"), neighbours.distances.astype("<i4")):
        digest.update(part.tobytes())
    return digest.hexdigest()


def map_rows(
    space: Space, coordinates: NDArray[np.float64], bases: NDArray[np.int64]
) -> Iterator[dict[str, Any]]:
    """One row for each recipe, in order of id: its place, its ingredients, the largest volume
    first, and which of these it is built on where that is another one.

    bases: as `bases_of` has them.
    """
    names = {ingredient.id: ingredient.name for ingredient in space.ingredients}
    places = coordinates.tolist()
    for row, base in zip(space.in_order_of_id(), bases.tolist(), strict=True):
        recipe, (x, y) = space.recipes[row], places[row]
        lines = sorted(recipe.volumes_ml, key=lambda line: -line[1])
        yield {
            "recipe_id": recipe.id,
            "name": recipe.name,
            "x": round(x, 4),
            "y": round(y, 4),
            "ingredients": [
                {"ingredient_id": each, "name": names[each], "volume_ml": round(volume, 3)}
                for each, volume in lines
            ],
            **({} if base == lines[0][0] else {"base_id": base}),
        }


def bases_of(space: Space) -> NDArray[np.int64]:
    """(n,) the id of the ingredient that each recipe is built on, in order of the recipes' ids."""
    recipes = [space.recipes[row] for row in space.in_order_of_id()]
    ids = np.array(sorted(each.id for each in space.ingredients), np.int64)
    named = [each for recipe in recipes for each, _ in recipe.volumes_ml]
    lines = Lines(
        recipe_ids=np.array([recipe.id for recipe in recipes], np.int64),
        rows=np.repeat(np.arange(len(recipes)), [len(recipe.volumes_ml) for recipe in recipes]),
        ingredients=np.searchsorted(ids, np.array(named, np.int64)),
        ingredient_ids=ids,
        ml=np.array([volume for recipe in recipes for _, volume in recipe.volumes_ml]),
    )
    parents = {each.id: each.parent_id for each in space.ingredients}
    (found,) = base_ingredients([lines], parents)
    return found


def start_coordinates(space: Space, previous: PreviousMap) -> NDArray[np.float64] | None:
    """(n, 2) where the recipes were on the previous map, NaN for new ones; None for no map."""
    if len(previous.ids) == 0:
        return None
    ids = np.array([recipe.id for recipe in space.recipes], dtype=np.int64)
    rows = np.minimum(np.searchsorted(previous.ids, ids), len(previous.ids) - 1)
    known = previous.ids[rows] == ids
    return np.where(known[:, None], previous.places[rows], np.nan)


def published_map(store: ArtifactStore, manifest: Manifest, name: str) -> PreviousMap:
    """A published map; an empty one when it is gone, damaged or of another form."""
    entry = manifest.artifacts.get(name)
    if entry is None:
        return PreviousMap()
    try:
        body = store.read(entry.key).body
    except MissingError:
        return PreviousMap()
    if hashlib.sha256(body).hexdigest() != entry.sha256:
        logger.warning("%s is damaged; the map starts anew", entry.key)
        return PreviousMap()
    try:
        ids, places = array("q"), array("d")  # objects of each row would fill the memory
        for row in rows_of(body):
            ids.append(row["recipe_id"])
            places.extend((row["x"], row["y"]))
        graph = str(metadata_of(body).get("graph", ""))
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s is of another form (%r); the map starts anew", entry.key, error)
        return PreviousMap()
    order = np.argsort(np.array(ids, dtype=np.int64), kind="stable")
    coordinates = np.array(places, dtype=np.float64).reshape(-1, 2)
    return PreviousMap(np.array(ids, dtype=np.int64)[order], coordinates[order], graph)
