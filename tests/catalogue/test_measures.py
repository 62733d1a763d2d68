import pytest

from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.properties import OwnProperties, inherit

MILLILITRES, EACH, WEDGE, TOP = 1, 2, 3, 4
CITRUS, LIME, BRAND, MINT, ICE, CRUSHED = 1, 2, 3, 4, 5, 6
MEASURES = Measures(
    {MILLILITRES: 30.0, EACH: None, WEDGE: None, TOP: 90.0},
    inherit(
        {
            CITRUS: OwnProperties("Citrus", None, has_children=True),
            LIME: OwnProperties("Lime", CITRUS, {EACH: 25.0, WEDGE: 4.0}, has_children=True),
            BRAND: OwnProperties("Best Limes", LIME, {WEDGE: 5.0}),
            MINT: OwnProperties("Mint", None),
            ICE: OwnProperties("Ice", None, has_children=True),
            CRUSHED: OwnProperties("Snow", ICE, {EACH: 10.0}),
        }
    ),
)


def volume(
    ingredient: int,
    amount: float | None = None,
    unit: int | None = None,
    *,
    most: float | None = None,
    optional: bool = False,
) -> tuple[float, bool]:
    found = MEASURES.volume(ingredient, amount, most, unit, optional=optional)
    return found.ml, found.known


@pytest.mark.parametrize(
    ("amount", "unit", "ml"),
    [(2.0, MILLILITRES, 60.0), (None, TOP, 90.0), (0.0, TOP, 90.0), (8.0, None, 8.0)],
)
def test_no_amount_or_0_counts_as_one_and_no_unit_as_a_millilitre(
    amount: float | None, unit: int | None, ml: float
) -> None:
    assert volume(MINT, amount, unit) == (ml, unit is not None)


def test_of_a_range_the_middle_counts() -> None:
    assert volume(MINT, 1.0, MILLILITRES, most=2.0) == (45.0, True)
    assert volume(MINT, None, MILLILITRES, most=2.0) == (30.0, True)


def test_a_unit_without_millilitres_counts_pieces() -> None:
    assert volume(LIME, 2.0, EACH) == (50.0, True)
    assert volume(LIME, 2.0, WEDGE) == (8.0, True)


def test_without_a_unit_the_usual_piece_counts() -> None:
    assert volume(LIME, 0.5) == (12.5, True)


def test_a_piece_that_nobody_knows_counts_as_a_millilitre_and_is_said_to() -> None:
    assert volume(MINT, 8.0, EACH) == (8.0, False)


def test_a_brand_has_the_pieces_of_its_family_and_a_family_not_those_above_it() -> None:
    assert volume(BRAND, 1.0, EACH) == (25.0, True)
    assert volume(BRAND, 1.0, WEDGE) == (5.0, True)
    assert volume(CITRUS, 1.0, EACH) == (1.0, False)


def test_ice_and_its_kinds_have_no_volume() -> None:
    assert volume(ICE, 200.0, MILLILITRES) == (0.0, True)
    assert volume(CRUSHED, 2.0, EACH) == (0.0, True)


def test_what_is_optional_is_not_counted() -> None:
    assert volume(LIME, 2.0, EACH, optional=True) == (0.0, True)
