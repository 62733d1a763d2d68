"""The largest flows between rows and their neighbours, which say why they are near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.neighbours import Neighbours, rounding_grid
from cocktailspace.analytics.transport.pair import problem_of
from cocktailspace.analytics.transport.pairs import flows_of_pairs
from cocktailspace.analytics.transport.parallel import Progress, run_in_pieces
from cocktailspace.analytics.transport.plans import checked_rows
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.spanning_tree import workspace

_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Flows:
    """The largest flows of the transport plans from n rows to k neighbours each, largest first.

    sources, sinks: (n, k, count) columns that mass moves from and to; -1 where there are fewer.
    masses: (n, k, count) how much. unchanged: (n, k) the mass that stays in its column.
    """

    sources: NDArray[np.int32]
    sinks: NDArray[np.int32]
    masses: NDArray[np.float64]
    unchanged: NDArray[np.float64]


def largest_flows(
    fractions: Rows,
    ground_cost: ArrayLike,
    neighbours: Neighbours,
    *,
    count: int = 3,
    staying: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Flows:
    """Solve each row against each of its neighbours, and list the `count` largest flows.

    fractions: n rows of equal sums over m columns; ground_cost: (m, m), finite and >= 0.
    staying: whether mass that stays in its column counts among the largest.
    Flows of one size (to 1e-10 of the row's sum) are in order of source, then of sink. Among
    equally cheap plans the one described depends on the two rows and the costs alone.
    Raises ValueError as `nearest_under_cost` does.
    """
    costs, total = checked_rows(fractions, ground_cost)
    if len(neighbours) != len(fractions):
        raise ValueError(f"neighbours of {len(neighbours)} rows, but there are {len(fractions)}")
    shape = (len(neighbours), neighbours.k)
    sources = np.full((*shape, count), -1, dtype=np.int32)
    sinks = sources.copy()
    masses, unchanged = np.zeros(sources.shape), np.zeros(shape)
    if unchanged.size == 0:
        return Flows(sources, sinks, masses, unchanged)
    flows_of_pairs.load()
    problem = problem_of(fractions, costs)
    longest = int(np.diff(fractions.indptr).max())
    step = rounding_grid(total)

    def work(start: int, stop: int) -> None:
        rows = np.repeat(np.arange(start, stop), neighbours.k)
        others = neighbours.indices[start:stop].ravel().astype(np.int64)
        arcs = (len(rows), max(2 * longest - 1, count))
        plans = np.zeros(arcs, np.int32), np.zeros(arcs, np.int32), np.zeros(arcs)
        flows_of_pairs(problem, rows, others, workspace(longest), plans)
        found = _largest(*plans, count, step, staying=staying)
        sources[start:stop] = found.sources.reshape(-1, neighbours.k, count)
        sinks[start:stop] = found.sinks.reshape(-1, neighbours.k, count)
        masses[start:stop] = found.masses.reshape(-1, neighbours.k, count)
        unchanged[start:stop] = found.unchanged.reshape(-1, neighbours.k)

    run_in_pieces(len(neighbours), work, piece=_ROWS_AT_ONCE, threads=threads, progress=progress)
    return Flows(sources, sinks, masses, unchanged)


def _largest(
    sources: NDArray[np.int32],
    sinks: NDArray[np.int32],
    masses: NDArray[np.float64],
    count: int,
    step: float,
    *,
    staying: bool,
) -> Flows:
    """The largest flows of plans, one in each row.

    Flows are compared in whole steps, so that rounding does not order what is equal.
    """
    stays = sources == sinks
    sizes = np.rint(masses / step)
    if not staying:
        sizes[stays] = 0.0
    order = np.lexsort((sinks, sources, -sizes))[:, :count]
    is_flow = np.take_along_axis(sizes, order, axis=1) >= 1.0
    return Flows(
        np.where(is_flow, np.take_along_axis(sources, order, axis=1), np.int32(-1)),
        np.where(is_flow, np.take_along_axis(sinks, order, axis=1), np.int32(-1)),
        np.where(is_flow, np.take_along_axis(masses, order, axis=1), 0.0),
        np.where(stays, masses, 0.0).sum(axis=1),
    )
