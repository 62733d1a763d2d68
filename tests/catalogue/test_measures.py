import pytest

from cocktailspace.catalogue.measures import volume_ml


@pytest.mark.parametrize(
    ("amount", "unit_ml", "volume"),
    [(2.0, 30.0, 60.0), (None, 90.0, 90.0), (8.0, None, 8.0), (None, None, 1.0), (0.0, 90.0, 90.0)],
)
def test_no_amount_or_0_counts_as_one_and_no_unit_as_a_millilitre(
    amount: float | None, unit_ml: float | None, volume: float
) -> None:
    assert volume_ml(amount, unit_ml) == volume
