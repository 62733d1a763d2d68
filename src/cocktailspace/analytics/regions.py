"""Regions: the neighbourhoods of the map at three levels, set apart by what their recipes hold.

A region is split by the ingredient, or family of ingredients, that sets its recipes apart: the one
whose presence explains most of the spread of their masses at or below each ingredient. Recipes that
hold it are a region of their own, the others are split further, and what is left when nothing sets
enough of them apart keeps the name that it has. Together this is a predictive clustering tree
(Blockeel, De Raedt & Ramon 1998) whose every test is one ingredient: a little less close than
clusters of near recipes, but it says what it is and holds still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.region_names import Region, RegionNames
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest


@dataclass(frozen=True, slots=True)
class _Level:
    """How finely recipes are parted, in thousandths of all recipes.

    share, more: a region holds at least so large a share, and so many recipes more.
    common: an ingredient that a larger share than this holds (spirits, juices, syrups) splits
    nothing.
    """

    share: int
    more: int
    common: int

    def smallest(self, recipes: int) -> int:
        return recipes * self.share // 1000 + self.more


_LEVELS = (_Level(30, 3, 260), _Level(12, 5, 333), _Level(6, 4, 333))

_NEARLY_ALL = 90
"""A family goes by the name of a kind that so many hundredths of its recipes hold (rum for cane
spirits); the few others are left to be split further.
"""

_MOST_COLUMNS = 256
"""Ingredients among which the one that sets most apart is sought: those that most recipes hold."""

_FEWEST_LEFT = 3
"""What is left of a region is one only with so many recipes; else the last part stays with it."""


def regions(space: Space, masses: Rows) -> dict[str, Any]:
    """Three levels of regions, coarse first; each level holds every recipe of the space once.

    masses: of each recipe of `space`, whole numbers.
    Regions depend on names and masses alone; ties go to the first by name.
    """
    # With all edges of one length, so that a family counts for no more than its kinds.
    subtree = Forest(space.forest.parents).subtree_masses(masses)
    names = RegionNames(space, subtree)
    return {
        "levels": [_published(space, level, names.of(level)) for level in _levels(space, subtree)]
    }


def _published(space: Space, level: Sequence[Region], names: Sequence[str]) -> list[dict[str, Any]]:
    """A level's regions, the largest first, with the ids of their recipes in order of name."""
    rows = [
        {"name": name, "recipes": [space.recipes[row].id for row in np.sort(region.rows)]}
        for name, region in zip(names, level, strict=True)
    ]
    return sorted(rows, key=lambda row: (-len(row["recipes"]), row["name"]))


def _levels(space: Space, subtree: Rows) -> list[list[Region]]:
    """The regions of each level; those of a finer level are parts of those of a coarser one."""
    n = len(subtree)
    held = np.bincount(subtree.indices, minlength=subtree.width)
    regions = [Region((), np.arange(n))] if n else []
    levels = []
    for level in _LEVELS:
        candidates = np.flatnonzero(held * 1000 <= n * level.common)
        smallest = level.smallest(n)
        regions = [
            part
            for region in regions
            for part in _split(region, subtree, candidates, space.forest.parents, smallest)
        ]
        levels.append(regions)
    return levels


def _split(
    region: Region,
    subtree: Rows,
    candidates: NDArray[np.int64],
    parents: NDArray[np.int32],
    smallest: int,
) -> list[Region]:
    """The region's parts of at least `smallest` recipes, and what is left of it."""
    columns, masses = _frequent(subtree, region.rows, candidates, smallest)
    everything = sums = _sums(masses)
    left = np.arange(len(region.rows))
    parts = []
    while (best := _best_split(sums, everything, smallest)) is not None:
        best = _narrowed(best, columns, parents, sums.held)
        holds = masses[left, best] > 0
        part, left = left[holds], left[~holds]
        parts.append(Region((*region.path, int(columns[best])), region.rows[part]))
        sums = sums.without(_sums(masses[part]))
    rows = region.rows[left]
    if parts and 0 < len(rows) < _FEWEST_LEFT:
        rows = np.concatenate([parts.pop().rows, rows])
    if len(rows):
        parts.append(Region(region.path, rows))
    return parts


def _frequent(
    subtree: Rows, rows: NDArray[np.int64], candidates: NDArray[np.int64], smallest: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The candidate columns that at least `smallest` of the rows hold, and their masses, dense.

    No more than the most held, ties by name, so that 64 levels of families cost little.
    """
    entries, owner = subtree.entries_of(rows)
    node = subtree.indices[entries]
    held = np.bincount(node, minlength=subtree.width)
    columns = candidates[held[candidates] >= smallest]
    most_held = np.argsort(-held[columns], kind="stable")[:_MOST_COLUMNS]
    columns = columns[np.sort(most_held)]
    position = np.full(subtree.width, -1)
    position[columns] = np.arange(len(columns))
    kept = position[node] >= 0
    masses = np.zeros((len(rows), len(columns)))
    masses[owner[kept], position[node[kept]]] = subtree.data[entries[kept]]
    return columns, masses


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over rows of whole masses, exact in any order of adding.

    rows: how many there are.
    held: (columns,) how many hold each column.
    masses: (columns,) of all rows.
    together: (columns, columns) masses of the rows that hold the first, in the second.
    """

    rows: int
    held: NDArray[np.int64]
    masses: NDArray[np.int64]
    together: NDArray[np.int64]

    def without(self, part: "_Sums") -> "_Sums":
        return _Sums(
            self.rows - part.rows,
            self.held - part.held,
            self.masses - part.masses,
            self.together - part.together,
        )


def _sums(masses: NDArray[np.float64]) -> _Sums:
    present = (masses > 0).astype(np.float64)
    sums = (present.sum(axis=0), masses.sum(axis=0), present.T @ masses)
    return _Sums(len(masses), *(each.astype(np.int64) for each in sums))


def _best_split(sums: _Sums, everything: _Sums, smallest: int) -> int | None:
    """The column that sets most apart among the rows left, or them all from the whole region."""
    enough = sums.held >= smallest
    worth = np.where(enough, _gains(sums), 0)
    if not worth.any():
        shared = enough & (sums.held == sums.rows) & (everything.held < everything.rows)
        worth = np.where(shared, sums.masses, 0)
    return int(worth.argmax()) if worth.any() else None


def _gains(sums: _Sums) -> NDArray[np.float64]:
    """How much of the masses' sum of squares lies between the rows that hold a column and others.

    Means are rounded down, so that all that is added up is whole and every processor agrees.
    """
    others = sums.rows - sums.held
    mean = sums.together // np.maximum(sums.held, 1)[:, None]
    mean_of_others = (sums.masses - sums.together) // np.maximum(others, 1)[:, None]
    spread = ((mean - mean_of_others) ** 2).sum(axis=1)
    gains: NDArray[np.float64] = spread * (sums.held * others / max(sums.rows, 1))
    return gains


def _narrowed(
    best: int, columns: NDArray[np.int64], parents: NDArray[np.int32], held: NDArray[np.int64]
) -> int:
    """The kind of `best` that nearly all of its recipes hold, else `best` itself."""
    while True:
        kinds = parents[columns] == columns[best]
        nearly_all = kinds & (held * 100 >= held[best] * _NEARLY_ALL)
        if not nearly_all.any():
            return best
        best = int(np.where(nearly_all, held, 0).argmax())
