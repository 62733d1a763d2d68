"""Placing a draft: which recipes are nearest to one that is only being written, why, and where it
will stand on the map. Needs numpy alone and answers in milliseconds, so that a form can ask as
somebody types.

Distances are Earth Mover's Distances under the taxonomy, exactly those of the job's first round;
learned costs come with the refresh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Masses = Mapping[int, float]
"""Volume fractions by ingredient id, summing to 1."""

_SAME = 1e-12
NEAR_SHARE = 0.12
"""Neighbours further than this share of the map from the nearest one are in another region: a mean
of both would lie in neither."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A part of the volume that becomes another ingredient."""

    source: int
    target: int
    fraction: float


@dataclass(frozen=True, slots=True)
class Forest:
    """The taxonomy: the parent of each ingredient by id, None for a root."""

    parents: Mapping[int, int | None]

    def lineage(self, ingredient_id: int) -> list[int]:
        """The ingredient and all above it, upwards."""
        path = [ingredient_id]
        while (above := self.parents.get(path[-1])) is not None:
            path.append(above)
        return path

    def subtree_masses(self, masses: Masses) -> dict[int, float]:
        """Mass at or below each ingredient; where it differs, an edge has to be crossed."""
        below: defaultdict[int, float] = defaultdict(float)
        for ingredient_id, mass in masses.items():
            for each in self.lineage(ingredient_id):
                below[each] += mass
        return dict(below)


@dataclass(frozen=True, slots=True)
class Column:
    """The recipes that hold an ingredient or a kind of it, and how much of it each holds."""

    rows: NDArray[np.int32]
    masses: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All recipes, arranged so that one more can be compared with every one of them at once.

    ids: (n,) recipe ids, ascending. mass_sums: (n,) the sum of each recipe's subtree masses.
    columns: by ingredient id. fractions: each recipe's own masses are read from
    `entries[starts[row]:starts[row + 1]]`, pairs of `entry_ids` and `entry_masses`.
    """

    ids: NDArray[np.int64]
    mass_sums: NDArray[np.float64]
    columns: Mapping[int, Column]
    starts: NDArray[np.int64]
    entry_ids: NDArray[np.int64]
    entry_masses: NDArray[np.float64]
    forest: Forest

    def masses(self, row: int) -> dict[int, float]:
        """A recipe's volume fractions."""
        entries = slice(self.starts[row], self.starts[row + 1])
        ids, masses = self.entry_ids[entries].tolist(), self.entry_masses[entries].tolist()
        return dict(zip(ids, masses, strict=True))


def make_shelf(
    recipes: Iterable[tuple[int, Sequence[tuple[int, float]]]],
    forest: Forest,
    counts_as: Mapping[int, int],
) -> Shelf:
    """Arrange recipes, given as (id, [(ingredient id, volume)]) in order of id, each with volume.

    counts_as: ingredients that count as another when recipes are compared.
    """
    ids: list[int] = []
    starts = [0]
    entry_ids: list[int] = []
    entry_masses: list[float] = []
    for recipe_id, volumes in recipes:
        masses = fractions_of(volumes, counts_as)
        ids.append(recipe_id)
        entry_ids.extend(masses)
        entry_masses.extend(masses.values())
        starts.append(len(entry_ids))
    own_ids, own_masses = np.array(entry_ids, np.int64), np.array(entry_masses)
    bounds = np.array(starts, np.int64)
    columns, mass_sums = _columns(own_ids, own_masses, bounds, forest)
    return Shelf(np.array(ids, np.int64), mass_sums, columns, bounds, own_ids, own_masses, forest)


def fractions_of(
    volumes: Iterable[tuple[int, float]], counts_as: Mapping[int, int]
) -> dict[int, float]:
    """Volumes over their sum, by what each ingredient counts as; empty without volume."""
    summed: defaultdict[int, float] = defaultdict(float)
    for ingredient_id, volume in volumes:
        summed[counts_as.get(ingredient_id, ingredient_id)] += volume
    total = sum(summed.values())
    return {each: volume / total for each, volume in summed.items() if volume > 0}


def _columns(
    entry_ids: NDArray[np.int64],
    entry_masses: NDArray[np.float64],
    starts: NDArray[np.int64],
    forest: Forest,
) -> tuple[dict[int, Column], NDArray[np.float64]]:
    """Subtree masses of all recipes by ingredient, and each recipe's sum of them."""
    count = len(starts) - 1
    entry_rows = np.repeat(np.arange(count, dtype=np.int32), np.diff(starts))
    sums = np.zeros(count)
    order = np.argsort(entry_ids, kind="stable")
    distinct, begins = np.unique(entry_ids[order], return_index=True)
    pieces: defaultdict[int, list[NDArray[np.int64]]] = defaultdict(list)
    for ingredient_id, places in zip(
        distinct.tolist(), np.split(order, begins[1:]) if len(order) else [], strict=True
    ):
        for above in forest.lineage(ingredient_id):
            pieces[above].append(places)
    columns = {}
    for ingredient_id, parts in pieces.items():
        places = np.concatenate(parts)
        rows, inverse = np.unique(entry_rows[places], return_inverse=True)
        masses = np.zeros(len(rows))
        np.add.at(masses, inverse, entry_masses[places])
        columns[ingredient_id] = Column(rows, masses)
        sums[rows] += masses
    return columns, sums


def distances(shelf: Shelf, forest: Forest, draft: Masses) -> NDArray[np.float64]:
    """(n,) Earth Mover's Distance from a draft to every recipe, in closed form.

    forest: the shelf's own, or one with further ingredients that no recipe on the shelf has.

    Under path lengths in a tree the distance is the sum over all nodes v of |a_v − b_v|, where a_v
    and b_v are the masses at or below v (Evans & Matsen 2012). As |a − b| = a + b − 2 min(a, b),
    only the nodes of the draft have to be visited.
    """
    masses = forest.subtree_masses(draft)
    found = shelf.mass_sums + sum(masses.values())
    for ingredient_id, mass in masses.items():
        if (column := shelf.columns.get(ingredient_id)) is not None:
            found[column.rows] -= 2 * np.minimum(column.masses, mass)
    return np.maximum(found, 0.0)


def nearest(shelf: Shelf, gaps: NDArray[np.float64], count: int) -> list[int]:
    """Rows of the nearest recipes, ties by id."""
    count = min(count, len(gaps))
    if count == 0:
        return []
    rounded = np.round(gaps, 9)  # so that ties are ties whatever the order of the sums
    bound = np.partition(rounded, count - 1)[count - 1]
    candidates = np.flatnonzero(rounded <= bound)
    order = np.lexsort((shelf.ids[candidates], rounded[candidates]))[:count]
    return [int(row) for row in candidates[order]]


def transport_flows(forest: Forest, source: Masses, target: Masses) -> list[Flow]:
    """A cheapest way to turn one recipe into another, matched from the leaves upwards.

    What two recipes share stays; else what is left over at an ingredient is matched with what is
    missing below the same family, and only the surplus goes up. So each edge is crossed by just
    its difference of subtree masses, which is the least that any plan can do. The largest flows
    come first; what stays is not among them.
    """
    surplus = _differences(source, target)
    deficit = _differences(target, source)
    depth = {each: len(forest.lineage(each)) for each in surplus.keys() | deficit.keys()}
    giving: defaultdict[int | None, list[tuple[int, float]]] = defaultdict(list)
    taking: defaultdict[int | None, list[tuple[int, float]]] = defaultdict(list)
    levels: defaultdict[int, set[int]] = defaultdict(set)
    for piles, part in ((giving, surplus), (taking, deficit)):
        for ingredient_id, mass in part.items():
            piles[ingredient_id].append((ingredient_id, mass))
            levels[depth[ingredient_id]].add(ingredient_id)
    flows: list[Flow] = []
    for level in range(max(levels, default=0), 0, -1):
        for node in sorted(levels[level]):
            above = forest.parents.get(node)
            flows += _match(
                giving.pop(node, []), taking.pop(node, []), giving[above], taking[above]
            )
            if above is not None:
                levels[level - 1].add(above)
    flows += _match(giving.pop(None, []), taking.pop(None, []), [], [])
    return sorted(_merged(flows), key=lambda flow: (-flow.fraction, flow.source, flow.target))


def _differences(more: Masses, less: Masses) -> dict[int, float]:
    gaps = {each: mass - less.get(each, 0.0) for each, mass in more.items()}
    return {each: gap for each, gap in gaps.items() if gap > _SAME}


def _match(
    giving: list[tuple[int, float]],
    taking: list[tuple[int, float]],
    giving_above: list[tuple[int, float]],
    taking_above: list[tuple[int, float]],
) -> Iterator[Flow]:
    """Pair off, largest first; what is left over goes to the lists above."""
    giving, taking = (
        sorted(pile, key=lambda each: (each[1], -each[0])) for pile in (giving, taking)
    )
    while giving and taking:
        (source, supply), (target, demand) = giving.pop(), taking.pop()
        moved = min(supply, demand)
        yield Flow(source, target, moved)
        if supply - moved > _SAME:
            giving.append((source, supply - moved))
        if demand - moved > _SAME:
            taking.append((target, demand - moved))
    giving_above.extend(giving)
    taking_above.extend(taking)


def _merged(flows: Iterable[Flow]) -> list[Flow]:
    total: defaultdict[tuple[int, int], float] = defaultdict(float)
    for flow in flows:
        total[flow.source, flow.target] += flow.fraction
    return [Flow(source, target, fraction) for (source, target), fraction in total.items()]


def provisional_place(
    places: NDArray[np.float64], gaps: NDArray[np.float64], extent: float
) -> tuple[float, float]:
    """Where a draft will stand: amid its neighbours, the nearer ones counting more.

    places: (k, 2) the neighbours' places, nearest first; gaps: (k,) their distances; extent: the
    width of the map. Only neighbours of the nearest one's region count.
    """
    same_region = np.hypot(*(places - places[0]).T) <= NEAR_SHARE * extent
    weights = np.exp(-4 * (gaps - gaps[0])) * same_region
    x, y = weights @ places / weights.sum()
    return float(x), float(y)
