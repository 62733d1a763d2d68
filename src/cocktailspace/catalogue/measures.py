"""Amounts become millilitres here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cocktailspace.catalogue.properties import Properties

if TYPE_CHECKING:  # analytics' job need not load it
    from cocktailspace.catalogue.models import LineDraft

_UNKNOWN_ML = 1.0
"""What a piece counts as that nobody knows, and an amount without a unit."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What a line comes to, and whether that is known or only counted so."""

    ml: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Measures:
    """How much a line is.

    units: ml of each, None for one that counts pieces; what a piece comes to, the ingredient says.
    """

    units: Mapping[int, float | None]
    ingredients: Mapping[int, Properties]

    def volume(
        self,
        ingredient_id: int,
        amount: float | None,
        amount_max: float | None,
        unit_id: int | None,
        *,
        optional: bool = False,
    ) -> Volume:
        """Volume of one line. No amount, or 0 ("0 to top"), counts as 1; of a range the middle.

        Without a unit it is so many of the ingredient's usual pieces, or so many millilitres.
        Optional lines and ice have none.
        """
        ingredient = self.ingredients[ingredient_id]
        if optional or ingredient.is_ice:
            return Volume(0.0)
        count = amount or 0.0 if amount_max is None else ((amount or 0.0) + amount_max) / 2
        count = count or 1.0
        millilitres = None if unit_id is None else self.units[unit_id]
        if millilitres is not None:
            return Volume(count * millilitres)
        pieces = ingredient.pieces
        one = next(iter(pieces.values()), None) if unit_id is None else pieces.get(unit_id)
        return Volume(count * _UNKNOWN_ML, known=False) if one is None else Volume(count * one)

    def of_line(self, line: "LineDraft") -> Volume:
        """Volume of a line as users write it."""
        return self.volume(
            line.ingredient_id, line.amount, line.amount_max, line.unit_id, optional=line.optional
        )
