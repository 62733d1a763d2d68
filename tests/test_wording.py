"""Numbers in sentences."""

from cocktailspace.wording import counted


def test_one_is_singular_and_all_else_plural() -> None:
    assert counted(1, "pair") == "1 pair"
    assert counted(0, "pair") == "0 pairs"
    assert counted(1356, "recipe") == "1,356 recipes"
    assert counted(2, "family", "families") == "2 families"
