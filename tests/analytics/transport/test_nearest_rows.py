import numpy as np
import pytest
from references import dense, nearest_by_sorting, random_rows, sparse
from scipy.spatial.distance import cdist

from cocktailspace.analytics.transport import Rows, nearest_rows, neighbours, subtree_masses


@pytest.fixture(params=["each", "boxes"])
def _searched(request, monkeypatch):
    """What few and what many rows are searched with, on rows of any number."""
    monkeypatch.setattr(neighbours, "FEW", 20_000 if request.param == "each" else 0)


both_searches = pytest.mark.usefixtures("_searched")


def assert_exact(rows: Rows, k: int):
    """Neighbours equal those of scipy's full matrix of distances."""
    found = nearest_rows(rows, k)
    matrix = dense(rows)
    indices, distances = nearest_by_sorting(cdist(matrix, matrix, "cityblock"), k)
    assert (found.indices == indices).all()
    assert np.allclose(found.distances, distances, rtol=0, atol=1e-9 * matrix.sum(axis=1).max())


@both_searches
def test_equal_brute_force_on_the_real_catalogue(real):
    assert_exact(subtree_masses(real.fractions(), real.parents), 15)
    assert_exact(subtree_masses(real.fractions(rolled_up=True), real.parents), 10)
    assert_exact(real.fractions(), 15)


@pytest.mark.slow
def test_equal_brute_force_on_ten_thousand(made_up):
    """Every row against every row: |a - b| where a has mass, and all of b where it has none."""
    rows = subtree_masses(made_up.fractions(), made_up.parents)
    found = nearest_rows(rows, 15)
    by_column = np.ascontiguousarray(dense(rows).T)
    sums = rows.sums()
    for i in range(len(rows)):
        columns, masses = rows.row(i)
        others = by_column[columns]
        distances = np.abs(others - masses[:, None]).sum(axis=0) + (sums - others.sum(axis=0))
        distances = np.round(distances, 9)
        distances[i] = np.inf
        candidates = np.flatnonzero(distances <= np.partition(distances, 15)[15])
        nearest = candidates[np.argsort(distances[candidates], kind="stable")[:15]]
        assert (found.indices[i] == nearest).all()
        assert np.allclose(found.distances[i], distances[nearest], rtol=0, atol=1e-8)


@both_searches
@pytest.mark.parametrize("n", [1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 129, 300])
def test_equal_brute_force_at_every_edge_of_boxes_and_groups(n, random):
    rows = random_rows(random, n, 12)
    found = nearest_rows(rows, 5)
    matrix = dense(rows)
    indices, distances = nearest_by_sorting(cdist(matrix, matrix, "cityblock"), min(5, n - 1))
    assert (found.indices == indices).all()
    assert np.abs(found.distances - distances).max(initial=0) < 2e-9


@both_searches
def test_rows_of_any_length_and_mass(random):
    matrix = random.random((200, 1500)) * (random.random((200, 1500)) < random.random((200, 1)))
    matrix[3] = 0
    assert_exact(sparse(matrix * 1e3), 7)
    assert_exact(sparse(matrix), 7)


@both_searches
def test_duplicates_are_at_distance_nought_in_order_of_number():
    rows = sparse(np.tile([[0.1, 0.2, 0.7]], (100, 1)))
    found = nearest_rows(rows, 4)
    assert (found.distances == 0).all()
    assert found.indices[0].tolist() == [1, 2, 3, 4]
    assert found.indices[2].tolist() == [0, 1, 3, 4]


def test_the_number_of_threads_changes_nothing(made_up):
    rows = made_up.fractions()
    one, three = (nearest_rows(rows, 15, threads=threads) for threads in (1, 3))
    assert (one.indices == three.indices).all()
    assert (one.distances == three.distances).all()


@both_searches
def test_the_order_of_rows_changes_nothing_but_ties(real, random):
    rows = subtree_masses(real.fractions(), real.parents)
    order = random.permutation(len(rows))
    found, shuffled = nearest_rows(rows, 15), nearest_rows(rows.take(order), 15)
    assert (shuffled.distances == found.distances[order]).all()


def test_progress_rises_from_nought_to_one(made_up):
    heard = []
    nearest_rows(made_up.fractions(), 5, progress=heard.append)
    assert heard == sorted(heard)
    assert 0 < heard[0] < 0.2
    assert heard[-1] == 1


@both_searches
def test_few_rows_have_few_neighbours():
    assert nearest_rows(Rows.from_triplets([], [], [], (0, 3)), 5).indices.shape == (0, 0)
    assert nearest_rows(Rows.from_triplets([0], [0], [1.0], (1, 3)), 5).indices.shape == (1, 0)
    two = nearest_rows(Rows.from_triplets([0, 1], [0, 1], [1.0, 1.0], (2, 3)), 5)
    assert two.indices.tolist() == [[1], [0]]
    assert two.distances.tolist() == [[2.0], [2.0]]


@both_searches
def test_rows_without_any_mass_are_duplicates():
    assert (
        nearest_rows(Rows.from_triplets([], [], [], (3, 0)), 5).distances.tolist() == [[0, 0]] * 3
    )


@both_searches
def test_refuses_a_negative_k_and_no_threads():
    rows = Rows.from_triplets([0, 1], [0, 1], [1.0, 1.0], (2, 3))
    with pytest.raises(ValueError, match="k must be >= 0, got -1"):
        nearest_rows(rows, -1)
    with pytest.raises(ValueError, match="threads must be >= 1, got 0"):
        nearest_rows(rows, 1, threads=0)
