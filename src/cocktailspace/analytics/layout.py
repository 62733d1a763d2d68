"""UMAP in NumPy: the fuzzy graph of nearest neighbours, and the optimisation of a layout by it.

The layout minimises UMAP's fuzzy cross-entropy (McInnes, Healy & Melville 2018). Instead of one
sampled edge after the other, as in the paper, each epoch takes all edges at once, and compares each
point with a few others at random; what NumPy does with whole arrays is as fast as compiled code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.neighbours import Neighbours

CURVE = (1.7502249632754288, 0.8420553925106006)
"""a and b of the curve 1 / (1 + a d^2b) that UMAP fits to min_dist 0.05; a test fits it anew."""

_NEGATIVES = 5
"""UMAP's negative_sample_rate: how often an edge repels for each time that it attracts."""
_PARTNERS = 12
"""Points that each is compared with, to either side, in an epoch."""
_LARGEST_PUSH = np.float32(4)
_HALVINGS = 32
_ROWS_AT_ONCE = 1 << 13
_EDGES_AT_ONCE = 1 << 16
_POINTS_AT_ONCE = 1 << 14
"""Bounds the scratch memory to some MB, which stay in the processor's cache."""

_Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FuzzyGraph:
    """Undirected edges between n points.

    head, tail: (edges,) their ends, head < tail, in ascending order. weight: (edges,) how likely
    each edge is, above 0 and at most 1.
    """

    n: int
    head: NDArray[np.int32]
    tail: NDArray[np.int32]
    weight: _Floats

    def degrees(self) -> NDArray[np.float64]:
        """(n,) the weight of each point's edges."""
        heads, tails = (np.bincount(end, self.weight, self.n) for end in (self.head, self.tail))
        return (heads + tails).astype(np.float64, copy=False)


def fuzzy_graph(neighbours: Neighbours, k: int) -> FuzzyGraph:
    """UMAP's graph of the first k neighbours of each point.

    An edge is there if one end says so: 1 - (1 - w)(1 - w') of two independent chances w and w'.
    """
    n, k = len(neighbours), min(k, neighbours.k)
    chances = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        chances[rows] = _memberships(neighbours.distances[rows, :k])
    here = np.repeat(np.arange(n, dtype=np.int64), k)
    there = neighbours.indices[:, :k].ravel().astype(np.int64)
    edges = np.minimum(here, there) * n + np.maximum(here, there)
    del here, there
    order = np.argsort(edges, kind="stable")
    edges, missing = edges[order], 1 - chances.ravel()[order]
    first = np.flatnonzero(np.diff(edges, prepend=-1))
    edges, weight = edges[first], 1 - np.multiply.reduceat(missing, first) if n else missing
    kept = weight > 0
    head, tail = np.divmod(edges[kept], max(n, 1))
    return FuzzyGraph(n, head.astype(np.int32), tail.astype(np.int32), weight[kept])


def _memberships(distances: NDArray[np.int32]) -> NDArray[np.float64]:
    """How likely each point's edge to each of its neighbours is.

    exp(-(d - nearest) / sigma), where nearest is the least distance above 0, and sigma such that
    they sum up to log2(k + 1), as far as it can be.
    """
    k = distances.shape[1]
    target = np.log2(k + 1)
    nearest = np.where(distances > 0, distances, distances.max(initial=0))
    gaps = np.maximum(distances - nearest.min(axis=1, keepdims=True, initial=1 << 30), 0)
    low = np.zeros((len(distances), 1))
    high = gaps.max(axis=1, keepdims=True, initial=0) / np.log(max(k / target, 1.001))
    for _ in range(_HALVINGS):
        middle = np.maximum((low + high) / 2, 1e-3)  # no gap between whole numbers is smaller
        above = np.exp(-gaps / middle).sum(axis=1, keepdims=True) > target
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    memberships: NDArray[np.float64] = np.exp(-gaps / np.maximum(high, 1e-3))
    return memberships


def layout(
    graph: FuzzyGraph, begin: NDArray[np.float64], *, epochs: int, rate: float, seed: int
) -> NDArray[np.float64]:
    """(n, 2) places of the points of a graph, optimised from where they begin.

    rate: how far points go at first, falling to 0 over the epochs. At 1 a point goes to the mean of
    its neighbours, each with the weight of its attraction, plus what repels it over the sum of
    these weights: a step along the gradient, divided by the diagonal of the attraction's Hessian
    (Vladymyrov & Carreira-Perpinan 2012), which needs no learning rate of its own.
    """
    random = np.random.default_rng(seed)
    points = np.ascontiguousarray(begin.T, dtype=np.float32)
    repelled = (graph.degrees() * _NEGATIVES / (2 * _PARTNERS)).astype(np.float32)
    for epoch in range(epochs):
        pull, stiffness = _attraction(graph, points)
        shifts = random.integers(1, graph.n, _PARTNERS).tolist()
        push = _repulsion(points, repelled, shifts)
        step = (pull + push) / (stiffness + 1e-3)
        points += (rate * (1 - epoch / epochs) * step).astype(np.float32)
    return points.T.astype(np.float64)


def _attraction(
    graph: FuzzyGraph, points: _Floats
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(2, n) what pulls each point to its neighbours, and (n,) the sum of the pulls' weights.

    Twice along each edge, as UMAP's graph has it in both directions:
    2 w 2ab d^(2b - 2) / (1 + a d^2b) (tail - head).
    """
    a, b = np.float32(CURVE[0]), np.float32(CURVE[1])
    pull, stiffness = np.zeros((2, graph.n)), np.zeros(graph.n)
    for start in range(0, len(graph.head), _EDGES_AT_ONCE):
        edges = slice(start, start + _EDGES_AT_ONCE)
        head, tail = graph.head[edges].astype(np.intp), graph.tail[edges].astype(np.intp)
        gap = points[:, tail] - points[:, head]
        square = np.maximum(gap[0] ** 2 + gap[1] ** 2, np.float32(1e-8))
        power = square**b
        weight = 4 * a * b * graph.weight[edges] * power / (square * (1 + a * power))
        gap *= weight
        for axis in range(2):
            pull[axis] += np.bincount(head, gap[axis], graph.n)
            pull[axis] -= np.bincount(tail, gap[axis], graph.n)
        stiffness += np.bincount(head, weight, graph.n) + np.bincount(tail, weight, graph.n)
    return pull, stiffness


def _repulsion(points: _Floats, weights: _Floats, shifts: list[int]) -> _Floats:
    """(2, n) what pushes each point away from those that stand so many places after and before it:
    weight 2b / ((0.001 + d^2) (1 + a d^2b)) (point - other), at most 4 along each axis.
    """
    a, b = np.float32(CURVE[0]), np.float32(CURVE[1])
    n = points.shape[1]
    push = np.zeros_like(points)
    for here, there in _paired(n, shifts):
        gap = points[:, here] - points[:, there]
        square = gap[0] ** 2 + gap[1] ** 2
        gap *= 2 * b / ((np.float32(1e-3) + square) * (1 + a * square**b))
        np.clip(gap, -_LARGEST_PUSH, _LARGEST_PUSH, out=gap)
        push[:, here] += weights[here] * gap
        push[:, there] -= weights[there] * gap
    return push


def _paired(n: int, shifts: list[int]) -> list[tuple[slice, slice]]:
    """Stretches of range(n), each with the one that lies so many places after it, in a ring."""
    pairs = []
    for shift in shifts:
        for begin, end, after in ((0, n - shift, shift), (n - shift, n, shift - n)):
            for start in range(begin, end, _POINTS_AT_ONCE):
                stop = min(start + _POINTS_AT_ONCE, end)
                pairs.append((slice(start, stop), slice(start + after, stop + after)))
    return pairs
