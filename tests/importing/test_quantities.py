"""Amounts are read as people write them; what is not understood is kept word for word."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocktailspace.importing.quantities import MOST_CHARACTERS, Quantity, read_quantity
from cocktailspace.importing.vocabulary import number_phrases, phrases, unit_phrases


def said(text: str) -> tuple[float | None, float | None, str | None, str]:
    found = read_quantity(text)
    return found.amount, found.amount_max, found.unit, found.rest


@pytest.mark.parametrize(
    ("text", "amount", "amount_max", "unit", "rest"),
    [
        ("1 1/2 oz", 1.5, None, "oz", ""),
        ("1½", 1.5, None, None, ""),
        ("1⁄2", 0.5, None, None, ""),
        (".5 oz gin", 0.5, None, "oz", "gin"),
        ("2d ango", 2, None, "dash", "ango"),
        ("float 15 ml red wine", 15, None, "ml", "red wine"),
        ("top with 2 oz soda", 2, None, "oz", "soda"),
        ("1/4 oz Islay Scotch float", 0.25, None, "oz", "Islay Scotch"),
        ("rinse glass with absinthe", None, None, "rinse", "absinthe"),
        ("1,5 cl", 1.5, None, "cl", ""),
        ("2-3 dashes", 2, 3, "dash", ""),
        ("2 -  3 drops", 2, 3, "drop", ""),
        ("2 or 3", 2, 3, None, ""),
        ("1 3/4-oz. rum", 1.75, None, "oz", "rum"),
        ("2x dash bitters", 2, None, "dash", "bitters"),
        ("Lime wedge x 2", 2, None, None, "Lime wedge"),
        ("Mint x6", 6, None, None, "Mint"),
        ("45ml | 1.5oz gin", 45, None, "ml", "gin"),
        ("1 oz + 1 tsp lime juice", 1, None, "oz", "lime juice"),
        ("St. Germain - 20 ml", 20, None, "ml", "St. Germain"),
        ("St. Germain", None, None, None, "St. Germain"),
        ("2 St. Limetten", 2, None, "piece", "Limetten"),
        ("top w/ soda", None, None, "top", "soda"),
        ("~20 ml gin", 20, None, "ml", "gin"),
        ("1-1/2 oz rum", 1.5, None, "oz", "rum"),
        ("3/4-1 cup", 0.75, 1, "cup", ""),
        ("45 ml - 60 ml Gin", 45, 60, "ml", "Gin"),
        ("top up with", None, None, "top", ""),
        ("Top up with soda water", None, None, "top", "soda water"),
        ("soda water, to top", None, None, "top", "soda water"),
        ("a splash", 1, None, "splash", ""),
        ("3 parts", 3, None, "part", ""),
        ("2 shots", 2, None, "shot", ""),
        ("1 large egg white", 1, None, None, "large egg white"),
        ("6–8 mint leaves", 6, 8, None, "mint leaves"),
        ("1 oz white", 1, None, "oz", "white"),
        ("Gin 45 ml", 45, None, "ml", "Gin"),
        ("Lime juice (30 ml)", 30, None, "ml", "Lime juice"),
        ("70ml/2fl oz", 70, None, "ml", ""),
        ("2 750-ml", 1500, None, "ml", ""),
        ("1,000 ml water", 1000, None, "ml", "water"),
        ("1 T sugar", 1, None, "tbsp", "sugar"),
        ("1 t sugar", 1, None, "tsp", "sugar"),
        ("zest of 1 lemon", 1, None, "peel", "lemon"),
        ("2 EL Zucker", 2, None, "tbsp", "Zucker"),
        ("2 cuillères à café de sucre", 2, None, "tsp", "sucre"),
        ("half and half", None, None, None, "half and half"),
        ("gin 2-3 oz", 2, 3, "oz", "gin"),
        ("gin 3-2 oz", 3, None, "oz", "gin"),
        ("gin 0-0 oz", 0, None, "oz", "gin"),
        ("gin 2000000 oz", None, None, None, "gin 2000000 oz"),
    ],
)
def test_reads_amounts_as_people_write_them(
    text: str, amount: float | None, amount_max: float | None, unit: str | None, rest: str
) -> None:
    assert said(text) == (amount, amount_max, unit, rest)


def test_juice_of_a_fruit_is_told_from_the_fruit() -> None:
    found = read_quantity("juice of 1/2 lime")
    assert (found.juice, found.amount, found.rest) == (True, 0.5, "lime")
    assert not read_quantity("1/2 lime").juice


def test_a_name_that_begins_with_a_number_is_a_name() -> None:
    found = read_quantity("7 Up to top", lambda text: text == "7 Up")
    assert (found.amount, found.unit, found.rest) == (None, "top", "7 Up")


def test_optional_is_no_remark() -> None:
    found = read_quantity("Dash of bitters (optional)")
    assert found.optional
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Few dashes water", "Few"),
        ("1 raw egg white (small egg)", "small egg"),
        ("half fresh lime cut into 4 wedges", "cut into 4 wedges"),
        ("1 oz cream, lightly whipped", "lightly whipped"),
        ("3 2-inch strips", "2-inch"),
        ("juice of 1/2 lime", "juice of 1/2"),
    ],
)
def test_what_is_said_besides_is_kept_word_for_word(text: str, note: str) -> None:
    assert note in read_quantity(text).notes


@pytest.mark.parametrize("text", ["2000000 oz gin", "1-2000000 oz gin"])
def test_more_than_anybody_pours_is_a_note(text: str) -> None:
    found = read_quantity(text)
    assert (found.amount, found.amount_max, found.notes) == (None, None, (text,))


def test_a_line_without_end_is_a_note() -> None:
    text = "1 oz " * MOST_CHARACTERS
    assert read_quantity(text) == Quantity(notes=(text,))


_VOCABULARY = {
    word
    for known in (
        unit_phrases(), number_phrases(), *(phrases(kind) for kind in ("lead", "of", "to", "and"))
    )
    for phrase in known
    for word in phrase
}  # fmt: skip
_PIECES = ["1", "1/2", "½", "-", "–", "oz", "dash", "dashes", "of", "gin", "(a)", "2-3", ","]
_PIECES += ["juice", "or", "to", "top", "zest", "x"]
_LINES = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(_PIECES),
        max_size=12,
    ).map(" ".join),
)


@given(_LINES)
def test_no_line_breaks_the_reader_or_loses_a_word(text: str) -> None:
    found = read_quantity(text)
    if found.amount is not None:
        assert 0 <= found.amount <= 1e6
        assert found.amount_max is None or found.amount < found.amount_max <= 1e6
    kept = " ".join((found.rest, *found.notes)).casefold()
    for word in re.findall(r"\b[a-z]{3,}\b", text.casefold() if text.isascii() else ""):
        assert word in kept or word in _VOCABULARY or found.optional or found.juice
