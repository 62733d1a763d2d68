"""Which pairs may be near under a ground cost: lower bounds, 64 queries at a time (compiled).

For each query the distance to its k-th best so far is a limit; a row is out as soon as a lower
bound on its distance exceeds it. Here the two cheap bounds, for masses q and b of equal sums and
costs c; the dearer ones are in `pair` and `solver`.

staying: let r_i be the least cost of leaving i for another column and s_i = max(r_i - c_ii, 0).
    Mass that stays at i is at most min(q_i, b_i) and pays c_ii, all other mass of i pays r_i or
    more, hence cost >= sum r_i q_i - sum min(s_i q_i, s_i b_i). This has the form of shared masses,
    so boxes of rows can be skipped by it.
relaxed: every unit of b comes from somewhere in q, hence
    cost >= sum_j b_j min over i in q of c_ij (Kusner et al. 2015, "relaxed word mover's distance").
"""

from __future__ import annotations

from cocktailspace.analytics.native import compiled, compiled_entry
from cocktailspace.analytics.transport.arrays import Index, Ints, Lanes, Level, Singles, SingleTable
from cocktailspace.analytics.transport.boxes import LARGE, SMALL
from cocktailspace.analytics.transport.overlap import LANES, next_reached

_BOXES = LARGE // SMALL


@compiled
def _next_affordable(
    rows: Level, row: int, stop: int, cheapest: SingleTable, limit: Singles, relaxed: Singles
) -> int:
    """The first row from `row` on whose relaxed bound is within some query's limit."""
    indptr, columns, masses, _ = rows
    while row < stop:
        for lane in range(LANES):
            relaxed[lane] = 0.0
        for entry in range(indptr[row], indptr[row + 1]):
            column, mass = columns[entry], masses[entry]
            for lane in range(LANES):
                relaxed[lane] += mass * cheapest[column, lane]
        within = 0
        for lane in range(LANES):
            within += relaxed[lane] <= limit[lane]
        if within > 0:
            return row
        row += 1
    return stop


@compiled_entry
def collect_pairs(
    index: Index,
    rows: Level,
    box: int,
    last: int,
    start: int,
    count: int,
    lanes: Lanes,
    affordable: tuple[SingleTable, Singles, Singles],
    pairs: tuple[Ints, Ints],
) -> tuple[int, int]:
    """List the pairs of a group of queries and the rows from `box` on that may be near.

    Stops at `last`, or before a box whose pairs might not fit. Returns the box to go on with and
    the number of pairs.
    index: scaled rows (s_i q_i) with boxes around them; see `arrays.Index`.
    rows: the rows themselves in that order, masses in single precision.
    lanes: the scaled queries; what each needs to share is the sum of its r_i q_i less its limit.
    affordable: cheapest, limit, relaxed; cheapest[column, lane] is the least cost of reaching a
    column from the lane's query, limit[lane] the lane's limit.
    pairs: lanes and rows of the pairs found.
    """
    _, scaled, small, large = index
    cheapest, limit, relaxed = affordable
    pair_lanes, pair_rows = pairs
    found = 0
    box = next_reached(large, box, last, lanes)
    while box < last and found + LARGE * LANES <= len(pair_lanes):
        small_last = min((box + 1) * _BOXES, len(small[3]))
        item = next_reached(small, box * _BOXES, small_last, lanes)
        while item < small_last:
            stop = min((item + 1) * SMALL, len(scaled[3]))
            row = _next_affordable(rows, item * SMALL, stop, cheapest, limit, relaxed)
            while row < stop:
                for lane in range(count):
                    pair_lanes[found] = lane
                    pair_rows[found] = row
                    found += relaxed[lane] <= limit[lane] and start + lane != row
                row = _next_affordable(rows, row + 1, stop, cheapest, limit, relaxed)
            item = next_reached(small, item + 1, small_last, lanes)
        box = next_reached(large, box + 1, last, lanes)
    return box, found
