"""Numbers in sentences."""

from cocktailspace.wording import counted, listed, plural


def test_one_is_singular_and_all_else_plural() -> None:
    assert counted(1, "pair") == "1 pair"
    assert counted(0, "pair") == "0 pairs"
    assert counted(1356, "recipe") == "1,356 recipes"
    assert counted(2, "family") == "2 families"


def test_plurals_are_those_of_english() -> None:
    words = ("dash", "Leaf", "pony", "tray", "box", "drop")
    assert [*map(plural, words)] == ["dashes", "Leaves", "ponies", "trays", "boxes", "drops"]


def test_a_list_says_how_many_it_leaves_out() -> None:
    names = ["Gin", "Rum", "Rye"]
    assert listed(names, 3) == "Gin, Rum, Rye"
    assert listed(names, 2) == "Gin, Rum and 1 more"
    assert listed(names, 12, 1_503) == "Gin, Rum, Rye and 1,500 more"
