from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from references import learn_slowly, sparse

from cocktailspace.analytics.transport import (
    LearnedCosts,
    Rows,
    learn_costs,
    nearest_rows,
    nearest_under_cost,
    subtree_masses,
    taxonomy_costs,
)
from cocktailspace.analytics.transport.learning import costs_of_exchange

PARENTS = np.array([-1, 0, 0, 0, -1, 4, 4, 5, 5, -1, 9, 9], dtype=np.int32)


def learn(rows: Rows, parents: ArrayLike, **options: Any) -> LearnedCosts:
    """Learned costs from the neighbours under the taxonomy."""
    near = nearest_rows(subtree_masses(rows, parents), 10)
    return learn_costs(rows, parents, near, **options)


@pytest.fixture(scope="module")
def few() -> Rows:
    """40 recipes over a small forest, in uneven parts, so that plans are unique."""
    random = np.random.default_rng(11)
    matrix = random.random((40, 12)) * (random.random((40, 12)) < 0.3)
    matrix[:, 3] += 0.05 * random.random(40)
    return sparse(matrix / matrix.sum(axis=1, keepdims=True))


def test_equal_the_slow_reference(few):
    learned = learn(few, PARENTS, rounds=4, k=6)
    costs, changes = learn_slowly(few, PARENTS, rounds=4, k=6)
    assert learned.changes == pytest.approx(changes, rel=1e-7)
    assert np.allclose(learned.ground_cost, costs, rtol=0, atol=1e-9)


def test_are_costs(real):
    learned = learn(real.fractions(rolled_up=True), real.parents)
    costs = learned.ground_cost
    assert (costs == costs.T).all()
    assert (np.diagonal(costs) == 0).all()
    assert costs.min() == 0
    assert np.median(costs[~np.eye(len(costs), dtype=bool)]) == pytest.approx(1)
    assert 1 <= learned.rounds <= 5
    assert len(learned.neighbours) == 1356
    assert (np.array(learned.changes[:-1]) >= 1e-3).all()


def test_what_stands_in_for_each_other_is_cheap():
    """0 and 1 are exchanged between otherwise equal recipes, 2 and 3 never."""
    other = np.linspace(0.1, 0.9, 20)
    matrix = np.zeros((40, 4))
    matrix[::2, 0] = matrix[1::2, 1] = 0.3
    matrix[:, 2] = 0.7 * np.repeat(other, 2)
    matrix[:, 3] = 0.7 - matrix[:, 2]
    costs = learn(sparse(matrix), [-1, -1, -1, -1], rounds=1, k=1).ground_cost
    assert costs[0, 1] == costs[~np.eye(4, dtype=bool)].min()


def test_scores_by_hand():
    """Row sums 5, 3, 3 and total 11 make E = (8, 6, 6)(8, 6, 6)' / 20 and the best S = 4 / 1.8."""
    exchanged = np.array([[4.0, 1, 0], [1, 2, 0], [0, 0, 3]])
    by_hand = np.log([8 / 3, 16 / 3, 4]) / np.log(4)
    costs = costs_of_exchange(exchanged)
    assert [costs[0, 1], costs[0, 2], costs[1, 2]] == pytest.approx(by_hand)
    assert (np.diagonal(costs) == 0).all()


def test_nothing_exchanged_tells_no_costs_apart():
    assert costs_of_exchange(np.zeros((3, 3))) is None
    assert costs_of_exchange(np.ones((1, 1))) is None
    assert costs_of_exchange(np.zeros((0, 0))) is None


@pytest.mark.parametrize("n", [0, 1])
def test_without_neighbours_the_taxonomy_stays(n):
    rows = sparse(np.ones((n, 3)) / 3) if n else Rows.from_triplets([], [], [], (0, 3))
    learned = learn(rows, [-1, 0, 0])
    assert (learned.ground_cost == taxonomy_costs([-1, 0, 0])).all()
    assert learned.rounds == 0


def test_the_number_of_threads_changes_nothing(few):
    one, three = (learn(few, PARENTS, threads=threads) for threads in (1, 3))
    assert (one.ground_cost == three.ground_cost).all()


def test_its_neighbours_are_good_seeds(few):
    learned = learn(few, PARENTS, k=6)
    found = nearest_under_cost(few, learned.ground_cost, 6, seeds=learned.neighbours)
    assert (found.indices == learned.neighbours.indices).mean() > 0.8


def test_progress_rises_from_nought_to_one(few):
    heard = []
    learn(few, PARENTS, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1
