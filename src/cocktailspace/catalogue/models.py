"""What goes into a catalogue (drafts) and what comes out of it (records).

Each field is declared here, once. Columns, file formats, comparison, forms and the tests that hold
them together follow from it: `x-form` says how a form asks for it where
its type does not, and "no" that none does.
"""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from cocktailspace.catalogue.values import (
    Coefficient,
    Draft,
    Extra,
    IngredientId,
    LowerWords,
    Name,
    Percent,
    Quantity,
    Servings,
    Text,
    Uid,
    UnitId,
    Url,
    Words,
)

AREA: dict[str, JsonValue] = {"x-form": "area"}
SUGGESTED: dict[str, JsonValue] = {"x-form": "suggested"}
NO_FORM: dict[str, JsonValue] = {"x-form": "no"}


class UnitDraft(Draft):
    """A unit of measure as a user writes it."""

    name: Name = Field(
        title="Name", description="Unique without regard to case", examples=["Ounce"]
    )
    abbreviation: Name | None = Field(
        None,
        title="Short form",
        description="Short form for labels; one that is not the name itself has no plural",
        examples=["oz"],
    )
    millilitres: Quantity | None = Field(
        title="Millilitres",
        description="Volume of one unit in ml; null where it counts pieces",
        examples=[29.5735],
    )
    assumed: bool = Field(
        False,
        strict=True,
        title="Assumed",
        description="Its millilitres are a convention, not a measure: a part, to top, to rinse",
    )


class PieceDraft(Draft):
    """What one piece of an ingredient comes to."""

    unit_id: UnitId = Field(title="Unit", description="A unit that counts pieces", examples=[1])
    millilitres: Quantity = Field(
        title="Millilitres", description="Volume of one in ml; 0 for a peel", examples=[25.0]
    )


class MethodDraft(Draft):
    """How a drink is mixed, and how much water that adds: a x² + b x + c at a strength of x."""

    name: Name = Field(
        title="Name", description="Unique without regard to case", examples=["Throw"]
    )
    words: LowerWords = Field(
        (), title="Words", description="Other words for it", examples=[["thrown"]]
    )
    quadratic: Coefficient = Field(0.0, title="a", description="Of the strength's square (0 to 1)")
    linear: Coefficient = Field(0.0, title="b", description="Of the strength (0 to 1)")
    constant: Coefficient = Field(
        title="c", description="Water per volume of what has no alcohol", examples=[0.145]
    )
    source: Text | None = Field(None, title="Source", description="Who says so")


class IngredientDraft(Draft):
    """An ingredient as a user writes it; `parent_id` places it in the taxonomy."""

    name: Name = Field(
        title="Name", description="Unique without regard to case", examples=["Rye Whiskey"]
    )
    parent_id: IngredientId | None = Field(
        None, title="Family", description="The family it belongs to; null for a root"
    )
    allow_substitution: bool = Field(
        False,
        strict=True,
        title="Replaceable",
        description="A guest would take its siblings instead: it is compared as its family",
    )
    description: Text | None = Field(
        None,
        title="What it is",
        description="A sentence for those who do not know it",
        json_schema_extra=AREA,
    )
    aliases: Words = Field(
        (), title="Also called", description="Other names that mean it", examples=[["Rye"]]
    )
    shelf: bool = Field(
        False,
        strict=True,
        title="Only a group",
        description="To find things in (Amaro, Brandy): what is in it is not one drink",
    )
    made_from_id: IngredientId | None = Field(
        None, title="Made from", description="What it is made from at home: lime for lime juice"
    )
    strength: Percent | None = Field(
        None,
        title="Strength",
        description="Alcohol, % by volume; null takes that of its family",
        examples=[40.0],
    )
    contains: LowerWords = Field(
        (),
        title="Contains",
        description="What some people must avoid; its kinds contain it too",
        examples=[["gluten"]],
    )
    pieces: tuple[PieceDraft, ...] = Field(
        (), max_length=20, title="Pieces", description="What one piece comes to, the usual first"
    )


class Ranged(Draft):
    """Base of what has an amount that may be a range."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        least, most = getattr(self, "amount", None), getattr(self, "amount_max", None)
        if most is not None and most < (least or 0):
            raise ValueError("the most of a range must not be less than its least")
        return self


class LineDraft(Ranged):
    """One line of a recipe: how much of what."""

    ingredient_id: IngredientId = Field(
        title="Ingredient", description="Which ingredient", examples=[2]
    )
    amount: Quantity | None = Field(
        None, title="Amount", description="How many units; nothing counts as 1", examples=[1.5]
    )
    amount_max: Quantity | None = Field(
        None, title="To", description="The most of a range that begins with the amount"
    )
    unit_id: UnitId | None = Field(
        None, title="Unit", description="Which unit; nothing counts pieces where known, else ml"
    )
    note: Name | None = Field(
        None, title="Note", description="What to mind", examples=["freshly squeezed"]
    )
    optional: bool = Field(
        False, strict=True, title="Optional", description="It may be left out; it is not counted"
    )
    alternatives: tuple[IngredientId, ...] = Field(
        (),
        max_length=20,
        title="Or",
        description="Any of these does as well; the line's own ingredient counts",
    )


class RecipeFields(Draft):
    """What a recipe says, its ingredients aside."""

    name: Name = Field(
        title="Name",
        description="Several recipes may have it if their sources differ",
        examples=["Negroni"],
    )
    instructions: Text | None = Field(
        None, title="How it is made", description="How it is made", json_schema_extra=AREA
    )
    description: Text | None = Field(
        None, title="What it is like", description="What it is like", json_schema_extra=AREA
    )
    source: Text | None = Field(
        None, title="Source", description="Where the recipe is from", examples=["IBA"]
    )
    source_url: Url | None = Field(
        None, title="Link to the source", description="A link to the source (http or https)"
    )
    garnish: Text | None = Field(
        None, title="Garnish", description="What it is served with", examples=["orange twist"]
    )
    glass: Name | None = Field(
        None,
        title="Glass",
        description="What it is served in",
        examples=["Old Fashioned"],
        json_schema_extra=SUGGESTED,
    )
    method: Name | None = Field(
        None,
        title="Method",
        description="Shake, stir, build, ...",
        examples=["Stir"],
        json_schema_extra=SUGGESTED,
    )
    tags: Words = Field((), title="Tags", description="Words to find it by", examples=[["bitter"]])
    servings: Servings | None = Field(
        None, title="Servings", description="For how many; nothing is one"
    )
    notes: Text | None = Field(
        None, title="Notes", description="One's own remarks", json_schema_extra=AREA
    )
    makes_id: IngredientId | None = Field(
        None,
        title="Makes",
        description="The ingredient that it makes (a house syrup): it is off the map",
    )
    uid: Uid | None = Field(
        None,
        title="Permanent identity",
        description="Given once, and never another; null has one made",
        json_schema_extra=NO_FORM,
    )
    extra: Extra | None = Field(
        None,
        title="More",
        description="What a file said that has no field here, word for word",
        json_schema_extra=NO_FORM,
    )


class RecipeDraft(RecipeFields):
    """A recipe as a user writes it, ingredients in the order in which they are shown."""

    ingredients: tuple[LineDraft, ...] = Field(
        (),
        title="Ingredients",
        description="In the order shown",
        examples=[[{"ingredient_id": each, "amount": 30} for each in (2, 3, 4)]],
    )


class _Record(BaseModel):
    """Base of what is read: its rows were checked when they were written."""

    model_config = ConfigDict(
        extra="ignore", frozen=False, json_schema_serialization_defaults_required=True
    )


class Unit(UnitDraft, _Record):
    """A unit of measure."""

    id: int
    singular: str = Field(
        description="How it is written after a number up to 1; Each is not", examples=["dash"]
    )
    plural: str = Field(description="How it is written after more", examples=["dashes"])


class Method(MethodDraft, _Record):
    """A method of mixing."""

    id: int


class Ingredient(IngredientDraft, _Record):
    """An ingredient and its place in the taxonomy."""

    id: int
    created_at: datetime
    updated_at: datetime


class Line(LineDraft, _Record):
    """One line of a recipe."""

    ingredient: str = Field(examples=["Gin"])
    unit: str | None = Field(examples=["Ounce"])
    alternative_names: tuple[str, ...] = Field(description="In the order of `alternatives`")
    volume_ml: float = Field(description="What counts of it, in ml", examples=[29.5735])


class Calculated(BaseModel):
    """What follows from a recipe and the ingredients that it names; null where nobody knows."""

    model_config = ConfigDict(from_attributes=True)

    volume_ml: float = Field(description="Before ice", examples=[90.0])
    served_ml: float | None = Field(description="With the water that its method adds")
    alcohol_free: bool | None = Field(description="Whether it has at most 0.5 % vol")
    strength: float | None = Field(description="% vol before ice", examples=[28.7])
    strength_served: float | None = Field(description="% vol with that water", examples=[20.9])
    dilution: float | None = Field(description="That water per volume of drink", examples=[0.37])
    diluted_as: str | None = Field(description="The method whose curve was taken")
    contains: tuple[str, ...] = Field(description="What some people must avoid")
    assumed: tuple[str, ...] = Field(
        description="Ingredients whose strength is their family's or whose unit is a convention"
    )
    unknown_volumes: tuple[str, ...] = Field(description="Ingredients counted as 1 ml each")
    unknown_strengths: tuple[str, ...] = Field(description="Ingredients of unknown strength")


class Recipe(RecipeFields, _Record):
    """A recipe with its lines in order."""

    id: int
    created_at: datetime
    updated_at: datetime
    ingredients: list[Line]
    calculated: Calculated
