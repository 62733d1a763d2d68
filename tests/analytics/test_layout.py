"""The graph and the optimisation behind the maps: UMAP's, checked against its definitions."""

import math

import numpy as np
import pytest
from benchmarks.synthetic import generate
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from cocktailspace.analytics import layout
from cocktailspace.analytics.layout import CURVE, FuzzyGraph, fuzzy_graph
from cocktailspace.analytics.parameters import PARAMETERS
from cocktailspace.analytics.transport.neighbours import Neighbours, nearest_rows


@pytest.fixture(scope="module")
def near() -> Neighbours:
    return nearest_rows(generate(300, seed=2).subtree_masses(), 15)


def chances_of(neighbours: Neighbours, k: int) -> NDArray[np.float64]:
    """(n, n) UMAP's weights one by one, before they are made symmetric: sigma by bisection."""
    chances = np.zeros((len(neighbours), len(neighbours)))
    for row, (indices, distances) in enumerate(
        zip(neighbours.indices[:, :k], neighbours.distances[:, :k].tolist(), strict=True)
    ):
        nearest = min((each for each in distances if each > 0), default=0)
        gaps = [max(each - nearest, 0) for each in distances]
        low, high = 0.0, 1e9
        for _ in range(200):
            sigma = (low + high) / 2
            total = sum(math.exp(-gap / sigma) if gap else 1.0 for gap in gaps)
            low, high = (low, sigma) if total > math.log2(k + 1) else (sigma, high)
        chances[row, indices] = [math.exp(-gap / sigma) if gap else 1.0 for gap in gaps]
    return chances


@pytest.mark.parametrize("k", [1, 2, 3, 14])
def test_the_graph_is_umaps(near: Neighbours, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_ROWS_AT_ONCE", 70)
    graph = fuzzy_graph(near, k)
    assert (graph.head < graph.tail).all()
    places = graph.head.astype(np.int64) * graph.n + graph.tail
    assert (np.diff(places) > 0).all()
    chances = chances_of(near, k)
    expected = chances + chances.T - chances * chances.T
    found = np.zeros_like(expected)
    found[graph.head, graph.tail] = found[graph.tail, graph.head] = graph.weight
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(graph.degrees(), expected.sum(axis=1), rtol=1e-4)


def test_ties_and_duplicates_have_finite_weights() -> None:
    indices = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    distances = np.array([[0, 0, 0], [0, 5, 5], [5, 5, 5], [0, 1, 1 << 22]])
    graph = fuzzy_graph(Neighbours(indices.astype(np.int32), distances.astype(np.int32)), 3)
    assert len(graph.weight) == 6
    assert ((graph.weight > 0) & (graph.weight <= 1)).all()


def test_the_curve_is_fitted_as_umap_does() -> None:
    """1 / (1 + a d^2b) as near as can be to 1 up to min_dist and exp(min_dist - d) beyond."""
    distances = np.linspace(0, 3, 300)
    wanted = np.exp(np.minimum(PARAMETERS["map_min_dist"] - distances, 0))
    fitted, _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), distances, wanted)
    np.testing.assert_allclose(CURVE, fitted, rtol=1e-4)


def numeric_gradient(energy, points: NDArray[np.float64]) -> NDArray[np.float64]:  # type: ignore[no-untyped-def]
    gradient = np.zeros_like(points)
    for place in np.ndindex(points.shape):
        step = np.zeros_like(points)
        step[place] = 1e-5
        gradient[place] = (energy(points + step) - energy(points - step)) / 2e-5
    return gradient


def squares(points: NDArray[np.float64]) -> NDArray[np.float64]:
    gaps = points[:, :, None] - points[:, None, :]
    return (gaps**2).sum(axis=0)


@pytest.mark.parametrize("at_once", [7, 1 << 16])
def test_attraction_goes_down_the_cross_entropy(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_EDGES_AT_ONCE", at_once)
    (a, b), random = CURVE, np.random.default_rng(1)
    points = random.normal(size=(2, 12))
    head, tail = np.triu_indices(12, 1)
    weight = random.uniform(0.1, 1, len(head)).astype(np.float32)
    graph = FuzzyGraph(12, head.astype(np.int32), tail.astype(np.int32), weight)

    def energy(points: NDArray[np.float64]) -> float:
        likely = 1 / (1 + a * squares(points)[head, tail] ** b)
        return float(-(2 * weight * np.log(likely)).sum())

    pull, stiffness = layout._attraction(graph, points.astype(np.float32))
    np.testing.assert_allclose(pull, -numeric_gradient(energy, points), rtol=1e-3, atol=1e-4)
    alone = FuzzyGraph(12, *(each[:1] for each in (graph.head, graph.tail, weight)))
    pull, stiffness = layout._attraction(alone, points.astype(np.float32))
    gap = points[:, tail[0]] - points[:, head[0]]
    np.testing.assert_allclose(pull[:, 0], stiffness[0] * gap, rtol=1e-5)
    assert stiffness[0] == stiffness[1] > 0
    assert (stiffness[2:] == 0).all()


@pytest.mark.parametrize("at_once", [3, 1 << 14])
def test_repulsion_goes_down_the_cross_entropy(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all pairs, as each shift pairs each point with one after it and one before it."""
    monkeypatch.setattr(layout, "_POINTS_AT_ONCE", at_once)
    (a, b), n = CURVE, 9
    points = 3 * np.random.default_rng(2).normal(size=(2, n))
    one, other = np.triu_indices(n, 1)

    def energy(points: NDArray[np.float64]) -> float:
        likely = 1 / (1 + a * squares(points)[one, other] ** b)
        return float(-np.log(1 - likely).sum())

    weights = np.ones(n, dtype=np.float32)
    push = layout._repulsion(points.astype(np.float32), weights, list(range(1, n)))
    np.testing.assert_allclose(push / 2, -numeric_gradient(energy, points), rtol=2e-2, atol=1e-3)
    weights[4:] = 0
    only_some = layout._repulsion(points.astype(np.float32), weights, list(range(1, n)))
    np.testing.assert_allclose(only_some[:, :4], push[:, :4], rtol=1e-5)
    assert (only_some[:, 4:] == 0).all()


def test_repulsion_has_a_limit() -> None:
    """Of 4 for a pair; in a ring of two points each is before and after the other."""
    points = np.array([[0.0, 0.03], [0.0, 0.0]], dtype=np.float32)
    push = layout._repulsion(points, np.ones(2, dtype=np.float32), [1])
    assert push.tolist() == [[-8, 8], [0, 0]]


def test_points_that_are_tied_stand_together_and_others_apart() -> None:
    """Two cliques without an edge between them, thrown into one heap."""
    head, tail = np.triu_indices(20, 1)
    inside = (head < 10) == (tail < 10)
    ends = (each[inside].astype(np.int32) for each in (head, tail))
    graph = FuzzyGraph(20, *ends, np.ones(inside.sum(), dtype=np.float32))
    heap = np.random.default_rng(3).normal(size=(20, 2))
    points = layout.layout(graph, heap, epochs=200, rate=0.8, seed=1)
    one, other = points[:10], points[10:]
    apart = np.linalg.norm(one.mean(axis=0) - other.mean(axis=0))
    radii = [np.linalg.norm(each - each.mean(axis=0), axis=1).max() for each in (one, other)]
    assert apart > 3 * max(radii)
