"""The transportation problem, exactly, by successive shortest paths (compiled).

Minimise sum f_ij c_ij over flows f >= 0 with row sums a and column sums b. Its dual is to maximise
sum a_i u_i + sum b_j v_j subject to u_i + v_j <= c_ij, and every such (u, v) gives a lower bound on
the cost (weak duality: sum f_ij c_ij >= sum f_ij (u_i + v_j) = sum a_i u_i + sum b_j v_j).
The solver keeps the duals feasible and flow on tight arcs only, and sends what is left along
shortest paths in reduced costs c_ij - u_i - v_j >= 0; once everything is sent, flow and duals are
optimal together. As the bound only rises, a solve may stop as soon as it exceeds a limit.
Source: Ahuja, Magnanti & Orlin 1993, section 9.7; Jonker & Volgenant 1987 for the start.

A workspace is a tuple of arrays for problems of up to M sources and N sinks: costs and flow (M, N);
u, left, reach of sources (M,); v, left, reach of sinks (N,); the sink before each source and the
source before each sink on the path; which sources and sinks the path search has settled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cocktailspace.analytics.transport.compiled import Floats, Space, compiled, compiled_entry

_DUST = 1e-12
"""Share of a mass below which what is left of it is taken for rounding error."""


def workspace(sources: int, sinks: int) -> tuple[Any, ...]:
    """Working memory for problems of up to so many sources and sinks."""
    shape = (max(sources, 1), max(sinks, 1))
    matrices = (np.zeros(shape), np.zeros(shape))
    reals = tuple(np.zeros(size) for size in shape for _ in range(3))
    before = (np.zeros(shape[0], dtype=np.int64), np.zeros(shape[1], dtype=np.int64))
    settled = (np.zeros(shape[0], dtype=np.uint8), np.zeros(shape[1], dtype=np.uint8))
    return (*matrices, *reals, *before, *settled)


@compiled
def _start(a: Floats, b: Floats, m: int, n: int, space: Space) -> None:
    """Feasible duals by two passes of minima, and flow on one tight arc of each source.

    v_j = min_i c_ij, then u_i = min_j (c_ij - v_j): feasible by construction.
    """
    costs, flow, u, left_a, _, v, left_b, _, _, _, _, _ = space
    for j in range(n):
        v[j] = costs[0, j]
        left_b[j] = b[j]
    for i in range(1, m):
        for j in range(n):
            v[j] = min(v[j], costs[i, j])
    for i in range(m):
        cheapest, least = 0, costs[i, 0] - v[0]
        for j in range(n):
            flow[i, j] = 0.0
            reduced = costs[i, j] - v[j]
            if reduced < least:
                cheapest, least = j, reduced
        u[i] = least
        sent = a[i] if a[i] < left_b[cheapest] else left_b[cheapest]
        flow[i, cheapest] = sent
        left_a[i] = a[i] - sent
        left_b[cheapest] -= sent


@compiled
def _bound(a: Floats, b: Floats, m: int, n: int, space: Space) -> float:
    """The dual objective: a lower bound on the cost."""
    u, v = space[2], space[5]
    bound = 0.0
    for i in range(m):
        bound += a[i] * u[i]
    for j in range(n):
        bound += b[j] * v[j]
    return bound


@compiled
def _fill_tight(a: Floats, b: Floats, m: int, n: int, space: Space) -> None:
    """Send what is left along further tight arcs, without any rerouting."""
    costs, flow, u, left_a, _, v, left_b, _, _, _, _, _ = space
    for i in range(m):
        if left_a[i] > _DUST * a[i]:
            for j in range(n):
                if left_b[j] > _DUST * b[j] and costs[i, j] - v[j] <= u[i]:
                    sent = left_a[i] if left_a[i] < left_b[j] else left_b[j]
                    flow[i, j] += sent
                    left_a[i] -= sent
                    left_b[j] -= sent


@compiled
def _pass_through(
    sink: int, distance: float, a: Floats, b: Floats, m: int, n: int, space: Space
) -> None:
    """Settle a full sink: sources that send to it may send elsewhere instead."""
    costs, flow, u, _, reach_a, v, _, reach_b, sink_before, source_before, done_a, done_b = space
    done_b[sink] = 1
    for i in range(m):
        least = a[i] if a[i] < b[sink] else b[sink]
        if done_a[i] == 0 and flow[i, sink] > _DUST * least:
            done_a[i] = 1
            reach_a[i] = distance
            sink_before[i] = sink
            base = distance - u[i]
            for j in range(n):
                through = base + costs[i, j] - v[j]
                if done_b[j] == 0 and through < reach_b[j]:
                    reach_b[j] = through
                    source_before[j] = i


@compiled
def _shortest_path(source: int, a: Floats, b: Floats, m: int, n: int, space: Space) -> int:
    """Dijkstra in reduced costs from `source` to the nearest sink with room; -1 if none has.

    Forward arcs are all (i, j), backward arcs those that carry flow. Afterwards the duals are
    raised so that the path is tight: u_i by D - reach_i, v_j down by D - reach_j for what was
    settled before the distance D, which keeps all reduced costs >= 0.
    """
    costs, _, u, _, reach_a, v, left_b, reach_b, _, source_before, done_a, done_b = space
    for i in range(m):
        done_a[i] = 0
    for j in range(n):
        done_b[j] = 0
        reach_b[j] = costs[source, j] - u[source] - v[j]
        source_before[j] = source
    done_a[source] = 1
    reach_a[source] = 0.0
    while True:
        sink, distance = -1, np.inf
        for j in range(n):
            if done_b[j] == 0 and reach_b[j] < distance:
                sink, distance = j, reach_b[j]
        if sink < 0:
            return -1
        if left_b[sink] > _DUST * b[sink]:
            break
        _pass_through(sink, distance, a, b, m, n, space)
    for i in range(m):
        if done_a[i] == 1:
            u[i] += distance - reach_a[i]
    for j in range(n):
        if done_b[j] == 1:
            v[j] -= distance - reach_b[j]
    return sink


@compiled
def _augment(source: int, sink: int, space: Space) -> None:
    """Send as much as the path from source to sink can carry."""
    _, flow, _, left_a, _, _, left_b, _, sink_before, source_before, _, _ = space
    sent = left_a[source] if left_a[source] < left_b[sink] else left_b[sink]
    i = source_before[sink]
    while i != source:
        j = sink_before[i]
        sent = min(sent, flow[i, j])
        i = source_before[j]
    j = sink
    while True:
        i = source_before[j]
        flow[i, j] += sent
        if i == source:
            break
        j = sink_before[i]
        flow[i, j] -= sent
    left_a[source] -= sent
    left_b[sink] -= sent


@compiled
def solve(a: Floats, b: Floats, m: int, n: int, limit: float, space: Space) -> float:
    """Least cost of moving masses a[:m] to b[:n] at space's costs, with the flow left in space.

    Stops early with a lower bound above `limit` as soon as there is one.
    Masses are > 0 and their sums equal up to rounding.
    """
    _start(a, b, m, n, space)
    bound = _bound(a, b, m, n, space)
    if bound > limit:
        return bound
    _fill_tight(a, b, m, n, space)
    left_a = space[3]
    for source in range(m):
        while left_a[source] > _DUST * a[source]:
            sink = _shortest_path(source, a, b, m, n, space)
            if sink < 0:
                break
            _augment(source, sink, space)
            if limit < np.inf:
                bound = _bound(a, b, m, n, space)
                if bound > limit:
                    return bound
    costs, flow = space[0], space[1]
    cost = 0.0
    for i in range(m):
        for j in range(n):
            cost += flow[i, j] * costs[i, j]
    return cost


@compiled_entry
def solve_alone(a: Floats, b: Floats, space: Space) -> float:
    """`solve` to the end, for one problem."""
    return solve(a, b, len(a), len(b), np.inf, space)
