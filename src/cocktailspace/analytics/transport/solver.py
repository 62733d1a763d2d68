"""The transportation problem, exactly, by successive shortest paths (compiled).

Minimise sum f_ij c_ij over flows f >= 0 with row sums a and column sums b. Its dual is to maximise
sum a_i u_i + sum b_j v_j subject to u_i + v_j <= c_ij, and every such (u, v) gives a lower bound on
the cost (weak duality: sum f_ij c_ij >= sum f_ij (u_i + v_j) = sum a_i u_i + sum b_j v_j).
The solver keeps the duals feasible and flow on tight arcs only, and sends what is left along
shortest paths in reduced costs c_ij - u_i - v_j >= 0; once everything is sent, flow and duals are
optimal together. As the bound only rises, a solve may stop as soon as it exceeds a limit.
Source: Ahuja, Magnanti & Orlin 1993, section 9.7; Jonker & Volgenant 1987 for the start.

A workspace is a tuple of four arrays for problems of up to M sources and as many sinks: costs and
flow (M, M), and the rows of `reals` and `paths` (rows, M) that are named below. Few arrays, because
each one handed from function to function costs time.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.transport.compiled import Floats, Ints, compiled, compiled_entry

Space = tuple[Floats, Floats, Floats, Ints]

A, B, U, V, LEFT_A, LEFT_B, REACH_A, REACH_B, KEY = range(9)
"""Rows of `reals`: masses, duals, what is left of the masses, path lengths; room for sorting."""
SINK_BEFORE, SOURCE_BEFORE, DONE_A, DONE_B, RANK = range(5)
"""Rows of `paths`: what comes before a source or sink on its path, and whether it is settled."""
_DUST = 1e-12
"""Share of a mass below which what is left of it is taken for rounding error."""


def workspace(longest: int) -> Space:
    """Working memory for problems of up to so many sources and sinks."""
    size = max(longest, 1)
    square = (size, size)
    return np.zeros(square), np.zeros(square), np.zeros((9, size)), np.zeros((5, size), np.int64)


@compiled
def _start(costs: Floats, flow: Floats, reals: Floats, m: int, n: int) -> None:
    """Feasible duals by two passes of minima, and flow on one tight arc of each source.

    v_j = min_i c_ij, then u_i = min_j (c_ij - v_j): feasible by construction.
    """
    for j in range(n):
        reals[V, j] = costs[0, j]
        reals[LEFT_B, j] = reals[B, j]
    for i in range(1, m):
        for j in range(n):
            reals[V, j] = min(costs[i, j], reals[V, j])
    for i in range(m):
        cheapest, least = 0, costs[i, 0] - reals[V, 0]
        for j in range(n):
            flow[i, j] = 0.0
            reduced = costs[i, j] - reals[V, j]
            if reduced < least:
                cheapest, least = j, reduced
        reals[U, i] = least
        sent = min(reals[A, i], reals[LEFT_B, cheapest])
        flow[i, cheapest] = sent
        reals[LEFT_A, i] = reals[A, i] - sent
        reals[LEFT_B, cheapest] -= sent


@compiled
def _bound(reals: Floats, m: int, n: int) -> float:
    """The dual objective: a lower bound on the cost."""
    bound = 0.0
    for i in range(m):
        bound += reals[A, i] * reals[U, i]
    for j in range(n):
        bound += reals[B, j] * reals[V, j]
    return bound


@compiled
def _fill_tight(source: int, costs: Floats, flow: Floats, reals: Floats, n: int) -> None:
    """Send what is left of a source along its further tight arcs, without any rerouting."""
    for j in range(n):
        room = reals[LEFT_B, j]
        if room > _DUST * reals[B, j] and costs[source, j] - reals[V, j] <= reals[U, source]:
            sent = min(reals[LEFT_A, source], room)
            flow[source, j] += sent
            reals[LEFT_A, source] -= sent
            reals[LEFT_B, j] -= sent


@compiled
def _nearest_unsettled(reals: Floats, paths: Ints, n: int) -> int:
    """The sink of least distance among those not settled; -1 if there is none."""
    nearest, least = -1, np.inf
    for j in range(n):
        if paths[DONE_B, j] == 0 and reals[REACH_B, j] < least:
            nearest, least = j, reals[REACH_B, j]
    return nearest


@compiled
def _pass_through(
    source: int, distance: float, costs: Floats, reals: Floats, paths: Ints, n: int
) -> None:
    """Settle `source` at `distance`, and shorten the paths to sinks that lead through it."""
    paths[DONE_A, source] = 1
    reals[REACH_A, source] = distance
    base = distance - reals[U, source]
    for j in range(n):
        through = base + costs[source, j] - reals[V, j]
        if paths[DONE_B, j] == 0 and through < reals[REACH_B, j]:
            reals[REACH_B, j] = through
            paths[SOURCE_BEFORE, j] = source


@compiled
def _begin_search(source: int, costs: Floats, reals: Floats, paths: Ints, m: int, n: int) -> None:
    """Begin Dijkstra's search from `source`."""
    for i in range(m):
        paths[DONE_A, i] = 0
    for j in range(n):
        paths[DONE_B, j] = 0
        reals[REACH_B, j] = np.inf
    _pass_through(source, 0.0, costs, reals, paths, n)


@compiled
def _next_with_room(costs: Floats, flow: Floats, reals: Floats, paths: Ints, m: int, n: int) -> int:
    """Go on to the nearest sink with room, in reduced costs; -1 if there is none.

    Forward arcs are all (i, j), backward arcs those that carry flow. A sink that an earlier path of
    the same search has filled is passed through like any full one: its distance still holds.
    """
    sink = _nearest_unsettled(reals, paths, n)
    while sink >= 0 and reals[LEFT_B, sink] <= _DUST * reals[B, sink]:
        paths[DONE_B, sink] = 1
        for i in range(m):
            carries = flow[i, sink] > _DUST * min(reals[A, i], reals[B, sink])
            if carries and paths[DONE_A, i] == 0:
                paths[SINK_BEFORE, i] = sink
                _pass_through(i, reals[REACH_B, sink], costs, reals, paths, n)
        sink = _nearest_unsettled(reals, paths, n)
    return sink


@compiled
def _raise_duals(sink: int, reals: Floats, paths: Ints, m: int, n: int) -> None:
    """Make the shortest path to `sink`, of length D, tight.

    u_i rises by D - reach_i and v_j falls by D - reach_j for all that was settled before D: the
    potentials of Dijkstra's algorithm, which keep all reduced costs >= 0.
    """
    distance = reals[REACH_B, sink]
    for i in range(m):
        if paths[DONE_A, i] == 1:
            reals[U, i] += distance - reals[REACH_A, i]
    for j in range(n):
        if paths[DONE_B, j] == 1:
            reals[V, j] -= distance - reals[REACH_B, j]


@compiled
def _augment(source: int, sink: int, flow: Floats, reals: Floats, paths: Ints) -> bool:
    """Send as much as the path from source to sink can carry; whether an arc on it ran empty."""
    ends = min(reals[LEFT_A, source], reals[LEFT_B, sink])
    sent = ends
    i = paths[SOURCE_BEFORE, sink]
    while i != source:
        j = paths[SINK_BEFORE, i]
        sent = min(sent, flow[i, j])
        i = paths[SOURCE_BEFORE, j]
    j = sink
    while True:
        i = paths[SOURCE_BEFORE, j]
        flow[i, j] += sent
        if i == source:
            break
        j = paths[SINK_BEFORE, i]
        flow[i, j] -= sent
    reals[LEFT_A, source] -= sent
    reals[LEFT_B, sink] -= sent
    return bool(sent < ends)


@compiled
def _send_all(
    source: int, costs: Floats, flow: Floats, reals: Floats, paths: Ints, m: int, n: int
) -> None:
    """Send all that is left of a source along shortest paths, and raise the duals accordingly.

    One search serves several paths as long as none of its arcs runs empty.
    """
    while reals[LEFT_A, source] > _DUST * reals[A, source]:
        _begin_search(source, costs, reals, paths, m, n)
        emptied = False
        while not emptied:
            sink = _next_with_room(costs, flow, reals, paths, m, n)
            if sink < 0:
                return
            emptied = _augment(source, sink, flow, reals, paths)
            if reals[LEFT_A, source] <= _DUST * reals[A, source]:
                break
        _raise_duals(sink, reals, paths, m, n)


@compiled
def solve(
    costs: Floats, flow: Floats, reals: Floats, paths: Ints, m: int, n: int, limit: float
) -> float:
    """Least cost of moving the first m masses of row A to the first n of row B; `flow` says how.

    Stops early with a lower bound above `limit` as soon as there is one.
    The sums of the masses are equal up to rounding.
    """
    _start(costs, flow, reals, m, n)
    bound = _bound(reals, m, n)
    if bound > limit:
        return bound
    for i in range(m):
        if reals[LEFT_A, i] > _DUST * reals[A, i]:
            _fill_tight(i, costs, flow, reals, n)
    for source in range(m):
        if reals[LEFT_A, source] > _DUST * reals[A, source]:
            _send_all(source, costs, flow, reals, paths, m, n)
            if limit < np.inf:
                bound = _bound(reals, m, n)
                if bound > limit:
                    return bound
    cost = 0.0
    for i in range(m):
        for j in range(n):
            cost += flow[i, j] * costs[i, j]
    return cost


@compiled_entry
def solve_alone(space: Space, m: int, n: int) -> float:
    """`solve` to the end, for one problem."""
    costs, flow, reals, paths = space
    return solve(costs, flow, reals, paths, m, n, np.inf)
