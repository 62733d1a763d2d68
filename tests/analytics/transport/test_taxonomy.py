import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import TOTAL, dense, forests, lineage, path_lengths, random_rows

from cocktailspace.analytics.transport import taxonomy
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

#  0 ─ 1, 2 ─ 3;  4 ─ 5
FOREST = Forest([-1, 0, 0, 2, -1, 4], [4, 3, 2, 1, 4, 2])


def test_masses_count_at_every_ancestor_times_the_length_of_the_edge():
    rows = Rows.from_triplets([0, 0, 0], [3, 1, 4], [12.0, 6.0, 6.0], (1, 6))
    assert dense(FOREST.subtree_masses(rows))[0].tolist() == [72, 18, 24, 12, 24, 0]


def test_levels_roots_heights_and_paths_by_hand():
    assert FOREST.levels.tolist() == [1, 2, 2, 3, 1, 2]
    assert FOREST.roots.tolist() == [0, 0, 0, 0, 4, 4]
    assert FOREST.heights.tolist() == [4, 7, 6, 7, 4, 6]
    assert FOREST.lineage(3) == [3, 2, 0]
    others = np.arange(6)
    assert FOREST.distances(3, others).tolist() == [3, 6, 1, 0, 11, 13]  # 13: up 1+2+4, down 4+2


@given(forests())
def test_everything_equals_a_walk(forest):
    walks = [lineage(forest, node)[:-1] for node in range(len(forest))]
    assert forest.levels.tolist() == [len(walk) for walk in walks]
    assert forest.roots.tolist() == [walk[-1] for walk in walks]
    assert forest.heights.tolist() == [int(forest.lengths[walk].sum()) for walk in walks]
    assert [forest.lineage(node) for node in range(len(forest))] == walks
    slow = path_lengths(forest)
    for node in range(len(forest)):
        assert (forest.distances(node, np.arange(len(forest))) == slow[node]).all()


@settings(max_examples=30)
@given(forests(), st.integers(0, 10**6))
def test_distance_of_subtree_masses_is_the_transport_cost(forest, seed):
    rows = random_rows(np.random.default_rng(seed), 6, len(forest))
    reach, masses = dense(forest.subtree_masses(rows)), dense(rows)
    costs = path_lengths(forest).astype(float)
    for i in range(6):
        solved = TOTAL * ot.emd2(masses[0] / TOTAL, masses[i] / TOTAL, costs)
        assert np.abs(reach[0] - reach[i]).sum() == pytest.approx(solved, abs=1e-9)


def test_a_chain_of_a_hundred_levels():
    chain = Forest(np.arange(100) - 1)
    assert chain.levels.tolist() == list(range(1, 101))
    assert chain.distances(99, np.array([0, 50, 99])).tolist() == [99, 49, 0]
    rows = Rows.from_triplets([0, 1], [99, 0], [2.0, 2.0], (2, 100))
    masses = dense(chain.subtree_masses(rows))
    assert np.abs(masses[0] - masses[1]).sum() == 2 * 99


def test_many_rows_are_as_few_at_a_time(made_up, monkeypatch):
    once = made_up.subtree_masses()
    monkeypatch.setattr(taxonomy, "_ROWS_AT_ONCE", 999)
    parts = made_up.subtree_masses()
    assert (parts.indptr == once.indptr).all()
    assert (parts.indices == once.indices).all()
    assert (parts.data == once.data).all()


@pytest.mark.parametrize(
    ("parents", "lengths", "message"),
    [
        ([1, 0], None, "cycle through node 0"),
        ([-1, 1], None, "cycle through node 1"),
        ([-1, 2], None, "from -1 to 1"),
        ([-1, -2], None, "from -1 to 1"),
        ([[-1]], None, "one-dimensional"),
        ([-1, 0], [1, -1], "2 lengths >= 0"),
        ([-1, 0], [1], "2 lengths >= 0"),
    ],
)
def test_refuses_what_is_no_forest(parents, lengths, message):
    with pytest.raises(ValueError, match=message):
        Forest(np.array(parents), lengths)


def test_refuses_rows_over_other_columns():
    with pytest.raises(ValueError, match="a forest of 1 nodes for 2 columns"):
        Forest([-1]).subtree_masses(Rows.from_triplets([0], [0], [1.0], (1, 2)))


def test_no_ingredients_and_no_recipes():
    nothing = Forest([])
    assert len(nothing.heights) == len(nothing.roots) == 0
    assert len(nothing.subtree_masses(Rows.from_triplets([], [], [], (3, 0)))) == 3
    assert len(FOREST.subtree_masses(Rows.from_triplets([], [], [], (0, 6)))) == 0
