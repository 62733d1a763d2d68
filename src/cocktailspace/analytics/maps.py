"""The artifacts of the map: every recipe's place, and where it was the last time."""

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.projection import project
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport import Neighbours, Rows
from cocktailspace.artifacts.manifest import ArtifactName, Manifest
from cocktailspace.artifacts.rows import rows_of
from cocktailspace.artifacts.store import ArtifactStore, MissingError

logger = logging.getLogger(__name__)

MAPS = (ArtifactName.COCKTAIL_SPACE, ArtifactName.COCKTAIL_SPACE_EM)
"""In the order in which they are drawn."""

Places = Mapping[int, tuple[float, float]]
"""Coordinates by recipe id."""

_Drawn = Future[tuple[NDArray[np.float64], float]]
"""A map to come: its coordinates, and the seconds that it took."""


class Drawing:
    """Maps that are drawn beside the rest of the work: the optimisation is native code that holds
    one processor and not the interpreter.

    They are drawn in turn, and one that was never drawn before is made from the first of the run.
    """

    def __init__(self, space: Space, previous: Mapping[ArtifactName, Places]) -> None:
        self._space = space
        self._previous = previous
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="map")
        self._drawn: dict[ArtifactName, _Drawn] = {}

    def begin(self, name: ArtifactName, features: Rows, neighbours: Neighbours) -> None:
        """Begin a map from exact neighbours; `projection.project` says what the features are."""
        start = start_places(self._space, self._previous.get(name, {}))
        first = next(iter(self._drawn.values()), None)
        self._drawn[name] = self._pool.submit(_timed_project, neighbours, start, first, features)

    def finished(self, name: ArtifactName) -> tuple[Iterator[dict[str, Any]], float]:
        """Wait for a map that was begun: rows of the artifact, and the seconds it took."""
        coordinates, seconds = self._drawn[name].result()
        return map_rows(self._space, coordinates), round(seconds, 3)

    def close(self) -> None:
        """Drop what has not begun, and wait for nothing: the process may have to stop at once."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _timed_project(
    neighbours: Neighbours, start: NDArray[np.float64] | None, first: _Drawn | None, features: Rows
) -> tuple[NDArray[np.float64], float]:
    other = first.result()[0] if first else None
    started = time.perf_counter()
    coordinates = project(neighbours, start=start, other=other, features=features)
    return coordinates, time.perf_counter() - started


def map_rows(space: Space, coordinates: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    """One row for each recipe: its place, and its ingredients, the largest volume first."""
    names = {ingredient.id: ingredient.name for ingredient in space.ingredients}
    return (
        {
            "recipe_id": recipe.id,
            "name": recipe.name,
            "x": round(float(x), 4),
            "y": round(float(y), 4),
            "ingredients": [
                {"ingredient_id": each, "name": names[each], "volume_ml": round(volume, 3)}
                for each, volume in sorted(recipe.volumes_ml, key=lambda line: -line[1])
            ],
        }
        for recipe, (x, y) in zip(space.recipes, coordinates, strict=True)
    )


def start_places(space: Space, places: Places) -> NDArray[np.float64] | None:
    """(n, 2) where the recipes were on the previous map, NaN for new ones; None for no map."""
    if not places:
        return None
    nowhere = (np.nan, np.nan)
    return np.array([places.get(recipe.id, nowhere) for recipe in space.recipes]).reshape(-1, 2)


def published_places(store: ArtifactStore, manifest: Manifest, name: str) -> Places:
    """The places of a published map; none when it is gone, damaged or of another form."""
    entry = manifest.artifacts.get(name)
    if entry is None:
        return {}
    try:
        body = store.read(entry.key).body
    except MissingError:
        return {}
    if hashlib.sha256(body).hexdigest() != entry.sha256:
        logger.warning("%s is damaged; the map starts anew", entry.key)
        return {}
    try:
        return {row["recipe_id"]: (float(row["x"]), float(row["y"])) for row in rows_of(body)}
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s is of another form (%r); the map starts anew", entry.key, error)
        return {}
