"""What goes into a catalogue (drafts) and what comes out of it (records), with their bounds."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cocktailspace.catalogue.errors import InvalidError, Problem

MAX_ID = 2**63 - 1
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _clean_name(text: str) -> str:
    name = re.sub(" +", " ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise ValueError("must not be empty")
    if any(unicodedata.category(each) in _INVISIBLE for each in name):
        raise ValueError("must not contain control characters or line breaks")
    return name


def _clean_text(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


Id = Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_clean_name)]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_clean_text)]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s\"'<>\\]+$")]
Quantity = Annotated[float, Field(strict=True, ge=0, le=1e6, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one mutation may hold."""

    ingredients_per_recipe: int = 100
    rows_per_bulk: int = 5_000

    def bulk_places(self, field: str, count: int) -> list[str]:
        """The places of a bulk's rows, `recipes[3]`; InvalidError when there are too many."""
        if count > self.rows_per_bulk:
            message = f"{count} rows are too many at once; at most {self.rows_per_bulk}"
            raise InvalidError([Problem(field, message)])
        return [f"{field}[{row}]" for row in range(count)]


class Draft(BaseModel):
    """Base of what users send: unknown fields are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitDraft(Draft):
    """A unit of measure as a user writes it."""

    name: Name = Field(description="Unique without regard to case", examples=["Ounce"])
    abbreviation: Name | None = Field(None, description="Short form for labels", examples=["oz"])
    millilitres: Quantity = Field(description="Volume of one unit in ml", examples=[29.5735])


class IngredientFields(Draft):
    """What an ingredient is, its place in the taxonomy aside."""

    name: Name = Field(description="Unique without regard to case", examples=["Rye Whiskey"])
    description: Text | None = Field(None, description="A sentence for those who do not know it")
    allow_substitution: bool = Field(
        False,
        strict=True,
        description="A guest would take its siblings instead: it counts as its parent when "
        "substitution costs are learned",
    )


class IngredientDraft(IngredientFields):
    """An ingredient as a user writes it; `parent_id` places it in the taxonomy."""

    parent_id: Id | None = Field(None, description="The family it belongs to; null for a root")


class RecipeFields(Draft):
    """What a recipe says, its ingredients aside."""

    name: Name = Field(description="Unique without regard to case", examples=["Negroni"])
    instructions: Text | None = Field(None, description="How it is made")
    description: Text | None = Field(None, description="What it is like")
    source: Text | None = Field(None, description="Where the recipe is from", examples=["IBA"])
    source_url: Url | None = Field(None, description="A link to the source (http or https)")


class LineDraft(Draft):
    """One line of a recipe: how much of what."""

    ingredient_id: Id = Field(description="Which ingredient")
    amount: Quantity | None = Field(
        None, description="How many units; nothing counts as 1", examples=[1.5]
    )
    unit_id: Id | None = Field(None, description="Which unit; nothing counts as 1 ml")


class RecipeDraft(RecipeFields):
    """A recipe as a user writes it, ingredients in the order in which they are shown."""

    ingredients: tuple[LineDraft, ...] = Field((), description="In the order shown")


class Unit(BaseModel):
    """A unit of measure."""

    id: int
    name: str = Field(examples=["Ounce"])
    abbreviation: str | None = Field(examples=["oz"])
    millilitres: float = Field(description="Volume of one unit in ml", examples=[29.5735])


class Ingredient(BaseModel):
    """An ingredient and its place in the taxonomy."""

    id: int
    name: str = Field(examples=["Rye Whiskey"])
    parent_id: int | None = Field(description="The family it belongs to; null for a root")
    description: str | None
    allow_substitution: bool
    created_at: datetime
    updated_at: datetime


class Line(BaseModel):
    """One line of a recipe."""

    ingredient_id: int
    ingredient: str = Field(examples=["Gin"])
    amount: float | None = Field(examples=[1.0])
    unit_id: int | None
    unit: str | None = Field(examples=["Ounce"])
    volume_ml: float = Field(description="amount × the unit's millilitres", examples=[29.5735])


class Recipe(BaseModel):
    """A recipe with its lines in order."""

    id: int
    name: str = Field(examples=["Negroni"])
    instructions: str | None
    description: str | None
    source: str | None
    source_url: str | None
    created_at: datetime
    updated_at: datetime
    ingredients: list[Line]
