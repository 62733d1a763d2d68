"""Made-up catalogues of any size that are statistically like the real one.

A recipe is drawn from a *family* (sour, aromatic, highball, ...), which lists *slots*; a slot asks
for an ingredient of one of some *roles* (a spirit, a juice, a syrup, ...) with some probability,
in one of that slot's usual amounts. Within a role ingredients are as unequally popular as Zipf's
law has it, and each family has favourites of its own. Everything is drawn in whole arrays, so a
million recipes take seconds.

`python -m benchmarks.synthetic 10000 > catalogue.json` writes one in the bulk format;
`python -m benchmarks.synthetic --statistics` prints its statistics beside the real ones.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues import UNITS, CatalogueArrays, real_catalogue
from cocktailspace.analytics.parameters import EDGES, MASS_TOTAL
from cocktailspace.analytics.transport.neighbours import nearest_rows


@dataclass(frozen=True)
class Role:
    """A root of the made-up forest: how many ingredients below it, and how unequal their use."""

    size: int
    zipf: float


ROLES = {
    "Whiskey": Role(48, 1.5),
    "Gin": Role(22, 1.9),
    "Rum": Role(46, 1.25),
    "Brandy": Role(44, 1.4),
    "Agave": Role(22, 1.4),
    "Vodka": Role(14, 1.6),
    "Juice": Role(34, 1.9),
    "Syrup": Role(56, 1.6),
    "Liqueur": Role(112, 1.2),
    "Amaro": Role(46, 1.3),
    "Vermouth": Role(40, 1.3),
    "Bitters": Role(34, 1.8),
    "Wine": Role(30, 1.4),
    "Soda": Role(16, 1.7),
    "Egg and Dairy": Role(14, 1.7),
    "Garnish": Role(32, 1.3),
}
SPIRITS = ("Whiskey", "Gin", "Rum", "Brandy", "Agave", "Vodka")
SPIRIT_SHARES = (0.23, 0.27, 0.18, 0.16, 0.10, 0.06)

MAIN = ((2.0, 0.38), (1.5, 0.38), (1.0, 0.10), (1.75, 0.03), (1 + 2 / 3, 0.05), (2.5, 0.06))
SPLIT = ((1.0, 0.45), (0.75, 0.25), (1.5, 0.15), (0.5, 0.15))
SOUR = ((0.75, 0.48), (0.5, 0.27), (1.0, 0.17), (0.25, 0.04), (1.25, 0.04))
SWEET = ((0.5, 0.38), (0.75, 0.28), (0.25, 0.17), (1.0, 0.08), (1 / 3, 0.05), (1 / 6, 0.04))
MODIFIER = ((0.75, 0.32), (0.5, 0.28), (1.0, 0.26), (0.25, 0.10), (1 / 3, 0.04))
LONG = ((3.0, 0.35), (2.0, 0.35), (4.0, 0.15), (1.0, 0.15))
DASHES = ((2.0, 0.42), (1.0, 0.40), (3.0, 0.14), (4.0, 0.04))
PIECES = ((1.0, 0.5), (2.0, 0.2), (5.0, 0.1), (8.0, 0.2))


@dataclass(frozen=True)
class Slot:
    """One line of a family's recipes: its role ('' for any spirit), chance, amounts and unit."""

    role: str
    chance: float
    amounts: tuple[tuple[float, float], ...]
    unit: str = "Ounce"


FAMILIES: dict[str, tuple[float, tuple[Slot, ...]]] = {
    "sour": (
        0.34,
        (
            Slot("", 1.0, MAIN),
            Slot("Juice", 1.0, SOUR),
            Slot("Syrup", 0.75, SWEET),
            Slot("Liqueur", 0.8, SWEET),
            Slot("Egg and Dairy", 0.22, SOUR),
            Slot("Bitters", 0.45, DASHES, "Dash"),
            Slot("Garnish", 0.12, PIECES, "Each"),
        ),
    ),
    "aromatic": (
        0.27,
        (
            Slot("", 1.0, MAIN),
            Slot("Vermouth", 0.9, MODIFIER),
            Slot("Liqueur", 0.8, SWEET),
            Slot("Amaro", 0.55, MODIFIER),
            Slot("Bitters", 0.7, DASHES, "Dash"),
        ),
    ),
    "old-fashioned": (
        0.08,
        (
            Slot("", 1.0, MAIN),
            Slot("", 0.6, SPLIT),
            Slot("Syrup", 0.8, SWEET),
            Slot("Bitters", 1.0, DASHES, "Dash"),
            Slot("Liqueur", 0.6, SWEET),
        ),
    ),
    "equal": (
        0.08,
        (
            Slot("", 1.0, SPLIT),
            Slot("Amaro", 1.0, SPLIT),
            Slot("Vermouth", 0.8, SPLIT),
            Slot("Juice", 0.5, SOUR),
            Slot("Bitters", 0.2, DASHES, "Dash"),
        ),
    ),
    "highball": (
        0.09,
        (
            Slot("", 1.0, MAIN),
            Slot("Juice", 0.8, SOUR),
            Slot("Syrup", 0.5, SWEET),
            Slot("Liqueur", 0.6, SWEET),
            Slot("Soda", 1.0, LONG),
            Slot("Garnish", 0.2, PIECES, "Each"),
        ),
    ),
    "sparkling": (
        0.06,
        (
            Slot("", 0.8, SPLIT),
            Slot("Liqueur", 0.7, SWEET),
            Slot("Juice", 0.5, SOUR),
            Slot("Wine", 1.0, LONG),
            Slot("Bitters", 0.25, DASHES, "Dash"),
        ),
    ),
    "tropical": (
        0.08,
        (
            Slot("Rum", 1.0, MAIN),
            Slot("Rum", 0.5, SPLIT),
            Slot("Juice", 1.0, SOUR),
            Slot("Juice", 0.5, SOUR),
            Slot("Syrup", 0.8, SWEET),
            Slot("Liqueur", 0.5, SWEET),
            Slot("Bitters", 0.35, DASHES, "Dash"),
        ),
    ),
}
FAVOURITES = 0.12
"""Share of draws that follow the family's own order of popularity rather than the common one."""
VARIATIONS = 0.12
"""Share of recipes that are another recipe with one ingredient exchanged within its role."""
DEEP = 0.42
"""Share of a role's ingredients that hang below another of its ingredients."""


def generate(count: int, seed: int = 1) -> CatalogueArrays:
    """A catalogue of `count` made-up recipes."""
    random = np.random.default_rng(seed)
    names, parents, members = _forest(random)
    weights = np.array([share for share, _ in FAMILIES.values()])
    originals = count - int(VARIATIONS * count)
    family = random.choice(len(FAMILIES), size=originals, p=weights / weights.sum())
    parts = []
    for number, (_, slots) in enumerate(FAMILIES.values()):
        recipes = np.flatnonzero(family == number)
        parts += [_lines(slot, recipes, members, random) for slot in slots]
    lines = _sorted(tuple(np.concatenate(column) for column in zip(*parts, strict=True)))
    varied = _variations(lines, originals, count, members, random)
    shuffle = random.permutation(count)
    recipe, ingredient, amount, unit = (
        np.concatenate([left, right]) for left, right in zip(lines, varied, strict=True)
    )
    recipe, ingredient, amount, unit = _sorted((shuffle[recipe], ingredient, amount, unit))
    leaf = np.ones(len(names), dtype=np.bool_)
    leaf[parents[parents >= 0]] = False
    return CatalogueArrays(
        names=names,
        parents=parents,
        substitutable=leaf & (parents >= 0) & (random.random(len(names)) < 0.45),
        count=count,
        recipe=recipe,
        ingredient=ingredient.astype(np.int32),
        amount=amount,
        unit=unit.astype(np.int32),
        units=UNITS,
    )


def _sorted(lines: tuple[NDArray[Any], ...]) -> tuple[NDArray[Any], ...]:
    """Lines by recipe, each ingredient at most once in a recipe."""
    _, first = np.unique(lines[0] * 1_000_000 + lines[1], return_index=True)
    return tuple(column[first] for column in lines)


def _variations(
    lines: tuple[NDArray[Any], ...],
    originals: int,
    count: int,
    members: dict[str, NDArray[np.int64]],
    random: np.random.Generator,
) -> tuple[NDArray[Any], ...]:
    """Lines of recipes number `originals` to `count`: copies with one ingredient exchanged."""
    recipe, ingredient, amount, unit = lines
    begin = np.searchsorted(recipe, np.arange(originals + 1))
    model = random.integers(0, max(originals, 1), count - originals)
    length = begin[model + 1] - begin[model]
    copy = np.repeat(np.arange(originals, count), length)
    offset = np.concatenate([[0], length.cumsum()])
    line = np.repeat(begin[model] - offset[:-1], length) + np.arange(offset[-1])
    exchanged = np.zeros(len(line), dtype=np.bool_)
    exchanged[offset[:-1] + (random.random(len(length)) * length).astype(np.int64)] = True
    changed = ingredient[line].copy()
    for role, belonging in members.items():
        chosen = exchanged & np.isin(ingredient[line], belonging)
        drawn = _draw(role, belonging, int(chosen.sum()), random)
        same = drawn == changed[chosen]
        drawn[same] = random.choice(belonging, int(same.sum()))
        changed[chosen] = drawn
    return copy, changed, amount[line], unit[line]


def _forest(
    random: np.random.Generator,
) -> tuple[list[str], NDArray[np.int32], dict[str, NDArray[np.int64]]]:
    """Names, parents, and the ingredients of each role in order of popularity."""
    names: list[str] = []
    parents: list[int] = []
    members: dict[str, NDArray[np.int64]] = {}
    for role, shape in ROLES.items():
        root = len(names)
        names += [role] + [f"{role} {place + 1}" for place in range(shape.size)]
        parents.append(-1)
        upper = max(2, round(shape.size * (1 - DEEP)))
        parents += [root] * upper
        parents += (root + 1 + random.integers(0, max(2, upper // 3), shape.size - upper)).tolist()
        members[role] = root + 1 + random.permutation(shape.size)
        if role in SPIRITS:  # a bare 'Gin' is asked for often, a bare 'Juice' never
            members[role] = np.insert(members[role], 2, root)
    return names, np.array(parents, dtype=np.int32), members


def _lines(
    slot: Slot,
    recipes: NDArray[np.int64],
    members: dict[str, NDArray[np.int64]],
    random: np.random.Generator,
) -> tuple[NDArray[np.int64], ...]:
    """Recipe, ingredient, amount and unit of one slot's lines."""
    present = recipes[random.random(len(recipes)) < slot.chance]
    ingredient = np.zeros(len(present), dtype=np.int64)
    if slot.role:
        ingredient = _draw(slot.role, members[slot.role], len(present), random)
    else:
        spirit = random.choice(len(SPIRITS), size=len(present), p=SPIRIT_SHARES)
        for number, role in enumerate(SPIRITS):
            chosen = spirit == number
            ingredient[chosen] = _draw(role, members[role], int(chosen.sum()), random)
    menu, chances = (np.array(column) for column in zip(*slot.amounts, strict=True))
    amount = random.choice(menu, size=len(present), p=chances / chances.sum())
    unusual = random.random(len(present)) < 0.02
    amount[unusual] = np.round(random.uniform(0.1, 3.0, int(unusual.sum())), 2)
    unit = np.full(len(present), list(UNITS).index(slot.unit))
    return present, ingredient, amount, unit


def _draw(
    role: str, members: NDArray[np.int64], count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """`count` ingredients of a role by Zipf's law, some by the slot's own order of popularity."""
    chances = 1.0 / np.arange(1, len(members) + 1) ** ROLES[role].zipf
    drawn = members[random.choice(len(members), size=count, p=chances / chances.sum())]
    own = random.permutation(members)
    follows = random.random(count) < FAVOURITES
    place = random.choice(len(members), size=int(follows.sum()), p=chances / chances.sum())
    drawn[follows] = own[place]
    return drawn


def statistics(catalogue: CatalogueArrays) -> dict[str, str]:
    """What makes a catalogue easy or hard for the engine, as text by name."""
    volumes = catalogue.volumes()
    masses = catalogue.subtree_masses()
    near = nearest_rows(masses, 16).distances / (MASS_TOTAL * EDGES[0])
    use = np.sort(np.bincount(volumes.indices, minlength=volumes.width))[::-1]
    share = use.cumsum() / use.sum()
    length = np.diff(volumes.indptr)
    sizes = np.bincount(np.minimum(length, 7), minlength=8)[2:] / len(length)
    depth = np.bincount(np.minimum(catalogue.forest().levels, 3))[1:]
    tenths = [0.1, 0.5, 0.9]
    return {
        "recipes": f"{len(volumes):,}",
        "ingredients (used)": f"{volumes.width} ({int((use > 0).sum())})",
        "ingredients at depth 1, 2, 3 and more": _text(depth, 0),
        "ingredients per recipe": f"{length.mean():.2f}",
        "recipes of 2, 3, 4, 5, 6, 7 and more in %": _text(100 * sizes, 0),
        "nodes per recipe, with ancestors": f"{np.diff(masses.indptr).mean():.2f}",
        "share of use of the top 1, 10, 50, 200": _text(share[[0, 9, 49, 199]]),
        "distance to 1st neighbour (10, 50, 90 %)": _text(np.quantile(near[:, 0], tenths)),
        "distance to 15th neighbour (10, 50, 90 %)": _text(np.quantile(near[:, 14], tenths)),
        "recipes with a duplicate": f"{100 * (near[:, 0] == 0).mean():.1f} %",
        "ties at rank 15/16": f"{100 * (near[:, 14] == near[:, 15]).mean():.0f} %",
    }


def _text(values: NDArray[Any], digits: int = 2) -> str:
    return " ".join(f"{value:.{digits}f}" for value in values)


def main() -> None:
    """Write a catalogue, or print statistics."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1356)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--statistics", action="store_true")
    arguments = parser.parse_args()
    made = generate(arguments.count, arguments.seed)
    if not arguments.statistics:
        json.dump(made.document(), sys.stdout)
        return
    real = real_catalogue()
    columns = [statistics(made)] + ([statistics(real)] if real else [])
    print("| | made up |" + (" real |" if real else "") + "\n|---|---|" + ("---|" if real else ""))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


if __name__ == "__main__":
    main()
