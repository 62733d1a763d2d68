import numpy as np
import pytest
from references import dense, random_rows, sparse

from cocktailspace.analytics.transport import (
    Neighbours,
    largest_flows,
    nearest_rows,
    pair_distances,
    taxonomy_costs,
    transport_plan,
)

NEXT = np.array([[1], [0]], dtype=np.int32)


def test_by_hand():
    rows = sparse(np.array([[0.5, 0.5, 0, 0], [0.2, 0, 0.7, 0.1]]))
    costs = taxonomy_costs(np.array([-1, -1, 1, 0]))
    flows = largest_flows(rows, costs, Neighbours(NEXT, NEXT * 1.0))
    found = list(zip(flows.sources[0, 0], flows.sinks[0, 0], flows.masses[0, 0], strict=True))
    assert found == [(1, 2, 0.5), (0, 2, pytest.approx(0.2)), (0, 3, pytest.approx(0.1))]
    assert flows.unchanged[0, 0] == pytest.approx(0.2)


def test_staying_counts_if_asked_for():
    rows = sparse(np.array([[0.6, 0.4], [0.7, 0.3]]))
    near = Neighbours(NEXT, NEXT * 1.0)
    moved = largest_flows(rows, [[0.0, 1], [1, 0]], near)
    assert moved.sources[0, 0].tolist() == [1, -1, -1]
    assert moved.masses[0, 0].tolist() == [pytest.approx(0.1), 0, 0]
    stayed = largest_flows(rows, [[0.0, 1], [1, 0]], near, staying=True)
    assert stayed.sources[0, 0].tolist() == [0, 1, 1]
    assert stayed.sinks[0, 0].tolist() == [0, 1, 0]


def test_equal_the_plans_one_by_one(random, noisy_cost):
    rows, costs = random_rows(random, 60, 9), noisy_cost(9)
    near = nearest_rows(rows, 5)
    flows = largest_flows(rows, costs, near, count=4, staying=True)
    matrix = dense(rows)
    for i in range(60):
        for place, j in enumerate(near.indices[i]):
            flow = transport_plan(matrix[i], matrix[j], costs).flow
            sizes = np.sort(flow, axis=None)[::-1][:4]
            assert flows.masses[i, place] == pytest.approx(sizes, abs=1e-9)
            assert flows.unchanged[i, place] == pytest.approx(np.trace(flow))


def test_equal_flows_come_in_order_of_source_and_sink():
    rows = sparse(
        np.array([[0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0], [0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25]])
    )
    costs = 2 - np.eye(8)[:, [4, 5, 6, 7, 0, 1, 2, 3]]  # each to its own partner
    flows = largest_flows(rows, costs, Neighbours(NEXT, NEXT * 1.0))
    assert flows.sources[0, 0].tolist() == [0, 1, 2]
    assert flows.sinks[0, 0].tolist() == [4, 5, 6]


def test_the_number_of_threads_changes_nothing(made_up, noisy_cost):
    rows = made_up.fractions().take(np.arange(2000))
    near = nearest_rows(rows, 5)
    costs = noisy_cost(rows.width)
    one, three = (largest_flows(rows, costs, near, threads=threads) for threads in (1, 3))
    assert all((getattr(one, n) == getattr(three, n)).all() for n in ("sources", "sinks", "masses"))


def test_no_neighbours_no_flows():
    rows = sparse(np.ones((1, 2)) / 2)
    assert largest_flows(rows, np.zeros((2, 2)), nearest_rows(rows, 5)).masses.shape == (1, 0, 3)


def test_refuses_neighbours_of_other_rows():
    rows = sparse(np.ones((3, 2)) / 2)
    with pytest.raises(ValueError, match="neighbours of 2 rows, but there are 3"):
        largest_flows(rows, np.zeros((2, 2)), Neighbours(NEXT, NEXT * 1.0))


def test_distances_of_pairs_are_those_one_by_one(random):
    rows, costs = random_rows(random, 30, 9), random.random((9, 9))
    left, right = random.integers(0, 30, (2, 200))
    found = pair_distances(rows, costs, left, right)
    matrix = dense(rows)
    for i, j, distance in zip(left, right, found, strict=True):
        assert distance == pytest.approx(
            transport_plan(matrix[i], matrix[j], costs).cost, abs=1e-12
        )
    assert pair_distances(rows, costs, [], []).shape == (0,)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [([0, 3], [1, 1], "from 0 to 2"), ([-1], [0], "from 0 to 2"), ([0, 1], [0], "2 rows cannot")],
)
def test_refuses_pairs_of_no_rows(left, right, message):
    with pytest.raises(ValueError, match=message):
        pair_distances(sparse(np.ones((3, 2)) / 2), np.zeros((2, 2)), left, right)
