"""What one edit changes: random edits of a catalogue, and whose ten nearest are others after it.

`python -m benchmarks stability` counts over 500 edits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cocktailspace.analytics.parameters import SIMILAR
from cocktailspace.analytics.space import masses_of, space_of
from cocktailspace.analytics.transport.neighbours import nearest_rows
from cocktailspace.catalogue.snapshot import Recipe, Snapshot

Nearest = dict[int, list[tuple[int, int]]]
"""Ids and distances of each recipe's ten nearest, in order."""


def nearest(snapshot: Snapshot) -> Nearest:
    """As the job finds them."""
    space = space_of(snapshot)
    near = nearest_rows(space.forest.subtree_masses(masses_of(space.volumes)), SIMILAR)
    ids = [recipe.id for recipe in space.recipes]
    return {
        ids[row]: [(ids[other], distance) for other, distance in zip(*both, strict=True)]
        for row, both in enumerate(zip(near.indices.tolist(), near.distances.tolist(), strict=True))
    }


def edited(snapshot: Snapshot, random: np.random.Generator) -> tuple[Snapshot, int]:
    """The catalogue after an edit, of a kind drawn at random; and the id of that recipe."""
    recipe = snapshot.recipes[random.integers(len(snapshot.recipes))]
    kind = _EDITS[random.integers(len(_EDITS))]
    changed = kind(recipe, snapshot, random)
    if changed is not None and changed.id != recipe.id:
        return replace(snapshot, recipes=(*snapshot.recipes, changed)), changed.id
    kept = (changed if each is recipe else each for each in snapshot.recipes)
    return replace(snapshot, recipes=tuple(each for each in kept if each)), recipe.id


def _pour(recipe: Recipe, _snapshot: Snapshot, random: np.random.Generator) -> Recipe:
    """More or less of an ingredient."""
    place = random.integers(len(recipe.volumes_ml))
    factor = float(random.choice([0.5, 0.75, 1.5, 2.0]))
    lines = [
        (each, volume * factor if number == place else volume)
        for number, (each, volume) in enumerate(recipe.volumes_ml)
    ]
    return replace(recipe, volumes_ml=tuple(lines))


def _swap(recipe: Recipe, snapshot: Snapshot, random: np.random.Generator) -> Recipe:
    """Another ingredient in the place of one."""
    lines = list(recipe.volumes_ml)
    place = random.integers(len(lines))
    other = snapshot.ingredients[random.integers(len(snapshot.ingredients))]
    lines[place] = other.id, lines[place][1]
    return replace(recipe, volumes_ml=tuple(lines))


def _add(recipe: Recipe, snapshot: Snapshot, random: np.random.Generator) -> Recipe:
    """One ingredient more."""
    other = snapshot.ingredients[random.integers(len(snapshot.ingredients))]
    return replace(recipe, volumes_ml=(*recipe.volumes_ml, (other.id, 15.0)))


def _remove(_recipe: Recipe, _snapshot: Snapshot, _random: np.random.Generator) -> None:
    """Without the recipe."""


def _new(recipe: Recipe, snapshot: Snapshot, random: np.random.Generator) -> Recipe:
    """A new recipe that is much like another."""
    number = max(each.id for each in snapshot.recipes) + 1
    return replace(_swap(recipe, snapshot, random), id=number, name=f"{recipe.name} No. 2")


_EDITS: tuple[Callable[[Recipe, Snapshot, np.random.Generator], Recipe | None], ...] = (
    _pour,
    _swap,
    _add,
    _remove,
    _new,
)


def others_changed(before: Nearest, after: Nearest, edited_id: int) -> set[int]:
    """The other recipes whose ten nearest are not what, or not in the order that, they were."""
    return {
        each
        for each in (before.keys() & after.keys()) - {edited_id}
        if [other for other, _ in before[each]] != [other for other, _ in after[each]]
    }


def holders(near: Nearest, recipe_id: int) -> set[int]:
    """The recipes that have one among their ten nearest."""
    return {each for each, others in near.items() if recipe_id in dict(others)}


def mean_share(snapshot: Snapshot, edits: int, seed: int = 1) -> float:
    """Share of the other recipes whose ten nearest an edit changes, mean over edits.

    Each edit is made to the catalogue as it is. Raises RuntimeError if one changes the list of a
    recipe that held the edited one neither before nor after.
    """
    random = np.random.default_rng(seed)
    before = nearest(snapshot)
    shares = []
    for _ in range(edits):
        later, edited_id = edited(snapshot, random)
        after = nearest(later)
        changed = others_changed(before, after, edited_id)
        if not changed <= holders(before, edited_id) | holders(after, edited_id):
            raise RuntimeError(
                f"an edit of recipe {edited_id} changes {changed}, who never held it"
            )
        shares.append(len(changed) / (len(snapshot.recipes) - 1))
    return float(np.mean(shares))
