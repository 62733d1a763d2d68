"""What volumes and strengths rest on: what an ingredient says of itself or has of its family."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cocktailspace.catalogue.forest import levels_of

_ICE = re.compile(
    r"((block|clear|cracked|crushed|cubed|large|pebble|shaved) )?ice([ -]cubes?)?", re.IGNORECASE
)
_PERCENT = re.compile(r"\b(\d{1,2}(?:\.\d+)?) ?%")
_PROOF = re.compile(r"\b(\d{2,3}(?:\.\d+)?)(?: |-)?proof\b", re.IGNORECASE)
_PROOF_ALONE = re.compile(r"\b151\b")

Pieces = dict[int, float]
"""Millilitres of one piece, by the unit that counts it, the usual first."""


@dataclass(frozen=True, slots=True)
class OwnProperties:
    """What an ingredient says of itself. strength: % vol. has_children: others are below it."""

    name: str
    parent_id: int | None
    pieces: Pieces = field(default_factory=dict)
    has_children: bool = False
    strength: float | None = None
    contains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Strength:
    """% vol; assumed where it is that of a family, not of the ingredient itself."""

    percent: float
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Properties:
    """The same with what it inherits. strength: None where nobody knows."""

    name: str
    parent_id: int | None
    pieces: Pieces
    is_ice: bool
    strength: Strength | None
    contains: frozenset[str]


def inherit(own: Mapping[int, OwnProperties]) -> dict[int, Properties]:
    """The properties of each ingredient, given those of all above it.

    A brand, which has none below it, has the pieces of its family besides its own.
    """
    found: dict[int, Properties] = {}
    nearest_pieces: dict[int | None, Pieces] = {}
    levels = levels_of({each: said.parent_id for each, said in own.items()})
    # Parents come before their children; what is in a cycle, which only damage makes, comes last.
    for each in [*levels, *(each for each in own if each not in levels)]:
        said = own[each]
        family = None if said.parent_id is None else found.get(said.parent_id)
        of_family = nearest_pieces.get(said.parent_id, {})
        nearest_pieces[each] = said.pieces or of_family
        found[each] = Properties(
            name=said.name,
            parent_id=said.parent_id,
            pieces=said.pieces if said.has_children else said.pieces | of_family | said.pieces,
            is_ice=bool(_ICE.fullmatch(said.name)) or (family is not None and family.is_ice),
            strength=_strength(said, family),
            contains=frozenset(said.contains) | (family.contains if family else frozenset()),
        )
    return found


def strength_in_name(name: str) -> float | None:
    """% vol that a name says: "63 %", "126 proof" (US: twice the per cent), "151"."""
    if found := _PERCENT.search(name):
        return float(found[1])
    if found := _PROOF.search(name):
        return min(100.0, float(found[1]) / 2)
    return 75.5 if _PROOF_ALONE.search(name) else None


def _strength(said: OwnProperties, family: Properties | None) -> Strength | None:
    """Its own, or the one in its name, or that of its family."""
    percent = strength_in_name(said.name) if said.strength is None else said.strength
    if percent is not None:
        return Strength(percent)
    if family is None or family.strength is None:
        return None
    return Strength(family.strength.percent, assumed=True)
