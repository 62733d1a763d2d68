import pytest

from cocktailspace.catalogue.names import did_you_mean, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [("Gin", "gin"), ("CRÈME", "crème"), ("Cre\u0300me", "Crème"), ("Straße", "STRASSE")],
)
def test_case_and_coding_do_not_make_another_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Gin", "Gim"), ("Gin & It", "Gin &\u00a0It")])
def test_other_characters_make_another_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_typing_error_brings_the_name_that_was_meant() -> None:
    assert did_you_mean("Ginn", ["Rum", "Gin"]) == " (did you mean 'Gin'?)"


def test_a_name_like_no_other_brings_no_hint() -> None:
    assert did_you_mean("Xyzzy", ["Rum", "Gin"]) == ""
