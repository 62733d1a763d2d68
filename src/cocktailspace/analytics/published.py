"""A published run, read back from its artifacts, so that more recipes can be compared with it.

A draft is placed, and any two recipes are compared, exactly as the job does it: by the same
functions, from the same numbers. Needs numpy alone and answers in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.comparing import Comparer, Difference
from cocktailspace.analytics.parameters import (
    EDGES,
    MAPS,
    MASS_TOTAL,
    PARAMETERS,
)
from cocktailspace.analytics.space import (
    Lines,
    forest_of,
    masses_of,
    order_of_name,
    summed_volumes,
    volumes_of,
)
from cocktailspace.analytics.transport.distances import distances_to_all, nearest_columns
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.words import likeness
from cocktailspace.artifacts.manifest import ArtifactName, Manifest, artifact_key
from cocktailspace.artifacts.rows import rows_of
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.catalogue.errors import NotFoundError

OTHER_MAP = MAPS[1]
"""The places of a run are those on the first map; only who places a draft needs the other's."""
ARTIFACTS = (MAPS[0], ArtifactName.INGREDIENT_USAGE, ArtifactName.INGREDIENT_SUBSTITUTES)
"""What is read of a run."""

_SAME_REGION = 0.12
"""Share of the map's width within which neighbours are of one region."""


@dataclass(frozen=True, slots=True)
class TaxonomyEntry:
    """An ingredient in the taxonomy: its name, the id of the one above it (None for a root),
    whether a guest would take its siblings instead, and whether recipes count it in pieces.
    """

    name: str
    parent_id: int | None
    allow_substitution: bool
    counted_in_pieces: bool = False


def is_readable(manifest: Manifest) -> bool:
    """Whether this program can read the run's artifacts; it cannot read an older program's."""
    ours: int = PARAMETERS["algorithm_version"]
    return manifest.algorithm_version >= ours


class _Columns:
    """Some ingredients and all above them, in order of name, as columns of rows."""

    def __init__(self, wanted: Iterable[int], kinds: Mapping[int, TaxonomyEntry]) -> None:
        ids: set[int] = set()
        for each in wanted:
            above: int | None = each
            while above is not None and above not in ids:
                ids.add(above)
                above = kinds[above].parent_id
        self.ids = sorted(ids, key=lambda each: order_of_name(kinds[each].name))
        self.names = [kinds[each].name for each in self.ids]
        self.of = {each: column for column, each in enumerate(self.ids)}
        taxonomy = [(kinds[each].parent_id, kinds[each].allow_substitution) for each in self.ids]
        self.forest = forest_of(taxonomy, self.of)


def _as_points(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def read_other_places(store: ArtifactStore, run_id: str) -> NDArray[np.float64]:
    """(n, 2) coordinates on the other map, in the order of its artifact; MissingError."""
    rows = rows_of(store.read(artifact_key(run_id, OTHER_MAP)).body)
    return _as_points([(row["x"], row["y"]) for row in rows])


class PublishedRun:
    """One run: its recipes in order of name and its taxonomy, to compare others with.

    ids, names: of the recipes. kinds: the ingredients by id. places: (n, 2) coordinates on the
    first map. order: (n,) where each recipe stands in the maps' artifacts.
    """

    def __init__(self, store: ArtifactStore, run_id: str) -> None:
        """Raises MissingError when the run is gone."""

        def artifact(name: str) -> bytes:
            return store.read(artifact_key(run_id, name)).body

        self.kinds = {
            row["ingredient_id"]: TaxonomyEntry(
                row["name"],
                row["parent_id"],
                row["allow_substitution"],
                row.get("counted_in_pieces", False),
            )
            for row in rows_of(artifact(ArtifactName.INGREDIENT_USAGE))
        }
        self._evidence: dict[int, set[int]] = {}  # matters across families alone
        for row in rows_of(artifact(ArtifactName.INGREDIENT_SUBSTITUTES)):
            for other in row["nearest"]:
                one, two = row["ingredient_id"], other["ingredient_id"]
                self._evidence.setdefault(one, set()).add(two)
                self._evidence.setdefault(two, set()).add(one)
        self._columns = _Columns(self.kinds, self.kinds)
        self._take_recipes(rows_of(artifact(MAPS[0])))

    def _take_recipes(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Lay the recipes of the first map out in order of name."""
        names: list[str] = []
        ids: list[int] = []
        places: list[tuple[float, float]] = []
        lengths: list[int] = []
        columns: list[int] = []
        volumes: list[float] = []
        for row in rows:
            lines = row["ingredients"]
            names.append(row["name"])
            ids.append(row["recipe_id"])
            places.append((row["x"], row["y"]))
            lengths.append(len(lines))
            columns += [self._columns.of[line["ingredient_id"]] for line in lines]
            volumes += [line["volume_ml"] for line in lines]
        order = sorted(range(len(ids)), key=lambda row: (order_of_name(names[row]), ids[row]))
        self.names = [names[row] for row in order]
        self.ids = np.array(ids, dtype=np.int64)[order]
        width = len(self._columns.ids)
        self._volumes = summed_volumes(lengths, columns, volumes, width).take(order)
        self._subtrees = self._columns.forest.subtree_masses(masses_of(self._volumes))
        self._by_column = self._subtrees.transposed()
        self.order = np.array(order, dtype=np.int64)
        self.places = _as_points(places)[self.order]

    @cached_property
    def counted_in_pieces(self) -> frozenset[str]:
        """Names of the ingredients that recipes count in pieces."""
        return frozenset(each.name for each in self.kinds.values() if each.counted_in_pieces)

    def row_of(self, recipe_id: int) -> int:
        """The row of a recipe; NotFoundError when the run does not have it."""
        rows = np.flatnonzero(self.ids == recipe_id)
        if len(rows) == 0:
            raise NotFoundError(
                f"recipe {recipe_id} is not in the published analytics: it is newer, or has no "
                "volume"
            )
        return int(rows[0])

    def has(self, recipe_id: int) -> bool:
        """Whether the run has a place for a recipe."""
        return bool((self.ids == recipe_id).any())

    def lines(self, row: int) -> Lines:
        """Ingredients and volumes of a recipe; lines of one ingredient are added up."""
        columns, volumes = self._volumes.row(row)
        ids = [self._columns.ids[column] for column in columns.tolist()]
        return list(zip(ids, volumes.tolist(), strict=True))

    def nearest(
        self,
        draft: Lines,
        kinds: Mapping[int, TaxonomyEntry],
        count: int,
        without: int | None = None,
    ) -> tuple[list[int], NDArray[np.float64]]:
        """Rows of the recipes nearest to a draft with volume, ties by name, and their distances.

        kinds: of the draft's ingredients and all above them. without: id of a recipe to leave out.
        Under path lengths the distance is the sum over all nodes of |a - b|, where a and b are the
        masses at or below it (Evans & Matsen 2012); what no published recipe has counts whole.
        """
        own = _Columns((each for each, _ in draft), kinds)
        mine = own.forest.subtree_masses(masses_of(volumes_of([draft], own.of)))
        shared = [self._columns.of.get(own.ids[column], -1) for column in mine.indices.tolist()]
        known = np.array(shared, dtype=np.int64) >= 0
        query = Rows.from_triplets(
            np.zeros(known.sum(), dtype=np.int64),
            np.array(shared)[known],
            mine.data[known],
            (1, self._subtrees.width),
        )
        distances = distances_to_all(query, self._subtrees, self._by_column)
        distances += mine.data[~known].sum()
        distances[0, self.ids == without] = np.inf
        found = min(count, int(np.isfinite(distances).sum()))
        rows, near = nearest_columns(distances, found)
        return rows[0].tolist(), near[0] / (MASS_TOTAL * EDGES[0])

    def distances_to_all(self, row: int) -> NDArray[np.float64]:
        """(n,) distances from one recipe to each, as whole numbers."""
        query = self._subtrees.take([row])
        distances: NDArray[np.float64]
        (distances,) = distances_to_all(query, self._subtrees, self._by_column)
        return distances

    def likeness_to_all(self, row: int) -> NDArray[np.int64]:
        """(n,) how alike one recipe and each are."""
        to_root = self._subtrees.sums()
        return likeness(self.distances_to_all(row), to_root[row], to_root)

    def differences(
        self, one: Lines, others: Sequence[Lines], kinds: Mapping[int, TaxonomyEntry]
    ) -> list[Difference]:
        """How a recipe with volume differs from each of some others; kinds: of all ingredients."""
        used = chain.from_iterable(others)
        columns = _Columns((each for each, _ in chain(one, used)), kinds)
        evidence = np.array(
            sorted(
                columns.of[each] * len(columns.ids) + columns.of[other]
                for each in columns.ids
                for other in self._evidence.get(each, set()) & columns.of.keys()
            ),
            dtype=np.int64,
        )
        comparer = Comparer(columns.names, columns.forest, evidence)
        before = volumes_of([one] * len(others), columns.of)
        return comparer.differences(before, volumes_of(others, columns.of))


def extent_of(places: NDArray[np.float64]) -> float:
    """How wide a map is."""
    return float(np.ptp(places, axis=0).max()) if len(places) else 0.0


def provisional_place(
    places: NDArray[np.float64], gaps: NDArray[np.float64], extent: float
) -> tuple[float, float]:
    """Where a draft will stand: amid its neighbours, the nearer ones counting more.

    places: (k, 2) the neighbours' places, nearest first; gaps: (k,) their distances; extent: the
    width of the map. Only neighbours of the nearest one's region count: a mean of two regions would
    lie in neither.
    """
    same_region = np.hypot(*(places - places[0]).T) <= _SAME_REGION * extent
    weights = np.exp(-4 * (gaps - gaps[0])) * same_region
    x, y = weights @ places / weights.sum()
    return float(x), float(y)
