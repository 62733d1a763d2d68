"""What follows from a recipe and is never stored: volume, strength, dilution, allergens.

Pure functions of lines, ingredients and curves. What nobody knows is named, not guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cocktailspace.catalogue.measures import Kind, Kinds, Volume, kinds_above
from cocktailspace.catalogue.names import name_key

ALCOHOL_FREE = 0.5
"""% vol up to which a drink counts as free of alcohol: EU Regulation 1169/2011 names alcohol above
1.2, and its members' codes call up to 0.5 alcohol-free.
"""
LITTLE = 0.05
"""Of so small a share of the volume the strength may be unknown: a dash of bitters."""
_PERCENT = re.compile(r"\b(\d{1,2}(?:\.\d+)?) ?%")
_PROOF = re.compile(r"\b(\d{2,3}(?:\.\d+)?)(?: |-)?proof\b", re.IGNORECASE)
_PROOF_ALONE = re.compile(r"\b151\b")
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
class Strength:
    """% vol; assumed where it is that of a family, not of the ingredient itself."""

    percent: float
    assumed: bool = False


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
    parts: Sequence[Part], method: str | None, kinds: Kinds, curves: Sequence[Curve]
) -> Result:
    """What follows from a recipe's lines and its method.

    Tops and floats come after the dilution; rinses are left out of volume and strength.
    """
    drunk = drunk_parts(parts)
    strengths = {part.ingredient_id: strength_of(kinds, part.ingredient_id) for part in drunk}
    unknown = [part for part in drunk if strengths[part.ingredient_id] is None]
    volume = sum(part.volume.ml for part in drunk)
    alcohol = _alcohol(drunk, strengths)
    known = volume > 0 and sum(part.volume.ml for part in unknown) <= LITTLE * volume
    mixed = [part for part in drunk if not _says(_LATE, part)]
    curve = curve_of(method, curves)
    dilution = served = None
    if curve is not None and known:
        mixed_ml = sum(part.volume.ml for part in mixed)
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
        contains=_contains(parts, kinds),
        assumed=_names(
            [p for p in drunk if p.assumed or _is_assumed(strengths[p.ingredient_id])], kinds
        ),
        unknown_volumes=_names([part for part in parts if not part.volume.known], kinds),
        unknown_strengths=_names(unknown, kinds),
    )


def drunk_parts(parts: Sequence[Part]) -> list[Part]:
    """Those that volume and strength are of."""
    return [part for part in parts if part.volume.ml > 0 and not _says(_RINSE, part)]


def strength_of(kinds: Kinds, ingredient_id: int) -> Strength | None:
    """An ingredient's strength: its own, or the one in its name, or that of its family."""
    for height, kind in enumerate(kinds_above(kinds, ingredient_id)):
        percent = strength_in_name(kind.name) if kind.strength is None else kind.strength
        if percent is not None:
            return Strength(percent, assumed=height > 0)
    return None


def strength_in_name(name: str) -> float | None:
    """% vol that a name says: "63 %", "126 proof" (US: twice the per cent), "151"."""
    if found := _PERCENT.search(name):
        return float(found[1])
    if found := _PROOF.search(name):
        return min(100.0, float(found[1]) / 2)
    return 75.5 if _PROOF_ALONE.search(name) else None


def curve_of(method: str | None, curves: Sequence[Curve]) -> Curve | None:
    """The curve of the method that is named first in a free text."""
    text = f" {re.sub(r'[^a-z]+', ' ', name_key(method or ''))} "
    named = [
        (at, curve)
        for curve in curves
        for word in (curve.method, *curve.words)
        if (at := text.find(f" {name_key(word)} ")) >= 0
    ]
    return min(named, key=lambda each: each[0])[1] if named else None


def allergens_of(kinds: Kinds, ingredient_id: int) -> Iterator[str]:
    """What an ingredient contains, by itself and as one of its family."""
    for kind in kinds_above(kinds, ingredient_id):
        yield from kind.contains


def _says(words: re.Pattern[str], part: Part) -> bool:
    return bool(words.search(part.unit) or words.search(part.note))


def _alcohol(parts: Sequence[Part], strengths: Mapping[int, Strength | None]) -> float:
    """In ml."""
    found = ((part.volume.ml, strengths[part.ingredient_id]) for part in parts)
    return sum(ml * strength.percent / 100 for ml, strength in found if strength is not None)


def _is_assumed(strength: Strength | None) -> bool:
    return strength is not None and strength.assumed


def _alcohol_free(alcohol: float, volume: float, *, known: bool) -> bool | None:
    """False as soon as what is known says so; True only where all is known."""
    if volume > 0 and 100 * alcohol / volume > ALCOHOL_FREE:
        return False
    return True if known else None


def _contains(parts: Sequence[Part], kinds: Kinds) -> tuple[str, ...]:
    ids = {each for part in parts for each in (part.ingredient_id, *part.alternatives)}
    return tuple(sorted({word for each in ids for word in allergens_of(kinds, each)}))


def _names(parts: Sequence[Part], kinds: Kinds) -> tuple[str, ...]:
    unknown = Kind("?", None)
    return tuple(dict.fromkeys(kinds.get(part.ingredient_id, unknown).name for part in parts))
