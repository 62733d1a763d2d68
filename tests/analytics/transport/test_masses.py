"""Masses are whole, add up, keep the order of amounts, and treat equals alike."""

import decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from references import dense, sparse

from cocktailspace.analytics.parameters import MASS_POWER, MASS_TOTAL
from cocktailspace.analytics.transport.masses import whole_masses
from cocktailspace.analytics.transport.rows import Rows

amounts = st.lists(
    st.one_of(st.floats(1e-3, 1e9), st.sampled_from([30.0, 60.0, 90.0, 0.6])),
    min_size=1,
    max_size=12,
)
powers = st.integers(1, 512).map(lambda steps: steps / 512)


def masses(volumes: list[float], power: float = MASS_POWER, total: int = MASS_TOTAL) -> list[int]:
    rows = whole_masses(sparse(np.array([volumes])), power=power, total=total)
    return dense(rows)[0].astype(int).tolist()  # type: ignore[no-any-return]


@given(amounts, powers, st.integers(1, 1 << 30))
def test_they_are_whole_and_add_up_to_the_total(volumes, power, total):
    rows = whole_masses(sparse(np.array([volumes])), power=power, total=total)
    assert rows.sums().tolist() == [total]
    assert (rows.data == np.rint(rows.data)).all()


@given(amounts, powers)
def test_the_larger_amount_has_no_smaller_mass_and_equal_ones_differ_by_the_rest(volumes, power):
    found = masses(volumes, power)
    for volume, mass in zip(volumes, found, strict=True):
        for other, its_mass in zip(volumes, found, strict=True):
            assert volume <= other or mass >= its_mass
            assert volume != other or abs(mass - its_mass) <= 1


@given(amounts, powers)
def test_each_is_less_than_one_from_the_exact_share(volumes, power):
    with decimal.localcontext(prec=40):
        parts = [decimal.Decimal(volume) ** decimal.Decimal(power) for volume in volumes]
        exact = [MASS_TOTAL * part / sum(parts) for part in parts]
    found = masses(volumes, power)
    assert all(abs(mass - float(share)) < 1.01 for mass, share in zip(found, exact, strict=True))


@given(st.floats(1e-3, 1e9), st.integers(1, 12))
def test_up_to_twelve_equal_parts_are_equal(volume, parts):
    assert masses([volume] * parts) == [MASS_TOTAL // parts] * parts


@given(amounts, st.sampled_from([0.25, 0.5, 2.0, 1024.0]))
def test_a_larger_glass_changes_nothing(volumes, times):
    assert masses([volume * times for volume in volumes]) == masses(volumes)


def test_what_is_left_over_goes_to_the_largest_remainders_ties_to_the_first_column():
    assert masses([1, 1, 1], power=1.0, total=10) == [4, 3, 3]
    assert masses([1, 1, 1], power=1.0, total=11) == [4, 4, 3]
    assert masses([1, 3, 3], power=1.0, total=5) == [1, 2, 2]  # of 0.71, 2.14, 2.14


def test_a_power_is_a_product_of_square_roots():
    sixteenth = masses([1.0, 2.0**16], power=1 / 16, total=3 * 5**6)
    assert Fraction(*sixteenth) == Fraction(1, 2)
    assert masses([1.0, 2.0**4], power=3 / 4, total=9) == [1, 8]


def test_powers_let_a_dash_count_for_more_than_its_millilitres():
    dash, spirit = masses([0.6, 60.0])
    assert dash / MASS_TOTAL > 10 * 0.6 / 60.6
    assert dash < spirit


def test_lines_of_one_ingredient_count_as_one():
    lines = Rows.from_triplets([0, 0, 0], [0, 1, 0], [10.0, 15.0, 20.0], (1, 2))
    rows = whole_masses(lines, power=MASS_POWER, total=MASS_TOTAL)
    assert rows.data.tolist() == masses([30.0, 15.0])


def test_a_row_without_volume_stays_empty_and_changes_no_other():
    rows = whole_masses(sparse(np.array([[1, 2], [0, 0], [2, 1]])), power=0.5, total=100)
    assert rows.sums().tolist() == [100, 0, 100]
    assert len(whole_masses(sparse(np.zeros((0, 3))), power=0.5, total=100)) == 0


@pytest.mark.parametrize("power", [0.0, -1.0, 1.5, 0.4, float("nan")])
def test_refuses_a_power_that_is_no_number_of_steps(power):
    with pytest.raises(ValueError, match=r"power must be 1/\d+ to 1 in steps|cannot convert"):
        masses([1.0], power=power)


@pytest.mark.parametrize("total", [0, -5, (1 << 30) + 1])
def test_refuses_a_total_out_of_range(total):
    with pytest.raises(ValueError, match=r"total must be from 1 to 2\^30"):
        masses([1.0], total=total)
