import numpy as np
import pytest
from references import all_distances, nearest_by_sorting, random_rows, sparse

from cocktailspace.analytics.transport import (
    Neighbours,
    Rows,
    cost_groups,
    exact_distance,
    nearest_rows,
    nearest_under_cost,
    subtree_masses,
    taxonomy_costs,
)

SEARCHES = {"each": 20_000, "boxes": 0}
"""What few and what many rows are searched with, and how many rows are few."""


@pytest.fixture(params=SEARCHES.values(), ids=SEARCHES)
def _searched(request, monkeypatch):
    monkeypatch.setattr(cost_groups, "FEW", request.param)


both_searches = pytest.mark.usefixtures("_searched")


def no_seeds(rows: Rows) -> Neighbours:
    return Neighbours(np.zeros((len(rows), 0), dtype=np.int32), np.zeros((len(rows), 0)))


def costs_of_kind(kind, columns, random, noisy_cost):
    free = random.random((columns, columns))
    return {
        "near constant": noisy_cost(columns),
        "no symmetry, no metric, staying costs": free,
        "whole": np.floor(4 * free),
        "nought": np.zeros_like(free),
        "all sizes": 10.0 ** (6 * free - 3),
        "staying costs more than leaving": np.eye(columns) * 3 + free,
    }[kind]


KINDS = [
    "near constant",
    "no symmetry, no metric, staying costs",
    "whole",
    "nought",
    "all sizes",
    "staying costs more than leaving",
]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_brute_force_under_any_cost(kind, random, noisy_cost, monkeypatch):
    rows = random_rows(random, 140, 9)
    costs = costs_of_kind(kind, 9, random, noisy_cost)
    indices, distances = nearest_by_sorting(all_distances(rows, costs), 6)
    for few in SEARCHES.values():
        monkeypatch.setattr(cost_groups, "FEW", few)
        found = nearest_under_cost(rows, costs, 6, seeds=nearest_rows(rows, 6))
        assert np.allclose(found.distances, distances, rtol=0, atol=2e-9 * max(1, costs.max()))
        assert (found.indices == indices).all()


def test_equal_brute_force_on_real_recipes(real, noisy_cost, monkeypatch):
    rows = real.fractions(rolled_up=True)
    costs = noisy_cost(rows.width)
    seeds = nearest_rows(subtree_masses(rows, real.parents), 15)
    both = []
    for few in SEARCHES.values():
        monkeypatch.setattr(cost_groups, "FEW", few)
        both.append(nearest_under_cost(rows, costs, 15, seeds=seeds))
    for i in range(0, len(rows), 60):
        columns, masses = rows.row(i)
        distances = np.array(
            [
                exact_distance(masses, others, costs[np.ix_(columns, them)])
                for them, others in map(rows.row, range(len(rows)))
            ]
        ).round(9)
        distances[i] = np.inf
        nearest = np.argsort(distances, kind="stable")[:15]
        for found in both:
            assert (found.indices[i] == nearest).all()
            assert np.allclose(found.distances[i], distances[nearest], rtol=0, atol=2e-9)


@both_searches
def test_path_lengths_give_the_neighbours_of_subtree_masses(real):
    rows = real.fractions(rolled_up=True)
    costs = taxonomy_costs(real.parents)
    tree = nearest_rows(subtree_masses(rows, real.parents), 15)
    found = nearest_under_cost(rows, costs, 15, seeds=nearest_rows(rows, 15))
    assert (found.indices == tree.indices).all()
    assert np.allclose(found.distances, tree.distances, rtol=0, atol=2e-9)


@both_searches
def test_where_all_moves_cost_the_same_half_the_l1_distance_is_moved(random):
    """Rows come sixteen alike: boxes around them are tight, and no bound may be a little high."""
    rows = sparse(np.repeat(random.dirichlet(np.ones(3), 80), 16, axis=0))
    halves = nearest_rows(rows, 40)
    found = nearest_under_cost(rows, 1.0 - np.eye(3), 40, seeds=no_seeds(rows))
    assert np.allclose(found.distances, halves.distances / 2, rtol=0, atol=2e-9)


@pytest.mark.slow
def test_path_lengths_give_the_neighbours_of_subtree_masses_of_ten_thousand(made_up):
    rows = made_up.fractions(rolled_up=True)
    tree = nearest_rows(subtree_masses(rows, made_up.parents), 10)
    found = nearest_under_cost(rows, taxonomy_costs(made_up.parents), 10, seeds=tree)
    assert (found.indices == tree.indices).all()


@both_searches
@pytest.mark.parametrize("n", [1, 2, 5, 64, 65, 130])
def test_seeds_decide_nothing(n, random, noisy_cost):
    rows, costs = random_rows(random, n, 9), noisy_cost(9)
    from_nothing = nearest_under_cost(rows, costs, 5, seeds=no_seeds(rows))
    worst = random.integers(0, n, (n, 3)).astype(np.int32)  # itself and repeated ones among them
    from_worst = nearest_under_cost(rows, costs, 5, seeds=Neighbours(worst, worst * 0.0))
    from_both = nearest_under_cost(
        rows, costs, 5, seeds=(nearest_rows(rows, 8), Neighbours(worst, worst * 0.0))
    )
    for found in (from_worst, from_both):
        assert (found.indices == from_nothing.indices).all()
        assert (found.distances == from_nothing.distances).all()
    assert from_nothing.k == min(5, n - 1)


@both_searches
def test_the_number_of_threads_changes_nothing(real, noisy_cost):
    rows = real.fractions(rolled_up=True)
    costs, seeds = noisy_cost(rows.width), nearest_rows(rows, 10)
    one, three = (
        nearest_under_cost(rows, costs, 10, seeds=seeds, threads=threads) for threads in (1, 3)
    )
    assert (one.indices == three.indices).all()
    assert (one.distances == three.distances).all()


@both_searches
def test_the_order_of_rows_changes_nothing_but_ties(real, random, noisy_cost):
    rows = real.fractions(rolled_up=True)
    order = random.permutation(len(rows))
    costs, shuffled = noisy_cost(rows.width), rows.take(order)
    found = nearest_under_cost(rows, costs, 10, seeds=nearest_rows(rows, 10))
    again = nearest_under_cost(shuffled, costs, 10, seeds=nearest_rows(shuffled, 10))
    assert (again.distances == found.distances[order]).all()


@both_searches
def test_recipes_of_forty_ingredients(random):
    matrix = random.random((30, 60)) * (random.random((30, 60)) < 0.7)
    rows = sparse(matrix / matrix.sum(axis=1, keepdims=True))
    costs = random.random((60, 60))
    found = nearest_under_cost(rows, costs, 4, seeds=no_seeds(rows))
    indices, distances = nearest_by_sorting(all_distances(rows, costs), 4)
    assert (found.indices == indices).all()
    assert np.allclose(found.distances, distances, rtol=0, atol=2e-9)


@both_searches
def test_one_ingredient_in_all():
    rows = sparse(np.ones((5, 1)))
    found = nearest_under_cost(rows, [[2.0]], 3, seeds=no_seeds(rows))
    assert found.distances.tolist() == [[2.0] * 3] * 5
    assert found.indices[4].tolist() == [0, 1, 2]


def test_no_recipes():
    rows = Rows.from_triplets([], [], [], (0, 2))
    assert nearest_under_cost(rows, np.zeros((2, 2)), 3, seeds=no_seeds(rows)).k == 0


@pytest.mark.parametrize(
    ("costs", "k", "message"),
    [
        (-np.ones((2, 2)), 1, r"ground_cost must be finite and >= 0, got -1.0 at \(0, 0\)"),
        (np.full((2, 2), np.nan), 1, "ground_cost must be finite"),
        (np.zeros((2, 3)), 1, "square ground_cost"),
        (np.zeros((2, 2)), -1, "k must be >= 0"),
    ],
)
def test_refuses_bad_costs(costs, k, message):
    rows = sparse(np.ones((3, 2)) / 2)
    with pytest.raises(ValueError, match=message):
        nearest_under_cost(rows, costs, k, seeds=no_seeds(rows))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 0], [1, 0], [1, 0.1]], r"do not balance: row 2 sums to 1.1"),
        (np.zeros((3, 2)), "the rows have no mass"),
    ],
)
def test_refuses_rows_that_do_not_balance(matrix, message):
    rows = sparse(np.array(matrix))
    with pytest.raises(ValueError, match=message):
        nearest_under_cost(rows, np.zeros((2, 2)), 1, seeds=no_seeds(rows))


def test_refuses_seeds_of_other_rows():
    rows = sparse(np.ones((3, 2)) / 2)
    with pytest.raises(ValueError, match="seeds for 2 rows, but there are 3"):
        nearest_under_cost(rows, np.zeros((2, 2)), 1, seeds=no_seeds(rows.take([0, 1])))
    wrong = Neighbours(np.array([[1], [0], [3]], dtype=np.int32), np.zeros((3, 1)))
    with pytest.raises(ValueError, match="from 0 to 2"):
        nearest_under_cost(rows, np.zeros((2, 2)), 1, seeds=wrong)
