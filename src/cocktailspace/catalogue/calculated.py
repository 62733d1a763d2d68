"""What follows from a recipe and is never stored: volume, strength, dilution, allergens.

Pure functions of lines, ingredients and curves. What nobody knows is named, not guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cocktailspace.catalogue.measures import Volume
from cocktailspace.catalogue.names import name_key
from cocktailspace.catalogue.properties import Properties, Strength

ALCOHOL_FREE = 0.5
"""% vol up to which a drink counts as free of alcohol: EU Regulation 1169/2011 names alcohol above
1.2, and its members' codes call up to 0.5 alcohol-free.
"""
LITTLE = 0.05
"""Of so small a share of the volume the strength may be unknown: a dash of bitters."""
_LATE = re.compile(r"\b(to top|top(ped)?|float(ed)?)\b", re.IGNORECASE)
_RINSE = re.compile(r"\brinse\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Curve:
    """Water that a method adds, per volume of drink: a x² + b x + c at a strength of x before.

    x: alcohol by volume, from 0 to 1.
    """

    method: str
    words: tuple[str, ...]
    quadratic: float
    linear: float
    constant: float

    def dilution(self, strength: float) -> float:
        """Volume of water over volume of drink; strength in % vol."""
        x = strength / 100
        return max(0.0, (self.quadratic * x + self.linear) * x + self.constant)


@dataclass(frozen=True, slots=True)
class Part:
    """A line, as far as anything is calculated from it. unit, note: in words."""

    ingredient_id: int
    volume: Volume
    unit: str = ""
    note: str = ""
    assumed: bool = False
    alternatives: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What follows from a recipe; None where nobody knows.

    volume_ml: before ice. served_ml, strength_served: with the water that its method adds.
    assumed: what some of it rests on: strengths of families, units that are a convention.
    """

    volume_ml: float
    served_ml: float | None
    alcohol_free: bool | None
    strength: float | None
    strength_served: float | None
    dilution: float | None
    diluted_as: str | None
    contains: tuple[str, ...]
    assumed: tuple[str, ...]
    unknown_volumes: tuple[str, ...]
    unknown_strengths: tuple[str, ...]


def calculate(
    parts: Sequence[Part],
    method: str | None,
    ingredients: Mapping[int, Properties],
    curves: Sequence[Curve],
) -> Result:
    """What follows from a recipe's lines and its method.

    Tops and floats come after the dilution; rinses are left out of volume and strength.
    """
    drunk = drunk_parts(parts)
    strengths = {part.ingredient_id: ingredients[part.ingredient_id].strength for part in drunk}
    unknown = [part for part in drunk if strengths[part.ingredient_id] is None]
    volume = total(part.volume.ml for part in drunk)
    alcohol = _alcohol(drunk, strengths)
    known = volume > 0 and total(part.volume.ml for part in unknown) <= LITTLE * volume
    mixed = [part for part in drunk if not _says(_LATE, part)]
    curve = curve_of(method, curves)
    dilution = served = None
    if curve is not None and known:
        mixed_ml = total(part.volume.ml for part in mixed)
        before = 100 * _alcohol(mixed, strengths) / mixed_ml if mixed_ml else 0.0
        dilution = curve.dilution(before)
        served = volume + dilution * mixed_ml
    return Result(
        volume_ml=volume,
        served_ml=served,
        alcohol_free=_alcohol_free(alcohol, volume, known=known and not unknown),
        strength=100 * alcohol / volume if known else None,
        strength_served=None if served is None else 100 * alcohol / served,
        dilution=dilution,
        diluted_as=None if curve is None or dilution is None else curve.method,
        contains=_contains(parts, ingredients),
        assumed=_names(
            [p for p in drunk if p.assumed or _is_assumed(strengths[p.ingredient_id])], ingredients
        ),
        unknown_volumes=_names([part for part in parts if not part.volume.known], ingredients),
        unknown_strengths=_names(unknown, ingredients),
    )


def total(amounts: Iterable[float]) -> float:
    """Sum of amounts, added one by one in their order.

    To the last digit what NumPy's bincount makes of them, by which the search index adds, so that
    a recipe is sorted by the strength that it shows; Python's sum compensates from 3.12 on.
    """
    found = 0.0
    for amount in amounts:
        found += amount
    return found


def drunk_parts(parts: Sequence[Part]) -> list[Part]:
    """Those that volume and strength are of."""
    return [part for part in parts if is_drunk(part)]


def is_drunk(part: Part) -> bool:
    """Whether it is more than a rinse, most of which is poured away."""
    return part.volume.ml > 0 and not _says(_RINSE, part)


def curve_of(method: str | None, curves: Sequence[Curve]) -> Curve | None:
    """The curve of the method that is named first in a free text."""
    if method is None:
        return None
    text = f" {re.sub(r'[^a-z]+', ' ', name_key(method))} "
    named = [
        (at, curve)
        for curve in curves
        for word in (curve.method, *curve.words)
        if (at := text.find(f" {name_key(word)} ")) >= 0
    ]
    return min(named, key=lambda each: each[0])[1] if named else None


def _says(words: re.Pattern[str], part: Part) -> bool:
    return bool(words.search(part.unit) or words.search(part.note))


def _alcohol(parts: Sequence[Part], strengths: Mapping[int, Strength | None]) -> float:
    """In ml."""
    found = ((part.volume.ml, strengths[part.ingredient_id]) for part in parts)
    return total(ml * strength.percent / 100 for ml, strength in found if strength is not None)


def _is_assumed(strength: Strength | None) -> bool:
    return strength is not None and strength.assumed


def _alcohol_free(alcohol: float, volume: float, *, known: bool) -> bool | None:
    """False as soon as what is known says so; True only where all is known."""
    if volume > 0 and 100 * alcohol / volume > ALCOHOL_FREE:
        return False
    return True if known else None


def _contains(parts: Sequence[Part], ingredients: Mapping[int, Properties]) -> tuple[str, ...]:
    ids = {each for part in parts for each in (part.ingredient_id, *part.alternatives)}
    return tuple(sorted({word for each in ids for word in ingredients[each].contains}))


def _names(parts: Sequence[Part], ingredients: Mapping[int, Properties]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ingredients[part.ingredient_id].name for part in parts))
