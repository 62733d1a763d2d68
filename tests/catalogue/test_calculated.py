import pytest

from cocktailspace.catalogue.calculated import (
    Curve,
    Part,
    Result,
    calculate,
    curve_of,
    total,
)
from cocktailspace.catalogue.measures import Volume
from cocktailspace.catalogue.properties import OwnProperties, inherit, strength_in_name

SHAKE = Curve("Shake", ("shaken",), -1.567, 1.742, 0.203)
STIR = Curve("Stir", ("stirred",), -1.21, 1.246, 0.145)
CURVES = [SHAKE, STIR, Curve("Build", ("built",), 0.0, 0.0, 0.24)]
SPIRIT, GIN, BRAND, LIME, SODA, EGG, HERB, CREAM = range(1, 9)
OWN = {
    SPIRIT: OwnProperties("Spirit", None, strength=40.0),
    GIN: OwnProperties("Gin", SPIRIT, strength=47.0),
    BRAND: OwnProperties("Some Gin", GIN),
    LIME: OwnProperties("Lime Juice", None, strength=0.0),
    SODA: OwnProperties("Soda Water", None, strength=0.0),
    EGG: OwnProperties("Egg White", None, strength=0.0, contains=("egg",)),
    HERB: OwnProperties("Herb", None),
    CREAM: OwnProperties("Cream", None, strength=0.0, contains=("milk",)),
}


def part(ingredient: int, ml: float, **more: object) -> Part:
    return Part(ingredient, Volume(ml), **more)  # type: ignore[arg-type]


def of(*parts: Part, method: str | None = None) -> Result:
    return calculate(parts, method, inherit(OWN), CURVES)


def test_strength_is_alcohol_over_volume() -> None:
    found = of(part(GIN, 60.0), part(LIME, 34.0))
    assert found.volume_ml == 94.0
    assert found.strength == pytest.approx(100 * 28.2 / 94)
    assert (found.strength_served, found.served_ml, found.dilution) == (None, None, None)


def test_amounts_are_added_one_by_one_on_every_python() -> None:
    assert total([0.1] * 10) == 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 < 1.0


def test_a_stirred_drink_gains_water_by_its_strength() -> None:
    """60 ml at 47 % with 34 ml of 0 %: 30 % before, 1.246 x 0.3 - 1.21 x 0.09 + 0.145 = 0.4099."""
    found = of(part(GIN, 60.0), part(LIME, 34.0), method="Stirred, strained")
    assert found.dilution == pytest.approx(0.4099)
    assert found.served_ml == pytest.approx(94 * 1.4099)
    assert found.strength_served == pytest.approx(30 / 1.4099)
    assert found.diluted_as == "Stir"


def test_tops_and_floats_come_after_the_dilution() -> None:
    mixed = of(part(GIN, 60.0), part(LIME, 34.0), method="shake")
    assert mixed.served_ml is not None
    for more in ({"unit": "to top"}, {"note": "to top"}, {"note": "floated"}):
        topped = of(part(GIN, 60.0), part(LIME, 34.0), part(SODA, 90.0, **more), method="shake")
        assert topped.dilution == mixed.dilution
        assert topped.served_ml == pytest.approx(mixed.served_ml + 90)
        assert topped.volume_ml == 184.0


def test_a_rinse_is_left_out() -> None:
    assert of(part(LIME, 60.0), part(GIN, 5.0, unit="to rinse")) == of(part(LIME, 60.0))


def test_a_strength_of_the_family_is_assumed() -> None:
    assert of(part(BRAND, 60.0)).assumed == ("Some Gin",)
    assert of(part(BRAND, 60.0)).strength == pytest.approx(47.0)
    assert of(part(GIN, 60.0)).assumed == ()
    assert of(part(SODA, 90.0, assumed=True)).assumed == ("Soda Water",)


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("Wray & Nephew 126 Proof", 63.0),
        ("Rum 151", 75.5),
        ("Bacardi 151 Rum", 75.5),
        ("Vodka 37.5 %", 37.5),
        ("Bourbon 100-proof", 50.0),
        ("7 Up", None),
        ("Old Forester 1920", None),
        ("Licor 43", None),
    ],
)
def test_strengths_in_names_are_read(name: str, percent: float | None) -> None:
    assert strength_in_name(name) == percent


def test_a_name_says_more_than_the_family() -> None:
    found = inherit(OWN | {9: OwnProperties("Overproof 126 proof", SPIRIT)})[9].strength
    assert found is not None
    assert (found.percent, found.assumed) == (63.0, False)


def test_what_nobody_knows_is_named_and_no_strength_is_made_of_it() -> None:
    found = of(part(GIN, 60.0), part(HERB, 30.0), method="stir")
    assert found.unknown_strengths == ("Herb",)
    assert (found.strength, found.strength_served, found.alcohol_free) == (None, None, False)
    unknown = Part(LIME, Volume(1.0, known=False))
    assert of(part(GIN, 60.0), unknown).unknown_volumes == ("Lime Juice",)


def test_a_dash_of_unknown_strength_does_not_hide_the_rest() -> None:
    found = of(part(GIN, 60.0), part(HERB, 0.6))
    assert found.strength == pytest.approx(100 * 28.2 / 60.6)
    assert found.unknown_strengths == ("Herb",)


def test_a_drink_is_free_of_alcohol_where_all_is_known_to_be() -> None:
    assert of(part(LIME, 60.0)).alcohol_free is True
    assert of(part(LIME, 100.0), part(GIN, 1.0)).alcohol_free is True  # 0.47 % vol
    assert of(part(LIME, 100.0), part(GIN, 2.0)).alcohol_free is False
    assert of(part(LIME, 100.0), part(HERB, 1.0)).alcohol_free is None
    assert of().alcohol_free is None


def test_allergens_come_from_lines_and_their_alternatives() -> None:
    found = of(part(GIN, 60.0), Part(EGG, Volume(0.0), alternatives=(CREAM,)))
    assert found.contains == ("egg", "milk")


@pytest.mark.parametrize(
    ("method", "curve"),
    [
        ("Shake", "Shake"),
        ("SHAKEN", "Shake"),
        ("Dry shake, then shake", "Shake"),
        ("Build, then stir", "Build"),
        ("shakespeare", None),
        ("", None),
        (None, None),
    ],
)
def test_the_method_named_first_counts(method: str | None, curve: str | None) -> None:
    found = curve_of(method, CURVES)
    assert (found and found.method) == curve


def test_a_curve_never_takes_water_away() -> None:
    assert STIR.dilution(100.0) == pytest.approx(0.181)
    assert Curve("x", (), -10.0, 0.0, 0.0).dilution(50.0) == 0.0
