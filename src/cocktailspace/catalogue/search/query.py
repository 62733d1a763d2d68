"""What one searches for, and what is found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cocktailspace.catalogue.values import AddressId

MOST_IDS = 200
Word = Annotated[str, Field(max_length=200)]
_Count = Annotated[int, Field(ge=0, le=1_000)]
_Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
_Ids = Annotated[list[AddressId], Field(max_length=20)]


class RecipeQuery(BaseModel):
    """What recipes must have; all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: list[AddressId] = Field(
        default=[], max_length=MOST_IDS, description="Only these recipes", examples=[[1, 2]]
    )
    q: Word = Field(
        default="",
        description="Words, each in the name, an ingredient (or a kind of one), the tags, glass, "
        "method, garnish or instructions; typing errors and plurals are forgiven",
        examples=["gin lime"],
    )
    name: Word = Field(default="", description="Words of the name, in any order", examples=["sour"])
    ingredient: _Ids = Field(
        default=[], description="Ids; each must be in it, itself or a kind of it", examples=[[1]]
    )
    without: _Ids = Field(default=[], description="Ids; neither they nor kinds of them are in it")
    base: _Ids = Field(
        default=[], description="Ids; it is built on one of them, or a kind of one", examples=[[1]]
    )
    glass: Word | None = None
    method: Word | None = None
    tag: list[Word] = Field(default=[], max_length=20)
    alcohol_free: bool | None = Field(
        default=None, description="true: it is known to have at most 0.5 % vol; false: it is not"
    )
    free_of: list[Word] = Field(
        default=[],
        max_length=20,
        description="What its ingredients must not contain",
        examples=[["gluten"]],
    )
    min_ingredients: _Count | None = None
    max_ingredients: _Count | None = None
    min_strength: _Percent | None = Field(default=None, description="% vol before ice")
    max_strength: _Percent | None = Field(default=None, description="% vol before ice")


class Order(StrEnum):
    """What comes first; equal ones come by name. Recipes of unknown strength come last."""

    MATCH = "match"
    NAME = "name"
    STRONGEST = "strongest"
    WEAKEST = "weakest"
    FEWEST = "fewest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a recipe in the order of results: the highest score first, then by name."""

    score: int
    order_key: str


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of a page of recipes, how many there are in all, and where the next page begins."""

    ids: list[int]
    total: int
    next_after: Cursor | None


@dataclass(frozen=True, slots=True)
class NamedIngredient:
    """An ingredient that a text names, and how many recipes have it or a kind of it."""

    id: int
    name: str
    recipes: int
