"""What a `catalogue/1` file holds: rows that refer to each other by name."""

from typing import Literal

from pydantic import Field, ValidationError

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.models import (
    Draft,
    IngredientFields,
    Name,
    Quantity,
    RecipeFields,
    UnitDraft,
)
from cocktailspace.catalogue.validation import problems_of
from cocktailspace.collector import paused_collector
from cocktailspace.json_input import BYTES_PER_VALUE, JsonError, parse_json

_ANYHOW = 1_000
"""So many values may a small file have, however close together they are."""


class IngredientRow(IngredientFields):
    """An ingredient in a file: its parent by name."""

    parent: Name | None = None


class LineRow(Draft):
    """A recipe's line in a file: ingredient and unit by name."""

    ingredient: Name
    amount: Quantity | None = None
    unit: Name | None = None


class RecipeRow(RecipeFields):
    """A recipe in a file."""

    ingredients: tuple[LineRow, ...] = ()


class CatalogueFile(Draft):
    """A whole file."""

    format: Literal["catalogue/1"]
    units: tuple[UnitDraft, ...] = ()
    ingredients: tuple[IngredientRow, ...] = Field(
        (), description="A parent may follow its children"
    )
    recipes: tuple[RecipeRow, ...] = ()


def parse_file(text: str | bytes) -> CatalogueFile:
    """Read a file's text; InvalidError lists every bad value with its place."""
    body = text.encode() if isinstance(text, str) else text
    try:
        with paused_collector():
            parsed = parse_json(body, most_values=len(body) // BYTES_PER_VALUE + _ANYHOW)
            return CatalogueFile.model_validate(parsed)
    except ValidationError as error:
        raise InvalidError(problems_of(error)) from None
    except JsonError as error:
        raise InvalidError([Problem("", f"this is not a JSON file: {error}")]) from None
