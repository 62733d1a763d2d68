"""What a `catalogue/1` file holds: rows that refer to each other by name."""

import json
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
    try:
        return CatalogueFile.model_validate(json.loads(text))
    except ValidationError as error:
        raise InvalidError(problems_of(error)) from None
    except (ValueError, RecursionError) as error:
        raise InvalidError([Problem("", f"this is not a JSON file: {error}")]) from None
