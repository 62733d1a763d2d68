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
