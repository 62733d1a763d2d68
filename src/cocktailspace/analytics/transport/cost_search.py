"""Exact nearest rows under any ground cost, without solving all pairs (compiled).

For each query the distance to its k-th best so far is a limit; a row is out as soon as a lower
bound on its distance exceeds it. The bounds, from cheap to dear, for masses q and b of equal sums
and costs c:

staying: let r_i be the least cost of leaving i for another column and s_i = max(r_i - c_ii, 0).
    Mass that stays at i is at most min(q_i, b_i) and pays c_ii, all other mass of i pays r_i or
    more, hence cost >= sum r_i q_i - sum min(s_i q_i, s_i b_i). This has the form of shared masses,
    so boxes of rows can be skipped by it.
relaxed: every unit of b comes from somewhere in q, hence
    cost >= sum_j b_j min over i in q of c_ij (Kusner et al. 2015, "relaxed word mover's distance").
crowded: each unit of q goes somewhere in b, at most b_j of each column to j. Dropping only that
    different columns share b_j leaves one small greedy problem per column of q, whose sum is a
    lower bound (Atasu & Mittelholzer 2019, "iterative constrained transfers").
dual: the solver's own bound, see `solver`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from cocktailspace.analytics.transport.boxes import LARGE, SMALL
from cocktailspace.analytics.transport.overlap import (
    COMPILED,
    LANES,
    NEVER,
    fill_table,
    insert_neighbour,
    next_reached,
)
from cocktailspace.analytics.transport.solver import solve

_BOXES = LARGE // SMALL


@njit(**COMPILED)
def _crowded_bound(a, b, m, n, costs, rank, key):
    """The crowded bound: each source fills the sinks from the cheapest on, as if alone."""
    bound = 0.0
    for i in range(m):
        for j in range(n):
            place = j
            while place > 0 and key[place - 1] > costs[i, j]:
                key[place] = key[place - 1]
                rank[place] = rank[place - 1]
                place -= 1
            key[place] = costs[i, j]
            rank[place] = j
        left = a[i]
        for place in range(n):
            room = b[rank[place]]
            sent = left if left < room or place == n - 1 else room
            bound += sent * key[place]
            left -= sent
            if left <= 0.0:
                break
    return bound


@njit(**COMPILED)
def _distance(indptr, columns, masses, ground_cost, query, row, limit, pair):
    """EMD from query to row, or a lower bound above `limit`."""
    a, b, rank, key, space = pair
    costs = space[0]
    m, n = indptr[query + 1] - indptr[query], indptr[row + 1] - indptr[row]
    for j in range(n):
        b[j] = masses[indptr[row] + j]
    for i in range(m):
        a[i] = masses[indptr[query] + i]
        source = columns[indptr[query] + i]
        for j in range(n):
            costs[i, j] = ground_cost[source, columns[indptr[row] + j]]
    if m == 0 or n == 0:
        return 0.0
    if limit < np.inf:
        bound = _crowded_bound(a, b, m, n, costs, rank, key)
        if bound > limit:
            return bound
    return solve(a, b, m, n, limit, space)


@njit(**COMPILED)
def _next_affordable(rows, row, stop, cheapest, limit, relaxed):
    """The first row from `row` on whose relaxed bound is within some query's limit.

    cheapest[column, lane] is the least cost of reaching a column from the lane's query.
    """
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


@njit(**COMPILED)
def _fill_cheapest(problem, start, count, cheapest):
    """cheapest[column, lane] = min over the columns i of query `lane` of ground_cost[i, column]."""
    indptr, columns, _, _, _, ground_cost, _, _ = problem
    for column in range(len(cheapest)):
        for lane in range(LANES):
            cheapest[column, lane] = NEVER if lane < count else np.float32(0.0)
    for lane in range(count):
        for entry in range(indptr[start + lane], indptr[start + lane + 1]):
            source = columns[entry]
            for column in range(len(cheapest)):
                cost = np.float32(ground_cost[source, column])
                if cost < cheapest[column, lane]:
                    cheapest[column, lane] = cost


@njit(**COMPILED)
def _try(problem, order, query, row, lane, group):
    """Offer one row to one query; tighten the query's limits if it is among its nearest."""
    indptr, columns, masses, _, leaving, ground_cost, grid, margin = problem
    lanes, _, limit, _, near, pair = group
    distances, indices = near
    ceiling = distances[lane, -1] + grid
    distance = _distance(indptr, columns, masses, ground_cost, query, row, ceiling, pair)
    if distance > ceiling:
        return
    distance = np.rint(distance / grid) * grid
    if insert_neighbour(distances, indices, lane, distance, order[row]):
        limit[lane] = distances[lane, -1] + margin
        lanes[2][lane] = leaving[query] - distances[lane, -1] - margin


@njit(**COMPILED)
def _offer(problem, order, seeds, row, start, count, group):
    """Offer one row to each query that it may be near to and that has not seen it as a seed."""
    _, _, limit, relaxed, _, _ = group
    for lane in range(count):
        query = start + lane
        if relaxed[lane] > limit[lane] or query == row:
            continue
        seen = False
        for place in range(seeds.shape[1]):
            seen = seen or seeds[order[query], place] == order[row]
        if not seen:
            _try(problem, order, query, row, lane, group)


@njit(**COMPILED)
def _visit(index, problem, rows, seeds, box, start, count, group):
    """Offer the rows of a large box to the queries, small box by small box."""
    order, _, small, _ = index
    lanes, cheapest, limit, relaxed, _, _ = group
    last = min((box + 1) * _BOXES, len(small[3]))
    item = next_reached(small, box * _BOXES, last, lanes)
    while item < last:
        stop = min((item + 1) * SMALL, len(order))
        row = _next_affordable(rows, item * SMALL, stop, cheapest, limit, relaxed)
        while row < stop:
            _offer(problem, order, seeds, row, start, count, group)
            row = _next_affordable(rows, row + 1, stop, cheapest, limit, relaxed)
        item = next_reached(small, item + 1, last, lanes)


@njit(**COMPILED)
def search_costs(index, problem, seeds, position, first, last, group, indices, distances):
    """Write the exact neighbours of the groups of 64 rows from `first` to `last`.

    index: order, scaled rows (s_i q_i), small and large boxes; see `boxes.Index`.
    problem: the rows in that order, in CSR, with masses in double and in single precision; what
    leaving costs each row (sum r_i q_i); the ground cost; the step to which distances are rounded;
    a bound on the error of bounds in single precision.
    seeds: (n, any) rows to try first, by original number; position: the inverse of the order.
    group: lanes, cheapest, limit, relaxed, near, pair: working memory.
    indices, distances: (n, k), by original row number.
    """
    order, scaled, _, large = index
    lanes, cheapest, limit, _, near, _ = group
    indptr, columns, _, singles, _, _, _, _ = problem
    rows = (indptr, columns, singles, scaled[3])
    n, k = indices.shape
    for number in range(first, last):
        start = number * LANES
        count = min(LANES, n - start)
        for lane in range(LANES):
            lanes[2][lane] = -NEVER if lane < count else NEVER
            limit[lane] = NEVER if lane < count else -NEVER
            for place in range(k):
                near[0][lane, place] = np.inf
                near[1][lane, place] = n
        for lane in range(count):
            for place in range(seeds.shape[1]):
                seed = position[seeds[order[start + lane], place]]
                if seed != start + lane:
                    _try(problem, order, start + lane, seed, lane, group)
        fill_table(scaled[0], scaled[1], scaled[2], start, start + count, lanes[0], lanes[1])
        _fill_cheapest(problem, start, count, cheapest)
        own = start // LARGE
        _visit(index, problem, rows, seeds, own, start, count, group)
        box = next_reached(large, 0, len(large[3]), lanes)
        while box < len(large[3]):
            if box != own:
                _visit(index, problem, rows, seeds, box, start, count, group)
            box = next_reached(large, box + 1, len(large[3]), lanes)
        for lane in range(count):
            for place in range(k):
                distances[order[start + lane], place] = near[0][lane, place]
                indices[order[start + lane], place] = near[1][lane, place]
