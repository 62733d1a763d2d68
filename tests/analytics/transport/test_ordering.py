import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from references import sparse

from cocktailspace.analytics.transport.ordering import near_order


def by_hand(matrix, order, leaf):
    """The same bisection, one stretch after the other, of a dense matrix."""
    if len(order) <= leaf:
        return order
    rows = matrix[order]
    sample = rows[:: 1 + len(order) // 200]

    def farthest(row):
        return sample[np.argmax(sample.sum(axis=1) - 2 * np.minimum(sample, row).sum(axis=1))]

    first = farthest(rows[len(order) // 2])
    second = farthest(first)
    leaning = np.minimum(rows, second).sum(axis=1) - np.minimum(rows, first).sum(axis=1)
    order = order[np.argsort(leaning, kind="stable")]
    middle = leaf * max(1, (len(order) // leaf + 1) // 2)
    return [*by_hand(matrix, order[:middle], leaf), *by_hand(matrix, order[middle:], leaf)]


@given(n=st.integers(0, 90), leaf=st.integers(1, 20), seed=st.integers(0, 9))
def test_it_is_bisection_of_every_stretch(n, leaf, seed):
    random = np.random.default_rng(seed)
    whole = random.integers(0, 4, (n, 6)).astype(float)  # whole, so that sums are not rounded
    assert near_order(sparse(whole), leaf).tolist() == list(by_hand(whole, np.arange(n), leaf))


@pytest.mark.parametrize("n", [300, 20_000])
def test_of_many_rows_only_a_sample_is_asked_who_is_far(n, random):
    whole = random.integers(0, 3, (n, 5)).astype(float)
    assert near_order(sparse(whole), 16).tolist() == list(by_hand(whole, np.arange(n), 16))


def test_near_rows_stand_together(random):
    rows = sparse(np.tile(random.dirichlet(np.ones(6), 40), (16, 1)))
    order = near_order(rows, 16) % 40
    assert all(len(set(box)) == 1 for box in order.reshape(40, 16).tolist())
