from typing import Any

import pytest
from pydantic import ValidationError

from cocktailspace.api.app import create_app
from cocktailspace.catalogue.models import IngredientDraft, LineDraft, RecipeDraft, UnitDraft
from cocktailspace.catalogue.values import Draft
from cocktailspace.importing.decisions import Decisions


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf"), "2", True, 1e7])
def test_an_amount_is_a_finite_number_that_is_not_negative(amount: Any) -> None:
    with pytest.raises(ValidationError):
        LineDraft(ingredient_id=1, amount=amount)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "zero\u200bwidth", "x" * 201, "\ud800", None])
def test_a_name_is_one_visible_line(name: Any) -> None:
    with pytest.raises(ValidationError):
        IngredientDraft(name=name)


@pytest.mark.parametrize("code", [0x3164, 0x115F, 0x1160, 0xFFA0, 0x2800, 0xFDD0, 0xFFFF, 0x10FFFE])
def test_a_name_has_no_letter_that_is_drawn_as_nothing(code: int) -> None:
    with pytest.raises(ValidationError, match=rf"U\+{code:04X}, which nobody sees"):
        IngredientDraft(name=f"Gin{chr(code)}")


@pytest.mark.parametrize("name", ["\u0301", "\ufe0f", "\u034f \u180b", "\U000e0100"])
def test_a_name_is_not_of_marks_alone(name: str) -> None:
    with pytest.raises(ValidationError, match="something that can be seen"):
        IngredientDraft(name=name)


@pytest.mark.parametrize("name", ["☕\ufe0f", "🍸", "한글", "葛\U000e0100", "7", "%", "\U0001fadf"])
def test_a_name_of_any_script_or_emoji_is_one(name: str) -> None:
    assert IngredientDraft(name=name).name == name


def test_a_name_is_tidied() -> None:
    assert IngredientDraft(name="  Cre\u0300me   de Cacao ").name == "Crème de Cacao"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "https://a b", "//x", "x"])
def test_a_source_is_a_web_address(url: str) -> None:
    with pytest.raises(ValidationError):
        RecipeDraft(name="x", source_url=url)


@pytest.mark.parametrize("number", [0, -1, 2**63, "1", 1.0])
def test_an_id_is_a_positive_integer_that_databases_hold(number: Any) -> None:
    with pytest.raises(ValidationError):
        LineDraft(ingredient_id=number)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        UnitDraft(name="Cup", millilitres=1.0, colour="red")  # type: ignore[call-arg]


def _kinds_of(kind: type[Draft]) -> list[type[Draft]]:
    return [kind, *(each for own in kind.__subclasses__() for each in _kinds_of(own))]


def test_a_flag_is_true_or_false_wherever_something_is_sent() -> None:
    """Neither 0 nor "no" is taken for one, as OpenAPI says."""
    assert create_app, "by it everything that can be sent is imported"
    flags = [
        (kind, name)
        for kind in (*_kinds_of(Draft), Decisions)
        for name, field in kind.model_fields.items()
        if field.annotation is bool
    ]
    assert len(flags) > 10
    for kind, name in flags:
        with pytest.raises(ValidationError) as refused:
            kind.model_validate({name: 0})
        places = [problem["loc"] for problem in refused.value.errors()]
        assert (name,) in places, f"{kind.__name__}.{name}"
