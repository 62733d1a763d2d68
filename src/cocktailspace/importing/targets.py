"""Which recipe of the catalogue each of a file's is, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cocktailspace.catalogue.names import name_key, order_key
from cocktailspace.catalogue.transfer.matching import KnownRecipes
from cocktailspace.importing.decisions import Decisions, OnConflict
from cocktailspace.importing.rows import RecipeRow

Action = Literal["create", "second", "fill", "replace", "leave", "refuse"]
Outcome = Literal["create", "second", "fill", "replace", "unchanged", "leave", "refuse"]
_ON_CONFLICT: dict[OnConflict, Action] = {"skip": "leave", "fill": "fill", "replace": "replace"}


@dataclass(frozen=True, slots=True)
class Target:
    """What becomes of one recipe of a file."""

    action: Action
    recipe_id: int | None = None
    source: str = ""
    reason: str = ""
    """Why it is left alone, or refused."""
    version: bool = False
    """It is another version of a drink that is there, or that the file has twice."""


def targets_of(
    known: KnownRecipes, recipes: Sequence[RecipeRow], decisions: Decisions, source: str
) -> list[Target]:
    """A target for each: the recipe of that name and source, or else the only one of that name.

    source: of recipes that name none themselves.
    """
    made: dict[str, RecipeRow] = {}
    claimed: set[int] = set()
    found = []
    for recipe in recipes:
        target = _target(known, recipe, decisions, recipe.source or source, made, claimed)
        if target.recipe_id is not None:
            claimed.add(target.recipe_id)
        made.setdefault(order_key(recipe.name, target.source), recipe)
        found.append(target)
    return found


def _target(
    known: KnownRecipes,
    recipe: RecipeRow,
    decisions: Decisions,
    source: str,
    made: dict[str, RecipeRow],
    claimed: set[int],
) -> Target:
    key = order_key(recipe.name, source)
    there = known.by_name.get(name_key(recipe.name), [])
    if key in made:
        if _says_the_same(made[key], recipe):
            return Target("leave", None, source, "the file has it twice, the same")
        return _version(recipe, decisions, source, made, "the file has it twice")
    if key in known.by_order and known.by_order[key] not in claimed:
        return Target(_ON_CONFLICT[decisions.on_conflict], known.by_order[key], source)
    if not there:
        return Target("create", None, source)
    others = [row_id for row_id, _ in there if row_id not in claimed]
    if len(there) == 1 and others and not decisions.second_versions:
        action = _ON_CONFLICT[decisions.on_conflict]
        return Target(action, others[0], recipe.source, version=True)
    many = f"there are {len(there)} of that name" if len(there) > 1 else "there is one of that name"
    return _version(recipe, decisions, source, made, f"{many} from elsewhere")


def _version(
    recipe: RecipeRow, decisions: Decisions, source: str, made: dict[str, RecipeRow], why: str
) -> Target:
    """A further recipe of a name that there is, if that was confirmed."""
    if not decisions.second_versions:
        return Target("leave", None, source, f"{why}; a second version waits to be confirmed",
                      version=True)  # fmt: skip
    number, own = 2, source
    while order_key(recipe.name, own) in made:
        own = f"{source} ({number})"
        number += 1
    return Target("second", None, own, version=True)


def _says_the_same(one: RecipeRow, other: RecipeRow) -> bool:
    return (one.lines, one.instructions) == (other.lines, other.instructions)
