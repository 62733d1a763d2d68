"""Names of other languages are put into English word by word."""

import pytest

from cocktailspace.importing.languages import in_english
from cocktailspace.importing.lines import read_line
from cocktailspace.importing.rows import LineRow
from cocktailspace.importing.vocabulary import words_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Himbeerlikör", "raspberry liqueur"),
        ("Ananassirup", "pineapple syrup"),
        ("frambozenlikeur", "raspberry liqueur"),
        ("vodka alla vaniglia", "vanilla vodka"),
        ("jus de citron vert", "lime juice"),
        ("cerveza de jengibre", "ginger beer"),
        ("liquore alle pesche", "peach liqueur"),
        ("suco de maracujá", "passion fruit juice"),
        ("vin jaune sec", "dry yellow wine"),
        ("whisky écossais tourbé", "smoky scotch whiskey"),
        ("crema de cacao blanca", "creme de cacao white"),
        ("сахарного сиропа", "sugar syrup"),
        ("soku ananasowego", "pineapple juice"),
    ],
)
def test_a_name_is_put_together_from_its_words(said: str, meant: str) -> None:
    assert words_of(meant) in list(in_english(words_of(said)))


@pytest.mark.parametrize("name", ["White Rum", "passion fruit", "bitter orange", "pine liqueur"])
def test_an_english_name_stays_as_it_is(name: str) -> None:
    assert list(in_english(words_of(name))) == []


def names(text: str) -> list[str]:
    return [each.name for line in read_line(LineRow(text=text)) for each in line.candidates[:1]]


def test_of_a_fruit_that_is_poured_the_juice_is_meant() -> None:
    assert names("3 cl Zitrone, frisch gepresst") == ["lemon juice"]
    assert names(".75 lemon") == ["lemon juice"]
    assert names("1 lemon") == ["lemon"]
    assert names("4 framboises") == ["raspberry"]


def test_a_line_that_says_two_things_is_two_lines() -> None:
    assert names("2 parts rum to 1 part lime juice") == ["rum", "lime juice"]
    assert names("1 dash each Angostura and orange bitters") == ["Angostura", "orange bitters"]
    assert names("1 1/2 oz gin and tonic") == ["gin and tonic"]


def test_a_slice_that_is_part_of_the_word_is_a_unit() -> None:
    line = read_line(LineRow(text="1 Orangenscheibe"))[0]
    assert ("orange", "slice") in [(each.name, each.unit) for each in line.candidates]


@pytest.mark.parametrize(
    "text", ["hielo al gusto", "10 cl Ginger Beer zum Auffüllen", "1 lime tagliato a spicchi"]
)
def test_what_is_done_with_it_is_no_part_of_the_name(text: str) -> None:
    assert names(text)[0].casefold() in ("hielo", "ginger beer", "lime")
