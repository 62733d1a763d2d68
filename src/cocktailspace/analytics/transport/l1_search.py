"""Exact nearest rows under L1, 64 queries at a time (compiled).

For non-negative vectors |a - b| = a + b - 2 min(a, b) in every column, so
L1(q, b) = sum(q) + sum(b) - 2 shared(q, b): only shared columns cost anything, and b is nearer than
t exactly if shared(q, b) - (sum(q) - t) / 2 reaches sum(b) / 2. A box stands for its rows with the
largest masses and the least sum, so what it fails none of its rows can pass.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled, compiled_entry
from cocktailspace.analytics.transport.arrays import (
    Columns,
    ColumnTable,
    Floats,
    FloatTable,
    Index,
    Ints,
    Lanes,
    Level,
    Near,
    Singles,
)
from cocktailspace.analytics.transport.boxes import LARGE, SMALL
from cocktailspace.analytics.transport.overlap import (
    LANES,
    NEVER,
    fill_table,
    insert_neighbour,
    next_reached,
    sort_descending,
)

_BOXES = LARGE // SMALL

Exact = tuple[Floats, Floats, float, float]
"""Masses, row sums, the step of rounding, the margin of shared masses: see `search_l1`."""
Scratch = tuple[Lanes, Near, Singles, Ints]
"""Working memory: `boxes.lane_scratch`."""


@compiled
def _shared_mass(indptr: Ints, columns: Columns, masses: Floats, a: int, b: int) -> float:
    """Shared mass of two rows, by merging their sorted columns."""
    i, i_end = indptr[a], indptr[a + 1]
    j, j_end = indptr[b], indptr[b + 1]
    shared = 0.0
    while i < i_end and j < j_end:
        if columns[i] == columns[j]:
            shared += masses[i] if masses[i] < masses[j] else masses[j]
            i += 1
            j += 1
        elif columns[i] < columns[j]:
            i += 1
        else:
            j += 1
    return shared


@compiled
def _offer(
    index: Index, exact: Exact, row: int, start: int, count: int, lanes: Lanes, near: Near
) -> None:
    """Offer one row to each of the `count` queries, rows `start` and on, that may be near it."""
    order, (indptr, columns, _, offsets), _, _ = index
    masses, sums, grid, margin = exact
    _, _, need, surplus, _, _ = lanes
    distances, indices = near
    for lane in range(count):
        query = start + lane
        if surplus[lane] < offsets[row] or query == row:
            continue
        shared = _shared_mass(indptr, columns, masses, query, row)
        distance = np.rint((sums[query] + sums[row] - 2.0 * shared) / grid) * grid
        if insert_neighbour(distances, indices, lane, distance, order[row]):
            need[lane] = (sums[query] - distances[lane, -1]) / 2.0 - margin


@compiled
def _visit(
    index: Index, exact: Exact, box: int, start: int, count: int, lanes: Lanes, near: Near
) -> None:
    """Offer the rows of a large box to the queries, small box by small box."""
    _, rows, small, _ = index
    last = min((box + 1) * _BOXES, len(small[3]))
    item = next_reached(small, box * _BOXES, last, lanes)
    while item < last:
        stop = min((item + 1) * SMALL, len(rows[3]))
        row = next_reached(rows, item * SMALL, stop, lanes)
        while row < stop:
            _offer(index, exact, row, start, count, lanes, near)
            row = next_reached(rows, row + 1, stop, lanes)
        item = next_reached(small, item + 1, last, lanes)


@compiled
def _promising(large: Level, own: int, lanes: Lanes, scores: Singles, boxes: Ints) -> int:
    """Large boxes other than `own` that some query may use, most promising first; their number."""
    surplus = lanes[3]
    total = len(large[3])
    found = 0
    first = np.int64(0)  # a literal 0 would compile `next_reached` a second time
    box = next_reached(large, first, total, lanes)  # type: ignore[arg-type]
    while box < total:
        if box != own:
            boxes[found] = box
            scores[found] = surplus[0]
            for lane in range(LANES):
                scores[found] = max(scores[found], surplus[lane] - large[3][box])
            found += 1
        box = next_reached(large, box + 1, total, lanes)
    sort_descending(scores, boxes, found)
    return found


@compiled_entry
def search_l1(
    index: Index,
    exact: Exact,
    first: int,
    last: int,
    scratch: Scratch,
    indices: ColumnTable,
    distances: FloatTable,
) -> None:
    """Write the exact neighbours of the groups of 64 rows from `first` to `last`.

    index: order, rows, small and large boxes; see `arrays.Index`.
    exact: masses and row sums in double precision, arranged like the index; the step to which
    distances are rounded; a bound on the error of shared masses in single precision.
    indices, distances: (n, k), by original row number.
    """
    order, rows, _, large = index
    lanes, near, scores, boxes = scratch
    slots, table, need, _, _, _ = lanes
    n, k = indices.shape
    for group in range(first, last):
        start = group * LANES
        count = min(LANES, n - start)
        for lane in range(LANES):
            need[lane] = -NEVER if lane < count else NEVER
            for place in range(k):
                near[0][lane, place] = np.inf
                near[1][lane, place] = n
        fill_table(rows[0], rows[1], rows[2], start, start + count, slots, table)
        own = start // LARGE
        _visit(index, exact, own, start, count, lanes, near)
        for place in range(_promising(large, own, lanes, scores, boxes)):
            box = boxes[place]
            if next_reached(large, box, box + 1, lanes) == box:
                _visit(index, exact, box, start, count, lanes, near)
        for lane in range(count):
            for place in range(k):
                distances[order[start + lane], place] = near[0][lane, place]
                indices[order[start + lane], place] = near[1][lane, place]
