"""The map: points in the plane such that near recipes are near, from their exact neighbours."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.layout import fuzzy_graph, layout
from cocktailspace.analytics.parameters import MAP_NEIGHBOURS, MAP_SEED
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.rows import Rows

_Points = NDArray[np.float64]

_COLD_RATE, _WARM_RATE = 0.8, 0.2
_COLD_EPOCHS, _COLD_EPOCHS_OF_MANY, _WARM_EPOCHS = 300, 100, 30
_MANY = 10_000
_ITERATIONS = 20
_FEWEST = 4
"""Below this many points there is nothing to optimise."""


def project(
    neighbours: Neighbours,
    *,
    start: _Points | None = None,
    other: _Points | None = None,
    features: Rows | None = None,
    seed: int = MAP_SEED,
) -> _Points:
    """(n, 2) coordinates of n points by UMAP; near points in `neighbours` end up near.

    neighbours: each point's nearest others; the first 14 are used, as UMAP's 15 count the point
    itself.
    start: (n, 2) the previous map, rows of NaN for new points, which begin at the weighted mean of
    their neighbours. A map that begins so stays put: only few and gentle steps follow.
    other: (n, 2) a map of the same points by other neighbours, where one without `start` begins.
    The two then look alike.
    features: (n, columns) the rows behind the neighbours; their two principal components are where
    a map without either begins. Without features it begins at random places.
    The result is finite and depends on the arguments alone.
    Raises ValueError for places or features of another number of points.
    """
    n = len(neighbours)
    known = _known(start, n)
    _check_number("other places", other, n)
    _check_number("features", features, n)
    if n < _FEWEST:
        return _few_points(start, known, n)
    graph = fuzzy_graph(neighbours, MAP_NEIGHBOURS)
    cold_epochs = _COLD_EPOCHS if n <= _MANY else _COLD_EPOCHS_OF_MANY
    if start is not None and known.any():
        begin = _with_new_points(start, known, neighbours, seed)
        if 2 * known.sum() <= n:
            return layout(graph, begin, epochs=cold_epochs, rate=_COLD_RATE, seed=seed)
        points = layout(graph, begin, epochs=_WARM_EPOCHS, rate=_WARM_RATE, seed=seed)
        return _aligned(points, points[known], start[known])
    begin = _principal_components(features, n, seed) if other is None else other
    points = layout(graph, begin, epochs=cold_epochs, rate=_COLD_RATE, seed=seed)
    return points if other is None else _aligned(points, points, other)


def _check_number(name: str, given: Sized | None, n: int) -> None:
    if given is not None and len(given) != n:
        raise ValueError(f"there are {len(given)} {name}, but neighbours of {n} points")


def _known(start: _Points | None, n: int) -> NDArray[np.bool_]:
    """Which points have a place on the previous map."""
    if start is None:
        return np.zeros(n, dtype=np.bool_)
    if start.shape != (n, 2):
        raise ValueError(f"start must have shape ({n}, 2), got {start.shape}")
    return np.asarray(np.isfinite(start).all(axis=1))


def _few_points(start: _Points | None, known: NDArray[np.bool_], n: int) -> _Points:
    """Very few points: where they were, new ones evenly on a circle (one alone in its centre)."""
    if n == 1:
        places = np.zeros((1, 2))
    else:
        angle = 2 * np.pi * np.arange(n) / max(n, 1)
        places = np.column_stack([np.cos(angle), np.sin(angle)])
    if start is not None:
        places[known] = start[known]
    return places


def _with_new_points(
    start: _Points, known: NDArray[np.bool_], neighbours: Neighbours, seed: int
) -> _Points:
    """`start` with every new point at the weighted mean of its neighbours that have a place.

    Points whose neighbours are all new wait for them; those never reached go to the middle. A
    little noise keeps points of equal neighbours apart.
    """
    places = np.where(known[:, None], start, 0.0)
    placed = known.copy()
    scale = max(float(neighbours.distances.mean()), 1e-9)
    noise = np.random.default_rng(seed).normal(scale=1e-3, size=places.shape)
    while True:
        waiting = np.flatnonzero(~placed)
        near = neighbours.indices[waiting]
        gap = neighbours.distances[waiting] - neighbours.distances[waiting, :1]
        weights = np.exp(-gap / scale) * placed[near]
        total = weights.sum(axis=1)
        ready = total > 0
        if not ready.any():
            break
        sums = np.einsum("nk,nkd->nd", weights[ready], places[near[ready]])
        places[waiting[ready]] = sums / total[ready, None] + noise[waiting[ready]]
        placed[waiting[ready]] = True
    places[~placed] = start[known].mean(axis=0) + noise[~placed]
    return places


def _aligned(points: _Points, moved: _Points, target: _Points) -> _Points:
    """`points` shifted, turned and scaled as one, so that `moved` come as near to `target` as can.

    This undoes the drift and the change of scale that come with the optimisation.
    Source: Procrustes analysis, Gower 1975.
    """
    centre, new_centre = moved.mean(axis=0), target.mean(axis=0)
    left, sizes, right = np.linalg.svd((moved - centre).T @ (target - new_centre))
    spread = float(((moved - centre) ** 2).sum())
    if spread == 0:
        return points
    laid: _Points = (points - centre) @ (left @ right) * (sizes.sum() / spread) + new_centre
    return laid


def _principal_components(features: Rows | None, n: int, seed: int) -> _Points:
    """A cold start: the two principal components, scaled to at most 10, with a little noise.

    Source: orthogonal iteration, Golub & Van Loan 2013, section 8.2; it needs no matrix of columns.
    """
    random = np.random.default_rng(seed)
    if features is None:
        return random.uniform(-10, 10, size=(n, 2))
    row, column, width = features.row_of_entry(), features.indices, features.width
    mean = np.bincount(column, weights=features.data, minlength=width) / n
    axes = np.linalg.qr(random.normal(size=(width, min(2, width))))[0]
    places = np.zeros((n, 2))
    for _ in range(_ITERATIONS):
        back = np.zeros_like(axes)
        for axis in range(axes.shape[1]):
            weights = features.data * axes[column, axis]
            along = np.bincount(row, weights=weights, minlength=n) - mean @ axes[:, axis]
            places[:, axis] = along
            weights = features.data * along[row]
            back[:, axis] = np.bincount(column, weights=weights, minlength=width)
            back[:, axis] -= mean * along.sum()
        axes = np.linalg.qr(back)[0]
    largest = np.abs(places).max(initial=0.0)
    if largest > 0:
        places *= 10 / largest
    return places + random.normal(scale=1e-2, size=(n, 2))
