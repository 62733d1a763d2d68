"""Response models of how two recipes differ."""

from typing import Annotated

from pydantic import BaseModel, Field

Millilitres = Annotated[
    float,
    Field(
        description="To be told of what is poured; what recipes count in pieces, as mint leaves "
        "or wedges (`counted_in_pieces` of ingredient-usage), is named without",
    ),
]


class Swap(BaseModel):
    """One ingredient that takes the place of another."""

    source: str = Field(alias="from", examples=["Gin"])
    ml: Millilitres = Field(examples=[30.0])
    target: str = Field(alias="to", examples=["Bourbon"])
    to_ml: Millilitres = Field(examples=[45.0])


class Measure(BaseModel):
    """An ingredient that is left out or added."""

    ingredient: str = Field(examples=["Campari"])
    ml: Millilitres = Field(examples=[30.0])


class OtherMeasure(Measure):
    """An ingredient of which there is more or less."""

    to_ml: Millilitres = Field(examples=[45.0])


class Changes(BaseModel):
    """What turns one recipe into the other; empty lists are left out."""

    swap: list[Swap] = Field([], description="Of one family, or what near recipes have instead")
    without: list[Measure] = Field([], description="What the other does not have")
    added: list[Measure] = Field([], alias="with", description="What only the other has")
    more: list[OtherMeasure] = Field([], description="Amounts that grow by over a tenth")
    less: list[OtherMeasure] = Field([], description="Amounts that shrink by over a tenth")


class DifferenceOut(BaseModel):
    """How one recipe differs from another."""

    distance: float = Field(
        description="Earth Mover's Distance over the taxonomy, in steps of the tree"
    )
    likeness: int = Field(description="From 0, nothing in common, to 100, the same", examples=[73])
    near: bool = Field(description="Whether they are alike enough to be called so")
    changes: Changes


class Similar(DifferenceOut):
    """A published recipe that is like another, and what changes."""

    recipe_id: int
    name: str = Field(examples=["Boulevardier"])


class SimilarRow(BaseModel):
    """One recipe's row of `recipe-similar`: those that are near, the nearest first."""

    recipe_id: int
    name: str
    similar: list[Similar]
