import numpy as np

from cocktailspace.analytics.region_names import Region, RegionNames
from cocktailspace.analytics.space import space_of
from tests.analytics.books import BAR, OTHERS, copies, named, snapshot, subtree_of


def test_names_read_as_running_text() -> None:
    rye = copies(9, "Fox", Rye=50, Lime_Juice=20) | copies(9, "Gnu", Rye=50, Sweet_Vermouth=20)
    fine = named(BAR, rye | OTHERS)[2]
    assert len(fine["Rye and lime"]) == len(fine["Rye and sweet vermouth"]) == 9


def test_a_juice_keeps_its_name_where_the_fruit_is_told_too() -> None:
    rye = copies(9, "Fox", Rye=50, Lime_Juice=20) | copies(9, "Gnu", Rye=50, Lime=20)
    assert {"Rye and lime", "Rye and lime juice"} <= set(named(BAR, rye | OTHERS)[2])


NEGRONIS = ("Negroni", "White Negroni", "Negroni Sbagliato", "Our Negroni (old)", "Odd", "Unusual")


def test_a_region_takes_the_name_of_the_classic_that_its_recipes_are_kin_of() -> None:
    book = {name: {"Gin": 30.0, "Sweet Vermouth": 30.0} for name in NEGRONIS}
    assert named(BAR, book | OTHERS)[2]["Negronis"] == sorted(NEGRONIS)


def test_a_way_to_make_drinks_is_named_with_its_base() -> None:
    names = ("Odd Bourbon Sour", "My Bourbon Sour", "Bourbon Sour", "New Sour", "Fair", "Dear")
    book = {name: {"Bourbon": 50.0, "Lemon Juice": 20.0} for name in names}
    assert named(BAR, book | OTHERS)[2]["Bourbon sours"] == sorted(names)


def test_a_classic_of_two_words_keeps_both() -> None:
    names = ("Odd Mai Tai (my way)", "Mai Tai (his way)", "New Mai Tai (a way)", "Dear")
    book = {name: {"Rum": 50.0, "Lime Juice": 20.0} for name in names}
    assert named(BAR, book | OTHERS)[2]["Mai Tais"] == sorted(names)


def test_two_recipes_of_a_name_are_too_few_to_name_a_region() -> None:
    names = ("Odd Negroni", "My Negroni", "Fair", "Dear", "Rare")
    book = {name: {"Gin": 50.0, "Campari": 20.0} for name in names}
    assert named(BAR, book | OTHERS)[2]["Gin and Campari"] == sorted(names)


def test_of_two_regions_that_fit_a_classic_one_takes_its_name() -> None:
    book = {f"{name} Negroni": {"Gin": 50.0, "Campari": 30.0} for name in ("A", "B", "C", "D", "E")}
    lime = {f"{name} Negroni": {"Gin": 50.0, "Lime": 30.0} for name in ("F", "G", "H", "I")}
    fine = named(BAR, book | lime | copies(2, "Fox", Gin=50, Lime=20) | OTHERS)[2]
    assert {name: len(fine[name]) for name in ("Negronis", "Gin and lime")} == {
        "Negronis": 5,
        "Gin and lime": 6,
    }


def test_a_kind_is_named_in_place_of_its_family() -> None:
    space = space_of(snapshot(BAR, OTHERS))
    whiskey, rye, lime = (sorted(BAR).index(name) for name in ("Whiskey", "Rye", "Lime Juice"))
    region = Region((whiskey, lime, rye), np.arange(3))
    assert RegionNames(space, subtree_of(space)).of([region]) == ["Rye and lime"]


def test_a_word_that_many_names_end_with_names_no_region() -> None:
    book = copies(9, "Fox", Rye=50, Lime_Juice=20) | OTHERS
    assert (
        "Rye and lime" in named(BAR, {f"{name} Recipe": lines for name, lines in book.items()})[2]
    )
