"""Transport plans under a taxonomy: what of one recipe becomes what of another.

No optimisation is needed. What two recipes share stays; what is left over at an ingredient is
matched with what is missing at or below the same node, and only the rest goes up to the next. Each
edge is then crossed by just its difference of subtree masses, which is the least that any plan can
do (see `taxonomy`). At a node the largest masses are matched first, ties by column, so that there
is one plan for each pair of recipes, and the plan back is the same read backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows, stretches
from cocktailspace.analytics.transport.taxonomy import Forest
from cocktailspace.analytics.transport.workers import (
    THIS_MACHINE,
    Progress,
    Workers,
    consecutive,
)

_Numbers = NDArray[np.int64]

_PAIRS_AT_ONCE = 1 << 13
"""Bounds the scratch memory to some tens of MB; fewer where the keys that masses are sorted by
would not fit into 63 bits."""


@dataclass(frozen=True)
class Flows:
    """What is moved by the plans of many pairs: by pair, the largest first, ties by columns.

    pair, source, target: (flows,) numbers of the pair and of two columns, source != target.
    mass: (flows,) whole numbers > 0. held: (flows,) what the one row has of the source or the other
    of the target, whichever is more.
    """

    pair: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    mass: NDArray[np.int32]
    held: NDArray[np.int32]

    def some(self, which: slice) -> Flows:
        """A stretch of them."""
        return Flows(*(getattr(self, each.name)[which] for each in fields(self)))

    def of_pairs(self, pairs: NDArray[np.integer]) -> Flows:
        """The flows of some pairs, which are counted anew in the order given."""
        begin, end = (np.searchsorted(self.pair, pairs, side=side) for side in ("left", "right"))
        which, pair = stretches(begin, end - begin)
        parts = (self.source, self.target, self.mass, self.held)
        return Flows(pair.astype(np.int32), *(part[which] for part in parts))


def nearly_all_moves(flows: Flows) -> NDArray[np.bool_]:
    """(flows,) whether three quarters of both ends are moved, so that the one takes the other's
    place, and is not just what was left over.
    """
    return 4 * flows.mass.astype(np.int64) >= 3 * flows.held


@dataclass(frozen=True)
class _Unmatched:
    """Supply and demand that wait to be matched.

    pair: of which pair; demand: 1 where the mass is missing, 0 where it is left over; column: of
    which ingredient; node: where it waits, -1 for the common root; mass: whole numbers > 0.
    """

    pair: _Numbers
    demand: _Numbers
    column: _Numbers
    node: _Numbers
    mass: _Numbers

    def some(self, which: NDArray[Any]) -> _Unmatched:
        """Those that a mask or an order picks."""
        parts = (self.pair, self.demand, self.column, self.node, self.mass)
        return _Unmatched(*(part[which] for part in parts))


def transport_plans(sources: Rows, targets: Rows, forest: Forest) -> Flows:
    """The flows of the plan of each pair: row i of `sources` into row i of `targets`.

    Raises ValueError as `plans_of_pairs` does, and for tables of unequal lengths.
    """
    if len(sources) != len(targets):
        raise ValueError(f"{len(sources)} sources, but {len(targets)} targets")
    pairs = np.arange(len(sources))
    return plans_of_pairs(sources, pairs, targets, pairs, forest)


@dataclass(frozen=True)
class _Pairs:
    """Rows, and which of them make a pair: what the plans of all pairs are computed from."""

    sources: Rows
    source_rows: NDArray[np.integer]
    targets: Rows
    target_rows: NDArray[np.integer]
    forest: Forest


def plans_of_pairs(
    sources: Rows,
    source_rows: NDArray[np.integer],
    targets: Rows,
    target_rows: NDArray[np.integer],
    forest: Forest,
    *,
    workers: Workers = THIS_MACHINE,
    progress: Progress | None = None,
) -> Flows:
    """The flows of the plan of each pair: row source_rows[i] of `sources` into row target_rows[i]
    of `targets`.

    sources, targets: rows of whole numbers, both of a pair with the same total.
    forest: over their columns.
    Every plan is feasible and costs the Earth Mover's Distance, and does not depend on the workers.
    The rows of a million pairs would fill hundreds of megabytes, so only those of some pairs are
    copied at a time. `progress` is called with the fraction done.
    Raises ValueError for rows that do not belong together.
    """
    if sources.width != targets.width:
        raise ValueError(f"sources of {sources.width} columns, but targets of {targets.width}")
    sums, target_sums = sources.sums()[source_rows], targets.sums()[target_rows]
    if (sums != target_sums).any():
        raise ValueError(f"the masses of pair {np.argmax(sums != target_sums)} do not balance")
    width, largest = sources.width + 1, int(sums.max(initial=1))
    at_once = max(1, min(_PAIRS_AT_ONCE, (1 << 62) // (2 * width * width * (largest + 1))))
    shared = _Pairs(sources, source_rows, targets, target_rows, forest)
    blocks = consecutive(len(sums), at_once) or [(0, 0)]
    found: dict[int, tuple[NDArray[np.int32], ...]] = {}
    for (first, _), plans in workers.map_blocks(_plans, shared, blocks):
        found[first] = plans
        if progress is not None:
            progress(len(found) / len(blocks))
    parts = [list(part) for part in zip(*(found.pop(first) for first, _ in blocks), strict=True)]
    joined = []
    while parts:  # each field's blocks are freed once they are joined
        joined.append(np.concatenate(parts.pop(0)))
    return Flows(*joined)


def _plans(pairs: _Pairs, start: int, stop: int) -> tuple[NDArray[np.int32], ...]:
    """The fields of `Flows` for the pairs from `start` to `stop`."""
    sources = pairs.sources.take(pairs.source_rows[start:stop])
    targets = pairs.targets.take(pairs.target_rows[start:stop])
    forest = pairs.forest
    levels = np.append(forest.levels, 0)  # the last is the common root's, number -1
    above = np.append(forest.parents, -1).astype(np.int64)
    unmatched = _differences(sources, targets)
    found = []
    for level in range(int(levels[unmatched.node].max(initial=0)), -1, -1):
        here = levels[unmatched.node] == level
        flows, rest = _matched(unmatched.some(here), len(forest) + 1)
        found.append(flows)
        waiting = unmatched.some(~here)
        unmatched = _Unmatched(
            np.concatenate([waiting.pair, rest.pair]),
            np.concatenate([waiting.demand, rest.demand]),
            np.concatenate([waiting.column, rest.column]),
            np.concatenate([waiting.node, above[rest.node]]),
            np.concatenate([waiting.mass, rest.mass]),
        )
    pair, source, target, mass = (np.concatenate(part) for part in zip(*found, strict=True))
    largest, width = int(mass.max(initial=0)), len(forest)
    order = np.argsort(((pair * (largest + 1) + largest - mass) * width + source) * width + target)
    held = np.maximum(_held(sources, pair, source), _held(targets, pair, target))
    parts = (pair + start, source, target, mass, held)
    return tuple(part[order].astype(np.int32) for part in parts)


def _held(rows: Rows, row: _Numbers, column: _Numbers) -> NDArray[np.float64]:
    """What rows have in columns that they are known to have."""
    return rows.data[np.searchsorted(rows.cells(), row * rows.width + column)]


def _differences(sources: Rows, targets: Rows) -> _Unmatched:
    """What of each pair does not stay: what is left over, and what is missing."""
    row = np.concatenate([sources.row_of_entry(), targets.row_of_entry()])
    cell = row * sources.width + np.concatenate([sources.indices, targets.indices])
    mass = np.concatenate([sources.data, -targets.data]).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    cell, mass = cell[order], mass[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    rest = np.add.reduceat(mass, first) if len(first) else mass
    pair, column = np.divmod(cell[first], max(sources.width, 1))
    return _Unmatched(pair, (rest < 0).astype(np.int64), column, column, np.abs(rest)).some(
        rest != 0
    )


def _matched(
    unmatched: _Unmatched, width: int
) -> tuple[tuple[_Numbers, _Numbers, _Numbers, _Numbers], _Unmatched]:
    """Match what is left over with what is missing at the same node of the same pair.

    The masses of a node lie end to end on a line, the largest first, as far as the smaller side
    reaches, and so do the lines of all nodes. Where supply and demand lie over one another, mass
    flows. With 5 and 2 left over and 3 and 1 missing, the line is 4 long: 3 flow from the first to
    the first (0 to 3), 1 from the first to the second (3 to 4), and 1 and 2 stay left over.
    Gives pair, source, target and mass of the flows, and what stays unmatched.
    """
    cell = unmatched.pair * width + unmatched.node + 1
    side = cell * 2 + unmatched.demand
    largest = int(unmatched.mass.max(initial=0))
    order = np.argsort((side * (largest + 1) + largest - unmatched.mass) * width + unmatched.column)
    unmatched, cell, side = unmatched.some(order), cell[order], side[order]
    ends = np.cumsum(unmatched.mass)
    begins = ends - unmatched.mass
    node = np.cumsum(np.diff(cell, prepend=-1) > 0) - 1
    sums = np.zeros((2, len(cell) + 1), dtype=np.int64)
    np.add.at(sums, (unmatched.demand, node), unmatched.mass)
    matched = sums.min(axis=0)
    line = np.cumsum(matched) - matched
    begins -= begins[np.searchsorted(side, side)]  # counted from the first pile of its side
    part = np.clip(matched[node] - begins, 0, unmatched.mass)
    flowing = np.flatnonzero(part)
    ends = line[node] + begins + part
    is_demand = unmatched.demand[flowing] == 1
    supply, demand = flowing[~is_demand], flowing[is_demand]
    cuts = np.sort(np.concatenate([ends[supply], ends[demand]]))
    cuts = cuts[np.diff(cuts, prepend=0) > 0]
    source = supply[np.searchsorted(ends[supply], cuts)]
    target = demand[np.searchsorted(ends[demand], cuts)]
    flows = (unmatched.pair[source], unmatched.column[source], unmatched.column[target])
    rest = replace(unmatched, mass=unmatched.mass - part)
    return (*flows, np.diff(cuts, prepend=0)), rest.some(part < unmatched.mass)
