"""Amounts become millilitres here, and nowhere else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cocktailspace.catalogue.forest import lineage

if TYPE_CHECKING:  # analytics' job need not load it
    from cocktailspace.catalogue.models import LineDraft

_ICE = re.compile(
    r"((block|clear|cracked|crushed|cubed|large|pebble|shaved) )?ice([ -]cubes?)?", re.IGNORECASE
)
_UNKNOWN_ML = 1.0
"""What a piece counts as that nobody knows, and an amount without a unit."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An ingredient, as far as amounts and what is calculated from them depend on it.

    pieces: (unit, ml of one), the usual first. has_kinds: whether others are below it.
    """

    name: str
    parent_id: int | None
    pieces: tuple[tuple[int, float], ...] = ()
    has_kinds: bool = False
    strength: float | None = None
    contains: tuple[str, ...] = ()


Kinds = Mapping[int, Kind]
"""Ingredients by id, each with all that are above it."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What a line comes to, and whether that is known or only counted so."""

    ml: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Measures:
    """How much a line is: by the millilitres of units (None for one that counts pieces), and by
    what a piece of an ingredient comes to.
    """

    units: Mapping[int, float | None]
    kinds: Kinds
    _pieces: dict[int, dict[int, float]] = field(default_factory=dict)
    _ice: dict[int, bool] = field(default_factory=dict)

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
        if optional or self._is_ice(ingredient_id):
            return Volume(0.0)
        count = amount or 0.0 if amount_max is None else ((amount or 0.0) + amount_max) / 2
        count = count or 1.0
        millilitres = None if unit_id is None else self.units[unit_id]
        if millilitres is not None:
            return Volume(count * millilitres)
        pieces = self._pieces_of(ingredient_id)
        one = next(iter(pieces.values()), None) if unit_id is None else pieces.get(unit_id)
        return Volume(count * _UNKNOWN_ML, known=False) if one is None else Volume(count * one)

    def of_line(self, line: "LineDraft") -> Volume:
        """Volume of a line as users write it."""
        return self.volume(
            line.ingredient_id, line.amount, line.amount_max, line.unit_id, optional=line.optional
        )

    def _pieces_of(self, ingredient_id: int) -> dict[int, float]:
        """By unit; one without kinds of its own (a brand) has those of its family, too."""
        if (found := self._pieces.get(ingredient_id)) is None:
            above = kinds_above(self.kinds, ingredient_id)
            own = next(above, None)
            found = {} if own is None else dict(own.pieces)
            if own and not own.has_kinds and (family := next((k for k in above if k.pieces), None)):
                found |= {unit: ml for unit, ml in family.pieces if unit not in found}
            self._pieces[ingredient_id] = found
        return found

    def _is_ice(self, ingredient_id: int) -> bool:
        if (found := self._ice.get(ingredient_id)) is None:
            above = kinds_above(self.kinds, ingredient_id)
            found = self._ice[ingredient_id] = any(_ICE.fullmatch(kind.name) for kind in above)
        return found


def kinds_above(kinds: Kinds, ingredient_id: int) -> Iterator[Kind]:
    """An ingredient and all above it, the nearest first."""

    def parent_of(each: int) -> int | None:
        return kinds[each].parent_id if each in kinds else None

    return (kinds[each] for each in lineage(ingredient_id, parent_of) if each in kinds)
