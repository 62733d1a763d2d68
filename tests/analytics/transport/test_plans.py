"""Plans are feasible, of least cost, unique, and the same read backwards."""

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import TOTAL, dense, forests, path_lengths, plan_slowly, random_rows, sparse

from cocktailspace.analytics.space import masses_of
from cocktailspace.analytics.transport import plans
from cocktailspace.analytics.transport.plans import Flows, plans_of_pairs, transport_plans
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

seeds = st.integers(0, 10**6)


def listed(flows: Flows) -> list[tuple[int, int, int, int]]:
    columns = (flows.pair, flows.source, flows.target, flows.mass)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def pairs_of(forest: Forest, seed: int, n: int = 6) -> tuple[Rows, Rows]:
    random = np.random.default_rng(seed)
    return tuple(random_rows(random, n, len(forest)) for _ in range(2))


@settings(max_examples=60)
@given(forests(), seeds)
def test_they_are_feasible_and_cost_what_the_closed_form_and_a_linear_programme_say(forest, seed):
    rows = pairs_of(forest, seed)
    sources, targets = (dense(each) for each in rows)
    reach, other_reach = (dense(forest.subtree_masses(each)) for each in rows)
    costs = path_lengths(forest)
    found = transport_plans(*rows, forest)
    held = np.maximum(sources[found.pair, found.source], targets[found.pair, found.target])
    assert (found.held == held).all()
    flows = listed(found)
    assert all(source != target and mass > 0 for _, source, target, mass in flows)
    for pair in range(len(sources)):
        moved = np.zeros(costs.shape)
        for number, source, target, mass in flows:
            moved[source, target] += mass * (number == pair)
        left, came = moved.sum(axis=1), moved.sum(axis=0)
        assert (sources[pair] - left + came == targets[pair]).all()
        assert (left <= np.maximum(sources[pair] - targets[pair], 0)).all()  # what both have stays
        cost = (moved * costs).sum()
        assert cost == np.abs(reach[pair] - other_reach[pair]).sum()
        solved = ot.emd2(sources[pair] / TOTAL, targets[pair] / TOTAL, costs.astype(float))
        assert cost == pytest.approx(TOTAL * solved, abs=1e-9)


@settings(max_examples=60)
@given(forests(), seeds)
def test_they_are_matched_pile_by_pile_from_the_deepest_node_up(forest, seed):
    sources, targets = pairs_of(forest, seed)
    slow = [
        (pair, *move)
        for pair, rows in enumerate(zip(dense(sources), dense(targets), strict=True))
        for move in plan_slowly(*rows, forest)
    ]
    assert listed(transport_plans(sources, targets, forest)) == slow


@given(forests(), seeds)
def test_the_plan_back_is_the_same_read_backwards(forest, seed):
    sources, targets = pairs_of(forest, seed)
    there = listed(transport_plans(sources, targets, forest))
    back = listed(transport_plans(targets, sources, forest))
    assert sorted((pair, j, i, mass) for pair, i, j, mass in back) == sorted(there)


@given(forests(), seeds, st.integers(1, 7))
def test_neither_the_other_pairs_nor_their_order_nor_blocks_change_a_plan(forest, seed, at_once):
    sources, targets = pairs_of(forest, seed)
    together = transport_plans(sources, targets, forest)
    order = np.random.default_rng(seed).permutation(len(sources))
    whole = plans._PAIRS_AT_ONCE
    try:
        plans._PAIRS_AT_ONCE = at_once
        shuffled = transport_plans(sources.take(order), targets.take(order), forest)
    finally:
        plans._PAIRS_AT_ONCE = whole
    assert listed(together.of_pairs(order)) == listed(shuffled)


def test_a_real_catalogue_in_blocks_and_with_masses_as_large_as_can_be(real, monkeypatch):
    masses, forest = masses_of(real.volumes()), real.forest()
    one, other = masses.take(np.arange(1_000)), masses.take(np.arange(1_000)[::-1])
    whole = listed(transport_plans(one, other, forest))
    monkeypatch.setattr(plans, "_PAIRS_AT_ONCE", 333)
    assert listed(transport_plans(one, other, forest)) == whole


def test_a_wide_catalogue_of_heavy_masses_is_cut_into_blocks_that_fit():
    """2 pairs x 20,001² columns x 2^30: more than 63 bits hold, so each pair comes by itself."""
    width, heavy = 20_000, float(1 << 30)
    forest = Forest(np.full(width, -1))
    sources = Rows.from_triplets([0, 1], [0, width - 1], [heavy] * 2, (2, width))
    targets = Rows.from_triplets([0, 1], [width - 1, 1], [heavy] * 2, (2, width))
    flows = listed(transport_plans(sources, targets, forest))
    assert flows == [(0, 0, width - 1, 1 << 30), (1, width - 1, 1, 1 << 30)]


def test_kin_is_matched_first_then_the_largest():
    #  Spirit 0 ─ Gin 1, Rum 2;  Lime 3, Lemon 4
    forest = Forest([-1, 0, 0, -1, -1])
    sources = sparse(np.array([[0, 12, 0, 12, 0]]))
    targets = sparse(np.array([[0, 0, 10, 0, 14]]))
    flows = listed(transport_plans(sources, targets, forest))
    assert flows == [(0, 3, 4, 12), (0, 1, 2, 10), (0, 1, 4, 2)]


def test_a_family_gives_to_its_kinds():
    forest = Forest([-1, 0])
    flows = transport_plans(sparse(np.array([[3, 0]])), sparse(np.array([[0, 3]])), forest)
    assert listed(flows) == [(0, 0, 1, 3)]


def test_no_pairs_and_no_moves():
    forest = Forest([-1, -1])
    nothing = Rows.from_triplets([], [], [], (0, 2))
    assert listed(transport_plans(nothing, nothing, forest)) == []
    same = sparse(np.array([[1, 2], [0, 3]]))
    flows = transport_plans(same, same, forest)
    assert listed(flows) == []
    assert listed(flows.of_pairs(np.array([1, 0]))) == []
    columns = Rows.from_triplets([], [], [], (2, 0))
    assert listed(transport_plans(columns, columns, Forest([]))) == []


def test_refuses_rows_that_do_not_belong_together():
    forest = Forest([-1, -1])
    one, two = sparse(np.array([[1, 2]])), sparse(np.array([[1, 2], [1, 1]]))
    with pytest.raises(ValueError, match="1 sources, but 2 targets"):
        transport_plans(one, two, forest)
    with pytest.raises(ValueError, match="masses of pair 1 do not balance"):
        transport_plans(two, sparse(np.array([[2, 1], [1, 2]])), forest)
    with pytest.raises(ValueError, match="sources of 2 columns, but targets of 3"):
        transport_plans(one, sparse(np.array([[1, 1, 1]])), forest)


@settings(max_examples=30)
@given(forests(), seeds)
def test_pairs_may_be_picked_from_tables_of_any_length(forest, seed):
    sources, targets = pairs_of(forest, seed)
    one, other = np.array([3, 0, 3, 5]), np.array([1, 1, 2, 0])
    picked = plans_of_pairs(sources, one, targets.take([2, 0, 1]), other, forest)
    expected = transport_plans(sources.take(one), targets.take([0, 0, 1, 2]), forest)
    assert listed(picked) == listed(expected)
    assert (picked.held == expected.held).all()
