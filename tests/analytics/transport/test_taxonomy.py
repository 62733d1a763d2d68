import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import dense, path_lengths, random_rows

from cocktailspace.analytics.transport import Rows, subtree_masses, taxonomy_costs

FOREST = np.array([-1, 0, 0, 2, -1, 4], dtype=np.int32)


def forests():
    """Parents in which every node's parent has a lower number."""
    return st.lists(st.integers(0, 10**6), min_size=1, max_size=12).map(
        lambda draws: np.array([draw % (i + 1) - 1 for i, draw in enumerate(draws)], dtype=np.int32)
    )


def test_masses_count_at_every_ancestor():
    fractions = Rows.from_triplets([0, 0, 0], [3, 1, 4], [0.5, 0.25, 0.25], (1, 6))
    assert dense(subtree_masses(fractions, FOREST))[0].tolist() == [0.75, 0.25, 0.5, 0.5, 0.25, 0]


def test_paths_by_hand():
    costs = taxonomy_costs(FOREST)
    assert costs[3].tolist() == [2, 3, 1, 0, 4, 5]  # 3 - 2 - 0 - the common root - 4 - 5


@given(forests())
def test_paths_equal_a_walk(parents):
    assert (taxonomy_costs(parents) == path_lengths(parents)).all()


@settings(max_examples=30)
@given(forests(), st.integers(0, 10**6))
def test_distance_of_subtree_masses_is_the_transport_cost(parents, seed):
    fractions = random_rows(np.random.default_rng(seed), 6, len(parents))
    masses = dense(subtree_masses(fractions, parents))
    exact = dense(fractions)
    for i in range(6):
        closed = np.abs(masses[0] - masses[i]).sum()
        assert closed == pytest.approx(
            ot.emd2(exact[0], exact[i], taxonomy_costs(parents)), abs=1e-9
        )


def test_many_rows_are_as_few_at_a_time(made_up):
    fractions = made_up.fractions()
    many = Rows(
        np.concatenate(
            [part * fractions.indptr[-1] + fractions.indptr[part > 0 :] for part in range(6)]
        ),
        np.tile(fractions.indices, 6),
        np.tile(fractions.data, 6),
        fractions.width,
    )
    once, often = (subtree_masses(rows, made_up.parents) for rows in (fractions, many))
    assert len(often) == 60_000
    assert (often.take(np.arange(50_000, 60_000)).data == once.data).all()


@pytest.mark.parametrize(
    ("parents", "message"),
    [([1, 0], "cycle"), ([0, -1], "cycle"), ([-1, 2], "from -1 to 1"), ([-1], "1 parents for 2")],
)
def test_refuses_what_is_no_forest(parents, message):
    with pytest.raises(ValueError, match=message):
        subtree_masses(Rows.from_triplets([0], [0], [1.0], (1, 2)), np.array(parents))


def test_no_ingredients_and_no_recipes():
    assert taxonomy_costs([]).shape == (0, 0)
    assert len(subtree_masses(Rows.from_triplets([], [], [], (0, 2)), [-1, 0])) == 0
