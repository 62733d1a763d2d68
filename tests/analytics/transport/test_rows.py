import numpy as np
import pytest

from cocktailspace.analytics.transport.rows import Rows


def test_adds_equal_places_up_whatever_their_order():
    places = [(1, 2, 0.1), (0, 1, 0.5), (1, 2, 0.2), (1, 0, 0.3), (1, 2, 0.7)]
    forward = Rows.from_triplets(*zip(*places, strict=True), (2, 3))
    backward = Rows.from_triplets(*zip(*reversed(places), strict=True), (2, 3))
    assert forward.indices.tolist() == [1, 0, 2]
    assert forward.data.tolist() == pytest.approx([0.5, 0.3, 1.0])
    assert (forward.data == backward.data).all()
    assert forward.indptr.tolist() == [0, 1, 3]


def test_leaves_places_without_mass_out():
    rows = Rows.from_triplets([0, 0, 1], [0, 1, 1], [0.0, 1.0, 0.0], (2, 2))
    assert rows.indices.tolist() == [1]
    assert rows.indptr.tolist() == [0, 1, 1]


def test_takes_rows_in_any_order():
    rows = Rows.from_triplets([0, 1, 1, 2], [0, 1, 2, 0], [1.0, 2.0, 3.0, 4.0], (3, 3))
    taken = rows.take([2, 1, 2])
    assert taken.data.tolist() == [4.0, 2.0, 3.0, 4.0]
    assert taken.indptr.tolist() == [0, 1, 3, 4]
    assert taken.sums().tolist() == [4.0, 5.0, 4.0]


def test_holds_no_rows_and_empty_rows():
    assert len(Rows.from_triplets([], [], [], (0, 0))) == 0
    assert Rows.from_triplets([], [], [], (3, 2)).sums().tolist() == [0.0, 0.0, 0.0]
    assert Rows([0, 0, 1, 1], [1], [1.0], 2).row(1)[0].tolist() == [1]


@pytest.mark.parametrize(
    ("indptr", "indices", "data", "message"),
    [
        ([0, 2], [0, 1], [1.0, np.nan], "finite and >= 0, got nan at 1"),
        ([0, 2], [0, 1], [-1.0, 1.0], "finite and >= 0, got -1.0 at 0"),
        ([0, 2], [0, 1], [1.0, np.inf], "finite and >= 0, got inf"),
        ([0, 2], [1, 0], [1.0, 1.0], "must ascend"),
        ([0, 2], [1, 1], [1.0, 1.0], "must ascend"),
        ([0, 2], [0, 2], [1.0, 1.0], "from 0 to 1"),
        ([0, 1], [0, 1], [1.0, 1.0], "ends at 1"),
        ([1, 2], [0, 1], [1.0, 1.0], "begin with 0"),
        ([0, 2, 1], [0], [1.0], "descend"),
    ],
)
def test_refuses_what_is_no_rows(indptr, indices, data, message):
    with pytest.raises(ValueError, match=message):
        Rows(np.array(indptr), np.array(indices), np.array(data), 2)


def test_columns_may_descend_from_one_row_to_the_next():
    assert len(Rows([0, 1, 1, 2], [1, 0], [1.0, 1.0], 2)) == 3


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        ([2], [0], [1.0], "row numbers"),
        ([0], [-1], [1.0], "column numbers"),
        ([0], [0], [np.nan], "value must be finite"),
        ([0, 1], [0], [1.0], "equally long"),
    ],
)
def test_refuses_triplets_outside(row, column, value, message):
    with pytest.raises(ValueError, match=message):
        Rows.from_triplets(row, column, value, (2, 2))
