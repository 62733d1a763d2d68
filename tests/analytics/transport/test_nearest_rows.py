import numpy as np
import pytest
from references import dense, nearest_by_sorting, random_rows, sparse
from scipy.spatial.distance import cdist

from cocktailspace.analytics.space import fractions_of
from cocktailspace.analytics.transport import neighbours
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.analytics.transport.rows import Rows


@pytest.fixture(params=["each", "boxes"])
def _searched(request, monkeypatch):
    """What few and what many rows are searched with, on rows of any number."""
    monkeypatch.setattr(neighbours, "FEW", 20_000 if request.param == "each" else 0)


both_searches = pytest.mark.usefixtures("_searched")


def assert_exact(rows: Rows, k: int):
    """Neighbours and distances equal those of scipy's full matrix, to the last unit and tie."""
    found = nearest_rows(rows, k)
    matrix = dense(rows)
    indices, distances = nearest_by_sorting(cdist(matrix, matrix, "cityblock"), k)
    assert (found.indices == indices).all()
    assert (found.distances == distances).all()


@both_searches
def test_equal_brute_force_on_the_real_catalogue(real):
    assert_exact(real.subtree_masses(), 15)
    assert_exact(fractions_of(real.volumes()), 15)


@pytest.mark.slow
def test_equal_brute_force_on_ten_thousand(made_up):
    """Every row against every row: |a - b| where a has mass, and all of b where it has none."""
    rows = made_up.subtree_masses()
    found = nearest_rows(rows, 15)
    by_column = np.ascontiguousarray(dense(rows).T)
    sums = rows.sums()
    for i in range(len(rows)):
        columns, masses = rows.row(i)
        others = by_column[columns]
        distances = np.abs(others - masses[:, None]).sum(axis=0) + (sums - others.sum(axis=0))
        distances[i] = np.inf
        candidates = np.flatnonzero(distances <= np.partition(distances, 14)[14])
        nearest = candidates[np.argsort(distances[candidates], kind="stable")[:15]]
        assert (found.indices[i] == nearest).all()
        assert (found.distances[i] == distances[nearest]).all()


@both_searches
@pytest.mark.parametrize("n", [1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 300])
def test_equal_brute_force_at_every_edge_of_boxes_and_groups(n, random):
    assert_exact(random_rows(random, n, 12), 5)


@both_searches
def test_rows_of_any_length_and_any_sum_up_to_the_bound(random):
    matrix = random.random((200, 1500)) * (random.random((200, 1500)) < random.random((200, 1)))
    matrix[3] = 0
    matrix[5], matrix[6] = 0, 0
    matrix[5, 7], matrix[6, 8] = 1, 1
    sums = np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    assert_exact(sparse(np.floor(matrix * neighbours.LARGEST_SUM / sums)), 7)
    assert_exact(sparse(np.floor(matrix * 3)), 7)


@both_searches
def test_rows_that_share_nothing_are_as_far_apart_as_can_be():
    assert_exact(sparse(np.eye(150) * neighbours.LARGEST_SUM), 20)


@both_searches
def test_duplicates_are_at_distance_nought_in_order_of_number():
    rows = sparse(np.tile([[1.0, 2.0, 7.0]], (200, 1)))
    found = nearest_rows(rows, 4)
    assert (found.distances == 0).all()
    assert found.indices[0].tolist() == [1, 2, 3, 4]
    assert found.indices[2].tolist() == [0, 1, 3, 4]
    assert found.indices[199].tolist() == [0, 1, 2, 3]


def test_both_searches_find_the_same(made_up, monkeypatch):
    rows = made_up.subtree_masses().take(np.arange(4_000))
    boxes = nearest_rows(rows, 15)
    monkeypatch.setattr(neighbours, "FEW", len(rows))
    each = nearest_rows(rows, 15)
    assert (boxes.indices == each.indices).all()
    assert (boxes.distances == each.distances).all()


@both_searches
def test_the_order_of_rows_changes_nothing_but_ties(real, random):
    rows = real.subtree_masses()
    order = random.permutation(len(rows))
    found, shuffled = nearest_rows(rows, 15), nearest_rows(rows.take(order), 15)
    assert (shuffled.distances == found.distances[order]).all()
    farthest = found.distances[order][:, -1:]
    for row in range(len(rows)):  # nearer than the last, so no matter which of equals are listed
        nearer = shuffled.distances[row] < farthest[row]
        theirs = found.indices[order[row]][found.distances[order[row]] < farthest[row]]
        assert set(order[shuffled.indices[row][nearer]]) == set(theirs)


@both_searches
def test_progress_rises_from_nought_to_one(made_up):
    heard = []
    nearest_rows(made_up.subtree_masses().take(np.arange(3_000)), 5, progress=heard.append)
    assert heard == sorted(heard)
    assert 0 < heard[0] < 0.2
    assert heard[-1] == 1


@both_searches
def test_few_rows_have_few_neighbours():
    assert nearest_rows(Rows.from_triplets([], [], [], (0, 3)), 5).indices.shape == (0, 0)
    assert nearest_rows(Rows.from_triplets([0], [0], [1.0], (1, 3)), 5).indices.shape == (1, 0)
    two = nearest_rows(Rows.from_triplets([0, 1], [0, 1], [1.0, 1.0], (2, 3)), 5)
    assert two.indices.tolist() == [[1], [0]]
    assert two.distances.tolist() == [[2], [2]]
    assert two.first(0).k == 0
    assert nearest_rows(sparse(np.eye(3)), 0).indices.shape == (3, 0)


@both_searches
def test_rows_without_any_mass_are_duplicates():
    nothing = Rows.from_triplets([], [], [], (3, 0))
    assert nearest_rows(nothing, 5).distances.tolist() == [[0, 0]] * 3


@both_searches
def test_refuses_what_it_cannot_answer_exactly():
    rows = Rows.from_triplets([0, 1], [0, 1], [1.0, 1.0], (2, 3))
    with pytest.raises(ValueError, match="k must be >= 0, got -1"):
        nearest_rows(rows, -1)
    with pytest.raises(ValueError, match="whole numbers"):
        nearest_rows(sparse(np.array([[0.5, 1], [1, 0]])), 1)
    with pytest.raises(ValueError, match=r"at most 2\^22, got 4194305"):
        nearest_rows(sparse(np.array([[neighbours.LARGEST_SUM, 1], [1, 0]])), 1)
